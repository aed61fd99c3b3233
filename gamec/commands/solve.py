"""`gamec solve FILE`: the answer with its certificate."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gamec.options import (
    BigM,
    Case,
    Complementarity,
    Crosscheck,
    DataFile,
    Form,
    Format,
    Gap,
    Method,
    ModelFile,
    Seed,
    Sets,
    Solver,
    TimeLimit,
)
from gamec.terminal import paper_of, write
from gamec.watched import watched


def run(
    *,
    file: ModelFile,
    case: Case = None,
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
    everything: Annotated[bool, typer.Option("--all", help="Show every value, however many.")] = False,
    form: Form = Format.TEXT,
) -> int:
    from gamec.exit_codes import of_result
    from gamec.guard import show_warnings
    from gamec.json_text import json_text
    from gamec.overrides import overrides
    from gamec.text_files import model_file
    from gamec.views.result import result_line, result_text
    from runtime import session
    from runtime.result import Result

    values = overrides(sets, data)

    def work() -> Result:
        return session.solve(
            model_file(file),
            case=case,
            method=method,
            solver=solver,
            data=values,
            time_limit=time_limit,
            gap=gap,
            seed=seed,
            complementarity=complementarity,
            big_m=big_m,
            crosscheck=crosscheck,
        )

    result = watched(f"solving {file}", work)
    show_warnings(result.diagnostics, form)
    match form:
        case Format.JSON:
            write(sys.stdout, json_text(result.to_json(), sys.stdout))
        case Format.SHORT:
            write(sys.stdout, result_line(result))
        case Format.TEXT:
            write(sys.stdout, result_text(result, paper_of(sys.stdout), everything))
    return of_result(result)
