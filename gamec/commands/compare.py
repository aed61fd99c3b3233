"""`gamec compare FILE`: all cases side by side; `gamec compare DIR DIR`: kept answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gamec.options import DataFile, Figures, Force, Form, Format, Log, Plots, RunFolder, Sets, Workbook, unfit
from gamec.progress import Progress
from gamec.solving_options import with_solving_options
from gamec.watched import watched

if TYPE_CHECKING:
    from runtime.result import Comparison


def _names(words: str) -> list[str]:
    return [name.strip() for name in words.split(",")]


def _different(words: str | None) -> str | None:
    if words is not None and ("" in (names := _names(words)) or len(set(names)) < len(names)):
        raise typer.BadParameter(f"{words!r} is no list of different names with commas between them")
    return words


@with_solving_options
def run(
    *,
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|DIR...",
            help="A .game file or - for standard input; or folders made by -o.",
            show_default=False,
        ),
    ],
    cases: Annotated[
        str | None,
        typer.Option(
            "--cases", metavar="A,B", callback=_different, help="Only these cases, in this order.", show_default=False
        ),
    ] = None,
    sets: Sets = None,
    data: DataFile = None,
    options: dict[str, Any],
    log: Log = None,
    plot: Plots = None,
    output: RunFolder = None,
    force: Force = False,
    xlsx: Workbook = False,
    figures: Figures = "png,pdf",
    form: Form = Format.TEXT,
) -> int:
    from gamec.overrides import overrides
    from gamec.run_folders import destination, told_and_kept
    from gamec.shown import check_plots, show_comparison
    from gamec.text_files import model_file
    from runtime import session

    check_plots(plot, form)
    keep = destination(output, force, xlsx, figures)
    if len(what) > 1 or _holds_answers(Path(what[0])):
        if cases or sets or data:
            raise unfit("`--cases`, `--set` and `--data` are for a model", "kept answers are shown as they are")
        kept = _kept(what)
        return told_and_kept(lambda: show_comparison(kept, form, plot), keep, kept, form)
    file = what[0]
    values = overrides(sets, data)

    chosen = None if cases is None else _names(cases)
    with Progress.to(log) as progress:

        def work() -> Comparison:
            return session.compare(model_file(file), cases=chosen, data=values, watch=progress.watch, **options)

        comparison = watched(f"solving the cases of {file}", work, progress)
    return told_and_kept(lambda: show_comparison(comparison, form, plot), keep, comparison, form)


def _holds_answers(path: Path) -> bool:
    from runtime.runs.comparison_folder import is_comparison
    from runtime.runs.folder import is_run

    return is_run(path) or is_comparison(path)


def _kept(folders: list[str]) -> Comparison:
    from runtime.runs.comparison_folder import compared_runs, require_runs

    require_runs(folders)
    return watched("reading", lambda: compared_runs(folders))
