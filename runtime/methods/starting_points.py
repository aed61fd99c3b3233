"""A GroundGame in, points to begin an iteration from out: first the file's own, then random ones, all feasible for
everybody together where that can be had.

A player whose constraints hold the decisions of others may have no answer at all at a point that the others' own limits
allow. So where constraints couple players, points are moved to the nearest one that satisfies all constraints at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Csr, Floats, Quad, stacked
from compiler.reformulations.elastic import elastic
from compiler.reformulations.high_point import high_point
from compiler.reformulations.program import Program
from grammar.diagnostics import DiagnosticError
from runtime.methods.method import Request, solved
from runtime.solvers.ipopt import starting_box

MANY = 1000
"""Columns from which on the nearest point is that by the sum of distances: an LP, where HiGHS takes minutes for least
squares."""

PATIENCE = 10.0
"""Seconds for the nearest point; without it the iteration begins at the point itself."""


def starting_points(game: GroundGame, seed: int, together: bool = True) -> Iterator[Floats]:
    """Points (n,), without end: the file's `start` values and the middle of the bounds for the rest, then random ones;
    unless `together` within bounds only."""
    program = high_point(game)
    low, high = (limit[: game.columns] for limit in starting_box(program))
    whole = program.integer[: game.columns]
    coupled = together and couples(game)
    first = np.where(np.isfinite(game.start), game.start, 0.5 * (low + high))
    random = np.random.default_rng(seed)
    point = first
    while True:
        point = np.where(whole, np.clip(np.round(point), np.ceil(low - 1e-9), np.floor(high + 1e-9)), point)
        yield _nearest(program, point, seed)[: game.columns] if coupled else point
        point = random.uniform(low, high)


def couples(game: GroundGame) -> bool:
    """Whether a constraint of one player holds a decision of another."""
    row = game.row_owner[game.matrix.row_numbers()]
    linear = np.any(row != game.owner[game.matrix.indices])
    quad = game.row_owner[game.row_quad.row]
    return bool(linear | np.any((quad != game.owner[game.row_quad.i]) | (quad != game.owner[game.row_quad.j])))


def _nearest(program: Program, point: Floats, seed: int) -> Floats:
    """The point of the Program nearest to `point`, or `point` where none is found."""
    near = _by_sum(program, point) if len(point) > MANY else _by_squares(program, point)
    try:
        _, outcome = solved(near, Request(time_limit=PATIENCE, gap=1e-2, seed=seed))
    except DiagnosticError:
        return point
    return point if outcome.z is None else outcome.z[: program.columns]


def _by_squares(program: Program, point: Floats) -> Program:
    columns = np.arange(len(point))
    cost = np.zeros(program.columns)
    cost[columns] = -2.0 * point
    square = Quad(np.zeros(len(point), np.int64), columns, columns, np.ones(len(point)))
    return replace(program, cost=cost, cost_quad=square, cost_constant=float(point @ point))


def _by_sum(program: Program, point: Floats) -> Program:
    """As far as possible `z = point`, by rows that may be broken at their distance."""
    k = np.arange(len(point))
    here = Csr.from_coo(k, k, np.ones(len(k)), len(k), program.columns)
    held = replace(
        program,
        matrix=stacked([program.matrix, here]),
        row_lower=np.concatenate([program.row_lower, point]),
        row_upper=np.concatenate([program.row_upper, point]),
    )
    return elastic(held, program.rows + k)
