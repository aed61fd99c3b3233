"""The certificate refuses planted wrong answers and accepts right ones."""

from __future__ import annotations

import numpy as np
import pytest
from small_games import INF, GameBuilder
from test_traps import producer, toy

from runtime.certify import Claim, certify, violations
from runtime.result import Bound, Status

TRUTH = np.array([8 / 15, 28 / 15])


def toy_claim(x: np.ndarray, **changes: object) -> Claim:
    return Claim(Status.OPTIMAL, x, **{"claimed": {0: 3 * x[1] + x[0]}, "bound": {0: 92 / 15}, **changes})  # type: ignore[arg-type]


def test_the_right_answer_passes() -> None:
    certificate = certify(toy().build(), toy_claim(TRUTH, prices=np.array([0, 0, 0, -0.5])))
    assert certificate.verified, certificate.reasons
    assert certificate.regret["follower"] == pytest.approx(0, abs=1e-9)


def test_a_follower_off_its_optimum() -> None:
    """At y = 1 the follower takes x = 3.5 (2x <= 7y), not 2: it would gain 1.5."""
    certificate = certify(toy().build(), toy_claim(np.array([1.0, 2.0]), bound={0: 7.0}))
    assert not certificate.verified
    assert certificate.regret["follower"] == pytest.approx(1.5)
    assert any("`follower`" in reason for reason in certificate.reasons)


def test_a_leader_without_proof() -> None:
    """y = 1, x = 3.5 is bilevel feasible but far from 92/15: following the follower alone does not catch it, the
    bound does."""
    x = np.array([1.0, 3.5])
    assert not certify(toy().build(), toy_claim(x)).verified
    assert not certify(toy().build(), toy_claim(x, bound={})).verified


def test_a_violated_row_and_bound() -> None:
    certificate = certify(toy().build(), toy_claim(np.array([0.0, 2.0])))
    assert not certificate.verified
    assert certificate.max_violation == pytest.approx(4)
    assert "follower.d" in certificate.reasons[0]
    assert violations(toy().build(), np.array([9.0, 0.0]))[0] >= 1


def test_a_wrong_claimed_objective() -> None:
    certificate = certify(toy().build(), toy_claim(TRUTH, claimed={0: 6.0}))
    assert not certificate.verified
    assert "claimed" in certificate.reasons[0]


@pytest.mark.parametrize("prices", [[0, 0, 0, 0.5], [0, 0, 0, -0.4], [-1, 0, 0, 0]])
def test_wrong_prices(prices: list[float]) -> None:
    certificate = certify(toy().build(), toy_claim(TRUTH, prices=np.array(prices, float)))
    assert not certificate.verified
    assert any("shadow prices" in reason for reason in certificate.reasons)


def test_a_price_column_with_another_value_than_the_multiplier() -> None:
    """With 50 offered the market price is 30; a claim of 40 would sell a profit of 1750 for 1250."""
    game = producer(50).build()
    x = np.array([50, 50, 40, 10, 30.0])
    good = np.array([-30, 30.0])
    assert certify(game, Claim(Status.OPTIMAL, x, good, {0: 1250}, {0: 1250})).verified
    wrong = x + np.array([0, 0, 0, 0, 10])
    assert not certify(game, Claim(Status.OPTIMAL, wrong, good, {0: 1750}, {0: 1750})).verified
    assert not certify(game, Claim(Status.OPTIMAL, wrong, good + np.array([-10, 10]), {0: 1750}, {0: 1750})).verified


def test_a_decision_a_hair_beyond_the_switching_point() -> None:
    """At a price of 7 + 1e-6 the buyer buys nothing, at the cost of a regret of 5e-6 only: the leader's value tells."""
    builder = GameBuilder().player("seller").player("buyer", "seller")
    builder.var("seller", "price", 0, 10).var("buyer", "q", 0, 5)
    builder.maximize("seller", {("price", "q"): 1}).minimize("buyer", {("price", "q"): 1000, "q": -7000})
    x = np.array([7 + 1e-7, 5.0])
    certificate = certify(builder.build(), Claim(Status.OPTIMAL, x, None, {0: 5 * x[0]}, {0: 35.0}))
    assert not certificate.verified


def test_integrality() -> None:
    builder = GameBuilder().player("p").var("p", "n", 0, 5, 1).maximize("p", {"n": 1})
    builder.row("p", "cap", {"n": 2}, upper=5)
    assert not certify(builder.build(), Claim(Status.OPTIMAL, np.array([2.5]), bound={0: 2.5})).verified
    assert certify(builder.build(), Claim(Status.OPTIMAL, np.array([2.0]), bound={0: 2.0})).verified
    off = certify(builder.build(), Claim(Status.OPTIMAL, np.array([1.0]), bound={0: 1.0}))
    assert not off.verified
    assert off.regret["p"] == pytest.approx(1)


