"""The trap problems that fool other tools: wrong multiplier bounds, integer followers, prices, coupling, scale,
ties."""

from __future__ import annotations

import numpy as np
import pytest
from small_games import INF, GameBuilder

from grammar.diagnostics import DiagnosticError
from runtime.answer import answer
from runtime.methods.method import Request
from runtime.result import Status


def toy() -> GameBuilder:
    """T1: 92/15 at x = 28/15, y = 8/15 (Bard)."""
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "y", 0, 8).var("follower", "x", -INF, 5)
    builder.row("follower", "a", {"x": 1, "y": 1}, upper=8).row("follower", "b", {"x": 4, "y": 1}, lower=8)
    builder.row("follower", "c", {"x": 2, "y": 1}, upper=13).row("follower", "d", {"x": 2, "y": -7}, upper=0)
    return builder.minimize("leader", {"x": 3, "y": 1}).minimize("follower", {"x": -1})


def test_t1_toy() -> None:
    found = answer(toy().build(), Request())
    assert found.status is Status.OPTIMAL
    assert found.certificate.verified
    assert found.x == pytest.approx([8 / 15, 28 / 15], abs=1e-9)
    assert found.certificate.regret == {"leader": pytest.approx(0, abs=1e-6), "follower": pytest.approx(0, abs=1e-9)}


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e3, 2e5, 1e6])
def test_t2_large_multiplier(scale: float) -> None:
    """The follower's multiplier equals `scale`: a bound below it gives 0 in place of -10 elsewhere."""
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "y", 0, 10).var("follower", "x", -INF)
    builder.row("follower", "a", {"x": 1, "y": -1}, lower=0)
    builder.minimize("leader", {"x": 1, "y": -2}).minimize("follower", {"x": scale})
    found = answer(builder.build(), Request())
    assert found.status is Status.OPTIMAL
    assert found.x == pytest.approx([10, 10], abs=1e-8)
    assert found.prices == pytest.approx([scale], rel=1e-9)


def moore_bard() -> GameBuilder:
    """T3: Moore and Bard, Oper. Res. 38 (1990) 911: the truth is -22, its KKT conditions without integrality give
    -18."""
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "x", 0, INF, 1).var("follower", "y", 0, INF, 1)
    builder.row("follower", "p", {"x": -25, "y": 20}, upper=30).row("follower", "q", {"x": 1, "y": 2}, upper=10)
    builder.row("follower", "r", {"x": 2, "y": -1}, upper=15).row("follower", "s", {"x": 2, "y": 10}, lower=15)
    return builder.minimize("leader", {"x": -1, "y": -10}).minimize("follower", {"y": 1})


def test_t3_integer_follower_is_refused_with_its_place() -> None:
    with pytest.raises(DiagnosticError) as error:
        answer(moore_bard().build(), Request(method="kkt"))
    (finding,) = error.value.diagnostics
    assert finding.code == "G703"
    assert finding.span is not None
    assert finding.span.text == "y"
    assert finding.hints


def test_t3_integer_follower_is_solved_by_its_value_function() -> None:
    found = answer(moore_bard().build(), Request())
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.method == "value_function"
    assert -found.x[0] - 10 * found.x[1] == pytest.approx(-22, abs=1e-9)


def test_t3_integer_leader_is_solved() -> None:
    """With a real follower, by hand: the follower takes y = max(2x - 15, (15 - 2x)/10, 0), so the leader weighs x =
    8, y = 1."""
    builder = moore_bard()
    builder.columns[1] = ("follower", "y", 0, INF, 0)
    found = answer(builder.build(), Request())
    best = min(
        -x - 10 * y
        for x in range(11)
        for y in [max(2 * x - 15, (15 - 2 * x) / 10, 0)]
        if -25 * x + 20 * y <= 30 and x + 2 * y <= 10
    )
    assert found.status is Status.OPTIMAL
    assert -found.x[0] - 10 * found.x[1] == pytest.approx(best, abs=1e-8)
    assert found.x[0] == round(found.x[0])


