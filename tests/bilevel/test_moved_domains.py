"""Random games whose leaders move the domains and limits of curved followers, against golden sections
(`moved_domains`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from curved_texts import value
from moved_domains import MovedDomain

from grammar.diagnostics import DiagnosticError
from runtime.result import Status
from runtime.session import solve

HONEST = {"G702", "G704", "G710", "G804", "G807"}
"""What may be said of such games instead of an answer: not convex, no room, a denominator that may be zero, a solver
that failed, linear after all."""


def agrees(game: MovedDomain, folder: Path, limit: float) -> bool:
    """Nothing that is called optimal is wrong; whether it was called so."""
    path = folder / "moved.game"
    path.write_text(game.text, "utf-8")
    found = refused = None
    try:
        found = solve(path, time_limit=limit, method="tangent_conditions")
    except DiagnosticError as error:
        refused = error
    if found is None:
        assert refused is not None
        assert {d.code for d in refused.diagnostics} <= HONEST, game.text
        assert all(d.hints for d in refused.diagnostics if d.code != "G804"), game.text
        return False
    best, _ = game.best()
    assert found.status is not Status.UNBOUNDED, game.text
    if found.status is Status.INFEASIBLE:
        assert best == np.inf, game.text
    if found.status not in (Status.OPTIMAL, Status.OPTIMAL_IF_BOUNDS):
        return False
    sign = 1 if game.senses[0] == "minimize" else -1
    goal, x = sign * found.objectives["L.goal"], np.array([found.value_of["x"]])
    # Slopes of the arithmetic are differences.
    assert goal <= best + (2e-3 if game.priced else 1e-4) * (1 + abs(best)), game.text
    y, violation = game.answers(x)
    assert violation[0] <= 1e-5, game.text
    assert found.value_of["y"] / game.unit == pytest.approx(float(y[0]), abs=2e-3), game.text
    if game.priced:
        worth = found.price_of["p"] * game.size / game.money * (-1 if game.senses[1] == "minimize" else 1)
        near = np.clip(x + np.linspace(-STEP, STEP, 21), 0.1, 2)
        ends = np.concatenate(game.worth(near))
        slack = 5e-3 * (1 + abs(worth))
        assert ends.min() - slack <= worth <= ends.max() + slack, game.text
    else:
        assert goal == pytest.approx(float(value(game.goal, x, y, y)[0]), abs=5e-3), game.text
    return True


STEP = 1e-4
"""How far from the leader's decision its follower's prices are looked at: it may lie beside a kink."""


@pytest.mark.parametrize(
    ("seed", "priced"), [(2, False), (6, False), (7, False), (36, False), (0, True), (7, True), (32, True)]
)
def test_answers_are_those_of_sections(seed: int, priced: bool, tmp_path: Path) -> None:
    agrees(MovedDomain(seed, priced), tmp_path, 60)


@pytest.mark.slow
@pytest.mark.parametrize("priced", [False, True])
@pytest.mark.parametrize("seed", range(200))
def test_answers_of_many_games(seed: int, priced: bool, tmp_path: Path) -> None:
    agrees(MovedDomain(seed, priced), tmp_path, 20)


@pytest.mark.slow
def test_enough_of_them_are_answered(tmp_path: Path) -> None:
    """Otherwise all of this would be no test."""
    assert sum(agrees(MovedDomain(seed), tmp_path, 20) for seed in range(500, 520)) >= 8
