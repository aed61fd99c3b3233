"""The statements of a file as the text says them, with the units and bounds in them. Frozen nodes, `span` left out of
comparison.

Whether a declaration may stand where it does is decided by `compiler.syntax.placement` and `compiler.semantics`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from compiler.syntax.expressions import Expr, IndexList, Name, Number, Ref, RefPart, Text
from grammar.source import Span


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
