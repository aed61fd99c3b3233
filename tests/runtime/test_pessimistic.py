"""Ties against the leader: brute force over the leader's decision with the follower's worst best answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from brute_force import vertices
from small_games import INF, GameBuilder

from compiler.ground.ground_game import GroundGame
from grammar.diagnostics import DiagnosticError
from runtime.answer import answer
from runtime.certify import Claim, certify
from runtime.methods.method import Request
from runtime.result import Status
from runtime.session import solve


def gloomy(builder: GameBuilder, *names: str) -> GroundGame:
    game = builder.build()
    chosen = names or tuple(p.name for p in game.players if p.leaders)
    return replace(game, players=tuple(replace(p, optimistic=p.name not in chosen) for p in game.players))


def indifferent(sense: int = 1) -> GameBuilder:
    """The follower only wants y0 + y1 = x; the leader wants much y0 and pays 1/2 a unit of x."""
    builder = GameBuilder().player("leader").player("follower", "leader").var("leader", "x", 1, 4)
    builder.var("follower", "y0", 0, 3).var("follower", "y1", 0, 3)
    builder.row("follower", "sum", {"y0": 1, "y1": 1, "x": -1}, lower=0)
    goal = {"x": 0.5 * sense, "y0": -1.0 * sense}
    (builder.minimize if sense == 1 else builder.maximize)("leader", goal)
    return builder.minimize("follower", {"y0": 1, "y1": 1})


@pytest.mark.parametrize("sense", [1, -1])
def test_by_hand(sense: int) -> None:
    """At its worst y0 = max(0, x - 3): 0.5 x up to 3, then 1.5 - 0.5 (x - 3) - ... so x = 1 with 0.5 against x = 4
    with 1; optimistic it is x = 3, y0 = 3: -1.5."""
    game = gloomy(indifferent(sense))
    found = answer(game, Request())
    assert found.method == "pessimistic"
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.x == pytest.approx([1, 0, 1], abs=1e-8)
    assert sense * game.objectives_at(found.x)[0] == pytest.approx(0.5)
    (tie,) = found.certificate.ties
    assert sense * tie.optimistic == pytest.approx(-0.5)
    assert sense * tie.pessimistic == pytest.approx(0.5)
    friendly = answer(indifferent(sense).build(), Request())
    assert sense * friendly.certificate.ties[0].optimistic == pytest.approx(-1.5)


def worst(follower_rows, low, high, cost, leader, x, B):
    """The leader's value at x, over the follower's best vertices the worst; None without an answer."""
    answers = vertices(follower_rows, low - B @ x, high - B @ x)
    if not len(answers):
        return None
    values = answers @ cost
    best = answers[values <= values.min() + 1e-9]
    return float(leader[: len(x)] @ x + (best @ leader[len(x) :]).max())


@pytest.mark.parametrize("seed", range(30))
def test_equals_a_search_over_the_leader(seed: int) -> None:
    """One leader column. A follower with costs in few whole numbers, so that ties are the rule. The worst value is
    piecewise linear in x, with kinks only where a vertex of the follower appears or goes: at an x of a vertex of all
    constraints together."""
    rng = np.random.default_rng(seed)
    m, k = 3, 2
    A, b = rng.integers(-2, 3, (m, k)).astype(float), rng.integers(2, 7, m).astype(float)
    B = rng.integers(-2, 3, (m, 1)).astype(float)
    cost = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0], [1.0, 2.0]][seed % 4])
    leader = np.concatenate([[rng.uniform(-1, 1)], rng.uniform(-2, 2, k)])
    rows = np.vstack([A, np.eye(k)])
    low, high = np.concatenate([np.full(m, -INF), np.zeros(k)]), np.concatenate([b, np.full(k, 3.0)])
    full = np.vstack([B, np.zeros((k, 1))])
    box = np.vstack([np.hstack([full, rows]), np.eye(3)[:1]])
    kinks = np.unique(np.round(vertices(box, np.append(low, 0.0), np.append(high, 4.0))[:, 0], 9))
    values = [worst(rows, low, high, cost, leader, np.array([x]), full) for x in kinks]
    known = [v for v in values if v is not None]
    builder = GameBuilder().player("leader").player("follower", "leader").var("leader", "x", 0, 4)
    builder.var("follower", "y0", 0, 3).var("follower", "y1", 0, 3)
    for r in range(m):
        builder.row("follower", f"r{r}_", {"x": B[r, 0], "y0": A[r, 0], "y1": A[r, 1]}, upper=b[r])
    sense = 1 if seed % 2 else -1
    builder.minimize("leader", dict(zip(["x", "y0", "y1"], leader.tolist(), strict=True)))
    builder.goals["follower"] = (sense, {"y0": sense * cost[0], "y1": sense * cost[1]})
    game = gloomy(builder)
    for way in ("auto", "product"):
        found = answer(game, Request(complementarity=way))
        if not known:
            assert found.status is Status.INFEASIBLE
            continue
        assert found.status is Status.OPTIMAL, found.certificate.reasons
        value = float(game.objectives_at(found.x)[0])
        assert value == pytest.approx(min(known), abs=1e-5)
        at = worst(rows, low, high, cost, leader, found.x[:1], full)
        assert at == pytest.approx(value, abs=1e-5)


def test_the_certificate_refuses_a_promise_that_followers_may_break() -> None:
    """x = 3 with y0 = 3 is a best answer, but not the worst of them."""
    game = gloomy(indifferent())
    claim = Claim(Status.OPTIMAL, np.array([3.0, 3.0, 0.0]), claimed={0: -1.5}, bound={0: -1.5})
    certificate = certify(game, claim)
    assert not certificate.verified
    assert any("may leave it" in reason for reason in certificate.reasons)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda b: b.minimize("follower", {"y0": 1, ("y0", "y0"): 1}), "not linear"),
        (lambda b: b.minimize("follower", {"y0": 1, ("x", "y1"): 1}), "move its costs"),
        (lambda b: b.row("leader", "own", {"y0": 1}, upper=1), "leader.own"),
        (lambda b: b.price("λ", "sum").minimize("leader", {"λ": 1}), "shadow price"),
    ],
)
def test_refusals(change, words: str) -> None:
    builder = indifferent()
    change(builder)
    with pytest.raises(DiagnosticError) as error:
        answer(gloomy(builder), Request(method="pessimistic"))
    (finding,) = error.value.diagnostics
    assert finding.code == "G704"
    assert words in finding.headline
    assert finding.hints


def test_kkt_asked_for_is_refused() -> None:
    with pytest.raises(DiagnosticError) as error:
        answer(gloomy(indifferent()), Request(method="kkt"))
    assert "--method pessimistic" in error.value.diagnostics[0].hints[0].text


def test_one_gloomy_follower_beside_a_friendly_one() -> None:
    """Two copies of the indifferent follower: one gives the leader its best, one its worst."""
    builder = GameBuilder().player("leader").player("kind", "leader").player("cruel", "leader").var("leader", "x", 1, 4)
    for name in ("kind", "cruel"):
        builder.var(name, f"{name}0", 0, 3).var(name, f"{name}1", 0, 3)
        builder.row(name, f"sum_{name}", {f"{name}0": 1, f"{name}1": 1, "x": -1}, lower=0)
        builder.minimize(name, {f"{name}0": 1, f"{name}1": 1})
    builder.minimize("leader", {"x": 0.5, "kind0": -1, "cruel0": -1})
    game = gloomy(builder, "cruel")
    found = answer(game, Request())
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    # 0.5 x - min(x, 3) - max(0, x - 3): falls until 4.
    assert game.objectives_at(found.x)[0] == pytest.approx(2 - 3 - 1)


@pytest.mark.parametrize("unit", [1.0, 1e3])
def test_from_a_file(tmp_path: Path, unit: float) -> None:
    """At its worst y takes all of x, so x - 3*y + 4*(x - 5) is -20 at 0 and -10 at 5 of [0, 5]. Optimistic it takes
    none: 5."""
    path = tmp_path / "m.game"
    path.write_text(
        f"player leader {{ var x in [0, {5 * unit}] maximize F = 5*x - 3*y - {20 * unit} }}"
        f"player f follows leader pessimistic {{ var y in [0, {10 * unit}] var z in [0, {10 * unit}]"
        " minimize g = y + z constraint c: y + z >= x }",
        encoding="utf-8",
    )
    result = solve(path)
    assert (result.status, result.method) == (Status.OPTIMAL, "pessimistic"), result.diagnostics
    assert result.objectives["leader.F"] == pytest.approx(-10 * unit)
    (tie,) = result.certificate.ties
    assert (tie.optimistic, tie.pessimistic) == (pytest.approx(5 * unit), pytest.approx(-10 * unit))


def test_functions_of_the_leader_alone_leave_ties_to_be_examined(tmp_path: Path) -> None:
    """At its worst y takes all of x: 2*|x - 2| - 3*x is -1 at 1, -6 at 2, -7 at 3. At its best it takes none: 2."""
    path = tmp_path / "m.game"
    path.write_text(
        "player leader { var x integer in [1, 3] maximize F = 2*abs(x - 2) - 3*y }"
        "player f follows leader pessimistic { var y in [0, 9] var z in [0, 9] minimize g = y + z"
        " constraint c: y + z >= x }",
        encoding="utf-8",
    )
    result = solve(path)
    assert result.status is Status.OPTIMAL, result.certificate.reasons
    assert result.objectives["leader.F"] == pytest.approx(-1)
    (tie,) = result.certificate.ties
    assert (tie.optimistic, tie.pessimistic) == (pytest.approx(2), pytest.approx(-1))
