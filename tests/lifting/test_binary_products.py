"""Products with a player's own binaries: linear, exact, with the rows that are needed; every other product stays.

Expected optima come from trying every value of the binaries, each with every combination of pieces."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from pieces_reference import Value, absolute, affine, best, curve, largest, plus, smallest, tiered, times
from products_made import LEADER, classes, compiled, ground, products

from runtime.result import Status
from runtime.session import solve

SWITCHES = ((0, 0), (0, 1), (1, 0), (1, 1))
"""All values of the binaries b and c."""

EachWay = dict[tuple[int, int], Value]
Made = tuple[str, EachWay]


def each(value: Value) -> EachWay:
    return dict.fromkeys(SWITCHES, value)


def switched(pick: int, other: EachWay) -> EachWay:
    """The value times b (`pick` 0) or c (1)."""
    return {at: times(at[pick], other[at]) for at in SWITCHES}


def optimum(objective: EachWay, rows: list[EachWay], sense: int) -> float:
    """Over x in [-2, 4] and y in [-3, 3]; every row at most zero."""
    found = [best(objective[at], [r[at] for r in rows], [(-2, 4), (-3, 3)], sense) for at in SWITCHES]
    return sense * min(sense * f for f in found)


def combined(parts: list[EachWay]) -> EachWay:
    return {at: plus(*(p[at] for p in parts)) for at in SWITCHES}


X, Y, ONE = affine(1, 0, 0), affine(0, 1, 0), affine(0, 0, 1)
E = plus(X, times(2, Y), affine(0, 0, -1))
PRODUCTS: dict[str, EachWay] = {
    "b*(x + 2*y - 1)": switched(0, each(E)),
    "(x + 2*y - 1)*3*b": switched(0, each(times(3, E))),
    "(1 - b)*(x + 2*y - 1)": {at: times(1 - at[0], E) for at in SWITCHES},
    "(b - c + 2)*(x + 2*y - 1)": {at: times(at[0] - at[1] + 2, E) for at in SWITCHES},
    "(b + x)*(c + 1)": {at: times(at[1] + 1, plus(X, affine(0, 0, at[0]))) for at in SWITCHES},
    "b*c": {at: affine(0, 0, at[0] * at[1]) for at in SWITCHES},
    "b*c*x": {at: times(at[0] * at[1], X) for at in SWITCHES},
    "x*(1 - b)*(1 - c)": {at: times((1 - at[0]) * (1 - at[1]), X) for at in SWITCHES},
    "b*b + b^2*c*c*c - (1 - b)^3": {at: affine(0, 0, at[0] + at[0] * at[1] - (1 - at[0])) for at in SWITCHES},
    "b*max(x, y, 0)": switched(0, each(largest(X, Y, times(0, ONE)))),
    "b*min(x, y)": switched(0, each(smallest(X, Y))),
    "max(b*x, c*y)": {at: largest(times(at[0], X), times(at[1], Y)) for at in SWITCHES},
    "abs(b*x - 1)": {at: absolute(plus(times(at[0], X), affine(0, 0, -1))) for at in SWITCHES},
    "b*c*abs(x)": {at: times(at[0] * at[1], absolute(X)) for at in SWITCHES},
    "piecewise(b*x; (-1, 1), (0, 0), (2, 3), (3, 1))": {
        at: curve(times(at[0], X), [(-1, 1), (0, 0), (2, 3), (3, 1)]) for at in SWITCHES
    },
    "c*piecewise(x; (-1, 1), (0, 0), (2, 3), (3, 1))": switched(1, each(curve(X, [(-1, 1), (0, 0), (2, 3), (3, 1)]))),
    "tiers(b*(x + 2); 1: 2, 3: 1, rest: 3)": {
        at: tiered(times(at[0], plus(X, affine(0, 0, 2))), [1, 3], [2, 1, 3]) for at in SWITCHES
    },
    "tiers(x + 2; 2: 1, rest: b)": {at: tiered(plus(X, affine(0, 0, 2)), [2], [1, at[0]]) for at in SWITCHES},
}


@pytest.mark.parametrize("word", ["minimize", "maximize"])
@pytest.mark.parametrize("place", ["objective", "row"])
@pytest.mark.parametrize("text", PRODUCTS)
def test_every_product_is_linear_and_exact(tmp_path: Path, text: str, place: str, word: str) -> None:
    sense, steer = (1 if word == "minimize" else -1), affine(0.3, -0.2, 0)
    value = PRODUCTS[text]
    if place == "objective":
        body = f"{word} v = {text} + 0.3*x - 0.2*y + 0.1*b - 0.15*c"
        pull = {at: affine(0.3, -0.2, 0.1 * at[0] - 0.15 * at[1]) for at in SWITCHES}
        expected = optimum(combined([value, pull]), [], sense)
    else:
        relation, sign = ("<=", 1) if word == "maximize" else (">=", -1)
        body = f"{word} v = 0.3*x - 0.2*y constraint k: {text} {relation} 0.5"
        row = {at: times(sign, plus(value[at], affine(0, 0, -0.5))) for at in SWITCHES}
        expected = optimum(each(steer), [row], sense)
    path = tmp_path / "model.game"
    model = f"player p {{ var x in [-2, 4] var y in [-3, 3] var b binary var c integer in [0, 1] {body} }}"
    path.write_text(f"game g\n{model}\n", "utf-8")
    assert np.isfinite(expected)
    result = solve(path)
    assert result.status is Status.OPTIMAL
    assert result.objectives["p.v"] == pytest.approx(expected, abs=1e-6)
    g = ground(model)
    assert products(g) == 0
    assert classes(g) == ["MILP"]


SMALL = st.integers(-3, 3)


@st.composite
def values(draw: st.DrawFn, depth: int) -> Made:
    """An expression in x, y, b and c, as text and as pieces for each value of b and c."""
    kinds = ["switch", "switch", "off", "both", "abs", "max", "min", "sum", "piecewise"] if depth else ["affine"]
    kind = draw(st.sampled_from(kinds))
    if kind == "affine":
        k = [draw(SMALL) for _ in range(5)]
        text = f"({k[0]}*x + {k[1]}*y + {k[2]} + {k[3]}*b + {k[4]}*c)"
        return text, {at: affine(k[0], k[1], k[2] + k[3] * at[0] + k[4] * at[1]) for at in SWITCHES}
    text, value = draw(values(draw(st.integers(0, depth - 1))))
    pick = draw(st.integers(0, 1))
    match kind:
        case "switch":
            one, two = draw(st.permutations(["bc"[pick], text]))
            return f"{one}*{two}", switched(pick, value)
        case "off":
            return f"(1 - {'bc'[pick]})*{text}", {at: times(1 - at[pick], value[at]) for at in SWITCHES}
        case "both":
            factors = draw(st.permutations(["b", "c", text]))
            return "*".join(factors), {at: times(at[0] * at[1], value[at]) for at in SWITCHES}
        case "abs":
            return f"abs({text})", {at: absolute(value[at]) for at in SWITCHES}
        case "piecewise":
            points = [(-2.0, draw(SMALL)), (0.0, draw(SMALL)), (3.0, draw(SMALL))]
            joined = ", ".join(f"({a:g}, {b})" for a, b in points)
            return f"piecewise({text}; {joined})", {at: curve(value[at], points) for at in SWITCHES}
    other, beside = draw(values(0))
    if kind == "sum":
        return f"({text} + {other})", combined([value, beside])
    function = largest if kind == "max" else smallest
    return f"{kind}({text}, {other})", {at: function(value[at], beside[at]) for at in SWITCHES}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(values(3), values(2), st.sampled_from([1, -1]), SMALL, st.sampled_from(["<=", ">=", ""]))
def test_random_products_against_every_value_of_the_binaries(
    one: Made, two: Made, sense: int, bound: int, relation: str
) -> None:
    sign = 1 if relation == "<=" else -1
    row = {at: times(sign, plus(two[1][at], affine(0, 0, -bound))) for at in SWITCHES}
    pull = {at: affine(0.25, -0.5, 0) for at in SWITCHES}
    expected = optimum(combined([one[1], pull]), [row] if relation else [], sense)
    word = "minimize" if sense == 1 else "maximize"
    text = f"""game random
