"""`gamec compile FILE --to LANGUAGE`: the model as a program in another language, or as files of other programs."""

from __future__ import annotations

from typing import Annotated

import typer

from gamec.exit_codes import CERTIFIED
from gamec.options import Case, DataFile, Format, ModelFile, Sets
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint


def run(
    *,
    file: ModelFile,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="LANGUAGE",
            help="pyomo, casadi: a standalone script; lp, mps, nl: the problem that is solved; mps-aux: both levels;"
            " json: the checked game.",
        ),
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
    from gamec.flat_files import check_name, write_files
    from gamec.guard import show_warnings
    from gamec.overrides import overrides
    from gamec.text_files import model_file
    from runtime.decisions import decisions
    from runtime.methods.method import Request
    from runtime.pair_limits import pair_limits
    from runtime.problem_files.registry import PROBLEM_FORMATS, problem_of, problem_texts
    from runtime.version import version

    values = overrides(sets, data)
    compiled = compile_file(model_file(file), case=case, overrides=values)
    show_warnings(compiled.warnings, Format.TEXT)
    if to in FLAT_EXPORTS:
        _check_plain(to, form != "auto" or player is not None, "no `--player` and no `--form`")
        check_name(to, FLAT_EXPORTS[to].endings, output)
        write_files(FLAT_EXPORTS[to].write(compiled.ground), output)
        return CERTIFIED
    if to in PROBLEM_FORMATS:
        check_name(to, PROBLEM_FORMATS[to].endings, output)
        chosen = "kkt-sos1" if form == "auto" else form
        single = problem_of(compiled, player or "", chosen)
        show_warnings(single.warnings, Format.TEXT)
        write_files(problem_texts(PROBLEM_FORMATS[to], single), output)
        return CERTIFIED
    request = ScriptRequest(
        version=version(),
        form=form,
        player=player or "",
        limits=lambda multipliers: pair_limits(compiled, multipliers),
        decisions=lambda: decisions(compiled, Request()),
    )
    write_files({"": emit(compiled, to, request, [*PROBLEM_FORMATS, *FLAT_EXPORTS])}, output)
    return CERTIFIED


def _check_plain(to: str, more: bool, words: str) -> None:
    """Raises DiagnosticError (G807) where `more` is asked for than the format takes."""
    if more:
        hints = (Hint("leave it out, or write a script: `--to pyomo`"),)
        raise DiagnosticError([Diagnostic("G807", f"`--to {to}` takes {words}", hints=hints)])
