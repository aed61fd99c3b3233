"""Convex nonlinear followers and equals, against dense grids of the leader's decision and closed forms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from compiler.ground.curves import FUNCTIONS
from compiler.pipeline import compile_file
from compiler.reformulations.tangents import tangents
from grammar.diagnostics import DiagnosticError
from runtime.result import Result, Status
from runtime.session import solve


def solved(folder: Path, text: str, method: str = "auto") -> Result:
    path = folder / "m.game"
    path.write_text(text, encoding="utf-8")
    return solve(path, time_limit=60, method=method)


def follower(cost: Callable[[float, float], float], p: float, low: float, high: float) -> float:
    """The minimiser of a convex function of one variable, by scipy."""
    found = minimize_scalar(lambda q: cost(q, p), bounds=(low, high), method="bounded", options={"xatol": 1e-10})
    return min((low, high, float(found.x)), key=lambda q: cost(q, p))


CASES = [
    ("p*q - 2*log(q)", lambda q, p: p * q - 2 * np.log(q)),
    ("p*q - 3*sqrt(q)", lambda q, p: p * q - 3 * np.sqrt(q)),
    ("(p - 4)*q + exp(q/2)", lambda q, p: (p - 4) * q + np.exp(q / 2)),
    ("(p - 4)*q + q^3/6", lambda q, p: (p - 4) * q + q**3 / 6),
    ("(p - 2)*q + 2/q", lambda q, p: (p - 2) * q + 2 / q),
    ("(p - 4)*q + q^1.5", lambda q, p: (p - 4) * q + q**1.5),
    ("p*q - 3*tanh(q)", lambda q, p: p * q - 3 * np.tanh(q)),
    ("(p - 4)*q + tan(q/4)", lambda q, p: (p - 4) * q + np.tan(q / 4)),
    ("p*q - 3*sin(q/2)", lambda q, p: p * q - 3 * np.sin(q / 2)),
    ("p*q - 3*cos(q/4)", lambda q, p: p * q - 3 * np.cos(q / 4)),
    ("p*q + exp(exp(q/4)) - 6*q", lambda q, p: p * q + np.exp(np.exp(q / 4)) - 6 * q),
]


def test_every_function_has_a_case() -> None:
    texts = " ".join(text for text, _ in CASES)
    assert all(f"{name}(" in texts for name in FUNCTIONS if name != "power")


@pytest.mark.parametrize(("text", "cost"), CASES, ids=[text for text, _ in CASES])
def test_a_leader_over_a_nonlinear_follower(tmp_path: Path, text: str, cost: Callable[[float, float], float]) -> None:
    low, high = 0.1, 5.0
    answers = [(p, follower(cost, p, low, high)) for p in np.linspace(0, 3, 601)]
    best = max(p * q - 0.3 * p**2 for p, q in answers)
    result = solved(
        tmp_path,
        "player lead { var p in [0, 3] maximize profit = p*q - 0.3*p^2 }"
        f"player f follows lead {{ var q in [{low}, {high}] minimize c = {text} }}",
    )
    assert result.status is Status.OPTIMAL, result.diagnostics
    assert result.method == "tangent_conditions"
    found = result.objectives["lead.profit"]
    assert found >= best - 1e-5
    assert found == pytest.approx(best, abs=2e-2)
    p, q = result.value_of["p"], result.value_of["q"]
    assert cost(q, p) <= cost(follower(cost, p, low, high), p) + 1e-5


def test_a_maximiser_with_rows_of_its_own(tmp_path: Path) -> None:
    """Log utility under a budget: q_k = w_k*m/p_k, whatever the leader pays it."""
    result = solved(
        tmp_path,
        "set K index k = {a, b} param w[k] = {a: 1, b: 3} param price[k] = {a: 2, b: 1}"
        "player lead { var m in [1, 10] minimize cost = m - 2*q[a] }"
        "player f follows lead { var q[k] in [0.01, 50] maximize u = sum(k) w[k]*log(q[k]) "
        "constraint budget: sum(k) price[k]*q[k] <= m  price worth }",
    )
    assert result.status is Status.OPTIMAL, result.diagnostics
    # q_a = m/8: a unit of m costs 1 and brings 2/8.
    assert result.value_of["m"] == pytest.approx(1, abs=1e-5)
    assert result.value_of["q"].values == pytest.approx([1 / 8, 3 / 4], abs=1e-4)
    assert result.price_of["worth"] == pytest.approx(4, rel=1e-3)


def test_equals(tmp_path: Path) -> None:
    """Cournot with demand 6 - exp of output: for n alike firms, price + q*slope = cost at the closed form's root."""
    result = solved(
        tmp_path,
        "player a { var x in [0, 3] maximize u = 6*x - x*y - exp(x) }"
        "player b { var y in [0, 3] maximize v = 6*y - x*y - exp(y) }",
    )
    root = brentq(lambda x: 6 - x - np.exp(x), 0, 3)
    assert result.status is Status.EQUILIBRIUM, result.diagnostics
    # 6 - y = exp(x) and 6 - x = exp(y): the alike equilibrium, or one of the others that solve both.
    x, y = result.value_of["x"], result.value_of["y"]
    assert 6 - y - np.exp(x) == pytest.approx(0, abs=1e-4) or x in (0, 3)
    assert 6 - x - np.exp(y) == pytest.approx(0, abs=1e-4) or y in (0, 3)
    assert 0 < root < 3


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("var q in [0.1, 5] maximize s = q - p constraint c: exp(q - 0.1) <= 1 + p", "G704"),
        ("var q in [1, 5] maximize s = q - p*q constraint c: exp(q) >= 3 + p", "G702"),
        ("var q in [0.1, 5] maximize s = exp(q) - p*q", "G702"),
        ("var q in [1, 5] integer maximize s = log(q) - p*q", "G703"),
    ],
)
def test_what_has_no_such_conditions_is_refused(tmp_path: Path, body: str, code: str) -> None:
    body = body.replace("var q in [1, 5] integer", "var q integer in [1, 5]")
    text = f"player l {{ var p in [0, 3] maximize z = p*q }} player f follows l {{ {body} }}"
    with pytest.raises(DiagnosticError) as caught:
        solved(tmp_path, text, "tangent_conditions")
    assert caught.value.diagnostics[0].code == code
    assert caught.value.diagnostics[0].span is not None


