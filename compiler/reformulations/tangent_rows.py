"""Followers with convex quadratic constraints, each replaced by its tangent at the answer itself.

From: GroundGame whose followers have rows that are convex and quadratic in their own columns.
To: the game in which such a row has `Y_i y_j + y_i Y_j - Y_i Y_j` in place of y_i y_j, so that it is linear in the
    follower's columns; whoever leads decides on Y and has the rows `Y = y`.
Requires: for every decision of the others a point of the follower at which these rows hold with room (Slater), which
    `runtime.methods.slater_points` looks for; without one there may be no multipliers, and answers would be missed.
Exact: yes, as `compiler.reformulations.tangents`: a convex problem and the one with its constraints linearised at y
    have the same optimality conditions at y.
Way back: the first n columns and m rows are the game's own.
Reference: Rockafellar, Convex Analysis (1970), section 28; for bilevel problems Dempe and Dutta, Math. Program. 131
    (2012) 37, who show what goes wrong without Slater's condition.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Bools
from compiler.reformulations.extended_game import ExtendedGame


def own_products(game: GroundGame, players: Bools) -> Bools:
    """Which products in rows (entries,) are of two own columns of the row's player, one of `players` (p,)."""
    owner = game.row_owner[game.row_quad.row]
    mask: Bools = (game.owner[game.row_quad.i] == owner) & (game.owner[game.row_quad.j] == owner)
    return mask & (owner >= 0) & players[owner]


def tangent_rows(game: GroundGame, followers: Bools, leader: int) -> GroundGame:
    """The game without own products in rows of `followers` (p,); `leader` decides where the tangents touch."""
    own = own_products(game, followers)
    if not own.any():
        return game
    bent = game.row_quad.take(own)
    touched = np.unique(np.concatenate([bent.i, bent.j]))
    more = ExtendedGame(replace(game, row_quad=game.row_quad.take(~own)), leader)
    at = more.column(leader, game.lower[touched], game.upper[touched], "tangent")
    same = more.row(leader, np.zeros(len(touched)), np.zeros(len(touched)), "tangent")
    more.add(same, at, 1.0)
    more.add(same, touched, -1.0)
    first, second = at[np.searchsorted(touched, bent.i)], at[np.searchsorted(touched, bent.j)]
    for i, j, sign in ((first, bent.j, 1.0), (second, bent.i, 1.0), (first, second, -1.0)):
        more.add_products(bent.row, i, j, sign * bent.value)
    return more.built()
