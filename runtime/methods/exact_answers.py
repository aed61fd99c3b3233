"""A leader's decision in, the exact answers of its followers out: what each with whole numbers can get, and the point
that the leader likes best among all best answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from compiler.ground.fixed_columns import fold_fixed_columns
from compiler.ground.sparse import Bools, Floats
from compiler.reformulations.best_response import best_response
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.extended_game import ExtendedGame
from compiler.reformulations.kkt import kkt
from compiler.reformulations.value_function import led, linked_columns, own_size, own_value, with_limit
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.methods.method import Request, solved
from runtime.methods.polish import TOLERANCE, polished
from runtime.methods.setting import Setting
from runtime.solvers.highs import Highs
from runtime.solvers.solver import Ending

ROOM = 1e-12
"""Room above a follower's optimal value, over the size of its terms, in the search for the leader's favourite among its
best answers: rounding. Solvers have their own tolerance beside; more would be a present to the leader."""

TINY = 1e-9
"""Relative gap to which followers are solved."""


@dataclass(frozen=True, eq=False)
class Answered:
    """`values`, `sizes` and `own`: by mixed follower, its least `own_value`, the size of its terms, and a point (n,)
    that gives it that. `x` (n,) is the leader's best point with such answers, None where its constraints forbid all;
    `prices` (m,), NaN where there is none; `value` the leader's objective there as if minimised, `size` of its terms.
    """

    values: dict[int, float]
    sizes: dict[int, float]
    own: dict[int, Floats]
    x: Floats | None = None
    prices: Floats | None = None
    value: float = np.inf
    size: float = 1.0


class ExactAnswers:
    """Answers the leader's decisions; keeps the time. `mixed` (p,) are the followers with whole numbers."""

    def __init__(self, setting: Setting, mixed: Bools, request: Request) -> None:
        self.setting, self.mixed, self.request = setting, mixed, request
        self.begun = time.perf_counter()
        self.seconds = 0.0
        """Inside solvers."""
        columns = [linked_columns(setting.game, p) for p in np.flatnonzero(mixed).tolist()]
        self.linked = np.unique(np.concatenate(columns))

    def elapsed(self) -> float:
        return time.perf_counter() - self.begun

    def spent(self) -> bool:
        return self.request.time_limit is not None and self.elapsed() >= self.request.time_limit

    def left(self, gap: float) -> Request:
        """The request with the time that is left, and this gap."""
        limit = self.request.time_limit
        return replace(self.request, gap=gap, time_limit=None if limit is None else max(0.1, limit - self.elapsed()))

    def at(self, x: Floats) -> Answered:
        """The answers to what the leader decides in x (n,). Raises DiagnosticError (G802) where a follower has no best
        one."""
        values: dict[int, float] = {}
        sizes: dict[int, float] = {}
        own: dict[int, Floats] = {}
        for p in np.flatnonzero(self.mixed).tolist():
            point = self.answer_of(p, x)
            if point is None:
                # Within tolerances x leaves this follower nothing.
                return Answered({}, {}, {})
            values[p], sizes[p], own[p] = (
                own_value(self.setting.game, p, point),
                own_size(self.setting.game, p, point),
                point,
            )
        return self.favourite(x, Answered(values, sizes, own))

    def answer_of(self, p: int, x: Floats) -> Floats | None:
        """x with a best answer of p put in; None without one."""
        program, recovery = best_response(self.setting.game, p, x)
        asked = replace(self.left(TINY), solver="auto")
        for tolerance in (TOLERANCE, None):
            _, outcome = solved(program, replace(asked, tolerance=tolerance))
            self.seconds += outcome.seconds
            if outcome.ending in (Ending.UNBOUNDED, Ending.INFEASIBLE_OR_UNBOUNDED):
                raise self.endless(p)
            if outcome.z is not None and outcome.ending is Ending.OPTIMAL:
                exact = polished(program, outcome.z, asked.options)
                return recovery.point(outcome.z if exact is None or exact.z is None else exact.z)
        return None

    def favourite(self, x: Floats, answered: Answered) -> Answered:
        """With the leader's best point at its decisions in x that followers with whole numbers see."""
        game, leader = self.setting.game, self.setting.leader
        more = ExtendedGame(led(game, self.mixed, leader), leader)
        for p, value in answered.values.items():
            with_limit(more, game, p, value + ROOM * answered.sizes[p])
        lower, upper = game.lower.copy(), game.upper.copy()
        lower[self.linked] = upper[self.linked] = x[self.linked]
        fixed = fold_fixed_columns(replace(more.built(), lower=lower, upper=upper))
        program, recovery = kkt(fixed, self.setting.followers & ~self.mixed, leader)
        program = complementarity_sos1(program)
        asked = replace(self.left(TINY), solver="auto")
        z = None
        # An answer that is best within a solver's own tolerance only has no exact point: HiGHS can be asked again.
        for tolerance in (None,) if Highs().refuses(program) else (None, TOLERANCE):
            _, outcome = solved(program, replace(asked, tolerance=tolerance))
            self.seconds += outcome.seconds
            if outcome.z is None:
                break
            exact = polished(program, outcome.z, asked.options)
            z = outcome.z if exact is None or exact.z is None else exact.z
            if exact is not None:
                break
        if z is None:
            return answered
        point, goal = recovery.point(z), game.players[leader]
        whole = game.kind == 1
        point[whole] = np.round(point[whole])
        value = goal.sense * float(game.objectives_at(point)[leader])
        prices = recovery.prices(z)[: game.rows]
        return replace(answered, x=point, prices=prices, value=value, size=self.size_of(point))

    def size_of(self, x: Floats) -> float:
        """Of the leader's terms at x, at least of one unit of its dearest column, and 1 where they are that large."""
        return self.setting.game.objective_size(self.setting.leader, x) or 1.0

    def endless(self, p: int) -> DiagnosticError:
        player = self.setting.game.players[p]
        return DiagnosticError(
            [
                Diagnostic(
                    "G802",
                    f"the objective of `{player.name}` has no bound at a decision that its leader may take",
                    player.objective_span or player.span,
                    hints=(Hint("bound its variables, or add the constraint or cost that is missing"),),
                )
            ]
        )
