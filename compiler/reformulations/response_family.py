"""A player's own problem for all decisions of the others: what of it stays, and what moves with them.

From: GroundGame, a player p.
To: the Program of `best_response` at any point x, as one Program with costs and row limits that are linear or quadratic
    in the others' columns: `cost(x) = cost + C x`, `limits(x) = limits - H(x)`.
Requires: as `best_response`. Where others' columns are factors in p's rows the coefficients move as well (`moving`);
    then the Program is made anew for each point.
Exact: yes.
Way back: as that of `best_response`; the row dual r is that of row `rows[r]` of the game, times p's sense.
Reference: `compiler.reformulations.best_response`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Csr, Floats, Ints, Quad
from compiler.reformulations.best_response import best_response
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.program import Program


@dataclass(frozen=True, eq=False)
class ResponseFamily:
    """`own` (k,) and `rows` (r,) are p's columns and rows in the game; they are the first columns and rows of each
    Program. Complementary pairs are SOS1 sets.

    `base` is the Program with the others at zero; `limit_rows` are those of its rows whose limits move, `cost_columns`
    its columns whose costs do.
    """

    game: GroundGame
    player: int
    own: Ints
    rows: Ints
    base: Program
    moving: bool
    limit_rows: Ints
    cost_columns: Ints
    _apart: Csr
    _apart_quad: Quad
    _goal: Csr
    _goal_quad: Quad
    _factor: tuple[Ints, Ints, Floats]

    @staticmethod
    def of(game: GroundGame, player: int) -> ResponseFamily:
        own, rows = np.flatnonzero(game.owner == player), np.flatnonzero(game.row_owner == player)
        mine = game.owner == player
        base = complementarity_sos1(best_response(game, player, np.zeros(game.columns))[0])
        matrix, quad = game.matrix.take_rows(rows), game.row_quad.take_rows(rows)
        apart = _without(matrix, mine)
        first, second = mine[quad.i], mine[quad.j]
        others = quad.take(~(first | second))
        limit_rows = np.unique(np.concatenate([np.flatnonzero(np.diff(apart.indptr)), others.row]))
        goal = game.objective.take_rows(np.array([player]))
        goal_quad = game.objective_quad.take_rows(np.array([player]))
        one, two = mine[goal_quad.i], mine[goal_quad.j]
        mixed = one ^ two
        place = np.cumsum(mine) - 1
        sense = float(game.players[player].sense)
        factor = (
            place[np.where(one, goal_quad.i, goal_quad.j)[mixed]],
            np.where(one, goal_quad.j, goal_quad.i)[mixed],
            sense * goal_quad.value[mixed],
        )
        return ResponseFamily(
            *(game, player, own, rows, base, bool(np.any(first ^ second)), limit_rows, np.unique(factor[0])),
            *(apart, others, goal, goal_quad, factor),
        )

    def at(self, x: Floats) -> Program:
        """The Program at x (n,), whose own entries are not looked at."""
        if self.moving:
            return complementarity_sos1(best_response(self.game, self.player, x)[0])
        base = self.base
        cost, lower, upper = base.cost, base.row_lower, base.row_upper
        if len(self.cost_columns):
            mine, other, value = self._factor
            cost = cost.copy()
            np.add.at(cost, mine, value * x[other])
        if len(self.limit_rows):
            shift = self._apart.times(x) + self._apart_quad.times(x, len(self.rows))
            lower, upper = lower.copy(), upper.copy()
            lower[: len(shift)] -= shift
            upper[: len(shift)] -= shift
        others = x.copy()
        others[self.own] = 0.0
        sense = self.game.players[self.player].sense
        constant = sense * self.objective_at(others)
        return replace(base, cost=cost, cost_constant=constant, row_lower=lower, row_upper=upper)

    def objective_at(self, x: Floats) -> float:
        """The player's objective in its own sense at a point of the game."""
        constant = float(self.game.objective_constant[self.player])
        linear = float(self._goal.data @ x[self._goal.indices])
        quad = self._goal_quad
        return constant + linear + float(quad.value @ (x[quad.i] * x[quad.j]))


def _without(matrix: Csr, columns: np.ndarray) -> Csr:
    """The matrix without the entries of the `columns` (n,); columns keep their numbers."""
    kept = ~columns[matrix.indices]
    indptr = np.concatenate([[0], np.cumsum(kept)])[matrix.indptr]
    return Csr(indptr, matrix.indices[kept], matrix.data[kept], matrix.columns)
