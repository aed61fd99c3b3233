"""Followers on whom nobody's decision depends: who they are, and that answering last changes no answer."""

from __future__ import annotations

import numpy as np
import pytest
from small_games import INF, GameBuilder

from runtime.answer import answer
from runtime.methods import kkt
from runtime.methods.bystanders import bystanders
from runtime.methods.method import Request
from runtime.methods.setting import Setting
from runtime.result import Status

NEAR = 1e-3
"""For decisions of the leader below: p*(12 - p) is flat at its optimum, so 1e-6 of its value is 1e-3 of p."""


def grid_and_works() -> GameBuilder:
    """The leader sells up to 10 to the buyer, whose demand at price p is min(8, 12 - p) as 12u - u^2/2 - pu says; the
    works serve what is sold with a cheap unit of 5 and a dear one.

    The leader earns p*u, most at p = 6, u = 6; the works then pay 5*1 + 1*3 = 8, and one more unit costs 3.
    """
    builder = GameBuilder().player("leader").player("buyer", "leader").player("works", "leader")
    builder.var("leader", "p", 0, 10).var("buyer", "u", 0, 8)
    builder.var("works", "cheap", 0, 5).var("works", "dear", 0, 9)
    builder.row("works", "serve", {"cheap": 1, "dear": 1, "u": -1}, 0, 0)
    builder.maximize("leader", {("p", "u"): 1})
    builder.maximize("buyer", {"u": 12, ("u", "u"): -0.5, ("p", "u"): -1})
    return builder.minimize("works", {"cheap": 1, "dear": 3, "u": 7})


def names(builder: GameBuilder) -> list[str]:
    game = builder.build()
    return [player.name for player, last in zip(game.players, bystanders(Setting.of(game)), strict=True) if last]


def with_leader_row(builder: GameBuilder) -> GameBuilder:
    return builder.row("leader", "limit", {"dear": 1}, upper=3)


def with_leader_goal(builder: GameBuilder) -> GameBuilder:
    return builder.maximize("leader", {("p", "u"): 1, "dear": -1})


def with_leader_product(builder: GameBuilder) -> GameBuilder:
    return builder.maximize("leader", {("p", "u"): 1, ("p", "dear"): -1})


def with_buyers_product(builder: GameBuilder) -> GameBuilder:
    return builder.maximize("buyer", {"u": 12, ("u", "u"): -0.5, ("p", "u"): -1, ("u", "dear"): -1})


def with_buyers_row(builder: GameBuilder) -> GameBuilder:
    return builder.row("buyer", "spare", {"u": 1, "cheap": 1}, upper=11)


def with_price(builder: GameBuilder) -> GameBuilder:
    return builder.price("worth", "serve").maximize("leader", {("p", "u"): 1, "worth": 0.1})


def with_open_column(builder: GameBuilder) -> GameBuilder:
    return builder.var("works", "vent", 0, INF)


def test_who_nobody_depends_on() -> None:
    assert names(grid_and_works()) == ["works"]


@pytest.mark.parametrize(
    "change",
    [
        with_leader_row,
        with_leader_goal,
        with_leader_product,
        with_buyers_product,
        with_buyers_row,
        with_price,
        with_open_column,
    ],
)
def test_who_somebody_depends_on(change) -> None:
    assert names(change(grid_and_works())) == []


def test_a_linear_term_that_moves_no_answer_does_not_count() -> None:
    builder = grid_and_works().maximize("buyer", {"u": 12, ("u", "u"): -0.5, ("p", "u"): -1, "cheap": 5})
    assert names(builder) == ["works"]


def test_answers_last() -> None:
    found = answer(grid_and_works().build(), Request())
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.x == pytest.approx([6, 6, 5, 1], abs=NEAR)
    assert found.prices[0] == pytest.approx(3, abs=1e-5)
    assert "nobody's decision depends on `works`" in found.choice


def test_no_answer_left_is_none_for_the_leader() -> None:
    """The leader wants p large, but whoever must deliver p has at most 4."""
    builder = GameBuilder().player("leader").player("works", "leader")
    builder.var("leader", "p", 0, 10).var("works", "q", 0, 4)
    builder.row("works", "deliver", {"q": 1, "p": -1}, 0)
    builder.maximize("leader", {"p": 1}).minimize("works", {"q": 1})
    assert names(builder) == ["works"]
    found = answer(builder.build(), Request())
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.x == pytest.approx([4, 4], abs=1e-7)


def test_without_an_answer_within_tolerances_all_conditions_are_written_out(monkeypatch) -> None:
    monkeypatch.setattr(kkt, "with_answers", lambda setting, last, x, p: None if last.any() else (x, p))
    found = answer(grid_and_works().build(), Request())
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.x == pytest.approx([6, 6, 5, 1], abs=NEAR)
    assert "nobody's decision depends" not in found.choice


@pytest.mark.parametrize("seed", range(6))
def test_random_bystanders_change_no_answer(seed: int, monkeypatch) -> None:
    """A leader and a follower at odds, and a bystander that both push: with and without its conditions."""
    rng = np.random.default_rng(seed)
    builder = GameBuilder().player("top").player("f", "top").player("last", "top")
    builder.var("top", "y", 0, 4)
    for name in ("f", "last"):
        for k in range(3):
            builder.var(name, f"{name}_{k}_", 0, 5)
        builder.minimize(name, {f"{name}_{k}_": float(rng.uniform(-2, 2)) for k in range(3)})
    for k in range(3):
        terms = {f"f_{j}_": float(rng.uniform(-1, 2)) for j in range(3)}
        builder.row("f", f"own{k}_", {**terms, "y": float(rng.uniform(-1, 1))}, upper=6)
        terms = {f"last_{j}_": float(rng.uniform(-1, 2)) for j in range(3)}
        pushed = {"y": float(rng.uniform(-1, 1)), "f_0_": float(rng.uniform(-1, 1))}
        builder.row("last", f"push{k}_", {**terms, **pushed}, upper=6)
    builder.minimize("top", {"y": float(rng.uniform(-1, 1)), "f_0_": 1, "f_1_": -1})
    game = builder.build()
    assert names(builder) == ["last"]
    short = answer(game, Request())
    monkeypatch.setattr(kkt, "bystanders", lambda setting: np.zeros(3, np.bool_))
    long = answer(game, Request())
    assert short.status is long.status is Status.OPTIMAL, short.certificate.reasons
    assert game.objectives_at(short.x)[0] == pytest.approx(game.objectives_at(long.x)[0], abs=1e-5)
