"""Definitions of a game -> the same as another player's, with other expressions in place of some uses: `Rewriting`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from compiler.derivation.substitution import rebuilt
from compiler.ir import expr as ir
from compiler.ir.game import BoundDef, ConstraintDef, FixDef, LetDef, ObjectiveDef, ReportDef, VarDef

Instead = Callable[[ir.Use], ir.Expr | None]
"""The expression for a use, None to leave it."""


class Rewriting:
    """Copies of definitions that belong to `player`, which has no index. Their uses point to the copies; `instead`
    comes first. `names` gives a definition another name, by identity."""

    def __init__(self, player: str, instead: Instead, names: Mapping[int, str]) -> None:
        self.player = player
        self.copies: dict[int, VarDef | LetDef] = {}
        """Copies of variables and named expressions by identity of the original."""
        self._instead = instead
        self._names = names

    def of(self, node: ir.Expr) -> ir.Expr:
        """The expression rewritten."""
        if isinstance(node, ir.Use):
            found = self._instead(node)
            if found is not None:
                return self.of(found)
            if isinstance(node.target, VarDef):
                return ir.Use(self.variable(node.target), node.indices, node.span)
            if isinstance(node.target, LetDef):
                return ir.Use(self.let(node.target), node.indices, node.span)
            return node
        return rebuilt(node, self.of)

    def variable(self, d: VarDef) -> VarDef:
        if id(d) not in self.copies:
            copy = VarDef(
                replace(d.signature, name=self._names.get(id(d), d.name)), self.player, d.domain, 0, d.kind, d.kind_span,
                start=d.start, cyclic=d.cyclic,
            )  # fmt: skip
            # Before its bounds are looked at, which may hold the variable itself at another index.
            self.copies[id(d)] = copy
            copy.bounds = tuple(self._bound(b) for b in d.bounds)
            copy.before = None if d.before is None else self.of(d.before)
            copy.final = None if d.final is None else self._bound(d.final)
        found = self.copies[id(d)]
        assert isinstance(found, VarDef)
        return found

    def let(self, d: LetDef) -> LetDef:
        if id(d) not in self.copies:
            name = self._names.get(id(d), d.name)
            self.copies[id(d)] = LetDef(replace(d.signature, name=name), self.player, d.domain, 0, self.of(d.value))
        found = self.copies[id(d)]
        assert isinstance(found, LetDef)
        return found

    def constraint(self, d: ConstraintDef) -> ConstraintDef:
        """The constraint without its price, which is a multiplier now."""
        perp = None if d.perp is None else (self.of(d.perp[0]), self.of(d.perp[1]))
        return ConstraintDef(
            replace(d.signature, name=self._names.get(id(d), d.name)), self.player, d.domain, 0, d.relation,
            self.of(d.left), self.of(d.right), None if d.middle is None else self.of(d.middle),
            condition=None if d.condition is None else self.of(d.condition), holds_at=d.holds_at, perp=perp,
        )  # fmt: skip

    def objective(self, d: ObjectiveDef) -> ObjectiveDef:
        return ObjectiveDef(d.signature, self.player, d.domain, 0, d.maximize, self.of(d.value))

    def fix(self, d: FixDef) -> FixDef:
        return replace(d, variable=self.variable(d.variable))

    def report(self, d: ReportDef) -> ReportDef:
        return d if d.missing else ReportDef(d.signature, d.domain, d.kind, self.of(d.value), d.missing)

    def _bound(self, b: BoundDef) -> BoundDef:
        return replace(b, value=self.of(b.value))
