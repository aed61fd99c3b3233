"""Definitions of a game -> copies, perhaps as another player's, with other expressions in place of some uses:
`Rewriting`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from compiler.derivation.substitution import rebuilt
from compiler.ir import expr as ir
from compiler.ir.game import BoundDef, ConstraintDef, FixDef, LetDef, ObjectiveDef, ReportDef, Signature, VarDef
from compiler.ir.walk import holds_variables

Instead = Callable[[ir.Use], ir.Expr | None]
"""The expression for a use, None to leave it."""

Owned = VarDef | LetDef | ConstraintDef | ObjectiveDef

Defined = Owned | ReportDef | FixDef


class Rewriting:
    """Copies of definitions. Uses in them point to copies; what `instead` says comes first, and may speak of originals
    or of copies. `player` is whose the copies are, without an index; None leaves them to their players. `names` gives a
    definition another name, by identity. Subclasses may say otherwise in `owner`."""

    def __init__(self, player: str | None, instead: Instead, names: Mapping[int, str]) -> None:
        self.player = player
        self.variables: dict[int, VarDef] = {}
        """Copies by identity of the original."""
        self.lets: dict[int, LetDef] = {}
        self.constraints: dict[int, ConstraintDef] = {}
        self.reports: dict[int, ReportDef] = {}
        self.origin: dict[int, Defined] = {}
        """Originals by identity of the copy."""
        self._made: dict[int, VarDef | LetDef] = {}
        self._instead = instead
        self._names = names

    def owner(self, d: Owned) -> tuple[str, ir.Domain, int]:
        """Player, domain and number of the player's own indices of a copy."""
        return (d.player, d.domain, d.own) if self.player is None else (self.player, d.domain, 0)

    def of(self, node: ir.Expr) -> ir.Expr:
        """The expression rewritten."""
        if not isinstance(node, ir.Use):
            return rebuilt(node, self.of)
        found = self._instead(node)
        if found is not None:
            return self.of(found)
        match node.target:
            case VarDef() as variable:
                return ir.Use(self.variable(variable), node.indices, node.span)
            case LetDef() as let:
                return ir.Use(self.let(let), node.indices, node.span)
            case ConstraintDef() as row if self.player is None:
                return ir.Use(self.constraint(row), node.indices, node.span)
            case ReportDef() as report:
                return ir.Use(self.report(report), node.indices, node.span)
            case _:
                return node

    def variable(self, d: VarDef) -> VarDef:
        if id(d) in self._made:
            return d
        if id(d) not in self.variables:
            copy = VarDef(self._signature(d), *self.owner(d), d.kind, d.kind_span, start=d.start, cyclic=d.cyclic)
            # Before its bounds are looked at, which may hold the variable itself at another index.
            self.variables[id(d)] = self._made[id(copy)] = copy
            self.origin[id(copy)] = d
            copy.bounds = tuple(self._bound(b) for b in d.bounds)
            copy.before = None if d.before is None else self.of(d.before)
            copy.final = None if d.final is None else self._bound(d.final)
        return self.variables[id(d)]

    def let(self, d: LetDef) -> LetDef:
        """The copy; one of data alone is itself, as sets and conditions use it too."""
        if id(d) in self._made:
            return d
        if not holds_variables(d.value):
            self.lets[id(d)] = self._made[id(d)] = d
        if id(d) not in self.lets:
            copy = LetDef(self._signature(d), *self.owner(d), self.of(d.value))
            self.lets[id(d)] = self._made[id(copy)] = copy
            self.origin[id(copy)] = d
        return self.lets[id(d)]

    def constraint(self, d: ConstraintDef) -> ConstraintDef:
        """A constraint that goes to another player leaves its price behind: that is a multiplier there."""
        if id(d) not in self.constraints:
            stays = self.player is None
            self.constraints[id(d)] = ConstraintDef(
                self._signature(d),
                *self.owner(d),
                d.relation,
                self.of(d.left),
                self.of(d.right),
                None if d.middle is None else self.of(d.middle),
                d.price if stays else None,
                d.shared and stays,
                d.individual and stays,
                None if d.condition is None else self.of(d.condition),
                d.holds_at,
                None if d.perp is None else (self.of(d.perp[0]), self.of(d.perp[1])),
            )
            self.origin[id(self.constraints[id(d)])] = d
        return self.constraints[id(d)]

    def objective(self, d: ObjectiveDef) -> ObjectiveDef:
        copy = ObjectiveDef(d.signature, *self.owner(d), d.maximize, self.of(d.value))
        self.origin[id(copy)] = d
        return copy

    def fix(self, d: FixDef) -> FixDef:
        copy = replace(d, variable=self.variable(d.variable))
        self.origin[id(copy)] = d
        return copy

    def report(self, d: ReportDef) -> ReportDef:
        if id(d) not in self.reports:
            value = d.value if d.missing else self.of(d.value)
            self.reports[id(d)] = copy = ReportDef(d.signature, d.domain, d.kind, value, d.missing)
            self.origin[id(copy)] = d
        return self.reports[id(d)]

    def _signature(self, d: Owned) -> Signature:
        return replace(d.signature, name=self._names.get(id(d), d.name))

    def _bound(self, b: BoundDef) -> BoundDef:
        return replace(b, value=self.of(b.value))


def as_let(objective: ObjectiveDef) -> LetDef:
    """An objective as a named expression."""
    o = objective
    return LetDef(o.signature, o.player, o.domain, o.own, o.value)
