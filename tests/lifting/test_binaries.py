"""Where a lifted value needs binaries and where convexity spares them, and what is refused for want of bounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pieces_reference import Value, absolute, affine, best, curve, largest, plus, smallest, tiered, times

from compiler.ground.ground_game import INTEGER
from compiler.pipeline import compile_file
from grammar.diagnostics import DiagnosticError
from runtime.result import Status
from runtime.session import solve

X, Y = affine(1, 0, 0), affine(0, 1, 0)
CONVEX_POINTS, CONCAVE_POINTS = [(-1, 3), (0, 0), (2, 1)], [(-1, -4), (1, 0), (2, 1)]
CONVEX = {
    "abs(x - 1)": absolute(affine(1, 0, -1)),
    "max(x, 2*y, 1)": largest(X, affine(0, 2, 0), affine(0, 0, 1)),
    "piecewise(x - y; (-1, 3), (0, 0), (2, 1))": curve(affine(1, -1, 0), CONVEX_POINTS),
    "tiers(x + 2; 1: 0.5, 3: 1, rest: 2)": tiered(affine(1, 0, 2), [1, 3], [0.5, 1, 2]),
    "max(abs(x), y + abs(y))": largest(absolute(X), plus(Y, absolute(Y))),
}
CONCAVE = {
    "min(x, 2*y, 1)": smallest(X, affine(0, 2, 0), affine(0, 0, 1)),
    "piecewise(x - y; (-1, -4), (1, 0), (2, 1))": curve(affine(1, -1, 0), CONCAVE_POINTS),
    "tiers(x + 2; 1: 2, 3: 1, rest: 0.5)": tiered(affine(1, 0, 2), [1, 3], [2, 1, 0.5]),
    "min(1 - abs(x), y)": smallest(plus(affine(0, 0, 1), times(-1, absolute(X))), Y),
}
VALUES: dict[str, Value] = {**CONVEX, **CONCAVE}


def binaries(path: Path) -> int:
    """Integer columns that are free to move."""
    ground = compile_file(path).ground
    return int(((ground.kind == INTEGER) & (ground.lower < ground.upper)).sum())


def written(folder: Path, text: str) -> Path:
    path = folder / "model.game"
    path.write_text(f"game g\n{text}\n", "utf-8")
    return path


@pytest.mark.parametrize("convex", [True, False])
@pytest.mark.parametrize("place", ["objective", "constraint", "bound"])
@pytest.mark.parametrize("text", VALUES)
def test_binaries_only_where_needed(tmp_path: Path, text: str, place: str, convex: bool) -> None:
    """A convex value minimised or bounded from above, a concave one maximised or bounded from below: none."""
    value, rising = VALUES[text], text in CONVEX
    low = rising == convex
    steer = affine(0.3, -0.2, 0)
    if place == "objective":
        body = f"{'minimize' if low else 'maximize'} v = {text} + 0.3*x - 0.2*y"
        expected = best(plus(value, steer), [], [(-2, 3), (-2, 2)], 1 if low else -1)
    else:
        # The objective pulls against the row.
        level = 1.5 if rising else 0.5
        relation = f"{'<=' if low else '>='} {level}"
        row = plus(value, affine(0, 0, -level)) if low else plus(times(-1, value), affine(0, 0, level))
        pull = "0.3*x - 0.2*y" if low else "0.2*y - 0.3*x"
        towards = steer if low else times(-1, steer)
        if place == "constraint":
            body = f"maximize v = {pull}  constraint c: {text} {relation}"
            expected = best(towards, [row], [(-2, 3), (-2, 2)], -1)
        else:
            body = f"var z {'>=' if low else '<='} {text} maximize v = {pull} constraint c: z {relation}"
            expected = best(towards, [row], [(-2, 3), (-2, 2)], -1)
    path = written(tmp_path, f"player p {{ var x in [-2, 3] var y in [-2, 2] {body} }}")
    result = solve(path)
    assert np.isfinite(expected)
    assert result.status is Status.OPTIMAL
    assert result.objectives["p.v"] == pytest.approx(expected, abs=1e-6)
    assert (binaries(path) == 0) == convex


@pytest.mark.parametrize(
    ("sense", "text", "none"),
    [
        ("minimize", "max(x - 1, 0)^2 + abs(x - 3)^2", True),
        ("minimize", "(sum(t) max(u[t] - t, 0))^2 - x", True),
        ("minimize", "max(x - 1, -2)^2", False),
        ("maximize", "-abs(x)^2 + x", True),
        ("maximize", "abs(x)^2", False),
    ],
)
def test_squares_of_extremes(tmp_path: Path, sense: str, text: str, none: bool) -> None:
    """The square of a value that is never negative rises with it."""
    domain = f"set T index t = 1..2 player p {{ var x in [-4, 2] var u[t] in [0, 3] {sense} v = {text} }}"
    path = written(tmp_path, domain)
    x = np.linspace(-4, 2, 6001)
    at = {
        "max(x - 1, 0)^2 + abs(x - 3)^2": np.maximum(x - 1, 0) ** 2 + np.abs(x - 3) ** 2,
        "(sum(t) max(u[t] - t, 0))^2 - x": -x,
        "max(x - 1, -2)^2": np.maximum(x - 1, -2) ** 2,
        "-abs(x)^2 + x": -(x**2) + x,
        "abs(x)^2": x**2,
    }[text]
    expected = at.min() if sense == "minimize" else at.max()
    assert solve(path).objectives["p.v"] == pytest.approx(expected, abs=1e-4)
    assert (binaries(path) == 0) == none


INDEXED = """set T index t = 1..4
set K index k = {{a, b}}
param low[t,k] = {low}
player p {{
  var x[t,k] in [-3, 5]
  {body}
}}"""


@pytest.mark.parametrize("op", ["smin", "smax"])
@pytest.mark.parametrize("sense", ["minimize", "maximize"])
@pytest.mark.parametrize("weight", [1, -1])
def test_extremes_over_an_index_with_where(tmp_path: Path, op: str, sense: str, weight: int) -> None:
    """`sum(k) w*smax(t where t > 1 and low[t,k] < 3) (x[t,k] + low[t,k]) - 0.5*sum x` takes each k apart."""
    low = np.array([[0, 2], [1, 5], [3, -2], [2, 0]])
    data = "{" + ", ".join(f"({t + 1}, {'ab'[k]}): {low[t, k]}" for t in range(4) for k in range(2)) + "}"
    body = (
        f"{sense} v = sum(k) ({weight}*{op}(t where t > 1 and low[t,k] < 3) (x[t,k] + low[t,k]))"
        " - 0.4*sum(t,k where t > 1) x[t,k]"
    )
    path = written(tmp_path, INDEXED.format(low=data, body=body))
    expected = 0.0
    for k in range(2):
        picked = [t for t in range(1, 4) if low[t, k] < 3]
        units = np.eye(4)
        shifted = [affine(*units[j][:3], low[t, k]) for j, t in enumerate(picked)]
        extreme = (largest if op == "smax" else smallest)(*shifted)
        steer = affine(-0.4, -0.4, -0.4, 0)
        expected += best(plus(times(weight, extreme), steer), [], [(-3, 5)] * 3, 1 if sense == "minimize" else -1)
    result = solve(path)
    assert result.status is Status.OPTIMAL
    assert result.objectives["p.v"] == pytest.approx(expected, abs=1e-6)
    convex = (op == "smax") == ((weight > 0) == (sense == "minimize"))
    assert (binaries(path) == 0) == convex


@pytest.mark.parametrize("sense", ["minimize", "maximize"])
def test_indexed_values_where_some_instances_need_binaries(tmp_path: Path, sense: str) -> None:
    """Weights of both signs: only the instances with the wrong one get binaries; rows under `where` bind theirs
    alone."""
    low = np.array([[1, -2], [0, 1], [-1, 2], [2, -1]])
    data = "{" + ", ".join(f"({t + 1}, {'ab'[k]}): {low[t, k]}" for t in range(4) for k in range(2)) + "}"
    body = (
        f"{sense} v = sum(t,k) low[t,k]*abs(x[t,k] - 1) + 0.3*sum(t,k) x[t,k]"
        " constraint c[t, k where t >= 3]: min(x[t,k], 3 - 2*x[t,k]) >= -1.5"
    )
    path = written(tmp_path, INDEXED.format(low=data, body=body))
    sign = 1 if sense == "minimize" else -1
    expected = 0.0
    for (t, _), weight in np.ndenumerate(low):
        row = times(-1, plus(smallest(affine(1, 0), affine(-2, 3)), affine(0, 1.5)))
        objective = plus(times(float(weight), absolute(affine(1, -1))), affine(0.3, 0))
        expected += best(objective, [row] if t >= 2 else [], [(-3, 5)], sign)
    assert solve(path).objectives["p.v"] == pytest.approx(expected, abs=1e-6)
    # Two binaries for each instance whose weight rewards a larger value.
    assert binaries(path) == 2 * int((sign * low < 0).sum())


@pytest.mark.parametrize("condition", ["t > 2", "t == 1"])
def test_extreme_in_a_choice_on_data(tmp_path: Path, condition: str) -> None:
    """`if` on data picks the instances that are modelled at all: unbounded variables of the others do no harm."""
    body = (
        f"var free[t] maximize v = sum(t) (if {condition} then max(x[t,a], 1 - x[t,a]) else min(free[t], t))"
        f" constraint c[t where not ({condition})]: free[t] <= 2*t"
    )
    path = written(tmp_path, INDEXED.format(low="0", body=body))
    chosen = {"t > 2": [3, 4], "t == 1": [1]}[condition]
    assert solve(path).objectives["p.v"] == pytest.approx(sum(5 if t in chosen else t for t in range(1, 5)), abs=1e-6)


@pytest.mark.filterwarnings("error")
def test_points_and_places_that_do_not_count(tmp_path: Path) -> None:
    """Where a condition leaves a curve out, its points may coincide and its shape is nobody's matter; a choice from
    nothing, left out as well, has no value."""
    text = """set T index t = 1..3
