"""A `Chart` -> what the page's script draws: `Charts` collects them, each under a name of its own.

Everything is embedded as it is while the page has room; then charts come condensed, as in print, and say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from compiler.ir.words import show
from gamec.report_page.arrays import Arrays
from runtime.figures.chart import Chart, Kind, Line, Panel
from runtime.figures.condense import condensed

LINES = 120
"""Lines of one panel that a page holds: nobody tells more apart."""


Ranges = tuple[tuple[float, float] | None, ...]
"""From where to where, for each panel of a chart; None where that is left to the chart."""


class Charts:
    """`drawn` has every chart by its name in the page."""

    def __init__(self, arrays: Arrays) -> None:
        self.drawn: dict[str, dict[str, object]] = {}
        self._arrays = arrays
        self._known: dict[tuple[int, Ranges], tuple[Chart, str]] = {}

    def add(self, chart: Chart, within: Ranges = ()) -> str:
        """The name of the chart in the page; the same for the same chart. Empty for a chart without numbers. `within`
        are values that each panel shows at least, so that charts side by side have one scale."""
        if chart.empty:
            return ""
        key = id(chart), within
        if key not in self._known:
            name = f"chart-{len(self.drawn) + 1}"
            self.drawn[name] = self._data(chart, within)
            self._known[key] = chart, name  # the chart as well, so that its identity stays its own
        return self._known[key][1]

    def _data(self, chart: Chart, within: Ranges) -> dict[str, object]:
        panels, cut = zip(*(_fewer(panel) for panel in chart.panels), strict=True)
        shown = replace(chart, panels=panels)
        if not self._arrays.room_for(len(chart.at) * sum(len(p.everything) for p in shown.panels)):
            shown = condensed(shown)
        means = any(line.low is not None for panel in shown.panels for line in panel.everything)
        notes = [shown.note, *(f"the first {LINES} of {n} lines are shown" for n in cut if n > LINES)]
        return {
            "title": shown.title,
            "x": shown.x,
            "at": self.axis(shown.at, shown.numeric),
            "panels": [
                {**self._panel(panel), "within": ends}
                for panel, ends in zip(shown.panels, within or (None,) * len(shown.panels), strict=True)
            ],
            "note": "; ".join(filter(None, notes)),
            "means": means,
        }

    def axis(self, at: tuple[object, ...], numeric: bool) -> dict[str, object]:
        """Places that are numbers, which rise, or names."""
        return {"numbers": self._arrays.place_of(np.array(at, np.float64))} if numeric else {"names": [*map(show, at)]}

    def _panel(self, panel: Panel) -> Mapping[str, object]:
        stacked = panel.kind is Kind.STACK
        return {
            "kind": panel.kind.value,
            "y": panel.y,
            "title": panel.title,
            "log": panel.log,
            "mark": panel.mark,
            "markLabel": panel.mark_label,
            "lines": [self._line(line, stacked) for line in panel.lines],
            "over": [self._line(line, False) for line in panel.over],
        }

    def _line(self, line: Line, stacked: bool) -> dict[str, object]:
        found: dict[str, object] = {"label": line.label, "values": self._arrays.place_of(line.values)}
        if line.low is not None and line.high is not None and not stacked:
            found |= {"low": self._arrays.place_of(line.low), "high": self._arrays.place_of(line.high)}
        return found


def _fewer(panel: Panel) -> tuple[Panel, int]:
    """The panel with as many lines as a page takes, and how many it had."""
    return replace(panel, lines=panel.lines[:LINES]), len(panel.lines)
