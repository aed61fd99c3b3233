"""`gamec compile FILE --to LANGUAGE`: the model as a program in another language."""

from __future__ import annotations

from typing import Annotated

import typer

from gamec.options import CaseName, Data, ModelFile, Sets


def compile_model(
    file: ModelFile,
    to: Annotated[str, typer.Option("--to", metavar="LANGUAGE", help="pyomo: an indexed, standalone script.")],
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write; standard output if left out.")
    ] = None,
    case: CaseName = None,
    set_: Sets = None,
    data: Data = None,
) -> int:
    raise NotImplementedError
