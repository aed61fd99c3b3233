"""Shadow prices against perturbation: the change of the owner's optimal objective, in its own sense, per unit of
right-hand side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_games import INF, GameBuilder

from compiler.ground.ground_game import GroundGame
from runtime.answer import answer
from runtime.methods.method import Request
from runtime.result import Status

STEP = 1e-4


def problem(seed: int, sense: int, quadratic: bool, below_a_leader: bool) -> GroundGame:
    """A small random LP or convex QP with <=, >=, == and range rows; its owner is alone, or follows a leader who
    decides nothing."""
    rng = np.random.default_rng(seed)
    builder = GameBuilder()
    if below_a_leader:
        builder.player("top").var("top", "z", 1, 2).minimize("top", {"z": 1})
        builder.player("p", "top")
    else:
        builder.player("p")
    names = [f"x{k}" for k in range(4)]
    inside = rng.uniform(0.5, 2, 4)
    for name in names:
        builder.var("p", name, 0 if name != "x1" else -1, 6)
    for k, kind in enumerate(["<=", ">=", "==", "range"]):
        a = rng.uniform(-2, 3, 4)
        at = float(a @ inside)
        low = at - 0.4 if kind in (">=", "range") else -INF
        high = at + 0.4 if kind in ("<=", "range") else INF
        if kind == "==":
            low = high = at
        builder.row("p", f"r{k}", dict(zip(names, a.tolist(), strict=True)), low, high)
    terms: dict[object, float] = {
        name: sense * v for name, v in zip(names, rng.uniform(-3, 3, 4).tolist(), strict=True)
    }
    if quadratic:
        terms |= {(name, name): sense * float(rng.uniform(0.3, 2)) for name in names}
        terms[("x0", "x1")] = sense * 0.3
    builder.goals["p"] = (sense, terms)
    return builder.build()


def value(game: GroundGame, p: int) -> float:
    found = answer(game, Request())
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    return float(game.objectives_at(found.x)[p])


@pytest.mark.parametrize("below_a_leader", [False, True])
@pytest.mark.parametrize("quadratic", [False, True])
@pytest.mark.parametrize("sense", [1, -1])
@pytest.mark.parametrize("seed", range(4))
def test_price_is_the_change_of_the_optimum(seed: int, sense: int, quadratic: bool, below_a_leader: bool) -> None:
    game = problem(seed, sense, quadratic, below_a_leader)
    p = len(game.players) - 1
    found = answer(game, Request())
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    binding = 0
    for row in range(game.rows):
        # A range has one right-hand side that binds: both are moved.
        shift = np.zeros(game.rows)
        shift[row] = STEP
        up = value(replace(game, row_lower=game.row_lower + shift, row_upper=game.row_upper + shift), p)
        down = value(replace(game, row_lower=game.row_lower - shift, row_upper=game.row_upper - shift), p)
        assert found.prices[row] == pytest.approx((up - down) / (2 * STEP), abs=2e-3), f"row {row}"
        binding += abs(found.prices[row]) > 1e-3
    assert binding, "a test of prices needs one that is not zero"


def test_prices_with_integers_hold_them_fixed_and_say_so() -> None:
    """Two units of 10 at start-up cost 50 and running costs 3 and 4, demand 13: both run, the second sets the price
    4."""
    builder = GameBuilder().player("p")
    builder.var("p", "on1", 0, 1, 1).var("p", "on2", 0, 1, 1).var("p", "g1").var("p", "g2")
    builder.row("p", "cap1", {"g1": 1, "on1": -10}, upper=0).row("p", "cap2", {"g2": 1, "on2": -10}, upper=0)
    builder.row("p", "demand", {"g1": 1, "g2": 1}, lower=13)
    builder.minimize("p", {"on1": 50, "on2": 50, "g1": 3, "g2": 4})
    found = answer(builder.build(), Request())
    assert found.x == pytest.approx([1, 1, 10, 3])
    assert found.prices == pytest.approx([-1, 0, 4])
    assert "integers fixed" in found.choice
