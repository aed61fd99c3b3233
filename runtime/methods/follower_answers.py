"""A follower's problem at a decision of the leader, solved exactly: `FollowerModel` by changes of a loaded model,
`FollowerProgram` for what HiGHS does not take.

Both give an `Answer`, which says what other answers are as good: by its `Face` for a convex follower, else by the
objective that a cut bounds. An answer is a function of the decision alone, not of what was solved before, so that a
search gives the same result however its points are spread over workers: every solve begins from one basis, that of the
middle of the space.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from compiler.reformulations.elastic import elastic
from compiler.reformulations.program import Program
from compiler.reformulations.response_family import ResponseFamily
from runtime.methods.method import Request, pick_solver
from runtime.methods.polish import TOLERANCE
from runtime.solvers.highs import HighsModel
from runtime.solvers.solver import Ending, Options, Outcome

PRICED = 1e-7
"""A multiplier above this part of the largest cost coefficient counts: HiGHS's own tolerance is 1e-7."""


@dataclass(frozen=True, eq=False)
class Face:
    """The best answers of a convex follower, given one of them with its multipliers: all that keep its rows and
    bounds, complement the multipliers, and have the same Hessian times answer (Mangasarian, Oper. Res. Lett. 7
    (1988) 21).

    `lower` and `upper` (n,) bound its own columns; `side` (m,) of its rows is 1 where the row is at its lower limit,
    -1 at its upper one, 0 where it is free within both; `bent` (h,) are the rows of `FollowerModel.hessian` at it.
    """

    lower: Floats
    upper: Floats
    side: Ints
    bent: Floats
    unique: bool
    """Whether the answer is proven to be the only one; False leaves it open."""


@dataclass(frozen=True, eq=False)
class Answer:
    """A follower's best answer: `ending` OPTIMAL with `v` (n,) and, of a convex follower, the multipliers `duals` (m,)
    and the `face`, of others the objective `cost` (n,) and `quad` as if minimised. Or another ending, INFEASIBLE with
    the least sum of `violation` of its rows.
    """

    ending: Ending
    v: Floats | None = None
    duals: Floats | None = None
    face: Face | None = None
    violation: float = 0.0
    cost: Floats = field(default_factory=lambda: np.zeros(0))
    quad: Quad = field(default_factory=Quad.empty)


