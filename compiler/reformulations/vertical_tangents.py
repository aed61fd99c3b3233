"""Followers whose curves have no tangent at the end of their domain: `sqrt(a)`, `a^p` with 0 < p < 1, at a = 0.

From: GroundGame, whose followers hold `z <= f(a)` with `a <= e` (or `a == e`), e linear in their own columns.
To: the arguments a that some decisions of the others may hold at zero. Elsewhere optimality conditions are necessary.
Requires: nothing; what is not seen to stay away from zero counts as held there.
Exact: for concave f, multipliers exist where some point of the follower's constraints has every argument within the
    interior of f's domain (Slater's condition, refined for linear constraints: Rockafellar, Convex Analysis (1970),
    theorem 28.2). Where the leader leaves one point only, say `0 <= q <= y` at y = 0, sqrt(q) has its best value there
    and no multiplier: a search among points with multipliers would pass the leader's best decision by.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import INTEGER, GroundGame
from compiler.ground.propagate import product_ends, propagate
from compiler.ground.sparse import Bools, Floats

CLEAR = 1e-6
"""An argument that reaches this is away from zero: propagation keeps 1e-9 of room for rounding."""


def held_at_zero(game: GroundGame, followers: Bools) -> Bools:
    """Arguments (columns,) of such curves of `followers` (p,) that the others' decisions may hold at zero."""
    steep = np.zeros(game.columns, np.bool_)
    argument = np.zeros(game.columns, np.bool_)
    for curve in game.curves:
        argument[curve.argument] = True
        fractional = (curve.parameter > 0) & (curve.parameter < 1) if curve.function == "power" else None
        if curve.function == "sqrt" or fractional is not None:
            chosen = followers[game.owner[curve.result]]
            steep[curve.argument[chosen if fractional is None else chosen & fractional]] = True
    if not steep.any():
        return steep
    lower, upper = propagate(
        game.matrix, game.row_quad, game.row_lower, game.row_upper, game.lower, game.upper, game.kind == INTEGER
    )
    reached: Bools = _reach(game, argument, lower, upper) > CLEAR
    return steep & ~reached & (lower <= CLEAR)


def _reach(game: GroundGame, argument: Bools, lower: Floats, upper: Floats) -> Floats:
    """What every argument can at least be raised to by its player, whatever the others do: (columns,)."""
    row, column, value = game.matrix.row_numbers(), game.matrix.indices, game.matrix.data
    mine = game.row_owner[row] == game.owner[column]
    defines = mine & argument[column]
    defines &= (value > 0) & (np.bincount(row[defines], minlength=game.rows) == 1)[row]
    where = np.full(game.rows, -1, np.int64)
    where[row[defines]] = column[defines]
    scale = np.ones(game.rows)
    scale[row[defines]] = value[defines]
    ends = np.stack([value * lower[column], value * upper[column]])
    least, most = product_ends(game.row_quad.i, game.row_quad.j, game.row_quad.value, lower, upper)

    def rest(parts: Floats, products: Floats) -> Floats:
        """Each row's activity without the argument that it defines, of these parts of it."""
        sums = np.bincount(row, np.where(defines, 0.0, parts), minlength=game.rows)
        return sums[: game.rows] + np.bincount(game.row_quad.row, products, minlength=game.rows)[: game.rows]

    with np.errstate(invalid="ignore"):
        # Rows that hold, by their argument's own freedom, wherever the columns in them go.
        worst_cap = (game.row_upper - rest(ends.max(axis=0), most)) / scale
        worst_floor = (game.row_lower - rest(ends.min(axis=0), least)) / scale
        follows = (where >= 0) & (worst_cap >= game.lower[where]) & (worst_floor <= game.upper[where])
        # A column that stands in one more row of its player at most can be moved in it as it likes.
        free = (game.kind != INTEGER) & ~argument
        for curve in game.curves:
            free[curve.result] = False
        for used in (game.row_quad.i, game.row_quad.j, game.complementary.ravel()):
            free[used] = False
        tied = np.bincount(column[mine & ~follows[row]], minlength=game.columns)
        alone = free[column] & (tied[column] - (~follows[row]) == 0)
        cap = (game.row_upper - rest(np.where(mine & alone, ends.min(axis=0), ends.max(axis=0)), most)) / scale
    found = np.full(game.columns, -np.inf)
    good = where >= 0
    np.maximum.at(found, where[good], np.nan_to_num(cap[good], nan=-np.inf, posinf=np.inf, neginf=-np.inf))
    return found
