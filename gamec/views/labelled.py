"""Values of one indexed name as a compact table. In: `Labelled`; out: lines.

The last index runs across, the others down; a name with two indices is turned where only the other way fits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
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
    words = f"{clean(name)}[{clean(','.join(value.index))}]"
    doc = f'  "{clean(value.doc)}"' if value.doc else ""
    unit = _unit(value) if not len(value) else ""
    head = f"{indent}{paper.styled('strong', words)}{unit}: {clean(facts(value))}{doc}"
    if not _differ(value):
        return [head]
    return [head, *_table(value, scale_of(value.values.tolist()), paper.width, everything, indent + "  ")]


def facts(value: Labelled, written: Callable[[float, float], str] = number) -> str:
    """How many values there are, from where to where, and their sum, in one line; `written` makes a number a text, by
    the size of the largest one."""
    values, unit = value.values, _unit(value)
    finite = values[np.isfinite(values)]
    if len(values) == 0:
        return "no values"
    if len(finite) == 0:
        return f"none of {len(value)}"
    scale = scale_of(values.tolist())
    low, high = written(float(finite.min()), scale), written(float(finite.max()), scale)
    if not _differ(value):
        return (f"all {len(value)} values" if len(value) > 1 else "the only value") + f" {low}{unit}"
    total = written(math.fsum(finite.tolist()), scale)
    missing = f", {len(values) - len(finite)} not finite" if len(finite) < len(values) else ""
    return f"{len(value)} values from {low} to {high}{unit}, sum {total}{missing}"


def _differ(value: Labelled) -> bool:
    """Whether a table tells more than one line does."""
    finite = value.values[np.isfinite(value.values)]
    if len(finite) == 0:
        return False
    scale = scale_of(value.values.tolist())
    same = number(float(finite.min()), scale) == number(float(finite.max()), scale)
    return not (same and len(finite) == len(value))


def _unit(value: Labelled) -> str:
    return f" {value.unit}" if value.unit and value.unit != "1" else ""


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
