"""Answers on standard output. In: a result or a comparison and a format; out: text written, and the exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gamec.guard import show_warnings
from gamec.json_text import json_text
from gamec.options import Format
from gamec.terminal import paper_of, write

if TYPE_CHECKING:
    from grammar.diagnostics import Diagnostic
    from runtime.result import Comparison, Result
    from runtime.sweeps.sweep import Sweep


def show_result(result: Result, form: Format, everything: bool = False) -> int:
    """Diagnostics on standard error, the answer on standard output."""
    from gamec.exit_codes import of_result
    from gamec.views.result import result_line, result_text

    show_warnings(result.diagnostics, form)
    match form:
        case Format.JSON:
            write(sys.stdout, json_text(result.to_json(), sys.stdout))
        case Format.SHORT:
            write(sys.stdout, result_line(result))
        case Format.TEXT:
            write(sys.stdout, result_text(result, paper_of(sys.stdout), everything))
    return of_result(result)


def show_comparison(comparison: Comparison, form: Format) -> int:
    """As `show_result`, for several."""
    from gamec.exit_codes import of_comparison
    from gamec.views.comparison import comparison_lines, comparison_text

    show_warnings(comparison.diagnostics, form)
    match form:
        case Format.JSON:
            write(sys.stdout, json_text(comparison.to_json(), sys.stdout))
        case Format.SHORT:
            write(sys.stdout, comparison_lines(comparison))
        case Format.TEXT:
            write(sys.stdout, comparison_text(comparison, paper_of(sys.stdout)))
    return of_comparison(comparison)


def show_sweep(sweep: Sweep, form: Format, folder: str | None) -> int:
    """As `show_result`, for all points; `folder` is where they are kept. What many points have in common is told once:
    the first diagnostic of each code and place."""
    from gamec.exit_codes import of_sweep
    from gamec.views.sweep import sweep_lines, sweep_text

    first: dict[object, Diagnostic] = {}
    for d in (d for o in sweep.outcomes for d in o.diagnostics):
        place = d.headline if d.span is None else (d.span.source.path, d.span.start, d.span.end)
        first.setdefault((d.code, place), d)
    show_warnings(tuple(first.values()), form)
    match form:
        case Format.JSON:
            write(sys.stdout, json_text(sweep.to_json(), sys.stdout))
        case Format.SHORT:
            write(sys.stdout, sweep_lines(sweep))
        case Format.TEXT:
            write(sys.stdout, sweep_text(sweep, paper_of(sys.stdout)))
            if folder is not None:
                write(sys.stderr, f"kept in {folder}")
    return of_sweep(sweep)
