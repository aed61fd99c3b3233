"""All constraints of all players at once, nobody's optimality: the high-point relaxation.

From: GroundGame.
To: minimise the leader's objective, or nothing, over all columns with all rows and bounds.
Requires: nothing.
Exact or bound: a relaxation. Its optimum bounds the leader's from the good side; if it is infeasible, so is the game.
Way back: columns and rows keep their numbers; no prices.
Reference: Bialas and Karwan, IEEE Trans. Automatic Control 29 (1984) 211; Moore and Bard, Oper. Res. 38 (1990) 911.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import INTEGER, SEMICONTINUOUS, GroundGame
from compiler.ground.sparse import Bools, Quad
from compiler.reformulations.best_response import with_semicontinuous
from compiler.reformulations.program import Part, Program


def high_point(game: GroundGame, leader: int | None = None, rows: Bools | None = None) -> Program:
    """The relaxation with the rows in the mask `rows` (m,), all by default; the others are there without limits."""
    cost, quad, constant = np.zeros(game.columns), Quad.empty(), 0.0
    if leader is not None:
        sense = float(game.players[leader].sense)
        goal = game.objective.take_rows(np.array([leader]))
        cost[goal.indices] = sense * goal.data
        own = game.objective_quad.take(game.objective_quad.row == leader)
        quad = Quad(np.zeros(own.entries, np.int64), own.i, own.j, sense * own.value)
        constant = sense * float(game.objective_constant[leader])
    kept = np.ones(game.rows, np.bool_) if rows is None else rows
    columns = np.arange(game.columns)
    program = Program(
        lower=game.lower,
        upper=game.upper,
        integer=game.kind == INTEGER,
        cost=cost,
        cost_constant=constant,
        cost_quad=quad,
        matrix=game.matrix,
        row_lower=np.where(kept, game.row_lower, -np.inf),
        row_upper=np.where(kept, game.row_upper, np.inf),
        row_quad=game.row_quad.take(kept[game.row_quad.row]),
        column_parts=(Part("decision", 0, game.columns, columns, True),),
        row_parts=(Part("row", 0, game.rows, np.arange(game.rows), False),),
        sos1=game.complementary,
        curves=game.curves,
    )
    return with_semicontinuous(game, program, np.flatnonzero(game.kind == SEMICONTINUOUS), columns)
