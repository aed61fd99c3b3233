"""Classes of players in their own columns, with the reason and its place."""

from __future__ import annotations

import numpy as np
import pytest
from small_games import GameBuilder

from compiler.ground.fixed_columns import fold_fixed_columns
from compiler.ground.player_classes import player_classes


def two() -> GameBuilder:
    builder = (
        GameBuilder()
        .player("a")
        .player("b")
        .var("a", "x", 0, 5)
        .var("a", "n", 0, 3, 1)
        .var("b", "y", 0, 5)
        .var("b", "w", 0, 5)
    )
    return builder.minimize("a", {"x": 1}).minimize("b", {"y": 1})


def test_integers_and_their_place() -> None:
    a, b = player_classes(two().build())
    assert (a.name, b.name) == ("MILP", "LP")
    assert a.span is not None
    assert a.span.text == "n"
    assert b.reason == ""


def test_products_with_others_are_linear_in_own_columns() -> None:
    builder = two().minimize("b", {("x", "y"): -3, ("y", "y"): 1})
    builder.row("b", "r", {("x", "w"): 1}, upper=4)
    assert player_classes(builder.build())[1].name == "QP"


@pytest.mark.parametrize("maximised", [False, True])
def test_curvature_follows_the_sense(maximised: bool) -> None:
    builder = two()
    (builder.maximize if maximised else builder.minimize)("b", {("y", "y"): 1})
    b = player_classes(builder.build())[1]
    assert b.name == ("nonconvex QP" if maximised else "QP")
    assert b.convex is not maximised
    if maximised:
        assert "square of `b.y`" in b.reason


def test_quadratic_rows() -> None:
    builder = two().row("b", "disc", {("y", "y"): 1, ("w", "w"): 1}, upper=4)
    assert player_classes(builder.build())[1].name == "QCP"
    builder = two().row("b", "ring", {("y", "y"): 1, ("w", "w"): 1}, lower=4)
    found = player_classes(builder.build())[1]
    assert found.name == "nonconvex QCP"
    assert found.span is not None
    assert found.span.text == "ring"


def test_a_fixed_column_is_data() -> None:
    builder = two().minimize("b", {("y", "w"): 1})
    builder.columns[1] = ("a", "n", 2, 2, 1)
    builder.columns[3] = ("b", "w", 3, 3, 0)
    game = fold_fixed_columns(builder.build())
    assert [c.name for c in player_classes(game)] == ["LP", "LP"]
    x = np.array([1, 2, 4, 3.0])
    assert game.objectives_at(x) == pytest.approx(builder.build().objectives_at(x))
