"""A GroundGame, a player and a point in, what the player could gain by another decision out. Part of the certificate.

This shares nothing with the reformulations, Programs and solver adapters that make answers: it takes the game's
arrays and speaks to HiGHS and SCIP itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from compiler.ground.curvature import shape_of
from compiler.ground.curves import Curve, curves_among
from compiler.ground.ground_game import INTEGER, SEMICONTINUOUS, GroundGame
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from runtime.column_sizes import column_sizes
from runtime.solvers.interruptible import optimize
from runtime.solvers.safe_ipopt import safe_ipopt

SLIGHT = 1e-7
"""A slope that is less than this part of the terms it is made of counts as zero where it has no end: answers hold
constraints to 1e-6 or 1e-7, and what others decide is part of those terms."""


ROUNDING = 1e-12
"""What the arithmetic of some thousand pivots leaves of the largest terms (double precision has 2e-16)."""


@dataclass(frozen=True, eq=False)
class OwnProblem:
    """Player p's problem in minimised form, others' columns held: minimise `constant + cost @ v + quad(v)`,
    `row_lower <= matrix @ v + row_quad(v) <= row_upper`, `lower <= v <= upper`; `own` and `rows` are the game's
    numbers.
    """

    sense: int
    own: Ints
    rows: Ints
    constant: float
    cost: Floats
    cost_terms: Floats
    """The sizes of the terms that make up `cost`, which may cancel: a market's price pays supply minus demand."""
    quad: Quad
    matrix: Csr
    row_quad: Quad
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: Bools
    switched: Bools
    """Semicontinuous columns."""
    curves: tuple[Curve, ...]
    pairs: Ints
    """(pairs, 2): own columns at least zero of which one must be zero."""
    unit: Floats
    """What counts as one unit of each column (`column_sizes`)."""

    @staticmethod
    def of(game: GroundGame, p: int, x: Floats, sizes: Floats | None = None) -> OwnProblem:
        """`sizes` (n,) are those of `column_sizes`, if they are known."""
        sizes = column_sizes(game) if sizes is None else sizes
        own, rows = np.flatnonzero(game.owner == p), np.flatnonzero(game.row_owner == p)
        mine = game.owner == p
        at = np.cumsum(mine) - 1
        sense = game.players[p].sense
        held = np.where(mine, 0.0, x)

        row_at = np.cumsum(game.row_owner == p) - 1
        in_rows = game.row_quad.take(game.row_owner[game.row_quad.row] == p)
        in_goal = game.objective_quad.take(game.objective_quad.row == p)
        all_rows = game.matrix.take_rows(rows)
        # What others contribute to each row: linear terms, and products with no own column.
        apart = all_rows.times(held) + in_rows.times(held, game.rows)[rows]
        number, column, value = _halves(in_rows, mine, x)
        keep = mine[all_rows.indices]
        matrix = Csr.from_coo(
            np.concatenate([all_rows.row_numbers()[keep], row_at[number]]),
            at[np.concatenate([all_rows.indices[keep], column])],
            np.concatenate([all_rows.data[keep], value]),
            len(rows),
            len(own),
        )
        goal = game.objective.take_rows(np.array([p]))
        slope, slope_terms = np.zeros(game.columns), np.zeros(game.columns)
        np.add.at(slope, goal.indices, goal.data)
        np.add.at(slope_terms, goal.indices, np.abs(goal.data))
        constant = float(game.objective_constant[p] + slope @ held + in_goal.times(held, len(game.players))[p])
        _, column, value = _halves(in_goal, mine, x)
        np.add.at(slope, column, value)
        np.add.at(slope_terms, column, np.abs(value))
        return OwnProblem(
            sense=sense,
            own=own,
            rows=rows,
            constant=sense * constant,
            cost=sense * slope[own],
            cost_terms=slope_terms[own],
            quad=_wholes(in_goal, mine, at, np.zeros(len(game.players), np.int64), float(sense)),
            matrix=matrix,
            row_quad=_wholes(in_rows, mine, at, row_at, 1.0),
            row_lower=game.row_lower[rows] - apart,
            row_upper=game.row_upper[rows] - apart,
            lower=game.lower[own],
            upper=game.upper[own],
            integer=game.kind[own] == INTEGER,
            switched=game.kind[own] == SEMICONTINUOUS,
            curves=curves_among(game.curves, mine, at),
            pairs=at[game.complementary[game.owner[game.complementary[:, 0]] == p]],
            unit=sizes[own],
        )

    @property
    def settled(self) -> OwnProblem:
        """The same without costs that are rounding: below `SLIGHT` of the terms they are made of, on columns without
        bounds on both sides, where any slope at all would have no minimum."""
        endless = ~(np.isfinite(self.lower) & np.isfinite(self.upper))
        slight = endless & (np.abs(self.cost) <= SLIGHT * self.cost_terms)
        return replace(self, cost=np.where(slight, 0.0, self.cost)) if slight.any() else self

    @property
    def in_units(self) -> OwnProblem:
        """The same in columns over their units: solvers hold bounds to an absolute tolerance. v becomes v / unit."""
        unit, quad, in_rows = self.unit, self.quad, self.row_quad
        if np.all(unit == 1.0):
            return self
        matrix = self.matrix
        return replace(
            self,
            cost=self.cost * unit,
            cost_terms=self.cost_terms * unit,
            quad=Quad(quad.row, quad.i, quad.j, quad.value * unit[quad.i] * unit[quad.j]),
            matrix=Csr(matrix.indptr, matrix.indices, matrix.data * unit[matrix.indices], matrix.columns),
            row_quad=Quad(in_rows.row, in_rows.i, in_rows.j, in_rows.value * unit[in_rows.i] * unit[in_rows.j]),
            lower=self.lower / unit,
            upper=self.upper / unit,
            unit=np.ones(len(unit)),
        )

    @property
    def equilibrated(self) -> OwnProblem:
        """The same with rows whose largest coefficient is between 1/2 and 2: solvers hold rows to an absolute
        tolerance."""
        row, quad = self.matrix.row_numbers(), self.row_quad
        size = np.zeros(len(self.rows))
        np.maximum.at(size, row, np.abs(self.matrix.data))
        np.maximum.at(size, quad.row, np.abs(quad.value))
        unit = np.exp2(-np.round(np.log2(np.where(size > 0, size, 1.0))))
        matrix = Csr(self.matrix.indptr, self.matrix.indices, self.matrix.data * unit[row], self.matrix.columns)
        return replace(
            self,
            matrix=matrix,
            row_quad=Quad(quad.row, quad.i, quad.j, quad.value * unit[quad.row]),
            row_lower=self.row_lower * unit,
            row_upper=self.row_upper * unit,
        )

    @property
    def discrete(self) -> bool:
        return bool(self.integer.any() or self.switched.any() or len(self.pairs))

    @property
    def convex(self) -> bool:
        """Continuous, rows linear, objective convex: HiGHS may have it."""
        return (
            not self.discrete
            and not self.row_quad.entries
            and not self.curves
            and shape_of(self.quad.i, self.quad.j, self.quad.value).convex
        )

    def value(self, v: Floats) -> float:
        return self.constant + float(self.cost @ v) + float(self.quad.times(v, 1).sum())

    def gradient(self, v: Floats) -> Floats:
        """Of the minimised objective at v."""
        g = self.cost.copy()
        np.add.at(g, self.quad.i, self.quad.value * v[self.quad.j])
        np.add.at(g, self.quad.j, self.quad.value * v[self.quad.i])
        return g

    def gradient_size(self, v: Floats) -> Floats:
        """The sizes of the terms that make up the gradient, which itself may cancel to zero."""
        g = self.cost_terms.copy()
        np.add.at(g, self.quad.i, np.abs(self.quad.value * v[self.quad.j]))
        np.add.at(g, self.quad.j, np.abs(self.quad.value * v[self.quad.i]))
        return g

    def worth_of_violations(self, v: Floats) -> float:
        """What the objective may owe to the limits that v oversteps: each violation times the dearest way to mend it,
        the slope of a column over its coefficient in the row (those below a thousandth of the row's largest are
        not counted)."""
        slope = np.abs(self.gradient(v))
        lines = self.matrix.times(v) + self.row_quad.times(v, len(self.rows))
        over_rows = np.maximum(np.maximum(self.row_lower - lines, lines - self.row_upper), 0.0)
        row, size = self.matrix.row_numbers(), np.abs(self.matrix.data)
        top = np.zeros(len(self.rows))
        np.maximum.at(top, row, size)
        counted = size >= 1e-3 * top[row]
        dearest = np.zeros(len(self.rows))
        np.maximum.at(dearest, row[counted], slope[self.matrix.indices[counted]] / size[counted])
        over_bounds = np.maximum(np.maximum(self.lower - v, v - self.upper), 0.0)
        over_bounds[self.switched] = 0.0
        return float(over_rows @ dearest + over_bounds @ slope)

    def size(self, v: Floats) -> float:
        """The size of the objective's terms at v, at least that of one unit of its dearest column: what "relative" is
        relative to."""
        terms = float(self.cost_terms @ np.abs(v)) + float(
            np.abs(self.quad.value) @ np.abs(v[self.quad.i] * v[self.quad.j])
        )
        squares = np.abs(self.quad.value) * self.unit[self.quad.i] * self.unit[self.quad.j]
        dearest = max(np.max(self.cost_terms * self.unit, initial=0.0), np.max(squares, initial=0.0))
        return max(terms, float(dearest)) or 1.0


