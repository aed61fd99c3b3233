"""A game in units that solvers can work in.

From: GroundGame with columns or rows of any size: prices of 6e-7 kCNY/Wh, powers of 3e8 W.
To: the same game with `x = column * x'`, rows times `row` and objectives over `objective`, powers of two, so that
    bounds and coefficients are near 1. What is between 2^-10 (objectives: 1) and 2^17 stays as it is, as do integers
    and columns of smooth functions. Players that move at the same time have one factor in common: potentials and
    common multipliers compare their objectives.
Requires: nothing.
Exact: yes; a power of two loses no digit.
Way back: `x = column * x'`, objectives times `objective`; a price is `row * objective` times that of the scaled game,
    as its unit is the objective's per unit of the row.
Reference: Tomlin, "On scaling linear programming problems", Math. Programming Study 4 (1975) 146.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from compiler.ground.ground_game import INTEGER, GroundGame
from compiler.ground.likely_prices import likely_prices
from compiler.ground.propagate import propagate
from compiler.ground.sparse import Bools, Csr, Floats, Quad

SMALLEST, LARGEST = 2.0**-10, 2.0**17
"""Sizes within which nothing is scaled: solvers hold constraints to 1e-6 or 1e-9, absolutely."""

DEAREST = 2.0**7
"""What the largest coefficient of an objective that is scaled becomes. Gaps are relative to 1 at least, and decisions
may lie a hundred times below their bounds."""

ROUNDED = 1e-8
"""What is smaller may be zero: propagation adds 1e-9 against rounding."""

PASSES = 4
"""How far sizes go from column to column along rows."""


@dataclass(frozen=True, eq=False)
class Scaled:
    """`column` (n,), `row` (m,) and `objective` (p,) as in the module."""

    game: GroundGame
    column: Floats
    row: Floats
    objective: Floats

    @property
    def price(self) -> Floats:
        """What 1 in the scaled game's price of each row is in the units of the file: (m,)."""
        unit: Floats = self.row * np.append(self.objective, 1.0)[self.game.row_owner]
        return unit


def scaled(game: GroundGame) -> Scaled:
    """The game in better units; itself where none are needed."""
    raw = _column_sizes(game)
    column = _power_of_two(raw)
    matrix, quad = game.matrix, game.row_quad
    size = np.zeros(game.rows)
    np.maximum.at(size, matrix.row_numbers(), np.abs(matrix.data) * column[matrix.indices])
    np.maximum.at(size, quad.row, np.abs(quad.value) * column[quad.i] * column[quad.j])
    row = 1.0 / _power_of_two(size)
    priced = game.price_row >= 0
    objective = _objective_scales(game, column)
    column[priced] = Scaled(game, column, row, objective).price[game.price_row[priced]]
    likely = np.where(priced, np.minimum(column, likely_prices(game, raw)), column)
    objective = np.where(_prices(game), objective, _objective_scales(game, likely, priced=True))
    if np.all(column == 1.0) and np.all(row == 1.0) and np.all(objective == 1.0):
        return Scaled(game, column, row, objective)
    goal = game.objective_quad
    return Scaled(
        replace(
            game,
            lower=game.lower / column,
            upper=game.upper / column,
            start=game.start / column,
            matrix=_times(matrix, row, column),
            row_lower=game.row_lower * row,
            row_upper=game.row_upper * row,
            row_quad=Quad(quad.row, quad.i, quad.j, quad.value * row[quad.row] * column[quad.i] * column[quad.j]),
            objective=_times(game.objective, 1.0 / objective, column),
            objective_constant=game.objective_constant / objective,
            objective_quad=Quad(
                goal.row, goal.i, goal.j, goal.value * column[goal.i] * column[goal.j] / objective[goal.row]
            ),
            column_unit=column,
            row_unit=1.0 / row,
            objective_unit=objective,
        ),
        column,
        row,
        objective,
    )


def _prices(game: GroundGame) -> Bools:
    """The players (p,) at the same time as whom somebody moves whose prices are columns: their scale is theirs."""
    named: Bools = np.zeros(len(game.players) + 1, np.bool_)
    named[game.row_owner[game.price_row[game.price_row >= 0]]] = True
    leaders = {game.players[p].leaders for p in np.flatnonzero(named[:-1]).tolist()}
    return np.array([player.leaders in leaders for player in game.players], np.bool_)


