"""Followers with convex quadratic and nonlinear constraints, against closed forms, scipy and dense grids."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from compiler.pipeline import compile_file
from grammar.diagnostics import DiagnosticError
from runtime.methods.setting import Setting
from runtime.methods.slater_points import has_slater_point
from runtime.result import Result, Status
from runtime.session import solve


def solved(folder: Path, text: str, method: str = "auto") -> Result:
    path = folder / "m.game"
    path.write_text(text, encoding="utf-8")
    return solve(path, time_limit=60, method=method)


def test_apparent_power(tmp_path: Path) -> None:
    """p + q under p^2 + q^2 <= s: both are sqrt(s/2); the leader's best s of 3*sqrt(s/2) - s^2 in [0.2, 3]."""
    result = solved(
        tmp_path,
        "player lead { var s in [0.2, 3] maximize F = p + 2*q - s^2 }"
        "player inv follows lead { var p in [-5, 5] var q in [-5, 5] maximize u = p + q"
        " constraint cap: p^2 + q^2 <= s price worth }",
    )
    s = (3 / (4 * np.sqrt(2))) ** (2 / 3)
    assert (result.status, result.method) == (Status.OPTIMAL, "tangent_conditions"), result.diagnostics
    assert result.objectives["lead.F"] == pytest.approx(3 * np.sqrt(s / 2) - s**2, abs=1e-6)
    assert result.value_of["s"] == pytest.approx(s, abs=1e-3)
    # u = sqrt(2 s): one more unit of s is worth 1/sqrt(2 s).
    assert result.price_of["worth"] == pytest.approx(1 / np.sqrt(2 * s), rel=2e-3)


def test_a_leader_that_uses_the_price_of_a_disc(tmp_path: Path) -> None:
    """The price of p^2 <= s in maximising p is 1/(2 sqrt(s)), which the leader weighs against s."""
    result = solved(
        tmp_path,
        "player lead { var s in [0.25, 4] minimize F = 4*worth + s }"
        "player f follows lead { var p in [-5, 5] maximize u = p constraint cap: p^2 <= s price worth }",
    )
    s = 1.0
    assert result.status is Status.OPTIMAL, result.diagnostics
    assert result.objectives["lead.F"] == pytest.approx(4 / (2 * np.sqrt(s)) + s, abs=1e-5)


@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e3])
def test_a_price_of_a_constraint_that_does_not_bind(tmp_path: Path, unit: float) -> None:
    """y = 1/4 is below log(1.2 + x) for all x: the price is zero, as far as a solver's last digits tell."""
    result = solved(
        tmp_path,
        f"player l {{ var x in [0.1, 2] maximize F = {unit:g}*p*x - y }} player f follows l {{ var y in [-2, 2]"
        f" minimize c = y^2 - y/2 constraint k: {unit:g}*(1.2 + x) >= {unit:g}*exp(y) price p }}",
    )
    assert result.status is Status.OPTIMAL, result.diagnostics
    assert result.objectives["l.F"] == pytest.approx(-0.25, abs=1e-6)
    assert result.price_of["p"] == pytest.approx(0, abs=1e-7 / unit)


