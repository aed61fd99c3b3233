"""A game in, the same game written otherwise out, at random: senses and rows turned round, decisions measured from
another point or the other way, bounds written as rows, equations as two inequalities, rows that say nothing new.

What a game is worth to its leader does not change by any of them. Only the arrays of a `GroundGame` are used.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import SEMICONTINUOUS, Block, GroundGame
from compiler.ground.sparse import Csr, Quad, joined, stacked


def rewritten(game: GroundGame, rng: np.random.Generator) -> GroundGame:
    """All of them, each where it applies: rows with prices, or in common, stay as they are, as do their owners'
    senses, by which prices go."""
    game = reflected(game, rng.random(game.columns) < 0.3)
    game = shifted(game, rng.integers(-5, 6, game.columns) * (rng.random(game.columns) < 0.4))
    priced = game.row_owner[game.price_row[game.price_row >= 0]]
    if not (len(priced) or len(game.row_group)):
        game = split(game, rng.random(game.rows) < 0.5)
        game = with_bounds_as_rows(game, rng.random(game.columns) < 0.4)
        game = with_implied_rows(game, rng)
        game = with_rows_turned(game, rng.random(game.rows) < 0.4)
    turned = rng.random(len(game.players)) < 0.5
    turned[priced] = False
    return with_senses_turned(game, turned)


def plain(game: GroundGame) -> np.ndarray:
    """(n,) columns that are nothing but decisions in rows and objectives."""
    found = (game.kind != SEMICONTINUOUS) & (game.price_row < 0)
    found[np.unique(game.complementary)] = False
    for curve in game.curves:
        found[curve.argument] = found[curve.result] = False
    return found


def reflected(game: GroundGame, which: np.ndarray) -> GroundGame:
    """`-x` in place of x."""
    which = which & plain(game)
    sign = np.where(which, -1.0, 1.0)
    turn = lambda quad: replace(quad, value=quad.value * sign[quad.i] * sign[quad.j])  # noqa: E731
    return replace(
        game,
        lower=np.where(which, -game.upper, game.lower),
        upper=np.where(which, -game.lower, game.upper),
        start=game.start * sign,
        matrix=replace(game.matrix, data=game.matrix.data * sign[game.matrix.indices]),
        objective=replace(game.objective, data=game.objective.data * sign[game.objective.indices]),
        row_quad=turn(game.row_quad),
        objective_quad=turn(game.objective_quad),
    )


def shifted(game: GroundGame, by: np.ndarray) -> GroundGame:
    """`x + by` in place of x."""
    by = np.where(plain(game), by, 0.0)
    p = len(game.players)
    moved = game.matrix.times(-by) + game.row_quad.times(-by, game.rows)
    return replace(
        game,
        lower=game.lower + by,
        upper=game.upper + by,
        start=game.start + by,
        matrix=_with_lines(game.matrix, game.row_quad, by),
        row_lower=game.row_lower - moved,
        row_upper=game.row_upper - moved,
        objective=_with_lines(game.objective, game.objective_quad, by),
        objective_constant=game.objective_constant + game.objective.times(-by) + game.objective_quad.times(-by, p),
    )


def _with_lines(matrix: Csr, quad: Quad, by: np.ndarray) -> Csr:
    """`q*(x - b)*(y - d)` leaves `-q*d*x - q*b*y` beside its product."""
    return Csr.from_coo(
        np.concatenate([matrix.row_numbers(), quad.row, quad.row]),
        np.concatenate([matrix.indices, quad.i, quad.j]),
        np.concatenate([matrix.data, -quad.value * by[quad.j], -quad.value * by[quad.i]]),
        matrix.rows,
        matrix.columns,
    )


def with_senses_turned(game: GroundGame, which: np.ndarray) -> GroundGame:
    """The greatest `-f` in place of the least f."""
    sign = np.where(which, -1.0, 1.0)
    players = tuple(replace(q, sense=int(s) * q.sense) for q, s in zip(game.players, sign, strict=True))
    factor = sign[game.objective.row_numbers()]
    quad = game.objective_quad
    return replace(
        game,
        players=players,
        objective=replace(game.objective, data=game.objective.data * factor),
        objective_constant=game.objective_constant * sign,
        objective_quad=replace(quad, value=quad.value * sign[quad.row]),
    )


def with_rows_turned(game: GroundGame, which: np.ndarray) -> GroundGame:
    """`-r >= -limit` in place of `r <= limit`."""
    sign = np.where(which, -1.0, 1.0)
    return replace(
        game,
        matrix=replace(game.matrix, data=game.matrix.data * sign[game.matrix.row_numbers()]),
        row_quad=replace(game.row_quad, value=game.row_quad.value * sign[game.row_quad.row]),
        row_lower=np.where(which, -game.row_upper, game.row_lower),
        row_upper=np.where(which, -game.row_lower, game.row_upper),
    )


def split(game: GroundGame, which: np.ndarray) -> GroundGame:
    """Two inequalities in place of an equation, or of a range."""
    rows = np.flatnonzero(which & np.isfinite(game.row_lower) & np.isfinite(game.row_upper))
    quad = game.row_quad.take_rows(rows)
    open_ended = np.isin(np.arange(game.rows), rows)
    more = _with_rows(
        game, game.matrix.take_rows(rows), quad, np.full(len(rows), -np.inf), game.row_upper[rows], game.row_owner[rows]
    )
    return replace(more, row_upper=np.where(np.append(open_ended, np.zeros(len(rows), bool)), np.inf, more.row_upper))


def with_bounds_as_rows(game: GroundGame, which: np.ndarray) -> GroundGame:
    """Rows `lower <= x <= upper` in place of bounds."""
    which = which & plain(game) & (np.isfinite(game.lower) | np.isfinite(game.upper))
    columns = np.flatnonzero(which)
    lines = Csr.from_coo(np.arange(len(columns)), columns, np.ones(len(columns)), len(columns), game.columns)
    more = _with_rows(game, lines, Quad.empty(), game.lower[columns], game.upper[columns], game.owner[columns])
    return replace(more, lower=np.where(which, -np.inf, game.lower), upper=np.where(which, np.inf, game.upper))


def with_implied_rows(game: GroundGame, rng: np.random.Generator) -> GroundGame:
    """For each player a sum of its linear rows, with random weights, and with room or without."""
    bent = np.zeros(game.rows, bool)
    bent[game.row_quad.row] = True
    for p in range(len(game.players)):
        rows = np.flatnonzero((game.row_owner == p) & ~bent & np.isfinite(game.row_upper))
        if not len(rows):
            continue
        weight = rng.integers(0, 4, len(rows)).astype(float)
        line = game.matrix.take_rows(rows)
        entries = line.data * weight[line.row_numbers()]
        summed = Csr.from_coo(np.zeros(line.nnz, np.int64), line.indices, entries, 1, game.columns)
        limit = np.array([weight @ game.row_upper[rows] + rng.integers(0, 2)])
        game = _with_rows(game, summed, Quad.empty(), np.array([-np.inf]), limit, np.array([p]))
        bent = np.append(bent, False)
    return game


def _with_rows(
    game: GroundGame, lines: Csr, quad: Quad, lower: np.ndarray, upper: np.ndarray, owner: np.ndarray
) -> GroundGame:
    if not lines.rows:
        return game
    m = game.rows
    block = Block("", "rewritten", m, m + lines.rows, ("R",), ("r",), (tuple(range(lines.rows)),))
    return replace(
        game,
        matrix=stacked([game.matrix, lines]),
        row_quad=joined([game.row_quad, quad.moved(m)]),
        row_lower=np.append(game.row_lower, lower),
        row_upper=np.append(game.row_upper, upper),
        row_owner=np.append(game.row_owner, owner),
        row_blocks=(*game.row_blocks, block),
    )
