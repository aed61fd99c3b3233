"""A follower's duality gap in terms of a Program's columns: what strong duality says is 0, (2) of `duality`, left side
less right side.

It is the sum of the products of the follower's complementary pairs, each times a positive weight, so it is never below
0 at a point that satisfies the rows.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats, Ints
from compiler.reformulations.duality import Duality
from compiler.reformulations.program import Program


def gap_linear(game: GroundGame, program: Program, duality: Duality, follower: int) -> list[tuple[Ints, Floats]]:
    """The linear terms of a follower's duality gap: columns and coefficients."""
    mine, rows = duality.owner == follower, duality.row_owner == follower
    found = [
        (duality.column[mine], -duality.weight[mine] * program.row_lower[duality.stationarity[mine]]),
        (duality.multiplier[rows], -duality.sign[rows] * duality.limit[rows]),
    ]
    for reduced, side, sign in ((duality.low, game.lower, -1.0), (duality.high, game.upper, 1.0)):
        there = mine & (reduced >= 0)
        found.append((reduced[there], sign * duality.weight[there] * side[duality.column[there]]))
    return found


def gap_products(program: Program, duality: Duality, follower: int) -> list[tuple[Ints, Ints, Floats]]:
    """Its products, as two columns and a coefficient each: the follower's columns with what enters their slopes, then
    its multipliers with what others do to their rows."""
    mine, rows = duality.owner == follower, duality.row_owner == follower
    dual, slack = duality.duals(program.columns), duality.slacks(program.columns)
    own = np.zeros(program.columns, np.bool_)
    own[duality.column[mine]] = True
    part = program.matrix.take_rows(duality.stationarity[mine])
    j = part.row_numbers()
    keep = ~dual[part.indices]
    first = (duality.column[mine][j[keep]], part.indices[keep], duality.weight[mine][j[keep]] * part.data[keep])
    part = program.matrix.take_rows(duality.row[rows])
    i = part.row_numbers()
    keep = ~own[part.indices] & ~slack[part.indices]
    second = (duality.multiplier[rows][i[keep]], part.indices[keep], duality.sign[rows][i[keep]] * part.data[keep])
    return [first, second]
