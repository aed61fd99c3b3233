"""`gamec compare FILE`: all cases side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from gamec.options import Data, Format, Gap, Method, ModelFile, Output, Seed, Sets, Solver, TimeLimit


def compare(
    file: ModelFile,
    cases: Annotated[
        str | None,
        typer.Option("--cases", metavar="A,B", help="Only these cases, in this order."),
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
    raise NotImplementedError
