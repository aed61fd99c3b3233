"""GroundGame, some of its players, a point -> the game of these players alone, everybody else's decisions held there.

A best response is the subgame of one player; a leader's problem in a game of many leaders that of the leader and all
who follow it. Columns and rows of those who are held are gone; a price of a row that is gone is held as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from compiler.ground.curves import curves_among
from compiler.ground.ground_game import Block, GroundGame
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad


@dataclass(frozen=True, eq=False)
class Subgame:
    """`game` of k players, n columns, m rows; `players` (k,), `columns` (n,) and `rows` (m,) are their numbers in the
    whole game."""

    game: GroundGame
    players: Ints
    columns: Ints
    rows: Ints

    def widened(self, part: Floats, whole: Floats) -> Floats:
        """A point of the whole game: `part` (n,) in the columns of the subgame, `whole` elsewhere."""
        x = whole.copy()
        x[self.columns] = part
        return x


def below(game: GroundGame, top: int) -> Bools:
    """The player `top` and all who follow it, directly or not: (p,)."""
    chosen = np.zeros(len(game.players), np.bool_)
    chosen[top] = True
    while True:
        more = chosen | np.array([any(chosen[leader] for leader in p.leaders) for p in game.players], np.bool_)
        if (more == chosen).all():
            return chosen
        chosen = more


def subgame(game: GroundGame, chosen: Bools, x: Floats) -> Subgame:
    """The game of the `chosen` players (p,) with all others' columns held at `x` (columns,).

    Of leaders only chosen ones count. Objectives keep what the others' decisions add, so their values are those of the
    whole game. Rows without an owner are not in it.
    """
    players = np.flatnonzero(chosen)
    number = np.full(len(game.players) + 1, -1, np.int64)  # the last place is for what nobody owns
    number[players] = np.arange(len(players))
    rows = np.flatnonzero(number[game.row_owner] >= 0)
    row_place = np.full(game.rows + 1, -1, np.int64)
    row_place[rows] = np.arange(len(rows))
    price = game.price_row >= 0
    columns = np.flatnonzero(np.where(price, row_place[game.price_row] >= 0, number[game.owner] >= 0))
    place = np.full(game.columns, -1, np.int64)
    place[columns] = np.arange(len(columns))
    held = np.where(place >= 0, 0.0, x)

    matrix, row_quad, row_constant = with_others_held(game.matrix, game.row_quad, rows, place, held, len(columns))
    objective, objective_quad, constant = with_others_held(
        game.objective, game.objective_quad, players, place, held, len(columns)
    )
    pairs = place[game.complementary]
    small = replace(
        game,
        players=tuple(
            replace(p, leaders=tuple(int(number[leader]) for leader in p.leaders if chosen[leader]))
            for p in (game.players[k] for k in players.tolist())
        ),
        lower=game.lower[columns],
        upper=game.upper[columns],
        kind=game.kind[columns],
        start=game.start[columns],
        owner=number[game.owner[columns]],
        price_row=row_place[game.price_row[columns]],
        column_blocks=_blocks(game.column_blocks, columns),
        matrix=matrix,
        row_lower=game.row_lower[rows] - row_constant,
        row_upper=game.row_upper[rows] - row_constant,
        row_quad=row_quad,
        row_owner=number[game.row_owner[rows]],
        row_blocks=_blocks(game.row_blocks, rows),
        objective=objective,
        objective_constant=game.objective_constant[players] + constant,
        objective_quad=objective_quad,
        row_group=game.row_group[rows] if len(game.row_group) else game.row_group,
        complementary=pairs[(pairs >= 0).all(axis=1)],
        curves=curves_among(game.curves, place >= 0, place),
        price_names=_renamed(game, rows),
        column_unit=None if game.column_unit is None else game.column_unit[columns],
        row_unit=None if game.row_unit is None else game.row_unit[rows],
        objective_unit=None if game.objective_unit is None else game.objective_unit[players],
    )
    return Subgame(small, players, columns, rows)


def with_others_held(
    linear: Csr, quad: Quad, rows: Ints, place: Ints, held: Floats, columns: int
) -> tuple[Csr, Quad, Floats]:
    """Linear part, products and constants of the `rows` named, in the `columns` that have a `place` (all columns,);
    those that have none, -1, are `held` (all columns,), which is 0 elsewhere."""
    linear, quad = linear.take_rows(rows), quad.take_rows(rows)
    first, second = place[quad.i] >= 0, place[quad.j] >= 0
    one, none = first ^ second, ~(first | second)
    kept = place[linear.indices] >= 0
    free, other = np.where(first, quad.i, quad.j)[one], np.where(first, quad.j, quad.i)[one]
    constant = linear.times(held) + np.bincount(
        quad.row[none], quad.value[none] * held[quad.i[none]] * held[quad.j[none]], minlength=linear.rows
    )
    merged = Csr.from_coo(
        np.concatenate([linear.row_numbers()[kept], quad.row[one]]),
        np.concatenate([place[linear.indices[kept]], place[free]]),
        np.concatenate([linear.data[kept], quad.value[one] * held[other]]),
        linear.rows,
        columns,
    )
    both = quad.take(first & second)
    return merged, Quad.from_entries(both.row, place[both.i], place[both.j], both.value, columns), constant


def _blocks(blocks: Sequence[Block], kept: Ints) -> tuple[Block, ...]:
    """The blocks over the `kept` numbers, ascending, which become 0, 1, ... Empty blocks go."""
    found: list[Block] = []
    start = 0
    for block in blocks:
        mine = kept[np.searchsorted(kept, block.start) : np.searchsorted(kept, block.stop)] - block.start
        if not len(mine):
            continue
        coords = block.coords if len(mine) == block.size else block.positions()[mine]
        found.append(replace(block, start=start, stop=start + len(mine), coords=coords))
        start += len(mine)
    return tuple(found)


def _renamed(game: GroundGame, rows: Ints) -> dict[int, str]:
    """`price_names` by the number of the row block among those that stay."""
    stays = [len(rows[(rows >= b.start) & (rows < b.stop)]) > 0 for b in game.row_blocks]
    numbers = np.cumsum(stays) - 1
    return {int(numbers[k]): name for k, name in game.price_names.items() if stays[k]}
