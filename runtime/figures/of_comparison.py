"""A `Comparison` -> its charts: objectives, reports and comparisons by case; prices and reports along an index, before
and after; regrets."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from runtime.certify import REGRET
from runtime.figures.chart import Chart, Kind, Line, Panel, measured, same_name_once
from runtime.figures.of_result import PLAYERS, along_index, lines_along
from runtime.result import Comparison, Labelled, Result, Value

PANELS = 8
"""So many single numbers fill a page; others go to further charts."""

BASE = "(base)"
"""What the model as it stands is called among its cases."""


def charts_of_comparison(comparison: Comparison) -> dict[str, Chart]:
    """All charts by name."""
    results = {case or BASE: result for case, result in comparison.results.items() if result.objectives}
    if not results:
        return {}
    made = [
        *_by_case("objectives", "Objectives by case", results, {c: r.objectives for c, r in results.items()}),
        *_by_case("reports", "Reports by case", results, {c: r.report_of for c, r in results.items()}),
        *_before_and_after("price", "Price", results, {c: r.price_of for c, r in results.items()}),
        *_before_and_after("report", "", results, {c: r.report_of for c, r in results.items()}),
        *_compared(comparison),
    ]
    if any(r.certificate.relative_regret for r in results.values()):
        made.append(_regrets(results))
    return same_name_once(made)


def _words(results: Mapping[str, Result], name: str) -> tuple[str, str]:
    """Doc string and unit."""
    docs = next((r.docs[name] for r in results.values() if r.docs.get(name)), "")
    return docs, next((r.units[name] for r in results.values() if r.units.get(name)), "")


def _by_case(
    chart: str, title: str, results: Mapping[str, Result], values: Mapping[str, Mapping[str, Value]]
) -> list[Chart]:
    """A panel for each single number, a bar for each case."""
    names = [n for n in dict.fromkeys(n for v in values.values() for n in v) if not _indexed(values, n)]
    panels = []
    for name in names:
        doc, unit = _words(results, name)
        numbers = np.array([_number(v.get(name)) for v in values.values()])
        panels.append(Panel(Kind.BARS, measured("", unit), (Line(name, numbers),), title=doc or name))
    return [
        Chart(chart, title, "", tuple(results), tuple(panels[k : k + PANELS])) for k in range(0, len(panels), PANELS)
    ]


def _before_and_after(
    chart: str, what: str, results: Mapping[str, Result], values: Mapping[str, Mapping[str, Value]]
) -> Iterable[Chart]:
    """Each value along its index of numbers: a line for each case, a panel for each combination of the other
    indices."""
    for name in dict.fromkeys(n for v in values.values() for n in v):
        found = {case: v[name] for case, v in values.items() if isinstance(v.get(name), Labelled)}
        labelled = {case: v for case, v in found.items() if isinstance(v, Labelled) and len(v)}
        if not labelled:
            continue
        first = next(iter(labelled.values()))
        axes = first.elements()
        numeric = [k for k, axis in enumerate(axes) if all(type(e) in (int, float) for e in axis)]
        along = numeric[-1] if numeric else len(axes) - 1
        alike = {case: v for case, v in labelled.items() if len(v.index) == len(axes)}
        # Names may be others in each case, as those who play; places of one axis of numbers mean the same in all.
        every = axes[along] if numeric else tuple(dict.fromkeys(e for v in alike.values() for e in v.elements()[along]))
        same = {case: v for case, v in alike.items() if not numeric or v.elements()[along] == every}
        doc, unit = _words(results, name)
        groups: dict[str, list[Line]] = {}
        for case, v in same.items():
            at = [every.index(element) for element in v.elements()[along]]
            for line in lines_along(name, v, along):
                values_at = np.full(len(every), np.nan)
                values_at[at] = line.values
                groups.setdefault(line.label, []).append(Line(case, values_at))
        kind = Kind.LINES if numeric else Kind.BARS
        panels = tuple(
            Panel(kind, measured(what, unit), tuple(lines), title="" if label == name else label)
            for label, lines in list(groups.items())[:PANELS]
        )
        left = len(groups) - len(panels)
        axis = next((r.set_docs[first.sets[along]] for r in results.values() if r.set_docs.get(first.sets[along])), "")
        notes = [f"{left} more of {len(groups)} are left out"] if left else []
        apart = [case for case in labelled if case not in same]
        notes += [f"left out, with other places: {', '.join(apart)}"] if apart else []
        yield Chart(f"{chart}_{name}", doc or name, axis or first.index[along], every, panels, "; ".join(notes))


def _compared(comparison: Comparison) -> Iterable[Chart]:
    """What the file's `compare` declarations give."""
    single = {n: v for n, v in comparison.comparisons.items() if not isinstance(v, Labelled)}
    panels: dict[str, list[str]] = {}
    for name in single:
        panels.setdefault(comparison.units.get(name, ""), []).append(name)
    for unit, names in panels.items():
        numbers = np.array([_number(single[n]) for n in names])
        labels = tuple(comparison.docs.get(n) or n for n in names)
        panel = Panel(Kind.BARS, measured("", unit), (Line("", numbers),))
        yield Chart("comparisons", "Comparisons", "", labels, (panel,))
    somebody = next(iter(comparison.results.values()))
    for name, value in comparison.comparisons.items():
        if isinstance(value, Labelled) and len(value):
            yield along_index(f"comparison_{name}", name, value, somebody)


def _regrets(results: Mapping[str, Result]) -> Chart:
    worst: dict[str, float] = {}
    for result in results.values():
        for player, value in result.certificate.relative_regret.items():
            worst[player] = max(worst.get(player, 0.0), value)
    players = [p for p, _ in sorted(worst.items(), key=lambda item: -item[1])][:PLAYERS]
    lines = tuple(
        Line(case, np.array([r.certificate.relative_regret.get(p, math.nan) for p in players]))
        for case, r in results.items()
    )
    panel = Panel(
        *(Kind.BARS, "Relative regret", lines), log=True, mark=REGRET, mark_label="tolerance of the certificate"
    )
    left = len(worst) - len(players)
    note = f"{left} players with no more are left out" if left else ""
    return Chart("regret", "What each player gains at most by deciding otherwise", "", tuple(players), (panel,), note)


def _indexed(values: Mapping[str, Mapping[str, Value]], name: str) -> bool:
    return any(isinstance(v.get(name), Labelled) for v in values.values())


def _number(value: Value | None) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
