"""A follower's answer in, out what it loses by leaving out the one thing that each of its constraints forbids.

From: GroundGame, a follower p with rows `row_lower <= a @ (x, w, v) <= row_upper` and costs c, whole decisions w_k.
To: for each of p's rows the loss `max(0, -c_j w_kj)` of setting w_j to zero, if that is an answer whatever else is left
    out in this way; else infinity.
Requires: of the row: w_j is its only own column, and it holds at w_j = 0 whatever others decide; of all other rows with
    w_j: they come no nearer to their limits when w_j goes to zero; no products with w_j.
So, where only such rows forbid w_k, the best answer costs at most what w_k costs and their losses added up: leaving out
several things leaves every other row at least as far from its limits as leaving out one.
Exact or bound: valid inequalities; those of interdiction where the leader forbids items one by one.
Reference: Fischetti, Ljubic, Monaci and Sinnl, INFORMS J. Computing 31 (2019) 390; Israeli and Wood, Networks 40 (2002)
    97; DeNegre, Interdiction and Discrete Bilevel Linear Programming (2011).
"""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import INTEGER, GroundGame
from compiler.ground.sparse import Floats

EXACT = 1e-9
"""What a row at zero may miss its limit by, over its terms: rounding."""


def losses_by_dropping(game: GroundGame, player: int, x: Floats) -> Floats:
    """For each row of `player` (r,), in the order of their numbers; `x` (n,) holds its decisions."""
    rows = np.flatnonzero(game.row_owner == player)
    part, mine = game.matrix.take_rows(rows), game.owner == player
    row, column, value = part.row_numbers(), part.indices, part.data
    low, high = game.row_lower[rows], game.row_upper[rows]

    # Columns whose way to zero leaves each row with them at least as far from its limits.
    toward = -value * x[column]
    nearer = ((toward > 0) & np.isfinite(high[row])) | ((toward < 0) & np.isfinite(low[row]))
    quad, goal = game.row_quad.take_rows(rows), game.objective_quad
    goal = goal.take(goal.row == player)
    droppable = mine & (game.kind == INTEGER) & (game.lower <= 0) & (game.upper >= 0)
    droppable[np.concatenate([quad.i, quad.j, goal.i, goal.j])] = False
    hindered = np.zeros((2, game.columns), np.int64)
    np.add.at(hindered[0], column[nearer], 1)

    # The one own column of a row, and whether the row holds without it.
    own = mine[column]
    count = np.bincount(row[own], minlength=len(rows))
    single = np.full(len(rows), -1)
    single[row[own]] = column[own]
    rest = ~own
    ends = np.stack([value[rest] * game.lower[column[rest]], value[rest] * game.upper[column[rest]]])
    least = np.bincount(row[rest], ends.min(axis=0), minlength=len(rows))
    most = np.bincount(row[rest], ends.max(axis=0), minlength=len(rows))
    room = EXACT * np.maximum(1.0, np.bincount(row[rest], np.abs(value[rest]), minlength=len(rows)))
    holds = (count == 1) & (least >= low - room) & (most <= high + room) & ~np.isin(np.arange(len(rows)), quad.row)

    # That row itself may be one that dropping brings nearer to a limit: it holds all the same.
    np.add.at(hindered[1], column[nearer & holds[row] & own], 1)
    free = droppable & (hindered[0] == hindered[1])
    usable = holds & free[single]
    cost = np.zeros(game.columns)
    line = game.objective.take_rows(np.array([player]))
    cost[line.indices] = game.players[player].sense * line.data
    found = np.full(len(rows), np.inf)
    found[usable] = np.maximum(0.0, -cost[single[usable]] * x[single[usable]])
    return found
