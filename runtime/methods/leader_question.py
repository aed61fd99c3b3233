"""What a search asks, as data that can go to another process: `Question`; and `Evaluator`, which answers it.

An evaluator answers for rows of decisions. A decision that breaks linear rows of the leader in its own columns is first
moved to the nearest one that keeps them, so that a search does not have to find an equation by chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from compiler.ground.ground_game import INTEGER, GroundGame
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from compiler.reformulations.program import Program
from runtime.methods.derived_decisions import DerivedDecisions
from runtime.methods.kept_model import TOLERANCE, KeptModel
from runtime.methods.leader_value import LeaderValue, ValueByAnswers, Worth
from runtime.methods.method import Request, Search
from runtime.methods.search_space import SearchSpace
from runtime.methods.setting import Setting
from runtime.methods.value_by_branches import ValueByBranches
from runtime.methods.value_by_conditions import ValueByConditions
from runtime.solvers.solver import Ending


@dataclass(frozen=True, eq=False)
class Question:
    """What the decisions in `space` are worth to the leader of `setting`."""

    setting: Setting
    space: SearchSpace
    gap: float | None = None
    seed: int = 0
    search: Search = field(default_factory=Search)
    """As in a `Request`, for the games of branches where there are more than two levels."""

    def evaluator(self) -> Evaluator:
        return Evaluator(self)


def joined_followers(setting: Setting) -> bool:
    """Whether followers' answers cannot be had one by one: they see each other, or prices are used."""
    return setting.meet() or bool(np.any(setting.game.price_row >= 0)) or bool(np.any(setting.game.row_group >= 0))


class Evaluator:
    """See the module. Its answers are functions of the decisions alone."""

    def __init__(self, question: Question) -> None:
        setting, space = question.setting, question.space
        middle = space.decisions(np.full((1, space.size), 0.5))[0]
        self._derived = DerivedDecisions.of(setting.game, setting.leader)
        self._columns = space.columns
        self._given = np.concatenate([space.columns, self._derived.following(space.columns)])
        self.value = self._value(question, self._given, self._with_derived(middle))
        self.game = setting.game
        self._near = _Nearest.of(setting, space)

    @staticmethod
    def _value(question: Question, searched: Ints, middle: Floats) -> LeaderValue:
        setting = question.setting
        if any(player.leaders not in ((), (setting.leader,)) for player in setting.game.players):
            # The registry holds the methods that ask this question.
            from runtime.methods.registry import choose

            request = Request(gap=question.gap, seed=question.seed, search=question.search)
            return ValueByBranches(setting, searched, choose, request)
        if joined_followers(setting):
            return ValueByConditions(setting, searched)
        return ValueByAnswers(setting, searched, middle)

    def worth(self, decision: Floats, time_limit: float | None = None) -> Worth:
        return self.value.worth(self._with_derived(decision), time_limit)

    def _with_derived(self, decision: Floats) -> Floats:
        """The decision (d,), and after it all that follows from it."""
        if len(self._given) == len(decision):
            return decision
        found: Floats = self._derived.from_roots(self._columns, decision)[self._given]
        return found

    def row(self, decision: Floats, time_limit: float | None = None) -> Floats:
        """For a decision (d,): the one that was evaluated, its value as if minimised, its violation, and all p
        players' objectives (NaN without a value); (d+2+p,)."""
        if self._near is not None:
            decision = self._near.to(decision)
        worth = self.worth(decision, time_limit)
        none = np.full(len(self.game.players), np.nan)
        objectives = none if worth.x is None else self.game.objectives_at(worth.x)
        return np.concatenate([decision, [worth.value, worth.violation], objectives])


