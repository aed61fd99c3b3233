"""Values over a layout's axes -> sparse entries: `Entries` gathers the rows of many declarations and becomes one
matrix."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.ground.ground_set import Layout
from compiler.ground.sparse import Csr, Quad, merge
from compiler.ground.values import Affine, Axis, Dense, Pair, Term

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Piece:
    """One term of the text in `size` rows: `column` and `coefficient` broadcast to (size, width), `width` entries a
    row."""

    column: Ints
    coefficient: Floats
    width: int


@dataclass(frozen=True, eq=False)
class RowGroup:
    """The linear terms of the rows `base .. base+size-1`, which one declaration makes."""

    base: int
    size: int
    pieces: tuple[Piece, ...]

    @property
    def entries(self) -> int:
        return self.size * sum(p.width for p in self.pieces)

    def fill(self, column: Ints, value: Floats) -> Ints:
        """Write the entries to the first places of two arrays (entries,), by rows, columns ascending, duplicates
        summed, zeros dropped. Returns the number of entries of each row (size,)."""
        width = sum(p.width for p in self.pieces)
        columns, values = column.reshape(self.size, width), value.reshape(self.size, width)
        at = 0
        for piece in sorted(self.pieces, key=lambda p: int(p.column.flat[0])):
            columns[:, at : at + piece.width] = piece.column
            values[:, at : at + piece.width] = piece.coefficient
            at += piece.width
        # Most declarations name their variables' instances in ascending order in every row: then nothing need be
        # sorted.
        if value.all() and (columns[:, :-1] < columns[:, 1:]).all():
            return np.full(self.size, width, dtype=np.int64)
        present = value != 0
        row = np.repeat(np.arange(self.size), width)[present]
        row, merged, summed = merge(row, column[present], value[present], int(column.max()) + 1)
        column[: len(row)], value[: len(row)] = merged, summed
        return np.bincount(row, minlength=self.size)


@dataclass(eq=False)
class Entries:
    """Linear entries by declaration, quadratic ones in coordinate form, one array per term of the text."""

    linear: list[RowGroup] = field(default_factory=list)
    quadratic: list[tuple[Ints, Ints, Ints, Floats]] = field(default_factory=list)

    def write(self, value: Affine, layout: Layout, base: int, only: Bools | None = None) -> Floats:
        """Add the terms of `value` to rows base, base+1, ... and give back its constants.

        The rows are the instances of `layout`, or those where `only` (layout.size,) holds. Each row is written once.
        """
        size = layout.size if only is None else int(only.sum())
        if size:
            terms = tuple(_piece(term, layout, only) for term in value.terms)
            self.linear.append(RowGroup(base, size, tuple(p for p in terms if p.width)))
            self.quadratic += [_products(pair, layout, base, only) for pair in value.pairs]
        constants = np.array(value.constant.full(layout.axes), dtype=np.float64).reshape(-1)
        return constants if only is None else constants[only]

    def undefined(self) -> Ints:
        """Rows that got a coefficient which is no finite number."""
        bad = [row[~np.isfinite(value)] for row, _, _, value in self.quadratic]
        for group in self.linear:
            for piece in group.pieces:
                if not np.isfinite(piece.coefficient).all():
                    here = np.broadcast_to(~np.isfinite(piece.coefficient), (group.size, piece.width)).any(axis=1)
                    bad.append(group.base + np.flatnonzero(here))
        return np.unique(np.concatenate(bad)) if bad else np.zeros(0, np.int64)

    def matrix(self, rows: int, columns: int) -> Csr:
        most = sum(group.entries for group in self.linear)
        column, value = np.empty(most, dtype=np.int64), np.empty(most)
        counts = np.zeros(rows, dtype=np.int64)
        at = 0
        for group in sorted(self.linear, key=lambda g: g.base):
            if group.entries:
                here = slice(at, at + group.entries)
                filled = group.fill(column[here], value[here])
                counts[group.base : group.base + group.size] = filled
                at += int(filled.sum())
        indptr = np.zeros(rows + 1, dtype=np.int64)
        np.cumsum(counts, out=indptr[1:])
        return Csr(indptr, column[:at], value[:at], columns)

    def quad(self, columns: int) -> Quad:
        if not self.quadratic:
            return Quad.empty()
        row, i, j, value = (np.concatenate([e[k] for e in self.quadratic]) for k in range(4))
        return Quad.from_entries(row, i, j, value, columns)


def _piece(term: Term, layout: Layout, only: Bools | None) -> Piece:
    summed = _summed(term.axes, layout)
    width = int(np.prod([a.size for a in summed], dtype=np.int64))
    return Piece(_by_row(term.column, summed, layout, only), _by_row(term.coefficient, summed, layout, only), width)


def _products(pair: Pair, layout: Layout, base: int, only: Bools | None) -> tuple[Ints, Ints, Ints, Floats]:
    summed = _summed(pair.axes, layout)
    size = layout.size if only is None else int(only.sum())
    row = np.arange(base, base + size)[:, None]
    parts = [_by_row(v, summed, layout, only) for v in (pair.first, pair.second, pair.coefficient)]
    width = np.empty((1, int(np.prod([a.size for a in summed], dtype=np.int64))))
    *numbers, coefficient, _ = (a.ravel() for a in np.broadcast_arrays(row, *parts, width))
    return numbers[0], numbers[1], numbers[2], coefficient.astype(np.float64)


def _summed(axes: tuple[Axis, ...], layout: Layout) -> tuple[Axis, ...]:
    """The axes that the rows do not have."""
    rows = set(layout.axes)
    return tuple(a for a in axes if a not in rows)


def _by_row(value: Dense, summed: tuple[Axis, ...], layout: Layout, only: Bools | None) -> NDArray[Any]:
    """The value as (rows, width), with 1 in place of a length along which it does not change."""
    own = set(value.axes)
    rows = layout.axes if own.intersection(layout.axes) else ()
    rest = summed if own.intersection(summed) else ()
    order = (*rows, *rest)
    axes = tuple(sorted(order, key=lambda a: a.number))
    array = value.full(axes)
    if axes != order:
        array = array.transpose([axes.index(a) for a in order])
    array = array.reshape(layout.size if rows else 1, -1)
    return array if only is None or not rows else array[only]