def _halves(quad: Quad, mine: Bools, x: Floats) -> tuple[Ints, Ints, Floats]:
    """Products of one own column and another's, as linear terms: row, own column, coefficient."""
    a, b = mine[quad.i] & ~mine[quad.j], mine[quad.j] & ~mine[quad.i]
    rows = np.concatenate([quad.row[a], quad.row[b]])
    columns = np.concatenate([quad.i[a], quad.j[b]])
    return rows, columns, np.concatenate([quad.value[a] * x[quad.j[a]], quad.value[b] * x[quad.i[b]]])


def _wholes(quad: Quad, mine: Bools, at: Ints, row_at: Ints, factor: float) -> Quad:
    kept = quad.take(mine[quad.i] & mine[quad.j])
    return Quad(row_at[kept.row], at[kept.i], at[kept.j], factor * kept.value)


@dataclass(frozen=True, eq=False)
class Minimum:
    """`bound` <= the minimum <= `value` at `v`; `trouble` says what went wrong, `unbounded` that there is no
    minimum."""

    v: Floats | None
    value: float
    bound: float
    unbounded: bool = False
    trouble: str = ""


def minimum(problem: OwnProblem, *, gap: float, time_limit: float | None, start: Floats | None = None) -> Minimum:
    """The global minimum of a player's own problem: HiGHS for LP, MILP and convex QP, SCIP for the rest.

    The bound of a convex QP is that of its tangent (`tangent_bound`), an LP: HiGHS has called unbounded QPs optimal.
    """
    unit = problem.unit
    found = _minimum(problem.settled.in_units.equilibrated, gap, time_limit, None if start is None else start / unit)
    return found if found.v is None else replace(found, v=found.v * unit)


