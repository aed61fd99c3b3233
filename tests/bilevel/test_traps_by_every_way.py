"""The trap problems T1 to T6 by every reformulation that accepts them; the values are derived in
`tests/runtime/test_traps.py`."""

from __future__ import annotations

import pytest
from small_games import INF, GameBuilder
from test_traps import moore_bard, producer, toy
from ways import WAYS

from grammar.diagnostics import DiagnosticError
from runtime.answer import Answer, answer
from runtime.methods.method import Request
from runtime.result import Status

every_way = pytest.mark.parametrize("way", WAYS, ids="-".join)


def solved(builder: GameBuilder, way: tuple[str, str]) -> Answer:
    return answer(builder.build(), Request(complementarity=way[0], solver=way[1], time_limit=60))


@every_way
def test_t1(way: tuple[str, str]) -> None:
    found = solved(toy(), way)
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.x == pytest.approx([8 / 15, 28 / 15], abs=1e-6)


@every_way
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e3, 2e5, 1e6])
def test_t2(way: tuple[str, str], scale: float) -> None:
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "y", 0, 10).var("follower", "x", -INF)
    builder.row("follower", "a", {"x": 1, "y": -1}, lower=0)
    builder.minimize("leader", {"x": 1, "y": -2}).minimize("follower", {"x": scale})
    found = solved(builder, way)
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.x == pytest.approx([10, 10], abs=1e-6)
    assert found.prices == pytest.approx([scale], rel=1e-6)


@every_way
def test_t3(way: tuple[str, str]) -> None:
    """The truth is -22; the conditions of the relaxed follower give -18."""
    found = solved(moore_bard(), way)
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.method == "value_function"
    assert found.x == pytest.approx([2, 2], abs=1e-9)


@every_way
@pytest.mark.parametrize(("cap", "offer", "profit"), [(50, 50, 1250), (70, 60, 1500), (400, 60, 1500)])
def test_t4(way: tuple[str, str], cap: float, offer: float, profit: float) -> None:
    builder = producer(cap)
    found = solved(builder, way)
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert builder.build().objectives_at(found.x)[0] == pytest.approx(profit, rel=1e-5)
    assert found.x[0] == pytest.approx(offer, rel=1e-5)
    assert found.prices[1] == pytest.approx(30, rel=1e-5)


@every_way
def test_t5(way: tuple[str, str]) -> None:
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "x", 0, 1).var("follower", "y", -INF)
    builder.row("leader", "coupling", {"y": 1}, upper=0).row("follower", "cap", {"y": 1}, upper=2)
    builder.minimize("leader", {"x": -1}).maximize("follower", {"y": 1})
    found = solved(builder, way)
    assert found.status is Status.INFEASIBLE
    assert "leader.coupling" in found.diagnostics[0].headline


@every_way
def test_t6(way: tuple[str, str]) -> None:
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "x", 0, 1).var("follower", "y", 0)
    builder.row("follower", "a", {"y": 1, "x": -1e5}, upper=0).row("follower", "b", {"y": 1e-4}, upper=5e-4)
    builder.minimize("leader", {"y": -1, "x": 1e-4}).maximize("follower", {"y": 1e-4})
    if way == ("big_m", "highs"):
        # The slack of row a reaches 1e5, of which a binary's tolerance is 0.1: SOS1 takes it, binaries may not.
        with pytest.raises(DiagnosticError) as error:
            solved(builder, way)
        (finding,) = error.value.diagnostics
        assert finding.code == "G710"
        assert "slack of follower.a" in finding.headline
        assert any("sos1" in hint.text for hint in finding.hints)
        return
    found = solved(builder, way)
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.x == pytest.approx([5e-5, 5.0], rel=1e-6)
