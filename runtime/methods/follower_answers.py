"""A follower's problem at a decision of the leader, solved exactly: `FollowerModel` by changes of a loaded model,
`FollowerProgram` for what HiGHS does not take (`pattern_answers` has followers with few whole numbers).

All give an `Answer`, which says what other answers are as good: by its `Face` for a convex follower, else by the
objective that a cut bounds. An answer is a function of the decision alone, not of what was solved before, so that a
search gives the same result however its points are spread over workers: every solve begins from one basis, that of the
middle of the space.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from compiler.ground.curvature import Curvature
from compiler.ground.player_classes import PlayerClass
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from compiler.reformulations.elastic import elastic
from compiler.reformulations.fixed_pattern import with_pattern_fixed
from compiler.reformulations.program import Program
from compiler.reformulations.response_family import ResponseFamily
from runtime.methods.method import Request, pick_solver
from runtime.methods.polish import SLIP, TOLERANCE
from runtime.solvers.highs import Highs, HighsModel
from runtime.solvers.interior_qp import InteriorQp
from runtime.solvers.ipopt import Ipopt
from runtime.solvers.solver import Ending, Options, Outcome

PRICED = 1e-7
"""A multiplier above this part of the largest cost coefficient counts: HiGHS's own tolerance is 1e-7."""


SUPPORTED = 1e-8
"""The gap that the multipliers of a QP may leave, over the size of its terms: a hundredth of what a regret may be."""

NARROW = 1e-13
"""The same where nothing corrects the point."""

APART = 1e-6
"""A limit is apart from zero, over the size of what it limits, or its multiplier, over the largest cost coefficient:
then the other one of them is below a tenth of it, `NARROW` being their product at most."""

