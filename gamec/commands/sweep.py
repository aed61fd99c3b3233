"""`gamec sweep FILE NAME=VALUES...`: a model at every combination of values, several points at once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gamec.options import (
    DataFile,
    Figures,
    Form,
    Format,
    ModelFile,
    Plots,
    Sets,
    at_least_one,
    formats_in,
    unfit,
)
from gamec.solving_options import with_solving_options
from gamec.watched import watched

if TYPE_CHECKING:
    from runtime.sweeps.outcome import Outcome
    from runtime.sweeps.sweep import Sweep

BAR = 24
"""Cells of the bar in the progress line."""


@with_solving_options
def run(
    *,
    file: ModelFile,
    over: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME=VALUES...",
            help="A parameter, or case, and its values: 0.80..0.95:7 for seven numbers, or a,b,c.",
            show_default=False,
        ),
    ],
    sets: Sets = None,
    data: DataFile = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            metavar="NUMBER",
            parser=at_least_one,
            help="Points solved at once; one for each processor if left out. The numbers are the same.",
            show_default=False,
        ),
    ] = None,
    executor: Annotated[
        str,
        typer.Option("--executor", metavar="NAME", help="Who solves them: processes, or dask:ADDRESS of a scheduler."),
    ] = "auto",
    options: dict[str, Any],
    plot: Plots = None,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="Keep each point as soon as it is there, then tables and figures; called again, it goes on.",
            show_default=False,
        ),
    ] = None,
    keep_runs: Annotated[
        bool,
        typer.Option("--keep-runs", help="With -o: keep each point's answer too, so that verify can certify it anew."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace what is in the folder, and begin anew.")] = False,
    figures: Figures = "png,pdf",
    form: Form = Format.TEXT,
) -> int:
    from gamec.overrides import overrides
    from gamec.shown import check_plots, show_sweep
    from gamec.text_files import model_file
    from runtime.sweeps.axes import axes_in
    from runtime.sweeps.sweep import sweep

    check_plots(plot, form)
    if output == "":
        raise unfit("`-o` needs the name of a folder", "write `-o DIR`")
    if output is None and (force or keep_runs):
        raise unfit(f"`{'--force' if force else '--keep-runs'}` needs a folder", "add `-o DIR`")
    axes = axes_in(over)
    values = overrides(sets, data)
    progress = _Progress(file)

    def work() -> Sweep:
        return sweep(
            model_file(file),
            axes,
            data=values,
            output=output,
            force=force,
            figures=formats_in(figures),
            keep_runs=keep_runs,
            told=progress.told,
            workers=workers,
            executor=executor,
            **options,
        )

    found = watched(progress.words, work)
    return show_sweep(found, form, output, plot)


class _Progress:
    """What the progress line says: with a bar, as the end is known."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.done = self.total = self.wrong = 0

    def told(self, outcome: Outcome, done: int, total: int) -> None:
        self.wrong += not outcome.certified
        self.done, self.total = done, total

    def words(self) -> str:
        words = f"sweeping {self.file}"
        if not self.total:
            return words
        from gamec.cells import padded
        from gamec.terminal import paper_of
        from gamec.views.marks import BLOCKS, PLAIN, bar

        ink = BLOCKS if paper_of(sys.stderr).blocks else PLAIN
        drawn = padded(bar(self.done / self.total, BAR, ink), BAR)
        lost = f", {self.wrong} not certified" if self.wrong else ""
        return f"{words}: {ink.axis}{drawn}{ink.axis} {self.done} of {self.total} points{lost}"
