"""`gamec solve FILE`: the answer with its certificate; `gamec solve DIR`: that of a run that was killed."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from gamec.options import (
    Case,
    DataFile,
    Everything,
    Figures,
    Force,
    Form,
    Format,
    Log,
    Plots,
    RunFolder,
    Sets,
    Why,
    Workbook,
)
from gamec.progress import Progress
from gamec.solving_options import with_solving_options
from gamec.terminal import write
from gamec.unfinished_runs import check_begun, holds_run, went_on
from gamec.watched import watched
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint


@with_solving_options
def run(
    *,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|DIR",
            help="A .game file, - for standard input, or the folder of a run that was killed, to resume it.",
            show_default=False,
        ),
    ],
    case: Case = None,
    sets: Sets = None,
    data: DataFile = None,
    aux: Annotated[
        str | None,
        typer.Option(
            "--aux",
            metavar="FILE.aux",
            help="FILE is MPS, and this says what its lower level is.",
            show_default=False,
        ),
    ] = None,
    options: dict[str, Any],
    log: Log = None,
    everything: Everything = False,
    why: Why = False,
    plot: Plots = None,
    output: RunFolder = None,
    force: Force = False,
    xlsx: Workbook = False,
    figures: Figures = "png,pdf",
    form: Form = Format.TEXT,
) -> int:
    from gamec.overrides import overrides
    from gamec.run_folders import destination, told_and_kept
    from gamec.shown import check_plots, show_result
    from gamec.text_files import model_file
    from runtime import session
    from runtime.journal import Journal
    from runtime.result import Result

    if aux is not None and (case or sets or data or output):
        hint = Hint("leave them out, or solve the `.game` file that the two files were made from")
        words = "`--case`, `--set`, `--data` and `-o` go with `.game` files, `--aux` with MPS files"
        raise DiagnosticError([Diagnostic("G807", words, hints=(hint,))])
    check_plots(plot, form)
    resumed = holds_run(file)
    if resumed:
        given = {"--case": case, "--set": sets, "--data": data, "--aux": aux, "-o": output, "--force": force}
        check_begun(file, given, options)
        output = file
    values = overrides(sets, data)
    journal = None
    if output:
        from runtime.runs.folder import is_unfinished
        from runtime.runs.unfinished import Unfinished

        journal = Unfinished(output, anew=force)
        if is_unfinished(output) and not force and form is Format.TEXT:
            write(sys.stderr, f"going on with the run that was begun in {output}")
    keep = destination(output, force, xlsx, figures, journal)

    with Progress.to(log) as progress:

        def work() -> Result:
            if aux is not None:
                from runtime.asked import request_of
                from runtime.instances.session import solve_files

                return solve_files(file, aux, request_of(watch=progress.watch, **options))
            more = {**options, "watch": progress.watch, "journal": journal or Journal()}
            if resumed:
                return went_on(file, more)
            return session.solve(model_file(file), case=case, data=values, **more)

        result = watched(f"solving {file}", work, progress)
    return told_and_kept(lambda: show_result(result, form, everything, plot, why), keep, result, form)
