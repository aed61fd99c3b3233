"""A GroundGame and a size for each column in, the size that each shadow price is likely to have out: what one unit of
the row is worth if all of it is worth as much as the largest term of its owner's objective.

Nothing is proved by it. Prices have no bounds to be measured by, yet may be 1e-6 and be multiplied by 1e12.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats


def likely_prices(game: GroundGame, size: Floats) -> Floats:
    """(n,): see the module; `size` (n,) is above or equal to 0. Infinite for columns that are no prices, and where rows
    or objectives say nothing."""
    linear, goal, rows = game.objective, game.objective_quad, game.row_quad
    worth, terms = np.zeros(len(game.players) + 1), np.zeros(game.rows)
    player = linear.row_numbers()
    mine = game.owner[linear.indices] == player
    np.maximum.at(worth, player[mine], (np.abs(linear.data) * size[linear.indices])[mine])
    mine = (game.owner[goal.i] == goal.row) | (game.owner[goal.j] == goal.row)
    np.maximum.at(worth, goal.row[mine], (np.abs(goal.value) * size[goal.i] * size[goal.j])[mine])
    np.maximum.at(terms, game.matrix.row_numbers(), np.abs(game.matrix.data) * size[game.matrix.indices])
    np.maximum.at(terms, rows.row, np.abs(rows.value) * size[rows.i] * size[rows.j])
    priced = np.flatnonzero(game.price_row >= 0)
    row = game.price_row[priced]
    told = (worth[game.row_owner[row]] > 0) & (terms[row] > 0)
    found = np.full(game.columns, np.inf)
    found[priced[told]] = worth[game.row_owner[row[told]]] / terms[row[told]]
    return found
