"""Followers that are convex though their lifted columns are not, with all definitions as equations and with linear
objectives.

From: GroundGame and the `Convexity` of some players.
To: the game in which the curves and rows that define their lifted columns are equations, and the products of two own
    columns in their objectives are columns `t = x_i*x_j`.
Requires: nothing; where a definition was relaxed, nothing profits from more than it gives.
Exact: yes, the game is the same. Its conditions are those of the game in which the definitions are put in: each
    definition has a multiplier of its own column, so a constraint qualification is asked of the other constraints only.
Way back: the first n columns and m rows are the game's own.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.curvature import shape_of
from compiler.ground.curves import Curve
from compiler.ground.ground_game import GroundGame
from compiler.ground.hidden_convexity import Convexity
from compiler.reformulations.extended_game import ExtendedGame


def definitions_as_equations(game: GroundGame, found: dict[int, Convexity]) -> GroundGame:
    """`found`: by player."""
    if not found:
        return game
    players = np.zeros(len(game.players), np.bool_)
    players[list(found)] = True
    row_lower, row_upper = game.row_lower.copy(), game.row_upper.copy()
    for convexity in found.values():
        rows = convexity.functions.defining
        row_lower[rows] = np.where(np.isfinite(row_lower[rows]), row_lower[rows], row_upper[rows])
        row_upper[rows] = row_lower[rows]
    curves = tuple(
        Curve(c.function, c.argument, c.result, c.parameter, np.where(players[game.owner[c.result]], 0, c.relation))
        for c in game.curves
    )
    game = replace(game, row_lower=row_lower, row_upper=row_upper, curves=curves)
    more = ExtendedGame(game, 0)
    goal = game.objective_quad
    own = (game.owner[goal.i] == goal.row) & (game.owner[goal.j] == goal.row)
    gone = np.zeros(goal.entries, np.bool_)
    for p in found:
        mine = own & (goal.row == p)
        part = goal.take(mine)
        if shape_of(part.i, part.j, game.players[p].sense * part.value).convex:
            continue
        gone |= mine
        free = np.full(part.entries, np.inf)
        product = more.column(p, -free, free, "product")
        same = more.row(p, np.zeros(part.entries), np.zeros(part.entries), "product")
        more.add(same, product, 1.0)
        more.add_products(same, part.i, part.j, -np.ones(part.entries))
        more.goal(p, product, part.value)
    more.game = replace(game, objective_quad=goal.take(~gone))
    return more.built()
