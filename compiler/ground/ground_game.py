"""`GroundGame`: the game with its data, flat. One column space for all players, numpy arrays, an origin for each block.

Columns 0..n-1 are the decisions of all players, then come price columns (shadow prices that some player's problem
uses) and lifted ones (that model nonlinear values exactly). Everything a row number or column number needs to be
spoken of in the words of the file is in its `Block`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compiler.ground.curves import Curve
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from grammar.source import Span

REAL, INTEGER, SEMICONTINUOUS = 0, 1, 2
"""Kinds of columns. A binary is INTEGER within [0, 1]."""

MINIMIZE, MAXIMIZE = 1, -1


@dataclass(frozen=True, eq=False)
class Block:
    """Consecutive columns or rows that one declaration makes: numbers `start <= k < stop`.

    `player` is the declaring player's name ("" for what belongs to nobody), `name` the declaration's. `sets` names the
    index sets in order (the player's own index first), `letters` their letters, and `labels` the elements of each.
    `coords` (stop-start, len(sets)) gives the positions of each instance in `labels`; None means the full product in
    C order.
    """

    player: str
    name: str
    start: int
    stop: int
    sets: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    labels: tuple[tuple[object, ...], ...] = ()
    coords: Ints | None = None
    span: Span | None = None
    unit: str = ""
    doc: str = ""
    player_indices: int = 0
    """How many of the indices are the player's own (they come first)."""
    lifted: bool = False
    """Whether the compiler made it to model a nonlinear value, rather than the user."""
    equation: int = 0
    """The number of the equation in the model's document (`compiler.ir.numbering`) that a row states or a column's
    bounds stand in; 0 where there is none, as in games that come without a text."""

    @property
    def size(self) -> int:
        return self.stop - self.start

    def positions(self, k: int | None = None) -> Ints:
        """Positions in `labels` of instance number `k` (an absolute row or column number), or of all: (size,
        len(sets))."""
        if self.coords is not None:
            return self.coords if k is None else self.coords[k - self.start]
        shape = tuple(len(axis) for axis in self.labels)
        if k is None:
            return (
                np.stack(np.unravel_index(np.arange(self.size), shape), axis=1).astype(np.int64)
                if shape
                else np.zeros((1, 0), np.int64)
            )
        return np.array(np.unravel_index(k - self.start, shape), np.int64) if shape else np.zeros(0, np.int64)

    def key(self, k: int) -> tuple[object, ...]:
        """The elements that index instance number `k`, e.g. ("mg1", 7)."""
        return tuple(axis[int(p)] for axis, p in zip(self.labels, self.positions(k), strict=True))

    def label(self, k: int) -> str:
        """What people call instance number `k`: `storage.balance[t=7]`, `grid[i=mg1].used[t=3]`."""
        words = [
            f"{letter}={element}" if letter else f"{element}"
            for letter, element in zip(self.letters, self.key(k), strict=True)
        ]
        own, rest = words[: self.player_indices], words[self.player_indices :]
        head = self.player + (f"[{', '.join(own)}]" if own else "")
        tail = self.name + (f"[{', '.join(rest)}]" if rest else "")
        return f"{head}.{tail}" if head else tail

    def numbered(self, text: str) -> str:
        """The text with the number of the equation behind it."""
        return f"{text} (eq. {self.equation})" if self.equation else text


def block_of(blocks: Sequence[Block], k: int) -> Block:
    """The block that holds number `k`; blocks are in order of `start` and cover all numbers."""
    return blocks[bisect_right(blocks, k, key=lambda block: block.start) - 1]


def lifted_places(blocks: Sequence[Block]) -> Bools:
    """(n,) which of the columns, or rows, of these blocks were made by the compiler for a value such as `max(...)`;
    blocks as in `block_of`."""
    return np.repeat([block.lifted for block in blocks], [block.size for block in blocks]).astype(np.bool_)


@dataclass(frozen=True)
class GroundPlayer:
    """One player instance, e.g. microgrid `mg1` of `player grid[i]`.

    `declaration` is the player's name in the file, `key` its index elements, `sense` MINIMIZE or MAXIMIZE,
    `leaders` the numbers of the players that it follows directly, `optimistic` whether its ties fall as its leaders
    like.
    """

    declaration: str
    key: tuple[object, ...]
    objective: str
    sense: int
    leaders: tuple[int, ...] = ()
    optimistic: bool = True
    span: Span | None = None
    objective_span: Span | None = None

    @property
    def name(self) -> str:
        return self.declaration + (f"[{', '.join(str(k) for k in self.key)}]" if self.key else "")


@dataclass(frozen=True, eq=False)
class GroundGame:
    """The whole game as arrays; n columns, m rows, p players.

    Columns: `lower`, `upper` (n,) with infinities; `kind` (n,) of REAL, INTEGER, SEMICONTINUOUS; `start` (n,), NaN
    where the user gives none; `owner` (n,) the player's number, -1 for a price column; `price_row` (n,) the row whose
    shadow price the column stands for, -1 for decisions. A price is the change of its owner's optimal objective, in
    the owner's own sense, for one more unit on the right-hand side.
    Rows: `row_lower <= matrix @ x + row_quad(x) <= row_upper`, `row_owner` (m,), -1 for what belongs to nobody.
    Objectives in the player's own sense: `objective_constant[p] + objective[p] @ x + objective_quad(x)[p]`.
    Columns of others in a player's rows and objective are data to that player.
    """

    name: str
    players: tuple[GroundPlayer, ...]
    lower: Floats
    upper: Floats
    kind: NDArray[np.uint8]
    start: Floats
    owner: Ints
    price_row: Ints
    column_blocks: tuple[Block, ...]
    matrix: Csr
    row_lower: Floats
    row_upper: Floats
    row_quad: Quad
    row_owner: Ints
    row_blocks: tuple[Block, ...]
    objective: Csr
    objective_constant: Floats
    objective_quad: Quad
    row_group: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """(m,) or empty: rows of different players with the same number >= 0 are copies of one shared constraint with a
    common multiplier: their multipliers, as of minimising players, are equal (variational equilibrium)."""
    complementary: Ints = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))
    """(pairs, 2): two columns, both at least zero, of which at most one may be above zero (`perp`)."""
    curves: tuple[Curve, ...] = ()
    """Smooth functions: each ties columns to columns of the same player, whose problem it is part of."""
    price_names: dict[int, str] = field(default_factory=dict)
    """Number of the row block -> name of the shadow price that the file gives it."""

    column_unit: Floats | None = None
    """(n,): what 1 in each column is in the units of the file; None for ones. Only a scaled game has it."""
    row_unit: Floats | None = None
    """(m,): the same for rows."""
    objective_unit: Floats | None = None
    """(p,): the same for objectives."""

    @property
    def columns(self) -> int:
        return len(self.lower)

    @property
    def rows(self) -> int:
        return len(self.row_lower)

    def column_label(self, k: int) -> str:
        return block_of(self.column_blocks, k).label(k)

    def row_label(self, k: int) -> str:
        return block_of(self.row_blocks, k).label(k)

    def column_named(self, k: int) -> str:
        """The label in code quotes, with the number of its equation: "`storage.soc[t=7]` (eq. 5)"."""
        return block_of(self.column_blocks, k).numbered(f"`{self.column_label(k)}`")

    def row_named(self, k: int) -> str:
        """The label in code quotes, with the number of its equation: "`storage.balance[t=7]` (eq. 4)"."""
        return block_of(self.row_blocks, k).numbered(f"`{self.row_label(k)}`")

    def objectives_at(self, x: Floats) -> Floats:
        """Every player's objective at `x` (n,), in its own sense: (p,)."""
        linear = self.objective_constant + self.objective.times(x)
        return linear + self.objective_quad.times(x, len(self.players))

    def told_objectives(self, x: Floats) -> Floats:
        """The same in the units of the file."""
        return self.objectives_at(x) * self.objective_factor

    @property
    def objective_factor(self) -> Floats:
        """What takes each player's objective to the units of the file: (p,)."""
        return np.ones(len(self.players)) if self.objective_unit is None else self.objective_unit

    def objective_size(self, player: int, x: Floats) -> float:
        """The size of the terms of a player's objective at `x` (n,), at least that of its largest coefficient."""
        linear = self.objective.take_rows(np.array([player]))
        quad = self.objective_quad.take(self.objective_quad.row == player)
        terms = float(np.abs(linear.data) @ np.abs(x[linear.indices]))
        terms += float(np.abs(quad.value) @ np.abs(x[quad.i] * x[quad.j]))
        return max(terms, *(float(np.max(np.abs(v), initial=0.0)) for v in (linear.data, quad.value)))
