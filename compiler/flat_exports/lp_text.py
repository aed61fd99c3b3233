"""A named problem in, the text of an LP file out (the format of CPLEX, which HiGHS, SCIP, Gurobi and others read).

Rows stand under comments with their places in the model. A row with two limits is written as two, and one without any
as `>= -inf`, as the format has no others; every bound is written. Products of the objective stand in `[ ] / 2`, those
of rows in `[ ]`, as the format wants it. Numbers are as short as gives the same double again.
Reference: the description of the format in the manuals of IBM CPLEX and of SCIP's reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from compiler.flat_exports.mps_text import by_row
from compiler.flat_exports.named_problem import NamedProblem, file_names

WIDTH = 120
"""Characters of a line, about; some readers take no more than 510."""


def lp_text(model: NamedProblem, remarks: Sequence[str] = ()) -> str:
    """The file, for one column at least; `remarks` are comments at its top."""
    lines = [f"\\ {r}" for r in remarks]
    lines += ["Maximize" if model.maximize else "Minimize", *_objective(model), "Subject To", *_rows(model)]
    lines += ["Bounds", *_bounds(model)]
    if model.integer.any():
        lines += ["Generals", *(f" {model.column_names[k]}" for k in np.flatnonzero(model.integer).tolist())]
    if len(model.sos1):
        lines.append("SOS")
        for k, (first, second) in enumerate(model.sos1.tolist(), 1):
            lines.append(f" {model.pair_name(k)}: S1:: {model.column_names[first]}:1 {model.column_names[second]}:2")
    return "\n".join([*lines, "End", ""])


def _objective(model: NamedProblem) -> Iterator[str]:
    names = model.column_names
    used = np.flatnonzero(model.cost)
    words = [_term(value, names[k]) for k, value in zip(used.tolist(), model.cost[used].tolist(), strict=True)]
    words = words or [f"+ 0 {names[0]}"]
    quad = model.cost_quad
    if quad.entries:
        words.append("+ [")
        words += _products(names, quad.i.tolist(), quad.j.tolist(), (2 * quad.value).tolist())
        words.append("] / 2")
    if model.constant:
        words.append(_term(model.constant, ""))
    yield from _wrapped(f" {model.objective_name}:", words)


def _rows(model: NamedProblem) -> Iterator[str]:
    names = model.column_names
    starts = model.matrix.indptr.tolist()
    indices, data = model.matrix.indices.tolist(), model.matrix.data.tolist()
    products = dict(by_row(model.row_quad))
    ranged = np.isfinite(model.row_lower) & np.isfinite(model.row_upper) & (model.row_lower != model.row_upper)
    above = np.flatnonzero(ranged).tolist()
    high = dict(zip(above, file_names((f"{model.row_names[k]}_high" for k in above), model.row_names), strict=True))
    for k, (remark, name, low, up) in enumerate(
        zip(
            *(model.row_remarks(), model.row_names, model.row_lower.tolist(), model.row_upper.tolist()),
            strict=True,
        )
    ):
        if remark:
            yield f"\\ {remark}"
        span = slice(starts[k], starts[k + 1])
        words = [_term(value, names[c]) for c, value in zip(indices[span], data[span], strict=True)]
        if k in products:
            part = products[k]
            words += ["+ [", *_products(names, part.i.tolist(), part.j.tolist(), part.value.tolist()), "]"]
        words = words or [f"+ 0 {names[0]}"]
        if k in high:
            yield from _wrapped(f" {name}:", [*words, f">= {low!r}"])
            yield from _wrapped(f" {high[k]}:", [*words, f"<= {up!r}"])
        elif low == up:
            yield from _wrapped(f" {name}:", [*words, f"= {low!r}"])
        elif up != np.inf:
            yield from _wrapped(f" {name}:", [*words, f"<= {up!r}"])
        else:
            yield from _wrapped(f" {name}:", [*words, f">= {low!r}" if low != -np.inf else ">= -inf"])


def _bounds(model: NamedProblem) -> Iterator[str]:
    for name, low, high in zip(model.column_names, model.lower.tolist(), model.upper.tolist(), strict=True):
        if low == high:
            yield f" {name} = {low!r}"
        elif low == -np.inf and high == np.inf:
            yield f" {name} free"
        else:
            yield f" {'-inf' if low == -np.inf else repr(low)} <= {name} <= {'+inf' if high == np.inf else repr(high)}"


def _term(value: float, name: str) -> str:
    sign, size = "-" if value < 0 else "+", repr(abs(value))
    return f"{sign} {name}" if name and size == "1.0" else f"{sign} {size} {name}".rstrip()


def _products(names: Sequence[str], first: list[int], second: list[int], values: list[float]) -> list[str]:
    return [
        _term(value, f"{names[i]} ^2" if i == j else f"{names[i]} * {names[j]}")
        for i, j, value in zip(first, second, values, strict=True)
    ]


def _wrapped(head: str, words: Sequence[str]) -> Iterator[str]:
    line = head
    for word in words:
        if len(line) + len(word) >= WIDTH and line.strip():
            yield line
            line = "   "
        line = f"{line} {word}"
    yield line
