"""A player's own problem in, what it could gain by another decision out. Part of the certificate.

This shares nothing with the reformulations, Programs and solver adapters that make answers: it takes the game's
arrays (`runtime.own_problem`) and speaks to HiGHS and SCIP itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from compiler.ground.curves import Curve
from compiler.ground.sparse import Floats, Quad
from runtime.own_problem import SLIGHT, OwnProblem
from runtime.solvers.interruptible import optimize
from runtime.solvers.safe_ipopt import safe_ipopt

ROUNDING = 1e-12
"""What the arithmetic of some thousand pivots leaves of the largest terms (double precision has 2e-16)."""


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