player p {{
  var x in [-2, 4]
  var y in [-3, 3]
  var b binary
  var c binary
  {word} v = {one[0]} + 0.25*x - 0.5*y
  {f"constraint k: {two[0]} {relation} {bound}" if relation else ""}
}}
"""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "random.game"
        path.write_text(text, "utf-8")
        result = solve(path)
    if math.isinf(expected):
        event("no answer")
        assert result.status is Status.INFEASIBLE, text
        return
    assert result.status is Status.OPTIMAL, (text, result.status)
    assert math.isclose(result.objectives["p.v"], expected, rel_tol=1e-5, abs_tol=1e-5), (text, expected)


def test_a_sum_of_binaries_has_a_product_for_each(tmp_path: Path) -> None:
    """At most one is on; each brings its weight."""
    text = """game g
set K index k = 1..4
player p {
  var on[k] binary
  var x in [-1, 3]
  maximize v = (sum(k) (k - 2)*on[k])*x - 0.5*x^2
  constraint one: sum(k) on[k] <= 2
}"""
    path = tmp_path / "model.game"
    path.write_text(text, "utf-8")
    x = np.linspace(-1, 3, 40001)
    weights = [sum(w for w, on in zip((-1, 0, 1, 2), at, strict=True) if on)
               for at in itertools.product((0, 1), repeat=4) if sum(at) <= 2]  # fmt: skip
    expected = max((w * x - 0.5 * x**2).max() for w in weights)
    result = solve(path)
    assert result.status is Status.OPTIMAL
    assert result.objectives["p.v"] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("word", ["minimize", "maximize"])
def test_products_over_an_index(tmp_path: Path, word: str) -> None:
    """Of each row of binaries with numbers between; what the index leaves out counts as one."""
    text = f"""game g
