"""Followers whose ties fall against their leader, as a game of optimistic players: an adversary picks the answers.

From: GroundGame; one leader; followers, of whom the `gloomy` are linear in their own columns, real or whole.
To: the game with one player more, who follows the leader too and owns a copy v'' of every column v of the gloomy:
      it optimises the leader's objective the wrong way round, at v'' in place of v,
      subject to the gloomy followers' rows at v'' and, for each of them, cost(v'') no worse than cost(v);
    the leader's own objective is at v'' in place of v. As v is one of the follower's best answers, v'' is the worst of
    them all for the leader.
Requires: no row or price of a gloomy follower in any other problem. Products with others' columns are copied too.
Exact: yes, even if the leader could choose v among all that the gloomy followers may do: best answers leave the
    adversary least. The optimal value of an LP whose costs nobody else moves is continuous in the decisions of others,
    so that its minimum is attained; with whole numbers or moved costs it may be approached only.
Way back: the first columns are the game's; those of the gloomy are to be read from the copies.
Reference: Dempe, Mordukhovich and Zemkoho, Optimization 63 (2014) 505; Zeng, INFORMS J. Computing 32 (2020) 1128;
    Wiesemann, Tsoukalas, Kleniati and Rustem, SIAM J. Optim. 23 (2013) 353, for what happens where it is not attained.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import Block, GroundGame, GroundPlayer
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad


def with_adversary(game: GroundGame, gloomy: Bools, leader: int) -> tuple[GroundGame, Ints]:
    """The game with the adversary as its last player, all followers optimistic, and for each column of `game` the
    column that holds its value in the answer: (n,)."""
    n, m = game.columns, game.rows
    own = np.flatnonzero((game.owner >= 0) & gloomy[game.owner])
    copy = np.arange(n)
    copy[own] = n + np.arange(len(own))
    rows = np.flatnonzero((game.row_owner >= 0) & gloomy[game.row_owner])
    whose = np.flatnonzero(gloomy)
    adversary = len(game.players)
    k = len(own)

    # The gloomy followers' rows at the copies, then one row each: sense*(cost at the copy - cost) <= 0.
    part = game.matrix.take_rows(rows)
    goal = game.objective.take_rows(whose)
    line = goal.row_numbers()
    mine = game.owner[goal.indices] == whose[line]
    line, at = line[mine], goal.indices[mine]
    sense = np.array([game.players[p].sense for p in whose.tolist()], np.float64)
    value = sense[line] * goal.data[mine]
    top = m + len(rows)
    row_quad = _products(game, rows, whose, copy, m, n + k)
    matrix = Csr.from_coo(
        np.concatenate([game.matrix.row_numbers(), m + part.row_numbers(), top + line, top + line]),
        np.concatenate([game.matrix.indices, copy[part.indices], copy[at], at]),
        np.concatenate([game.matrix.data, part.data, value, -value]),
        top + len(whose),
        n + k,
    )
    objective, objective_quad, constant = _objectives(game, leader, copy, k)
    none = np.full(len(whose), -np.inf)
    players = tuple(replace(p, optimistic=True) for p in game.players)
    cost_unit = game.objective_unit
    return (
        replace(
            game,
            players=(*players, _adversary(game, leader)),
            lower=np.concatenate([game.lower, game.lower[own]]),
            upper=np.concatenate([game.upper, game.upper[own]]),
            kind=np.concatenate([game.kind, game.kind[own]]),
            start=np.concatenate([game.start, game.start[own]]),
            owner=np.concatenate([game.owner, np.full(k, adversary)]),
            price_row=np.concatenate([game.price_row, np.full(k, -1)]),
            column_blocks=(*game.column_blocks, *_blocks("worst answer of ", game.column_blocks, own, n)),
            matrix=matrix,
            row_lower=np.concatenate([game.row_lower, game.row_lower[rows], none]),
            row_upper=np.concatenate([game.row_upper, game.row_upper[rows], np.zeros(len(whose))]),
            row_quad=row_quad,
            row_owner=np.concatenate([game.row_owner, np.full(len(rows) + len(whose), adversary)]),
            row_blocks=(
                *game.row_blocks,
                *_blocks("worst answer of ", game.row_blocks, rows, m),
                *(
                    Block("", f"best answers of {game.players[p].name}", top + i, top + i + 1)
                    for i, p in enumerate(whose)
                ),
            ),
            objective=objective,
            objective_quad=objective_quad,
            objective_constant=np.append(constant, constant[leader]),
            row_group=game.row_group[:0],
            column_unit=None if game.column_unit is None else np.append(game.column_unit, game.column_unit[own]),
            row_unit=None
            if game.row_unit is None
            else np.concatenate(
                [game.row_unit, game.row_unit[rows], np.ones(len(whose)) if cost_unit is None else cost_unit[whose]]
            ),
            objective_unit=None if cost_unit is None else np.append(cost_unit, cost_unit[leader]),
        ),
        copy,
    )


def _products(game: GroundGame, rows: Ints, whose: Ints, copy: Ints, start: int, columns: int) -> Quad:
    """Products in the game's rows, in the gloomy followers' `rows` at the copies, which are numbered from `start`, and
    in the rows that compare their costs, which come next."""
    quad, goal = game.row_quad, game.objective_quad
    part = quad.take_rows(rows)
    sense = np.array([float(p.sense) for p in game.players])
    goal = goal.take(np.isin(goal.row, whose) & ((game.owner[goal.i] == goal.row) | (game.owner[goal.j] == goal.row)))
    line = start + len(rows) + np.searchsorted(whose, goal.row)
    value = sense[goal.row] * goal.value
    return Quad.from_entries(
        np.concatenate([quad.row, start + part.row, line, line]),
        np.concatenate([quad.i, copy[part.i], copy[goal.i], goal.i]),
        np.concatenate([quad.j, copy[part.j], copy[goal.j], goal.j]),
        np.concatenate([quad.value, part.value, value, -value]),
        columns,
    )


def _objectives(game: GroundGame, leader: int, copy: Ints, k: int) -> tuple[Csr, Quad, Floats]:
    """All objectives, the leader's at the copies, and the adversary's, which is the leader's."""
    count, n = len(game.players), game.columns
    row, column, value = game.objective.row_numbers(), game.objective.indices, game.objective.data
    led = row == leader
    moved = np.where(led, copy[column], column)
    objective = Csr.from_coo(
        np.concatenate([row, np.full(int(led.sum()), count)]),
        np.concatenate([moved, moved[led]]),
        np.concatenate([value, value[led]]),
        count + 1,
        n + k,
    )
    quad = game.objective_quad
    led = quad.row == leader
    i, j = np.where(led, copy[quad.i], quad.i), np.where(led, copy[quad.j], quad.j)
    products = Quad.from_entries(
        np.concatenate([quad.row, np.full(int(led.sum()), count)]),
        np.concatenate([i, i[led]]),
        np.concatenate([j, j[led]]),
        np.concatenate([quad.value, quad.value[led]]),
        n + k,
    )
    return objective, products, game.objective_constant


def _adversary(game: GroundGame, leader: int) -> GroundPlayer:
    chief = game.players[leader]
    name = f"worst answers for {chief.name}"
    return GroundPlayer(name, (), chief.objective, -chief.sense, (leader,), True, chief.span)


def _blocks(words: str, blocks: tuple[Block, ...], chosen: Ints, start: int) -> list[Block]:
    """A block for each run of chosen numbers within a block, numbered from `start`."""
    found: list[Block] = []
    for block in blocks:
        inside = np.flatnonzero((chosen >= block.start) & (chosen < block.stop))
        if len(inside):
            coords = block.positions()[chosen[inside] - block.start]
            first = start + int(inside[0])
            found.append(
                replace(
                    block,
                    name=block.name,
                    player=words + block.player,
                    start=first,
                    stop=first + len(inside),
                    coords=coords,
                )
            )
    return found
