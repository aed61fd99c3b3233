"""Games with nonlinear functions of variables, against dense grids, scipy and closed forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from compiler.ground.player_classes import player_classes
from compiler.pipeline import Compiled, compile_file
from grammar.diagnostics import DiagnosticError
from runtime.result import Result, Status
from runtime.session import solve


def written(folder: Path, text: str) -> Path:
    path = folder / "m.game"
    path.write_text(text, encoding="utf-8")
    return path


def answer(folder: Path, text: str) -> Result:
    result = solve(written(folder, text))
    assert result.status is Status.OPTIMAL, result.diagnostics
    assert result.certificate.verified
    return result


def compiled(folder: Path, text: str) -> Compiled:
    return compile_file(written(folder, text))


X, Y = np.meshgrid(np.linspace(0.5, 4, 1401), np.linspace(0.1, 3, 1161))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("log(x) + 2*sqrt(y) - x*y/(x + y)", np.log(X) + 2 * np.sqrt(Y) - X * Y / (X + Y)),
        ("sin(2*x)*cos(y) + x^3*y^2/20", np.sin(2 * X) * np.cos(Y) + X**3 * Y**2 / 20),
        ("tanh(x - 2) - y^1.5 + tan(y/3)", np.tanh(X - 2) - Y**1.5 + np.tan(Y / 3)),
        ("abs(x*y - 2) - exp(x - y)", np.abs(X * Y - 2) - np.exp(X - Y)),
        ("min(x*y, 3 - x) + 1/x^2", np.minimum(X * Y, 3 - X) + 1 / X**2),
        ("piecewise(x*y; (0, 0), (2, 3), (5, 4)) - x/y^0.5", np.interp(X * Y, [0, 2, 5], [0, 3, 4]) - X / np.sqrt(Y)),
        ("(x*y)^2/9 - (x + y)^3/20", (X * Y) ** 2 / 9 - (X + Y) ** 3 / 20),
    ],
)
@pytest.mark.parametrize("sense", ["minimize", "maximize"])
def test_against_a_grid(tmp_path: Path, text: str, values: np.ndarray, sense: str) -> None:
    if "piecewise" in text:
        high = X * Y > 5
        values = np.where(high, values - 4 + (4 + (X * Y - 5) / 3), values)
    result = answer(tmp_path, f"player p {{ var x in [0.5, 4] var y in [0.1, 3] {sense} u = {text} }}")
    best = values.min() if sense == "minimize" else values.max()
    found = result.objectives["p.u"]
    # No point of the grid is better; the grid is fine enough to come close.
    assert found == pytest.approx(best, abs=2e-2)
    assert found <= best + 1e-5 if sense == "minimize" else found >= best - 1e-5


INDEXED = """
set T index t = 1..3
param a[t] = {1: 1, 2: 2, 3: 3}
player p {
  var x[t] in [0.1, 3]
  minimize cost = sum(t) (exp(a[t]*x[t]) - 3*log(x[t])) + x[1]*x[2]*x[3]
  constraint c[t where t > 1]: sqrt(x[t]) + x[t-1]^3 <= 4
}
"""


def test_indexed_against_scipy(tmp_path: Path) -> None:
    a = np.array([1.0, 2.0, 3.0])
    rng = np.random.default_rng(1)
    runs = [
        minimize(
            lambda x: float((np.exp(a * x) - 3 * np.log(x)).sum() + x.prod()),
            start,
            bounds=[(0.1, 3)] * 3,
            constraints=[{"type": "ineq", "fun": lambda x: 4 - np.sqrt(x[1:]) - x[:-1] ** 3}],
        )
        for start in rng.uniform(0.1, 3, (10, 3))
    ]
    best = min((r for r in runs if r.success), key=lambda r: r.fun)
    result = answer(tmp_path, INDEXED)
    assert result.objectives["p.cost"] == pytest.approx(best.fun, rel=1e-6)
    assert np.asarray(result.value_of["x"].values) == pytest.approx(best.x, abs=1e-3)


def test_instances_left_out_are_not_tied(tmp_path: Path) -> None:
    """`log(x)` counts only where `where` and `if` say so: elsewhere x may be zero."""
    text = """
    set T index t = 1..4
    player p {
      var x[t] in [0, 4]
      maximize u = sum(t where t > 2) log(x[t]) + sum(t) (if t == 1 then sqrt(x[t]) else 0) - sum(t) x[t]
    }
    """
    result = answer(tmp_path, text)
    assert np.asarray(result.value_of["x"].values) == pytest.approx([0.25, 0.0, 1.0, 1.0], abs=2e-3)
    assert result.objectives["p.u"] == pytest.approx(0.25 - 2.0, abs=1e-6)


@pytest.mark.parametrize(
    ("objective", "name"),
    [
        ("minimize c = exp(x) + x^4 + 1/x", "NLP"),
        ("maximize c = log(x + 1) + sqrt(x)", "NLP"),
        ("minimize c = exp(x^2 + exp(x))", "NLP"),
        ("minimize c = -log(sqrt(x) + 1)", "NLP"),
        ("minimize c = max(exp(x), 2 - x)", "NLP"),
        ("minimize c = log(x)", "nonconvex NLP"),
        ("minimize c = exp(-x^2)", "nonconvex NLP"),
        ("minimize c = x^3 + (x - 2)^3", "nonconvex NLP"),
        ("minimize c = exp(log(x))", "nonconvex NLP"),
        ("minimize c = sin(x)", "nonconvex NLP"),
        ("minimize c = exp(x) + abs(log(x))", "nonconvex NLP"),
    ],
)
def test_convexity_is_found_from_the_structure(tmp_path: Path, objective: str, name: str) -> None:
    [kind] = player_classes(compiled(tmp_path, f"player p {{ var x in [0.1, 3] {objective} }}").ground)
    expected = name.replace("nonconvex ", "")
    if "abs(log" in objective:
        # |log x| has a binary, as its argument is an equation.
        expected = kind.name.removeprefix("nonconvex ")
    assert kind.name.removeprefix("nonconvex ") == expected
    assert kind.convex == (not name.startswith("nonconvex"))
    if not kind.convex:
        assert kind.reason


def test_a_convex_problem_gets_no_binaries_and_no_equations_between_curves(tmp_path: Path) -> None:
    game = compiled(tmp_path, "player p { var x in [0.1, 3] minimize c = exp(x^2) - log(x) + max(x^3, 1/x) }").ground
    assert not game.kind.any()
    assert all((c.relation != 0).all() for c in game.curves)


def test_a_leader_with_a_nonlinear_objective(tmp_path: Path) -> None:
    text = """
    player lead { var p in [0, 10] maximize profit = 2*p*q - 0.1*exp(p/5) }
    player f follows lead { var q in [0, 10] maximize s = 8*q - 0.5*q^2 - p*q }
    """
    p = np.linspace(0, 10, 400001)
    best = (2 * p * np.clip(8 - p, 0, 10) - 0.1 * np.exp(p / 5)).max()
    assert answer(tmp_path, text).objectives["lead.profit"] == pytest.approx(best, rel=1e-6)


PARTS = np.stack(np.meshgrid(*[np.linspace(0.5, 2, 61)] * 3, indexing="ij")).reshape(3, -1)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("maximize c = prod(t) x[t] - sum(t) x[t]^2", PARTS.prod(axis=0) - (PARTS**2).sum(axis=0)),
        ("minimize c = (prod(t where t != 2) (x[t] - 1))*2 + x[2]", (PARTS[0] - 1) * (PARTS[2] - 1) * 2 + PARTS[1]),
        ("maximize c = -sum(s) prod(t where t < s) (s*x[t])", -(1 + 2 * PARTS[0] + 9 * PARTS[0] * PARTS[1])),
        ("minimize c = prod(t, s where s < t) (x[t] - x[s])", (PARTS[1] - PARTS[0]) * (PARTS[2] - PARTS[0])
         * (PARTS[2] - PARTS[1])),
        ("minimize c = prod(t) (sum(s) x[s] - 4)", (PARTS.sum(axis=0) - 4) ** 3),
        ("minimize c = (prod(t where t > 5) x[t]) + x[1]", 1 + PARTS[0]),
    ],
)  # fmt: skip
def test_products_over_an_index(tmp_path: Path, text: str, values: np.ndarray) -> None:
    """Compared with the best of a grid, which holds the answers: corners, or where all are alike."""
    game = f"set T index t, s = 1..3 player p {{ var x[t] in [0.5, 2] {text} }}"
    best = values.max() if text.startswith("maximize") else values.min()
    assert answer(tmp_path, game).objectives["p.c"] == pytest.approx(best, abs=2e-3)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("player p { var x in [-1, 1] minimize c = 1/x }", "G710", "undefined where its argument is zero"),
        ("player p { var x in [0, 3] minimize c = tan(x) }", "G710", "has poles"),
        ("player p { var x minimize c = tan(x) }", "G710", "has poles"),
    ],
)
def test_what_has_no_form_is_refused(tmp_path: Path, text: str, code: str, words: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        compiled(tmp_path, text)
    [found] = caught.value.diagnostics
    assert found.code == code
    assert words in found.headline
    assert found.hints


def test_infeasible_and_unbounded_are_told(tmp_path: Path) -> None:
    text = "player p { var x in [0.1, 3] minimize c = exp(x) constraint far: log(x) >= 2 }"
    assert solve(written(tmp_path, text)).status is Status.INFEASIBLE
    text = "player p { var x >= 1 maximize c = log(x) }"
    with pytest.raises(DiagnosticError, match="infinity"):
        solve(written(tmp_path, text))


def test_what_an_objective_owes_to_violations_is_no_answer(tmp_path: Path) -> None:
    """The minimum is 2, at x = 2: (x - 1)^2 + (x - 3)^2. With u = 4e8, a row of q that holds to 1e-8 is worth 4."""
    text = """
    player p {
      var x in [-4, 10] var z >= 0 var w >= 0 var u var q
      minimize v = z*w + u*q
      constraint a: z >= x - 1 constraint b: w >= x - 1
      constraint c: u >= x - 3 constraint d: u >= 3 - x
      constraint e: q >= x - 3 constraint f: q >= 3 - x
    }
    """
    result = solve(written(tmp_path, text))
    if result.status is Status.OPTIMAL:
        assert result.objectives["p.v"] == pytest.approx(2, abs=1e-5)
    bounded = text.replace("var u var q", "var u in [0, 9] var q in [0, 9]")
    assert answer(tmp_path, bounded).objectives["p.v"] == pytest.approx(2, abs=1e-5)


@pytest.mark.parametrize(
    ("function", "value"),
    [("sin({})", np.sin), ("tanh({})", np.tanh), ("-cos({} + 1.5)", lambda m: -np.cos(m + 1.5))],
)
def test_an_argument_does_not_leave_its_interval(tmp_path: Path, function: str, value) -> None:  # type: ignore[no-untyped-def]
    """Convex and rising on the interval of the argument only: further up, sine falls again."""
    x = np.linspace(-1, 0, 10001)
    for inner, extreme in (("max(x, -1 - x)", np.maximum(x, -1 - x)), ("max(0*x, 0*x)", 0 * x)):
        text = f"player p {{ var x in [-1, 0] minimize u = {function.format(inner)} }}"
        assert answer(tmp_path, text).objectives["p.u"] == pytest.approx(value(extreme).min(), abs=1e-6)
