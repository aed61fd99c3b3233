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
    to: Annotated[
        str, typer.Option("--to", metavar="LANGUAGE", help="pyomo, casadi: a standalone script; mps-aux: two files.")
    ],
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
    form: Annotated[
        str,
        typer.Option(
            "--form",
            metavar="FORM",
            help="How followers become part of the leader's problem: kkt-sos1, kkt-big-m, strong-duality.",
        ),
    ] = "auto",
    player: Annotated[
        str | None,
        typer.Option(
            "--player",
            metavar="NAME",
            help="This player's own problem, what others decide being data as gamec solves the game.",
            show_default=False,
        ),
    ] = None,
    case: Case = None,
    sets: Sets = None,
    data: DataFile = None,
) -> int:
    from compiler.backends.registry import emit
    from compiler.backends.script_request import ScriptRequest
    from compiler.flat_exports.registry import FLAT_EXPORTS
    from compiler.pipeline import compile_file
    from gamec.flat_files import write_flat
    from gamec.guard import show_warnings
    from gamec.overrides import overrides
    from gamec.text_files import model_file, write_whole
    from runtime.decisions import decisions
    from runtime.methods.method import Request
    from runtime.pair_limits import pair_limits
    from runtime.version import version

    values = overrides(sets, data)
    compiled = compile_file(model_file(file), case=case, overrides=values)
    show_warnings(compiled.warnings, Format.TEXT)
    if to in FLAT_EXPORTS:
        write_flat(FLAT_EXPORTS[to], compiled.ground, output)
        return CERTIFIED
    request = ScriptRequest(
        version=version(),
        form=form,
        player=player or "",
        limits=lambda multipliers: pair_limits(compiled, multipliers),
        decisions=lambda: decisions(compiled, Request()),
    )
    text = emit(compiled, to, request)
    if output is None or output == "-":
        write(sys.stdout, text)
    else:
        write_whole(output, text)
    return CERTIFIED
