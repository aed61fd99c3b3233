"""A player's objective in those terms that hold own columns, which are all that its answer depends on: as arrays, as a
number, and as a row of its leader that bounds it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.fixed_columns import fixed_columns
from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Csr, Floats, Ints
from compiler.reformulations.extended_game import ExtendedGame
from compiler.reformulations.held_columns import Held, held


def own_goal(game: GroundGame, player: int, place: Ints, x: Floats) -> Held:
    """The player's objective as if minimised, without terms in others' columns alone, its columns at their `place`;
    what has none is held at x."""
    mine, sense = game.owner == player, float(game.players[player].sense)
    linear = game.objective.take_rows(np.array([player]))
    kept = mine[linear.indices]
    none = np.zeros(int(kept.sum()), np.int64)
    linear = Csr.from_coo(none, linear.indices[kept], sense * linear.data[kept], 1, game.columns)
    quad = game.objective_quad
    quad = quad.take((quad.row == player) & (mine[quad.i] | mine[quad.j]))
    quad = replace(quad, row=np.zeros(quad.entries, np.int64), value=sense * quad.value)
    return held(linear, quad, place, x)


def own_value(game: GroundGame, player: int, x: Floats) -> float:
    """The player's objective at x, as if minimised, in those terms that hold own columns."""
    goal = own_goal(game, player, np.arange(game.columns), np.zeros(game.columns))
    return float(goal.linear.times(x)[0] + goal.products.times(x, 1)[0])


def own_size(game: GroundGame, player: int, x: Floats) -> float:
    """The sizes of those terms at x, added up, or of the dearest column's coefficient if that is larger."""
    goal = own_goal(game, player, np.arange(game.columns), np.zeros(game.columns))
    linear, products = goal.linear, goal.products
    terms = float(np.abs(linear.data) @ np.abs(x[linear.indices]))
    terms += float(np.abs(products.value) @ np.abs(x[products.i] * x[products.j]))
    dearest = max(np.max(np.abs(linear.data), initial=0.0), np.max(np.abs(products.value), initial=0.0))
    return max(terms, float(dearest)) or 1.0


def linked_columns(game: GroundGame, player: int) -> Ints:
    """Columns of others that move the player's answer: those in its rows, or in products with its own columns."""
    mine, rows = game.owner == player, game.row_owner == player
    used = np.zeros(game.columns, np.bool_)
    used[game.matrix.indices[rows[game.matrix.row_numbers()]]] = True
    quad, goal = game.row_quad, game.objective_quad
    for column in (quad.i, quad.j):
        used[column[rows[quad.row]]] = True
    crossing = (goal.row == player) & (mine[goal.i] | mine[goal.j])
    used[goal.i[crossing]] = used[goal.j[crossing]] = True
    return np.flatnonzero(used & ~mine & ~fixed_columns(game))


def with_limit(more: ExtendedGame, game: GroundGame, player: int, value: float) -> Ints:
    """A row of the leader that holds the player's `own_value` to at most `value`; its number."""
    goal = own_goal(game, player, np.arange(game.columns), np.zeros(game.columns))
    unit = unit_of(goal)
    row = more.row(more.leader, np.array([-np.inf]), np.array([unit * value]), f"best of {game.players[player].name}")
    put_row(more, goal, row, unit)
    return row


def unit_of(goal: Held) -> float:
    """What makes the largest coefficient 1."""
    size = float(np.max(np.abs(goal.linear.data), initial=0.0))
    return 1.0 / (max(size, float(np.max(np.abs(goal.products.value), initial=0.0))) or 1.0)


def put_row(more: ExtendedGame, body: Held, row: Ints, factor: float, at: Ints | None = None) -> None:
    """The one row of `body`, times `factor`, into a row; its columns at `at`, or where they are."""
    column, i, j = body.linear.indices, body.products.i, body.products.j
    if at is not None:
        column, i, j = at[column], at[i], at[j]
    more.add(np.repeat(row, len(column)), column, factor * body.linear.data)
    more.add_products(np.repeat(row, len(i)), i, j, factor * body.products.value)
