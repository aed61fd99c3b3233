"""Players that move at the same time: closed forms of Cournot and of constraints that meet, and the stationary
maximum."""

from __future__ import annotations

import numpy as np
import pytest
from small_games import INF, GameBuilder

from grammar.diagnostics import DiagnosticError
from runtime.answer import answer
from runtime.certify import Claim, certify
from runtime.methods.method import Request
from runtime.result import Status


def cournot(costs: list[float], intercept: float = 100.0) -> GameBuilder:
    """Price = intercept - sum of quantities; firm i maximises (price - c_i)*q_i."""
    builder = GameBuilder()
    names = [f"q{k}" for k in range(len(costs))]
    for k in range(len(costs)):
        builder.player(f"firm{k}").var(f"firm{k}", names[k])
    for k, c in enumerate(costs):
        terms: dict[object, float] = {names[k]: intercept - c}
        for name in names:
            terms[(name, names[k])] = -1.0
        builder.maximize(f"firm{k}", terms)
    return builder


@pytest.mark.parametrize("n", [2, 3, 8])
def test_cournot(n: int) -> None:
    """q_i = (a - (n + 1) c_i + sum c)/(n + 1) while all are positive (Cournot 1838)."""
    costs = [10.0 + k for k in range(n)]
    found = answer(cournot(costs).build(), Request())
    assert found.status is Status.EQUILIBRIUM
    assert found.certificate.verified
    expected = [(100 - (n + 1) * c + sum(costs)) / (n + 1) for c in costs]
    assert found.x == pytest.approx(expected, abs=1e-6)


def test_a_firm_too_dear_stays_out() -> None:
    found = answer(cournot([10, 95]).build(), Request())
    assert found.x == pytest.approx([45, 0], abs=1e-6)


def test_a_stationary_maximum_is_refused() -> None:
    """`min -x^2` on [-1, 2]: x = 0 satisfies first-order conditions and is the worst point. The best gives -4."""
    builder = GameBuilder().player("a").player("b").var("a", "x", -1, 2).var("b", "y", 0, 1)
    builder.minimize("a", {("x", "x"): -1}).minimize("b", {"y": 1})
    game = builder.build()
    with pytest.raises(DiagnosticError) as error:
        answer(game, Request("joint_conditions"))
    assert [d.code for d in error.value.diagnostics] == ["G702"]
    found = answer(game, Request())
    assert found.status is Status.EQUILIBRIUM
    assert found.x == pytest.approx([2, 0], abs=1e-7)
    certificate = certify(game, Claim(Status.EQUILIBRIUM, np.zeros(2)))
    assert not certificate.verified
    assert certificate.regret["a"] == pytest.approx(4, abs=1e-5)
    assert certificate.regret["b"] == pytest.approx(0, abs=1e-9)


def test_one_player_uses_the_price_of_another() -> None:
    """A market clears 10 units between a supplier block at 3 and a plant's offer at 5; a refiner sells at the price
    by its own LP."""
    builder = GameBuilder().player("market").player("refiner")
    builder.var("market", "cheap", 0, 6).var("market", "dear", 0, 9).var("refiner", "sold", 0, 2)
    builder.row("market", "balance", {"cheap": 1, "dear": 1}, 10, 10).price("value", "balance")
    builder.minimize("market", {"cheap": 3, "dear": 5})
    builder.maximize("refiner", {("value", "sold"): 1, "sold": -4})
    found = answer(builder.build(), Request())
    assert found.status is Status.EQUILIBRIUM
    assert found.x == pytest.approx([6, 4, 2, 5], abs=1e-6)


def test_no_equilibrium_names_the_player_without_bound() -> None:
    builder = GameBuilder().player("a").player("b").var("a", "x", 0, INF).var("b", "y", 0, 1)
    builder.maximize("a", {"x": 1}).minimize("b", {"y": 1})
    found = answer(builder.build(), Request())
    assert found.status is Status.INFEASIBLE
    assert [d.code for d in found.diagnostics] == ["G802"]
    assert "`a`" in found.diagnostics[0].headline


def test_bilevel_followers_that_see_each_other_are_at_nash() -> None:
    """A leader taxes two Cournot firms: q_i = (90 - tax)/3 each, revenue 2*tax*(90 - tax)/3 is largest at tax 45."""
    builder = GameBuilder().player("state").player("f1", "state").player("f2", "state")
    builder.var("state", "tax", 0, 90).var("f1", "q1").var("f2", "q2")
    builder.maximize("state", {("tax", "q1"): 1, ("tax", "q2"): 1})
    for own, other, player in (("q1", "q2", "f1"), ("q2", "q1", "f2")):
        builder.maximize(player, {own: 90, (own, own): -1, (own, other): -1, ("tax", own): -1})
    found = answer(builder.build(), Request())
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    # The revenue is flat at its top: a relative gap of 1e-6 leaves the tax open to 1e-3 of itself.
    assert found.x == pytest.approx([45, 15, 15], abs=0.05)
    assert found.x[0] * (found.x[1] + found.x[2]) == pytest.approx(45 * 30, rel=2e-6)
    assert "Nash" in found.choice
