"""A decision of the leader in, what it is worth where its followers see each other or their prices are used: the game
with the decision held, by its optimality conditions.

Exact: yes, as `kkt` is; below the decision the followers are at the equilibrium that the leader likes best.
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

    def worth(self, decision: Floats, time_limit: float | None = None) -> Worth:
        game, leader = self.setting.game, self.setting.leader
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
