"""`gamec compare FILE`: all cases side by side."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gamec.options import Data, Format, Gap, Method, ModelFile, Output, Seed, Sets, Solver, TimeLimit
from gamec.terminal import paper_of, progress, write


def compare(
    file: ModelFile,
    cases: Annotated[
        str | None, typer.Option("--cases", metavar="A,B", help="Only these cases, in this order.")
    ] = None,
    method: Method = "auto",
    solver: Solver = "auto",
    time_limit: TimeLimit = None,
    gap: Gap = None,
    seed: Seed = 0,
    set_: Sets = None,
    data: Data = None,
    form: Output = Format.TEXT,
) -> int:
    from gamec.exit_codes import of_comparison
    from gamec.guard import show_warnings
    from gamec.json_text import json_text
    from gamec.overrides import overrides
    from gamec.views.comparison import comparison_lines, comparison_text
    from runtime import session

    values = overrides(set_, data)
    wanted = None if cases is None else [name.strip() for name in cases.split(",") if name.strip()]
    if wanted == []:
        raise typer.BadParameter("names no case", param_hint="--cases")
    with progress(f"solving the cases of {file}"):
        comparison = session.compare(
            file,
            cases=wanted,
            method=method,
            solver=solver,
            overrides=values,
            time_limit=time_limit,
            gap=gap,
            seed=seed,
        )
    show_warnings(comparison.diagnostics, form)
    match form:
        case Format.JSON:
            write(sys.stdout, json_text(comparison.to_json(), sys.stdout))
        case Format.SHORT:
            write(sys.stdout, comparison_lines(comparison))
        case Format.TEXT:
            write(sys.stdout, comparison_text(comparison, paper_of(sys.stdout)))
    return of_comparison(comparison)
