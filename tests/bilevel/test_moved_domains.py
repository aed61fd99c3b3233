"""Random games whose leaders move the domains and limits of curved followers, against golden sections
(`moved_domains`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from curved_texts import value
from moved_domains import MovedDomain

from compiler.pipeline import compile_file
from grammar.diagnostics import DiagnosticError
from runtime.answer import answer
from runtime.certify import Claim, certify
from runtime.methods.method import Request
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
    ("seed", "priced"),
    [(2, False), (6, False), (7, False), (36, False), (0, True), (7, True), (32, True), (51, True), (58, True)],
)
def test_answers_are_those_of_sections(seed: int, priced: bool, tmp_path: Path) -> None:
    agrees(MovedDomain(seed, priced), tmp_path, 60)


PRICED = """game priced
player L { var x in [0.1, 2]  maximize goal = -((1e6*p - 0.5)^2 + x/9) }
player f follows L {
  var y in [-0.002, 0.002]
  maximize c = -0.001*((y/0.001)^2 - y/0.001 + 2*max(y/0.001 - x, 0)^2)
  constraint limit: 1000/(y/0.001 + 3) <= 1700 price p
}"""
"""The limit leaves y alone (y/0.001 >= -2.41), so p = 0 and x = 0.1 is best: -0.25 - 0.1/9."""


def test_a_gap_is_not_measured_by_what_prices_are_not(tmp_path: Path) -> None:
    """1e12*p^2 is no term of size 1e12 where prices are about 1e-6: an answer off by half is not certified."""
    path = tmp_path / "priced.game"
    path.write_text(PRICED, "utf-8")
    game = compile_file(path).ground
    found = answer(game, Request(time_limit=60))
    assert found.status is Status.OPTIMAL
    assert found.x is not None
    assert game.objectives_at(found.x)[0] == pytest.approx(-0.25 - 0.1 / 9, abs=2e-6)
    assert found.prices is not None
    x = found.x.copy()
    x[game.column_blocks[0].start] = 1.339
    prices = np.where(np.isfinite(found.prices), found.prices, 0.0)
    plain = certify(game, Claim(Status.OPTIMAL, x, prices, bound={0: 8.3}))
    assert any("`L` is not proven to be optimal" in reason for reason in plain.reasons), plain.reasons


EARNED = """game earned
player L { var x in [0.1, 2]  minimize goal = 2*p - y/100000 }
player f follows L {
  var y in [-200000, 200000]
  maximize c = -(0.1*(y/1e5)^2 + 0.5*y/1e5 + 0.5*(1/((x + 1)*(y/1e5 + 3))) + 0.5*((y/1e5 - x)^4))
  constraint limit: (y/1e5 - x)^2 <= 1 price p
}"""
"""y = 1e5*x is always possible, so there is an answer to every x."""


def test_a_game_with_answers_is_not_called_infeasible(tmp_path: Path) -> None:
    """SCIP 10.0.2 says so of its conditions."""
    path = tmp_path / "earned.game"
    path.write_text(EARNED, "utf-8")
    found = answer(compile_file(path).ground, Request(time_limit=60))
    assert found.status in (Status.LOCAL, Status.STATIONARY, Status.LIMIT, Status.OPTIMAL)


@pytest.mark.slow
@pytest.mark.parametrize("priced", [False, True])
@pytest.mark.parametrize("seed", range(200))
def test_answers_of_many_games(seed: int, priced: bool, tmp_path: Path) -> None:
    agrees(MovedDomain(seed, priced), tmp_path, 20)


@pytest.mark.slow
def test_enough_of_them_are_answered(tmp_path: Path) -> None:
    """Otherwise all of this would be no test."""
    assert sum(agrees(MovedDomain(seed), tmp_path, 20) for seed in range(500, 520)) >= 8
