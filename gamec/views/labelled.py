"""Values of one indexed name as a compact table. In: `Labelled`; out: lines.

The last index runs across, the others down; a name with two indices is turned where only the other way fits.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np

from gamec.cells import clean, width
from gamec.terminal import Paper
from gamec.views.grid import banded
from gamec.views.numbers import number, scale_of
from runtime.result import Labelled

T = TypeVar("T")

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
    keys, values = value.keys, value.values
    rows = list(dict.fromkeys(key[:-1] for key in keys))
    columns = list(dict.fromkeys(key[-1] for key in keys))
    if len(value.index) < 2 or 2 * len(keys) < len(rows) * len(columns):
        return _list(value, scale, total, everything, indent)
    bands = max(1, ROWS // (len(rows) + 1))
    cell = max(max(width(clean(str(c))) for c in columns), len(number(float(values.max()), scale))) + 2
    room = bands * (total - len(indent) - cell)
    turned = len(value.index) == 2 and len(columns) * cell > room and len(rows) < len(columns)
    if turned:
        rows, columns, bands = [(c,) for c in columns], [r[0] for r in rows], 1
    shown: list[tuple[object, ...] | None] = list(rows)
    if not everything and len(rows) > ROWS:
        shown = [*rows[: ROWS - 3], None, *rows[-2:]]
    if not everything:
        columns = _ends(columns, bands * total)
    wanted = set(shown)
    if turned:
        letters = (value.index[1], value.index[0])
        at = {(key[1:], key[0]): k for k, key in enumerate(keys) if key[1:] in wanted}
    else:
        letters = (",".join(value.index[:-1]), value.index[-1])
        at = {(key[:-1], key[-1]): k for k, key in enumerate(keys) if key[:-1] in wanted}

    def text(row: tuple[object, ...] | None, column: object) -> str:
        if row is None:
            return "…"
        k = at.get((row, column))
        return "" if k is None else number(float(values[k]), scale)

    head = [f"{letters[0]} \\ {letters[1]}", *("…" if row is None else _words(row) for row in shown)]
    across = [[clean(str(column)), *(text(row, column) for row in shown)] for column in columns]
    return banded(head, across, total, indent, None if everything else bands)


def _list(value: Labelled, scale: float, total: int, everything: bool, indent: str) -> list[str]:
    """One index, or a sparse set: single entries across."""
    places = list(range(len(value)))
    if not everything:
        places = _ends(places, BANDS * total)
    across = [[_words(value.keys[k]), number(float(value.values[k]), scale)] for k in places]
    return banded([",".join(value.index), ""], across, total, indent, None if everything else BANDS)


def _ends(items: list[T], most: int) -> list[T]:
    """The first `most` items and the last two: all that can find a place, so that the others need not be written."""
    return items if len(items) <= most + 2 else [*items[:most], *items[-2:]]


def _words(key: tuple[object, ...]) -> str:
    return clean(",".join(map(str, key)))
