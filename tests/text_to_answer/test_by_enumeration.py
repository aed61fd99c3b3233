"""From a random text to an answer, against every decision tried one by one (`enumerated_games`)."""

from __future__ import annotations

from pathlib import Path

import pytest
from enumerated_games import SHAPES, Game, random_game

from grammar.diagnostics import DiagnosticError
from runtime.result import Result, Status
from runtime.session import solve

REFUSED = {"G703", "G704", "G711"}
"""What no method takes: followers that are not linear, and a `cvar` that is rewarded for being large."""

EVERYDAY = {"equals": range(6), "leader": range(1, 8), "pessimistic": range(1, 6), "chain": (1, 7)}
"""Seeds that are solved fast, and most of them to a proof."""

CASES = [
    pytest.param(shape, seed, id=f"{shape}-{seed}", marks=() if seed in EVERYDAY[shape] else pytest.mark.slow)
    for shape in SHAPES
    for seed in range(60)
]


@pytest.mark.parametrize(("shape", "seed"), CASES)
def test_the_answer_is_the_one_that_enumeration_gives(shape: str, seed: int, tmp_path: Path) -> None:
    game = random_game(shape, seed)
    result = _solved(game, tmp_path)
    if result is None or result.status in (Status.LIMIT, Status.NOT_VERIFIED):
        return
    top = game.player("A")
    best, answers = game.answers(top, {}) if shape != "equals" else (None, list(game.equilibria()))
    if result.status is Status.INFEASIBLE:
        assert not answers, game.text
        return
    at = {
        p.name: (*(round(result.value_of[f"x_{p.name}"][j]) for j in (1, 2)), round(result.value_of[f"b_{p.name}"]))  # type: ignore[index,arg-type]
        for p in game.players
    }
    if shape == "equals":
        assert result.status is Status.EQUILIBRIUM
        assert max(game.gains(at).values()) <= 1e-6, game.text
    else:
        assert result.status is Status.OPTIMAL
        assert at in answers, (game.text, at)
        assert top.sense * result.objectives["A.cost"] == pytest.approx(best, abs=1e-5, rel=1e-6)
    for p in game.players:
        assert result.objectives[f"{p.name}.cost"] == pytest.approx(p.cost(at), abs=1e-5, rel=1e-6), game.text
    for name, value in game.reports.items():
        assert result.report_of[name] == pytest.approx(value(at), abs=1e-5, rel=1e-6), game.text


def _solved(game: Game, folder: Path) -> Result | None:
    """None where no method takes the game."""
    (folder / "random.game").write_text(game.text)
    for name, text in game.files.items():
        (folder / name).write_text(text)
    try:
        return solve(folder / "random.game", time_limit=120)
    except DiagnosticError as error:
        if {d.code for d in error.diagnostics} <= REFUSED:
            return None
        raise
