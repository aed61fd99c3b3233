"""Numbers as marks in a terminal: a curve in a row of blocks, a bar. In: values and a scale; out: texts of one row.

Curves rise by eighths of a cell. Terminals have no blocks that hang by eighths, so what is below zero hangs in a second
row by the three that there are: an eighth, a half, a whole cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from compiler.ground.sparse import Floats
from gamec.views.numbers import NOISE


@dataclass(frozen=True)
class Ink:
    """Characters from little to much: `up` stand on their row, `down` hang from it, `bar` are parts of a cell from the
    left, the last of them a whole one. `axis` is where bars begin, `mark` a value to compare with."""

    up: str
    down: str
    bar: str
    axis: str
    mark: str


BLOCKS = Ink("▁▂▃▄▅▆▇█", "▔▀█", "▏▎▍▌▋▊▉█", "│", "┊")
PLAIN = Ink("_.-:=+*#", ".:#", "#", "|", ":")
"""For encodings without block characters."""


def condensed(values: Floats, cells: int) -> Floats:
    """(places,) -> at most (cells,): means over places that share a cell, NaN where none of them is finite; fewer
    places are drawn twice or three times as wide where there is room."""
    n = len(values)
    if n <= cells:
        return np.repeat(values, max(1, min(3, cells // max(n, 1))))
    edges = np.arange(cells) * n // cells
    finite = np.isfinite(values)
    counts = np.add.reduceat(finite.astype(np.float64), edges)
    sums = np.add.reduceat(np.where(finite, values, 0.0), edges)
    found: Floats = np.divide(sums, counts, out=np.full(cells, np.nan), where=counts > 0)
    return found


def curve(values: Floats, low: float, high: float, ink: Ink) -> list[str]:
    """One row; if `low < 0 < high` one for what is above zero and one for what is below, as far as there is any. Where
    all is of one sign the least height is `low`, else heights are counted from zero, and `max(-low, high)` is a whole
    cell in both directions.

    `values` (cells,); what is not finite is a gap."""
    if low < 0 < high:
        size = max(-low, high)
        above, below = (
            _row(values, values >= 0, values / size, ink.up),
            _row(values, values < 0, -values / size, ink.down),
        )
        return [row for row in (above, below) if row.strip()] or [above]
    spread = high - low
    heights = (values - low) / spread if spread > NOISE * max(abs(low), abs(high)) else np.where(values == 0, 0.0, 0.5)
    return [_row(values, np.isfinite(values), heights, ink.up)]


def _row(values: Floats, mine: np.ndarray, heights: Floats, levels: str) -> str:
    shown = np.isfinite(values) & mine
    safe = np.where(shown, heights, 0.0)
    level = np.clip(np.rint(safe * (len(levels) - 1)), 0, len(levels) - 1).astype(int)
    return "".join(levels[k] if there else " " for k, there in zip(level.tolist(), shown.tolist(), strict=True))


def bar(part: float, cells: int, ink: Ink) -> str:
    """A bar over `part` (0 to 1) of `cells`; what is above zero shows."""
    if not math.isfinite(part) or part <= 0:
        return ""
    steps = max(1, round(min(part, 1.0) * cells * len(ink.bar)))
    whole, rest = divmod(steps, len(ink.bar))
    return ink.bar[-1] * whole + (ink.bar[rest - 1] if rest else "")
