"""A decision of the leader in, what it is worth at its followers' exact answers out: what a search over the leader asks
at each of its points.

For a decision c in the columns that followers see: every follower's problem is solved at c; then the leader's own
remaining columns and, among answers that are equally good for the followers, the answers, by one Program:
    minimise the leader's objective over its other columns and the followers' columns,
    subject to the leader's rows, the followers' rows, and every follower at its optimal value (its `Face`, or a cut).
Ties so fall as the leader likes; those of pessimistic followers are settled before, against it. A cut leaves room, of
which the leader would take what it can: where followers have whole numbers, these are held as found and the rest is
solved again with the `Face` of the LP that they leave.
Exact: yes, at each point, for followers that do not see each other and whose prices nobody uses
    (`runtime.methods.value_by_conditions` has the others); but of a nonlinear follower one best answer is taken, and
    others as good are not looked for (`ties_open`).
Reference: Dempe, Foundations of Bilevel Programming (2002), 3.3; Deb, Comput. Methods Appl. Mech. Engrg. 186 (2000)
    311 for how points without a value compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from compiler.ground.sparse import Floats, Ints, Quad
from compiler.reformulations.elastic import elastic
from compiler.reformulations.high_point import high_point
from compiler.reformulations.program import Program
from compiler.reformulations.response_family import ResponseFamily
from runtime.methods.follower_answers import Answer, FollowerModel, FollowerProgram, linear
from runtime.methods.kept_model import KeptModel
from runtime.methods.leader_program import Follower, LeaderProgram, with_cuts, without_players
from runtime.methods.pattern_answers import TIED, FollowerPatterns, terms
from runtime.methods.setting import Setting
from runtime.solvers.solver import Ending, Outcome

KEPT = 1e-7
"""Violation of a row, over 1 + its limit, that counts as none: HiGHS's own tolerance."""

ROOM = 1e-7
"""What a cut leaves above a follower's optimal value, relative to its terms, while whole numbers are looked for; rows
that hold a Hessian leave as much."""

NO_ANSWER, FAILED = 2.0, 3.0
"""Violations of a decision to which a follower has no best answer, and of one that could not be evaluated. Below 1 are
those of the leader's rows, from 1 to 2 those of followers' rows: the farther from having a value, the larger."""


@dataclass(frozen=True, eq=False)
class Worth:
    """The leader's `value`, as if minimised, at x (n,) with `prices` (m,) or None; or how far the decision is from
    having one: `violation` above 0 (see the module), value infinite. A value of -inf: the leader has no bound."""

    value: float
    violation: float = 0.0
    x: Floats | None = None
    prices: Floats | None = None
    bounds: Mapping[int, float] = field(default_factory=dict)
    """Proven bounds of other leaders' objectives at the decision, by player, in its own sense."""


class LeaderValue(Protocol):
    """Something that evaluates decisions (d,) of the leader, each as if it were the first."""

    def worth(self, decision: Floats, time_limit: float | None = None) -> Worth:
        """Raises DiagnosticError where a solver is missing."""
        ...