@pytest.mark.parametrize(("unit", "money"), [(1.0, 1.0), (1.0, 1e4), (1e3, 1e4)])
def test_a_price_that_a_leader_would_have_without_end(tmp_path: Path, unit: float, money: float) -> None:
    """The leader earns the price, which no relaxation bounds, but the follower does: it minimises
    y^2/10 - y/2 - x sqrt(y + 2.1) at y = sqrt(x + 1/2), the slope of its cost over 2y being the price. With numbers too
    far apart for SCIP it may say that it fails, and nothing else."""
    y = f"(y/{unit:g})"
    text = (
        f"player l {{ var x in [0.1, 2] minimize F = x + {1 / money:g}*p }}"
        f" player f follows l {{ var y in [{-2 * unit:g}, {2 * unit:g}]"
        f" minimize c = {money:g}*(0.1*{y}^2 - 0.5*{y} - x*sqrt({y} + 2.1)) constraint k: {y}^2 <= x + 0.5 price p }}"
    )
    result = refused = None
    try:
        result = solved(tmp_path, text, "tangent_conditions")
    except DiagnosticError as error:
        refused = error
    if result is None:
        assert refused is not None
        assert unit * money > 1e6
        assert {d.code for d in refused.diagnostics} == {"G804"}
        return
    x = np.linspace(0.1, 2, 100_001)
    y_at = np.sqrt(x + 0.5)
    price = np.maximum(0.5 + x / (2 * np.sqrt(y_at + 2.1)) - 0.2 * y_at, 0) / (2 * y_at)
    assert result.status is Status.OPTIMAL, result.diagnostics
    assert result.objectives["l.F"] == pytest.approx((x - price).min(), abs=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_random_ellipses(tmp_path: Path, seed: int) -> None:
    """The leader moves centre, size and prices of an ellipse with a linear cut; the follower by scipy on a grid of the
    leader's decisions."""
    rng = np.random.default_rng(seed)
    half = rng.integers(-2, 3, (2, 2))
    Q = half @ half.T + np.eye(2, dtype=int)
    a, b, c = rng.integers(-3, 4, 2), rng.integers(-3, 4, 3), rng.integers(-3, 4, 2)
    bend = int(rng.integers(0, 2))
    c[1] = c[1] or 1  # no decision of the leader leaves the follower indifferent
    text = (
        f"player lead {{ var x in [0, 2] minimize F = ({b[0]})*x + ({b[1]})*y + ({b[2]})*z + 0.5*x^2 }}"
        f"player f follows lead {{ var y in [-9, 9] var z in [-9, 9]"
        f" minimize g = ({c[0]})*y + ({c[1]})*z + x*y + {bend}*(y^2 + z^2)"
        f" constraint disc: {Q[0, 0]}*y^2 + {2 * Q[0, 1]}*y*z + {Q[1, 1]}*z^2 + ({a[0]})*y*x <= 6 + x"
        f" constraint cut: y + z <= 2 + x }}"
    )
    result = solved(tmp_path, text)
    assert result.status is Status.OPTIMAL, result.diagnostics
    assert result.method == "tangent_conditions"
    best = np.inf
    at = np.zeros(2)
    for x in np.linspace(0, 2, 161):
        found = minimize(
            lambda v, x=x: c @ v + x * v[0] + bend * v @ v,
            at,
            bounds=[(-9, 9)] * 2,
            method="SLSQP",
            constraints=[
                {"type": "ineq", "fun": lambda v, x=x: 6 + x - v @ Q @ v - a[0] * v[0] * x},
                {"type": "ineq", "fun": lambda v, x=x: 2 + x - v.sum()},
            ],
            options={"ftol": 1e-10, "maxiter": 300},
        )
        # SLSQP may end without a better step at a point that is right.
        assert found.status in (0, 8), found
        assert found.x @ Q @ found.x + a[0] * found.x[0] * x <= 6 + x + 1e-6
        at = found.x
        best = min(best, b @ [x, *at] + 0.5 * x**2)
    value = result.objectives["lead.F"]
    assert value <= best + 2e-4
    assert value == pytest.approx(best, abs=2e-2)


def test_functions_in_constraints(tmp_path: Path) -> None:
    """max q - r with exp(q) <= 2 + p + r, r >= 0: q = log(2 + p + r), r = 0 as its worth 1/(2 + p) is below 1."""
    result = solved(
        tmp_path,
        "player lead { var p in [0, 4] minimize F = p - 3*q }"
        "player f follows lead { var q in [0, 5] var r in [0, 5] maximize u = q - r"
        " constraint cap: exp(q) <= 2 + p + r }",
    )
    assert (result.status, result.method) == (Status.OPTIMAL, "tangent_conditions"), result.diagnostics
    p = np.linspace(0, 4, 400_001)
    assert result.objectives["lead.F"] == pytest.approx((p - 3 * np.log(2 + p)).min(), abs=1e-5)


@pytest.mark.parametrize(
    ("body", "room"),
    [
        ("var y in [-5, 5] maximize u = y constraint c: y^2 <= x", False),  # x = 0 leaves one point and no multiplier
        ("var y in [-5, 5] maximize u = y constraint c: y^2 <= x + 0.1", True),
        ("var y in [1, 5] maximize u = y constraint c: y^2 <= x + 1", False),
        ("var y in [1, 5] maximize u = y constraint c: y^2 <= x + 1.1", True),
        ("var y in [-5, 5] maximize u = y constraint c: y^2 + x*y <= 1", True),
        ("var y in [1, 5] maximize u = y constraint c: y^2 + x*y <= 2", False),  # nothing is left at x = 2
        ("var y in [0, 5] var z >= 0 maximize u = y - z constraint c: y^2 - z <= x", True),  # z makes room
        ("var y in [0, 5] maximize u = -y constraint c: -(y - 3)^2 >= x - 3", True),
        ("var y in [0, 5] maximize u = -y constraint c: -(y - 3)^2 >= x - 2", False),
        ("var y in [0, 5] maximize u = y constraint c: exp(y) <= x + 1", False),
        ("var y in [0, 5] maximize u = y constraint c: exp(y) <= x + 1.5", True),
        ("var y in [0, 5] maximize u = sqrt(y) constraint c: y <= x", False),
        ("var y in [0, 5] maximize u = sqrt(y) constraint c: y <= x + 1", True),
        ("var y in [0, 5] var z in [0, 5] maximize u = y constraint c: y^2 <= 4 constraint e: y + z == 1", True),
    ],
)
def test_room(tmp_path: Path, body: str, room: bool) -> None:
    """By hand: whether one point has room for all x."""
    path = tmp_path / "m.game"
    path.write_text(f"player l {{ var x in [0, 2] minimize F = x }} player f follows l {{ {body} }}", encoding="utf-8")
    game = compile_file(path).ground
    assert has_slater_point(game, 1) is room
    refusal = None
    try:
        solved(tmp_path, path.read_text("utf-8"), "tangent_conditions")
    except DiagnosticError as error:
        refusal = error.diagnostics[0].code
    assert refusal == (None if room else "G704")
    assert Setting.of(game).classes[1].convex


MOVING = [
    ("maximize u = y constraint c: (y - 3*x)^2 <= 1", lambda x: 3 * x + 1),
    # Not convex in x and y together: x is cut into parts.
    ("maximize u = y constraint c: y^2 - 6*x*y <= 1 - 8*x^2", lambda x: 3 * x + np.sqrt(1 + x**2)),
    ("maximize u = y constraint c: exp(y - 3*x) <= 1 + x", lambda x: 3 * x + np.log(1 + x)),
    ("maximize u = -y constraint c: sqrt((y + 9)*(10 - y)) >= 1 + 3*x", None),
    ("var z in [0, 9] maximize u = y constraint c: y^2 <= 4 constraint e: y + z == 2*x + 1", None),
    ("var z in [-9, 9] maximize u = y + z/9 constraint c: log(exp(y) + exp(z)) <= x + 1", None),
]
"""Games whose leader's x in [0, 2] leaves the follower no one point with room, and y in [-8, 9]; y at x where it is
known."""


@pytest.mark.parametrize(("body", "known"), MOVING, ids=[body for body, _ in MOVING])
@pytest.mark.parametrize("goal", ["(y - 3)^2 + x", "x - y/4"])
def test_points_with_room_that_follow_the_leader(
    tmp_path: Path, body: str, known: Callable[[float], float] | None, goal: str
) -> None:
    """Against the closed form, or scipy, on a grid of the leader's decisions."""
    result = solved(
        tmp_path,
        f"player l {{ var x in [0, 2] minimize F = {goal} }} player f follows l {{ var y in [-8, 9] {body} }}",
        "tangent_conditions",
    )
    assert result.status is Status.OPTIMAL, result.diagnostics
    grid = np.linspace(0, 2, 2001)
    y = np.array([(known or _known(body))(x) for x in grid])
    best = ((y - 3) ** 2 + grid if "3" in goal else grid - y / 4).min()
    assert result.objectives["l.F"] == pytest.approx(best, abs=2e-3)
    assert result.objectives["l.F"] <= best + 1e-5


def _known(body: str) -> Callable[[float], float]:
    """The follower's y, worked out by hand."""
    if "sqrt" in body:  # (y + 9)*(10 - y) = (1 + 3x)^2, its lower root
        return lambda x: max(-8.0, 0.5 - np.sqrt(90.25 - (1 + 3 * x) ** 2))
    if "== 2*x + 1" in body:
        return lambda x: min(2.0, 2 * x + 1)
    # A unit of y costs as many units of z as exp(y - z): at 9 they are worth the same.
    return lambda x: x + 1 + np.log(0.9)


@pytest.mark.parametrize(
    "body",
    [
        "maximize u = y constraint c: (y - x)^2 <= x",
        "maximize u = y constraint c: (y - 3*x)^2 <= x*(2 - x)",
        "maximize u = y constraint c: exp(y - x) + exp(x - y) <= 2 + x",
        "maximize u = y constraint c: sqrt((y - 1)^2 + x^2) <= x",
        "var z in [0, 9] maximize u = y constraint c: y^2 + z^2 <= 1 constraint e: y + z >= 1.41421356 + x/9",
    ],
)
def test_points_without_room_are_refused(tmp_path: Path, body: str) -> None:
    """Somewhere in x in [0, 2] the follower has one point only, or none."""
    with pytest.raises(DiagnosticError) as caught:
        solved(
            tmp_path,
            f"player l {{ var x in [0, 2] minimize F = x - y }} player f follows l {{ var y in [-8, 9] {body} }}",
            "tangent_conditions",
        )
    assert {d.code for d in caught.value.diagnostics} == {"G704"}


def test_many_decisions_of_the_leader(tmp_path: Path) -> None:
    """Twelve balls around twelve decisions, each with its corners; and one ball whose size is the sum of all."""
    text = (
        "set K index k = 1..12 "
        "player l { var x[k] in [0, 3] minimize F = sum(k) (x[k] - 2*y[k]) + w }"
        "player f follows l { var y[k] in [-9, 9] var w in [-20, 20] maximize u = sum(k) y[k] + w/100 "
        "constraint ball[k]: (y[k] - x[k])^2 <= 1 constraint all: w^2 <= 1 + sum(k) x[k] }"
    )
    result = solved(tmp_path, text, "tangent_conditions")
    assert result.status is Status.OPTIMAL, result.diagnostics
    assert result.objectives["l.F"] == pytest.approx(12 * (3 - 2 * 4) + np.sqrt(37), abs=1e-4)


@pytest.mark.parametrize("x", ["binary", "in [0, 1]"])
def test_a_root_that_may_cost_nothing(tmp_path: Path, x: str) -> None:
    """y = 0 is the answer at x = 0, and the leader's best; the root has no tangent there."""
    text = (
        f"player l {{ var x {x} minimize F = y + x/100 }}"
        "player f follows l { var y in [0, 1] minimize c = y/4 - x*sqrt(y) }"
    )
    with pytest.raises(DiagnosticError) as caught:
        solved(tmp_path, text, "tangent_conditions")
    assert [(d.code, d.label) for d in caught.value.diagnostics] == [("G704", "no tangent at zero")]
    if x == "binary":
        assert solved(tmp_path, text).objectives["l.F"] == pytest.approx(0.0, abs=1e-4)


def test_no_multiplier_at_the_answer(tmp_path: Path) -> None:
    """The leader's best is x = 0, where the follower has the one point y = 0 and no multiplier."""
    text = (
        "player l { var x binary minimize F = 2*x - y }"
        "player f follows l { var y in [-5, 5] maximize u = y constraint c: y^2 <= x }"
    )
    with pytest.raises(DiagnosticError) as caught:
        solved(tmp_path, text, "tangent_conditions")
    assert "Slater" in caught.value.diagnostics[0].label
    assert solved(tmp_path, text).objectives["l.F"] == pytest.approx(0.0, abs=1e-6)
