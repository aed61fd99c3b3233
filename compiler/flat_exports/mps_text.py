"""A named problem in, the text of a free MPS file out.

Every bound is written, as readers differ in what they assume, for integers above all. Numbers are as short as gives the
same double again. A maximised objective is told by OBJSENSE, products by QUADOBJ (half of the symmetric matrix of
`x @ Q @ x / 2`) and QCMATRIX (all of that of `x @ Q @ x`), pairs by SOS: only files that need these sections have them.
Reference: the descriptions of the format in the manuals of IBM CPLEX, of HiGHS and of SCIP's reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from compiler.flat_exports.named_problem import NamedProblem
from compiler.ground.sparse import Quad

OBJECTIVE = "cost"


def mps_text(model: NamedProblem, remarks: Sequence[str] = ()) -> str:
    """The file; `remarks` are comments at its top, and rows stand under those of their places."""
    lines = [*(f"* {r}" for r in remarks), f"NAME {model.name}"]
    if model.maximize:
        lines += ["OBJSENSE", "    MAX"]
    lines += [*_rows(model), *_columns(model), *_limits(model), *_bounds(model), *_pairs(model), *_products(model)]
    return "\n".join([*lines, "ENDATA", ""])


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


def _rows(model: NamedProblem) -> Iterator[str]:
    yield "ROWS"
    yield f" N {model.objective_name}"
    for remark, name, letter in zip(model.row_remarks(), model.row_names, _letters(model), strict=True):
        if remark:
            yield f"* {remark}"
        yield f" {letter} {name}"


def _letters(model: NamedProblem) -> list[str]:
    low, high = np.isfinite(model.row_lower), np.isfinite(model.row_upper)
    equal = low & high & (model.row_lower == model.row_upper)
    letters: list[str] = np.select([equal, high, low], ["E", "L", "G"], "N").tolist()
    return letters


def _columns(model: NamedProblem) -> Iterator[str]:
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
            yield f" {name} {model.objective_name} {cost!r}"
        for row, value in entries:
            yield f" {name} {model.row_names[row]} {value!r}"
    if within:
        yield " MARKEREND 'MARKER' 'INTEND'"


def _limits(model: NamedProblem) -> Iterator[str]:
    yield "RHS"
    if model.constant:
        yield f" RHS {model.objective_name} {-model.constant!r}"
    side = np.where(np.isfinite(model.row_upper), model.row_upper, model.row_lower)
    for name, limit, letter in zip(model.row_names, side.tolist(), _letters(model), strict=True):
        if limit and letter != "N":
            yield f" RHS {name} {limit!r}"
    ranged = np.isfinite(model.row_lower) & np.isfinite(model.row_upper) & (model.row_lower != model.row_upper)
    if ranged.any():
        yield "RANGES"
        for k in np.flatnonzero(ranged).tolist():
            yield f" RNG {model.row_names[k]} {float(model.row_upper[k] - model.row_lower[k])!r}"


def _bounds(model: NamedProblem) -> Iterator[str]:
    yield "BOUNDS"
    for name, low, high in zip(model.column_names, model.lower.tolist(), model.upper.tolist(), strict=True):
        if low == high:
            yield f" FX BND {name} {low!r}"
        elif low == -np.inf and high == np.inf:
            yield f" FR BND {name}"
        else:
            yield f" MI BND {name}" if low == -np.inf else f" LO BND {name} {low!r}"
            yield f" PL BND {name}" if high == np.inf else f" UP BND {name} {high!r}"


def _pairs(model: NamedProblem) -> Iterator[str]:
    if len(model.sos1):
        yield "SOS"
    for k, (first, second) in enumerate(model.sos1.tolist(), 1):
        yield f" S1 SOS {model.pair_name(k)} {k}"
        yield f"    {model.column_names[first]} 1"
        yield f"    {model.column_names[second]} 2"


def _products(model: NamedProblem) -> Iterator[str]:
    names = model.column_names
    quad = model.cost_quad
    if quad.entries:
        yield "QUADOBJ"
        for i, j, value in zip(quad.i.tolist(), quad.j.tolist(), quad.value.tolist(), strict=True):
            yield f" {names[i]} {names[j]} {(2 * value if i == j else value)!r}"
    for row, part in by_row(model.row_quad):
        yield f"QCMATRIX {model.row_names[row]}"
        for i, j, value in zip(part.i.tolist(), part.j.tolist(), part.value.tolist(), strict=True):
            if i == j:
                yield f" {names[i]} {names[i]} {value!r}"
            else:
                yield f" {names[i]} {names[j]} {value / 2!r}"
                yield f" {names[j]} {names[i]} {value / 2!r}"


def by_row(quad: Quad) -> Iterator[tuple[int, Quad]]:
    """The products of each row that has some, rows ascending."""
    order = np.argsort(quad.row, kind="stable")
    quad = Quad(quad.row[order], quad.i[order], quad.j[order], quad.value[order])
    rows, starts = np.unique(quad.row, return_index=True)
    ends = np.append(starts, quad.entries)[1:]
    for row, start, end in zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True):
        yield row, Quad(quad.row[start:end], quad.i[start:end], quad.j[start:end], quad.value[start:end])