DIGITS = 1e-9
"""How far best answers may lie apart in a column where they agree, over its size: solvers find it to so many digits,
and no answer might be left if rows had to be kept with the very last of them."""


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
    and the `face`. Of a MILP, or an LP that is not loaded, the `cost` (n,) as if minimised, which no other best answer
    exceeds; its face then bounds columns only. A MILP whose whole numbers are known to be the only best ones has the
    face of the LP that they leave, and no cost. Or another ending, INFEASIBLE with the least sum of `violation` of its
    rows.
    """

    ending: Ending
    v: Floats | None = None
    duals: Floats | None = None
    face: Face | None = None
    violation: float = 0.0
    cost: Floats | None = None


class FollowerModel:
    """An LP or convex QP follower in whose constraints no decision of another is a factor: loaded once, between
    decisions only its costs and the limits of its rows change."""

    def __init__(self, family: ResponseFamily, middle: Floats) -> None:
        """`middle` (n,) is a point of the game, whose basis all solves begin from."""
        self.family = family
        program = self.program = family.at(middle)
        self.squared = _squared(program.cost_quad, program.columns)
        curved = self._curved = _hessian(program.cost_quad, program.columns)
        self.hessian = curved.take_rows(np.flatnonzero(~self.squared & (np.diff(curved.indptr) > 0)))
        self._steepest = float(np.max(np.abs(program.cost_quad.value), initial=0.0))
        self.model = HighsModel(program)
        self._elastic: HighsModel | None = None
        self._basis: Any = None
        self._interior: InteriorQp | None = None
        if program.cost_quad.entries:
            self._interior = None if InteriorQp.missing() else InteriorQp(program, curved)
        elif self.model.solve(Options(tolerance=TOLERANCE)).ending is Ending.OPTIMAL:
            self._basis = self.model.basis()

    def answer(self, x: Floats, time_limit: float | None = None) -> Answer:
        """The best answer at a point (n,) of the game, whose own entries are not looked at."""
        family, program = self.family, self.family.at(x)
        near = self._from_inside(program)
        if near is not None:
            return Answer(Ending.OPTIMAL, near.z, near.row_duals, self._face(near, program.cost))
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
            if program.cost_quad.entries:
                outcome = self._exact(program, outcome, time_limit)
            return Answer(Ending.OPTIMAL, outcome.z, outcome.row_duals, self._face(outcome, program.cost))
        if outcome.ending in (Ending.LIMIT, Ending.FAILED, Ending.OPTIMAL):
            return Answer(Ending.FAILED)
        if self._elastic is None:
            self._elastic = HighsModel(elastic(program, np.arange(program.rows)))
        self._limits(self._elastic, program)
        self._elastic.start_afresh()
        return _without_answer(self._elastic.solve(Options(tolerance=TOLERANCE)))

    def _from_inside(self, program: Program) -> Outcome | None:
        """The minimum of a QP with its multipliers, where the interior point method finds it to `NARROW` and leaves no
        doubt about what binds; where it does, the point is as far off as the root of its gap."""
        found = None if self._interior is None else self._interior.solve(program)
        if found is None or found.z is None or program.violation(found.z) > TOLERANCE:
            return None
        outcome, gap = self._with_gap(program, found)
        return outcome if gap <= NARROW and self._distinct(program, outcome) else None

    def _distinct(self, program: Program, outcome: Outcome) -> bool:
        """Whether of each limit and its multiplier one at least is apart from zero."""
        z, duals, reduced = outcome.z, outcome.row_duals, outcome.reduced_costs
        assert z is not None
        assert duals is not None
        assert reduced is not None
        dear = APART * max(float(np.max(np.abs(program.cost), initial=0.0)), self._steepest)
        near_bound = _close(z, program.lower, program.upper)
        near_limit = _close(program.matrix.times(z), program.row_lower, program.row_upper)
        return not (np.any(near_bound & (np.abs(reduced) <= dear)) or np.any(near_limit & (np.abs(duals) <= dear)))

    def _exact(self, program: Program, outcome: Outcome, time_limit: float | None) -> Outcome:
        """The minimum of a QP, by IPOPT where HiGHS leaves a gap: it takes bounds that are 1e-6 apart for one."""
        assert outcome.z is not None
        best, gap = self._with_gap(program, outcome)
        if gap > SUPPORTED and not Ipopt().missing():
            other = Ipopt().improve(program, Options(time_limit), outcome.z)
            if other.z is not None and other.row_duals is not None:
                second, closer = self._with_gap(program, other)
                best = second if closer < gap else best
        return best

    def _with_gap(self, program: Program, outcome: Outcome) -> tuple[Outcome, float]:
        """With the reduced costs that the row duals leave; and by how much the objective may be too large, over the
        size of its terms (weak duality)."""
        z, duals, quad = outcome.z, outcome.row_duals, program.cost_quad
        assert z is not None
        assert duals is not None
        duals = duals[: program.rows]
        gradient = program.cost + self._curved.times(z)
        priced = program.matrix.data * duals[program.matrix.row_numbers()]
        reduced = gradient - np.bincount(program.matrix.indices, priced, minlength=program.columns)
        limit = np.where(reduced > 0, program.lower, program.upper)
        with np.errstate(invalid="ignore"):
            gaps = np.where(reduced == 0, 0.0, reduced * (z - limit))
        gap = float(np.where(np.isfinite(limit), gaps, np.abs(reduced)).sum())
        size = float(np.abs(program.cost) @ np.abs(z)) + float(np.abs(quad.value) @ np.abs(z[quad.i] * z[quad.j]))
        size = max(size, self._steepest, float(np.max(np.abs(program.cost), initial=0.0)))
        return replace(outcome, row_duals=duals, reduced_costs=reduced), gap / size

    def _limits(self, model: HighsModel, program: Program) -> None:
        rows = self.family.limit_rows
        if len(rows):
            model.change_row_limits(rows, program.row_lower[rows], program.row_upper[rows])

    def _face(self, outcome: Outcome, cost: Floats) -> Face:
        z = outcome.z
        assert z is not None
        face = linear_face(replace(self.program, cost=cost), outcome, self._steepest)
        apart, at = self.squared, z[self.squared]
        margin = DIGITS * np.maximum(1.0, np.abs(at))
        face.lower[apart] = np.maximum(self.program.lower[apart], at - margin)
        face.upper[apart] = np.minimum(self.program.upper[apart], at + margin)
        unique = bool(self.squared.all()) or (not self._steepest and face.unique)
        return replace(face, bent=self.hessian.times(z), unique=unique)


class FollowerProgram:
    """Any follower that some solver proves optimal: with whole numbers, nonlinear, or with decisions of its leader as
    factors in its constraints. Built anew for each decision.

    `linear`: an LP or MILP, whose other best answers a cut describes. Those of others are not looked for: near a
    smooth minimum a cut leaves room for answers that are far off, and the leader would take them.
    """

    def __init__(self, family: ResponseFamily, kind: PlayerClass) -> None:
        self.family = family
        self.linear = linear(kind)
        self._smooth_and_convex = kind.convex and not self.linear

    def answer(self, x: Floats, time_limit: float | None = None) -> Answer:
        """As `FollowerModel.answer`. Raises DiagnosticError (G803) without the solver."""
        program, k = self.family.at(x), len(self.family.own)
        if self._smooth_and_convex and not Ipopt().missing():
            # What is stationary in a convex problem is its minimum, and IPOPT is more exact than SCIP.
            local = Ipopt().improve(program, Options(time_limit), _middle(program))
            if local.ending in (Ending.LOCAL, Ending.STATIONARY) and local.z is not None:
                return Answer(Ending.OPTIMAL, local.z[:k])
        solver = pick_solver(program, Request())
        outcome = solver.solve(program, Options(time_limit, gap=0.0, tolerance=TOLERANCE if self.linear else None))
        if self.linear and outcome.ending is not Ending.OPTIMAL:
            outcome = solver.solve(program, Options(time_limit, gap=0.0))
        if outcome.ending is Ending.OPTIMAL and outcome.z is not None:
            cost = program.cost[:k] if self.linear else None
            return Answer(Ending.OPTIMAL, self._exact(program, outcome.z, time_limit)[:k], cost=cost)
        if outcome.ending in (Ending.LIMIT, Ending.FAILED, Ending.OPTIMAL):
            return Answer(Ending.FAILED)
        loose = elastic(program, np.arange(len(self.family.rows)))
        return _without_answer(pick_solver(loose, Request()).solve(loose, Options(time_limit)))

    def held(self, x: Floats, v: Floats, time_limit: float | None = None) -> Answer | None:
        """The best answer at x with the whole numbers of v (n,), for a linear follower, with its face; None without
        one, or where v does not tell all of them."""
        program = self.family.at(x)
        if program.columns != len(v):
            return None
        program = with_pattern_fixed(program, v)
        if Highs().refuses(program):
            return None
        outcome = Highs().solve(program, Options(time_limit, tolerance=TOLERANCE))
        if outcome.ending is not Ending.OPTIMAL or outcome.row_duals is None:
            return None
        return Answer(Ending.OPTIMAL, outcome.z, face=linear_face(program, outcome))

    def _exact(self, program: Program, z: Floats, time_limit: float | None) -> Floats:
        """The minimum next to z with its whole numbers and pairs, to more digits than SCIP gives; z where that
        fails."""
        held = with_pattern_fixed(program, z)
        if not Highs().refuses(held):
            near = Highs().solve(held, Options(time_limit, tolerance=TOLERANCE))
        elif Ipopt().missing():
            return z
        else:
            near = Ipopt().improve(held, Options(time_limit), z)
        found = near.ending in (Ending.OPTIMAL, Ending.LOCAL, Ending.STATIONARY)
        if (
            not found
            or near.z is None
            or program.cost_at(near.z) > program.cost_at(z) + SLIP * (1.0 + abs(program.cost_at(z)))
        ):
            return z
        return near.z


def linear_face(program: Program, outcome: Outcome, steepest: float = 0.0) -> Face:
    """The best answers of an LP, of which `outcome` gives one with its multipliers. `steepest` is the largest of other
    coefficients that multipliers are measured by."""
    z, duals, reduced = outcome.z, outcome.row_duals, outcome.reduced_costs
    assert z is not None
    assert duals is not None
    assert reduced is not None
    priced = PRICED * max(float(np.max(np.abs(program.cost), initial=0.0)), steepest)
    lower, upper = program.lower.copy(), program.upper.copy()
    duals = duals[: program.rows]
    side = np.where(duals > priced, 1, np.where(duals < -priced, -1, 0))
    side[(side == 1) & ~np.isfinite(program.row_lower)] = 0
    side[(side == -1) & ~np.isfinite(program.row_upper)] = 0
    below = (reduced > priced) & np.isfinite(lower)
    above = (reduced < -priced) & np.isfinite(upper)
    upper[below], lower[above] = lower[below], upper[above]
    # As many multipliers as columns: the basis is not degenerate, and no other answer is as good.
    held = np.count_nonzero(below) + np.count_nonzero(above) + np.count_nonzero(side)
    return Face(lower, upper, side, np.zeros(0), int(held) >= len(z))


def linear(kind: PlayerClass) -> bool:
    """Whether a follower's problem is an LP or MILP in its own columns."""
    return kind.objective is Curvature.LINEAR and kind.linear_rows and not kind.smooth and kind.pair < 0


def _middle(program: Program) -> Floats:
    """The middle of the bounds, or the point next to 0 where one is missing."""
    both = np.isfinite(program.lower) & np.isfinite(program.upper)
    middle = 0.5 * (np.where(both, program.lower, 0.0) + np.where(both, program.upper, 0.0))
    return np.clip(middle, program.lower, program.upper)


def _without_answer(least: Outcome) -> Answer:
    """Of a problem whose rows can be kept up to the outcome of its elastic form, and that has no minimum."""
    if least.ending is Ending.OPTIMAL:
        kept = least.objective <= TOLERANCE
        return Answer(Ending.UNBOUNDED) if kept else Answer(Ending.INFEASIBLE, violation=least.objective)
    # Bounds that contradict each other, or nothing that could be found out.
    return Answer(Ending.FAILED)


def _close(z: Floats, lower: Floats, upper: Floats) -> Bools:
    """Where values lie at a limit that is not an equation."""
    room = APART * np.maximum(1.0, np.abs(z))
    return (lower < upper) & ((z - lower <= room) | (upper - z <= room))


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
