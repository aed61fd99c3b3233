"""`gamec compare FILE`: all cases side by side."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError

from gamec.options import Format, add_data, add_format, add_model, add_solving
from gamec.terminal import paper_of, write
from gamec.watched import watched


def options(parser: ArgumentParser) -> None:
    add_model(parser)
    parser.add_argument("--cases", metavar="A,B", type=_names, help="only these cases, in this order")
    add_data(parser)
    add_solving(parser)
    add_format(parser)


def run(
    *,
    file: str,
    cases: list[str] | None,
    sets: list[str],
    data: str | None,
    method: str,
    solver: str,
    time_limit: float | None,
    gap: float | None,
    seed: int,
    form: Format,
) -> int:
    from gamec.exit_codes import of_comparison
    from gamec.guard import show_warnings
    from gamec.json_text import json_text
    from gamec.overrides import overrides
    from gamec.views.comparison import comparison_lines, comparison_text
    from runtime import session
    from runtime.result import Comparison

    values = overrides(sets, data)

    def work() -> Comparison:
        return session.compare(
            file,
            cases=cases,
            method=method,
            solver=solver,
            overrides=values,
            time_limit=time_limit,
            gap=gap,
            seed=seed,
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


def _names(words: str) -> list[str]:
    names = [name.strip() for name in words.split(",")]
    if "" in names or len(set(names)) < len(names):
        raise ArgumentTypeError(f"{words!r} is no list of different names with commas between them")
    return names
