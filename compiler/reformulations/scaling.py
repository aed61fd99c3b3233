"""A game in units that solvers can work in.

From: GroundGame with columns or rows of any size: prices of 6e-7 kCNY/Wh, powers of 3e8 W.
To: the same game with `x = column * x'` and rows times `row`, powers of two, so that bounds and coefficients are near
    1. Columns and rows between 2^-10 and 2^17 stay as they are, as do integers, columns of smooth functions, and
    objectives.
Requires: nothing.
Exact: yes; a power of two loses no digit.
Way back: `x = column * x'`; a price is `row` times that of the scaled game, as its unit is the objective's per unit of
    the row.
Reference: Tomlin, "On scaling linear programming problems", Math. Programming Study 4 (1975) 146.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from compiler.ground.ground_game import INTEGER, GroundGame
from compiler.ground.sparse import Csr, Floats, Quad

SMALLEST, LARGEST = 2.0**-10, 2.0**17
"""Sizes within which nothing is scaled: solvers hold constraints to 1e-6 or 1e-9, absolutely."""

PASSES = 4
"""How far sizes go from column to column along rows."""


@dataclass(frozen=True, eq=False)
class Scaled:
    """`column` (n,) and `row` (m,) as in the module."""

    game: GroundGame
    column: Floats
    row: Floats


def scaled(game: GroundGame) -> Scaled:
    """The game in better units; itself where none are needed."""
    column = _power_of_two(_column_sizes(game))
    matrix, quad = game.matrix, game.row_quad
    size = np.zeros(game.rows)
    np.maximum.at(size, matrix.row_numbers(), np.abs(matrix.data) * column[matrix.indices])
    np.maximum.at(size, quad.row, np.abs(quad.value) * column[quad.i] * column[quad.j])
    row = 1.0 / _power_of_two(size)
    priced = game.price_row >= 0
    column[priced] = row[game.price_row[priced]]
    if np.all(column == 1.0) and np.all(row == 1.0):
        return Scaled(game, column, row)
    goal = game.objective_quad
    return Scaled(
        replace(
            game,
            lower=game.lower / column,
            upper=game.upper / column,
            start=game.start / column,
            matrix=_times(matrix, row, column),
            row_lower=game.row_lower * row,
            row_upper=game.row_upper * row,
            row_quad=Quad(quad.row, quad.i, quad.j, quad.value * row[quad.row] * column[quad.i] * column[quad.j]),
            objective=_times(game.objective, np.ones(len(game.players)), column),
            objective_quad=Quad(goal.row, goal.i, goal.j, goal.value * column[goal.i] * column[goal.j]),
            column_unit=column,
            row_unit=1.0 / row,
        ),
        column,
        row,
    )


def _column_sizes(game: GroundGame) -> Floats:
    """The larger of a column's finite bounds; without one, the size next to 1 among those that the rest of its rows
    asks for."""
    ends = np.stack([np.abs(game.lower), np.abs(game.upper)])
    sizes: Floats = np.max(np.where(np.isfinite(ends), ends, 0.0), axis=0)
    sizes[game.kind == INTEGER] = 1.0
    for curve in game.curves:
        sizes[curve.argument] = sizes[curve.result] = 1.0
    row, column, value = game.matrix.row_numbers(), game.matrix.indices, np.abs(game.matrix.data)
    limits = np.stack([np.abs(game.row_lower), np.abs(game.row_upper)])
    reach: Floats = np.max(np.where(np.isfinite(limits), limits, 0.0), axis=0)
    for _ in range(PASSES):
        np.maximum.at(reach, row, value * sizes[column])
        least, most = np.full(len(sizes), np.inf), np.zeros(len(sizes))
        told = reach[row] > 0
        np.minimum.at(least, column[told], reach[row[told]] / value[told])
        np.maximum.at(most, column[told], reach[row[told]] / value[told])
        open_ended = (sizes == 0) & np.isfinite(least)
        if not open_ended.any():
            break
        sizes[open_ended] = np.clip(1.0, least[open_ended], most[open_ended])
    return sizes


def _power_of_two(sizes: Floats) -> Floats:
    """That next to each size; 1 for sizes that need none."""
    odd = (sizes > 0) & ((sizes < SMALLEST) | (sizes > LARGEST))
    return np.where(odd, np.exp2(np.round(np.log2(np.where(odd, sizes, 1.0)))), 1.0)


def _times(matrix: Csr, row: Floats, column: Floats) -> Csr:
    data = matrix.data * row[matrix.row_numbers()] * column[matrix.indices]
    return Csr(matrix.indptr, matrix.indices, data, matrix.columns)
