"""A player's convex problem with functions or quadratic rows in, a lower bound of its minimum out: an LP. Part of the
certificate.

At a point v each `z >= f(a)`, f convex, is replaced by the tangent `z >= f(a0) + f'(a0)*(a - a0)`, which lies below f
wherever f is defined, and each convex row by its own; so nothing feasible is lost and the LP's minimum is no larger.
At an optimum with multipliers both are equal (Rockafellar, Convex Analysis, 1970, section 28). Global solvers close the
same gap by branching, which does not end where f is flat, as at the minimum of a fourth power.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from compiler.ground.curvature import shape_of
from compiler.ground.curves import FUNCTIONS
from compiler.ground.hidden_convexity import Convexity
from compiler.ground.own_functions import Shaped
from compiler.ground.sparse import Csr, Floats, Quad
from runtime.best_deviation import tangent_bound
from runtime.own_problem import SLIGHT, OwnProblem

SLOPES: dict[str, Callable[[Floats, Floats], Floats]] = {
    "exp": lambda a, p: np.exp(a),
    "log": lambda a, p: 1.0 / a,
    "sqrt": lambda a, p: 0.5 / np.sqrt(a),
    "sin": lambda a, p: np.cos(a),
    "cos": lambda a, p: -np.sin(a),
    "tan": lambda a, p: 1.0 + np.tan(a) ** 2,
    "tanh": lambda a, p: 1.0 - np.tanh(a) ** 2,
    "power": lambda a, p: p * np.power(a, p - 1.0),
}
"""Function -> its derivative at arguments (k,) with parameters (k,)."""


def convex_curves(problem: OwnProblem) -> bool:
    """Whether the problem is convex, with curves or quadratic rows, judged by each curve on the bounds of its
    argument's column alone: `y^3` with `y >= 0` in a row is not seen to be convex."""
    if not (problem.curves or problem.row_quad.entries) or problem.discrete:
        return False
    if not shape_of(problem.quad.i, problem.quad.j, problem.quad.value).convex or not convex_rows(problem):
        return False
    for curve in problem.curves:
        low, high = problem.lower[curve.argument], problem.upper[curve.argument]
        traits = FUNCTIONS[curve.function].traits(low, high, curve.parameter)
        if not np.all(np.where(curve.relation > 0, traits.convex, (curve.relation < 0) & traits.concave)):
            return False
    return True


def convex_rows(problem: OwnProblem) -> bool:
    """Whether every quadratic row bounds a convex set: one side, and curved the right way."""
    quad = problem.row_quad
    rows = np.unique(quad.row)
    below, above = np.isfinite(problem.row_lower), np.isfinite(problem.row_upper)
    if np.any(below[rows] & above[rows]):
        return False
    return all(
        shape_of(part.i, part.j, part.value if above[r] else -part.value).convex
        for r in rows.tolist()
        if (part := quad.take(quad.row == r)).entries and (above[r] or below[r])
    )


def straightened(problem: OwnProblem, v: Floats) -> OwnProblem:
    """The problem with each quadratic row replaced by its tangent at v."""
    quad, m = problem.row_quad, len(problem.rows)
    if not quad.entries:
        return problem
    at = np.bincount(quad.row, quad.value * v[quad.i] * v[quad.j], m)
    matrix = Csr.from_coo(
        np.concatenate([problem.matrix.row_numbers(), quad.row, quad.row]),
        np.concatenate([problem.matrix.indices, quad.i, quad.j]),
        np.concatenate([problem.matrix.data, quad.value * v[quad.j], quad.value * v[quad.i]]),
        m,
        len(problem.own),
    )
    return replace(
        problem,
        matrix=matrix,
        row_quad=Quad.empty(),
        row_lower=problem.row_lower + at,
        row_upper=problem.row_upper + at,
    )


def hidden_room(problem: OwnProblem, convexity: Convexity, x: Floats, time_limit: float | None = None) -> float:
    """At most what a player gains at x (n,), all players' decisions, if its problem is convex once its lifted columns
    are replaced by what defines them. Infinite where that says nothing."""
    equal, v = with_definitions_equal(problem, convexity, x)
    return problem.value(v) - curved_bound(equal, v, time_limit) if np.isfinite(v).all() else float("inf")


