"""Bounds that nobody can prove: refused, assumed in the open, enlarged when they are reached, never silently right."""

from __future__ import annotations

import pytest
from small_games import INF, GameBuilder

from compiler.reformulations.column_bounds import Source
from grammar.diagnostics import DiagnosticError
from runtime.answer import answer
from runtime.methods.method import Request
from runtime.result import Status


def buyer() -> GameBuilder:
    """A buyer chooses its demand d in [10, 90], worth 25 a unit, and pays the price of a market that serves it by 40
    units at 10 and others at 30.

    At d = 40 it pays 10 a unit: 600; beyond, 30 a unit: a loss. No bound of the price follows from the relaxed
    conditions, in which it may fall without end.
    """
    builder = GameBuilder().player("buyer").player("market", "buyer").var("buyer", "d", 10, 90)
    builder.var("market", "one", 0, 40).var("market", "two", 0, 80)
    builder.row("market", "balance", {"one": 1, "two": 1, "d": -1}, 0, 0).price("lmp", "balance")
    return builder.maximize("buyer", {"d": 25, ("d", "lmp"): -1}).minimize("market", {"one": 10, "two": 30})


@pytest.mark.parametrize("way", ["auto", "sos1", "big_m"])
def test_without_an_assumption_sos1_decides(way: str) -> None:
    game = buyer().build()
    found = answer(game, Request(complementarity=way))
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert game.objectives_at(found.x)[0] == pytest.approx(600, rel=1e-6)
    assert all(row.source != Source.ASSUMED.words for row in found.certificate.bounds)
    assert found.solver == "scip"


def test_highs_alone_is_refused_with_the_multiplier_named() -> None:
    with pytest.raises(DiagnosticError) as error:
        answer(buyer().build(), Request(solver="highs"))
    (finding,) = error.value.diagnostics
    assert finding.code == "G710"
    assert "market" in finding.headline
    assert [word for hint in finding.hints for word in ("sos1", "--big-m") if word in hint.text] == ["sos1", "--big-m"]


def test_an_assumed_bound_makes_the_proof_conditional() -> None:
    game = buyer().build()
    found = answer(game, Request(solver="highs", big_m=1000.0))
    assert found.status is Status.OPTIMAL_IF_BOUNDS, found.certificate.reasons
    assert game.objectives_at(found.x)[0] == pytest.approx(600, rel=1e-6)
    assumed = [row for row in found.certificate.bounds if row.source == "assumed"]
    assert assumed
    assert all(row.value == pytest.approx(1000) and row.slack > 0 for row in assumed)


@pytest.mark.parametrize("value", [1e-3, 5.0])
def test_a_bound_that_is_too_small_is_never_believed(value: float) -> None:
    """Whatever is assumed, the answer is the true one or none: a bound that is reached, or that leaves no point, is
    made larger."""
    game = buyer().build()
    found = answer(game, Request(solver="highs", complementarity="big_m", big_m=value))
    if found.status is Status.OPTIMAL_IF_BOUNDS:
        assert game.objectives_at(found.x)[0] == pytest.approx(600, rel=1e-6)
    else:
        assert found.status is Status.NOT_VERIFIED


def loose(top: float) -> GameBuilder:
    """T2 with a follower whose multiplier no relaxation bounds: `min x` with x >= y twice over, priced by the leader.

    The multipliers of the two rows add to 1, so each lies in [0, 1]; the leader wants the price of the first.
    """
    builder = GameBuilder().player("leader").player("follower", "leader").var("leader", "y", 0, 10)
    builder.var("follower", "x", -INF, top).row("follower", "a", {"x": 1, "y": -1}, lower=0)
    builder.row("follower", "b", {"x": 1, "y": -2}, lower=-10).price("λ", "a")
    return builder.minimize("leader", {"x": 1, "y": -2, "λ": -0.5}).minimize("follower", {"x": 1})


def test_a_multiplier_at_a_derived_bound_is_no_fault() -> None:
    """y = 10: both rows say x >= 10, the leader takes the multiplier 1 for the first: 10 - 20 - 0.5."""
    game = loose(INF).build()
    for solver in ("highs", "scip"):
        found = answer(game, Request(solver=solver))
        assert found.status is Status.OPTIMAL, found.certificate.reasons
        assert game.objectives_at(found.x)[0] == pytest.approx(-10.5, abs=1e-7)


@pytest.mark.parametrize(
    ("way", "solver"), [("auto", "auto"), ("auto", "highs"), ("big_m", "auto"), ("product", "auto")]
)
def test_equals_by_every_way(way: str, solver: str) -> None:
    """Cournot: three firms, price 100 - Q, cost 10: each makes 90/4."""
    names = ["a", "b", "c"]
    builder = GameBuilder()
    for name in names:
        builder.player(name).var(name, f"q{name}", 0, 50)
    for name in names:
        others = {(f"q{name}", f"q{other}"): -1.0 for other in names if other != name}
        builder.maximize(name, {f"q{name}": 90.0, (f"q{name}", f"q{name}"): -1.0, **others})
    found = answer(builder.build(), Request(complementarity=way, solver=solver))
    assert found.status is Status.EQUILIBRIUM, found.certificate.reasons
    assert found.x == pytest.approx([22.5] * 3, abs=1e-6)
    assert found.solver == ("highs" if solver == "highs" else found.solver)
    assert way == "auto" or way.replace("_", "-") in found.choice.replace("products", "product").replace(
        "big-M", "big-m"
    )
