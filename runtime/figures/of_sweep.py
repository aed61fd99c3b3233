"""A `Sweep` -> its charts: every objective and report against what was swept, a line for each combination of what else
was. Points without a certified answer are gaps, and counted below the figure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from runtime.datasets import index_words
from runtime.figures.chart import Chart, Kind, Line, Panel, measured, same_name_once
from runtime.figures.of_comparison import PANELS
from runtime.result import Labelled

if TYPE_CHECKING:
    from runtime.sweeps.axes import Axis, Element
    from runtime.sweeps.outcome import Outcome
    from runtime.sweeps.sweep import Sweep

Groups = dict[str, list["Outcome | None"]]
"""A line's label -> the outcome at each place of the axis, None where none is certified."""


def charts_of_sweep(sweep: Sweep) -> dict[str, Chart]:
    """All charts by name; none where no point is certified."""
    along = _along(sweep.axes)
    places = _places(along)
    groups = _groups(sweep, along, places)
    lost = sum(not o.certified for o in sweep.outcomes)
    note = f"{lost} of {len(sweep.outcomes)} points have no certified answer and are left out" if lost else ""
    kind = Kind.LINES if _numeric(along) else Kind.BARS
    x = measured(along.doc or along.name, along.unit)
    made = []
    for what, name in sweep.single_numbers():
        title, unit = sweep.docs.get(name) or name, sweep.units.get(name, "")
        lines = [
            Line(label or name, np.array([_single(outcome, what, name) for outcome in row]))
            for label, row in groups.items()
        ]
        # A line without a certified point would stand in the legend alone; the note counts its points.
        panel = Panel(kind, measured(name, unit), tuple(line for line in lines if np.isfinite(line.values).any()))
        made.append(Chart(f"{what}_{name}", title, x, places, (panel,), note))
    for name in sweep.indexed_reports():
        panels = tuple(_panels(sweep, groups, name, kind))
        more = f"{len(panels) - PANELS} of {len(panels)} panels are left out" if len(panels) > PANELS else ""
        notes = "; ".join(words for words in (note, more) if words)
        made.append(Chart(f"report_{name}", sweep.docs.get(name) or name, x, places, panels[:PANELS], notes))
    return same_name_once(chart for chart in made if not chart.empty)


def _numeric(axis: Axis) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in axis.values)


def _along(axes: tuple[Axis, ...]) -> Axis:
    """What runs along the figures: the first parameter of several numbers, else the first of several values."""
    several = [axis for axis in axes if len(axis.values) > 1] or list(axes)
    return next((axis for axis in several if _numeric(axis)), several[0])


def _places(axis: Axis) -> tuple[Element, ...]:
    """Numbers as they rise, names as they were given."""
    if not _numeric(axis):
        return axis.values
    return tuple(sorted(axis.values, key=float))


def _groups(sweep: Sweep, along: Axis, places: tuple[Element, ...]) -> Groups:
    others = [axis.name for axis in sweep.axes if axis is not along and len(axis.values) > 1]
    groups: Groups = {}
    for outcome in sweep.outcomes:
        label = ", ".join(f"{name}={_word(outcome.at[name])}" for name in others)
        row = groups.setdefault(label, [None] * len(places))
        if outcome.certified:
            row[places.index(outcome.at[along.name])] = outcome
    return groups


def _panels(sweep: Sweep, groups: Groups, name: str, kind: Kind) -> Iterable[Panel]:
    """A panel for each combination of what else was swept, a line for each entry of the report."""
    y = measured(name, sweep.units.get(name, ""))
    for label, row in groups.items():
        values = [o.reports.get(name) if o is not None else None for o in row]
        at = [v.to_dict() if isinstance(v, Labelled) else {} for v in values]
        words = {key: index_words(v, key) for v in values if isinstance(v, Labelled) for key in v.keys}
        lines = tuple(Line(words[key], np.array([here.get(key, math.nan) for here in at])) for key in words)
        if lines:
            yield Panel(kind, y, lines, title=label)


def _single(outcome: Outcome | None, what: str, name: str) -> float:
    if outcome is None:
        return math.nan
    value = (outcome.objectives if what == "objective" else outcome.reports).get(name)
    return float(value) if isinstance(value, int | float) else math.nan


def _word(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
