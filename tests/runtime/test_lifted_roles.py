"""Absolute values, extremes, pieces, tiers and implications in every role of a game: alone, leader, follower, equal.

Each expected value is worked out in its test, or found there by enumeration.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from from_text import refused, solved

from runtime.result import Result, Status


def proven(found: Result, status: Status = Status.OPTIMAL) -> Result:
    assert found.status is status, (found.certificate.reasons, [d.headline for d in found.diagnostics])
    assert found.certificate.verified
    return found


def test_alone_every_form() -> None:
    """Term by term: x1 = -2 and x2 = 3 cost nothing, x3 = 6 costs 1 and max(.., 4) is 4; -min(y, 100) + 0.2*tiers falls
    until y = 100: -100 + 0.2*50; the pieces less 0.45*q are -2.5 at q = 150."""
    found = proven(
        solved("""
set T index t = 1..3
param a[t] = {1: -2, 2: 3, 3: 5}
player p {
  var x[t] in [-10, 10]
  var y in [0, 250]
  var q in [0, 150]
  minimize cost = sum(t) abs(x[t] - a[t]) + 0.1*max(x[1], x[2], 4) - min(y, 100)
      + piecewise(q; (0, 0), (100, 50), (200, 80)) - 0.45*q + 0.2*tiers(y; 100: 0.5, 200: 0.6, rest: 0.8)
  constraint c: abs(x[3]) >= 6
}
""")
    )
    assert found.objectives["p.cost"] == pytest.approx(1 + 0.4 - 90 - 2.5, abs=1e-6)
    assert found.value_of["x"].values == pytest.approx([-2, 3, 6], abs=1e-6)


def test_alone_implications_against_enumeration() -> None:
    """On or off by hand: x is within [1, 6] where it is on, 0 where not; s is 0 or within [3, 8]."""
    demand = [2, 7, 4]
    best = np.inf
    for on in product([0, 1], repeat=3):
        for s in [0.0, *np.linspace(3, 8, 501)]:
            x = [max(1.0, d - s) if o else 0.0 for o, d in zip(on, demand, strict=True)]
            if all(v <= 6 and (v + s >= d - 1e-9) for v, d in zip(x, demand, strict=True)):
                best = min(best, 2 * sum(x) + 5 * sum(on) + s)
    found = proven(
        solved("""
set T index t = 1..3
param d[t] = {1: 2, 2: 7, 3: 4}
player p {
  var on[t] binary
  var x[t] in [0, 10]
  var s semicontinuous in [3, 8]
  minimize cost = sum(t) (2*x[t] + 5*on[t]) + s
  constraint cover[t]: x[t] + s >= d[t]
  constraint link[t]: not on[t] => x[t] <= 0
  constraint lim[t]: on[t] => 1 <= x[t] <= 6
}
""")
    )
    assert found.objectives["p.cost"] == pytest.approx(best, abs=1e-6)


FOLLOWER = (
    "player follower follows leader { var x[t] in [0, 10]  minimize miss = sum(t) (abs(x[t] - y[t]) + 0.1*x[t]) }"
)


def test_a_convex_follower_by_its_conditions() -> None:
    """x = y, as missing by one costs 1 and a unit of x 0.1. The leader: 2*|y - t| + x is least at y = t: 1 + 2 + 3."""
    found = proven(
        solved(
            "set T index t = 1..3 player leader { var y[t] in [0, 5]  minimize z = sum(t) (2*abs(y[t] - t) + x[t]) }"
            + FOLLOWER
        )
    )
    assert found.objectives["leader.z"] == pytest.approx(6, abs=1e-6)
    assert found.value_of["x"].values == pytest.approx([1, 2, 3], abs=1e-6)
    assert found.certificate.regret["follower"] <= 1e-6


def test_a_leader_with_lifted_binaries() -> None:
    """Maximise |y - 2| - 0.5*x with x = y in [0, 5]: 2 at y = 0, against 3 - 2.5 at y = 5. A maximised |.| needs a
    binary."""
    found = proven(
        solved(
            "set T index t = 1..3 player leader { var y[t] in [0, 5]  maximize z = sum(t) (abs(y[t] - 2) - 0.5*x[t]) }"
            + FOLLOWER
        )
    )
    assert found.objectives["leader.z"] == pytest.approx(6, abs=1e-6)


@pytest.mark.parametrize(("kind", "best"), [("max", 10.0), ("min", 5.0)])
def test_extremes_in_a_leader(kind: str, best: float) -> None:
    """The follower takes x = 10 - y; the leader wants `kind`(x, y) large: 10 at a corner for max, 5 in the middle for
    min."""
    found = proven(
        solved(f"""
