"""The examples of the language's pages as files for solvers: SCIP finds in each what `gamec solve` finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyscipopt import Model

from compiler.pipeline import compile_file
from grammar.diagnostics import DiagnosticError
from runtime.answer import answer
from runtime.methods.method import Request
from runtime.methods.setting import Setting
from runtime.problem_files.registry import PROBLEM_FORMATS, problem_files
from tests.docs.blocks import LANGUAGE, Block, blocks_of, written

EXAMPLES = [b for page in sorted(LANGUAGE.glob("*.md")) for b in blocks_of(page) if "solve" in b.options]
REFUSED = {"G702", "G703", "G704", "G706", "G713"}
"""What a file with one problem may be refused for."""


@pytest.mark.parametrize("block", EXAMPLES, ids=str)
def test_files_hold_the_problem_that_is_solved(block: Block, tmp_path: Path) -> None:
    game = compile_file(written(block, tmp_path))
    found = answer(game.ground, Request())
    assert found.x is not None
    leader = float(game.ground.objectives_at(found.x)[0])
    for name, wanted in PROBLEM_FORMATS.items():
        try:
            texts = problem_files(game, wanted)
        except DiagnosticError as error:
            assert {d.code for d in error.diagnostics} <= REFUSED  # noqa: PT017 - some have no file, and say so
            continue
        for ending, text in texts.items():
            (tmp_path / f"file{ending}").write_text(text, encoding="utf-8")
        model = Model()
        model.hideOutput()
        model.readProblem(str(tmp_path / f"file.{name}"))
        model.setParam("constraints/SOS1/sepafreq", -1)
        model.setParam("numerics/feastol", 1e-9)
        model.optimize()
        assert model.getStatus() == "optimal"
        # Among equals nothing is minimised: that there is a point is all that the file can tell.
        expected = 0.0 if Setting.of(game.ground).equals else leader
        assert model.getObjVal() == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 20
