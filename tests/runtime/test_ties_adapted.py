"""A leader whose other decisions follow its followers' exact answers, as a purchase equals what is sold."""

from __future__ import annotations

import numpy as np
import pytest
from small_games import INF, GameBuilder

from compiler.ground.ground_game import GroundGame
from runtime.ties import ties_of


def game(most: float) -> GroundGame:
    """The seller buys what the user takes, at 2, up to `most`, and sells at 3; the user takes 1 + p."""
    b = GameBuilder().player("seller").player("user", "seller")
    b.var("seller", "p", 0, 1).var("seller", "bought", 0, most).var("user", "taken", 0, 5)
    b.row("seller", "balance", {"bought": 1.0, "taken": -1.0}, 0.0, 0.0)
    b.row("user", "enough", {"taken": 1.0, "p": -1.0}, 1.0, INF)
    b.minimize("seller", {"bought": 2.0, "taken": -3.0})
    b.minimize("user", {"taken": 1.0})
    return b.build()


def faults(most: float, taken: float) -> list[str]:
    """Of p = 0.5 and a point at which the user takes `taken`; its best is 1.5."""
    ground = game(most)
    x = np.zeros(ground.columns)
    for name, value in (("seller.p", 0.5), ("seller.bought", taken), ("user.taken", taken)):
        x[[ground.column_label(c) for c in range(ground.columns)].index(name)] = value
    return ties_of(ground, x, {1: np.array([1.5])}, [0])[2]


def test_purchases_follow_the_exact_answer() -> None:
    """Taken 1.5 + 1e-7, too little to matter: bought may fall with it."""
    assert faults(5.0, 1.5 + 1e-7) == []


def test_what_the_leader_gained_by_an_inexact_answer_is_said() -> None:
    """At 1.51 the seller would earn 1.51, at the exact answer 1.5."""
    [fault] = faults(5.0, 1.51)
    assert "gets -1.5 from its followers' exact answers, not -1.51" in fault


def test_an_exact_answer_that_breaks_a_constraint_is_a_fault() -> None:
    """No more than 1.4 can be bought, and 1.5 is taken."""
    [fault] = faults(1.4, 1.4)
    assert "no best answer of the followers satisfies the constraints of `seller`" in fault


def test_an_exact_answer_has_no_fault() -> None:
    assert faults(5.0, 1.5) == []


def whole(given: dict[str, float], most: float = 5.0) -> tuple[list[str], list[str]]:
    """Notes and faults at a point of `game` with a user that is to take 1.5, in 1 whole and a half, at 1 each."""
    b = GameBuilder().player("seller").player("user", "seller")
    b.var("seller", "p", 0, 1).var("seller", "bought", 0, most)
    b.var("user", "units", 0, 5, 1).var("user", "rest", 0, 0.75)
    b.row("seller", "balance", {"bought": 1.0, "units": -1.0, "rest": -1.0}, 0.0, 0.0)
    b.row("user", "enough", {"units": 1.0, "rest": 1.0, "p": -1.0}, 1.0, INF)
    b.minimize("seller", {"bought": 2.0, "units": -3.0, "rest": -3.0})
    b.minimize("user", {"units": 1.0, "rest": 1.0})
    ground = b.build()
    x = np.zeros(ground.columns)
    for column in range(ground.columns):
        x[column] = given[ground.column_label(column)]
    return ties_of(ground, x, {1: np.array([1.0, 0.5])}, [0])[1:]


@pytest.mark.parametrize("patience", [10.0, 0.0])
def test_whole_numbers_that_take_too_long_are_held(patience: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little time is no proof that there is no answer: with the whole numbers held there is one, or it is said that
    none was found."""
    monkeypatch.setattr("runtime.ties.PATIENCE", patience)
    right = {"seller.p": 0.5, "seller.bought": 1.5, "user.units": 1.0, "user.rest": 0.5}
    notes, faults = whole(right)
    assert faults == []
    assert any("take too long; with these held, `seller` gets what it claims" in n for n in notes) == (patience == 0)
    _, faults = whole({**right, "seller.bought": 1.51, "user.rest": 0.51})
    assert len(faults) == 1
    assert ("in 0 s no best answers" in faults[0]) == (patience == 0)
    _, faults = whole({**right, "seller.bought": 1.4}, most=1.4)
    assert len(faults) == 1
