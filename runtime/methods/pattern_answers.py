"""A linear follower with few whole numbers, solved exactly at a decision of the leader by an LP for each value that
these can have.

Where the leader moves costs only, which values leave an answer is known once and for all, and each LP begins from its
own basis: a dozen of them take a fifth of the time of one MILP, and their optima are exact to HiGHS's smallest
tolerances, where a MILP's are within 1e-6 of whole numbers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from compiler.ground.player_classes import PlayerClass
from compiler.ground.sparse import Floats
from compiler.reformulations.response_family import ResponseFamily
from runtime.methods.follower_answers import Answer, Face, FollowerProgram, linear, linear_face
from runtime.methods.polish import TOLERANCE
from runtime.solvers.highs import Highs, HighsModel
from runtime.solvers.solver import Ending, Options, Outcome

MOST = 64
"""Values of the whole numbers up to which each has its LP: about what one MILP of that size takes."""

TIED = 1e-9
"""The part of its terms by which an answer may miss the best and count as one: the tolerance of LPs, and what a
certificate leaves (`runtime.ties`)."""


class FollowerPatterns:
    """See the module; `MOST` values at most, and no decision of others a factor in its rows."""

    linear = True

    def __init__(self, family: ResponseFamily, kind: PlayerClass, middle: Floats) -> None:
        """`middle` (n,) is a point of the game, whose bases all solves begin from."""
        self.family = family
        program = self.program = family.at(middle)
        self.whole = np.flatnonzero(program.integer)
        ranges = [np.arange(np.ceil(a), np.floor(b) + 1.0) for a, b in self._ends()]
        self.patterns = np.stack([g.ravel() for g in np.meshgrid(*ranges, indexing="ij")], axis=1)
        self.model = HighsModel(replace(program, integer=np.zeros(program.columns, np.bool_)))
        self.other = FollowerProgram(family, kind)
        """Has the word where no LP has an answer, or one has no end."""
        if not len(family.limit_rows):
            self.patterns = self.patterns[[self._possible(pattern) for pattern in self.patterns]]
        self._bases: list[Any] = [None] * len(self.patterns)
        for number in range(len(self.patterns)):
            if self._solved(number, None).ending is Ending.OPTIMAL:
                self._bases[number] = self.model.basis()

    @staticmethod
    def takes(family: ResponseFamily, kind: PlayerClass) -> bool:
        """Whether a follower is of this kind."""
        program = family.base
        if not linear(kind) or family.moving or program.columns != len(family.own) or not program.integer.any():
            return False
        width = np.floor(program.upper) - np.ceil(program.lower) + 1.0
        width = width[program.integer]
        few = bool(np.all(np.isfinite(width)) and np.all(width >= 1)) and float(np.prod(width)) <= MOST
        return few and not Highs().refuses(program)

    def answer(self, x: Floats, time_limit: float | None = None) -> Answer:
        """As `FollowerModel.answer`. Raises DiagnosticError (G803) without the solver."""
        self._load(x)
        found: dict[int, Outcome] = {}
        for number in range(len(self.patterns)):
            outcome = self._solved(number, time_limit)
            if outcome.ending is Ending.OPTIMAL and outcome.z is not None:
                found[number] = outcome
            elif outcome.ending is not Ending.INFEASIBLE:
                return self.other.answer(x, time_limit)
        if not found:
            return self.other.answer(x, time_limit)
        cost = self.program.cost
        points = np.array([outcome.z for outcome in found.values()])
        values = points @ cost
        best = int(np.argmin(values))
        close = values <= values[best] + TIED * terms(cost, points[best])
        if np.count_nonzero(close) == 1:
            number = list(found)[best]
            return self._faced(number, found[number])
        tied = points[close][:, self.whole]
        lower, upper = self.program.lower.copy(), self.program.upper.copy()
        lower[self.whole], upper[self.whole] = tied.min(axis=0), tied.max(axis=0)
        face = Face(lower, upper, np.zeros(self.program.rows, np.int64), np.zeros(0), False)
        return Answer(Ending.OPTIMAL, points[best], face=face, cost=cost)

    def held(self, x: Floats, v: Floats, time_limit: float | None = None) -> Answer | None:
        """As `FollowerProgram.held`."""
        self._load(x)
        same = np.flatnonzero(np.all(self.patterns == np.round(v[self.whole]), axis=1)).tolist()
        outcome = self._solved(same[0], time_limit) if same else Outcome(Ending.INFEASIBLE)
        return self._faced(same[0], outcome) if outcome.ending is Ending.OPTIMAL else None

    def _ends(self) -> np.ndarray:
        return np.stack([self.program.lower[self.whole], self.program.upper[self.whole]], axis=1)

    def _load(self, x: Floats) -> None:
        family, program = self.family, self.family.at(x)
        self.program = program
        if len(family.cost_columns):
            self.model.change_costs(family.cost_columns, program.cost[family.cost_columns])
        rows = family.limit_rows
        if len(rows):
            self.model.change_row_limits(rows, program.row_lower[rows], program.row_upper[rows])

    def _take(self, pattern: Floats) -> None:
        self.model.change_bounds(self.whole, pattern, pattern)

    def _possible(self, pattern: Floats) -> bool:
        """Whether these whole numbers leave an answer at all, whatever it costs."""
        every, costs = np.arange(self.program.columns), self.program.cost
        self._take(pattern)
        self.model.change_costs(every, 0.0 * costs)
        self.model.start_afresh()
        ending = self.model.solve(Options()).ending
        self.model.change_costs(every, costs)
        return ending is not Ending.INFEASIBLE

    def _solved(self, number: int, time_limit: float | None) -> Outcome:
        self._take(self.patterns[number])
        if self._bases[number] is None:
            self.model.start_afresh()
        else:
            self.model.start_from(self._bases[number])
        return self.model.solve(Options(time_limit, tolerance=TOLERANCE))

    def _faced(self, number: int, outcome: Outcome) -> Answer:
        """The answer with its face, the whole numbers held."""
        lower, upper = self.program.lower.copy(), self.program.upper.copy()
        lower[self.whole] = upper[self.whole] = self.patterns[number]
        held = replace(self.program, lower=lower, upper=upper)
        return Answer(Ending.OPTIMAL, outcome.z, face=linear_face(held, outcome))


def terms(cost: Floats, v: Floats) -> float:
    """The size of a linear objective's terms at v, at least of one unit of its dearest column."""
    return max(float(np.abs(cost) @ np.abs(v)), float(np.max(np.abs(cost), initial=0.0)))