def _minimum(problem: OwnProblem, gap: float, time_limit: float | None, start: Floats | None) -> Minimum:
    linear = not problem.quad.entries and not problem.row_quad.entries and not problem.curves
    if linear and not problem.switched.any() and not len(problem.pairs):
        found = _by_highs(problem, gap, time_limit, start, 1e-9)
        # Data rounded to 1e-8 or so can make a tight tolerance see no point.
        return found if found.v is not None or found.unbounded else _by_highs(problem, gap, time_limit, start, 1e-7)
    if not problem.convex:
        return _by_scip(problem, gap, time_limit)
    found = _by_highs(problem, gap, time_limit, start, 1e-9)
    if found.v is not None:
        bound = tangent_bound(problem, found.v, time_limit)
        if np.isfinite(bound):
            return Minimum(found.v, found.value, min(found.value, bound))
    return _by_scip(problem, gap, time_limit)


def tangent_bound(problem: OwnProblem, v: Floats, time_limit: float | None = None) -> float:
    """A lower bound of a convex problem with linear rows: its minimum with the objective replaced by its tangent at
    v, an LP.

    Equal to the value at v just when v is optimal; -inf without a bound. A slope below `SLIGHT` of the terms it is
    made of, on a column without bounds on both sides, counts as zero.
    """
    slope = problem.gradient(v)
    tangent = replace(problem, cost=slope, cost_terms=problem.gradient_size(v), quad=Quad.empty()).settled
    tangent = replace(tangent, constant=problem.value(v) - float(tangent.cost @ v)).in_units.equilibrated
    found = _by_highs(tangent, 0.0, time_limit, None, 1e-9)
    if found.v is None and not found.unbounded:
        found = _by_highs(tangent, 0.0, time_limit, None, 1e-7)
    return found.bound if found.v is not None else float("-inf")


def _cost_unit(problem: OwnProblem) -> float:
    """A power of two that takes the largest cost to 1 where it is below: tolerances are absolute."""
    top = max(np.max(np.abs(problem.cost), initial=0.0), np.max(np.abs(problem.quad.value), initial=0.0))
    return float(2.0 ** -np.ceil(np.log2(top))) if 0 < top < 1 else 1.0


