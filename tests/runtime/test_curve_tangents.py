"""Bounds of convex smooth problems from their tangents, against calculus."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compiler.ground.curves import FUNCTIONS
from compiler.pipeline import compile_file
from runtime.curve_tangents import SLOPES, convex_curves, curved_bound
from runtime.own_problem import OwnProblem
from runtime.result import Status
from runtime.session import solve


def follower(tmp_path: Path, goal: str, bounds: str, y: float) -> tuple[OwnProblem, np.ndarray]:
    """The follower's problem at x = 2, and its point at `y` with the functions' own values."""
    file = tmp_path / "a.game"
    file.write_text(
        "player leader { var x in [0, 9] minimize F = x - y }\n"
        f"player follower follows leader {{ var y in [{bounds}] minimize f = {goal} }}\n",
        "utf-8",
    )
    game = compile_file(file).ground
    x = np.full(game.columns, 2.0)
    own = game.owner == 1
    x[own] = y
    for curve in game.curves:
        # The argument of the one function here is y - x or y.
        x[curve.argument] = y - 2 if "x)" in goal else y
        x[curve.result] = FUNCTIONS[curve.function].value(x[curve.argument], curve.parameter)
    problem = OwnProblem.of(game, 1, x)
    return problem, x[problem.own]


def test_at_the_optimum_the_bound_is_the_value(tmp_path: Path) -> None:
    problem, v = follower(tmp_path, "exp(y) - x*y", "0, 5", float(np.log(2)))
    assert convex_curves(problem)
    assert problem.value(v) == pytest.approx(2 - 2 * np.log(2), abs=1e-12)
    assert curved_bound(problem, v) == pytest.approx(2 - 2 * np.log(2), abs=1e-9)


@pytest.mark.parametrize("y", [0.0, 0.5, 1.0, 3.0])
def test_elsewhere_the_bound_is_below_the_minimum(tmp_path: Path, y: float) -> None:
    problem, v = follower(tmp_path, "exp(y) - x*y", "0, 5", y)
    assert curved_bound(problem, v) < 2 - 2 * np.log(2) - 1e-3
    # By hand: the tangent of exp(y) - 2*y at y, at whichever end of [0, 5] it is least.
    line = np.exp(y) - 2 * y + (np.exp(y) - 2) * (np.array([0.0, 5.0]) - y)
    assert curved_bound(problem, v) == pytest.approx(line.min(), rel=1e-9)


def test_a_flat_minimum_is_proven(tmp_path: Path) -> None:
    problem, v = follower(tmp_path, "(y - x)^4", "0, 5", 2.0)
    assert convex_curves(problem)
    assert curved_bound(problem, v) == pytest.approx(0.0, abs=1e-15)


def test_what_is_not_convex_has_no_such_bound(tmp_path: Path) -> None:
    assert not convex_curves(follower(tmp_path, "y^3", "-1, 1", 0.5)[0])
    assert not convex_curves(follower(tmp_path, "-y*y + exp(y)", "0, 1", 0.5)[0])


def test_a_vertical_tangent_gives_none(tmp_path: Path) -> None:
    problem, v = follower(tmp_path, "x*y - sqrt(y)", "0, 5", 0.0)
    assert curved_bound(problem, v) == -np.inf


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_slopes_are_those_of_the_functions(name: str) -> None:
    a, p, step = np.array([0.3, 0.7, 1.2]), np.array([-1.0, 1.5, 4.0]), 1e-6
    value = FUNCTIONS[name].value
    expected = (value(a + step, p) - value(a - step, p)) / (2 * step)
    np.testing.assert_allclose(SLOPES[name](a, p), expected, rtol=1e-7)


def test_a_follower_at_the_flat_bottom_of_a_fourth_power_has_no_regret(tmp_path: Path) -> None:
    """Its own answer is proven, by tangents, where branching does not end. That its leader's value is left unproven,
    as the follower feels no difference there, is `runtime.flatness`."""
    file = tmp_path / "a.game"
    file.write_text(
        "player leader { var x in [0, 5] minimize F = (10 - x)^3 + (10 - y)^3 constraint c: y <= x }\n"
        "player follower follows leader { var y in [0, 20] minimize f = (x + 2*y - 15)^4 }\n",
        "utf-8",
    )
    found = solve(file, time_limit=20)
    assert found.certificate.regret["follower"] <= 1e-9
    assert found.status is Status.NOT_VERIFIED
    assert all("flat" in reason for reason in found.certificate.reasons)
    assert found.objectives["leader.F"] == pytest.approx(250, rel=1e-6)
