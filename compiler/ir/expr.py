"""Indexed expressions with every name resolved: what a `Game` is made of. Frozen, with spans; nothing here has data
yet.

Three layers: `Index` nodes say which element a position takes, `SetExpr` nodes which elements a set has, `Expr` nodes
are numbers, conditions and expressions of variables. Letters are bound by `Binder`s; a letter is known by its binder
and place in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from grammar.source import Span

if TYPE_CHECKING:
    from compiler.ir.game import (
        CaseReport,
        ConstraintDef,
        LetDef,
        ObjectiveDef,
        ParamDef,
        ReportDef,
        SetDef,
        VarDef,
    )

    Quantity: TypeAlias = ParamDef | LetDef | VarDef | ConstraintDef | ObjectiveDef | ReportDef | CaseReport
    """What a `Use` may point at. A ConstraintDef stands for its shadow price."""


def _span() -> Any:
    """The field every node ends with; not part of a node's identity."""
    return field(compare=False, repr=False)


# ---------------------------------------------------------------- sets and binders


@dataclass(frozen=True, slots=True)
class SetName:
    set: SetDef
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class SetLiteral:
    """Elements in order; tuples of elements in a set of pairs, triples ..."""

    elements: tuple[object, ...]
    spans: tuple[Span, ...] = field(compare=False, repr=False)
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class SetRange:
    low: Expr
    high: Expr
    step: Expr | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class SetFilter:
    """`{t in T where c}`."""

    domain: Domain
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class SetCombination:
    """`op` is union, inter, diff or * (product), for two or more operands from the left."""

    op: str
    operands: tuple[SetExpr, ...]
    span: Span = _span()


SetExpr = SetName | SetLiteral | SetRange | SetFilter | SetCombination


@dataclass(frozen=True, eq=False, slots=True)
class Binder:
    """Letters that run together over the elements of a set; one letter for a plain set, k for a set of k-tuples.
    Known by identity.

    `components` are the plain sets that the letters' elements belong to.
    """

    letters: tuple[str, ...]
    over: SetExpr
    components: tuple[SetDef, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Domain:
    """The instances of a declaration or reduction: the product of its binders, filtered by `where`."""

    binders: tuple[Binder, ...] = ()
    where: Expr | None = None
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def letters(self) -> tuple[str, ...]:
        return tuple(letter for binder in self.binders for letter in binder.letters)

    @property
    def sets(self) -> tuple[SetDef, ...]:
        """The set of each index position."""
        return tuple(s for binder in self.binders for s in binder.components)


# ---------------------------------------------------------------- indices


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter at `place` of `binder`."""

    binder: Binder
    place: int
    span: Span = _span()

    @property
    def name(self) -> str:
        return self.binder.letters[self.place]

    @property
    def set(self) -> SetDef:
        return self.binder.components[self.place]


@dataclass(frozen=True, slots=True)
class Shift:
    """`t - 1`: the element whose value differs by `offset` (a number from data), in a set of consecutive integers."""

    base: Index
    offset: Expr
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Step:
    """`prev(t, n)` (`count` negative) and `next(t, n)`: along the set of `base`, whatever its elements."""

    base: Index
    count: Expr
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Edge:
    """`first(T)` or `last(T)`."""

    over: SetExpr
    component: SetDef
    last: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Element:
    """An element written out: an integer or a name."""

    value: object
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ElementOf:
    """The element whose value a number from data gives: `x[N]` with a parameter `N`."""

    value: Expr
    span: Span = _span()


Index = Letter | Shift | Step | Edge | Element | ElementOf

# ---------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class IndexValue:
    """An element of a set of integers as a number: `t` in `t >= 21`."""

    index: Index
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Ordinal:
    """`ord(t)`: place of the element in its set, from 1."""

    index: Index
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Cardinality:
    over: SetExpr
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Use:
    """A declared quantity at given indices, the declaring player's own index first. `target` says what it is."""

    target: Quantity
    indices: tuple[Index, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Add:
    """`signs[k]` is +1 or -1."""

    signs: tuple[int, ...]
    terms: tuple[Expr, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Multiply:
    """`ops[k]` is "*" or "/"; `ops[0]` is "*"."""

    ops: tuple[str, ...]
    factors: tuple[Expr, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Negate:
    operand: Expr
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Power:
    base: Expr
    exponent: Expr
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Compare:
    """A chain of comparisons of numbers; `ops` among < <= > >= == !=."""

    ops: tuple[str, ...]
    operands: tuple[Expr, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class CompareIndex:
    """A comparison of two elements: equality by name, order by place in their common set."""

    op: str
    left: Index
    right: Index
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Member:
    """`t in Peak`, `(k, t) in Link`."""

    indices: tuple[Index, ...]
    over: SetExpr
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Logic:
    """`op` is "and", "or" or "not" (one operand)."""

    op: str
    operands: tuple[Expr, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Choose:
    """`if condition then a else b`, the condition on data."""

    condition: Expr
    then: Expr
    otherwise: Expr
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of `compiler.ir.functions`."""

    function: str
    arguments: tuple[Expr, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Reduce:
    """`op` among sum, prod, mean, smin, smax, over the instances of `domain`."""

    op: str
    domain: Domain
    body: Expr
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Piecewise:
    """The curve through the points (`x[k]`, `y[k]`) at `subject`; the points are data, the end pieces go on."""

    subject: Expr
    x: tuple[Expr, ...]
    y: tuple[Expr, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Tiers:
    """`subject` paid by tiers: each unit up to `limits[0]` at `rates[0]`, ..., the rest at the last rate."""

    subject: Expr
    limits: tuple[Expr, ...]
    rates: tuple[Expr, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Risk:
    """`cvar(w, level) body`: the mean of the largest share 1 - level of `body`; `probability` weighs the instances of
    `domain`."""

    domain: Domain
    level: Expr
    probability: Expr
    body: Expr
    span: Span = _span()


Expr = (
    Number
    | IndexValue
    | Ordinal
    | Cardinality
    | Use
    | Add
    | Multiply
    | Negate
    | Power
    | Compare
    | CompareIndex
    | Member
    | Logic
    | Choose
    | Apply
    | Reduce
    | Piecewise
    | Tiers
    | Risk
)