player leader {{ var y in [0, 10]  maximize z = {kind}(x, y) }}
player follower follows leader {{ var x >= 0  maximize take = x  constraint cap: x + y <= 10 }}
""")
    )
    assert found.objectives["leader.z"] == pytest.approx(best, abs=1e-6)


def test_a_follower_with_tiers_reveals_its_price() -> None:
    """It buys up to 10 at 1 each and beyond at 3; worth 4 - d/5 a unit less the leader's tax. With tax y it takes
    4 - y - d/5 = 3 -> d = 5*(1 - y) beyond 10 never; at 1: d = 5*(3 - y) <= 10 for y >= 1. Tax income y*5*(3 - y) is
    best at 1.5, 11.25; for y < 1 it is at most 10."""
    found = proven(
        solved("""
player state { var y in [0, 4]  maximize income = y*d }
player firm follows state { var d in [0, 30]  minimize loss = tiers(d; 10: 1, rest: 3) - 4*d + 0.1*d^2 + y*d }
""")
    )
    assert found.objectives["state.income"] == pytest.approx(11.25, rel=1e-5)
    assert found.value_of["d"] == pytest.approx(7.5, abs=1e-2)


def test_equals_with_convex_lifted_costs() -> None:
    """a stays with b (|x - y|), b at half of a's and 1: x = y = 2."""
    found = proven(
        solved("""
player a { var x in [-9, 9]  minimize miss = abs(x - y) }
player b { var y in [-9, 9]  minimize miss = (y - 0.5*x - 1)^2 }
"""),
        Status.EQUILIBRIUM,
    )
    assert [found.value_of["x"], found.value_of["y"]] == pytest.approx([2, 2], abs=1e-5)


def test_a_market_with_tiered_supply() -> None:
    """Ten units at 1, more at 3; demand 20 - 5*p meets the ten at p = 2."""
    found = proven(
        solved("""
player supplier { var q in [0, 40]  maximize gain = p*q - tiers(q; 10: 1, rest: 3) }
player buyer { var d in [0, 40]  maximize gain = 4*d - 0.1*d^2 - p*d }
clear market: q >= d  price p in [0, 9]
"""),
        Status.EQUILIBRIUM,
    )
    assert found.price_of["p"] == pytest.approx(2, abs=1e-6)
    assert found.value_of["q"] == pytest.approx(10, abs=1e-6)


NOT_CONVEX = [
    ("maximize", "abs(x[t])", 10.0),
    ("minimize", "min(x[t], 3)", -4.0),
    ("minimize", "piecewise(x[t]; (0, 0), (1, 5), (4, 6))", -20.0),
]


@pytest.mark.parametrize(("sense", "form", "best"), NOT_CONVEX)
def test_an_equal_that_needs_binaries_answers_best(sense: str, form: str, best: float) -> None:
    """At the ends of [-2, 5]: 5 + 5, -2 - 2, and twice -2 with the slope 5 of the first piece."""
    found = proven(
        solved(f"""
set T index t = 1..2
player other {{ var y in [0, 5]  minimize cost = y }}
player p {{ var x[t] in [-2, 5]  {sense} z = sum(t) {form} + other.y }}
"""),
        Status.EQUILIBRIUM,
    )
    assert found.method == "best_response"
    assert found.objectives["p.z"] == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize(("sense", "form"), [row[:2] for row in NOT_CONVEX])
def test_a_follower_that_needs_binaries_is_refused_where_it_stands(sense: str, form: str) -> None:
    (finding,) = refused(
        f"""
set T index t = 1..2
player leader {{ var y in [0, 5]  minimize cost = y }}
player p follows leader {{ var x[t] in [-2, 5]  {sense} z = sum(t) {form} + leader.y }}
""",
        method="kkt",
    )
    assert finding.code == "G703"
    assert finding.span is not None
    assert finding.span.text == form
    assert f"needs a binary for `{form}`" in finding.headline


def test_an_implication_in_a_follower_is_refused() -> None:
    (finding,) = refused(
        """
player leader { var y in [0, 5]  minimize cost = y }
player p follows leader { var on binary  var x in [0, 5]  maximize z = x - on  constraint c: not on => x <= y }
""",
        method="kkt",
    )
    assert finding.code == "G703"
