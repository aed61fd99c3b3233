"""A GroundGame in, one out in which no product holds a column whose bounds leave it one value (cases `fix` such
columns).

So a product with a fixed column counts as linear, an integer that is fixed as data. Rows, columns and their numbers
stay.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Bools, Csr, Floats, Quad


def fixed_columns(game: GroundGame) -> Bools:
    """Columns with equal finite bounds: (n,)."""
    mask: Bools = (game.lower == game.upper) & (game.kind != 2)
    return mask


def fold_fixed_columns(game: GroundGame) -> GroundGame:
    """The same game with products of fixed columns written as linear terms and constants. Returns `game` itself if
    there are none."""
    fixed = fixed_columns(game)
    quads = (game.row_quad, game.objective_quad)
    if not any(np.any(fixed[q.i] | fixed[q.j]) for q in quads):
        return game
    row_quad, matrix, row_constant = _fold(game.row_quad, game.matrix, game.lower, fixed)
    objective_quad, objective, constant = _fold(game.objective_quad, game.objective, game.lower, fixed)
    return replace(
        game,
        row_quad=row_quad,
        matrix=matrix,
        row_lower=game.row_lower - row_constant,
        row_upper=game.row_upper - row_constant,
        objective_quad=objective_quad,
        objective=objective,
        objective_constant=game.objective_constant + constant,
    )


def _fold(quad: Quad, linear: Csr, value: Floats, fixed: Bools) -> tuple[Quad, Csr, Floats]:
    first, second = fixed[quad.i], fixed[quad.j]
    both, one = first & second, first ^ second
    known = np.where(first, quad.i, quad.j)[one]
    free = np.where(first, quad.j, quad.i)[one]
    merged = Csr.from_coo(
        np.concatenate([linear.row_numbers(), quad.row[one]]),
        np.concatenate([linear.indices, free]),
        np.concatenate([linear.data, quad.value[one] * value[known]]),
        linear.rows,
        linear.columns,
    )
    constants = quad.value[both] * value[quad.i[both]] * value[quad.j[both]]
    sums: Floats = np.bincount(quad.row[both], weights=constants, minlength=linear.rows)[: linear.rows].astype(
        np.float64
    )
    return quad.take(~(first | second)), merged, sums