def test_the_tangent_game_holds_no_curve_of_a_follower(tmp_path: Path) -> None:
    path = tmp_path / "m.game"
    path.write_text(
        "player l { var p in [0, 3] maximize z = p*q - exp(p) }"
        "player f follows l { var q in [0.1, 3] maximize s = log(q) + tanh(q) - p*q }",
        encoding="utf-8",
    )
    game = compile_file(path).ground
    other, maker = tangents(game, np.array([False, True]), 0)
    assert maker == 0
    assert all((other.owner[c.result] == 0).all() for c in other.curves)
    # At any point with the tangents where they belong, the rows of the follower are its curves.
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(0.2, 2.9, game.columns), np.zeros(other.columns - game.columns)])
    k = (other.columns - game.columns) // 4
    arguments = np.concatenate([c.argument for c in game.curves if game.owner[c.result[0]] == 1])
    x[game.columns : game.columns + k] = x[arguments]
    for c in other.curves:
        if (c.result >= game.columns).all():
            x[c.result] = FUNCTIONS[c.function].value(x[c.argument], c.parameter)
    slope = x[game.columns + 2 * k : game.columns + 3 * k]
    value = x[game.columns + k : game.columns + 2 * k]
    slope[1] = 1 - value[1] ** 2
    x[game.columns + 3 * k :] = value - slope * x[arguments]
    rows = other.matrix.times(x) + other.row_quad.times(x, other.rows)
    results = np.concatenate([c.result for c in game.curves if game.owner[c.result[0]] == 1])
    assert rows[game.rows : game.rows + k] == pytest.approx(x[results] - value, abs=1e-12)


