"""The syntax tree: what the text says, before any name is looked up. Frozen nodes, `span` left out of comparison.

One expression grammar serves data, conditions, sets, relations and index lists; which forms may stand where is decided
by `compiler.semantics`. Sums, products and comparisons are flat, so that their length costs no depth.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from grammar.source import Span

# ---------------------------------------------------------------- expressions


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

# ---------------------------------------------------------------- units


@dataclass(frozen=True, slots=True)
class UnitFactor:
    """`name^power` or a number (`name` is then empty)."""

    name: str
    number: float
    power: float
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class UnitExpr:
    """A product of factors; `1` is the unit of what has none."""

    factors: tuple[UnitFactor, ...]
    span: Span = field(compare=False, repr=False)


# ---------------------------------------------------------------- declarations


@dataclass(frozen=True, slots=True)
class Bound:
    """`relation` is "<=", ">=" or "==" and holds for the declared name on the left."""

    relation: str
    value: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Head:
    """What every declaration may carry."""

    name: Name
    index: IndexList | None = None
    unit: UnitExpr | None = None
    doc: str = ""
    tex: str = ""


@dataclass(frozen=True, slots=True)
class GameDecl:
    head: Head
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class UnitDecl:
    """`unit CNY "yuan"`, `unit tce = 29307.6 MJ`."""

    head: Head
    definition: UnitExpr | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SetDecl:
    head: Head
    letters: tuple[Name, ...]
    within: Expr | None
    value: Expr | None
    file: Text | None
    column: Text | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ScenariosDecl:
    head: Head
    letters: tuple[Name, ...]
    file: Text | None
    probability: Name | None
    reduction: Name | None
    count: Number | None
    seed: Number | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ParamDecl:
    head: Head
    value: Expr | None
    default: Expr | None
    file: Text | None
    scenarios: Name | None
    column: Text | None
    bounds: tuple[Bound, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class LetDecl:
    head: Head
    value: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class VarDecl:
    """`kind` is "real", "integer", "binary" or "semicontinuous"."""

    head: Head
    kind: str
    bounds: tuple[Bound, ...]
    start: Expr | None
    starts: Expr | None
    ends: Bound | None
    cyclic: bool
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ObjectiveDecl:
    head: Head
    maximize: bool
    value: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PriceDecl:
    head: Head
    bounds: tuple[Bound, ...]
    individual: bool
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ConstraintDecl:
    """`kind` is "constraint", "clear" or "shared"."""

    kind: str
    head: Head
    relation: Expr
    price: PriceDecl | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class UseDecl:
    component: Name
    arguments: tuple[tuple[Name, Expr], ...]
    prefix: Name
    index: IndexList | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Follows:
    leaders: tuple[RefPart, ...]
    optimistic: bool
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PlayerDecl:
    """In a case a player stands without a body: `body` is None."""

    head: Head
    follows: Follows | None
    body: tuple[Statement, ...] | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FixDecl:
    target: Ref
    value: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DropDecl:
    target: Ref
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CaseDecl:
    head: Head
    extends: Name | None
    changes: tuple[Statement, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ReportDecl:
    """`kind` is "report" or "compare"."""

    kind: str
    head: Head
    value: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PlotDecl:
    head: Head
    series: tuple[Expr, ...]
    over: Name | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ImportDecl:
    """`import "file.game"` (`file`) or `import std.NAME` (`library`)."""

    file: Text | None
    library: tuple[Name, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ComponentDecl:
    """`parameters` carry their default in `value`."""

    head: Head
    parameters: tuple[ParamDecl, ...]
    body: tuple[Statement, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SolveDecl:
    options: tuple[tuple[Name, Expr], ...]
    span: Span = field(compare=False, repr=False)


Statement = (
    GameDecl
    | UnitDecl
    | SetDecl
    | ScenariosDecl
    | ParamDecl
    | LetDecl
    | VarDecl
    | ObjectiveDecl
    | ConstraintDecl
    | UseDecl
    | PlayerDecl
    | FixDecl
    | DropDecl
    | CaseDecl
    | ReportDecl
    | PlotDecl
    | ImportDecl
    | ComponentDecl
    | SolveDecl
)


@dataclass(frozen=True, slots=True)
class Model:
    """All statements of one file, in the order of the text."""

    statements: tuple[Statement, ...]
    span: Span = field(compare=False, repr=False)