param a[t] = {1: 0, 2: 2, 3: 9}
player p {
  var x[t] in [-3, 4]
  minimize v = sum(t) (if t == 1 then piecewise(x[t]; (a[t], 0), (2, 4), (3, 9)) else 0.5*x[t])
    + sum(t) (if t > 1 then smax(s in T where s < t) (x[s] - x[t]) else 0)
  constraint least: x[1] >= 1
}"""
    path = written(tmp_path, text)
    x = np.linspace(-3, 4, 141)
    two, three = np.meshgrid(x, x)
    expected = 2 + 0.5 * (two + three) + (1 - two) + np.maximum(1 - three, two - three)
    assert solve(path).objectives["p.v"] == pytest.approx(expected.min(), abs=1e-6)
    assert binaries(path) == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("var x maximize v = abs(x) - 2*x", "G710"),
        ("var x >= 0 maximize v = max(x, 3) - 2*x", "G710"),
        ("var x <= 0 maximize v = -min(x, -3) + 2*x", "G710"),
        ("var x >= 0 maximize v = piecewise(x; (0, 0), (2, 3), (5, 2), (8, 8)) - 9*x", "G710"),
        ("var x >= 0 maximize v = tiers(x; 1: 2, 3: 1, rest: 3) - 9*x", "G710"),
        ("var x semicontinuous >= 2 minimize v = x", "G710"),
        ("var x var b binary minimize v = x - b constraint c: b => x >= 3", "G710"),
        ("var x[t] in [0, 9 - t] var y[t] maximize v = smax(t) (x[t] - y[t])", "G710"),
    ],
)
def test_unbounded_is_refused(tmp_path: Path, body: str, code: str) -> None:
    with pytest.raises(DiagnosticError) as error:
        solve(written(tmp_path, f"set T index t = 1..2 player p {{ {body} }}"))
    assert [d.code for d in error.value.diagnostics] == [code]


@pytest.mark.parametrize(
    "body",
    [
        # Bounds follow from rows: of x by the row, of the sum by those of its parts, of an extreme by its arguments.
        "var x constraint c: -3 <= 2*x + y <= 4 maximize v = abs(x) - 0.1*x",
        "var x constraint c: abs(x) <= 2 maximize v = max(x, y) + 0*x",
        "var x constraint c: x == max(y, -y) maximize v = piecewise(x - 1; (-1, 1), (0, 0), (1, 2), (2, 1)) - x",
    ],
)
def test_bounds_are_derived(tmp_path: Path, body: str) -> None:
    path = written(tmp_path, f"player p {{ var y in [0, 1] {body} }}")
    assert solve(path).status is Status.OPTIMAL


@pytest.mark.parametrize(
    "body",
    [
        "maximize v = cvar(w, 0.9) (e[w]*x)",
        "minimize v = x - 2*cvar(w, 0.5) (e[w]*x)",
        "minimize v = x constraint c: cvar(w, 0.9) (e[w]*x) >= 1",
        "maximize v = max(cvar(w, 0.9) (e[w]*x), 1)",
    ],
)
def test_rewarded_risk_is_refused(tmp_path: Path, body: str) -> None:
    (tmp_path / "w.csv").write_text("w,prob\n1,0.5\n2,0.5\n", "utf-8")
    data = 'scenarios W index w from "w.csv" probability prob param e[w] = {1: 1, 2: 3}'
    text = f"{data} player p {{ var x in [0, 1] {body} }}"
    with pytest.raises(DiagnosticError) as error:
        solve(written(tmp_path, text))
    assert [d.code for d in error.value.diagnostics] == ["G711"]


def test_extreme_in_a_shared_constraint_is_refused(tmp_path: Path) -> None:
    text = """player p { var x in [0, 5] maximize v = x }
player q { var y in [0, 4] maximize u = y }
shared c: max(x, y) <= 3"""
    with pytest.raises(DiagnosticError) as error:
        solve(written(tmp_path, text))
    assert [d.code for d in error.value.diagnostics] == ["G701"]