class ValueByAnswers:
    """See the module."""

    def __init__(self, setting: Setting, searched: Ints, middle: Floats) -> None:
        """`searched` (d,) columns; `middle` (d,) is the decision from which all models begin."""
        game = self.game = setting.game
        self.leader, self.searched = setting.leader, searched
        self.sense = float(game.players[self.leader].sense)
        players = np.flatnonzero(setting.followers).tolist()
        self.held = np.where(game.lower == game.upper, game.lower, 0.0)
        self.followers = [self._follower(setting, p, self.point(middle)) for p in players]
        gloomy = setting.gloomy()
        self.gloomy = [k for k, p in enumerate(players) if gloomy[p]]
        self.leader_rows = np.flatnonzero(game.row_owner == self.leader)
        self._own_rows = game.matrix.take_rows(self.leader_rows)
        self._own_products = game.row_quad.take_rows(self.leader_rows)
        own = game.owner == self.leader
        own[searched] = False
        self.settled = bool(np.all(game.lower[own] == game.upper[own]))
        pinned = np.zeros(len(game.players), np.bool_)
        pinned[[p for p, f in zip(players, self.followers, strict=True) if _pinned(f)]] = True
        program = without_players(high_point(game, self.leader), game, pinned)
        self.base = LeaderProgram(program, searched, self.followers)
        self.best, self.worst, self.nearest, self.exact = KeptModel(), KeptModel(), KeptModel(), KeptModel()

    @staticmethod
    def _follower(setting: Setting, player: int, middle: Floats) -> Follower:
        family, kind = ResponseFamily.of(setting.game, player), setting.classes[player]
        if kind.convex and kind.linear_rows and not family.moving:
            return FollowerModel(family, middle)
        if FollowerPatterns.takes(family, kind):
            return FollowerPatterns(family, kind, middle)
        return FollowerProgram(family, kind)

    def point(self, decision: Floats) -> Floats:
        """A point (n,) of the game with the decision (d,) in, what is free at 0."""
        x = self.held.copy()
        x[self.searched] = decision
        return x

    def worth(self, decision: Floats, time_limit: float | None = None) -> Worth:
        x = self.point(decision)
        answers = [follower.answer(x, time_limit) for follower in self.followers]
        if any(answer.ending is not Ending.OPTIMAL for answer in answers):
            return Worth(np.inf, _missing(answers))
        if not self.gloomy and self.settled and all(_alone(a) for a in answers):
            return self._valued(self._joined(x, answers), answers)
        base = self.base.at(decision)
        if self.gloomy:
            settled = self._against(base, answers, time_limit)
            if settled is None:
                return Worth(np.inf, FAILED)
            answers = settled
            if self.settled and all(_alone(a) for a in answers):
                return self._valued(self._joined(x, answers), answers)
        program = self._restricted(base, answers)
        outcome = self.best.solve(program, time_limit)
        if outcome.ending is Ending.UNBOUNDED:
            return Worth(-np.inf)
        kept = outcome.ending is Ending.OPTIMAL
        if kept and any(answer.cost is not None for answer in answers):
            outcome = self._exactly(x, base, answers, outcome, time_limit)
        if not kept:
            outcome = self.nearest.solve(elastic(program, self.leader_rows), time_limit)
        if outcome.ending is not Ending.OPTIMAL or outcome.z is None:
            return Worth(np.inf, FAILED)
        found = outcome.z[: self.game.columns].copy()
        found[self.searched] = decision
        return self._valued(found, answers, kept)

    def _exactly(
        self, x: Floats, base: Program, answers: list[Answer], found: Outcome, time_limit: float | None
    ) -> Outcome:
        """The leader's best among best answers that are exact: those with the whole numbers `found`, where these are
        best without the room that a cut leaves; else with what less room gives, or each follower's own. `found` where
        none of them has such a point: then the certificate says by how much it is wrong."""
        exact = self._with_whole(x, base, answers, found, time_limit)
        if exact is None:
            closer = self.best.solve(self._restricted(base, answers, room=TIED), time_limit)
            exact = self._with_whole(x, base, answers, closer, time_limit)
        return exact or self._with_whole(x, base, answers, None, time_limit) or found

    def _with_whole(
        self, x: Floats, base: Program, answers: list[Answer], at: Outcome | None, time_limit: float | None
    ) -> Outcome | None:
        """The leader's best point with the followers' whole numbers as in `at`, or as in `answers`; None where some
        follower's best is not among them, or the leader's rows hold nowhere."""
        if at is not None and at.z is None:
            return None
        exact: list[Answer] = []
        for follower, answer in zip(self.followers, answers, strict=True):
            if answer.cost is None or isinstance(follower, FollowerModel):
                exact.append(answer)
                continue
            assert answer.v is not None
            v = answer.v if at is None or at.z is None else at.z[follower.family.own]
            held = follower.held(x, v, time_limit)
            least = float(answer.cost @ answer.v)
            if (
                held is None
                or held.v is None
                or float(answer.cost @ held.v) > least + TIED * terms(answer.cost, answer.v)
            ):
                return None
            exact.append(held)
        outcome = self.exact.solve(self._restricted(base, exact), time_limit)
        return outcome if outcome.ending is Ending.OPTIMAL and outcome.z is not None else None

    def _valued(self, x: Floats, answers: list[Answer], kept: bool = False) -> Worth:
        """At a point (n,) of the game; `kept` says that the leader's rows hold."""
        broken = 0.0 if kept or not len(self.leader_rows) else self._broken(x)
        if broken:
            return Worth(np.inf, broken / (1.0 + broken))
        objectives = self.game.objectives_at(x)
        return Worth(self.sense * float(objectives[self.leader]), 0.0, x, self._prices(answers))

    def _broken(self, x: Floats) -> float:
        """The sum of the violations of the leader's rows at x, without those that are small."""
        game, rows = self.game, self.leader_rows
        at = self._own_rows.times(x) + self._own_products.times(x, len(rows))
        low, high = game.row_lower[rows], game.row_upper[rows]
        over = np.maximum(np.maximum(low - at, at - high), 0.0)
        limit = np.where(at < low, low, np.where(at > high, high, 0.0))
        return float(over[over > KEPT * (1.0 + np.abs(limit))].sum())

    def _joined(self, x: Floats, answers: list[Answer]) -> Floats:
        """x (n,) with the answers put in."""
        found = x.copy()
        for follower, answer in zip(self.followers, answers, strict=True):
            assert answer.v is not None
            found[follower.family.own] = answer.v
        return found

    def _prices(self, answers: list[Answer]) -> Floats | None:
        """Shadow prices (m,) of the followers' rows, NaN where there is none."""
        game, prices = self.game, np.full(self.game.rows, np.nan)
        for follower, answer in zip(self.followers, answers, strict=True):
            if answer.duals is not None:
                rows = follower.family.rows
                prices[rows] = game.players[follower.family.player].sense * answer.duals[: len(rows)]
        return prices if np.isfinite(prices).any() else None

    def _restricted(self, base: Program, answers: list[Answer], loose: bool = False, room: float = ROOM) -> Program:
        """With every follower at its best, within `room` where a cut says so; `loose` without the leader's rows."""
        lower, upper = base.lower.copy(), base.upper.copy()
        row_lower, row_upper = base.row_lower.copy(), base.row_upper.copy()
        if loose:
            row_lower[self.leader_rows], row_upper[self.leader_rows] = -np.inf, np.inf
        cuts: list[tuple[Floats, float]] = []
        for follower, answer, bent in zip(self.followers, answers, self.base.bent, strict=True):
            face = answer.face
            if answer.cost is not None:
                cuts.append(_cut(follower.family.own, answer, base.columns, room))
            if face is None:
                if answer.cost is None:
                    lower[follower.family.own] = upper[follower.family.own] = answer.v
                continue
            lower[follower.family.own], upper[follower.family.own] = face.lower, face.upper
            at_low, at_high = follower.family.rows[face.side == 1], follower.family.rows[face.side == -1]
            row_upper[at_low], row_lower[at_high] = row_lower[at_low], row_upper[at_high]
            margin = ROOM * np.maximum(1.0, np.abs(face.bent))
            row_lower[bent], row_upper[bent] = face.bent - margin, face.bent + margin
        integer = base.integer & (lower < upper)
        program = replace(base, lower=lower, upper=upper, row_lower=row_lower, row_upper=row_upper, integer=integer)
        return with_cuts(program, cuts) if cuts else program

    def _against(self, base: Program, answers: list[Answer], time_limit: float | None) -> list[Answer] | None:
        """The answers, those of pessimistic followers the worst for the leader among their best; None when a solver
        failed."""
        own = np.zeros(base.columns, np.bool_)
        for k in self.gloomy:
            own[self.followers[k].family.own] = True
        quad = base.cost_quad.take(own[base.cost_quad.i] | own[base.cost_quad.j])
        program = replace(
            self._restricted(base, answers, loose=True),
            cost=np.where(own, -base.cost, 0.0),
            cost_constant=0.0,
            cost_quad=Quad(quad.row, quad.i, quad.j, -quad.value),
        )
        outcome = self.worst.solve(program, time_limit)
        if outcome.ending is not Ending.OPTIMAL or outcome.z is None:
            return None
        found = list(answers)
        for k in self.gloomy:
            answer, v = answers[k], outcome.z[self.followers[k].family.own]
            face = answer.face
            assert face is not None, "pessimistic followers are loaded"
            found[k] = replace(answer, v=v, face=replace(face, lower=v, upper=v, side=0 * face.side, unique=True))
        return found


