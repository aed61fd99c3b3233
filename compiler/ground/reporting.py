"""A solved game -> the numbers of its reports and comparisons: `ReportValue`, evaluated by the same evaluator that
grounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compiler.ground.context import Ungrounded
from compiler.ground.evaluate import Evaluator
from compiler.ground.ground_set import Layout
from compiler.ground.grounding import Grounded
from compiler.ground.spaces import Numbers
from compiler.ir import expr as ir
from compiler.ir.game import CaseReport, LetDef, ObjectiveDef, ReportDef
from compiler.ir.walk import uses
from grammar.diagnostics import Diagnostic, Findings

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ReportValue:
    """`value` (size,) in the order of `keys`; one number with an empty key for a report without index. `missing` says
    why it has none."""

    name: str
    value: Floats
    letters: tuple[str, ...]
    keys: tuple[tuple[object, ...], ...]
    unit: str
    doc: str
    missing: str
    layout: Layout

    @property
    def number(self) -> float:
        """The value of a report without index."""
        return float(self.value[0])


def report_values(
    grounded: Grounded, x: Floats, prices: Floats
) -> tuple[dict[str, ReportValue], tuple[Diagnostic, ...]]:
    """Every report at the point `x` (columns,) with shadow prices (rows,), NaN where there is none."""
    return _evaluate(grounded, grounded.game.reports, Numbers(grounded.spaces, x, prices))


def comparison_values(
    grounded: Grounded, reports: Mapping[str, Mapping[str, ReportValue]]
) -> tuple[dict[str, ReportValue], tuple[Diagnostic, ...]]:
    """Every comparison whose cases are all in `reports` (case -> report -> value)."""
    known = {
        (case, name): (value.layout, value.value) for case, values in reports.items() for name, value in values.items()
    }
    ready = tuple(c for c in grounded.game.comparisons if case_names(c) <= set(reports))
    return _evaluate(grounded, ready, Numbers(grounded.spaces, np.zeros(0), np.zeros(0), known))


def case_names(comparison: ReportDef) -> set[str]:
    """The cases that a comparison needs, through other comparisons too."""
    found: set[str] = set()
    stack: list[ir.Expr] = [comparison.value]
    while stack:
        for use in uses(stack.pop()):
            if isinstance(use.target, ReportDef | LetDef | ObjectiveDef):
                stack.append(use.target.value)
            elif isinstance(use.target, CaseReport):
                found.add(use.target.case)
    return found


def _evaluate(
    grounded: Grounded, reports: tuple[ReportDef, ...], quantities: Numbers
) -> tuple[dict[str, ReportValue], tuple[Diagnostic, ...]]:
    findings = Findings()
    evaluator = Evaluator(grounded.data, findings, quantities)
    found: dict[str, ReportValue] = {}
    for report in reports:
        layout, context = evaluator.layout(report.domain)
        values = np.full(layout.size, np.nan)
        missing = report.missing
        if not missing:
            try:
                values = np.array(evaluator.number(report.value, context).full(layout.axes), dtype=np.float64).reshape(
                    -1
                )
            except Ungrounded:
                missing = findings.items[-1].headline
        signature = report.signature
        found[report.name] = ReportValue(
            report.name,
            values,
            report.domain.letters,
            tuple(layout.key(k) for k in range(layout.size)),
            signature.unit.text if signature.unit is not None else "",
            signature.doc,
            missing,
            layout,
        )
    return found, tuple(findings.items)
