"""A `Chart` -> a matplotlib figure, drawn without pyplot: no window, and none is left open."""

from __future__ import annotations

import io
import math
import textwrap
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from compiler.ground.sparse import Floats
from runtime.figures.chart import Chart, Kind, Line, Panel
from runtime.figures.condense import condensed
from runtime.figures.style import HEIGHT, MARKERS, WIDTH, line_style, plain, print_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")

FEW = 60
"""Up to so many places are drawn one by one, with markers and bars; beyond that they run together."""

LEGEND = 24
"""More lines than this cannot be told apart by a legend."""

LEGEND_GAP = 0.45
"""Inches from an axis to the legend below it: numbers and a label stand between."""

HIDDEN_GAP = 0.12
"""The same below an axis whose numbers stand at another panel."""

LABEL = 42
"""Characters of a legend's line, and of a category below an axis."""

TITLE = 84

BARS_LABEL = 56
"""Characters of a line below bars that lie on their side: names take a part of the width."""

SHORT = 0.04
"""Part of the axis below which a bar to the left is too short to keep its number away from the names."""


def draw(chart: Chart) -> Figure:
    """The figure. A chart without numbers says so."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    chart = condensed(chart)
    with print_style():
        sideways = _sideways(chart)
        heights = [_height(chart, panel, sideways) for panel in chart.panels] or [HEIGHT]
        title = _wrapped(chart.title, TITLE)
        lines = 1 + title.count("\n")
        figure = _picture()(figsize=(WIDTH, sum(heights) + 0.25 * lines + 0.3), layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(title, fontsize=10, x=0.01, ha="left")
        if chart.empty:
            # A frame, so that the picture keeps its size.
            frame = figure.subplots()
            frame.set(xticks=(), yticks=())
            frame.spines[:].set(visible=True, color="0.88")
            figure.text(0.5, 0.45, "no data", ha="center", color="0.4")
            return figure
        axes = figure.subplots(len(chart.panels), 1, squeeze=False, sharex=not sideways, height_ratios=heights)[:, 0]
        for ax, panel, height in zip(axes, chart.panels, heights, strict=True):
            _panel(ax, chart, panel, sideways)
            below = _along_bars(panel) if sideways else _wrapped(chart.x, TITLE)
            shown = sideways or panel is chart.panels[-1]
            _legend(ax, panel, height, LEGEND_GAP + 0.14 * below.count("\n") if shown else HIDDEN_GAP)
        if not sideways:
            axes[-1].set_xlabel(_wrapped(chart.x, TITLE))
        if chart.note:
            figure.supxlabel(_wrapped(chart.note, TITLE), fontsize=7, color="0.35", x=0.99, ha="right")
        return figure


@cache
def _picture() -> type[Figure]:
    """A figure that notebooks show of their own accord, which matplotlib leaves to pyplot."""
    from matplotlib.figure import Figure

    class Picture(Figure):
        def _repr_png_(self) -> bytes:
            return rendered(self, "png")

    return Picture


def rendered(figure: Figure, form: str) -> bytes:
    """The picture as a file of one of `FORMATS`; the same chart gives the same bytes."""
    out = io.BytesIO()
    dates = {"pdf": {"CreationDate": None}, "svg": {"Date": None}, "png": {"Software": None}}
    with print_style():
        # Tight: what the layout could not make room for is not cut off.
        figure.savefig(out, format=form, metadata=dates[form], bbox_inches="tight", pad_inches=0.06)
    return out.getvalue()


def _sideways(chart: Chart) -> bool:
    """Bars with names lie on their side, so that long names can be read."""
    return not chart.numeric and all(p.kind is Kind.BARS and not p.over for p in chart.panels)


def _height(chart: Chart, panel: Panel, sideways: bool) -> float:
    if not sideways:
        return HEIGHT + 0.14 * _legend_rows(panel)
    named = 0.14 * _along_bars(panel).count("\n")
    return 0.55 + named + 0.18 * len(chart.at) * len(panel.lines) + 0.06 * len(chart.at) + 0.14 * _legend_rows(panel)


def _legend_rows(panel: Panel) -> int:
    if len(panel.everything) < 2 or len(panel.everything) > LEGEND:
        return 0
    return math.ceil(len(panel.everything) / _legend_columns(panel))


def _legend_columns(panel: Panel) -> int:
    longest = max(min(len(line.label), LABEL) for line in panel.everything)
    return max(1, min(4, len(panel.everything), 92 // (longest + 6)))


def _panel(ax: Axes, chart: Chart, panel: Panel, sideways: bool) -> None:
    if panel.title:
        ax.set_title(_wrapped(panel.title, TITLE), loc="left")
    if sideways:
        _sideways_bars(ax, chart, panel)
    else:
        at = np.array(chart.at, dtype=np.float64) if chart.numeric else np.arange(len(chart.at), dtype=np.float64)
        if panel.kind is Kind.STACK:
            _stack(ax, at, panel)
        elif panel.kind is Kind.BARS:
            _bars(ax, at, panel)
        else:
            _lines(ax, at, panel.lines)
        _lines_above(ax, at, panel)
        ax.set_ylabel(_wrapped(_measured(panel.y, 84), 28))
        _places(ax, chart, at)
        if panel.log and any((line.values > 0).any() for line in panel.everything):
            ax.set_yscale("log", nonpositive="mask")
        elif _crosses_zero(panel):
            ax.axhline(0, color="0.3", linewidth=0.8)
        if not panel.log:
            _scientific(ax)


def _legend(ax: Axes, panel: Panel, height: float, gap: float) -> None:
    """Below the axis and its label, `gap` inches away, whatever the height of the panel."""
    if len(panel.everything) > LEGEND:
        above = f"{panel.title}: " if panel.title else ""
        ax.set_title(plain(f"{above}{len(panel.everything)} lines"), loc="left")
    elif len(panel.everything) > 1:
        below = -gap / max(height - 0.14 * _legend_rows(panel) - gap, 0.3)
        columns = _legend_columns(panel)
        ax.legend(loc="upper left", bbox_to_anchor=(0, below), ncols=columns, borderaxespad=0, handlelength=1.8)


def _lines(ax: Axes, at: Floats, lines: tuple[Line, ...]) -> None:
    many = len(lines) > LEGEND
    for k, line in enumerate(lines):
        style = line_style(k)
        if line.low is not None and line.high is not None and not many:
            ax.fill_between(at, line.low, line.high, color=style["color"], alpha=0.22, linewidth=0)
        # What stands alone between gaps has no segment: only a marker shows it.
        lonely = len(at) == 1 or not (np.isfinite(line.values[1:]) & np.isfinite(line.values[:-1])).any()
        marker = MARKERS[k % len(MARKERS)] if (len(at) <= FEW and len(lines) <= len(MARKERS)) or lonely else None
        ax.plot(at, line.values, label=_label(line), marker=marker, linewidth=0.6 if many else None, **style)


def _lines_above(ax: Axes, at: Floats, panel: Panel) -> None:
    for k, line in enumerate(panel.over):
        if panel.kind is Kind.STACK and len(at) <= FEW:
            edges = np.append(at - 0.5 * _step(at), at[-1] + 0.5 * _step(at))
            ax.stairs(
                line.values,
                edges,
                baseline=None,
                label=_label(line),
                color="black",
                linewidth=1.6,
                linestyle=("-", "--", ":")[k % 3],
            )
        else:
            ax.plot(
                at, line.values, label=_label(line), color="black", linewidth=1.2, linestyle=("-", "--", ":")[k % 3]
            )


def _stack(ax: Axes, at: Floats, panel: Panel) -> None:
    above, below = np.zeros(len(at)), np.zeros(len(at))
    for k, line in enumerate(panel.lines):
        values = np.nan_to_num(line.values, posinf=0.0, neginf=0.0)
        up, down = np.maximum(values, 0.0), np.minimum(values, 0.0)
        colour = line_style(k)["color"]
        hatch = "" if k < 8 else "////"
        if len(at) <= FEW:
            width = 0.86 * _step(at)
            base = np.where(values >= 0, above, below)
            ax.bar(
                at, values, width, base, label=_label(line), color=colour, hatch=hatch, edgecolor="white", linewidth=0.3
            )
        else:
            ax.fill_between(
                at, above, above + up, label=_label(line), color=colour, hatch=hatch, linewidth=0, step="mid"
            )
            ax.fill_between(at, below, below + down, color=colour, hatch=hatch, linewidth=0, step="mid")
        above, below = above + up, below + down


def _bars(ax: Axes, at: Floats, panel: Panel) -> None:
    width = 0.84 * _step(at) / max(len(panel.lines), 1)
    for k, line in enumerate(panel.lines):
        shift = (k - 0.5 * (len(panel.lines) - 1)) * width
        ax.bar(at + shift, line.values, width, label=_label(line), color=line_style(k)["color"])


def _sideways_bars(ax: Axes, chart: Chart, panel: Panel) -> None:
    rows = np.arange(len(chart.at), dtype=np.float64)
    height = 0.8 / max(len(panel.lines), 1)
    log = panel.log
    spread = _spread(panel)
    for k, line in enumerate(panel.lines):
        shift = (k - 0.5 * (len(panel.lines) - 1)) * height
        shown = np.where(np.isfinite(line.values), line.values, 0.0)
        ax.barh(rows + shift, shown, height, label=_label(line), color=line_style(k)["color"])
        for row, value in zip(rows + shift, line.values.tolist(), strict=True):
            _number_at(ax, value, row, log, -SHORT * spread)
    ax.set_yticks(rows, [_wrapped(str(p), LABEL) for p in chart.at])
    ax.invert_yaxis()
    ax.grid(visible=False, axis="y")
    ax.set_xlabel(_along_bars(panel))
    ax.margins(x=0.14)
    if log:
        # The limits first: without them matplotlib warns of zeros.
        ax.set_xlim(*_decades(panel))
        ax.set_xscale("log", nonpositive="clip")
    else:
        ax.xaxis.set_major_formatter(lambda value, _: _short(value))
    if not log and _crosses_zero(panel):
        ax.axvline(0, color="0.3", linewidth=0.8)
    if panel.mark is not None:
        ax.axvline(panel.mark, color="black", linestyle="--", linewidth=1.0)
        ax.annotate(
            panel.mark_label,
            (panel.mark, 0),
            xycoords=("data", "axes fraction"),
            xytext=(-3, 3),
            textcoords="offset points",
            fontsize=7,
            ha="right",
        )


def _decades(panel: Panel) -> tuple[float, float]:
    """Whole powers of ten around what is above zero, with room for the numbers at the bars."""
    values = np.concatenate([line.values for line in panel.lines])
    seen = [*values[np.isfinite(values) & (values > 0)].tolist(), *([panel.mark] if panel.mark else [])] or [1.0]
    low, high = math.floor(math.log10(min(seen))) - 1, math.ceil(math.log10(max(seen))) + 1
    return 10.0**low, 10.0**high


def _along_bars(panel: Panel) -> str:
    return _wrapped(_measured(panel.y, 2 * BARS_LABEL - 12), BARS_LABEL)


def _measured(words: str, width: int) -> str:
    """`Power of a very … in kW`: cut, the unit stays."""
    what, within, unit = words.rpartition(" in ")
    if len(words) <= width or not within:
        return textwrap.shorten(words, width, placeholder=" …")
    return textwrap.shorten(what, max(width - len(within + unit), 8), placeholder=" …") + within + unit


def _spread(panel: Panel) -> float:
    """From the least to the greatest bar, zero among them."""
    values = np.concatenate([line.values[np.isfinite(line.values)] for line in panel.lines])
    return float(values.max(initial=0.0) - values.min(initial=0.0))


def _number_at(ax: Axes, value: float, row: float, log: bool, left: float) -> None:
    """The number beside its bar; at zero where there is none to see, and where a bar ends between `left` and zero."""
    seen = math.isfinite(value) and (value > 0 or (not log and value < left))
    words = _short(value) if math.isfinite(value) else ("–" if math.isnan(value) else "∞" if value > 0 else "−∞")
    where: dict[str, Any] = {"textcoords": "offset points", "fontsize": 7, "va": "center"}
    if seen:
        ax.annotate(
            words, (value, row), xytext=(3 if value > 0 else -3, 0), ha="left" if value > 0 else "right", **where
        )
    else:
        place = "axes fraction" if log else "data"
        ax.annotate(words, (0, row), xycoords=(place, "data"), xytext=(3, 0), ha="left", **where)


def _short(value: float) -> str:
    """Four digits: `2,098`, `0.3143`; powers of ten for what is very large or small."""
    return f"{float(f'{value:.4g}'):,.10g}" if value == 0 or 1e-3 <= abs(value) < 1e7 else f"{value:.3g}"


def _places(ax: Axes, chart: Chart, at: Floats) -> None:
    from matplotlib.ticker import MaxNLocator

    if chart.numeric:
        whole = all(isinstance(p, int) for p in chart.at)
        ax.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=whole, min_n_ticks=1))
        if len(at) == 1:
            ax.set_xlim(at[0] - 1, at[0] + 1)
            ax.set_xticks(at)
        else:
            ax.margins(x=0.01)
        return
    names = [_wrapped(str(p), 18) for p in chart.at]
    step = math.ceil(len(names) / 30)
    crowded = sum(len(str(p)) + 2 for p in chart.at[::step]) > 80
    ax.set_xticks(at[::step], names[::step], rotation=45 if crowded else 0, ha="right" if crowded else "center")


def _scientific(ax: Axes) -> None:
    from matplotlib.ticker import ScalarFormatter

    form = ScalarFormatter(useMathText=False)
    form.set_powerlimits((-4, 6))
    form.set_useOffset(False)
    ax.yaxis.set_major_formatter(form)


def _crosses_zero(panel: Panel) -> bool:
    """Whether zero is worth a line: bars and stacks stand on it, curves go through it."""
    values = np.concatenate([line.values[np.isfinite(line.values)] for line in panel.everything] or [np.zeros(0)])
    return bool(len(values) and values.min() < 0 and (values.max() >= 0 or panel.kind is not Kind.LINES))


def _step(at: Floats) -> float:
    return float(np.min(np.diff(at))) if len(at) > 1 else 1.0


def _label(line: Line) -> str:
    """Matplotlib leaves labels that begin with an underscore out of legends."""
    words = textwrap.shorten(line.label, 2 * LABEL, placeholder=" …")
    words = _wrapped(words, LABEL)
    return f"\u200b{words}" if words.startswith("_") else words


def _wrapped(words: str, width: int) -> str:
    return plain(textwrap.fill(words, width))
