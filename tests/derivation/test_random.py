"""Followers put together at random from terms, steps, conditions and sums: symbolic stationarity equals the flat one,
and strong duality is the sum of all products."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.pipeline import compile_source
from grammar.diagnostics import DiagnosticError
from grammar.source import Source
from tests.derivation.flat import Both

HEAD = """
set T index t, s = 1..4
set I index i, j = {a, b}
set Q in T index q = {2, 3}
param w[t] = {1: 2, 2: -3, 3: 0.5, 4: 7}
param d[i,t] = table {
      1   2   3   4
  a   1   2   3   4
  b   5  -6   7  -8
}
player lead { var z[t] in [-5, 5]  var u in [0, 3]  minimize far = sum(t) z[t] + u }
"""

NUMBERS = ("2", "w[t]", "d[i,t]", "-1.5", "(w[t] + 1)", "ord(t)")
DATA = (*NUMBERS, "z[t]", "u", "w[t]*u")
OWN = ("x[t]", "y[t]", "h", "tot", "x[first(T)]", "y[2]")
STEPS = ("x[t-1]", "c[t-1]", "c[t+1]", "c[prev(t)]", "y[next(t)]", "y[t-1]")
GUARDS = {"y[next(t)]": "t < last(T)", "y[t-1]": "t > first(T)"}

one = st.sampled_from


@st.composite
def term(draw: st.DrawFn, pool: tuple[str, ...]) -> str:
    """A product of data and one variable, perhaps under a condition or inside a sum of its own."""
    factor, own = draw(one(DATA)), draw(one(pool))
    text = f"{factor}*{own}"
    match draw(st.integers(0, 4)):
        case 0 if "t" in own:
            return f"(if t in Q then {text} else {draw(one(NUMBERS))}*{draw(one(OWN))})"
        case 1:
            return f"(sum(s where s <= t) d[i,s]*{draw(one(('x[s]', 'y[s]', 'c[s]')))})"
        case 2:
            return f"(sum(q) {draw(one(('w[q]', 'z[q]')))}*{draw(one(('x[q]', 'y[q]')))})"
        case _:
            return text


@st.composite
def follower(draw: st.DrawFn) -> str:
    goals = [draw(term(OWN)) for _ in range(draw(st.integers(1, 3)))]
    squares = draw(st.lists(one(("(x[t] - u)^2", "(x[t] + y[t])^2", "x[t]*z[t]", "tot^2", "y[t]*h")), max_size=2))
    rows = []
    for k in range(draw(st.integers(1, 3))):
        stepped = draw(st.lists(one(STEPS), max_size=2))
        parts = [draw(term(OWN)), *(f"{draw(one(NUMBERS))}*{x}" for x in stepped)]
        guards = [GUARDS[x] for x in stepped if x in GUARDS]
        where = f" where {' and '.join(guards)}" if guards else ""
        relation = draw(one(("<=", ">=", "==")))
        rows.append(f"constraint row{k}[t{where}]: {' + '.join(parts)} {relation} {draw(one(DATA))} + x[t]")
    word = draw(one(("minimize", "maximize")))
    return f"""
      player f[i] follows lead {{
        var x[t] in [0, 9] starts 2
        var y[t] in [-1, w[t] + 20]
        var c[t] >= 0 cyclic
        var h in [0, u]
        let tot = sum(t) d[i,t]*(x[t] - y[t])
        {word} goal = sum(t) ({" + ".join([*goals, *squares])})
        {" ".join(rows)}
      }}"""


def both_of(text: str, form: str) -> Both | None:
    try:
        return Both.of(compile_source(Source("model.game", text), _no_files), form)
    except DiagnosticError as error:
        # A row in which the data leave none of the follower's own variables, and the like.
        if {d.code for d in error.diagnostics} <= {"G607", "G608"}:
            return None
        raise


def _no_files(name: str) -> str:
    raise FileNotFoundError(name)


@settings(max_examples=25)
@given(follower(), st.integers(0, 1000))
def test_random_followers(body: str, seed: int) -> None:
    both = both_of(HEAD + body, "duality")
    if both is None:
        return
    z = both.random_point(seed)
    assert both.symbolic(z) == pytest.approx(both.flat(z), rel=1e-9, abs=1e-8)
    assert both.duality(z) == pytest.approx(both.products(z), rel=1e-8, abs=1e-6)
