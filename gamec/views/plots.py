"""Charts in a terminal: what figures show, as rows of blocks. In: `Chart`s; out: lines of text.

A line over numbers is a row of blocks, all rows of a panel to one scale; a place alone, or places with names, are bars.
What a row cannot show is written beside it: the least and the greatest value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from compiler.ground.sparse import Floats
from compiler.ir.words import count
from gamec.cells import clean, clipped, padded, width
from gamec.terminal import Paper
from gamec.views.marks import BLOCKS, PLAIN, Ink, bar, condensed, curve
from gamec.views.numbers import number, scale_of
from runtime.figures.chart import Chart, Kind, Panel

T = TypeVar("T")

BRIEF = 24
"""So many lines of plots come with an answer that was not asked for plots."""

LINES = 12
"""So many lines of a panel, and bars of a line, are drawn unless everything is asked for."""

FEW = 6
"""The same in a brief view."""

CELLS = 72
"""A row is no longer than this: the eye cannot follow further."""

BAR = 30

LEAST = 8
"""Cells of marks that are left where the paper is narrow; words are cut then."""

REPEATED = ("regret",)
"""Charts that a brief view leaves out: the certificate below it lists their numbers."""


def plot_lines(charts: Mapping[str, Chart], paper: Paper, brief: bool, everything: bool = False) -> list[str]:
    """The charts one after the other, and how many are left out. No line is wider than the paper."""
    most = FEW if brief else None if everything else LINES
    lines: list[str] = []
    wanted = [chart for name, chart in charts.items() if not (brief and name in REPEATED)]
    for k, chart in enumerate(wanted):
        made = chart_lines(chart, paper, most)
        if brief and lines and len(lines) + len(made) > BRIEF:
            left = len(wanted) - k
            lines.append(f"  {count(left, 'more plot')}: --plot draws {'it' if left == 1 else 'them'}")
            break
        if brief and len(made) > BRIEF:
            made = [*made[:BRIEF], "    and more of it: --plot draws all"]
        lines += made
    return [clipped(line, paper.width) if paper.blocks else _ascii(line, paper.width) for line in lines]


def chart_lines(chart: Chart, paper: Paper, most: int | None = LINES) -> list[str]:
    """A heading, then each panel with `most` lines, None for all; no styles in it, so that lines can be cut."""
    single = len(chart.panels) == 1 and not chart.panels[0].title
    over = _axis(chart)
    words = [chart.title, chart.panels[0].y] if single else [chart.title]
    # A name that stands for lack of a doc string is in the axis' label too.
    said = words[1:] if len(words) > 1 and words[1].startswith(f"{words[0]} in ") else words
    lines = [f"  {clean(', '.join(said))}{over}"]
    if chart.empty:
        return [*lines, "    no data"]
    for panel in chart.panels:
        if not single:
            lines.append("    " + ": ".join(clean(words) for words in (panel.title, panel.y) if words))
        drawn = _curves if chart.numeric and len(chart.at) > 1 else _bars
        lines += drawn(chart, panel, paper, most)
    return [*lines, f"    {clean(chart.note)}"] if chart.note else lines


def _axis(chart: Chart) -> str:
    """` over hour, 1 to 24`; what runs along bars is written beside them."""
    if not chart.numeric or not chart.x:
        return ""
    if len(chart.at) == 1:
        return f", {clean(chart.x)} {_place(chart.at[0])}"
    return f", over {clean(chart.x)} {_place(chart.at[0])} to {_place(chart.at[-1])}"


def _curves(chart: Chart, panel: Panel, paper: Paper, most: int | None) -> list[str]:
    shown, left = _first(panel.everything, most)
    scale = scale_of(v for line in shown for v in line.values.tolist())
    words = [_range(line.values, scale) for line in shown]
    names, cells = _layout([clean(line.label) for line in shown], words, paper, min(CELLS, 3 * len(chart.at)))
    heights = [condensed(_heights(line.values, panel.log), cells) for line in shown]
    finite = np.concatenate([h[np.isfinite(h)] for h in heights] or [np.zeros(0)])
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
    if panel.kind is not Kind.LINES and not panel.log:  # stacks and bars stand on zero
        low, high = min(low, 0.0), max(high, 0.0)
    margin = max(map(width, names), default=0)
    lines = []
    for name, values, told in zip(names, heights, words, strict=True):
        first, *below = curve(values, low, high, _ink(paper))
        lines.append(f"    {padded(name, margin)}  {first}  {told}")
        lines += [f"    {' ' * margin}  {row}" for row in below if row.strip()]
    if len(chart.at) > cells:
        each = f"each mark the mean of about {round(len(chart.at) / cells)}"
        lines.append(f"    {len(chart.at)} places, {each}")
    return lines + _more(left, "line", most)


def _bars(chart: Chart, panel: Panel, paper: Paper, most: int | None) -> list[str]:
    """A row for each place and line; what both have is said once."""
    several = len(panel.everything) > 1
    rows = [
        (_both(_place(place) if not chart.numeric else "", clean(line.label) if several else ""), float(line.values[k]))
        for k, place in enumerate(chart.at)
        for line in panel.everything
    ]
    if not several and chart.numeric:
        rows = [(clean(panel.lines[0].label), value) for _, value in rows]
    shown, left = _first(rows, None if most is None else 2 * most)
    values = np.array([value for _, value in shown])
    scale = 0.0 if panel.log else scale_of(values.tolist())
    words = [number(value, scale) for value in values.tolist()]
    names, cells = _layout([name for name, _ in shown], words, paper, BAR, axis=1)
    drawn = _log_bars(values, panel, cells, _ink(paper)) if panel.log else _signed_bars(values, cells, _ink(paper))
    margin = max(map(width, names), default=0)
    lines = [
        f"    {padded(name, margin)}  {row}  {told}".rstrip()
        for name, row, told in zip(names, drawn, words, strict=True)
    ]
    if panel.log and panel.mark is not None:
        lines.append(f"    {_ink(paper).mark} {panel.mark_label} {number(panel.mark)}, by powers of ten")
    return lines + _more(left, "bar", most)


def _signed_bars(values: Floats, cells: int, ink: Ink) -> list[str]:
    finite = np.where(np.isfinite(values), values, 0.0)
    low, high = min(0.0, float(finite.min(initial=0.0))), max(0.0, float(finite.max(initial=0.0)))
    spread = (high - low) or 1.0
    left = round(cells * -low / spread)
    if low < 0 < high:
        left = min(max(left, 1), cells - 1)
    right = cells - left
    rows = []
    for value in finite.tolist():
        # Below zero only whole cells: blocks in parts stand on the left side of a cell.
        below = ink.bar[-1] * max(1, round(left * value / low)) if value < 0 else ""
        above = bar(value / high, right, ink) if value > 0 else ""
        rows.append(padded(below, left, right=True) + ink.axis + padded(above, right))
    return rows


def _log_bars(values: Floats, panel: Panel, cells: int, ink: Ink) -> list[str]:
    """Bars by powers of ten, and a mark across where the panel has one."""
    positive = values[np.isfinite(values) & (values > 0)]
    seen = [*np.log10(positive).tolist(), *([math.log10(panel.mark)] if panel.mark else [])] or [0.0]
    low, high = math.floor(min(seen)) - 1, math.ceil(max(seen)) + 1
    place = round(cells * (math.log10(panel.mark) - low) / (high - low)) if panel.mark else None
    rows = []
    for value in values.tolist():
        part = (math.log10(value) - low) / (high - low) if math.isfinite(value) and value > 0 else 0.0
        row = padded(bar(part, cells, ink), cells)
        if place is not None and row[place] == " ":
            row = row[:place] + ink.mark + row[place + 1 :]
        rows.append(ink.axis + row)
    return rows


def _heights(values: Floats, log: bool) -> Floats:
    """Zeros of a logarithmic axis stand at the least of the others."""
    if not log:
        return values
    positive = values[np.isfinite(values) & (values > 0)]
    least = float(positive.min()) if len(positive) else 1.0
    safe = np.where(np.isfinite(values), np.maximum(values, least), np.nan)
    found: Floats = np.log10(safe)
    return found


def _layout(
    names: Sequence[str], words: Sequence[str], paper: Paper, most: int, axis: int = 0
) -> tuple[list[str], int]:
    """Names that fit, and the cells that are left for marks beside the `axis`."""
    room = paper.width - 8 - axis - max(map(width, words), default=0)
    longest = max(map(width, names), default=0)
    margin = min(longest, max(room // 2, room - most, LEAST))
    return [_shortened(name, margin) for name in names], max(LEAST, min(most, room - margin))


def _shortened(name: str, cells: int) -> str:
    """`a long doc string: coal` keeps its end, by which it differs from others."""
    head, colon, tail = name.rpartition(": ")
    rest = cells - width(colon + tail)
    if width(name) <= cells or not colon or rest < LEAST:
        return clipped(name, cells)
    return clipped(head, rest) + colon + tail


def _range(values: Floats, scale: float) -> str:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return "no data"
    low, high = number(float(finite.min()), scale), number(float(finite.max()), scale)
    return low if low == high else f"{low} to {high}"


def _first(items: Sequence[T], most: int | None) -> tuple[Sequence[T], int]:
    return (items, 0) if most is None or len(items) <= most else (items[:most], len(items) - most)


def _more(left: int, what: str, most: int | None) -> list[str]:
    option = "--plot" if most == FEW else "--all"
    return [f"    and {count(left, f'more {what}')} ({option} draws {'it' if left == 1 else 'them'})"] if left else []


def _both(*words: str) -> str:
    return ", ".join(filter(None, words))


def _place(place: object) -> str:
    return number(place) if isinstance(place, float) else clean(str(place))


def _ink(paper: Paper) -> Ink:
    return BLOCKS if paper.blocks else PLAIN


def _ascii(line: str, cells: int) -> str:
    """Our own signs in ASCII; a model's words are written as the stream can."""
    return clipped(line, cells).replace("…", "~").replace("–", "-")


def titled(lines: Iterable[str], paper: Paper) -> list[str]:
    """With a heading, if there are any."""
    found = list(lines)
    return [paper.styled("strong", "plots"), *found] if found else []
