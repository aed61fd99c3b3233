"""A chart of more places than a page has room for -> one that can be read: means over as many places as it takes, with
the smallest and largest as a band, and a note that says so."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from compiler.ground.sparse import Floats
from runtime.figures.chart import Chart, Line

MOST = 800
"""Places that a line across a page still shows one by one: about as many as it has dots of print."""

KEPT = 366
"""Places that are left then at most: the days of a year."""

DAY = 24
"""Hours, taken together where that leaves few enough."""


def condensed(chart: Chart) -> Chart:
    """The chart itself where it has few places, or places that are no numbers."""
    n = len(chart.at)
    if n <= MOST or not chart.numeric:
        return chart
    size = DAY if n % DAY == 0 and n // DAY <= KEPT else math.ceil(n / KEPT)
    at = np.array(chart.at, dtype=np.float64)
    middles = tuple(float(np.mean(part)) for part in np.split(at, range(size, n, size)))
    panels = tuple(
        replace(
            panel,
            lines=tuple(_condensed(line, size) for line in panel.lines),
            over=tuple(_condensed(line, size) for line in panel.over),
        )
        for panel in chart.panels
    )
    words = f"means over {size} places each; bands: the smallest and the largest of them"
    return replace(chart, at=middles, panels=panels, note="; ".join(filter(None, (chart.note, words))))


def _condensed(line: Line, size: int) -> Line:
    missing = -len(line.values) % size
    table: Floats = np.append(line.values, np.full(missing, np.nan)).reshape(-1, size)
    some = np.isfinite(table).any(axis=1)
    safe = np.where(np.isfinite(table), table, np.nan)[some]
    mean, low, high = (np.full(len(table), np.nan) for _ in range(3))
    mean[some], low[some], high[some] = np.nanmean(safe, axis=1), np.nanmin(safe, axis=1), np.nanmax(safe, axis=1)
    return Line(line.label, mean, low, high)
