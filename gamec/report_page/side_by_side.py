"""A comparison -> the table of its cases, `Overview`: status, objectives and reports, a column for each case."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gamec.report_page.subject import Subject
from gamec.report_page.values import exact, shown, unit_of
from runtime.result import Comparison


@dataclass(frozen=True)
class Row:
    """`cells` are numbers as shown and in full, one for each case."""

    name: str
    unit: str
    doc: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Overview:
    groups: tuple[tuple[str, tuple[Row, ...]], ...]


def overview(comparison: Comparison, subject: Subject) -> Overview:
    """Numbers without an index; what a case lacks is a dash."""
    docs: dict[str, str] = {}
    units: dict[str, str] = {}
    for answer in subject.answers:
        docs |= {name: doc for name, doc in answer.result.docs.items() if doc}
        units |= {name: unit for name, unit in answer.result.units.items() if unit}
    groups: dict[str, list[Row]] = {}
    for (kind, name), by_case in comparison.single_numbers().items():
        cells = tuple(_cell(by_case.get(case, math.nan)) for case in comparison.results)
        row = Row(name, unit_of(units.get(name, "")), docs.get(name, ""), cells)
        groups.setdefault({"objective": "Objectives", "report": "Reports"}[kind], []).append(row)
    return Overview(tuple((title, tuple(rows)) for title, rows in groups.items()))


def _cell(value: float) -> tuple[str, str]:
    return shown(value), exact(value)
