"""Columns, rows and one objective in, the text of a free MPS file out.

The objective is minimised, as there is no one way to say otherwise. Every bound is written, as readers differ in what
they assume, for integers above all. Numbers are as short as gives the same double again.
Reference: the description of the format in the manuals of IBM CPLEX and of HiGHS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from compiler.ground.sparse import Bools, Csr, Floats

OBJECTIVE = "cost"


@dataclass(frozen=True, eq=False)
class MpsModel:
    """Minimise `constant + cost @ x` with the rows and bounds given, for n columns and m rows with names that hold no
    blanks."""

    name: str
    cost: Floats
    constant: float
    lower: Floats
    upper: Floats
    integer: Bools
    matrix: Csr
    row_lower: Floats
    row_upper: Floats
    column_names: Sequence[str]
    row_names: Sequence[str]


def mps_text(model: MpsModel, remarks: Sequence[str] = ()) -> str:
    """The file; `remarks` are comments at its top."""
    lines = [*(f"* {r}" for r in remarks), f"NAME {model.name}", *_rows(model), *_columns(model)]
    return "\n".join([*lines, *_limits(model), *_bounds(model), "ENDATA", ""])


def plain_names(labels: Sequence[str], taken: str = "") -> list[str]:
    """Names without blanks, none twice and none equal to `taken`: `grid[i=mg1].p[t=3]` stays as it is."""
    found: list[str] = []
    used = {taken}
    for label in labels:
        name = re.sub(r"\s+", "", label)
        name = f"_{name}" if not name or name[0] in "*$" else name
        tail = 1
        unique = name
        while unique in used:
            tail += 1
            unique = f"{name}#{tail}"
        used.add(unique)
        found.append(unique)
    return found


def _rows(model: MpsModel) -> Iterator[str]:
    yield "ROWS"
    yield f" N {OBJECTIVE}"
    for name, letter in zip(model.row_names, _letters(model), strict=True):
        yield f" {letter} {name}"


def _letters(model: MpsModel) -> list[str]:
    low, high = np.isfinite(model.row_lower), np.isfinite(model.row_upper)
    equal = low & high & (model.row_lower == model.row_upper)
    letters: list[str] = np.select([equal, high, low], ["E", "L", "G"], "N").tolist()
    return letters


def _columns(model: MpsModel) -> Iterator[str]:
    yield "COLUMNS"
    by_column = model.matrix.transposed()
    starts, rows, values = by_column.indptr.tolist(), by_column.indices.tolist(), by_column.data.tolist()
    within = False
    for k, (name, cost, integer) in enumerate(
        zip(model.column_names, model.cost.tolist(), model.integer.tolist(), strict=True)
    ):
        if integer != within:
            yield f" MARKER{k} 'MARKER' '{'INTORG' if integer else 'INTEND'}'"
            within = integer
        entries = list(zip(rows[starts[k] : starts[k + 1]], values[starts[k] : starts[k + 1]], strict=True))
        if cost or not entries:
            yield f" {name} {OBJECTIVE} {cost!r}"
        for row, value in entries:
            yield f" {name} {model.row_names[row]} {value!r}"
    if within:
        yield " MARKEREND 'MARKER' 'INTEND'"


def _limits(model: MpsModel) -> Iterator[str]:
    yield "RHS"
    if model.constant:
        yield f" RHS {OBJECTIVE} {-model.constant!r}"
    side = np.where(np.isfinite(model.row_upper), model.row_upper, model.row_lower)
    for name, limit, letter in zip(model.row_names, side.tolist(), _letters(model), strict=True):
        if limit and letter != "N":
            yield f" RHS {name} {limit!r}"
    ranged = np.isfinite(model.row_lower) & np.isfinite(model.row_upper) & (model.row_lower != model.row_upper)
    if ranged.any():
        yield "RANGES"
        for k in np.flatnonzero(ranged).tolist():
            yield f" RNG {model.row_names[k]} {float(model.row_upper[k] - model.row_lower[k])!r}"


def _bounds(model: MpsModel) -> Iterator[str]:
    yield "BOUNDS"
    for name, low, high in zip(model.column_names, model.lower.tolist(), model.upper.tolist(), strict=True):
        if low == high:
            yield f" FX BND {name} {low!r}"
        elif low == -np.inf and high == np.inf:
            yield f" FR BND {name}"
        else:
            yield f" MI BND {name}" if low == -np.inf else f" LO BND {name} {low!r}"
            yield f" PL BND {name}" if high == np.inf else f" UP BND {name} {high!r}"
