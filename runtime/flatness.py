"""A follower with curves or quadratic rows and its decision in, how far its leader's objective may be off because the
follower hardly feels the difference out. Part of the certificate.

`(y - x)^6` is 1e-19 at a distance of 1e-3: neither optimality conditions held to 1e-9 nor solving again tell such a `y`
from the best one, but a leader that minimises `-y` does.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats
from runtime.column_sizes import column_sizes, dearest
from runtime.curve_tangents import SLOPES
from runtime.own_problem import OwnProblem

RESIDUAL = 1e-9
"""What optimality conditions are held to, relative to the terms of the gradient."""

ACTIVE = 1e-7
STEP = 1e-4
"""Of the difference quotients of a curve's slope, relative to its argument."""

LARGEST = 600
"""Own columns up to which the dense computation is worth its time."""


def unsure(game: GroundGame, p: int, problem: OwnProblem, x: Floats) -> float:
    """An estimate of what a residual of `RESIDUAL` in the follower's optimality conditions moves the objectives of its
    leaders by, over the size of their terms; infinite where the follower's problem is flat in a direction that they
    feel, or too large to be examined."""
    v, n = x[problem.own], len(problem.own)
    felt = _felt(game, p, problem, x)
    if not felt.any():
        return 0.0
    if n > LARGEST:
        return float("inf")
    # A decision of 1e5, and one of 1e-5, counts as its own unit: what is flat in kW is not less so in GW.
    unit = np.maximum(np.abs(v), problem.unit)
    felt *= unit
    gradient = problem.gradient(v) * unit
    active, curves = _active(problem, v)
    active *= unit
    length = np.linalg.norm(active, axis=1)
    length[length == 0] = 1.0
    active /= length[:, None]
    multipliers = np.linalg.lstsq(active.T, gradient, rcond=None)[0] if len(active) else np.zeros(0)
    hessian = np.zeros((n, n))
    np.add.at(hessian, (problem.quad.i, problem.quad.j), problem.quad.value)
    np.add.at(hessian, (problem.quad.j, problem.quad.i), problem.quad.value)
    for row, i, j, curvature in curves:
        hessian[i, j] += multipliers[row] / length[row] * curvature
    hessian *= unit[:, None] * unit
    if len(active):
        _, sizes, right = np.linalg.svd(active)
        free = right[int(np.sum(sizes > 1e-9 * max(1.0, float(sizes[0])))) :].T
    else:
        free = np.eye(n)
    if not free.shape[1]:
        return 0.0
    bend, directions = np.linalg.eigh(free.T @ hessian @ free)
    slopes = np.abs(directions.T @ (free.T @ felt))
    counts = slopes > ACTIVE * float(np.max(np.abs(felt)))
    if not counts.any():
        return 0.0
    residual = RESIDUAL * max(1e-12, float(np.max(problem.gradient_size(v) * unit)))
    with np.errstate(divide="ignore"):
        return float(np.sum(slopes[counts] * residual / np.maximum(bend[counts], 0.0)))


def _felt(game: GroundGame, p: int, problem: OwnProblem, x: Floats) -> Floats:
    """How much the leaders of the follower feel its own columns, over the size of their terms: (own,)."""
    felt, sizes = np.zeros(game.columns), column_sizes(game)
    for leader in game.players[p].leaders:
        goal = game.objective.take_rows(np.array([leader]))
        quad = game.objective_quad.take(game.objective_quad.row == leader)
        slope = np.zeros(game.columns)
        np.add.at(slope, goal.indices, goal.data)
        np.add.at(slope, quad.i, quad.value * x[quad.j])
        np.add.at(slope, quad.j, quad.value * x[quad.i])
        # The terms in what its followers decide count too: `x*y - u` is not small because y is.
        terms = float(np.abs(goal.data) @ np.abs(x[goal.indices])) + float(
            np.abs(quad.value) @ np.abs(x[quad.i] * x[quad.j])
        )
        size = max(terms, dearest(game, leader, x, sizes)) or 1.0
        felt += np.abs(slope) / size
        rows = game.matrix.take_rows(np.flatnonzero(game.row_owner == leader))
        # A leader's own row hands the follower's columns on, to functions of them among others.
        handed = np.zeros(game.columns)
        np.maximum.at(handed, rows.indices, np.abs(rows.data))
        felt += handed * (float(np.max(np.abs(slope), initial=0.0)) / size)
    result: Floats = felt[problem.own]
    return result


def _active(problem: OwnProblem, v: Floats) -> tuple[Floats, list[tuple[int, int, int, float]]]:
    """Gradients of the constraints that hold with equality at v: (active, own); and of the nonlinear ones among them
    the row, two columns and minus the second derivative."""
    lines = problem.matrix.times(v) + problem.row_quad.times(v, len(problem.rows))
    near = ACTIVE * (1.0 + np.abs(lines))
    tight = (lines - problem.row_lower <= near) | (problem.row_upper - lines <= near)
    rows_of = np.zeros((len(lines), len(v)))
    rows_of[problem.matrix.row_numbers(), problem.matrix.indices] = problem.matrix.data
    quad = problem.row_quad
    for i, j in ((quad.i, quad.j), (quad.j, quad.i)):
        np.add.at(rows_of, (quad.row, i), quad.value * v[j])
    found = [rows_of[tight]]
    bound = (v - problem.lower <= ACTIVE * (1.0 + np.abs(v))) | (problem.upper - v <= ACTIVE * (1.0 + np.abs(v)))
    found.append(np.eye(len(v))[bound])
    rows, number = len(found[0]) + len(found[1]), np.cumsum(tight) - 1
    curves = [
        (int(number[r]), a, b, -value)
        for r, i, j, value in zip(quad.row.tolist(), quad.i.tolist(), quad.j.tolist(), quad.value.tolist(), strict=True)
        if tight[r]
        for a, b in ((i, j), (j, i))
    ]
    for curve in problem.curves:
        a, p, derivative = v[curve.argument], curve.parameter, SLOPES[curve.function]
        step = STEP * np.maximum(1e-2, np.abs(a))
        with np.errstate(all="ignore"):
            slope, bend = derivative(a, p), (derivative(a + step, p) - derivative(a - step, p)) / (2 * step)
        tangents = np.zeros((len(a), len(v)))
        each = np.arange(len(a))
        tangents[each, curve.result] = 1.0
        tangents[each, curve.argument] -= np.nan_to_num(slope)
        found.append(tangents)
        bends = zip(curve.argument.tolist(), np.nan_to_num(bend).tolist(), strict=True)
        curves += [(rows + k, i, i, b) for k, (i, b) in enumerate(bends)]
        rows += len(a)
    return np.concatenate(found), curves
