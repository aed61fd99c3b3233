"""A GroundGame in, the size that counts as one unit of each column out. Part of the certificate.

Violations and gains are relative to the terms of rows and objectives, and these terms to one unit of each column at
least. Where bounds and rows leave a column less than `SMALL`, one unit is no measure: a decision in 1e-6 of something
could be off by half of all there is.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import INTEGER, GroundGame, lifted_places
from compiler.ground.likely_prices import likely_prices
from compiler.ground.propagate import propagate
from compiler.ground.sparse import Floats

SMALL = 2.0**-10
"""Columns that can be as large as this are measured by 1."""

ZERO = 1e-8
"""Ends within this of zero may be zero: propagation adds 1e-9 against rounding."""


def column_sizes(game: GroundGame) -> Floats:
    """(n,): 1, or the power of two next to the largest value that bounds and rows leave, if that is small."""
    lower, upper = propagate(
        *(game.matrix, game.row_quad, game.row_lower, game.row_upper, game.lower, game.upper, game.kind == INTEGER)
    )
    most = np.maximum(np.abs(lower), np.abs(upper))
    for curve in game.curves:
        most[curve.argument] = most[curve.result] = 1.0
    declared = np.maximum(np.abs(game.lower), np.abs(game.upper))
    most = np.where(most > ZERO, most, np.where(declared > 0, declared, 1.0))
    small = most < SMALL
    return np.where(small, np.exp2(np.round(np.log2(np.where(small, most, 1.0)))), 1.0)


def price_sizes(game: GroundGame, x: Floats, sizes: Floats) -> Floats:
    """(n,): the `sizes` with those of shadow prices, by the terms at x (n,), where these are less than 1: a price of
    1e-6 squared and multiplied by 1e12 is 1, not 1e12."""
    priced = game.price_row >= 0
    if not priced.any():
        return sizes
    reach = np.maximum(np.abs(x), np.minimum(sizes, np.maximum(np.abs(game.lower), np.abs(game.upper))))
    reach[priced] = np.abs(x[priced])
    return np.where(priced, np.minimum(sizes, likely_prices(game, reach)), sizes)


def term_sizes(game: GroundGame, x: Floats) -> Floats:
    """(n,): |x|, and for columns that stand for a value the largest term of what defines it, which may cancel: that of
    `1.8 - x^2` is known no better than 1.8 is."""
    lifted = lifted_places(game.row_blocks)
    found = np.abs(x)
    if not lifted.any():
        return found
    rows = np.flatnonzero(lifted & (game.row_lower == game.row_upper) & (np.diff(game.matrix.indptr) > 0))
    part = game.matrix.take_rows(rows)
    last = part.indptr[1:] - 1
    column, own = part.indices[last], np.abs(part.data[last])
    others = np.ones(part.nnz, np.bool_)
    others[last] = False
    row, quad = part.row_numbers()[others], game.row_quad.take_rows(rows)
    while True:
        size = np.abs(game.row_lower[rows])
        np.maximum.at(size, row, np.abs(part.data[others]) * found[part.indices[others]])
        np.maximum.at(size, quad.row, np.abs(quad.value) * found[quad.i] * found[quad.j])
        larger = found.copy()
        np.maximum.at(larger, column, size / own)
        if np.array_equal(larger, found):
            return found
        found = larger


def dearest(game: GroundGame, p: int, x: Floats, sizes: Floats) -> float:
    """What one unit of the dearest column, whoever owns it, is worth to a leader, who moves its followers' columns as
    well as its own: `price*quantity` has terms of no size where its followers answer zero. As in `OwnProblem.size` a
    product counts as much as its coefficient at least, which is also what solvers' gaps are relative to."""
    worth = np.zeros(game.columns)
    goal, quad = game.objective.take_rows(np.array([p])), game.objective_quad.take(game.objective_quad.row == p)
    np.add.at(worth, goal.indices, np.abs(goal.data))
    np.add.at(worth, quad.i, np.abs(quad.value * x[quad.j]))
    np.add.at(worth, quad.j, np.abs(quad.value * x[quad.i]))
    squares = np.abs(quad.value) * sizes[quad.i] * sizes[quad.j]
    return float(max(np.max(worth * sizes, initial=0.0), np.max(squares, initial=0.0)))
