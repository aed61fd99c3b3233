"""Symbolic stationarity of followers equals `s*c - A'y` of the flat arrays at random points, for every construct that
changes a derivative."""

# ruff: noqa: E501 - one construct, one line
from __future__ import annotations

from pathlib import Path

import pytest

from compiler.pipeline import compile_file, compile_source
from grammar.source import Source
from tests.derivation.flat import Both

MODELS = Path(__file__).parents[2] / "models"

CASES = [
    ("toy", None),
    ("storage_alliance", None),
    ("storage_alliance", "case3"),
    ("industrial_park_market", None),
    ("industrial_park_market", "dear"),
    ("industrial_park_market", "response"),
]

HEAD = """
set T index t, s = 1..4
set N index n = {a, b, c}
set P in T index q = {2, 3}
set I index i, j = {x1, x2}
set Link in N * T = {(a, 1), (b, 2), (b, 4), (c, 3)}
param w[t] = {1: 2, 2: -3, 3: 0.5, 4: 7}
param v[n] = {a: 1.5, b: -2, c: 4}
param d[i,t] = table {
       1   2   3   4
  x1   1   2   3   4
  x2   5  -6   7  -8
}
param lag = 2
player lead {
  var z[t] in [-5, 5]
  var u in [0, 3]
  minimize far = sum(t) z[t] + u
}
"""

