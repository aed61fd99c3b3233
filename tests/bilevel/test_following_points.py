"""Points with room that follow the others' decisions: found where there are some, and never where there are none.
Where there are is worked out by hand; there are too many corners of the decisions to look at each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from compiler.ground.hidden_convexity import Convexity, hidden_convexity
from compiler.pipeline import compile_file
from runtime.methods.slater_affine import Policy, corners, following_point
from runtime.methods.slater_policies import has_room
from runtime.methods.slater_sides import OwnPart, own_parts
from runtime.result import Status
from runtime.session import solve

COUNT = 8
SLOW = pytest.mark.slow


def text(own: str, constraints: str, others: str = "[0, 1]") -> str:
    return (
        f"game g set T index t = 1..{COUNT}"
        f" player l {{ var x[t] in {others} minimize a = sum(t) (x[t] - 0.1*t)^2 }}"
        f" player f follows l {{ var y[t] in {own} maximize b = sum(t) y[t] {constraints} }}"
    )


def looked_for(folder: Path, model: str) -> tuple[Convexity, OwnPart, Policy | None]:
    """The only part of f's problem with bent constraints, and the point found for it."""
    path = folder / "m.game"
    path.write_text(model, "utf-8")
    convexity = hidden_convexity(compile_file(path).ground, 1)
    assert convexity is not None
    lower, upper = convexity.functions.box()
    (part,) = own_parts(convexity)
    return convexity, part, following_point(convexity, part, lower, upper, part.others)


def room(folder: Path, model: str) -> bool:
    return looked_for(folder, model)[2] is not None


DISC = "constraint near[t]: (y[t] - x[t])^2 <= 0.01 constraint all: sum(t) y[t] <= {most}"


# With all x at 1 each y is above 0.9, so their sum is above 7.2.
@pytest.mark.parametrize(
    ("most", "expected"),
    [(8.5, True), (6.5, False), pytest.param(7.4, True, marks=SLOW), pytest.param(7.2, False, marks=SLOW)],
)
def test_discs_that_move(tmp_path: Path, most: float, expected: bool) -> None:
    assert room(tmp_path, text("[0, 5]", DISC.format(most=most))) is expected


# exp(y) <= 1 + x + more with y >= x/2: at x = 0 it is `more` that is left, at x = 1 exp(0.5) = 1.65 of 2.
@pytest.mark.parametrize(("more", "expected"), [(0.05, True), (0.0, False), (-0.05, False)])
def test_an_exponential_that_moves(tmp_path: Path, more: float, expected: bool) -> None:
    constraints = (
        f"constraint near[t]: exp(y[t]) <= 1 + x[t] + {more} constraint least[t]: y[t] >= x[t]/2"
        " constraint all: sum(t) y[t] <= 4.2"
    )
    assert room(tmp_path, text("[0, 5]", constraints)) is expected


# Not convex in x and y together; y = x leaves 0.02 at x = 0 and more elsewhere. With the limit of the sum below
# 8*(1 - sqrt(0.52)) = 2.23 nothing is left at x = 1.
@pytest.mark.parametrize(("most", "expected"), [(8.5, True), pytest.param(2.2, False, marks=SLOW)])
def test_what_is_not_convex_together_is_proved_by_boxes(tmp_path: Path, most: float, expected: bool) -> None:
    constraints = f"constraint near[t]: (y[t] - x[t])^2 <= 0.02 + 0.5*x[t]^2 constraint all: sum(t) y[t] <= {most}"
    assert room(tmp_path, text("[0, 5]", constraints)) is expected


def test_what_was_proved_holds_at_corners_and_between(tmp_path: Path) -> None:
    """The formulas of the text at all corners and at random decisions; what is a little off is not proved."""
    convexity, part, policy = looked_for(tmp_path, text("[0, 5]", DISC.format(most=8.5)))
    assert policy is not None
    # Columns are x[1..8], then y[1..8].
    assert (policy.wide.tolist(), policy.own.tolist()) == (list(range(COUNT)), list(range(COUNT, 2 * COUNT)))
    x = np.random.default_rng(7).uniform(0, 1, (2000, COUNT))
    x = np.concatenate([x, (corners(np.arange(COUNT), COUNT) + 1) / 2])
    y = policy.start + (x - policy.middle) / policy.half @ policy.slope.T
    assert ((y - x) ** 2).max() < 0.01
    assert y.sum(axis=1).max() < 8.5 + 1e-6
    assert y.min() > -1e-6
    lower, upper = convexity.functions.box()
    for wrong in (
        replace(policy, slope=0 * policy.slope),
        replace(policy, start=policy.start + 0.11),
        replace(policy, slope=policy.slope * 1.3),
    ):
        assert not wrong.holds(convexity.functions, part, lower, upper)


# Stores that x fills and y empties, s = 0.9*s_before + x - y in [0, 2]: y must follow x. Where all x are 1 and y is at
# most 0.5, the store holds 5*(1 - 0.9^8) = 2.8 in the end.
@pytest.mark.parametrize(("most", "expected"), [(1.5, True), (0.25, False)])
def test_an_equation_binds_the_others_to_what_is_decided(tmp_path: Path, most: float, expected: bool) -> None:
    model = (
        "game g set T index t = 1..@COUNT"
        " player l { var x[t] in [0, 1] minimize a = sum(t) (x[t] - 0.5)^2 }"
        " player f follows l { var y[t] in [0, 5] var s[t] in [0, 2] maximize b = sum(t) y[t]"
        " constraint first: s[1] == x[1] - y[1] constraint next[t where t > 1]: s[t] == 0.9*s[t-1] + x[t] - y[t]"
        " constraint draw[t]: y[t]^2 <= @MOST constraint sold: sum(t) y[t] <= 9 }"
    )
    assert room(tmp_path, model.replace("@COUNT", str(COUNT)).replace("@MOST", str(most))) is expected


def test_corners_of_some_decisions() -> None:
    assert corners(np.array([0, 2]), 3).tolist() == [[-1, 0, -1], [1, 0, -1], [-1, 0, 1], [1, 0, 1]]


def test_a_game_is_proved_that_was_searched(tmp_path: Path) -> None:
    """y is x or more and together 0.1 more, so the leader has sum (x - 0.5)^2 + x + 0.1, least at x = 0: 7/4 + 0.1.
    One point for all x would be y >= 1, and the sum of y at most 0.1."""
    model = (
        "game g set T index t = 1..7"
        " player l { var x[t] in [0, 1] minimize a = sum(t) (x[t] - 0.5)^2 + sum(t) y[t] }"
        " player f follows l { var y[t] in [0, 5] maximize b = sum(t) y[t] constraint least[t]: y[t] >= x[t]"
        " constraint most: sum(t) (y[t] - x[t]) <= 0.1 constraint bent: sum(t) y[t]^2 <= 8 }"
    )
    path = tmp_path / "m.game"
    path.write_text(model, "utf-8")
    convexity = hidden_convexity(compile_file(path).ground, 1)
    assert convexity is not None
    assert has_room(convexity)
    found = solve(path, time_limit=100)
    assert found.method == "tangent_conditions"
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.objectives["l.a"] == pytest.approx(7 * 0.25 + 0.1, abs=1e-5)
