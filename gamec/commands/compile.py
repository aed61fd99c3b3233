"""`gamec compile FILE --to LANGUAGE`: the model as a program in another language."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gamec.exit_codes import CERTIFIED
from gamec.options import Case, DataFile, Format, ModelFile, Sets
from gamec.terminal import write


def run(
    *,
    file: ModelFile,
    to: Annotated[str, typer.Option("--to", metavar="LANGUAGE", help="pyomo: an indexed, standalone script.")],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to write; standard output if left out or -.",
            show_default=False,
        ),
    ] = None,
    case: Case = None,
    sets: Sets = None,
    data: DataFile = None,
) -> int:
    from compiler.backends.registry import emit
    from compiler.pipeline import compile_file
    from gamec.guard import show_warnings
    from gamec.overrides import overrides
    from gamec.text_files import model_file, write_whole
    from runtime.version import version

    values = overrides(sets, data)
    compiled = compile_file(model_file(file), case=case, overrides=values)
    show_warnings(compiled.warnings, Format.TEXT)
    text = emit(compiled, to, version())
    if output is None or output == "-":
        write(sys.stdout, text)
    else:
        write_whole(output, text)
    return CERTIFIED