BODIES = {
    "sum": "var y[t] in [0, w[t] + 9]  minimize f = sum(t) w[t]*y[t]  constraint c[t]: y[t] <= z[t]",
    "sum over others": "var y[t] in [0, 9]  minimize f = sum(t) y[t]  constraint c[t]: sum(s where s <= t) y[s] >= w[t]",
    "square of a sum": "var y[t] in [0, 9]  minimize f = (sum(t) w[t]*y[t] - u)^2  constraint c: sum(t) y[t] == 3",
    "product of sums": "var y[t] in [0, 9]  minimize f = (sum(t) y[t])*(sum(t) z[t]) + (sum(s) w[s]*y[s])*u",
    "quadratic": "var y[t] in [0, 9]  minimize f = sum(t) (y[t]^2 + y[t]*z[t] + (y[t] - u)^2)",
    "product of own": "var y[t] in [0, 9]  var h[t] in [0, 9]  minimize f = sum(t) (y[t] + 2*h[t])^2",
    "starts": "var y[t] in [0, 9] starts 3 ends 4  minimize f = sum(t) y[t]  constraint c[t]: y[t] == w[t]*y[t-1] + z[t]",
    "starts with a leader's": "var y[t] in [0, 9] starts u  minimize f = sum(t) y[t]  constraint c[t]: y[t] <= y[t-1] + 1",
    "ends at least": "var y[t] in [0, 9] starts 1 ends >= u  minimize f = sum(t) y[t]  constraint c[t]: y[t] <= y[t-1] + 1",
    "cyclic": "var y[t] in [0, 9] cyclic  minimize f = sum(t) y[t]  constraint c[t]: y[t] == 0.5*y[t-1] + z[t]",
    "cyclic with data": "var y[t] in [0, 9] cyclic  minimize f = sum(t) y[t]  constraint c[t]: y[t] >= w[t]*y[prev(t)] + 1",
    "cyclic forward": "var y[t] in [0, 9] cyclic  minimize f = sum(t) y[t]  constraint c[t]: w[t]*y[t+1] >= y[t]",
    "cyclic in the objective": "var y[t] in [0, 9] cyclic  minimize f = sum(t) (y[t] - y[t-1])^2",
    "two steps round": "var y[t] in [0, 9] cyclic  minimize f = sum(t) y[t]  constraint c[t]: y[t] >= 0.5*y[prev(t, 2)] + 1",
    "guarded": "var y[t] in [0, 9]  minimize f = sum(t) y[t]  constraint c[t where t > first(T)]: w[t]*y[t] >= y[t-1]",
    "guarded forward": "var y[t] in [0, 9]  minimize f = sum(t) y[t]  constraint c[t where t < last(T)]: y[t+1] - y[t] <= 1",
    "a lag from data": "var y[t] in [0, 9]  minimize f = sum(t) y[t]  constraint c[t where t > lag]: y[t] >= y[t-lag]",
    "prev of names": "var y[n] in [0, 9]  minimize f = sum(n) y[n]  constraint c[n where n > first(N)]: v[n]*y[prev(n)] <= y[n]",
    "next over a subset": "var y[t] in [0, 9]  minimize f = sum(t) y[t]  constraint c[q where q < last(P)]: y[next(q)] >= 2*y[q]",
    "a step over a subset": "var y[t] in [0, 9]  minimize f = sum(t) y[t]  constraint c[q]: w[q]*y[q-1] + y[q] >= z[q+1]",
    "edges": "var y[t] in [0, 9]  minimize f = y[first(T)] + 2*y[last(T)] + 3*y[2] + w[3]*y[lag]",
    "subset": "var y[q] in [0, 9]  minimize f = sum(q) w[q]*y[q]  constraint c[t where t in P]: y[t] >= z[t]",
    "pairs": "var y[(n,t) in Link] in [0, 9]  minimize f = sum((n,t) in Link) v[n]*w[t]*y[n,t]"
    "  constraint c[n]: sum((m,t) in Link where m == n) y[m,t] >= 1",
    "pairs over a full variable": "var y[n,t] in [0, 9]  minimize f = sum(n,t) y[n,t]"
    "  constraint c[(n,t) in Link]: y[n,t] >= v[n]  constraint e: sum((n,t) in Link) w[t]*y[n,t] <= 9",
    "where": "var y[n,t where w[t] > 0] in [0, 9]  minimize f = sum(n,t where w[t] > 0) y[n,t]"
    "  constraint c[t where w[t] > 0]: sum(n where v[n] > 0) y[n,t] >= 1",
    "if": "var y[t] in [0, 9]  var h in [0, 1]  minimize f = sum(n) (if n == a then h else if n == b then y[1] else y[2])*v[n]",
    "if on data": "var y[t] in [0, 9]  minimize f = sum(t) (if w[t] > 0 then w[t]*y[t] else y[t]^2)",
    "mean": "var y[t] in [0, 9]  minimize f = mean(t where t > 1) w[t]*y[t]",
    "division": "var y[t] in [0, 9]  minimize f = sum(t) y[t]/w[t]/2  constraint c[t]: -y[t]/w[t] <= -(y[t] + z[t])/4",
    "lets": "var y[t] in [0, 9]  let a[t] = w[t]*y[t] + z[t]  let b[s] = a[s] + (if s > 1 then a[s-1] else 0)"
    "  minimize f = sum(t) b[t]  constraint c[t where t < last(T)]: b[t+1] >= sum(s where s != t) a[s]",
    "a let used at an element": "var y[t] in [0, 9]  let a[t] = w[t]*y[t]  minimize f = a[2] + 3*a[last(T)]",
    "range": "var y[t] in [0, 9]  minimize f = sum(t) y[t]  constraint c[t]: -1 <= w[t]*y[t] + z[t] <= 8",
    "bounds with a leader's": "var y[t] >= -u <= z[t]  minimize f = sum(t) y[t]",
    "maximise": "var y[t] in [0, 9]  maximize f = sum(t) (w[t]*y[t] - y[t]^2)  constraint c: sum(t) y[t] <= u  price p",
    "bilinear row": "var y[t] in [0, 9]  minimize f = sum(t) y[t]  constraint c[t]: z[t]*y[t] + u*y[1] <= 4",
    "nested sums": "var y[t] in [0, 9]  minimize f = sum(n) v[n]*(sum(t where t > 1) w[t]*(sum(s where s < t) y[s]))",
    "a set in place": "var y[t] in [0, 9]  minimize f = sum(s in {2, 4}) w[s]*y[s] + sum(t in 1..2) y[t]",
    "a filtered set": "var y[t] in [0, 9]  minimize f = sum(t) y[t]"
    "  constraint c[t]: sum(s in {s in T where s >= t}) w[s]*y[s] <= 5",
}

