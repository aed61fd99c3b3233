"""A `Result` -> its charts: the file's own plots first, then convergence, prices, balances and regrets."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from compiler.ground.plotting import PlotValues, plot_values
from compiler.ground.sparse import Floats
from compiler.pipeline import Compiled
from runtime.arrangement import arranged, array_of
from runtime.certify import REGRET
from runtime.figures.balances import balances
from runtime.figures.chart import Chart, Kind, Line, Panel, by_unit, measured, same_name_once
from runtime.record import Record
from runtime.result import Labelled, Result

PLAYERS = 24
"""Regrets of so many players are drawn, the largest first."""


def plots_of(result: Result) -> dict[str, Chart]:
    """The file's own plots, and convergence, by name; what a result that was put together by hand rests on, and so its
    plots, is not known."""
    made: list[Chart] = []
    record = result.record
    if record is not None and record.x is not None:
        compiled = record.compiled()
        prices = _prices(record, compiled)
        made += [_of_plot(plot) for plot in plot_values(compiled.grounded, record.x, prices) if plot.curves]
    if result.history:
        made.append(convergence(result))
    return same_name_once(made)


def _prices(record: Record, compiled: Compiled) -> Floats:
    """(rows,), NaN where there is none."""
    return record.prices if record.prices is not None else np.full(compiled.ground.rows, np.nan)


def charts_of(result: Result) -> dict[str, Chart]:
    """All charts by name: those of `plots_of`, and what is drawn of every result."""
    made = [*plots_of(result).values()]
    record = result.record
    made += [
        along_index(f"price_{name}", name, value, result, "Price")
        for name, value in result.price_of.items()
        if isinstance(value, Labelled) and np.isfinite(value.values).any()
    ]
    if record is not None and record.x is not None:
        compiled = record.compiled()
        made += balances(compiled, record.x, _prices(record, compiled))
    if result.certificate.relative_regret:
        made.append(regrets(result))
    return same_name_once(made)


def chart_named(result: Result, name: str | None) -> Chart:
    """One of the charts, or one made of an indexed value. Raises KeyError where there is neither."""
    if name is None and result.charts:
        return next(iter(result.charts.values()))
    if name in result.charts:
        return result.charts[name]
    for values in (result.value_of, result.price_of, result.report_of):
        value = values.get(name or "")
        if isinstance(value, Labelled):
            return along_index(name or "", name or "", value, result)
    indexed = [
        n
        for vs in (result.value_of, result.price_of, result.report_of)
        for n, v in vs.items()
        if isinstance(v, Labelled)
    ]
    known = ", ".join([*result.charts, *indexed]) or "nothing"
    raise KeyError(f"{name}: what can be drawn is {known}")


def convergence(result: Result) -> Chart:
    """Every player's objective, and the residual, over the iterations of a method that has them. Several starts, each
    of which counts from the beginning, stand one after the other with an empty place between them."""
    steps = result.history
    names = list(dict.fromkeys(name for step in steps for name in step.objectives))
    starts = np.flatnonzero([b.iteration <= a.iteration for a, b in pairwise(steps)]) + 1
    lines = [
        (
            result.units.get(name, ""),
            Line(name, np.insert([step.objectives.get(name, math.nan) for step in steps], starts, math.nan)),
        )
        for name in names
    ]
    residual = np.insert([step.residual for step in steps], starts, math.nan)
    panels = by_unit(lines, Kind.LINES)
    if np.isfinite(residual).any():
        finite = residual[np.isfinite(residual)]
        positive = bool((finite >= 0).all() and (finite > 0).any())
        panels += (Panel(Kind.LINES, "Residual", (Line("residual", residual),), log=positive),)
    at = tuple(range(len(residual)) if len(starts) else (step.iteration for step in steps))
    axis = f"Iterations of {len(starts) + 1} starts, one start after the other" if len(starts) else "Iteration"
    return Chart("convergence", "Convergence", axis, at, panels)


def regrets(result: Result) -> Chart:
    """What each player could gain at most by deciding otherwise, over the size of its objective's terms."""
    worst_first = sorted(result.certificate.relative_regret.items(), key=lambda item: -item[1])
    relative = dict(worst_first[:PLAYERS])
    values = np.array(list(relative.values()))
    panel = Panel(
        *(Kind.BARS, "Relative regret", (Line("regret", values),)),
        log=True,
        mark=REGRET,
        mark_label="tolerance of the certificate",
    )
    left = len(worst_first) - len(relative)
    note = f"{left} players with no more are left out" if left else ""
    return Chart("regret", "What each player gains at most by deciding otherwise", "", tuple(relative), (panel,), note)


def _of_plot(plot: PlotValues) -> Chart:
    lines = [(curve.unit, Line(curve.label, curve.values)) for curve in plot.curves]
    note = f"left out: {'; '.join(plot.missing)}" if plot.missing else ""
    return Chart(plot.name, plot.title, plot.axis, plot.elements, by_unit(lines, Kind.LINES), note)


def along_index(chart: str, name: str, value: Labelled, result: Result, what: str = "") -> Chart:
    """A value along its last index of numbers, else its last one: a line for each combination of the others."""
    doc, unit = result.docs.get(name, value.doc), result.units.get(name, value.unit)
    axes = value.elements()
    numeric = [k for k, axis in enumerate(axes) if all(type(e) in (int, float) for e in axis)]
    along = numeric[-1] if numeric else len(axes) - 1
    kind = Kind.LINES if numeric else Kind.BARS
    panel = Panel(kind, measured(what, unit), tuple(lines_along(name, value, along)))
    axis = result.set_docs.get(value.sets[along]) or value.index[along]
    return Chart(chart, doc or f"{what or 'Value'}: {name}", axis, axes[along], (panel,))


def lines_along(name: str, value: Labelled, along: int) -> list[Line]:
    """A line for each combination of the other indices that has values."""
    place = arranged({name: value}).places[name]
    full: Floats
    if place.listed:
        assert place.positions is not None
        full = np.full(tuple(map(len, value.elements())), np.nan)
        full[tuple(place.positions.T)] = value.values
    else:
        full = array_of(value, place)
    axes = value.elements()
    others = [k for k in range(len(axes)) if k != along]
    table = np.moveaxis(full, along, -1)
    found = []
    for key in np.ndindex(*table.shape[:-1]):
        line = table[key]
        if len(others) and not np.isfinite(line).any():
            continue
        words = [str(axes[k][p]) for k, p in zip(others, key, strict=True)]
        found.append(Line(", ".join(words) or name, line))
    return found
