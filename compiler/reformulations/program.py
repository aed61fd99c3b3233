"""`Program`: one level, always minimised, as arrays; and `Recovery`, its way back to the GroundGame that it came from.

A reformulation takes a GroundGame or a Program and gives a Program and a Recovery. Solvers take Programs.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np

from compiler.ground.curvature import Shape, shape_of
from compiler.ground.curves import Curve
from compiler.ground.ground_game import Block, GroundGame, block_of
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad


@dataclass(frozen=True, eq=False)
class Part:
    """Consecutive columns or rows `start <= k < stop` of a Program that play one role.

    `source` (stop-start,) are the numbers in the GroundGame that they come from: columns if `of_column`, else rows.
    """

    role: str
    start: int
    stop: int
    source: Ints
    of_column: bool

    def label(self, game: GroundGame, k: int) -> str:
        number = int(self.source[k - self.start])
        name = game.column_label(number) if self.of_column else game.row_label(number)
        return name if self.role in ("decision", "row") else f"{self.role} of {name}"

    def block(self, game: GroundGame, k: int) -> Block:
        """The block of the game that column or row `k` comes from."""
        return block_of(game.column_blocks if self.of_column else game.row_blocks, int(self.source[k - self.start]))


def label_of(parts: tuple[Part, ...], game: GroundGame, k: int) -> str:
    """What people call column or row `k`, e.g. `multiplier of storage.balance[t=7]`."""
    return part_of(parts, k).label(game, k)


def numbered_label(parts: tuple[Part, ...], game: GroundGame, k: int) -> str:
    """The same with the number of its equation: `multiplier of storage.balance[t=7] (eq. 4)`."""
    part = part_of(parts, k)
    return part.block(game, k).numbered(part.label(game, k))


def part_of(parts: tuple[Part, ...], k: int) -> Part:
    """The part that column or row `k` belongs to."""
    return parts[bisect_right(parts, k, key=lambda part: part.start) - 1]


def _no_pairs() -> Ints:
    return np.zeros((0, 2), np.int64)


@dataclass(frozen=True, eq=False)
class Program:
    """Minimise `cost_constant + cost @ z + cost_quad(z)` over k columns `lower <= z <= upper`, some of them integer,
    with `row_lower <= matrix @ z + row_quad(z) <= row_upper`.

    `complementary` (p, 2) are pairs of columns, both >= 0, whose product must be zero: what a KKT reformulation
    leaves to another one. `sos1` (p, 2) are such pairs left to the solver. `indicator` (q, 3) are conditions left to
    it: a binary column, the value 0 or 1 at which it acts, and the column that is then at most 0. `curves` tie columns
    by smooth functions. `column_parts` and `row_parts` lead back to the words of the file.
    """

    lower: Floats
    upper: Floats
    integer: Bools
    cost: Floats
    cost_constant: float
    cost_quad: Quad
    matrix: Csr
    row_lower: Floats
    row_upper: Floats
    row_quad: Quad
    column_parts: tuple[Part, ...] = ()
    row_parts: tuple[Part, ...] = ()
    complementary: Ints = field(default_factory=_no_pairs)
    sos1: Ints = field(default_factory=_no_pairs)
    indicator: Ints = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    curves: tuple[Curve, ...] = ()

    @property
    def columns(self) -> int:
        return len(self.lower)

    @property
    def rows(self) -> int:
        return len(self.row_lower)

    @property
    def linear(self) -> bool:
        """Whether neither rows nor objective hold products, and no smooth function ties columns."""
        return not self.row_quad.entries and not self.cost_quad.entries and not self.curves

    def cost_shape(self) -> Shape:
        return shape_of(self.cost_quad.i, self.cost_quad.j, self.cost_quad.value)

    def cost_at(self, z: Floats) -> float:
        return self.cost_constant + float(self.cost @ z) + float(self.cost_quad.times(z, 1).sum())

    def rows_at(self, z: Floats) -> Floats:
        return self.matrix.times(z) + self.row_quad.times(z, self.rows)

    def violation(self, z: Floats) -> float:
        """Largest violation of a bound or row, each over 1 + |its limit|, or of a smooth function, over 1 + |its
        value|; pairs and integers are not looked at."""
        rows = self.rows_at(z)
        with np.errstate(invalid="ignore"):
            gaps = [
                (self.lower - z) / (1 + np.abs(self.lower)),
                (z - self.upper) / (1 + np.abs(self.upper)),
                (self.row_lower - rows) / (1 + np.abs(self.row_lower)),
                (rows - self.row_upper) / (1 + np.abs(self.row_upper)),
                *(c.violations(z) / (1 + np.abs(z[c.result])) for c in self.curves),
            ]
        # An infinite limit gives inf/inf; such a limit cannot be violated.
        return max(0.0, *(float(np.nanmax(g, initial=0.0)) for g in gaps))


@dataclass(frozen=True, eq=False)
class Recovery:
    """The way back from a point `z` (k,) of a Program to the GroundGame: n columns, m rows.

    Column `c` of the game is `z[column[c]]`, or `fixed[c]` where `column[c]` is -1. The price of row `r` is
    `price_map @ z` where `priced[r]`, else, where `dual_row[r] >= 0`, the solver's row dual `dual_row[r]` (change of
    the Program's minimum per unit of the right-hand side) times `dual_factor[r]`.
    """

    column: Ints
    fixed: Floats
    price_map: Csr
    priced: Bools
    dual_row: Ints
    dual_factor: Floats
    unit: Floats | None = None
    """(k,) or None for ones: what 1 in a column of the Program is in the units of the file, for multipliers and
    slacks, which a reformulation scales."""

    def point(self, z: Floats) -> Floats:
        """All columns of the game: (n,)."""
        x = self.fixed.copy()
        mine = self.column >= 0
        x[mine] = z[self.column[mine]]
        return x

    def prices(self, z: Floats, row_duals: Floats | None = None) -> Floats:
        """Shadow price of every row in its owner's own sense, NaN where this Program tells none: (m,)."""
        prices = np.full(len(self.priced), np.nan)
        prices[self.priced] = self.price_map.times(z)[self.priced]
        known = self.dual_row >= 0
        if row_duals is not None and known.any():
            prices[known] = self.dual_factor[known] * row_duals[self.dual_row[known]]
        return prices
