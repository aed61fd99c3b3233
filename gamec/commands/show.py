"""`gamec show FILE --stage STAGE`: what a stage of the compiler made of a model; `gamec show DIR`: a kept answer."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gamec.exit_codes import CERTIFIED
from gamec.options import Case, DataFile, Everything, Form, Format, Plots, Sets, Why, unfit
from gamec.terminal import write


class Stage(StrEnum):
    """The stages in order; each needs those before it to find no mistake."""

    TOKENS = "tokens"
    TREE = "tree"
    GAME = "game"
    GROUND = "ground"


def run(
    *,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|DIR", help="A .game file, - for standard input, or a folder made by -o.", show_default=False
        ),
    ],
    stage: Annotated[
        Stage | None,
        typer.Option(
            "--stage",
            metavar="STAGE",
            help="tokens; tree: what the text says; game: names and units resolved (if left out); ground: with the"
            " data, in numbers.",
            show_default=False,
        ),
    ] = None,
    case: Case = None,
    sets: Sets = None,
    data: DataFile = None,
    everything: Everything = False,
    why: Why = False,
    plot: Plots = None,
    form: Form = Format.TEXT,
) -> int:
    if file != "-" and Path(file).is_dir():
        for name, given in (("--stage", stage), ("--case", case), ("--set", sets), ("--data", data)):
            if given:
                raise unfit(f"`{name}` is for models, `{file}` is a folder", "a kept answer is shown as it is")
        return _kept(file, form, everything, plot, why)
    for name, wanted in (
        ("--all", everything),
        ("--why", why),
        ("--plot", plot),
        ("--format", form is not Format.TEXT),
    ):
        if wanted:
            raise unfit(f"`{name}` is for run folders", "`gamec solve -o DIR` makes one")
    from gamec.overrides import overrides

    values = overrides(sets, data)
    write(sys.stdout, _shown(file, stage or Stage.GAME, case, values))
    return CERTIFIED


def _kept(folder: str, form: Format, everything: bool, plot: bool | None, why: bool) -> int:
    from gamec.shown import check_plots, show_comparison, show_result, show_sweep
    from runtime.runs.comparison_folder import is_comparison, read_comparison
    from runtime.runs.folder import read_run
    from runtime.sweeps.kept import is_sweep, read_sweep

    check_plots(plot, form)
    if is_comparison(Path(folder)):
        return show_comparison(read_comparison(folder).comparison, form, plot)
    if is_sweep(Path(folder)):
        found = read_sweep(folder)
        return show_sweep(found.sweep, form, None, plot, found.missing)
    return show_result(read_run(folder).result, form, everything, plot, why)


def _shown(file: str, stage: Stage, case: str | None, values: dict[str, object]) -> str:
    from compiler.pipeline import check_game, compile_file, read_source
    from compiler.syntax.builder import Builder
    from gamec.guard import show_warnings
    from gamec.text_files import model_file
    from grammar.diagnostics import Findings
    from grammar.parser import parse

    source, _ = read_source(model_file(file))
    match stage:
        case Stage.TOKENS:
            from gamec.stages.tokens import tokens_text

            return tokens_text(source)
        case Stage.TREE:
            from gamec.stages.tree import tree_text

            findings = Findings()
            tree = parse(source, Builder(), findings)
            findings.raise_errors()
            return tree_text(tree)
        case Stage.GAME:
            from gamec.stages.game import game_text

            return game_text(check_game(source, case=case))
        case Stage.GROUND:
            from gamec.stages.ground import ground_text

            compiled = compile_file(source, case=case, overrides=values)
            show_warnings(compiled.warnings, Format.TEXT)
            return ground_text(compiled.ground)
