"""Expressions and named expressions -> the same with other expressions in place of some uses: `Rewriting`."""

from __future__ import annotations

from collections.abc import Callable

from compiler.derivation.substitution import rebuilt
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, LetDef, ReportDef
from compiler.ir.walk import uses


class Rewriting:
    """`instead` gives the expression for a use, or None to leave it. Named expressions that hold such a use get a copy,
    to which their own uses then point; `lets` keeps the copies by identity of the original."""

    def __init__(self, instead: Callable[[ir.Use], ir.Expr | None]) -> None:
        self._instead = instead
        self.lets: dict[int, LetDef] = {}
        self._touched: dict[int, bool] = {}

    def of(self, node: ir.Expr) -> ir.Expr:
        if isinstance(node, ir.Use):
            found = self._instead(node)
            if found is not None:
                return found
            if isinstance(node.target, LetDef) and self._is_touched(node.target):
                return ir.Use(self.let(node.target), node.indices, node.span)
            return node
        return rebuilt(node, self.of)

    def let(self, definition: LetDef) -> LetDef:
        """The named expression rewritten: itself where nothing changes."""
        if not self._is_touched(definition):
            return definition
        if id(definition) not in self.lets:
            d = definition
            self.lets[id(d)] = LetDef(d.signature, d.player, d.domain, d.own, self.of(d.value))
        return self.lets[id(definition)]

    def constraint(self, d: ConstraintDef) -> ConstraintDef:
        parts = [e for e in (d.left, d.middle, d.right, *(d.perp or ())) if e is not None]
        if not any(self._holds(e) for e in parts):
            return d
        return ConstraintDef(
            d.signature, d.player, d.domain, d.own, d.relation,
            self.of(d.left), self.of(d.right), None if d.middle is None else self.of(d.middle),
            d.price, d.shared, d.individual, d.condition, d.holds_at,
            None if d.perp is None else (self.of(d.perp[0]), self.of(d.perp[1])),
        )  # fmt: skip

    def report(self, d: ReportDef) -> ReportDef:
        return ReportDef(d.signature, d.domain, d.kind, self.of(d.value), d.missing) if not d.missing else d

    def _is_touched(self, definition: LetDef) -> bool:
        if id(definition) not in self._touched:
            self._touched[id(definition)] = self._holds(definition.value)
        return self._touched[id(definition)]

    def _holds(self, node: ir.Expr) -> bool:
        """Whether a use in the expression, or in a named expression that it uses, is replaced."""
        for use in uses(node):
            if self._instead(use) is not None:
                return True
            if isinstance(use.target, LetDef) and self._is_touched(use.target):
                return True
        return False
