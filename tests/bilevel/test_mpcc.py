"""The shrinking relaxation ends at local optima and says so; as the start of a search it changes no proof."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_games import conditions, random_game
from small_games import GameBuilder
from test_traps import moore_bard, producer, toy

from compiler.ground.sparse import Csr, Quad
from compiler.reformulations.program import Program
from grammar.diagnostics import DiagnosticError
from runtime.answer import answer
from runtime.methods import pairs
from runtime.methods.counted_work import CountedWork
from runtime.methods.method import Request
from runtime.methods.relaxed_pairs import relaxed_pairs
from runtime.result import Status
from runtime.session import solve
from runtime.solvers.solver import Ending, Options

LOCAL = (Status.LOCAL, Status.STATIONARY)


def test_t1_from_many_starts() -> None:
    """On the follower's reaction x = min(8-y, (13-y)/2, 3.5*y, 5), 4*x + y >= 8, the cost 3*x + y has the local minima
    92/15 at y = 8/15 and 8 at y = 8."""
    program, _ = conditions(toy().build())
    random = np.random.default_rng(3)
    ends = []
    for _ in range(30):
        begin = random.uniform(np.fmax(program.lower, -10), np.fmin(program.upper, 10))
        out = relaxed_pairs(program, Options(), 1, begin)
        assert out.ending is Ending.LOCAL
        assert program.violation(out.z) < 1e-8
        assert np.all(out.z[program.complementary].min(axis=1) == 0)
        ends.append(round(out.objective, 7))
        assert ends[-1] in (round(92 / 15, 7), 8.0)
        assert out.bound <= 92 / 15 + 1e-9
    assert ends.count(round(92 / 15, 7)) >= 15
    assert relaxed_pairs(program, Options()).objective == pytest.approx(92 / 15)


def test_what_ends_at_eight_is_called_local(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begun at y = 8 with products that may not leave zero."""
    game = toy().build()
    program, _ = conditions(game)
    held = program.lower.copy()
    held[0] = 8
    top = relaxed_pairs(replace(program, lower=held), Options()).z

    def from_the_top(program: Program, options: Options) -> object:
        return relaxed_pairs(program, options, 1, top)

    monkeypatch.setattr("runtime.methods.relaxed_pairs.SHRINKING", (1e-9,))
    monkeypatch.setattr("runtime.methods.mpcc.relaxed_pairs", from_the_top)
    found = answer(game, Request(method="mpcc"))
    assert found.x == pytest.approx([8, 0], abs=1e-8)
    assert found.status is Status.LOCAL
    assert found.certificate.regret["leader"] >= 8 - 92 / 15 - 1e-9
    assert found.certificate.regret["follower"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("cap", "profit"), [(50, 1250), (70, 1500), (400, 1500)])
def test_t4(cap: float, profit: float) -> None:
    game = producer(cap).build()
    found = answer(game, Request(method="mpcc"))
    assert (found.status, found.solver, found.method) == (Status.LOCAL, "ipopt", "mpcc")
    assert found.certificate.verified
    assert game.objectives_at(found.x)[0] == pytest.approx(profit)


def test_a_corner_is_left() -> None:
    """`min (x-1)^2 + (y-2)^2`, x*y = 0: at the origin, where IPOPT may rest, each side can still be had."""
    two = np.arange(2)
    program = Program(
        lower=np.zeros(2),
        upper=np.full(2, np.inf),
        integer=np.zeros(2, np.bool_),
        cost=np.array([-2.0, -4.0]),
        cost_constant=5.0,
        cost_quad=Quad.from_entries(0 * two, two, two, np.ones(2), 2),
        matrix=Csr.empty(0, 2),
        row_lower=np.zeros(0),
        row_upper=np.zeros(0),
        row_quad=Quad.empty(),
        complementary=np.array([[0, 1]]),
    )
    out = relaxed_pairs(program, Options(), 1, np.zeros(2))
    assert out.ending is Ending.LOCAL
    assert out.z == pytest.approx([0, 2], abs=1e-8) or out.z == pytest.approx([1, 0], abs=1e-8)
    # Both sides are wanted at the origin of this one, and none of them alone is bad: y = 0 gives 0, x = 0 gives -1.
    tilted = replace(program, cost=np.array([0.0, -1.0]), cost_constant=0.0, cost_quad=Quad.empty(), upper=np.ones(2))
    out = relaxed_pairs(tilted, Options(), 1, np.array([0.9, 0.0]))
    assert (out.ending, out.objective) == (Ending.LOCAL, pytest.approx(-1))


