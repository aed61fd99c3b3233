"""A leader's decision in, the exact answers of its followers out: what each with whole numbers can get, and the point
that the leader likes best among all best answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from compiler.ground.fixed_columns import fold_fixed_columns
from compiler.ground.ground_game import INTEGER
from compiler.ground.sparse import Bools, Floats
from compiler.reformulations.best_response import best_response
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.dropping import losses_by_dropping
from compiler.reformulations.extended_game import ExtendedGame
from compiler.reformulations.kkt import kkt
from compiler.reformulations.own_terms import linked_columns, own_size, own_value, with_limit
from compiler.reformulations.value_function import led
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
    `prices` (m,), NaN where there is none; `value` the leader's objective there as if minimised, `size` of its terms;
    `bound` what no point with such answers is below, -inf where it was not proved.
    """

    values: dict[int, float]
    sizes: dict[int, float]
    own: dict[int, Floats]
    x: Floats | None = None
    prices: Floats | None = None
    value: float = np.inf
    size: float = 1.0
    bound: float = -np.inf


class ExactAnswers:
    """Answers the leader's decisions; keeps the time. `mixed` (p,) are the followers with whole numbers."""

    def __init__(self, setting: Setting, mixed: Bools, request: Request) -> None:
        self.setting, self.mixed, self.request = setting, mixed, request
        self.begun = time.perf_counter()
        self.seconds = 0.0
        """Inside solvers."""
        columns = {p: linked_columns(setting.game, p) for p in np.flatnonzero(mixed).tolist()}
        self.linked = np.unique(np.concatenate(list(columns.values())))
        self.links = columns
        """By mixed follower: the leader's columns that move what it answers."""

    def told(self, p: int) -> str:
        """What people call a mixed follower."""
        return self.setting.game.players[p].name

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
        answered = self.answers_of(np.flatnonzero(self.mixed).tolist(), x)
        return Answered({}, {}, {}) if answered is None else self.favourite(x, answered)

    def answers_of(self, players: list[int], x: Floats) -> Answered | None:
        """The best answers of these mixed followers; None where, within tolerances, x leaves one of them nothing."""
        game, answered = self.setting.game, Answered({}, {}, {})
        for p in players:
            point = self.answer_of(p, x)
            if point is None:
                return None
            answered.values[p], answered.sizes[p] = own_value(game, p, point), own_size(game, p, point)
            answered.own[p] = point
        return answered

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

    def enlarged(self, p: int, x: Floats) -> Floats:
        """x with more in p's answer of what only its leader's decisions in x forbid: left out again there it is the
        same answer, and elsewhere it is a better one."""
        game = self.setting.game
        own = game.owner == p
        none = own & (game.kind == INTEGER) & (np.abs(x) < 0.5) & np.isfinite(game.upper)
        rows = np.flatnonzero(game.row_owner == p)
        rows = rows[np.isfinite(losses_by_dropping(game, p, np.where(none, game.upper, x)))]
        part = game.matrix.take_rows(rows)
        free = np.zeros(game.columns, np.bool_)
        free[part.indices] = True
        free &= none
        if not free.any():
            return x
        lower, upper = np.where(own & ~free, x, game.lower), np.where(own & ~free, x, game.upper)
        row_lower, row_upper = game.row_lower.copy(), game.row_upper.copy()
        row_lower[rows], row_upper[rows] = -np.inf, np.inf
        loose = replace(game, lower=lower, upper=upper, row_lower=row_lower, row_upper=row_upper)
        program, recovery = best_response(loose, p, x)
        _, outcome = solved(program, replace(self.left(TINY), solver="auto"))
        self.seconds += outcome.seconds
        return x if outcome.z is None else recovery.point(outcome.z)

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
        z, bound = None, -np.inf
        # An answer that is best within a solver's own tolerance only has no exact point: HiGHS can be asked again.
        for tolerance in (None,) if Highs().refuses(program) else (None, TOLERANCE):
            _, outcome = solved(program, replace(asked, tolerance=tolerance))
            self.seconds += outcome.seconds
            if outcome.z is None:
                break
            exact = polished(program, outcome.z, asked.options)
            z = outcome.z if exact is None or exact.z is None else exact.z
            bound = outcome.bound if outcome.ending is Ending.OPTIMAL else -np.inf
            if exact is not None:
                break
        if z is None:
            return answered
        point, goal = recovery.point(z), game.players[leader]
        whole = game.kind == INTEGER
        point[whole] = np.round(point[whole])
        value = goal.sense * float(game.objectives_at(point)[leader])
        prices = recovery.prices(z)[: game.rows]
        bound, size = min(bound, value), self.size_of(point)
        return replace(answered, x=point, prices=prices, value=value, bound=bound, size=size)

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
