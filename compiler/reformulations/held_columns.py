"""Rows of a game in, the same with some columns held at values and the others renumbered out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.propagate import product_range
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad

LARGEST = 2000
"""Equations whose rank is worth computing; more of them count as dependent."""


@dataclass(frozen=True, eq=False)
class Held:
    """`constant + linear @ z + products(z)` for r rows."""

    linear: Csr
    products: Quad
    constant: Floats

    def rows_with(self, start: int, above: bool) -> Bools:
        """Rows that hold a column numbered `start` or more, or else one below it: (r,)."""
        found = np.zeros(self.linear.rows, np.bool_)
        found[self.linear.row_numbers()[(self.linear.indices >= start) == above]] = True
        for column in (self.products.i, self.products.j):
            found[self.products.row[(column >= start) == above]] = True
        return found

    def row_sizes(self) -> Floats:
        """The largest coefficient of each row, 1 for empty ones: (r,)."""
        size = np.zeros(self.linear.rows)
        np.maximum.at(size, self.linear.row_numbers(), np.abs(self.linear.data))
        np.maximum.at(size, self.products.row, np.abs(self.products.value))
        return np.where(size > 0, size, 1.0)

    def range_of(self, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """Least and largest values of the rows without their constants, the columns within bounds; columns beyond
        these count as zero: (r,) each."""
        rows, count = self.linear.rows, len(lower)
        inside = self.linear.indices < count
        row, column, value = self.linear.row_numbers()[inside], self.linear.indices[inside], self.linear.data[inside]
        ends = np.stack([value * lower[column], value * upper[column]])
        pairs = self.products.take((self.products.i < count) & (self.products.j < count))
        one, two = product_range(lower[pairs.i], upper[pairs.i], lower[pairs.j], upper[pairs.j])
        corners = np.stack([pairs.value * one, pairs.value * two])
        least: Floats = np.bincount(row, np.min(ends, axis=0), rows)[:rows].astype(np.float64)
        most: Floats = np.bincount(row, np.max(ends, axis=0), rows)[:rows].astype(np.float64)
        least += np.bincount(pairs.row, np.min(corners, axis=0), rows)[:rows]
        most += np.bincount(pairs.row, np.max(corners, axis=0), rows)[:rows]
        return least, most

    def independent(self, start: int, equations: Bools, chosen: Bools) -> Bools:
        """The `chosen` among the `equations` (r,), if these can hold whatever their right-hand sides are, given that
        the other equations can: (r,). Columns from `start` on count."""
        none = np.zeros(len(chosen), np.bool_)
        wanted = equations & chosen
        own = self.products.take((self.products.i >= start) | (self.products.j >= start))
        if not wanted.any() or np.any(equations[own.row]) or equations.sum() > LARGEST:
            return none
        rows = np.concatenate([np.flatnonzero(equations & ~chosen), np.flatnonzero(wanted)])
        part = self.linear.take_rows(rows)
        dense = np.zeros((len(rows), self.linear.columns - start))
        mine = part.indices >= start
        dense[part.row_numbers()[mine], part.indices[mine] - start] = part.data[mine]
        count = int(wanted.sum())
        rest = np.linalg.matrix_rank(dense[: len(rows) - count]) if count < len(rows) else 0
        return wanted if np.linalg.matrix_rank(dense) == rest + count else none


def held(linear: Csr, quad: Quad, place: Ints, x: Floats, columns: int | None = None) -> Held:
    """The rows with column c at `place[c]`, or held at `x[c]` where that is -1. `columns` is how many there are then,
    as many as `place` names by default."""
    count, rows = int(place.max(initial=-1)) + 1 if columns is None else columns, linear.rows
    row, at, first, second = linear.row_numbers(), place[linear.indices], place[quad.i], place[quad.j]
    free = at >= 0
    both, none = (first >= 0) & (second >= 0), (first < 0) & (second < 0)
    one = ~both & ~none
    kept, known = np.where(first >= 0, quad.i, quad.j)[one], np.where(first >= 0, quad.j, quad.i)[one]
    fixed = linear.data[~free] * x[linear.indices[~free]]
    constant: Floats = np.bincount(row[~free], fixed, rows)[:rows].astype(np.float64)
    constant += np.bincount(quad.row[none], quad.value[none] * x[quad.i[none]] * x[quad.j[none]], rows)[:rows]
    return Held(
        Csr.from_coo(
            np.concatenate([row[free], quad.row[one]]),
            np.concatenate([at[free], place[kept]]),
            np.concatenate([linear.data[free], quad.value[one] * x[known]]),
            rows,
            count,
        ),
        Quad.from_entries(quad.row[both], first[both], second[both], quad.value[both], count),
        constant,
    )