def test_a_quadratic_follower(tmp_path: Path) -> None:
    """Stackelberg's duopoly: price 12 - q - r, no costs: q = 6, r = 3, profit 18."""
    path = tmp_path / "m.game"
    path.write_text(
        "player l { var q in [0, 12] maximize profit = (12 - q - r)*q }"
        "player f follows l { var r in [0, 12] maximize gain = (12 - q - r)*r }"
    )
    result = solve(path, method="mpcc")
    assert result.status in LOCAL, result.diagnostics
    assert result.objectives["l.profit"] == pytest.approx(18, rel=1e-6)
    assert result.value_of["r"] == pytest.approx(3, abs=1e-4)


def test_a_nonlinear_follower(tmp_path: Path) -> None:
    """q = min(5, 2/p): the revenue p*q is 2 from p = 0.4 on, which costs 0.3*0.4^2."""
    path = tmp_path / "m.game"
    path.write_text(
        "player l { var p in [0, 3] maximize profit = p*q - 0.3*p^2 }"
        "player f follows l { var q in [0.1, 5] minimize c = p*q - 2*log(q) }"
    )
    result = solve(path, method="mpcc")
    assert result.status in LOCAL, result.diagnostics
    assert result.certificate.verified
    assert result.objectives["l.profit"] == pytest.approx(1.952, abs=1e-5)


def test_equals_are_at_an_equilibrium(tmp_path: Path) -> None:
    """Cournot, price 12 - q - r: 4 each. With 6 - y = exp(x) and 6 - x = exp(y): as in `test_tangent_conditions`."""
    path = tmp_path / "m.game"
    path.write_text(
        "player a { var q in [0, 12] maximize u = (12 - q - r)*q } "
        "player b { var r in [0, 12] maximize v = (12 - q - r)*r }"
    )
    result = solve(path, method="mpcc")
    assert result.status is Status.EQUILIBRIUM, result.diagnostics
    assert [result.value_of[k] for k in "qr"] == pytest.approx([4, 4], abs=1e-5)
    path.write_text(
        "player a { var x in [0, 3] maximize u = 6*x - x*y - exp(x) }"
        "player b { var y in [0, 3] maximize v = 6*y - x*y - exp(y) }"
    )
    result = solve(path, method="mpcc")
    x, y = result.value_of["x"], result.value_of["y"]
    assert result.status is Status.EQUILIBRIUM, result.diagnostics
    assert 6 - y - np.exp(x) == pytest.approx(0, abs=1e-4) or x in (0, 3)
    assert 6 - x - np.exp(y) == pytest.approx(0, abs=1e-4) or y in (0, 3)


@pytest.mark.parametrize("quadratic", [False, True])
def test_against_the_proven_optimum(quadratic: bool) -> None:
    """Never better, mostly equal, and every follower at its best answer."""
    equal = 0
    for seed in range(6):
        game = random_game(seed, quadratic=quadratic)
        near, best = answer(game, Request(method="mpcc")), answer(game, Request(time_limit=60))
        assert near.status in LOCAL, near.diagnostics
        assert near.certificate.verified, near.certificate.reasons
        assert best.status is Status.OPTIMAL
        one, two = game.objectives_at(near.x)[0], game.objectives_at(best.x)[0]
        size = max(1.0, abs(two))
        assert one >= two - 1e-5 * size
        equal += one <= two + 1e-5 * size
    assert equal >= 5


