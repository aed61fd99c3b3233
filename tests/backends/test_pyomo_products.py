"""Scripts with products of binaries: what they say is what gamec says, which tests/lifting compares with every value of
the binaries; what they refuse has a way out."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from runtime import session
from tests.backends import scripts

HEAD = "var x in [-2, 4] var y in [0, 3] var b binary var c integer in [0, 1]"


@pytest.mark.parametrize(
    "body",
    [
        "maximize v = b*(x - 1) - 0.5*x - y",
        "minimize v = -3*b*(x + 2*y - 1)/2 + y + b",
        "minimize v = (1 - b)*x*c - (1 - c)*y + 0.5*b",
        "minimize v = x*b^2 + b^3 - b*b*c*2 + 0.1*x",
        "maximize v = b*max(x, y) - max(c*x, 1) - 0.3*b",
        "maximize v = abs(b*x - c) - y*c",
        "minimize v = piecewise(b*x; (-1, 1), (0, 0), (2, 3), (3, 1)) - 0.1*x*(1 - c)",
        "let a = b*x let d = 1 - c maximize v = a*d - a + d - 0.5*x",
        "minimize v = x + y constraint k: b*x + 2*c*y >= 5",
        "minimize v = x constraint k: b => x*c >= 1 constraint l: b*c >= 0.5",
        "minimize v = b*2 - 3*b*c",
    ],
)
def test_script_says_what_gamec_says(body: str, tmp_path: Path) -> None:
    text = f"game g\nplayer p {{ {HEAD} {body} }}\n"
    path = tmp_path / "model.game"
    path.write_text(text, "utf-8")
    found = scripts.run_here(scripts.script_of_text(text), tmp_path)
    expected = session.solve(path).objectives["p.v"]
    assert found["p.v"] == pytest.approx(expected, abs=1e-6)


def test_script_finds_the_best_of_all_values_of_the_binaries(tmp_path: Path) -> None:
    """Two binaries by instance, indexed by pairs, of which a starting value is the first."""
    text = """game g
set T index t, on = 1..2
set K index k = {u, v}
param gain[k,t] = {(u, 1): 3, (u, 2): -1, (v, 1): 2, (v, 2): 4}
player p {
  var open[k,t] binary starts 1
  var x[k,t] in [-1, t]
  maximize v = sum(k,t) gain[k,t]*open[k,t]*x[k,t] - sum(k,on) open[k,on]*(1 - open[k,on-1]) - sum(k,t) 0.5*x[k,t]^1
  constraint most[t]: sum(k) open[k,t]*(x[k,t] + 1) <= 2.5
  constraint once: sum(k,on) open[k,on]*open[k,on-1] <= 2
}
report total = sum(k,t) open[k,t]*x[k,t]
"""
    gain = {("u", 1): 3, ("u", 2): -1, ("v", 1): 2, ("v", 2): 4}
    places = list(gain)
    best = -np.inf
    for at in itertools.product((0, 1), repeat=4):
        on = dict(zip(places, at, strict=True))
        before = {(k, t): on[k, t - 1] if t > 1 else 1 for k, t in places}
        if sum(on[p] * before[p] for p in places) > 2:
            continue
        cost = [0.5 - gain[p] * on[p] for p in places]
        A = [[on[p] * (p[1] == t) for p in places] for t in (1, 2)]
        room = [2.5 - sum(on[p] for p in places if p[1] == t) for t in (1, 2)]
        found = linprog(cost, A_ub=A, b_ub=room, bounds=[(-1, t) for _, t in places])
        if found.status == 0:
            best = max(best, -found.fun - sum(on[p] * (1 - before[p]) for p in places))
    said = scripts.run_here(scripts.script_of_text(text), tmp_path)
    assert said["p.v"] == pytest.approx(best, abs=1e-6)


def test_a_fixed_binary_needs_no_bounds(tmp_path: Path) -> None:
    text = """game g
player p { var x >= 0 var b binary minimize v = x - b constraint c: b*x + x >= 4 }
case on { fix p.b = 1 }
"""
    found = scripts.run_here(scripts.script_of_text(text, "on"), tmp_path)
    assert found["p.v"] == pytest.approx(1)


def test_a_binary_times_a_multiplier_stays_a_product(tmp_path: Path) -> None:
    """In the single level of a game: the multiplier has no bounds, the quantity has. With b = 0 and q = 1 or more the
    follower takes 5 units, which bring 3 each, for 2*q."""
    text = """game g
player lead { var b binary var q in [0, 2] maximize v = 3*x - 2*q - b }
player fol follows lead {
  var x in [0, 5]
  minimize u = (1 - q)*x + x*b
  constraint c: b*x <= 3
}
"""
    found = scripts.run_here(scripts.script_of_text(text), tmp_path)
    assert found["lead.v"] == pytest.approx(13, abs=1e-5)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("var d binary minimize v = (b + d)*x", "(b + d)*x"),
        ("var d binary minimize v = b*(c + d)*(c + d) - b + x", "b*(c + d)*(c + d)"),
        ("var d binary minimize v = b*x*(2 - c)*(3 - d)", "b*x*(2 - c)*(3 - d)"),
        ("var u constraint k: -2 <= u <= 2 minimize v = b*u", "b*u"),
        ("minimize v = sum(t) s[t-1]*x", "s[t-1]*x"),
    ],
)
def test_what_a_script_cannot_say(body: str, place: str) -> None:
    text = f"game g set T index t = 1..2 player p {{ {HEAD} var s[t] binary starts 0.5 {body} }}"
    found = scripts.refused(text)
    assert len(found) == 1
    assert found[0].startswith(f"G107 1:{place}: ")
