"""Ties of followers with whole numbers that fall against their leader: by hand, and by enumeration
(`worst_enumeration`), which shares nothing with what is tested."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mixed_games import gloomy_game, knapsack_interdiction
from small_games import INF, GameBuilder
from worst_enumeration import at_decisions, by_intervals, by_whole_decisions

from compiler.ground.ground_game import GroundGame
from grammar.diagnostics import DiagnosticError
from runtime.answer import Answer, answer
from runtime.certify import Claim, certify
from runtime.methods.method import Request
from runtime.methods.registry import METHODS
from runtime.methods.setting import Setting
from runtime.result import Status

SHAPES: list[dict[str, object]] = [
    {"whole": 3},
    {"whole": 2, "real": 1},
    {"whole": 2, "products": True},
    {"whole": 1, "real": 1, "products": True},
    {"whole": 1, "followers": 2, "rows": 2},
    {"whole": 2, "real": 1, "followers": 2, "rows": 2, "friendly": True},
    {"whole": 0, "real": 2, "products": True},
]
"""The last one has no whole numbers below; its leader's whole decisions move the follower's costs."""


def gloomy(builder: GameBuilder, *names: str) -> GroundGame:
    game = builder.build()
    chosen = names or tuple(p.name for p in game.players if p.leaders)
    return replace(game, players=tuple(replace(p, optimistic=p.name not in chosen) for p in game.players))


def checked(game: GroundGame, **asked: object) -> Answer:
    found = answer(game, Request(time_limit=120, **asked))  # type: ignore[arg-type]
    assert found.method == "pessimistic"
    return found


def of_leader(found: Answer, game: GroundGame) -> float:
    assert found.x is not None, found.diagnostics
    return game.players[0].sense * float(game.objectives_at(found.x)[0])


def agree(game: GroundGame) -> None:
    truth, found = by_whole_decisions(game), checked(game)
    if np.isinf(truth):
        assert found.status is Status.INFEASIBLE
        return
    assert found.status is Status.OPTIMAL, (found.certificate.reasons, found.diagnostics)
    assert of_leader(found, game) == pytest.approx(truth, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", [0, *(pytest.param(s, marks=pytest.mark.slow) for s in range(1, 25))])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "-".join(shape))
def test_whole_leaders_by_enumeration(shape: dict[str, object], seed: int) -> None:
    agree(gloomy_game(seed, **shape))  # type: ignore[arg-type]


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(100, 10**6), shape=st.sampled_from(SHAPES), top=st.integers(1, 3), rows=st.integers(1, 3))
def test_whatever_the_game(seed: int, shape: dict[str, object], top: int, rows: int) -> None:
    agree(gloomy_game(seed, **(shape | {"top": top, "rows": rows})))  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [*range(6), *(pytest.param(s, marks=pytest.mark.slow) for s in range(6, 80))])
@pytest.mark.parametrize("products", [False, True])
def test_real_leaders_attained_or_not(seed: int, products: bool) -> None:
    game = gloomy_game(seed, leader=1, whole=2, top=3, own_top=2, integer_leader=False, products=products, free=False)
    infimum, attained = by_intervals(game)
    found = checked(game)
    if np.isinf(infimum):
        assert found.status is Status.INFEASIBLE
        return
    value, gap = of_leader(found, game), found.certificate.regret["top"]
    assert found.certificate.verified, found.certificate.reasons
    assert value - gap <= infimum + 1e-6, "a proven bound is never beyond the infimum"
    assert value >= infimum - 1e-6
    if attained:
        assert found.status is Status.OPTIMAL, found.diagnostics
        assert value == pytest.approx(infimum, abs=1e-6)
    else:
        assert found.status is Status.LIMIT
        assert [d.code for d in found.diagnostics] == ["G809"]
        assert "worst answers" not in found.diagnostics[0].notes[0]
        assert value == pytest.approx(infimum, abs=1e-3)
        assert gap < 1e-3


@pytest.mark.parametrize("seed", [2, *(pytest.param(s, marks=pytest.mark.slow) for s in range(3, 25))])
def test_real_leaders_of_mixed_followers_by_samples(seed: int) -> None:
    """What each of many decisions assures the leader of is never better than what was proved of all."""
    game = gloomy_game(seed, whole=2, real=1, top=3, integer_leader=False)
    found = checked(game)
    if found.status is Status.INFEASIBLE:
        return
    assert found.certificate.verified, found.certificate.reasons
    assert found.x is not None
    value = of_leader(found, game)
    bound, seen = value - found.certificate.regret["top"], np.array([0, 1])
    rng = np.random.default_rng(seed)
    points = [found.x[seen], *rng.uniform(0, 3, (10, 2)), *rng.integers(0, 4, (6, 2)).astype(float)]
    points += [np.clip(found.x[seen] + step, 0, 3) for step in rng.normal(0, 0.05, (8, 2))]
    values = [at_decisions(game, seen, point) for point in points]
    assert min(values) >= bound - 1e-5
    assert values[0] == pytest.approx(value, abs=1e-5)
    if found.status is Status.OPTIMAL:
        assert min(values) >= value - 1e-5


@pytest.mark.parametrize("sense", [1, -1])
def test_a_pair_of_routes_by_hand(sense: int) -> None:
    """The follower opens one of two routes of equal price, which the leader can make dearer by one unit of toll; the
    leader earns 3 on the first and 0 on the second, and the toll costs it nothing but choice: with the toll on the
    second one it is sure of 3, without a toll of 0."""
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "toll", 0, 1, 1)
    for route in ("first", "second"):
        builder.var("follower", route, 0, 1, 1)
    builder.row("follower", "one", {"first": 1, "second": 1}, 1, 1)
    goal: dict[object, float] = {"first": 3.0 * sense, "toll": -1.0 * sense}
    (builder.maximize if sense == 1 else builder.minimize)("leader", goal)
    game = gloomy(builder.minimize("follower", {"first": 5, "second": 5, ("toll", "second"): 1}))
    found = checked(game)
    assert found.status is Status.OPTIMAL, (found.certificate.reasons, found.diagnostics)
    assert found.x == pytest.approx([1, 1, 0])
    friendly = answer(builder.build(), Request())
    assert friendly.x == pytest.approx([0, 1, 0])
    assert "ties fall against the leader" in found.choice


def test_what_is_promised_and_may_be_broken_is_refused() -> None:
    """Without the toll the first route is a best answer, but so is the second one."""
    builder = GameBuilder().player("leader").player("follower", "leader").var("leader", "toll", 0, 1, 1)
    builder.var("follower", "first", 0, 1, 1).var("follower", "second", 0, 1, 1)
    builder.row("follower", "one", {"first": 1, "second": 1}, 1, 1).maximize("leader", {"first": 3, "toll": -1})
    game = gloomy(builder.minimize("follower", {"first": 5, "second": 5}))
    certificate = certify(game, Claim(Status.OPTIMAL, np.array([0.0, 1.0, 0.0]), claimed={0: 3.0}, bound={0: 3.0}))
    assert not certificate.verified
    assert any("may leave it" in reason for reason in certificate.reasons)


def test_an_assured_value_that_is_approached_only() -> None:
    """y is 0 or 1 at a cost of x*y, x in [-1, 1]: 1 below x = 0, 0 above, either at 0. The leader wants y = 0 and x
    small: x + 3*y is near 0 for small positive x, and 3 at x = 0 at the worst."""
    builder = GameBuilder().player("leader").player("follower", "leader").var("leader", "x", -1, 1)
    builder.var("follower", "y", 0, 1, 1).minimize("leader", {"x": 1, "y": 3})
    game = gloomy(builder.minimize("follower", {("x", "y"): 1}))
    found = checked(game)
    assert found.status is Status.LIMIT
    assert [d.code for d in found.diagnostics] == ["G809"]
    assert found.certificate.verified, found.certificate.reasons
    value = of_leader(found, game)
    assert 0 < value < 1e-3
    assert value - found.certificate.regret["leader"] == pytest.approx(0, abs=1e-6)
    friendly = answer(builder.build(), Request())
    assert friendly.status is Status.OPTIMAL
    assert friendly.x == pytest.approx([0, 0], abs=1e-7)


def test_ties_do_not_matter_where_interests_are_opposed() -> None:
    friendly = knapsack_interdiction(3, 4)
    game = replace(friendly, players=(friendly.players[0], replace(friendly.players[1], optimistic=False)))
    found = checked(game)
    assert found.status is Status.OPTIMAL, (found.certificate.reasons, found.diagnostics)
    assert of_leader(found, game) == pytest.approx(of_leader(answer(friendly, Request()), friendly))


def test_a_limit_gives_the_true_gap() -> None:
    game = gloomy_game(11, leader=3, whole=4, top=3)
    truth = by_whole_decisions(game)
    found = answer(game, Request(time_limit=0.3))
    assert found.status in (Status.LIMIT, Status.OPTIMAL)
    if found.x is not None:
        value = of_leader(found, game)
        assert value - found.certificate.regret["top"] - 1e-6 <= truth <= value + 1e-6


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda b: b.row("leader", "own", {"y": 1}, upper=1), "leader.own"),
        (lambda b: b.row("leader", "own", {("x", "y"): 1}, upper=1), "leader.own"),
        (lambda b: b.minimize("follower", {"y": 1, "v": 1, ("p", "v"): 1}), "move its costs"),
        (lambda b: b.row("follower", "bent", {("p", "v"): 1}, upper=1), "multiplies"),
        (lambda b: b.minimize("leader", {("y", "v"): 1}), "squares or multiplies"),
    ],
)
def test_refusals(change, words: str) -> None:  # type: ignore[no-untyped-def]
    builder = GameBuilder().player("leader").player("follower", "leader").var("leader", "x", 0, 2, 1)
    builder.var("leader", "p", 0, 2).var("follower", "y", 0, 2, 1).var("follower", "v", 0, 2)
    builder.row("follower", "sum", {"y": 1, "v": 1, "x": -1}, 0, INF)
    builder.minimize("leader", {"x": 1, "y": -1}).minimize("follower", {"y": 1, "v": 1})
    change(builder)
    with pytest.raises(DiagnosticError) as error:
        answer(gloomy(builder), Request(method="pessimistic"))
    finding = error.value.diagnostics[0]
    assert finding.code == "G704"
    assert words in finding.headline
    assert finding.hints


@pytest.mark.parametrize(("kind", "words"), [(0, "depends on its decisions"), (1, "see each other")])
def test_followers_that_see_each_other_are_refused(kind: int, words: str) -> None:
    builder = GameBuilder().player("leader").player("a", "leader").player("b", "leader").var("leader", "x", 0, 2)
    builder.var("a", "n", 0, 2, kind).var("b", "m", 0, 2).row("b", "under", {"m": 1, "n": -1}, upper=0)
    builder.minimize("leader", {"x": 1, "m": 1}).minimize("a", {"n": 1}).minimize("b", {"m": -1})
    refusal = METHODS["pessimistic"].refuses(Setting.of(gloomy(builder, "a")))
    assert refusal is not None
    (finding,) = refusal.diagnostics
    assert finding.code == "G704"
    assert words in finding.headline


def test_other_methods_leave_it_to_this_one() -> None:
    setting = Setting.of(gloomy_game(0, whole=2))
    for name in ("kkt", "value_function"):
        refusal = METHODS[name].refuses(setting)
        assert refusal is not None
        assert not refusal.fits or name == "kkt"


@pytest.mark.parametrize(("optimistic", "x", "tie"), [(True, [4, 0, 4], (6, -2)), (False, [1, 0, 1], None)])
def test_a_switched_follower(optimistic: bool, x: list[float], tie: tuple[float, float] | None) -> None:
    """The follower covers x by 0 or 2 to 5 units bought or by units missing, at the same price. The leader earns 2 for
    each unit missing and pays 0.5 for each of x: at the worst all is bought from x = 2 on."""
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "x", 0, 4, 1).var("follower", "buy", 2, 5, 2).var("follower", "miss", 0, 10)
    builder.row("follower", "cover", {"buy": 1, "miss": 1, "x": -1}, lower=0)
    builder.maximize("leader", {"miss": 2, "x": -0.5}).minimize("follower", {"buy": 1, "miss": 1})
    found = answer(builder.build() if optimistic else gloomy(builder), Request())
    assert found.status is Status.OPTIMAL, (found.certificate.reasons, found.diagnostics)
    assert found.x == pytest.approx(x)
    assert [(t.optimistic, t.pessimistic) for t in found.certificate.ties] == (
        [] if tie is None else [pytest.approx(tie)]
    )