def test_a_seed_repeats_itself() -> None:
    program, _ = conditions(random_game(1))
    one, two = (relaxed_pairs(program, Options(seed=4), 4) for _ in range(2))
    assert np.array_equal(one.z, two.z)


@pytest.mark.parametrize(
    ("builder", "request_", "code"),
    [
        (moore_bard(), Request(method="mpcc"), "G703"),
        (toy().var("leader", "n", 0, 3, 1), Request(method="mpcc"), "G807"),
        (GameBuilder().player("a").var("a", "x", 0, 1).minimize("a", {"x": 1}), Request(method="mpcc"), "G807"),
        (toy(), Request(method="mpcc", solver="highs"), "G807"),
        (toy(), Request(method="mpcc", complementarity="big_m"), "G807"),
    ],
)
def test_what_it_refuses(builder: GameBuilder, request_: Request, code: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        answer(builder.build(), request_)
    assert caught.value.diagnostics[0].code == code


def test_auto_prefers_a_proof() -> None:
    found = answer(toy().build(), Request())
    assert (found.status, found.method) == (Status.OPTIMAL, "kkt")


def test_no_feasible_point_is_no_proof_of_infeasibility() -> None:
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "x", 0, 1).var("follower", "y", -np.inf)
    builder.row("leader", "coupling", {"y": 1}, upper=0).row("follower", "cap", {"y": 1}, upper=2)
    builder.minimize("leader", {"x": -1}).maximize("follower", {"y": 1})
    with pytest.raises(DiagnosticError) as caught:
        answer(builder.build(), Request(method="mpcc"))
    assert caught.value.diagnostics[0].code == "G804"


def many_pairs() -> GameBuilder:
    """Twelve copies of the toy's follower under one leader: 72 pairs, 12 times 92/15."""
    builder = GameBuilder().player("leader").var("leader", "y", 0, 8)
    goal: dict[object, float] = {"y": 12.0}
    for k in range(12):
        x, name = f"x{k}_", f"f{k}_"
        builder.player(name, "leader").var(name, x, -np.inf, 5).row(name, f"a{k}_", {x: 1, "y": 1}, upper=8)
        builder.row(name, f"b{k}_", {x: 4, "y": 1}, lower=8).row(name, f"c{k}_", {x: 2, "y": 1}, upper=13)
        builder.row(name, f"d{k}_", {x: 2, "y": -7}, upper=0).minimize(name, {x: -1})
        goal[x] = 3.0
    return builder.minimize("leader", goal)


@pytest.mark.parametrize("wrong", ["none", "worse", "nowhere"])
def test_where_a_search_begins_changes_no_proof(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    game = many_pairs().build()
    begun = []

    def begin(program: Program, options: Options, starts: int, work: CountedWork) -> object:
        at = None
        if wrong == "worse":
            at = np.zeros(program.columns)
            at[0] = 8
        out = relaxed_pairs(program, options, 1 if wrong == "worse" else starts, at, work)
        if wrong == "nowhere":
            out = replace(
                out, z=np.full(program.columns, 0.5), objective=program.cost_at(np.full(program.columns, 0.5))
            )
        begun.append(out.objective)
        return out

    monkeypatch.setattr(pairs, "relaxed_pairs", begin)
    # IPOPT is asked where followers' answers give no point.
    monkeypatch.setattr(pairs, "answered_points", lambda game, program, closer, options, known, work: known)
    found = answer(game, Request(complementarity="sos1", time_limit=60))
    assert begun
    if wrong == "nowhere":
        # A start that is no point contradicts the proof: then nothing is certified.
        assert found.status is Status.NOT_VERIFIED
        return
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert game.objectives_at(found.x)[0] == pytest.approx(12 * 92 / 15)