def _by_highs(
    problem: OwnProblem, gap: float, time_limit: float | None, start: Floats | None, tolerance: float
) -> Minimum:
    import highspy

    n, m = len(problem.own), len(problem.rows)
    unit = _cost_unit(problem)
    highs: Any = highspy.Highs()
    options = {
        "output_flag": False,
        "threads": 1,
        "primal_feasibility_tolerance": tolerance,
        "dual_feasibility_tolerance": tolerance,
        "mip_feasibility_tolerance": max(tolerance, 1e-7),
        "mip_rel_gap": gap,
        "mip_abs_gap": 0.0,
        "time_limit": float("inf") if time_limit is None else time_limit,
        # HiGHS 1.15 goes round for ever in some convex QPs; SCIP takes those then.
        "qp_iteration_limit": 1000 + 100 * (n + m),
    }
    for name, setting in options.items():
        highs.setOptionValue(name, setting)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n, m
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = unit * problem.cost, problem.lower, problem.upper
    lp.row_lower_, lp.row_upper_ = problem.row_lower, problem.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = problem.matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = problem.matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = problem.matrix.data
    if problem.integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(k)] for k in problem.integer]
    highs.passModel(lp)
    if problem.quad.entries:
        if not m:
            # HiGHS 1.15 says "unbounded" of convex QPs that have no row and open columns.
            highs.addRow(-np.inf, np.inf, 1, np.zeros(1, np.int32), np.ones(1))
        starts = np.concatenate([[0], np.cumsum(np.bincount(problem.quad.i, minlength=n))]).astype(np.int32)
        double = np.where(problem.quad.i == problem.quad.j, 2.0, 1.0)
        highs.passHessian(
            n, problem.quad.entries, 1, starts, problem.quad.j.astype(np.int32), unit * double * problem.quad.value
        )
    if start is not None and problem.integer.any():
        point = highspy.HighsSolution()
        point.col_value = start.tolist()
        highs.setSolution(point)
    highs.run()
    status = highs.getModelStatus().name
    if status in ("kUnbounded", "kUnboundedOrInfeasible"):
        return Minimum(None, -np.inf, -np.inf, unbounded=status == "kUnbounded", trouble=f"HiGHS: {status}")
    info = highs.getInfo()
    if status not in ("kOptimal", "kTimeLimit", "kModelEmpty") or (n and info.primal_solution_status != 2):
        return Minimum(None, np.nan, -np.inf, trouble=f"HiGHS: {status}")
    v = np.array(highs.getSolution().col_value, np.float64)
    value = problem.value(v)
    if problem.integer.any():
        return Minimum(v, value, min(value, info.mip_dual_bound / unit + problem.constant))
    return Minimum(v, value, value if status != "kTimeLimit" else -np.inf)


def _by_scip(problem: OwnProblem, gap: float, time_limit: float | None) -> Minimum:
    from pyscipopt import Model, quicksum

    model = Model()
    model.hideOutput()
    model.setParam("limits/gap", gap)
    if problem.curves:
        # SCIP holds functions to 1e-6, as much as a regret may be.
        model.setParam("numerics/feastol", 1e-8)
    if time_limit is not None:
        model.setParam("limits/time", time_limit)
    low = np.where(problem.switched, np.minimum(problem.lower, 0), problem.lower)
    high = np.where(problem.switched, np.maximum(problem.upper, 0), problem.upper)
    v = [
        model.addVar(vtype="I" if whole else "C", lb=None if a == -np.inf else a, ub=None if b == np.inf else b)
        for whole, a, b in zip(problem.integer.tolist(), low.tolist(), high.tolist(), strict=True)
    ]
    for k in np.flatnonzero(problem.switched).tolist():
        on = model.addVar(vtype="B")
        model.addCons(v[k] >= float(problem.lower[k]) * on)
        model.addCons(v[k] <= float(problem.upper[k]) * on)
    for r in range(len(problem.rows)):
        span = slice(problem.matrix.indptr[r], problem.matrix.indptr[r + 1])
        terms = [
            a * v[k]
            for a, k in zip(problem.matrix.data[span].tolist(), problem.matrix.indices[span].tolist(), strict=True)
        ]
        kept = problem.row_quad.take(problem.row_quad.row == r)
        terms += [
            q * v[i] * v[j] for i, j, q in zip(kept.i.tolist(), kept.j.tolist(), kept.value.tolist(), strict=True)
        ]
        if terms and problem.row_lower[r] > -np.inf:
            model.addCons(quicksum(terms) >= float(problem.row_lower[r]))
        if terms and problem.row_upper[r] < np.inf:
            model.addCons(quicksum(terms) <= float(problem.row_upper[r]))
    for first, second in problem.pairs.tolist():
        model.addConsSOS1([v[first], v[second]], [1.0, 2.0])
    for curve in problem.curves:
        _tie(model, v, curve)
    height, unit = model.addVar(lb=None), _cost_unit(problem)
    terms = [unit * c * v[k] for k, c in enumerate(problem.cost.tolist()) if c]
    quad = problem.quad
    products = zip(quad.i.tolist(), quad.j.tolist(), (unit * quad.value).tolist(), strict=True)
    terms += [q * v[i] * v[j] for i, j, q in products]
    model.addCons(quicksum(terms) <= height)
    model.setObjective(height)
    with safe_ipopt(model):
        optimize(model)
    status = model.getStatus()
    if status in ("unbounded", "inforunbd"):
        return Minimum(None, -np.inf, -np.inf, unbounded=status == "unbounded", trouble=f"SCIP: {status}")
    if not model.getNSols():
        return Minimum(None, np.nan, -np.inf, trouble=f"SCIP: {status}")
    best = model.getBestSol()
    point = np.array([model.getSolVal(best, column) for column in v])
    value = problem.value(point)
    return Minimum(point, value, min(value, model.getDualbound() / unit + problem.constant))


