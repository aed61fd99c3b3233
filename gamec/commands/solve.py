"""`gamec solve FILE`: the answer with its certificate."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

from gamec.options import Format, add_case, add_data, add_format, add_model, add_solving
from gamec.terminal import paper_of, write
from gamec.watched import watched


def options(parser: ArgumentParser) -> None:
    add_model(parser)
    add_case(parser)
    add_data(parser)
    add_solving(parser)
    parser.add_argument("--all", dest="everything", action="store_true", help="show every value, however many")
    add_format(parser)


def run(
    *,
    file: str,
    case: str | None,
    sets: list[str],
    data: str | None,
    method: str,
    solver: str,
    time_limit: float | None,
    gap: float | None,
    seed: int,
    everything: bool,
    form: Format,
) -> int:
    from gamec.exit_codes import of_result
    from gamec.guard import show_warnings
    from gamec.json_text import json_text
    from gamec.overrides import overrides
    from gamec.views.result import result_line, result_text
    from runtime import session
    from runtime.result import Result

    values = overrides(sets, data)

    def work() -> Result:
        return session.solve(
            file,
            case=case,
            method=method,
            solver=solver,
            overrides=values,
            time_limit=time_limit,
            gap=gap,
            seed=seed,
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