GAMES = {
    "indexed followers": """
      player f[i] follows lead {
        var y[t] in [0, d[i,t] + 9]
        minimize cost = sum(t) d[i,t]*y[t] + (sum(j) w[1]*f[j].y[1])*y[1] + (sum(t) y[t])^2
        constraint c[t]: y[t] >= z[t] - d[i,t]
        constraint e: sum(t) y[t] <= sum(j,t) f[j].y[t]
      }""",
    "two families": """
      player f[i] follows lead {
        var y[t] in [0, 9]
        maximize gain = sum(t) (z[t] - g.h[t])*y[t]
        constraint c: sum(t) y[t] <= 5 price worth
      }
      player g follows lead {
        var h[t] in [0, 9]
        minimize cost = sum(i,t) h[t]*f[i].y[t] - sum(t) w[t]*h[t] + h[1]^2
      }""",
    "market": """
      player f[i] follows lead {
        var y[t] in [0, 9]
        maximize gain = sum(t) (lmp[t] - d[i,t])*y[t]
      }
      clear balance[t]: sum(i) y[i,t] >= z[t] price lmp[t] in [0, 50]""",
    "shared": """
      player f[i] follows lead {
        var y[t] in [0, 9]
        minimize cost = sum(t) d[i,t]*y[t]
      }
      player g follows lead {
        var h in [0, 9]
        maximize gain = h
      }
      shared line[t]: sum(i) w[t]*y[i,t] + h <= z[t] + 20 price mu[t]
      shared own[s]: sum(i) y[i,s] - 2*h >= -9 price nu[s] individual""",
    "an instance of a player": """
      player f[i] follows lead {
        var y[t] in [0, 9]
        minimize cost = sum(t) d[i,t]*y[t] + (if i == x1 then y[2] else 3*y[3])
        constraint c[t where i == x2]: y[t] >= 1
      }""",
}

FIXED = {
    "everywhere": "fix y[t] = 2",
    "at an element": "fix y[3] = 2",
    "where": "fix y[t where t > 2] = w[t]",
    "of a subset": "fix y[q] = 1",
}


def agree(both: Both, seed: int = 0) -> None:
    z = both.random_point(seed)
    symbolic, flat = both.symbolic(z), both.flat(z)
    assert symbolic.keys() == flat.keys()
    assert symbolic == pytest.approx(flat, rel=1e-9, abs=1e-9)


def of_text(text: str, case: str | None = None) -> Both:
    return Both.of(compile_source(Source("model.game", text), _no_files, case=case))


def _no_files(name: str) -> str:
    raise FileNotFoundError(name)


@pytest.mark.parametrize(("model", "case"), CASES)
def test_models(model: str, case: str | None) -> None:
    agree(Both.of(compile_file(MODELS / model / f"{model}.game", case=case)))


@pytest.mark.parametrize("name", BODIES)
def test_construct(name: str) -> None:
    agree(of_text(f"{HEAD} player follow follows lead {{ {BODIES[name]} }}"))


@pytest.mark.parametrize("name", GAMES)
def test_several_followers(name: str) -> None:
    agree(of_text(HEAD + GAMES[name]))


@pytest.mark.parametrize("name", FIXED)
def test_fixed_by_a_case(name: str) -> None:
    body = "var y[t] in [0, 9]  minimize f = sum(t) w[t]*y[t]  constraint c[t]: y[t] <= z[t]"
    agree(of_text(f"{HEAD} player follow follows lead {{ {body} }} case one {{ {FIXED[name]} }}", "one"))


def test_equals_without_a_leader() -> None:
    agree(of_text(HEAD.replace("player lead", "player other") + GAMES["two families"].replace("follows lead", "")))


# The flat game has one bound where `ends` is beside another one, so their products are not the same.
DUAL = [name for name, body in BODIES.items() if "ends 4" not in body]


@pytest.mark.parametrize("name", [*DUAL, "two families", "market", "an instance of a player"])
def test_strong_duality_is_the_sum_of_all_products(name: str) -> None:
    """`sum x*dL/dx + sum multiplier*gap` is `sum x*d(s*f)/dx + sum multiplier*gap[x = 0]` where gaps are linear in x."""
    text = HEAD + (GAMES[name] if name in GAMES else f" player follow follows lead {{ {BODIES[name]} }}")
    compiled = compile_source(Source("model.game", text), _no_files)
    both = Both.of(compiled, "duality")
    z = both.random_point(1)
    assert both.duality(z) == pytest.approx(both.products(z), rel=1e-9, abs=1e-9)