def _tie(model: Any, v: list[Any], curve: Curve) -> None:
    """`v[result] relation f(v[argument])`; where SCIP lacks f, what defines it is written."""
    import pyscipopt as scip

    for k, relation in enumerate(curve.relation.tolist()):
        a, z, p = v[int(curve.argument[k])], v[int(curve.result[k])], float(curve.parameter[k])
        if curve.function == "tan":
            over = z - scip.sin(a) / scip.cos(a)
        elif curve.function == "tanh":
            over = z + 1 - 2 * scip.exp(2 * a) / (scip.exp(2 * a) + 1)
        elif curve.function == "power":
            over = z - a**p
        else:
            over = z - getattr(scip, curve.function)(a)
        model.addCons(over == 0 if relation == 0 else over >= 0 if relation > 0 else over <= 0)


def support_gap(problem: OwnProblem, v: Floats, prices: Floats, slight: float = SLIGHT) -> float:
    """How far the shadow prices are from proving v optimal, in the objective's units: 0 when they do, infinite when
    they cannot.

    `prices` (rows,) in the player's own sense. The objective is replaced by its tangent at v, which lies below a
    convex one, and its minimum by the bound that the multipliers give (weak duality); integers, and the sides of
    complementary pairs that are zero, are held at v. So no other decision can gain more than the result. A reduced
    cost of the wrong sign on an unbounded column counts as zero when it is below `slight` of the terms it is made of,
    or `ROUNDING` of those of the column that has the largest.
    """
    y = problem.sense * prices
    g = problem.gradient(v)
    matrix = problem.matrix
    row = matrix.row_numbers()
    reduced = g - np.bincount(matrix.indices, matrix.data * y[row], minlength=len(v))[: len(v)]
    made_of = (
        problem.gradient_size(v) + np.bincount(matrix.indices, np.abs(matrix.data * y[row]), minlength=len(v))[: len(v)]
    )
    held = problem.integer.copy()
    one, two = problem.pairs[:, 0], problem.pairs[:, 1]
    held[one[v[one] <= v[two]]] = True
    held[two[v[two] <= v[one]]] = True
    lower, upper = np.where(held, v, problem.lower), np.where(held, v, problem.upper)
    row_limit = np.where(y > 0, problem.row_lower, problem.row_upper)
    limit = np.where(reduced > 0, lower, upper)
    rounding = ROUNDING * float(np.max(made_of, initial=0.0))
    reduced = np.where(~np.isfinite(limit) & (np.abs(reduced) <= np.maximum(slight * made_of, rounding)), 0.0, reduced)
    y_made_of = np.max(np.abs(y), initial=0.0)
    y_slight = ~np.isfinite(row_limit) & (np.abs(y) <= slight * 1e-2 * y_made_of)
    used = np.where(y_slight, 0.0, y)
    if np.any(~np.isfinite(row_limit) & (used != 0)) or np.any(~np.isfinite(limit) & (reduced != 0)):
        return float("inf")
    # Written as a sum of nonnegative slacks times multipliers, nothing large cancels.
    at_rows = matrix.times(v)
    rows = np.where(used != 0, used * (at_rows - np.where(used != 0, row_limit, 0.0)), 0.0)
    columns = np.where(reduced != 0, reduced * (v - np.where(reduced != 0, limit, 0.0)), 0.0)
    return float(rows.sum() + columns.sum())