class _Nearest:
    """The nearest decision, distances relative to ranges, that keeps the leader's linear rows in its own columns."""

    def __init__(self, program: Program, space: SearchSpace, places: Ints, whole: bool) -> None:
        """`places` (d,) of the decisions among the columns; `whole` says that the rows hold nothing else."""
        self.program, self.space, self.places = program, space, places
        self.model = KeptModel()
        m = program.rows - space.size
        self._rows = program.matrix.take_rows(np.arange(m)).take_columns(places) if whole else None
        room = TOLERANCE * (1.0 + np.abs(np.stack([program.row_lower[:m], program.row_upper[:m]])))
        self._low, self._high = program.row_lower[:m] - room[0], program.row_upper[:m] + room[1]

    @staticmethod
    def of(setting: Setting, space: SearchSpace) -> _Nearest | None:
        """None where there are no such rows."""
        game = setting.game
        mine = game.owner == setting.leader
        place = np.full(game.columns, -1, np.int64)
        fixed = game.lower == game.upper
        shared = np.zeros(game.rows, np.bool_)
        shared[game.matrix.row_numbers()[~mine[game.matrix.indices] & ~fixed[game.matrix.indices]]] = True
        shared[game.row_quad.row] = True
        rows, own = _beside(game, space.columns, (game.row_owner == setting.leader) & ~shared, ~fixed)
        if not len(rows):
            return None
        place[own] = np.arange(len(own))
        d, n, m = space.size, len(own), len(rows)
        apart = game.matrix.take_rows(rows).times(np.where(fixed, game.lower, 0.0))
        inner = game.matrix.take_rows(rows).take_columns(own)
        at = place[space.columns]
        width = space.upper - space.lower
        unit = 1.0 / np.where(width > 0, width, 1.0)
        line = np.arange(d)
        lower, upper = game.lower[own].copy(), game.upper[own].copy()
        lower[at], upper[at] = space.lower, space.upper
        # A semicontinuous column keeps its range here, zero included; evaluating it is exact.
        loose = space.switched
        lower[at[loose]], upper[at[loose]] = np.minimum(lower[at[loose]], 0.0), np.maximum(upper[at[loose]], 0.0)
        program = Program(
            lower=np.concatenate([lower, np.zeros(2 * d)]),
            upper=np.concatenate([upper, np.full(2 * d, np.inf)]),
            integer=np.concatenate([game.kind[own] == INTEGER, np.zeros(2 * d, np.bool_)]),
            cost=np.concatenate([np.zeros(n), unit, unit]),
            cost_constant=0.0,
            cost_quad=Quad.empty(),
            matrix=Csr.from_coo(
                np.concatenate([inner.row_numbers(), m + line, m + line, m + line]),
                np.concatenate([inner.indices, at, n + line, n + d + line]),
                np.concatenate([inner.data, np.ones(d), -np.ones(d), np.ones(d)]),
                m + d,
                n + 2 * d,
            ),
            row_lower=np.concatenate([game.row_lower[rows] - apart, np.zeros(d)]),
            row_upper=np.concatenate([game.row_upper[rows] - apart, np.zeros(d)]),
            row_quad=Quad.empty(),
        )
        return _Nearest(program, space, at, whole=n == d)

    def to(self, decision: Floats) -> Floats:
        program, d = self.program, self.space.size
        if self._rows is not None:
            now = self._rows.times(decision)
            if np.all((now >= self._low) & (now <= self._high)):
                return decision
        low, high = program.row_lower.copy(), program.row_upper.copy()
        low[-d:] = high[-d:] = decision
        outcome = self.model.solve(replace(program, row_lower=low, row_upper=high))
        if outcome.ending is not Ending.OPTIMAL or outcome.z is None:
            return decision
        if outcome.objective <= 0:
            return decision
        found = np.clip(outcome.z[self.places], self.space.lower, self.space.upper)
        found = np.where(self.space.switched, outcome.z[self.places], found)
        nearest: Floats = np.where(self.space.integer, np.round(found), found)
        return nearest


def _beside(game: GroundGame, columns: Ints, rows: Bools, free: Bools) -> tuple[Ints, Ints]:
    """Of the `rows` (m,) those that hold some of the `columns` (d,), or `free` (n,) ones that such rows hold in turn;
    and all columns that they so hold, the first ones included."""
    matrix = game.matrix
    row, held = matrix.row_numbers(), matrix.indices
    entry = rows[row] & free[held]
    row, held = row[entry], held[entry]
    found = np.zeros(game.columns, np.bool_)
    found[columns] = True
    taken = np.zeros(game.rows, np.bool_)
    while True:
        reached = row[found[held]]
        if taken[reached].all():
            return np.flatnonzero(taken), np.flatnonzero(found)
        taken[reached] = True
        found[held[taken[row]]] = True
