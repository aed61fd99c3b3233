"""`gamec doc FILE -o model.tex`: the model as a document for people."""

from __future__ import annotations

import sys
from pathlib import PurePath
from typing import Annotated

import typer

from gamec.exit_codes import CERTIFIED
from gamec.options import Case, DataFile, Format, ModelFile, Sets
from gamec.terminal import write


def run(
    *,
    file: ModelFile,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to write: .tex, .pdf (needs pdflatex), .html or .md; Markdown on standard output if left out.",
            show_default=False,
        ),
    ] = None,
    derivation: Annotated[
        bool,
        typer.Option("--derivation", help="Derive the players' optimality conditions and the single-level problem."),
    ] = False,
    results: Annotated[
        str | None,
        typer.Option(
            "--results",
            metavar="DIR",
            help="Add tables and figures of this run folder (made by solve -o), and take its case and data.",
            show_default=False,
        ),
    ] = None,
    player: Annotated[
        str | None,
        typer.Option(
            "--player",
            metavar="NAME",
            help="This player's own problem with who follows it, what others decide being data.",
            show_default=False,
        ),
    ] = None,
    case: Case = None,
    sets: Sets = None,
    data: DataFile = None,
) -> int:
    from compiler.backends.document_formats import FORMATS, document_of, warnings_of
    from compiler.pipeline import compile_file
    from gamec.documented_run import run_of, with_results
    from gamec.guard import show_warnings
    from gamec.overrides import overrides
    from gamec.pdf import pdf_of
    from gamec.text_files import model_file, write_whole
    from grammar.diagnostics import Diagnostic, DiagnosticError, Hint, did_you_mean
    from runtime.version import version

    suffix = ".md" if output in (None, "-") else PurePath(str(output)).suffix.lower()
    target = next((f for f in FORMATS if f.suffix == (".tex" if suffix == ".pdf" else suffix)), None)
    if target is None:
        known = [".pdf", *(f.suffix for f in FORMATS)]
        raise DiagnosticError(
            [
                Diagnostic(
                    "G807",
                    f"documents cannot be written as `{suffix or output}`",
                    notes=(f"the file's ending says what is written: {', '.join(known)}",),
                    hints=did_you_mean(suffix, known) or (Hint("end its name in one of them: `-o model.html`"),),
                )
            ]
        )
    values = overrides(sets, data)
    pictures: dict[str, bytes] = {}
    if results is None:
        compiled = compile_file(model_file(file), case=case, overrides=values)
        described = document_of(compiled, version(), derivation, player or "")
    elif player is not None:
        hint = Hint("leave one of them out: results are those of everybody")
        raise DiagnosticError([Diagnostic("G807", "`doc` takes either `--player` or `--results`", hints=(hint,))])
    else:
        kept = run_of(results, file, case, values)
        compiled = kept.compiled
        described = document_of(compiled, version(), derive=derivation)
        described, pictures = with_results(described, kept, suffix, output)
    show_warnings((*compiled.warnings, *warnings_of(described, target)), Format.TEXT)
    text = target.write(described.document)
    if output is None or output == "-":
        write(sys.stdout, text)
    else:
        write_whole(output, pdf_of(text, pictures) if suffix == ".pdf" else text)
    return CERTIFIED
