"""A player's own problem, the columns of all others given.

From: GroundGame, a player p, a point x.
To: minimise `s * objective_p(x_own, x_other)` over the columns p owns, with p's rows, bounds and complementary pairs;
    s = -1 for a player that maximises.
Requires: no semicontinuous own column with an infinite bound. Any mix of linear and quadratic, convex or not, integer
    or not.
Exact: yes; this is the definition of the player's best response.
Way back: own columns from the Program, all others from x; the price of a row is its dual times s.
Reference: von Stackelberg (1934); Nash (1951).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.curves import curves_among
from compiler.ground.ground_game import INTEGER, SEMICONTINUOUS, GroundGame, block_of
from compiler.ground.sparse import Csr, Floats, Ints, Quad
from compiler.ground.subgame import with_others_held
from compiler.reformulations.program import Part, Program, Recovery
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint


def best_response(game: GroundGame, player: int, x: Floats) -> tuple[Program, Recovery]:
    """The Program of `player` at `x` (n,), whose own entries of x are not looked at.

    Raises `DiagnosticError` (G704) for a semicontinuous column without finite bounds.
    """
    own = np.flatnonzero(game.owner == player)
    rows = np.flatnonzero(game.row_owner == player)
    sense = game.players[player].sense
    others = np.where(game.owner == player, 0.0, x)
    place = np.full(game.columns, -1, np.int64)
    place[own] = np.arange(len(own))

    row_number = np.full(game.rows, -1, np.int64)
    row_number[rows] = np.arange(len(rows))
    matrix, row_quad, row_constant = with_others_held(game.matrix, game.row_quad, rows, place, others, len(own))
    goal, cost_quad, constant = with_others_held(
        game.objective, game.objective_quad, np.array([player]), place, others, len(own)
    )
    cost = np.zeros(len(own))
    cost[goal.indices] = sense * goal.data
    program = Program(
        lower=game.lower[own],
        upper=game.upper[own],
        integer=game.kind[own] == INTEGER,
        cost=cost,
        cost_constant=sense * (float(game.objective_constant[player]) + float(constant[0])),
        cost_quad=Quad(cost_quad.row, cost_quad.i, cost_quad.j, sense * cost_quad.value),
        matrix=matrix,
        row_lower=game.row_lower[rows] - row_constant,
        row_upper=game.row_upper[rows] - row_constant,
        row_quad=row_quad,
        column_parts=(Part("decision", 0, len(own), own, True),),
        row_parts=(Part("row", 0, len(rows), rows, False),),
        complementary=place[game.complementary[game.owner[game.complementary[:, 0]] == player]],
        curves=curves_among(game.curves, game.owner == player, place),
    )
    program = with_semicontinuous(game, program, np.flatnonzero(game.kind[own] == SEMICONTINUOUS), own)
    recovery = Recovery(
        column=place,
        fixed=others,
        price_map=Csr.empty(game.rows, program.columns),
        priced=np.zeros(game.rows, np.bool_),
        dual_row=row_number,
        dual_factor=np.full(game.rows, float(sense)),
    )
    return program, recovery


def with_semicontinuous(game: GroundGame, program: Program, chosen: Ints, source: Ints) -> Program:
    """`x = 0 or lower <= x <= upper` for the `chosen` columns by a binary z each: `lower*z <= x <= upper*z`.

    `source` gives the game's column of each program column. Exact. New columns and rows come last. Raises
    `DiagnosticError` (G704).
    """
    if not len(chosen):
        return program
    low, high = program.lower[chosen], program.upper[chosen]
    endless = chosen[~(np.isfinite(low) & np.isfinite(high))]
    if len(endless):
        column = int(source[endless[0]])
        raise DiagnosticError(
            [
                Diagnostic(
                    "G704",
                    f"the semicontinuous `{game.column_label(column)}` has no finite bounds",
                    block_of(game.column_blocks, column).span,
                    hints=(Hint("give it bounds with `in [a, b]`"),),
                )
            ]
        )
    k, n, m = len(chosen), program.columns, program.rows
    switch = n + np.arange(k)
    first, second = m + np.arange(k), m + k + np.arange(k)
    matrix = Csr.from_coo(
        np.concatenate([program.matrix.row_numbers(), first, first, second, second]),
        np.concatenate([program.matrix.indices, chosen, switch, chosen, switch]),
        np.concatenate([program.matrix.data, np.ones(k), -low, np.ones(k), -high]),
        m + 2 * k,
        n + k,
    )
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[chosen], upper[chosen] = np.minimum(low, 0.0), np.maximum(high, 0.0)
    numbers = source[chosen]
    return replace(
        program,
        lower=np.concatenate([lower, np.zeros(k)]),
        upper=np.concatenate([upper, np.ones(k)]),
        integer=np.concatenate([program.integer, np.ones(k, np.bool_)]),
        cost=np.concatenate([program.cost, np.zeros(k)]),
        matrix=matrix,
        row_lower=np.concatenate([program.row_lower, np.zeros(k), np.full(k, -np.inf)]),
        row_upper=np.concatenate([program.row_upper, np.full(k, np.inf), np.zeros(k)]),
        column_parts=(*program.column_parts, Part("switch", n, n + k, numbers, True)),
        row_parts=(
            *program.row_parts,
            Part("lower switch", m, m + k, numbers, True),
            Part("upper switch", m + k, m + 2 * k, numbers, True),
        ),
    )