def test_a_nonconvex_player_is_solved_globally() -> None:
    """`min x*y` on [-1, 1]^2 is -1; 0 at the origin is what HiGHS would call optimal."""
    builder = GameBuilder().player("p").var("p", "x", -1, 1).var("p", "y", -1, 1).minimize("p", {("x", "y"): 1})
    wrong = certify(builder.build(), Claim(Status.OPTIMAL, np.zeros(2), bound={0: 0.0}))
    assert not wrong.verified
    assert wrong.regret["p"] == pytest.approx(1, abs=1e-5)
    assert certify(builder.build(), Claim(Status.OPTIMAL, np.array([1.0, -1.0]), bound={0: -1.0}, gap=1e-6)).verified


def test_an_assumed_bound_that_is_reached() -> None:
    ledger = (Bound("multiplier of follower.d", 0.5, "assumed", 0.0),)
    certificate = certify(toy().build(), toy_claim(TRUTH, ledger=ledger))
    assert not certificate.verified
    assert "multiplier of follower.d" in certificate.reasons[0]
    roomy = (Bound("multiplier of follower.d", 100, "assumed", 99.5),)
    assert certify(toy().build(), toy_claim(TRUTH, ledger=roomy)).verified


def test_a_follower_without_bound() -> None:
    builder = GameBuilder().player("a").player("b", "a").var("a", "x", 0, 1).var("b", "y", 0, INF)
    builder.minimize("a", {"x": 1}).maximize("b", {"y": 1})
    certificate = certify(builder.build(), Claim(Status.OPTIMAL, np.array([0, 5.0]), bound={0: 0.0}))
    assert not certificate.verified
    assert certificate.regret["b"] == np.inf


def test_multipliers_prove_a_large_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the size threshold no second solve is made: right multipliers pass, wrong answers and wrong multipliers
    do not."""
    import runtime.certify as module

    builder = GameBuilder().player("p").var("p", "x", 0, 4).var("p", "y")
    builder.row("p", "r", {"x": 1, "y": 2}, lower=8).minimize("p", {"x": 1, "y": 3})
    game = builder.build()
    monkeypatch.setattr(module, "LARGE", 0)
    monkeypatch.setattr(module, "minimum", None)
    right = certify(game, Claim(Status.OPTIMAL, np.array([4.0, 2.0]), np.array([1.5]), bound={0: 10.0}))
    assert right.verified
    monkeypatch.undo()
    monkeypatch.setattr(module, "LARGE", 0)
    off = certify(game, Claim(Status.OPTIMAL, np.array([0.0, 4.0]), np.array([1.5]), bound={0: 10.0}))
    assert not off.verified
    assert off.regret["p"] == pytest.approx(2)


def test_a_product_that_vanishes_with_the_followers_answer() -> None:
    """`minimize x*y`, y = 0 answered: terms without size, so the gap is that of one unit of y, which is worth x = 3."""
    builder = GameBuilder().player("a").player("b", "a").var("a", "x", 0, 4).var("b", "y", 0, 1)
    builder.minimize("a", {("x", "y"): 1}).minimize("b", {"y": 1})
    game = builder.build()
    x = np.array([3.0, 1e-10])
    passed = certify(game, Claim(Status.OPTIMAL, x, bound={0: -1e-9}))
    assert passed.verified, passed.reasons
    assert passed.relative_regret["a"] == pytest.approx((3e-10 + 1e-9) / 3)
    assert not certify(game, Claim(Status.OPTIMAL, x, bound={0: -1e-5})).verified


def test_small_products_count_by_their_coefficient() -> None:
    """`minimize x*y` at 0.3*0.4: a gap of 8e-7 is within 1e-6 of one unit of `x*y`, not of one of x or y."""
    builder = GameBuilder().player("a").player("b", "a").var("a", "x", 0.3, 4).var("b", "y", 0.4, 1)
    builder.minimize("a", {("x", "y"): 1}).minimize("b", {"y": 1})
    game, x = builder.build(), np.array([0.3, 0.4])
    assert certify(game, Claim(Status.OPTIMAL, x, bound={0: 0.12 - 8e-7})).verified
    assert not certify(game, Claim(Status.OPTIMAL, x, bound={0: 0.12 - 3e-6})).verified
