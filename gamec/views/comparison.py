"""Cases side by side for people. In: `Comparison`; out: text with one column for each case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gamec.cells import clean
from gamec.terminal import Paper
from gamec.views.grid import banded
from gamec.views.numbers import number
from gamec.views.result import certified, value_lines
from runtime.figures.of_comparison import BASE
from runtime.result import Comparison, Labelled, Result


def comparison_text(comparison: Comparison, paper: Paper) -> str:
    """Statuses, objectives and reports of all cases, then the file's comparisons."""
    results = comparison.results
    rows = ["case", "status", "certified"]
    columns = [[clean(case) or BASE, result.status.value, _certified(result)] for case, result in results.items()]
    for heading, names, cell in (
        ("objectives", _names(r.objectives for r in results.values()), _objective),
        ("reports", _names(r.report_of for r in results.values()), _report),
    ):
        if not names:
            continue
        rows += ["", heading]
        for column in columns:
            column += ["", ""]
        for name in names:
            unit = next((r.units[name] for r in results.values() if r.units.get(name)), "")
            rows.append(f"  {clean(name)}" + (f" ({clean(unit)})" if unit not in ("", "1") else ""))
            for column, result in zip(columns, results.values(), strict=True):
                column.append(cell(result, name))
    lines = [paper.styled("strong", clean(comparison.game)), "", *banded(rows, columns, paper.width)]
    if comparison.comparisons:
        lines += ["", paper.styled("strong", "comparisons")]
        lines += value_lines(comparison.comparisons, comparison.docs, comparison.units, paper, everything=True)
    return "\n".join(lines)


def comparison_lines(comparison: Comparison) -> str:
    """One line for each case and comparison."""
    from gamec.views.result import result_line

    lines = [result_line(result) for result in comparison.results.values()]
    for name, value in comparison.comparisons.items():
        shown = f"{len(value)} values" if isinstance(value, Labelled) else repr(value)
        lines.append(f"{clean(comparison.game)} compare {clean(name)}={shown}")
    return "\n".join(lines)


def _names(maps: Iterable[Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(name for m in maps for name in m))


def _certified(result: Result) -> str:
    if certified(result):
        return "yes"
    return "no" if result.objectives else "–"


def _objective(result: Result, name: str) -> str:
    return number(result.objectives[name]) if name in result.objectives else "–"


def _report(result: Result, name: str) -> str:
    if name not in result.report_of:
        return "–"
    value = result.report_of[name]
    if isinstance(value, Labelled):
        return f"{len(value)} values, sum {number(float(value.values.sum()))}"
    return number(value)
