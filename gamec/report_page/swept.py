"""A sweep -> what its page shows: `Swept` with a table of all points, every objective and report against what was
swept, the figures of the points side by side, and why points have no certified answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from compiler.ground.sparse import Floats
from compiler.ir.words import show
from gamec.report_page.charts import Charts, Ranges
from gamec.report_page.subject import Answered, Subject
from gamec.report_page.tables import Tables
from gamec.report_page.verdict import Remark, remark
from grammar.diagnostics import Diagnostic
from runtime.figures.chart import Chart, Kind, Panel
from runtime.figures.of_result import convergence
from runtime.sweeps.folder import RUNS
from runtime.sweeps.sweep import Sweep

REASONS = 40
"""Different findings that a page lists."""


@dataclass(frozen=True)
class Multiple:
    """One figure at one point: the name of its chart in the page, the point's words, and the name of its section."""

    chart: str
    at: str
    key: str


@dataclass(frozen=True)
class Multiples:
    """The same figure at several points, all to one scale; `opened` where the file asked for it by `plot`."""

    title: str
    note: str
    shown: tuple[Multiple, ...]
    opened: bool


@dataclass(frozen=True)
class Reason:
    """A finding, and the points that have it."""

    remark: Remark
    points: str


@dataclass(frozen=True)
class Swept:
    """`verdict` counts the certified points; `table` and `figures` are names in the page. `without` says why points are
    not shown in full, empty where all are."""

    verdict: str
    good: bool
    table: str
    figures: tuple[Chart, ...]
    multiples: tuple[Multiples, ...]
    reasons: tuple[Reason, ...]
    without: str


def swept(subject: Subject, keys: Mapping[int, str], charts: Charts, tables: Tables) -> Swept | None:
    """`keys` are the names of the sections of those points that the page shows in full, by number."""
    sweep = subject.sweep
    if sweep is None:
        return None
    good = sum(o.certified for o in sweep.outcomes)
    verdict = f"{good} of {len(sweep.outcomes)} points certified"
    if subject.missing:
        verdict += f", {subject.missing} not solved yet"
    return Swept(
        verdict,
        good == len(sweep.outcomes) and not subject.missing,
        _table(sweep, keys, tables),
        tuple(chart for chart in sweep.charts.values() if not chart.empty),
        tuple(_multiples(subject.answers, list(keys.values()), charts)),
        tuple(_reasons(sweep)),
        _without(subject, sweep),
    )


def _table(sweep: Sweep, keys: Mapping[int, str], tables: Tables) -> str:
    """A row for each point; where the page shows a point in full, its number leads there."""
    table = tables.of("sweep")
    outcomes = sweep.outcomes
    table.numbers("point", np.array([float(o.number) for o in outcomes]), [keys.get(o.number, "") for o in outcomes])
    for axis in sweep.axes:
        head = _measured(axis.name, axis.unit)
        values = [o.at[axis.name] for o in outcomes]
        numbers = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
        if len(numbers) == len(values):
            table.numbers(head, np.array(numbers))
        else:
            table.words(head, [show(v) for v in values])
    table.words("status", [o.status.replace("_", " ") for o in outcomes])
    table.words("certified", ["yes" if o.certified else "no" for o in outcomes])
    if any(o.code for o in outcomes):
        table.words("code", [o.code for o in outcomes])
    for (_, name), values_of in sweep.single_numbers().items():
        table.numbers(_measured(name, sweep.units.get(name, "")), np.array(values_of))
    return table.name


def _measured(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit not in ("", "1") else name


def _multiples(answers: tuple[Answered, ...], keys: list[str], charts: Charts) -> Iterable[Multiples]:
    """The figures that several points have, panel for panel to one scale. How points converged and what players regret
    stands with each point."""
    found: dict[str, list[tuple[str, str, Chart]]] = {}
    declared: set[str] = set()
    for answer, key in zip(answers, keys, strict=True):
        own = {convergence(answer.result).name} if answer.result.history else set()
        for name, chart in answer.result.charts.items():
            if name not in own and name != "regret" and not chart.empty:
                found.setdefault(name, []).append((answer.name, key, chart))
        if answer.compiled is not None:
            declared |= {plot.signature.name for plot in answer.compiled.game.plots}
    for name, there in found.items():
        if len(there) < 2:
            continue
        within = _range([chart for _, _, chart in there])
        shown = tuple(Multiple(charts.add(chart, within), at, key) for at, key, chart in there)
        first = there[0][2]
        notes = [str(charts.drawn[shown[0].chart]["note"])]
        notes += [f"at {len(there)} of {len(answers)} points"] if len(there) < len(answers) else []
        yield Multiples(first.title, "; ".join(filter(None, notes)), shown, name in declared)


def _range(several: list[Chart]) -> Ranges:
    """For each panel the least and the greatest value that any of the charts shows in it; None on logarithmic axes,
    and throughout where charts differ in their panels."""
    panels = [chart.panels for chart in several]
    if len({tuple((p.y, p.log) for p in mine) for mine in panels}) > 1:
        return (None,) * max(map(len, panels))
    found = []
    for same in zip(*panels, strict=True):
        ends = [end for panel in same for end in _ends(panel)]
        found.append(None if same[0].log or not ends else (min(ends), max(ends)))
    return tuple(found)


def _ends(panel: Panel) -> list[float]:
    lines: list[Floats] = [line.values for line in panel.everything]
    if panel.kind is Kind.STACK and panel.lines:
        stacked = np.nan_to_num(np.array([line.values for line in panel.lines]))
        lines = [
            np.maximum(stacked, 0).sum(axis=0),
            np.minimum(stacked, 0).sum(axis=0),
            *(o.values for o in panel.over),
        ]
    finite = np.concatenate([v[np.isfinite(v)] for v in lines]) if lines else np.zeros(0)
    return [float(finite.min()), float(finite.max())] if len(finite) else []


def _reasons(sweep: Sweep) -> Iterable[Reason]:
    """Each finding once, with its points in the order in which they come."""
    points: dict[tuple[str, str], list[int]] = {}
    first: dict[tuple[str, str], Diagnostic] = {}
    for outcome in sweep.outcomes:
        for d in outcome.diagnostics:
            there = points.setdefault((d.code, d.headline), [])
            if outcome.number not in there:
                there.append(outcome.number)
            first.setdefault((d.code, d.headline), d)
    for what, numbers in list(points.items())[:REASONS]:
        listed = ", ".join(map(str, numbers[:12])) + (f" and {len(numbers) - 12} more" if len(numbers) > 12 else "")
        yield Reason(remark(first[what]), f"point{'s' if len(numbers) > 1 else ''} {listed}")


def _without(subject: Subject, sweep: Sweep) -> str:
    answered = sum(bool(o.objectives) for o in sweep.outcomes)
    if not answered or len(subject.answers) >= answered:
        return ""
    if not subject.kept:
        return (
            "The answers of the points were not kept: `gamec sweep` with `-o DIR --keep-runs` keeps them, and then they"
            " stand here."
        )
    if subject.kept > len(subject.answers):
        return (
            f"{len(subject.answers)} of the {subject.kept} answers that are kept stand here, at equal distances; the"
            f" others are run folders below `{RUNS}/`: `gamec report` makes a page of any of them."
        )
    return f"{subject.kept} of {answered} answers are kept, and stand here."
