"""A mover and a point in; what its objective is worth there, by how much its limits fail, and how far an answer is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.ground_game import INTEGER, SEMICONTINUOUS, GroundGame
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from runtime.methods.mover import Mover


@dataclass(frozen=True, eq=False)
class MoverProblem:
    """A mover's objective, and the limits of all columns and rows that it moves."""

    sense: int
    constant: float
    goal: Csr
    goal_quad: Quad
    mine: Bools
    columns: Ints
    lower: Floats
    upper: Floats
    whole: Bools
    switched: Bools
    matrix: Csr
    quad: Quad
    row_lower: Floats
    row_upper: Floats

    @staticmethod
    def of(game: GroundGame, mover: Mover) -> MoverProblem:
        p = mover.player
        columns = mover.columns[game.owner[mover.columns] >= 0]
        rows = np.flatnonzero(np.isin(game.row_owner, np.unique(game.owner[columns])))
        mine = np.zeros(game.columns, np.bool_)
        mine[mover.columns] = True
        return MoverProblem(
            sense=game.players[p].sense,
            constant=float(game.objective_constant[p]),
            goal=game.objective.take_rows(np.array([p])),
            goal_quad=game.objective_quad.take_rows(np.array([p])),
            mine=mine,
            columns=columns,
            lower=game.lower[columns],
            upper=game.upper[columns],
            whole=game.kind[columns] == INTEGER,
            switched=game.kind[columns] == SEMICONTINUOUS,
            matrix=game.matrix.take_rows(rows),
            quad=game.row_quad.take_rows(rows),
            row_lower=game.row_lower[rows],
            row_upper=game.row_upper[rows],
        )

    def objective(self, x: Floats) -> float:
        """At a point (n,) of the game, in the player's own sense."""
        quad = self.goal_quad
        products = quad.value @ (x[quad.i] * x[quad.j])
        return self.constant + float(self.goal.data @ x[self.goal.indices]) + float(products)

    def size(self, x: Floats) -> float:
        """The size of those terms of the objective that the mover moves, at least that of its dearest column."""
        linear, quad = np.abs(self.goal.data), self.goal_quad
        mine, either = self.mine[self.goal.indices], self.mine[quad.i] | self.mine[quad.j]
        terms = float(linear[mine] @ np.abs(x[self.goal.indices[mine]]))
        terms += float(np.abs(quad.value[either]) @ np.abs(x[quad.i[either]] * x[quad.j[either]]))
        dearest = max(np.max(linear[mine], initial=0.0), np.max(np.abs(quad.value[either]), initial=0.0))
        return max(terms, float(dearest)) or 1.0

    def violation(self, x: Floats) -> float:
        """Largest violation, each over 1 + |its limit|."""
        v = x[self.columns]
        rows = self.matrix.times(x) + self.quad.times(x, len(self.row_lower))
        off = np.maximum(_over(self.lower, v), _over(v, self.upper))
        off = np.where(self.switched, np.minimum(off, np.abs(v)), off)
        off = np.maximum(off, np.where(self.whole, np.abs(v - np.round(v)), 0.0))
        lines = np.maximum(_over(self.row_lower, rows), _over(rows, self.row_upper))
        return max(float(np.max(off, initial=0.0)), float(np.max(lines, initial=0.0)))


def distance(x: Floats, part: Floats, mover: Mover, chosen: Ints) -> float:
    """How far x is from the answer `part` in the `chosen` of the mover's columns, relative to their size."""
    order = np.argsort(mover.columns)
    place = order[np.searchsorted(mover.columns[order], chosen)]
    here, there = x[chosen], part[place]
    return float(np.max(np.abs(there - here) / (1 + np.abs(here)), initial=0.0))


def _over(small: Floats, large: Floats) -> Floats:
    """By how much `small <= large` fails, over 1 + the smaller of both sizes."""
    with np.errstate(invalid="ignore"):
        over: Floats = np.nan_to_num(np.maximum(small - large, 0.0) / (1 + np.minimum(np.abs(small), np.abs(large))))
    return over