@pytest.mark.parametrize("pairs", ["sos1", "indicator", "product", "strong_duality", "big_m"])
def test_every_reformulation_of_the_pairs(tmp_path: Path, pairs: str) -> None:
    """q = 3/(p + 0.1) at most; the leader's p*q - exp(p)/9 is best where its slope is zero."""
    path = tmp_path / "m.game"
    path.write_text(
        "player lead { var p in [0.01, 5] maximize profit = p*q - exp(p)/9 }"
        "player f follows lead { var q in [0.1, 20] maximize s = 3*log(q) - p*q - 0.1*q }",
        encoding="utf-8",
    )
    p = np.linspace(0.01, 5, 499001)
    best = (p * np.clip(3 / (p + 0.1), 0.1, 20) - np.exp(p) / 9).max()
    result = solve(path, complementarity=pairs, time_limit=30)
    assert result.status is Status.OPTIMAL, result.diagnostics
    assert result.objectives["lead.profit"] == pytest.approx(best, abs=1e-5)


@pytest.mark.parametrize("power", [2, 4, 6, 8])
def test_a_follower_that_is_too_flat_proves_nothing(tmp_path: Path, power: int) -> None:
    """y = x is the only answer, and the leader's value is -1. A sixth power does not feel a difference of 1e-3."""
    result = solved(
        tmp_path,
        "player leader { var x in [0, 1] minimize F = (x - 1)^2 - y }"
        f"player follower follows leader {{ var y in [0, 5] minimize f = (y - x)^{power} }}",
    )
    if power == 2:
        assert result.status is Status.OPTIMAL
    if result.status is Status.OPTIMAL:
        assert result.objectives["leader.F"] == pytest.approx(-1, abs=1e-5)
    else:
        assert result.status is Status.NOT_VERIFIED
        assert "flat" in result.certificate.reasons[0]


@pytest.mark.parametrize("utility", ["sqrt(q)", "sqrt(q) - q", "q^0.5 - 2*q", "sqrt(q) + sqrt(1 - q)"])
def test_no_tangent_at_zero_is_refused(tmp_path: Path, utility: str) -> None:
    """The leader's best y = 0 leaves q = 0 only, where the root has no slope: a search among points with multipliers
    would pass it by (and claim 1 with a binary y)."""
    for y in ("binary", "in [0, 1]"):
        with pytest.raises(DiagnosticError) as raised:
            solved(
                tmp_path,
                f"player lead {{ var y {y} minimize F = y }}"
                f"player f follows lead {{ var q in [0, 1] maximize u = {utility} constraint cap: q <= y }}",
                "tangent_conditions",
            )
        assert [d.code for d in raised.value.diagnostics] == ["G704"]
        assert "vertically" in raised.value.diagnostics[0].headline


@pytest.mark.parametrize(
    ("utility", "best"),
    [("sqrt(q)", 0.0), ("sqrt(q + 0.5) - q", 0.0), ("sqrt(q) - q*(2 - y)", None), ("q^0.5 + log(q + 1) - q", None)],
)
def test_roots_that_may_leave_zero(tmp_path: Path, utility: str, best: float | None) -> None:
    """Bounds, or the follower's own freedom, keep the argument away from zero."""
    low, cap = (0.01, "constraint cap: q <= y") if best is not None and "0.5" not in utility else (0, "")
    cap = "constraint cap: q <= y" if best is not None else cap
    text = (
        f"player lead {{ var y in [0, 1] minimize F = y + q {'constraint least: y >= 0.01' if low else ''} }}"
        f"player f follows lead {{ var q in [{low}, 1] maximize u = {utility} {cap} }}"
    )
    result = solved(tmp_path, text)
    assert result.status is Status.OPTIMAL, result.diagnostics
    q = np.linspace(low, 1, 100_001)
    names = {"sqrt": np.sqrt, "log": np.log, "q": q}
    found = []
    for y in np.linspace(low, 1, 201):
        value = eval(utility.replace("^", "**"), names | {"y": y})
        value = np.where(q <= y, value, -np.inf) if cap else value
        found.append(y + q[np.argmax(value)])
    assert result.objectives["lead.F"] == pytest.approx(min(found), abs=1e-3)
