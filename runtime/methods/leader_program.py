"""The leader's Program with its followers' columns: a decision in, the Program of what is left out.

For a search that puts in many decisions, one after the other: where the decision is in no product with other columns
in rows, only limits and costs change from one to the next.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.curves import curves_among
from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Bools, Csr, Floats, Ints, stacked
from compiler.reformulations.fixed_pattern import with_columns_fixed
from compiler.reformulations.program import Program
from runtime.methods.follower_answers import FollowerModel, FollowerProgram
from runtime.methods.pattern_answers import FollowerPatterns

Follower = FollowerModel | FollowerPatterns | FollowerProgram


class LeaderProgram:
    """`bent` are, by follower, the numbers of the rows that hold the products of its Hessian, without limits."""

    def __init__(self, program: Program, searched: Ints, followers: list[Follower]) -> None:
        """`program` has everybody's columns; `searched` (d,) are those that a decision gives."""
        self.searched = searched
        self.bent: list[Ints] = []
        matrices, rows = [program.matrix], program.rows
        for follower in followers:
            count = follower.hessian.rows if isinstance(follower, FollowerModel) else 0
            if isinstance(follower, FollowerModel) and count:
                held = follower.hessian
                matrices.append(Csr(held.indptr, follower.family.own[held.indices], held.data, program.columns))
            self.bent.append(rows + np.arange(count))
            rows += count
        added = rows - program.rows
        self.program = replace(
            program,
            matrix=stacked(matrices),
            row_lower=np.concatenate([program.row_lower, np.full(added, -np.inf)]),
            row_upper=np.concatenate([program.row_upper, np.full(added, np.inf)]),
        )
        mine = np.zeros(program.columns, np.bool_)
        mine[searched] = True
        rows_quad = program.row_quad
        self._rigid = bool(np.any(mine[rows_quad.i] ^ mine[rows_quad.j]))
        self._in_rows = rows_quad.take(mine[rows_quad.i] & mine[rows_quad.j])
        self._in_cost = program.cost_quad.take(mine[program.cost_quad.i] | mine[program.cost_quad.j])
        self._other_rows = rows_quad.take(~(mine[rows_quad.i] & mine[rows_quad.j]))
        self._other_cost = program.cost_quad.take(~(mine[program.cost_quad.i] | mine[program.cost_quad.j]))
        self._mine: Bools = mine

    def at(self, decision: Floats) -> Program:
        """With the decision (d,) put in."""
        program, mine = self.program, self._mine
        z = np.zeros(program.columns)
        z[self.searched] = decision
        if self._rigid:
            return with_columns_fixed(program, self.searched, z)
        lower, upper, cost = program.lower.copy(), program.upper.copy(), program.cost.copy()
        lower[self.searched] = upper[self.searched] = decision
        goal = self._in_cost
        both = mine[goal.i] & mine[goal.j]
        free, known = np.where(mine[goal.i], goal.j, goal.i)[~both], np.where(mine[goal.i], goal.i, goal.j)[~both]
        np.add.at(cost, free, goal.value[~both] * z[known])
        shift = self._in_rows.times(z, program.rows)
        return replace(
            program,
            lower=lower,
            upper=upper,
            cost=cost,
            cost_constant=program.cost_constant + float(goal.value[both] @ (z[goal.i[both]] * z[goal.j[both]])),
            cost_quad=self._other_cost,
            row_lower=program.row_lower - shift,
            row_upper=program.row_upper - shift,
            row_quad=self._other_rows,
        )


def with_cuts(program: Program, cuts: list[tuple[Floats, float]]) -> Program:
    """With a row `cost @ z <= limit` for each (cost (columns,), limit)."""
    at = [np.flatnonzero(cost) for cost, _ in cuts]
    lines = Csr.from_coo(
        np.repeat(np.arange(len(cuts)), [len(k) for k in at]),
        np.concatenate(at),
        np.concatenate([cost[k] for (cost, _), k in zip(cuts, at, strict=True)]),
        len(cuts),
        program.columns,
    )
    return replace(
        program,
        matrix=stacked([program.matrix, lines]),
        row_lower=np.concatenate([program.row_lower, np.full(len(cuts), -np.inf)]),
        row_upper=np.concatenate([program.row_upper, [limit for _, limit in cuts]]),
    )


def without_players(program: Program, game: GroundGame, pinned: Bools) -> Program:
    """Without the rows, smooth functions and pairs of the players `pinned` (p,), whose answers are put in."""
    gone = np.zeros(program.rows, np.bool_)
    gone[: game.rows] = (game.row_owner >= 0) & pinned[game.row_owner]
    kept = (game.owner < 0) | ~pinned[game.owner]
    return replace(
        program,
        row_lower=np.where(gone, -np.inf, program.row_lower),
        row_upper=np.where(gone, np.inf, program.row_upper),
        row_quad=program.row_quad.take(~gone[program.row_quad.row]),
        curves=curves_among(
            program.curves,
            np.append(kept, np.ones(program.columns - game.columns, np.bool_)),
            np.arange(program.columns),
        ),
        sos1=program.sos1[kept[program.sos1].all(axis=1)],
    )
