"""Random games from their text to the answer, against arithmetic at each of the leader's decisions (`random_texts`)."""

from __future__ import annotations

from pathlib import Path

import pytest
from random_texts import RandomText

from grammar.diagnostics import DiagnosticError
from runtime.result import Status
from runtime.session import solve

LIMIT = 100.0
"""Seconds; such games take tenths of one."""


def agrees(seed: int, folder: Path) -> None:
    game = RandomText(seed)
    path = folder / "random.game"
    path.write_text(game.text, "utf-8")
    expected = game.best()
    found = refused = None
    try:
        found = solve(path, time_limit=LIMIT)
    except DiagnosticError as error:
        refused = error
    if refused is not None:
        # A constraint whose variables all fall away, and that does not hold.
        assert "G607" in {d.code for d in refused.diagnostics}, game.text
        assert expected is None, game.text
        return
    assert found is not None
    if expected is None:
        assert found.status is Status.INFEASIBLE, game.text
        return
    assert found.status is Status.OPTIMAL, game.text
    assert found.objectives["L.goal"] == pytest.approx(expected, abs=2e-5, rel=2e-5), game.text


@pytest.mark.parametrize("seed", range(24))
def test_answers_are_those_of_arithmetic(seed: int, tmp_path: Path) -> None:
    agrees(seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 600))
def test_answers_of_many_games(seed: int, tmp_path: Path) -> None:
    agrees(seed, tmp_path)
