"""A GroundGame in, the weights of a potential out, where the structure shows that there is one.

A function P of all decisions is a weighted potential if each player's objective f_p, as minimised, changes by w_p times
what P changes by when p alone moves. For objectives of linear terms and products that is so just when
    f_p's coefficient of x_i*x_j / w_p = f_q's coefficient of x_i*x_j / w_q
for all columns i of p and j of q. Then whoever gains by a move lowers P, so moves one after another cannot cycle; with
finitely many decisions they end at an equilibrium.
Reference: Monderer and Shapley, Games Econ. Behavior 14 (1996) 124; for constraints in common, Facchinei, Piccialli and
    Sciandrone, Comput. Optim. Appl. 50 (2011) 237.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats

EXACT = 1e-9
"""Relative difference up to which two coefficients are the same number."""


def potential_weights(game: GroundGame) -> Floats | None:
    """Positive weights (p,), or None where no potential is seen: also where a player's constraints hold another's
    columns, as P then says nothing about decisions that others forbid."""
    players = len(game.players)
    entry_owner, entry_player = game.owner[game.matrix.indices], game.row_owner[game.matrix.row_numbers()]
    quad_player = game.row_owner[game.row_quad.row]
    coupled = np.any(entry_owner != entry_player)
    coupled |= np.any((game.owner[game.row_quad.i] != quad_player) | (game.owner[game.row_quad.j] != quad_player))
    if players < 2 or coupled or np.any(game.owner < 0):
        return None
    goal = game.objective_quad
    first, second = game.owner[goal.i], game.owner[goal.j]
    senses = np.array([player.sense for player in game.players], np.float64)
    mine = ((first == goal.row) ^ (second == goal.row)) & (first != second)
    i, j, p = goal.i[mine], goal.j[mine], goal.row[mine]
    value, other = senses[p] * goal.value[mine], np.where(first[mine] == p, second[mine], first[mine])
    # Each product of p's and q's columns must stand in both objectives: sorted, the two are neighbours.
    order = np.lexsort((p, j, i))
    i, j, p, value, other = i[order], j[order], p[order], value[order], other[order]
    if len(i) % 2 or np.any(i[::2] != i[1::2]) or np.any(j[::2] != j[1::2]) or np.any(p[::2] != other[1::2]):
        return None
    ratio = value[1::2] / value[::2]
    if np.any(ratio <= 0):
        return None
    weight = np.zeros(players)
    pairs = list(zip(p[::2].tolist(), other[::2].tolist(), ratio.tolist(), strict=True))
    for root in range(players):
        if weight[root]:
            continue
        weight[root], grown = 1.0, True
        while grown:
            grown = False
            for a, b, r in pairs:
                if weight[a] and not weight[b]:
                    weight[b], grown = weight[a] * r, True
                elif weight[b] and not weight[a]:
                    weight[a], grown = weight[b] / r, True
    fits = np.abs(weight[p[::2]] * ratio - weight[other[::2]]) <= EXACT * weight[other[::2]]
    return weight if fits.all() else None
