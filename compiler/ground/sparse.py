"""Sparse arrays of the flat forms: `Csr` (rows of a linear map) and `Quad` (products of two columns). numpy only.

scipy.sparse is not used here because importing it costs more than grounding a model of everyday size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Csr:
    """A sparse matrix by rows: row r holds `data[indptr[r]:indptr[r+1]]` in columns `indices[...]`, ascending, none
    twice.

    `indptr` (rows+1,), `indices` (nnz,) and `data` (nnz,); no explicit zeros.
    """

    indptr: Ints
    indices: Ints
    data: Floats
    columns: int

    @property
    def rows(self) -> int:
        return len(self.indptr) - 1

    @property
    def nnz(self) -> int:
        return len(self.data)

    @staticmethod
    def empty(rows: int, columns: int) -> Csr:
        return Csr(np.zeros(rows + 1, np.int64), np.zeros(0, np.int64), np.zeros(0), columns)

    @staticmethod
    def from_coo(row: Ints, column: Ints, value: Floats, rows: int, columns: int) -> Csr:
        """Entries in any order, duplicates are summed, zeros dropped."""
        row, column, value = merge(row, column, value, columns)
        indptr = np.zeros(rows + 1, np.int64)
        np.cumsum(np.bincount(row, minlength=rows), out=indptr[1:])
        return Csr(indptr, column, value, columns)

    def row_numbers(self) -> Ints:
        """Row of each entry, (nnz,)."""
        return np.repeat(np.arange(self.rows, dtype=np.int64), np.diff(self.indptr))

    def times(self, x: Floats) -> Floats:
        """The product with a vector of length `columns`: (rows,)."""
        weighted = np.bincount(self.row_numbers(), weights=self.data * x[self.indices], minlength=self.rows)
        return np.asarray(weighted, dtype=np.float64)[: self.rows]

    def take_rows(self, rows: Ints) -> Csr:
        """The rows named, in the order named; the columns stay."""
        counts = np.diff(self.indptr)[rows]
        indptr = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(counts, out=indptr[1:])
        entries = np.arange(indptr[-1]) + np.repeat(self.indptr[rows] - indptr[:-1], counts)
        return Csr(indptr, self.indices[entries], self.data[entries], self.columns)

    def take_columns(self, columns: Ints) -> Csr:
        """The columns named (each once), renumbered 0.. in the order named; the rows stay."""
        place = np.full(self.columns, -1, np.int64)
        place[columns] = np.arange(len(columns))
        new = place[self.indices]
        keep = new >= 0
        return Csr.from_coo(self.row_numbers()[keep], new[keep], self.data[keep], self.rows, len(columns))

    def transposed(self) -> Csr:
        return Csr.from_coo(self.indices, self.row_numbers(), self.data, self.columns, self.rows)


def merge(row: Ints, column: Ints, value: Floats, columns: int) -> tuple[Ints, Ints, Floats]:
    """Entries sorted by (row, column), duplicates summed, zeros dropped."""
    if not len(value):
        return row.astype(np.int64), column.astype(np.int64), value.astype(np.float64)
    key = row * np.int64(max(columns, 1)) + column
    if not (key[1:] > key[:-1]).all():
        if (key[1:] < key[:-1]).any():
            order = np.argsort(key, kind="stable")
            row, column, value, key = row[order], column[order], value[order], key[order]
        first = np.concatenate(([0], np.flatnonzero(np.diff(key)) + 1))
        row, column, value = row[first], column[first], np.add.reduceat(value, first)
    if not value.all():
        keep = value != 0
        row, column, value = row[keep], column[keep], value[keep]
    return row, column, value


def stacked(parts: list[Csr]) -> Csr:
    """The rows of all matrices, in order. Columns are those of the widest."""
    if len(parts) == 1:
        return parts[0]
    counts = np.concatenate([np.diff(p.indptr) for p in parts])
    indptr = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=indptr[1:])
    columns = max(p.columns for p in parts)
    return Csr(indptr, np.concatenate([p.indices for p in parts]), np.concatenate([p.data for p in parts]), columns)


@dataclass(frozen=True, eq=False)
class Quad:
    """Products `value * x[i] * x[j]` that belong to `row`; `i <= j`, none twice, all arrays (entries,)."""

    row: Ints
    i: Ints
    j: Ints
    value: Floats

    @property
    def entries(self) -> int:
        return len(self.value)

    @staticmethod
    def empty() -> Quad:
        none = np.zeros(0, np.int64)
        return Quad(none, none, none, np.zeros(0))

    @staticmethod
    def from_entries(row: Ints, i: Ints, j: Ints, value: Floats, columns: int) -> Quad:
        """Entries in any order; i and j are put in order, duplicates summed, zeros dropped."""
        low, high = np.minimum(i, j), np.maximum(i, j)
        order = np.lexsort((high, low, row))
        row, low, high, value = row[order], low[order], high[order], value[order]
        pair = low * np.int64(max(columns, 1)) + high
        if len(value):
            first = np.concatenate(([0], np.flatnonzero((np.diff(row) != 0) | (np.diff(pair) != 0)) + 1))
            row, low, high, value = row[first], low[first], high[first], np.add.reduceat(value, first)
        keep = value != 0
        return Quad(row[keep], low[keep], high[keep], value[keep])

    def take(self, mask: Bools) -> Quad:
        return Quad(self.row[mask], self.i[mask], self.j[mask], self.value[mask])

    def take_rows(self, rows: Ints) -> Quad:
        """The products of the rows named, which are renumbered 0.. in the order named. Entries are sorted by row."""
        first, last = np.searchsorted(self.row, rows, "left"), np.searchsorted(self.row, rows, "right")
        counts = last - first
        start = np.cumsum(counts) - counts
        entries = np.arange(int(counts.sum())) + np.repeat(first - start, counts)
        return Quad(np.repeat(np.arange(len(rows)), counts), self.i[entries], self.j[entries], self.value[entries])

    def moved(self, by: int) -> Quad:
        """The same products in rows whose numbers are larger by `by`."""
        return Quad(self.row + by, self.i, self.j, self.value)

    def times(self, x: Floats, rows: int) -> Floats:
        """The quadratic forms at `x`: (rows,)."""
        weighted = np.bincount(self.row, weights=self.value * x[self.i] * x[self.j], minlength=rows)
        return np.asarray(weighted, dtype=np.float64)[:rows]


def joined(parts: list[Quad]) -> Quad:
    """All products, in order."""
    return Quad(
        np.concatenate([p.row for p in parts]),
        np.concatenate([p.i for p in parts]),
        np.concatenate([p.j for p in parts]),
        np.concatenate([p.value for p in parts]),
    )
