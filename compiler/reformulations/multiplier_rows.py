"""A row over each follower's multipliers alone: what weak duality leaves of them, whatever the others decide.

From: a Program of optimality conditions with its `Duality`, ranges of its columns, and of each follower a lower bound z
    of its own terms, the left side of (2) of `duality`.
To: with every product of a multiplier y_i with others' decisions at its least,
      sum_i min over x of (-sign_i (limit_i - rest_i(x)) y_i) + bounds' terms <= -z.
    A multiplier of one sign takes one end of its coefficient's range. One of both signs has a least that is concave in
    it, and takes the chord over its range. Bounds of each multiplier alone say much less: they cannot all be reached.
Requires: finite ranges of what others do to rows, and of multipliers of equalities that others move; a follower
    without them gets no row.
Exact or bound: valid at every complementary point that keeps to the ranges.
Way back: rows at the end; columns stay.
Reference: Hiriart-Urruty and Lemarechal, Convex Analysis and Minimization Algorithms I (1993), VII.2.3.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.propagate import product_range
from compiler.ground.sparse import Csr, Floats, Ints, stacked
from compiler.reformulations.column_bounds import ColumnBounds
from compiler.reformulations.duality import Duality
from compiler.reformulations.duality_gap import gap_linear, gap_products
from compiler.reformulations.program import Part, Program


def with_multiplier_row(
    game: GroundGame, program: Program, duality: Duality, bounds: ColumnBounds, follower: int, least: float
) -> Program:
    """The Program with the row of a `plain` follower at its end, or as it is where there is none; `least` is z."""
    column, weight, constant = _least_terms(game, program, duality, bounds, follower)
    limit = -least - constant
    if not len(column) or not np.isfinite(limit) or not np.isfinite(weight).all():
        return program
    # A row of a size near 1, by a power of two.
    scale = np.exp2(-np.round(np.log2(np.max(np.abs(weight)))))
    row = Csr.from_coo(np.zeros(len(column), np.int64), column, scale * weight, 1, program.columns)
    return replace(
        program,
        matrix=stacked([program.matrix, row]),
        row_lower=np.append(program.row_lower, -np.inf),
        row_upper=np.append(program.row_upper, scale * limit),
        row_parts=(*program.row_parts, Part("cut", program.rows, program.rows + 1, np.zeros(1, np.int64), True)),
    )


def _least_terms(
    game: GroundGame, program: Program, duality: Duality, bounds: ColumnBounds, follower: int
) -> tuple[Ints, Floats, float]:
    """Columns, weights and a constant of a linear function below the dual terms of a follower's duality gap."""
    dual = duality.duals(program.columns)
    low = np.zeros(program.columns)
    for column, value in gap_linear(game, program, duality, follower):
        np.add.at(low, column[dual[column]], value[dual[column]])
    high = low.copy()
    _, (factor, outer, value) = gap_products(program, duality, follower)
    least, most = product_range(bounds.lower[outer], bounds.upper[outer], value, value)
    np.add.at(low, factor, least)
    np.add.at(high, factor, most)
    column = np.flatnonzero(dual & ((low != 0) | (high != 0)))
    low, high, first, last = low[column], high[column], bounds.lower[column], bounds.upper[column]
    with np.errstate(invalid="ignore", divide="ignore"):
        at_first, at_last = high * first, low * last
        slope = (at_last - at_first) / (last - first)
        apart = at_first - slope * first
    both = (first < 0) & (last > 0) & (low != high)
    weight = np.where(both, slope, np.where(first >= 0, low, high))
    # Where the least is one number times the column, either end will do.
    weight = np.where(low == high, low, weight)
    kept = weight != 0
    return column[kept], weight[kept], float(np.where(both, apart, 0.0).sum())