set T index t = 1..3
set K index k = 1..2
player p {{
  var on[t,k] binary
  var x in [-1, 2]
  {word} v = (sum(k) (2*k - 3)*(prod(t) (1 - on[t,k]))*(x + 1)) + 2*(prod(t where t < 3) on[t,2]) - x
  constraint some[k]: sum(t) on[t,k] >= k - 1
}}"""
    path = tmp_path / "model.game"
    path.write_text(text, "utf-8")
    found = []
    for at in itertools.product((0, 1), repeat=6):
        on = np.array(at).reshape(3, 2)
        if on[:, 1].sum() >= 1:
            none = (1 - on).prod(axis=0)
            found += [(none[1] - none[0]) * (x + 1) + 2 * on[:2, 1].prod() - x for x in (-1, 2)]
    expected = min(found) if word == "minimize" else max(found)
    result = solve(path)
    assert result.status is Status.OPTIMAL
    assert result.objectives["p.v"] == pytest.approx(expected, abs=1e-6)
    assert products(compiled(text.removeprefix("game g")).ground) == 0


@pytest.mark.parametrize("pay", ["b*x", "3*b - b*x", "(1 - b)*x - 2*q"])
def test_a_leader_with_a_binary_and_its_followers_quantity(tmp_path: Path, pay: str) -> None:
    """The follower takes x = 5 where b > q - 0.5 and else 0; the leader tries both b and all q."""
    text = LEADER.format(leader=pay, follower="(b - q + 0.5)*x").replace("var on binary", "")
    path = tmp_path / "model.game"
    path.write_text(f"game g\n{text}\n", "utf-8")
    result = solve(path)
    best_found = -math.inf
    for b, q in itertools.product((0, 1), np.linspace(0, 2, 201)):
        gain = b - q + 0.5
        for x in [5.0] if gain > 1e-9 else [0.0] if gain < -1e-9 else [0.0, 5.0]:
            value = {"b*x": b * x, "3*b - b*x": 3 * b - b * x, "(1 - b)*x - 2*q": (1 - b) * x - 2 * q}[pay]
            best_found = max(best_found, value)
    assert result.status is Status.OPTIMAL
    assert result.objectives["lead.v"] == pytest.approx(best_found, abs=1e-5)


X_GRID = np.arange(-2 * 60, 4 * 60 + 1) / 60


@pytest.mark.parametrize(
    ("leader", "follower", "row"),
    [
        ("minimize v = abs(x - 1) - q", "minimize u = on*(x - q) - 0.5*x + 0.25*on", "on*x <= 2"),
        ("maximize v = x - q*b", "maximize u = on*max(x - q, 1) - x + b*on*x", "max(on*x, q) <= 3"),
        ("maximize v = b*x + q", "minimize u = q*on*x + (1 - on)*abs(x - b)", "(1 - on)*x <= 1"),
        ("minimize v = min(x, q) - b*q", "maximize u = (1 - on)*b*x - abs(on*x - q)", "x <= 4"),
    ],
)
def test_followers_answer_as_written(tmp_path: Path, leader: str, follower: str, row: str) -> None:
    """The follower's best answers at each decision of the leader, from a grid that holds every kink; among these the
    leader picks."""
    text = f"""game g
player lead {{ var q integer in [0, 3] var b binary {leader} }}
player fol follows lead {{ var x in [-2, 4] var on binary {follower} constraint c: {row} }}
"""
    path = tmp_path / "model.game"
    path.write_text(text, "utf-8")
    names = {"abs": np.abs, "max": np.maximum, "min": np.minimum}
    low, high = (body.startswith("minimize") for body in (leader, follower))
    goal, effort = (body.split("= ", 1)[1] for body in (leader, follower))
    found = []
    for q, b in itertools.product(range(4), (0, 1)):
        x, on = np.meshgrid(X_GRID, [0, 1])
        at = {**names, "x": x, "on": on, "q": q, "b": b}
        left, right = row.split(" <= ")
        held = eval(left, at) <= float(right) + 1e-9
        cost = np.where(held, eval(effort, at) * (1 if high else -1), np.inf)
        if held.any():
            found += list(np.broadcast_to(eval(goal, at), x.shape)[cost <= cost.min() + 1e-9])
    result = solve(path)
    assert result.status is Status.OPTIMAL
    assert result.objectives["lead.v"] == pytest.approx(min(found) if low else max(found), abs=1e-5)
