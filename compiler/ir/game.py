"""`Game`: the checked model as the user wrote it: indexed, with players, relations, units, doc strings and spans. No
data.

Definitions are known by identity (`eq=False`), so that a `Use` points at the one definition; indexed players own
their definitions, whose index lists begin with the player's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from compiler.ir.expr import Domain, Expr, Index, SetExpr
from compiler.ir.units import Unit
from grammar.source import Span


@dataclass(frozen=True, slots=True)
class Signature:
    """What every definition carries. `unit` None means: fits everywhere."""

    name: str
    span: Span = field(compare=False, repr=False)
    unit: Unit | None = None
    doc: str = ""
    tex: str = ""


@dataclass(eq=False, slots=True)
class SetDef:
    """A set of elements (`arity` 1) or of tuples over `components`. `roots` names the sets whose elements these may
    be compared with.

    Exactly one of `value`, `file` is given, or neither: then the elements come from outside.
    """

    signature: Signature
    letters: tuple[str, ...] = ()
    components: tuple[SetDef, ...] = ()
    parent: SetExpr | None = None
    value: SetExpr | None = None
    file: str | None = None
    column: str | None = None
    file_span: Span | None = None
    roots: frozenset[str] = frozenset()
    probability: ParamDef | None = None
    """Of a set of scenarios: the weight of each."""

    @property
    def name(self) -> str:
        return self.signature.name

    @property
    def arity(self) -> int:
        return max(len(self.components), 1)


@dataclass(frozen=True, slots=True)
class DataEntry:
    """One `key: value` of a literal; `key` one element per index."""

    key: tuple[object, ...]
    value: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DataLiteral:
    entries: tuple[DataEntry, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Clusters:
    """Scenarios made from samples: the rows of `file` clustered into `count` by k-means."""

    file: str
    count: int
    seed: int
    span: Span = field(compare=False, repr=False)


@dataclass(eq=False, slots=True)
class ParamDef:
    """Data. At most one of `value`, `literal`, `file`; none of them (and no default) means: must be given from outside.

    `own` is the number of leading indices that belong to the declaring player.
    """

    signature: Signature
    player: str
    domain: Domain
    own: int = 0
    value: Expr | None = None
    literal: DataLiteral | None = None
    default: Expr | None = None
    file: str | None = None
    column: str | None = None
    file_span: Span | None = None
    lower: Expr | None = None
    upper: Expr | None = None
    clusters: Clusters | None = None
    """Weights of these clusters (`weights`), or their centres."""
    weights: bool = False

    @property
    def name(self) -> str:
        return self.signature.name


@dataclass(eq=False, slots=True)
class LetDef:
    """A named expression, expanded where it is used."""

    signature: Signature
    player: str
    domain: Domain
    own: int = 0
    value: Expr = None  # type: ignore[assignment]

    @property
    def name(self) -> str:
        return self.signature.name


@dataclass(frozen=True, slots=True)
class BoundDef:
    """`relation` among <=, >=, ==."""

    relation: str
    value: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(eq=False, slots=True)
class VarDef:
    """A decision. `kind` among real, integer, binary, semicontinuous. `before` is the value before the first element
    (`starts`), `final` what holds at the last (`ends`)."""

    signature: Signature
    player: str
    domain: Domain
    own: int = 0
    kind: str = "real"
    kind_span: Span | None = None
    bounds: tuple[BoundDef, ...] = ()
    start: Expr | None = None
    before: Expr | None = None
    final: BoundDef | None = None
    cyclic: bool = False

    @property
    def name(self) -> str:
        return self.signature.name


@dataclass(eq=False, slots=True)
class ConstraintDef:
    """`lower <= body <= upper`: a relation with everything variable in `body` = left side - right side, so that one
    more unit on the right-hand side raises the row's bound by one. `relation` is the text's: <=, >=, == or "range";
    `left`, `right` its sides (for a range `left <= middle <= right`, with `middle`). `price` names the shadow price.
    """

    signature: Signature
    player: str
    domain: Domain
    own: int = 0
    relation: str = "<="
    left: Expr = None  # type: ignore[assignment]
    right: Expr = None  # type: ignore[assignment]
    middle: Expr | None = None
    price: Signature | None = None
    shared: bool = False
    """Whether it binds every player whose variables it holds; then `player` is empty."""
    individual: bool = False
    """Of a shared constraint: a multiplier for each player, instead of one common to all."""
    condition: Expr | None = None
    """Of an implication: the use of a binary that must be 1 (`holds_at` True) or 0 for the relation to bind."""
    holds_at: bool = True
    perp: tuple[Expr, Expr] | None = None
    """Of a complementarity: two expressions, both at least zero, one of them zero."""

    @property
    def name(self) -> str:
        return self.signature.name


@dataclass(eq=False, slots=True)
class ObjectiveDef:
    signature: Signature
    player: str
    domain: Domain
    own: int = 0
    maximize: bool = False
    value: Expr = None  # type: ignore[assignment]

    @property
    def name(self) -> str:
        return self.signature.name


@dataclass(eq=False, slots=True)
class PlayerDef:
    """A stakeholder. `domain` is empty but for an indexed player; `leaders` are the players that it follows
    directly."""

    signature: Signature
    domain: Domain
    params: tuple[ParamDef, ...] = ()
    lets: tuple[LetDef, ...] = ()
    variables: tuple[VarDef, ...] = ()
    constraints: tuple[ConstraintDef, ...] = ()
    objective: ObjectiveDef = None  # type: ignore[assignment]
    leaders: tuple[str, ...] = ()
    optimistic: bool = True
    follows_span: Span | None = None
    leader_spans: tuple[Span, ...] = ()
    own_leaders: frozenset[str] = frozenset()
    """Those of the leaders of which each instance follows the one with its own index only (`follows mine[f]`)."""
    market: bool = False
    """Whether it is the price setter that a `clear` stands for."""

    @property
    def name(self) -> str:
        return self.signature.name


@dataclass(eq=False, slots=True)
class ReportDef:
    """`kind` is "report", "compare" or, in a game derived from another, "objective": what a player of that one has as
    objective, named `player.objective`."""

    signature: Signature
    domain: Domain
    kind: str
    value: Expr = None  # type: ignore[assignment]
    missing: str = ""
    """In a case that drops a player or constraint: the name that this report needs and cannot have."""

    @property
    def name(self) -> str:
        return self.signature.name


@dataclass(eq=False, slots=True)
class CaseReport:
    """`case.report` in a comparison."""

    case: str
    report: ReportDef
    span: Span = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        return f"{self.case}.{self.report.name}"


@dataclass(frozen=True, slots=True)
class FixDef:
    """`fix target[indices] = value` for all instances of `domain`."""

    variable: VarDef
    domain: Domain
    indices: tuple[Index, ...]
    value: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PlotDef:
    """Curves over a letter: each of `series` over its own domain, `over` along the axis, other letters a line each.
    No series: a plot that gamec knows by name (`convergence`)."""

    signature: Signature
    series: tuple[tuple[Domain, Expr], ...]
    over: str


@dataclass(frozen=True, slots=True)
class CaseDef:
    name: str
    doc: str
    extends: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Option:
    """One hint of `solve { }`."""

    name: str
    value: str | float
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, eq=False)
class Game:
    """Everything a checked file says, with one case applied (`case` is its name, "" for the base model)."""

    name: str
    doc: str
    case: str
    units: dict[str, Unit]
    sets: tuple[SetDef, ...]
    params: tuple[ParamDef, ...]
    lets: tuple[LetDef, ...]
    players: tuple[PlayerDef, ...]
    shared: tuple[ConstraintDef, ...]
    fixes: tuple[FixDef, ...]
    reports: tuple[ReportDef, ...]
    comparisons: tuple[ReportDef, ...]
    plots: tuple[PlotDef, ...]
    cases: tuple[CaseDef, ...]
    options: tuple[Option, ...]
    letters: dict[str, SetDef]

    def all_params(self) -> tuple[ParamDef, ...]:
        return (*self.params, *(p for player in self.players for p in player.params))

    def all_lets(self) -> tuple[LetDef, ...]:
        return (*self.lets, *(p for player in self.players for p in player.lets))

    def player(self, name: str) -> PlayerDef:
        return next(p for p in self.players if p.name == name)