def producer(cap: float) -> GameBuilder:
    """T4: demand 100; rivals offer 40 at 10 and 80 at 30; a producer with cost 5 chooses how much to offer and is
    paid the clearing price.

    Up to 60 it meets the price 30, beyond that 10: so 60 at a profit of 25*60 = 1500 where it has as much, else all
    it has.
    """
    builder = GameBuilder().player("producer").player("market", "producer")
    builder.var("producer", "offer", 0, cap)
    builder.var("market", "g").var("market", "one", 0, 40).var("market", "two", 0, 80)
    builder.row("market", "limit", {"g": 1, "offer": -1}, upper=0)
    builder.row("market", "balance", {"g": 1, "one": 1, "two": 1}, 100, 100)
    builder.price("lmp", "balance")
    builder.maximize("producer", {("g", "lmp"): 1, "g": -5})
    return builder.minimize("market", {"one": 10, "two": 30})


@pytest.mark.parametrize(("cap", "offer", "profit"), [(50, 50, 1250), (70, 60, 1500), (400, 60, 1500)])
def test_t4_strategic_producer(cap: float, offer: float, profit: float) -> None:
    game = producer(cap).build()
    found = answer(game, Request())
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert game.objectives_at(found.x)[0] == pytest.approx(profit, rel=1e-6)
    assert found.x[0] == pytest.approx(offer, rel=1e-6)
    assert found.prices[1] == pytest.approx(30, rel=1e-6)


def test_t5_coupling_constraint_is_named() -> None:
    """`min -x, y <= 0, y in argmax {y <= 2}`: each constraint can hold, but the follower never heeds the leader's."""
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "x", 0, 1).var("follower", "y", -INF)
    builder.row("leader", "coupling", {"y": 1}, upper=0).row("follower", "cap", {"y": 1}, upper=2)
    builder.minimize("leader", {"x": -1}).maximize("follower", {"y": 1})
    found = answer(builder.build(), Request())
    assert found.status is Status.INFEASIBLE
    (finding,) = found.diagnostics
    assert finding.code == "G801"
    assert "leader.coupling" in finding.headline
    assert finding.span is not None
    assert finding.span.text == "coupling"


def test_t6_unscaled_data() -> None:
    """Coefficients from 1e-4 to 1e5: `max y, y <= 1e5*x` style rows; by hand x = 5e-5 gives y = 5."""
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "x", 0, 1).var("follower", "y", 0)
    builder.row("follower", "a", {"y": 1, "x": -1e5}, upper=0).row("follower", "b", {"y": 1e-4}, upper=5e-4)
    builder.minimize("leader", {"y": -1, "x": 1e-4}).maximize("follower", {"y": 1e-4})
    found = answer(builder.build(), Request())
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.x == pytest.approx([5e-5, 5.0], rel=1e-6)


def test_a_tie_is_told_with_its_worst_value() -> None:
    """A seller sets a price up to 7, at which the buyer is indifferent between buying 5 and nothing."""
    builder = GameBuilder().player("seller").player("buyer", "seller")
    builder.var("seller", "price", 0, 10).var("buyer", "q", 0, 5)
    builder.maximize("seller", {("price", "q"): 1}).minimize("buyer", {("price", "q"): 1, "q": -7})
    found = answer(builder.build(), Request())
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.x == pytest.approx([7, 5], rel=1e-6)
    (tie,) = found.certificate.ties
    assert tie.optimistic == pytest.approx(35, rel=1e-6)
    assert tie.pessimistic == pytest.approx(0, abs=1e-5)


def test_products_in_a_followers_constraint() -> None:
    """The leader sets a yield in [1, 2]; the follower makes `yield*q <= 6` and wants much q: q = 6/yield."""
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "rate", 1, 2).var("follower", "q", 0, 100)
    builder.row("follower", "cap", {("rate", "q"): 1}, upper=6)
    builder.minimize("leader", {"q": 1, "rate": 2}).maximize("follower", {"q": 1})
    found = answer(builder.build(), Request())
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.x == pytest.approx([np.sqrt(3), 6 / np.sqrt(3)], rel=1e-3)
    assert 2 * found.x[0] + found.x[1] == pytest.approx(4 * np.sqrt(3), rel=1e-6)
