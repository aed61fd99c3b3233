"""`gamec show FILE --stage STAGE`: what a stage of the compiler made of a model."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from gamec.exit_codes import CERTIFIED
from gamec.options import Case, DataFile, Format, ModelFile, Sets
from gamec.terminal import write


class Stage(StrEnum):
    """The stages in order; each needs those before it to find no mistake."""

    TOKENS = "tokens"
    TREE = "tree"
    GAME = "game"
    GROUND = "ground"


def run(
    *,
    file: ModelFile,
    stage: Annotated[
        Stage,
        typer.Option(
            "--stage",
            metavar="STAGE",
            help="tokens; tree: what the text says; game: names and units resolved; ground: with the data, in numbers.",
        ),
    ] = Stage.GAME,
    case: Case = None,
    sets: Sets = None,
    data: DataFile = None,
) -> int:
    from gamec.overrides import overrides

    values = overrides(sets, data)
    write(sys.stdout, _shown(file, stage, case, values))
    return CERTIFIED


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
