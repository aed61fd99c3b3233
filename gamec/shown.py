"""Answers on standard output. In: a result or a comparison and a format; out: text written, and the exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from gamec.cells import wrapped
from gamec.guard import TRACEBACK, show_warnings
from gamec.json_text import json_text
from gamec.options import Format, unfit
from gamec.terminal import Paper, is_terminal, paper_of, write
from grammar.diagnostics import DiagnosticError

if TYPE_CHECKING:
    from grammar.diagnostics import Diagnostic
    from runtime.result import Comparison, Result
    from runtime.sweeps.sweep import Sweep


def check_plots(plot: bool | None, form: Format) -> None:
    """Before anything is solved. Raises DiagnosticError (G807)."""
    if plot and form is not Format.TEXT:
        raise unfit(f"`--plot` draws for people, `--format {form.value}` is for programs", "leave one of them out")


def show_result(
    result: Result, form: Format, everything: bool = False, plot: bool | None = None, why: bool = False
) -> int:
    """Diagnostics on standard error, the answer on standard output; with plots if `plot`, with a few of them where
    that is None and a terminal shows them; with the reason against each other method if `why`."""
    from gamec.exit_codes import of_result
    from gamec.views.result import result_line, result_text

    show_warnings(result.diagnostics, form)
    match form:
        case Format.JSON:
            write(sys.stdout, json_text(result.to_json(), sys.stdout))
        case Format.SHORT:
            write(sys.stdout, result_line(result))
        case Format.TEXT:
            paper = paper_of(sys.stdout)
            write(sys.stdout, result_text(result, paper, everything, _plots(result, paper, plot, everything), why))
    return of_result(result)


def show_comparison(comparison: Comparison, form: Format, plot: bool | None = None) -> int:
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
            paper = paper_of(sys.stdout)
            _write_with(comparison_text(comparison, paper), _plots(comparison, paper, plot, everything=True))
    return of_comparison(comparison)


def show_sweep(sweep: Sweep, form: Format, folder: str | None, plot: bool | None = None, missing: int = 0) -> int:
    """As `show_result`, for all points; `folder` is where they are kept, `missing` how many are not solved yet. What
    many points have in common is told once: the first diagnostic of each code and place."""
    from gamec.exit_codes import CERTIFIED, LIMIT, of_sweep
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
            paper = paper_of(sys.stdout)
            _write_with(sweep_text(sweep, paper, missing), _plots(sweep, paper, plot, everything=True))
            if folder is not None:
                write(sys.stderr, f"kept in {folder}")
    return of_sweep(sweep) or (LIMIT if missing else CERTIFIED)


def _write_with(text: str, plots: list[str]) -> None:
    write(sys.stdout, "\n\n".join([text, *(["\n".join(plots)] if plots else [])]))


def _plots(shown: Result | Comparison | Sweep, paper: Paper, plot: bool | None, everything: bool = False) -> list[str]:
    """Lines with their heading; none where nobody wants them. An answer that took an hour is shown whatever becomes of
    its plots: without them where nobody asked for any and the kept model does not compile any more, with a word about
    it where drawing fails."""
    if plot is False or (plot is None and not is_terminal(sys.stdout)):
        return []
    from gamec.views.plots import plot_lines, titled

    try:
        lines = plot_lines(shown.charts, paper, brief=plot is None, everything=everything)
    except DiagnosticError:
        if plot:
            raise
        return []
    except Exception as fault:
        if os.environ.get(TRACEBACK):
            raise
        words = f"{type(fault).__name__}: {fault}"
        lines = [f"  {line}" for line in wrapped(f"none, by a fault of gamec ({words})", paper.width - 2)]
    return titled(lines, paper)
