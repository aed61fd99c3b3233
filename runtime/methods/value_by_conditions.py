"""A decision of the leader in, what it is worth where its followers see each other or their prices are used: the game
with the decision held, by its optimality conditions.

Exact: yes, as `kkt` is; below the decision the followers are at the equilibrium that the leader likes best. Where a
constraint whose price somebody uses loses all its own decisions at the one that is held (`x*q <= 0` at x = 0), its
price is open, and no value is told.
Slower than `leader_value` by what a complementarity problem costs more than an LP.
Reference: as `runtime.methods.kkt`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.sparse import Floats, Ints
from grammar.diagnostics import DiagnosticError
from runtime.methods.kkt import Kkt
from runtime.methods.leader_value import FAILED, Worth
from runtime.methods.method import Request
from runtime.methods.setting import Setting
from runtime.result import Status

UNTOLD = 0.5
"""Violation of a decision whose game has no answer: these conditions do not tell how far it is from having one."""


class ValueByConditions:
    """See the module."""

    def __init__(self, setting: Setting, searched: Ints) -> None:
        self.setting, self.searched = setting, searched
        game = setting.game
        self.priced = np.intersect1d(game.price_row[game.price_row >= 0], game.row_quad.row)
        self.held = np.isin(np.arange(game.columns), searched) | (game.lower == game.upper)

    def _open(self, decision: Floats) -> bool:
        """Whether a constraint with products and a price holds nothing of its owner's at the decision."""
        game, x = self.setting.game, self.setting.game.lower.copy()
        x[self.searched] = decision
        linear, products = game.matrix.take_rows(self.priced), game.row_quad.take_rows(self.priced)
        at, column, value = [linear.row_numbers()], [linear.indices], [linear.data]
        for one, other in ((products.i, products.j), (products.j, products.i)):
            # A product of two that are free counts for either.
            factor = np.where(self.held[one], x[one], 1.0)
            at, column, value = [*at, products.row], [*column, other], [*value, products.value * factor]
        row, held = np.concatenate(at), np.concatenate(column)
        mine = (game.owner[held] == game.row_owner[self.priced][row]) & ~self.held[held]
        keys, place = np.unique(row[mine] * game.columns + held[mine], return_inverse=True)
        slopes = np.bincount(place, np.concatenate(value)[mine], minlength=len(keys))
        kept = np.zeros(len(self.priced), np.bool_)
        kept[keys[np.abs(slopes) > 0] // game.columns] = True
        return not bool(kept.all())

    def worth(self, decision: Floats, time_limit: float | None = None) -> Worth:
        game, leader = self.setting.game, self.setting.leader
        if len(self.priced) and self._open(decision):
            return Worth(np.inf, FAILED)
        lower, upper = game.lower.copy(), game.upper.copy()
        lower[self.searched] = upper[self.searched] = decision
        held = Setting.of(replace(game, lower=lower, upper=upper))
        try:
            found = Kkt().run(held, Request(time_limit=time_limit))
        except DiagnosticError as error:
            if any(d.code != "G804" for d in error.diagnostics):
                raise
            return Worth(np.inf, FAILED)
        if found.status is Status.INFEASIBLE:
            return Worth(np.inf, UNTOLD)
        if found.status is Status.UNBOUNDED:
            return Worth(-np.inf)
        if found.status is not Status.OPTIMAL or found.x is None:
            return Worth(np.inf, FAILED)
        x = found.x.copy()
        x[self.searched] = decision
        return Worth(game.players[leader].sense * float(game.objectives_at(x)[leader]), 0.0, x, found.prices)
