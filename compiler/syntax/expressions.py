"""Expressions as the text says them, before any name is looked up. Frozen nodes, `span` left out of comparison.

One expression grammar serves data, conditions, sets, relations and index lists; which forms may stand where is decided
by `compiler.semantics`. Sums, products and comparisons are flat, so that their length costs no depth.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from grammar.source import Span


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted string used as a value: an element of a set."""

    value: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier with its place."""

    text: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class IndexList:
    """`[items where condition]`; in a use the items are index expressions, in a head letters or binders."""

    items: tuple[Expr, ...]
    where: Expr | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RefPart:
    name: Name
    index: IndexList | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Ref:
    """`name`, `name[index]`, `player.name[index]`, `player[i].name[t]`."""

    parts: tuple[RefPart, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """`terms[0] ± terms[1] ...`; `signs[k]` is +1 or -1."""

    signs: tuple[int, ...]
    terms: tuple[Expr, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Product:
    """`factors[0] * factors[1] / ...`, from the left; `ops[k]` is "*" or "/", `ops[0]` is "*"."""

    ops: tuple[str, ...]
    factors: tuple[Expr, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Negation:
    operand: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Power:
    base: Expr
    exponent: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """`a <= b <= c`; `ops` are among < <= > >= == != in."""

    ops: tuple[str, ...]
    operands: tuple[Expr, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Logic:
    """`and` / `or` of two or more operands."""

    op: str
    operands: tuple[Expr, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Implies:
    """`condition => relation`."""

    condition: Expr
    relation: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Perp:
    """`0 <= x perp e >= 0`."""

    left: Expr
    right: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class IfElse:
    condition: Expr
    then: Expr
    otherwise: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """`abs(e)`, `min(a, b)`, `prev(t, 2)`, `first(T)`."""

    function: Name
    arguments: tuple[Expr, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PiecewiseCall:
    """`piecewise(e; (0, 0), (100, 50))` and `tiers(e; 100: 0.5, rest: 0.8)`."""

    function: Name
    subject: Expr
    pieces: tuple[Entry, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Reduce:
    """`sum(t, k in K where c) body`; also prod, mean, smin, smax, expect, cvar."""

    op: Name
    items: IndexList
    body: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Tuple:
    items: tuple[Expr, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Range:
    """`low..high by step`."""

    low: Expr
    high: Expr
    step: Expr | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SetOperation:
    """`a union b diff c`, from the left; `ops[0]` is "union"."""

    ops: tuple[str, ...]
    operands: tuple[Expr, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` or `key: value` in braces."""

    key: Expr
    value: Expr | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Braces:
    """`{a, b}`, `{t in T where c}`, `{(GT, 1): 0.4}`."""

    entries: tuple[Entry, ...]
    where: Expr | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """`table { ... }`: `rows` are the cells line by line, the first line being the header."""

    rows: tuple[tuple[Expr, ...], ...]
    span: Span = field(compare=False, repr=False)


Expr = (
    Number
    | Text
    | Ref
    | Sum
    | Product
    | Negation
    | Power
    | Compare
    | Logic
    | Not
    | Implies
    | Perp
    | IfElse
    | Call
    | PiecewiseCall
    | Reduce
    | Tuple
    | Range
    | SetOperation
    | Braces
    | Table
)