def _objective_scales(game: GroundGame, column: Floats, priced: bool = False) -> Floats:
    """What each player's objective is divided by (p,), by its largest coefficient and those of all who move at the same
    time; `priced`: with the terms of prices. What a follower cannot move does not count."""
    size = np.zeros(len(game.players))
    leads = np.zeros(len(game.players), np.bool_)
    leads[[leader for player in game.players for leader in player.leaders]] = True
    price, linear, goal = game.price_row >= 0, game.objective, game.objective_quad
    row, at = linear.row_numbers(), linear.indices
    counts = (leads[row] | (game.owner[at] == row)) & (priced | ~price[at])
    np.maximum.at(size, row[counts], np.abs(linear.data[counts]) * column[at[counts]])
    mine = leads[goal.row] | (game.owner[goal.i] == goal.row) | (game.owner[goal.j] == goal.row)
    counts = mine & (priced | ~(price[goal.i] | price[goal.j]))
    value = np.abs(goal.value) * column[goal.i] * column[goal.j]
    np.maximum.at(size, goal.row[counts], value[counts])
    largest: dict[tuple[int, ...], float] = {}
    for player, own in zip(game.players, size.tolist(), strict=True):
        largest[player.leaders] = max(own, largest.get(player.leaders, 0.0))
    sizes = np.array([largest[player.leaders] for player in game.players])
    odd = (sizes > 0) & ((sizes < 1.0) | (sizes > LARGEST))
    return _near(sizes, odd) / np.where(odd, DEAREST, 1.0)


def _column_sizes(game: GroundGame) -> Floats:
    """The larger of a column's finite bounds. Where that is far from 1, which may be nobody's size but a bound that was
    meant to be out of the way, and where there is none: the size next to 1 among those that the rest of its rows asks
    for, but no more than what bounds and rows together allow."""
    ends = np.stack([np.abs(game.lower), np.abs(game.upper)])
    declared: Floats = np.max(np.where(np.isfinite(ends), ends, 0.0), axis=0)
    sizes = np.where(declared > LARGEST, 0.0, declared)
    kept = game.kind == INTEGER
    for curve in game.curves:
        kept[curve.argument] = kept[curve.result] = True
    sizes[kept] = 1.0
    if np.all(sizes > 0):
        return sizes
    most = _reach(game)
    _ask(game, sizes, most)
    wide = (sizes == 0) & (declared > LARGEST)
    if wide.any():
        sizes[wide] = np.minimum(declared, most)[wide]
        _ask(game, sizes, most)
    return sizes


def _reach(game: GroundGame) -> Floats:
    """The largest size (n,) that bounds and rows leave to each column; infinite where they leave any."""
    lower, upper = propagate(
        *(game.matrix, game.row_quad, game.row_lower, game.row_upper, game.lower, game.upper, game.kind == INTEGER)
    )
    reach: Floats = np.maximum(np.abs(lower), np.abs(upper))
    return np.where(reach > ROUNDED, reach, np.inf)


def _ask(game: GroundGame, sizes: Floats, limit: Floats) -> None:
    """Write a size for each column that has none yet and that rows ask for one, up to its `limit` (n,)."""
    row, column, value = game.matrix.row_numbers(), game.matrix.indices, np.abs(game.matrix.data)
    limits = np.stack([np.abs(game.row_lower), np.abs(game.row_upper)])
    reach: Floats = np.max(np.where(np.isfinite(limits), limits, 0.0), axis=0)
    for _ in range(PASSES):
        np.maximum.at(reach, row, value * sizes[column])
        least, most = np.full(len(sizes), np.inf), np.zeros(len(sizes))
        told = reach[row] > 0
        np.minimum.at(least, column[told], reach[row[told]] / value[told])
        np.maximum.at(most, column[told], reach[row[told]] / value[told])
        open_ended = (sizes == 0) & np.isfinite(least)
        if not open_ended.any():
            break
        sizes[open_ended] = np.minimum(np.clip(1.0, least[open_ended], most[open_ended]), limit[open_ended])


def _power_of_two(sizes: Floats) -> Floats:
    """That next to each size; 1 for sizes that need none."""
    return _near(sizes, (sizes > 0) & ((sizes < SMALLEST) | (sizes > LARGEST)))


def _near(sizes: Floats, odd: Bools) -> Floats:
    """The power of two next to each `odd` size, 1 for the others."""
    return np.where(odd, np.exp2(np.round(np.log2(np.where(odd, sizes, 1.0)))), 1.0)


def _times(matrix: Csr, row: Floats, column: Floats) -> Csr:
    data = matrix.data * row[matrix.row_numbers()] * column[matrix.indices]
    return Csr(matrix.indptr, matrix.indices, data, matrix.columns)
