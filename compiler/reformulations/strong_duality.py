"""Complementary pairs by one row for each follower: its own terms are not above the bound that its multipliers give.

From: a Program with `complementary` pairs, from optimality conditions.
To: for each follower (2) of `duality` with `<= 0`:
      sum_j tau_j v_j g_j - sum_i sign_i y_i (limit_i - rest_i(x)) - sum_j tau_j (low_j dL_j - high_j dU_j) <= 0.
    As every pair's product is at least 0 and the left side is their sum (weak duality), all of them are 0.
Requires: a solver of nonconvex quadratic rows where the leader's decisions enter the follower's problem (SCIP); where
    they do not, the row is linear or convex. Pairs of followers with products in their rows stay `complementary`.
Exact: up to the solver's tolerance on one row for many pairs: a wider door than a row for each.
Way back: nothing to undo, the columns are the same.
Reference: Garces, Conejo, Garcia-Bertrand and Romero, IEEE Trans. Power Syst. 24 (2009) 1098; Zare, Borrero, Zeng and
    Prokopyev, Ann. Oper. Res. 274 (2019) 279.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from compiler.reformulations.duality import Duality
from compiler.reformulations.duality_gap import gap_linear, gap_products
from compiler.reformulations.program import Part, Program


def strong_duality(game: GroundGame, program: Program) -> Program:
    """The Program with a row for each plain follower in place of its pairs."""
    duality = Duality.of(game, program)
    followers = [p for p in np.unique(duality.owner).tolist() if duality.plain[p]]
    gone = _pairs_of(program, duality, followers)
    row, column, value = [program.matrix.row_numbers()], [program.matrix.indices], [program.matrix.data]
    quads: tuple[list[Ints], list[Ints], list[Ints], list[Floats]] = (
        [program.row_quad.row],
        [program.row_quad.i],
        [program.row_quad.j],
        [program.row_quad.value],
    )
    for k, follower in enumerate(followers):
        number = program.rows + k
        for at, weight in gap_linear(game, program, duality, follower):
            row.append(np.full(len(at), number))
            column.append(at)
            value.append(weight)
        for i, j, weight in gap_products(program, duality, follower):
            quads[0].append(np.full(len(i), number))
            quads[1].append(i)
            quads[2].append(j)
            quads[3].append(weight)
    count = len(followers)
    total = program.rows + count
    at, i, j = np.concatenate(quads[0]), np.concatenate(quads[1]), np.concatenate(quads[2])
    quad = Quad.from_entries(at, i, j, np.concatenate(quads[3]), program.columns)
    parts = program.row_parts
    if count:
        parts = (*parts, Part("strong duality", program.rows, total, np.zeros(count, np.int64), True))
    return replace(
        program,
        matrix=Csr.from_coo(np.concatenate(row), np.concatenate(column), np.concatenate(value), total, program.columns),
        row_lower=np.concatenate([program.row_lower, np.full(count, -np.inf)]),
        row_upper=np.concatenate([program.row_upper, np.zeros(count)]),
        row_quad=quad,
        row_parts=parts,
        complementary=program.complementary[~gone],
    )


def _pairs_of(program: Program, duality: Duality, followers: list[int]) -> Bools:
    """Which pairs belong to these followers: (p,)."""
    held = np.zeros(program.columns, np.bool_)
    held[duality.multiplier[np.isin(duality.row_owner, followers)]] = True
    mine = np.isin(duality.owner, followers)
    for reduced in (duality.low, duality.high):
        there = mine & (reduced >= 0)
        held[reduced[there]] = True
    return held[program.complementary[:, 0]]