class FollowerModel:
    """An LP or convex QP follower in whose constraints no decision of another is a factor: loaded once, between
    decisions only its costs and the limits of its rows change."""

    def __init__(self, family: ResponseFamily, middle: Floats) -> None:
        """`middle` (n,) is a point of the game, whose basis all solves begin from."""
        self.family = family
        program = self.program = family.at(middle)
        self.squared = _squared(program.cost_quad, program.columns)
        curved = _hessian(program.cost_quad, program.columns)
        self.hessian = curved.take_rows(np.flatnonzero(~self.squared & (np.diff(curved.indptr) > 0)))
        self._steepest = float(np.max(np.abs(program.cost_quad.value), initial=0.0))
        self.model = HighsModel(program)
        self._elastic: HighsModel | None = None
        self._basis: Any = None
        first = self.model.solve(Options(tolerance=TOLERANCE))
        if first.ending is Ending.OPTIMAL and not program.cost_quad.entries:
            self._basis = self.model.basis()

    def answer(self, x: Floats, time_limit: float | None = None) -> Answer:
        """The best answer at a point (n,) of the game, whose own entries are not looked at."""
        family, program = self.family, self.family.at(x)
        if len(family.cost_columns):
            self.model.change_costs(family.cost_columns, program.cost[family.cost_columns])
        self._limits(self.model, program)
        if self._basis is None:
            self.model.start_afresh()
        else:
            self.model.start_from(self._basis)
        outcome = self.model.solve(Options(time_limit, tolerance=TOLERANCE))
        if outcome.ending is Ending.FAILED:
            self.model.start_afresh()
            outcome = self.model.solve(Options(time_limit))
        if outcome.ending is Ending.OPTIMAL and outcome.z is not None and outcome.row_duals is not None:
            return Answer(Ending.OPTIMAL, outcome.z, outcome.row_duals, self._face(outcome, program.cost))
        if outcome.ending in (Ending.LIMIT, Ending.FAILED, Ending.OPTIMAL):
            return Answer(Ending.FAILED)
        if self._elastic is None:
            self._elastic = HighsModel(elastic(program, np.arange(program.rows)))
        self._limits(self._elastic, program)
        self._elastic.start_afresh()
        return _without_answer(self._elastic.solve(Options(tolerance=TOLERANCE)))

    def _limits(self, model: HighsModel, program: Program) -> None:
        rows = self.family.limit_rows
        if len(rows):
            model.change_row_limits(rows, program.row_lower[rows], program.row_upper[rows])

    def _face(self, outcome: Outcome, cost: Floats) -> Face:
        z, duals, reduced = outcome.z, outcome.row_duals, outcome.reduced_costs
        assert z is not None
        assert duals is not None
        assert reduced is not None
        priced = PRICED * max(float(np.max(np.abs(cost), initial=0.0)), self._steepest)
        lower, upper = self.program.lower.copy(), self.program.upper.copy()
        duals = duals[: self.program.rows]
        side = np.where(duals > priced, 1, np.where(duals < -priced, -1, 0))
        side[(side == 1) & ~np.isfinite(self.program.row_lower)] = 0
        side[(side == -1) & ~np.isfinite(self.program.row_upper)] = 0
        below = (reduced > priced) & np.isfinite(lower)
        above = (reduced < -priced) & np.isfinite(upper)
        upper[below], lower[above] = lower[below], upper[above]
        lower[self.squared] = upper[self.squared] = z[self.squared]
        # As many multipliers as columns: the basis is not degenerate, and no other answer is as good.
        held = np.count_nonzero(below) + np.count_nonzero(above) + np.count_nonzero(side)
        unique = bool(self.squared.all()) or (not self._steepest and int(held) >= len(z))
        return Face(lower, upper, side, self.hessian.times(z), unique)


class FollowerProgram:
    """Any follower that some solver proves optimal: with whole numbers, nonlinear, or with decisions of its leader as
    factors in its constraints. Built anew for each decision."""

    def __init__(self, family: ResponseFamily) -> None:
        self.family = family

    def answer(self, x: Floats, time_limit: float | None = None) -> Answer:
        """As `FollowerModel.answer`. Raises DiagnosticError (G803) without the solver."""
        program = self.family.at(x)
        outcome = pick_solver(program, Request()).solve(program, Options(time_limit, gap=0.0))
        if outcome.ending is Ending.OPTIMAL and outcome.z is not None:
            k = len(self.family.own)
            return Answer(Ending.OPTIMAL, outcome.z[:k], cost=program.cost[:k], quad=program.cost_quad)
        if outcome.ending in (Ending.LIMIT, Ending.FAILED, Ending.OPTIMAL):
            return Answer(Ending.FAILED)
        loose = elastic(program, np.arange(len(self.family.rows)))
        return _without_answer(pick_solver(loose, Request()).solve(loose, Options(time_limit)))


def _without_answer(least: Outcome) -> Answer:
    """Of a problem whose rows can be kept up to the outcome of its elastic form, and that has no minimum."""
    if least.ending is Ending.OPTIMAL:
        kept = least.objective <= TOLERANCE
        return Answer(Ending.UNBOUNDED) if kept else Answer(Ending.INFEASIBLE, violation=least.objective)
    # Bounds that contradict each other, or nothing that could be found out.
    return Answer(Ending.FAILED)


def _squared(quad: Quad, columns: int) -> Bools:
    """Columns whose square stands among the products and that are in no other one: best answers agree in them."""
    mask = np.zeros(columns, np.bool_)
    mask[quad.i[quad.i == quad.j]] = True
    apart = quad.i != quad.j
    mask[quad.i[apart]] = mask[quad.j[apart]] = False
    return mask


def _hessian(quad: Quad, columns: int) -> Csr:
    """The Hessian of products, (columns, columns)."""
    return Csr.from_coo(
        np.concatenate([quad.i, quad.j]),
        np.concatenate([quad.j, quad.i]),
        np.tile(quad.value, 2),
        columns,
        columns,
    )
