"""A GroundGame in, the same with further players, columns, rows and pairs out. What was there keeps its numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import INTEGER, MINIMIZE, REAL, Block, GroundGame, GroundPlayer
from compiler.ground.sparse import Csr, Floats, Ints, Quad


class ExtendedGame:
    """Additions to `game` as they are made; `built` puts them together. New players minimise and follow `leader`."""

    def __init__(self, game: GroundGame, leader: int) -> None:
        self.game, self.leader = game, leader
        self.columns, self.rows = game.columns, game.rows
        self.players: list[GroundPlayer] = []
        self._columns: list[tuple[int, Floats, Floats, str]] = []
        self._whole: list[Ints] = []
        self._rows: list[tuple[int, Floats, Floats, str]] = []
        self._entries: list[tuple[Ints, Ints, Floats]] = []
        self._products: list[tuple[Ints, Ints, Ints, Floats]] = []
        self._goals: list[tuple[Ints, Ints, Floats]] = []
        self._goal_products: list[tuple[Ints, Ints, Ints, Floats]] = []
        self._pairs: list[Ints] = []
        self._tops: list[tuple[Ints, Floats]] = []
        self._limits: list[tuple[Ints, Floats]] = []

    def player(self, name: str) -> int:
        """A new follower without an objective; its number."""
        self.players.append(GroundPlayer(name, (), "value", MINIMIZE, (self.leader,), True))
        return len(self.game.players) + len(self.players) - 1

    def column(self, owner: int, lower: Floats, upper: Floats, name: str) -> Ints:
        """New real columns with bounds (k,); their numbers."""
        numbers = np.arange(self.columns, self.columns + len(lower))
        if len(lower):
            self._columns.append((owner, np.asarray(lower, np.float64), np.asarray(upper, np.float64), name))
            self.columns += len(lower)
        return numbers

    def switches(self, owner: int, count: int, name: str) -> Ints:
        """New binary columns; their numbers."""
        numbers = self.column(owner, np.zeros(count), np.ones(count), name)
        self._whole.append(numbers)
        return numbers

    def bound(self, columns: Ints, upper: Floats) -> None:
        """Upper bounds for columns that were added."""
        self._tops.append((columns, upper))

    def row(self, owner: int, lower: Floats, upper: Floats, name: str) -> Ints:
        """New rows with limits (k,) and nothing in them; their numbers."""
        numbers = np.arange(self.rows, self.rows + len(lower))
        if len(lower):
            self._rows.append((owner, np.asarray(lower, np.float64), np.asarray(upper, np.float64), name))
            self.rows += len(lower)
        return numbers

    def limit(self, rows: Ints, upper: Floats) -> None:
        """Upper limits of rows that were added."""
        self._limits.append((rows, upper))

    def add(self, row: Ints, column: Ints, value: Floats | float) -> None:
        """Linear entries of rows."""
        self._entries.append((row, column, np.broadcast_to(np.asarray(value, np.float64), row.shape)))

    def add_products(self, row: Ints, i: Ints, j: Ints, value: Floats) -> None:
        """Products in rows."""
        self._products.append((row, i, j, value))

    def goal(self, player: int, column: Ints, value: Floats) -> None:
        """Linear terms of a player's objective."""
        self._goals.append((np.full(len(column), player), column, value))

    def goal_products(self, player: int, i: Ints, j: Ints, value: Floats) -> None:
        """Products in a player's objective."""
        self._goal_products.append((np.full(len(i), player), i, j, value))

    def pair(self, first: Ints, second: Ints) -> None:
        """Columns of the leader, both at least zero, of which one of each two is zero."""
        self._pairs.append(np.stack([first, second], axis=1))

    def built(self) -> GroundGame:
        """The game with all additions."""
        game, count = self.game, len(self.game.players) + len(self.players)
        matrix, quad = game.matrix, game.row_quad
        goal, goal_quad = game.objective, game.objective_quad
        entries = _joined([(matrix.row_numbers(), matrix.indices, matrix.data), *self._entries])
        goals = _joined([(goal.row_numbers(), goal.indices, goal.data), *self._goals])
        products = _joined_products([(quad.row, quad.i, quad.j, quad.value), *self._products])
        goal_products = _joined_products(
            [(goal_quad.row, goal_quad.i, goal_quad.j, goal_quad.value), *self._goal_products]
        )
        new = self.columns - game.columns
        upper = np.concatenate([game.upper, *(high for _, _, high, _ in self._columns)])
        for columns, top in self._tops:
            upper[columns] = top
        row_upper = np.concatenate([game.row_upper, *(high for _, _, high, _ in self._rows)])
        for rows, top in self._limits:
            row_upper[rows] = top
        kind = np.concatenate([game.kind, np.full(new, REAL, game.kind.dtype)])
        for columns in self._whole:
            kind[columns] = INTEGER
        return replace(
            game,
            players=(*game.players, *self.players),
            lower=np.concatenate([game.lower, *(low for _, low, _, _ in self._columns)]),
            upper=upper,
            kind=kind,
            start=np.concatenate([game.start, np.full(new, np.nan)]),
            owner=np.concatenate([game.owner, *(np.full(len(low), p) for p, low, _, _ in self._columns)]),
            price_row=np.concatenate([game.price_row, np.full(new, -1)]),
            column_blocks=(*game.column_blocks, *_blocks(game.columns, self._columns)),
            matrix=Csr.from_coo(*entries, rows=self.rows, columns=self.columns),
            row_lower=np.concatenate([game.row_lower, *(low for _, low, _, _ in self._rows)]),
            row_upper=row_upper,
            row_owner=np.concatenate([game.row_owner, *(np.full(len(low), p) for p, low, _, _ in self._rows)]),
            row_blocks=(*game.row_blocks, *_blocks(game.rows, self._rows)),
            row_quad=Quad.from_entries(*products, columns=self.columns),
            objective=Csr.from_coo(*goals, rows=count, columns=self.columns),
            objective_quad=Quad.from_entries(*goal_products, columns=self.columns),
            objective_constant=np.concatenate([game.objective_constant, np.zeros(len(self.players))]),
            row_group=np.concatenate([game.row_group, np.full(self.rows - game.rows, -1)])
            if len(game.row_group)
            else game.row_group,
            complementary=np.concatenate([game.complementary, *self._pairs]),
            column_unit=None if game.column_unit is None else np.append(game.column_unit, np.ones(new)),
            row_unit=None if game.row_unit is None else np.append(game.row_unit, np.ones(self.rows - game.rows)),
            objective_unit=None
            if game.objective_unit is None
            else np.append(game.objective_unit, np.ones(len(self.players))),
        )


def _joined(parts: list[tuple[Ints, Ints, Floats]]) -> tuple[Ints, Ints, Floats]:
    row, column, value = zip(*parts, strict=True)
    return np.concatenate(row), np.concatenate(column), np.concatenate(value)


def _joined_products(parts: list[tuple[Ints, Ints, Ints, Floats]]) -> tuple[Ints, Ints, Ints, Floats]:
    row, i, j, value = zip(*parts, strict=True)
    return np.concatenate(row), np.concatenate(i), np.concatenate(j), np.concatenate(value)


def _blocks(start: int, added: list[tuple[int, Floats, Floats, str]]) -> list[Block]:
    ends = start + np.cumsum([len(low) for _, low, _, _ in added])
    return [
        Block("", name, int(end) - len(low), int(end))
        for (_, low, _, name), end in zip(added, ends.tolist(), strict=True)
    ]
