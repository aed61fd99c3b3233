"""Followers on whose answer nobody's decision depends: which they are, and their answers once all others are known.

From: a Setting; later the decisions of all others.
To: a mask of followers, each with its rows but without optimality conditions in the problem above; then each one's own
    problem, solved at the others' decisions.
Requires: for each such follower p, none of its columns or prices in another's constraints, in the objective of a
    leader, or in a product with another follower's own column; bounds on all of its columns.
Exact: whatever p does changes nobody's objective or constraints, so only that p has an answer matters to the others;
    where p's constraints can hold it has one, as its columns are bounded and its objective is continuous.
Way back: p's columns and the prices of its rows from its own LP or convex QP.
Reference: Dempe, Foundations of Bilevel Programming (2002).
"""

from __future__ import annotations

import numpy as np

from compiler.ground.sparse import Bools, Floats, Ints
from compiler.reformulations.best_response import best_response
from runtime.methods.polish import TOLERANCE
from runtime.methods.setting import Setting
from runtime.solvers.highs import Highs
from runtime.solvers.solver import Ending, Options


def bystanders(setting: Setting) -> Bools:
    """The mask (p,) of such followers; see the module."""
    game, players = setting.game, len(setting.game.players)
    maker = np.where(game.price_row >= 0, game.row_owner[game.price_row], game.owner) if game.rows else game.owner
    seen = np.zeros(players, np.bool_)

    def sees(user: Ints, column: Ints) -> None:
        made = maker[column]
        seen[made[(made >= 0) & (made != user)]] = True

    leads = ~setting.followers
    row, goal = game.row_quad, game.objective_quad
    sees(game.row_owner[game.matrix.row_numbers()], game.matrix.indices)
    linear = game.objective.row_numbers()
    sees(linear[leads[linear]], game.objective.indices[leads[linear]])
    for in_row, in_goal, beside in ((row.i, goal.i, goal.j), (row.j, goal.j, goal.i)):
        sees(game.row_owner[row.row], in_row)
        matters = leads[goal.row] | (game.owner[beside] == goal.row)
        sees(goal.row[matters], in_goal[matters])
    seen[maker[game.price_row >= 0]] = True
    open_column = ~(np.isfinite(game.lower) & np.isfinite(game.upper)) & (game.owner >= 0)
    seen[game.owner[open_column]] = True
    for curve in game.curves:
        seen[game.owner[curve.result]] = True
    mask: Bools = setting.followers & ~seen
    return mask


def with_answers(setting: Setting, chosen: Bools, x: Floats, prices: Floats) -> tuple[Floats, Floats] | None:
    """Columns (n,) and prices (m,) with the answers of the `chosen` players (p,) put in; None if one has no answer
    within tolerances."""
    x, prices = x.copy(), prices.copy()
    for player in np.flatnonzero(chosen).tolist():
        program, recovery = best_response(setting.game, player, x)
        outcome = Highs().solve(program, Options(tolerance=TOLERANCE))
        if outcome.ending is not Ending.OPTIMAL:
            outcome = Highs().solve(program, Options())
        if outcome.ending is not Ending.OPTIMAL or outcome.z is None:
            return None
        x = recovery.point(outcome.z)
        rows = setting.game.row_owner == player
        prices[rows] = recovery.prices(outcome.z, outcome.row_duals)[rows]
    return x, prices
