"""`gamec compare FILE`: all cases side by side."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gamec.options import (
    BigM,
    Complementarity,
    Crosscheck,
    DataFile,
    Executor,
    Form,
    Format,
    Gap,
    Generations,
    Method,
    ModelFile,
    Population,
    Seed,
    Sets,
    Solver,
    TimeLimit,
    Workers,
)
from gamec.terminal import paper_of, write
from gamec.watched import watched


def _names(words: str) -> list[str]:
    return [name.strip() for name in words.split(",")]


def _different(words: str | None) -> str | None:
    if words is not None and ("" in (names := _names(words)) or len(set(names)) < len(names)):
        raise typer.BadParameter(f"{words!r} is no list of different names with commas between them")
    return words


def run(
    *,
    file: ModelFile,
    cases: Annotated[
        str | None,
        typer.Option(
            "--cases", metavar="A,B", callback=_different, help="Only these cases, in this order.", show_default=False
        ),
    ] = None,
    sets: Sets = None,
    data: DataFile = None,
    method: Method = "auto",
    solver: Solver = "auto",
    time_limit: TimeLimit = None,
    gap: Gap = None,
    seed: Seed = 0,
    complementarity: Complementarity = "auto",
    big_m: BigM = None,
    crosscheck: Crosscheck = False,
    population: Population = None,
    generations: Generations = None,
    workers: Workers = None,
    executor: Executor = "auto",
    form: Form = Format.TEXT,
) -> int:
    from gamec.exit_codes import of_comparison
    from gamec.guard import show_warnings
    from gamec.json_text import json_text
    from gamec.overrides import overrides
    from gamec.text_files import model_file
    from gamec.views.comparison import comparison_lines, comparison_text
    from runtime import session
    from runtime.result import Comparison

    values = overrides(sets, data)

    def work() -> Comparison:
        return session.compare(
            model_file(file),
            cases=None if cases is None else _names(cases),
            method=method,
            solver=solver,
            data=values,
            time_limit=time_limit,
            gap=gap,
            seed=seed,
            complementarity=complementarity,
            big_m=big_m,
            crosscheck=crosscheck,
            population=population,
            generations=generations,
            workers=workers,
            executor=executor,
        )

    comparison = watched(f"solving the cases of {file}", work)
    show_warnings(comparison.diagnostics, form)
    match form:
        case Format.JSON:
            write(sys.stdout, json_text(comparison.to_json(), sys.stdout))
        case Format.SHORT:
            write(sys.stdout, comparison_lines(comparison))
        case Format.TEXT:
            write(sys.stdout, comparison_text(comparison, paper_of(sys.stdout)))
    return of_comparison(comparison)