def ties_open(setting: Setting) -> bool:
    """Whether some follower's other best answers are not looked for."""
    return any(
        not linear(kind) and not (kind.convex and kind.linear_rows and not _moving(setting, kind.player))
        for kind in setting.classes
        if setting.followers[kind.player]
    )


def _moving(setting: Setting, player: int) -> bool:
    return ResponseFamily.of(setting.game, player).moving


def _pinned(follower: Follower) -> bool:
    """Whether a follower's other best answers are not looked for."""
    return isinstance(follower, FollowerProgram) and not follower.linear


def _alone(answer: Answer) -> bool:
    """Whether no other best answer is to be looked for."""
    return answer.cost is None and (answer.face is None or answer.face.unique)


def _missing(answers: list[Answer]) -> float:
    """How far the decision is from one that all followers can answer."""
    endings = {answer.ending for answer in answers}
    if Ending.FAILED in endings:
        return FAILED
    if Ending.UNBOUNDED in endings:
        return NO_ANSWER
    least = sum(answer.violation for answer in answers)
    return 1.0 + least / (1.0 + least)


def _cut(own: Ints, answer: Answer, columns: int, room: float) -> tuple[Floats, float]:
    """The row that says: a linear follower's objective is at most its minimum, in the columns of a Program; its dearest
    column counts 1, so that a solver's tolerance is one of the answer."""
    assert answer.v is not None
    assert answer.cost is not None
    dearest = float(np.max(np.abs(answer.cost), initial=0.0)) or 1.0
    cost = np.zeros(columns)
    cost[own] = answer.cost / dearest
    limit = float(answer.cost @ answer.v) + room * terms(answer.cost, answer.v)
    return cost, limit / dearest