def with_definitions_equal(problem: OwnProblem, convexity: Convexity, x: Floats) -> tuple[OwnProblem, Floats]:
    """The problem with all definitions as equations, so that the tangents at x (n,) bound what lifted columns stand
    for; and the player's decisions with these columns at their exact values, which may be none."""
    functions = convexity.functions
    point = Shaped(functions, x, x, np.zeros(len(x), np.bool_))
    exact = x.copy()
    for c in functions.defined:
        exact[c] = sum(point.column(c).reach) / 2
    # What bounds a defined column holds of its definition; of a tangent of that, where it is convex.
    whole = Shaped(functions, *functions.box(), functions.free)
    low, high = functions.game.lower.copy(), functions.game.upper.copy()
    for c in functions.defined:
        shape = whole.column(c)
        if not shape.affine:
            low[c] = low[c] if c in convexity.columns and shape.concave else -np.inf
            high[c] = high[c] if c in convexity.columns and shape.convex else np.inf
    defining = np.isin(problem.rows, functions.defining)
    limit = np.where(np.isfinite(problem.row_upper), problem.row_upper, problem.row_lower)
    equal = replace(
        problem,
        lower=low[problem.own],
        upper=high[problem.own],
        row_lower=np.where(defining, limit, problem.row_lower),
        row_upper=np.where(defining, limit, problem.row_upper),
        curves=tuple(replace(c, relation=np.zeros_like(c.relation)) for c in problem.curves),
    )
    return equal, exact[problem.own]


def curved_bound(problem: OwnProblem, v: Floats, time_limit: float | None = None) -> float:
    """A lower bound of a problem that is convex, as `convex_curves` or `hidden_convexity` prove it, from the tangents
    at v; -inf without one, as where a tangent is vertical."""
    lines = _lines(problem, v)
    return float("-inf") if lines is None else tangent_bound(lines, v, time_limit)


def price_gap(problem: OwnProblem, v: Floats, prices: Floats) -> float | None:
    """How far shadow prices are from supporting v as the answer to a problem that is convex as in `curved_bound`, in
    the objective's units; infinite where they cannot, None where tangents tell nothing. `prices` (rows,) in the
    player's own sense, NaN for rows without.

    Rows with prices are taken into the objective (the Lagrangian), the others and the tangents at v stay; what could be
    gained then is looked for within the size of each decision from v, which is enough of a convex problem.
    """
    lines = _lines(problem, v) if np.isfinite(v).all() else None
    if lines is None:
        return None
    y = np.zeros(len(lines.rows))
    y[: len(prices)] = problem.sense * np.where(np.isfinite(prices), prices, 0.0)
    stays = np.ones(len(lines.rows), np.bool_)
    stays[: len(prices)] = ~np.isfinite(prices)
    limit = np.where(y > 0, lines.row_lower, lines.row_upper)
    y = np.where(~np.isfinite(limit) & (np.abs(y) <= SLIGHT * np.max(np.abs(y), initial=0.0)), 0.0, y)
    if np.any(~np.isfinite(limit) & (y != 0)):
        return float("inf")
    row, slope = lines.matrix.row_numbers(), lines.gradient(v)
    cost = slope - np.bincount(lines.matrix.indices, lines.matrix.data * y[row], minlength=len(v))[: len(v)]
    owed = float(np.where(y != 0, y * (np.where(y != 0, limit, 0.0) - lines.matrix.times(v)), 0.0).sum())
    kept, reach = np.flatnonzero(stays), np.maximum(lines.unit, np.abs(v))
    lagrangian = replace(
        lines,
        rows=lines.rows[kept],
        matrix=lines.matrix.take_rows(kept),
        row_lower=lines.row_lower[kept],
        row_upper=lines.row_upper[kept],
        lower=np.maximum(lines.lower, v - reach),
        upper=np.minimum(lines.upper, v + reach),
        cost=cost,
        quad=Quad.empty(),
        constant=lines.value(v) + owed - float(cost @ v),
    )
    return lines.value(v) - tangent_bound(lagrangian, v)


def _lines(problem: OwnProblem, v: Floats) -> OwnProblem | None:
    """The problem with quadratic rows and curves replaced by their tangents at v, which come last; None where one is
    vertical."""
    problem = straightened(problem, v)
    if not problem.curves:
        return problem
    arguments = [c.argument for c in problem.curves]
    argument, result = np.concatenate(arguments), np.concatenate([c.result for c in problem.curves])
    relation = np.concatenate([c.relation for c in problem.curves])
    with np.errstate(all="ignore"):
        height = np.concatenate([FUNCTIONS[c.function].value(v[c.argument], c.parameter) for c in problem.curves])
        slope = np.concatenate([SLOPES[c.function](v[c.argument], c.parameter) for c in problem.curves])
    if not (np.all(np.isfinite(height)) and np.all(np.isfinite(slope))):
        return None
    k, m = len(argument), len(problem.rows)
    offset = height - slope * v[argument]
    matrix = Csr.from_coo(
        np.concatenate([problem.matrix.row_numbers(), m + np.arange(k), m + np.arange(k)]),
        np.concatenate([problem.matrix.indices, result, argument]),
        np.concatenate([problem.matrix.data, np.ones(k), -slope]),
        m + k,
        len(problem.own),
    )
    return replace(
        problem,
        rows=np.concatenate([problem.rows, np.full(k, -1)]),
        matrix=matrix,
        row_lower=np.concatenate([problem.row_lower, np.where(relation >= 0, offset, -np.inf)]),
        row_upper=np.concatenate([problem.row_upper, np.where(relation <= 0, offset, np.inf)]),
        curves=(),
    )
