"""Values of one indexed name as a compact table. In: `Labelled`; out: lines.

The last index runs across, the others down; a name with two indices is turned where only the other way fits.
"""

from __future__ import annotations

import math

import numpy as np

from gamec.cells import clean, width
from gamec.terminal import Paper
from gamec.views.grid import banded
from gamec.views.numbers import number, scale_of
from runtime.result import Labelled

BANDS = 3
"""So many bands of a list are shown, unless everything is asked for."""
ROWS = 12
"""And so many rows of a table: the first and the last two."""


def labelled_lines(name: str, value: Labelled, paper: Paper, everything: bool, indent: str = "  ") -> list[str]:
    """A head line (name, unit, what the values are like, doc) and the table, cut short unless `everything`."""
    values = value.values
    words = f"{clean(name)}[{clean(','.join(value.index))}]"
    unit = f" {clean(value.unit)}" if value.unit and value.unit != "1" else ""
    doc = f'  "{clean(value.doc)}"' if value.doc else ""
    if len(value) == 0:
        return [f"{indent}{paper.styled('strong', words)}{unit}: no values{doc}"]
    scale = scale_of(values.tolist())
    finite = values[np.isfinite(values)]
    if len(finite) == 0:
        return [f"{indent}{paper.styled('strong', words)}: none of {len(value)}{doc}"]
    low, high = number(float(finite.min()), scale), number(float(finite.max()), scale)
    if low == high and len(finite) == len(values):
        count = f"all {len(value)} values" if len(value) > 1 else "the only value"
        return [f"{indent}{paper.styled('strong', words)}: {count} {low}{unit}{doc}"]
    total = number(math.fsum(finite.tolist()), scale)
    facts = f"{len(value)} values from {low} to {high}{unit}, sum {total}"
    if len(finite) < len(values):
        facts += f", {len(values) - len(finite)} not finite"
    head = f"{indent}{paper.styled('strong', words)}: {facts}{doc}"
    return [head, *_table(value, scale, paper.width, everything, indent + "  ")]


def _table(value: Labelled, scale: float, total: int, everything: bool, indent: str) -> list[str]:
    texts = [number(v, scale) for v in value.values.tolist()]
    keys = [tuple(clean(str(e)) for e in key) for key in value.keys]
    rows = list(dict.fromkeys(key[:-1] for key in keys))
    columns = list(dict.fromkeys(key[-1] for key in keys))
    if len(value.index) < 2 or 2 * len(keys) < len(rows) * len(columns):
        # One index, or a sparse set: a list of single entries across.
        across = [[",".join(key), text] for key, text in zip(keys, texts, strict=True)]
        return banded([",".join(value.index), ""], across, total, indent, None if everything else BANDS)
    at = {(key[:-1], key[-1]): text for key, text in zip(keys, texts, strict=True)}
    cell = max(max(map(width, columns)), max(map(width, texts))) + 2
    bands = max(1, ROWS // (len(rows) + 1))
    if (
        len(value.index) == 2
        and len(columns) * cell > bands * (total - len(indent) - cell)
        and len(rows) < len(columns)
    ):
        at = {((column,), row[0]): text for (row, column), text in at.items()}
        rows, columns, bands = [(c,) for c in columns], [r[0] for r in rows], 1
        letters = (value.index[1], value.index[0])
    else:
        letters = (",".join(value.index[:-1]), value.index[-1])
    shown: list[tuple[str, ...] | None] = list(rows)
    if not everything and len(rows) > ROWS:
        shown = [*rows[: ROWS - 3], None, *rows[-2:]]
    head = [f"{letters[0]} \\ {letters[1]}", *("…" if row is None else ",".join(row) for row in shown)]
    across = [[column, *("…" if row is None else at.get((row, column), "") for row in shown)] for column in columns]
    return banded(head, across, total, indent, None if everything else bands)
