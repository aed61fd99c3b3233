"""Values over a layout's axes -> sparse entries: `Entries` gathers the rows of many declarations and becomes one
matrix."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compiler.ground.ground_set import Layout
from compiler.ground.sparse import Csr, Quad
from compiler.ground.values import Affine, Dense, union

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(eq=False)
class Entries:
    """Linear and quadratic entries in coordinate form, one array per term of the text."""

    linear: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    quadratic: list[tuple[Ints, Ints, Ints, Floats]] = field(default_factory=list)

    def write(self, value: Affine, layout: Layout, base: int) -> Floats:
        """Add the terms of `value` to rows base, base+1, ... and give back its constants (layout.size,)."""
        rows = Dense(layout.axes, np.arange(base, base + layout.size).reshape(tuple(a.size for a in layout.axes)))
        for term in value.terms:
            axes = union(rows, term.column, term.coefficient)
            self.linear.append((_flat(rows, axes), _flat(term.column, axes), _flat(term.coefficient, axes)))
        for pair in value.pairs:
            axes = union(rows, pair.first, pair.second, pair.coefficient)
            self.quadratic.append(
                (_flat(rows, axes), _flat(pair.first, axes), _flat(pair.second, axes), _flat(pair.coefficient, axes))
            )
        return np.array(value.constant.full(layout.axes), dtype=np.float64).reshape(-1)

    def undefined(self) -> Ints:
        """Rows that got a coefficient which is no finite number."""
        bad = [row[~np.isfinite(value)] for row, _, value in self.linear] + [
            row[~np.isfinite(value)] for row, _, _, value in self.quadratic
        ]
        return np.unique(np.concatenate(bad)) if bad else np.zeros(0, np.int64)

    def matrix(self, rows: int, columns: int) -> Csr:
        if not self.linear:
            return Csr.empty(rows, columns)
        row, column, value = (np.concatenate([e[k] for e in self.linear]) for k in range(3))
        return Csr.from_coo(row, column, value, rows, columns)

    def quad(self, columns: int) -> Quad:
        if not self.quadratic:
            return Quad.empty()
        row, i, j, value = (np.concatenate([e[k] for e in self.quadratic]) for k in range(4))
        return Quad.from_entries(row, i, j, value, columns)


def _flat(value: Dense, axes: tuple) -> np.ndarray:  # type: ignore[type-arg]
    full = value.full(axes)
    return full.reshape(-1) if full.flags.c_contiguous else full.ravel()
