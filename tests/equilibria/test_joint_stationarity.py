"""All leaders' stationarity at once: equilibria by closed forms and from the literature, points that are stationary and
no more told as such, and each answer against an enumeration of what a leader could do instead."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

import gamec
from runtime.result import Result
from tests.equilibria import games_of_leaders
from tests.equilibria.games_of_leaders import OFFERS

solved = partial(games_of_leaders.solved, method="joint_stationarity")
# Bounds are proven to 1e-6 of the objective, which may be some times the terms that regrets are relative to.
certified = partial(games_of_leaders.certified, method="joint_stationarity", gain=5e-6)


def none_found(found: Result) -> str:
    """What the message says of a game in which no equilibrium was found."""
    assert found.status is gamec.Status.NOT_VERIFIED
    assert [d.code for d in found.diagnostics] == ["G808"]
    return "\n".join((found.diagnostics[0].headline, *found.diagnostics[0].notes))


def firms(leaders: tuple[float, ...], followers: tuple[float, ...]) -> str:
    """Firms with these costs that move first, and firms that answer; price 100 - sum of all."""
    moves = " + ".join([*(f"a{k}.q" for k in range(len(leaders))), *(f"b{k}.r" for k in range(len(followers)))])
    first = [f"player a{k} {{ var q in [0, 100]  maximize profit = (price - {c})*q }}" for k, c in enumerate(leaders)]
    above = ", ".join(f"a{k}" for k in range(len(leaders)))
    second = [
        f"player b{k} follows {above} {{ var r in [0, 100]  maximize gain = (price - {c})*r }}"
        for k, c in enumerate(followers)
    ]
    return "\n".join([f"let price = 100 - ({moves})", *first, *second])


@pytest.mark.parametrize(
    ("leaders", "followers"), [((10.0, 16.0), (10.0,)), ((10.0, 14.0), (12.0, 20.0)), ((10.0, 10.0, 12.0), (15.0,))]
)
def test_firms_that_move_first(leaders: tuple[float, ...], followers: tuple[float, ...]) -> None:
    """Followers leave the price (100 + sum of their costs - Q)/(K + 1), whose slope 1/(K + 1) leaders know: theirs is
    (price - cost)*(K + 1) each (Sherali 1984)."""
    found = certified(solved(firms(leaders, followers)))
    k, room = len(followers) + 1, 100 + sum(followers)
    # price*k = room - sum over leaders of (price - c)*k
    price = (room + k * sum(leaders)) / (k + k * len(leaders))
    for number, cost in enumerate(leaders):
        assert found.value_of[f"a{number}.q"] == pytest.approx((price - cost) * k, abs=1e-5)
    for number, cost in enumerate(followers):
        name = f"b{number}.r" if k > 2 else "r"
        assert found.value_of[name] == pytest.approx(price - cost, abs=1e-5)


def two_nodes(capacity: float, begin: str = "") -> str:
    """A producer without costs at each of two nodes with demand 10 - price, joined by a line."""
    return f"""
player one {{ var q in [0, 20] {begin}  maximize profit = west*q }}
player two {{ var q in [0, 20] {begin}  maximize profit = east*q }}
player operator "most surplus" follows one, two {{
  var d1 in [0, 20]
  var d2 in [0, 20]
  var flow in [-{capacity}, {capacity}]  "from west to east"
  maximize surplus = 10*d1 - 0.5*d1^2 + 10*d2 - 0.5*d2^2
  constraint in_west: d1 + flow == one.q  price west
  constraint in_east: d2 - flow == two.q  price east
}}
"""


def test_two_nodes_with_a_line_that_is_wide_enough() -> None:
    """Borenstein, Bushnell and Stoft, RAND J. Econ. 31 (2000) 294: with a line of more than 10 - 2*sqrt(200/9) = 0.57
    both producers are as in one market, 20/3 each, and nothing flows."""
    found = certified(solved(two_nodes(1.0)))
    assert found.value_of["one.q"] == pytest.approx(20 / 3, abs=1e-5)
    assert found.value_of["two.q"] == pytest.approx(20 / 3, abs=1e-5)
    assert found.value_of["flow"] == pytest.approx(0, abs=1e-5)
    assert found.price_of["west"] == pytest.approx(10 / 3, abs=1e-5)


def test_two_nodes_with_a_thin_line_have_no_equilibrium() -> None:
    """The same with 0.3: at 20/3 each, which is stationary for both, one gains by letting the line fill up and being
    alone with what demand is left, 9.7: it then makes 4.85^2 instead of 200/9."""
    words = none_found(solved(two_nodes(0.3, "start 6.5"), starts=1))
    assert "no equilibrium found from 1 start" in words
    assert "stationary for all: one.q = 6.66667, two.q = 6.66667" in words
    assert "where a follower's answer bends" in words
    assert "there may be an equilibrium elsewhere, or none" in words
    gain = 4.85**2 - 200 / 9
    assert f"`one` gains {gain:.4g}" in words
    assert f"`two` gains {gain:.4g}" in words


def test_two_nodes_without_a_line() -> None:
    """Two monopolies."""
    found = certified(solved(two_nodes(0.0)))
    assert found.value_of["one.q"] == pytest.approx(5, abs=1e-5)
    assert found.value_of["two.q"] == pytest.approx(5, abs=1e-5)


def test_producers_that_bid_the_intercepts_of_their_costs() -> None:
    """Hobbs, Metzler and Pang, IEEE Trans. Power Syst. 15 (2000) 638; the bid-a games of Hu and Ralph (2007), at one
    node. The operator takes bid + slope*q for costs. With S the sum of 1/slope and of demand's, the price rises by
    1/(slope*S) with a bid, so dq = (1/(slope*S) - 1)/slope, and q/(slope*S) + (price - cost - slope*q)*dq = 0."""
    cost, slope, top, steep = np.array([10.0, 14.0]), np.array([0.5, 0.8]), 100.0, 0.4
    steepness = float(np.sum(1 / slope) + 1 / steep)
    rise = 1 / (slope * steepness)
    fall = (rise - 1) / slope
    # Columns: price, both quantities.
    system = np.zeros((3, 3))
    system[0], right = [1 / steep, 1.0, 1.0], np.array([top / steep, *(cost * fall)])
    system[1:, 0] = fall
    system[1:, 1:] = np.diag(rise - slope * fall)
    price, *made = np.linalg.solve(system, right)
    found = certified(
        solved("""
player one { var bid in [0, 100]  maximize profit = (lmp - 10)*q1 - 0.25*q1^2 }
player two { var bid in [0, 100]  maximize profit = (lmp - 14)*q2 - 0.4*q2^2 }
player operator follows one, two {
  var q1 in [0, 500]
  var q2 in [0, 500]
  var d in [0, 500]
  minimize loss = one.bid*q1 + 0.25*q1^2 + two.bid*q2 + 0.4*q2^2 - 100*d + 0.2*d^2
  constraint balance: q1 + q2 - d == 0  price lmp
}
""")
    )
    assert found.price_of["lmp"] == pytest.approx(price, abs=1e-5)
    assert [found.value_of["q1"], found.value_of["q2"]] == pytest.approx(made, abs=1e-5)
    bids = price - slope * np.array(made)
    assert [found.value_of["one.bid"], found.value_of["two.bid"]] == pytest.approx(bids, abs=1e-5)


PANG_FUKUSHIMA = """
player one { var x in [0, 1]  minimize cost = 0.5*x + y }
player two { var x in [0, 1]  minimize cost = -0.5*x - y }
player below follows one, two { var y in [0, inf]  minimize cost = y*(one.x + two.x - 1) + 0.5*y^2 }
"""


def test_pang_and_fukushima_without_an_equilibrium() -> None:
    """Example 4 of Pang and Fukushima, Comput. Manag. Sci. 2 (2005) 21 (`ex-4` of MacEPEC). The answer is
    max(0, 1 - x1 - x2), so the first wants x1 = 1 - x2 and the second an end of [0, 1], 0 while x1 < 1/2 and else 1."""
    words = none_found(solved(PANG_FUKUSHIMA, starts=3))
    assert "stationary for all: one.x = 0.5, two.x = 0.5; `two` gains 0.25 at most" in words


def test_pang_and_fukushima_where_the_second_does_not_see_the_follower() -> None:
    """Then it chooses 1, and the first 0."""
    found = certified(solved(PANG_FUKUSHIMA.replace("-0.5*x - y", "-0.5*x")))
    assert found.value_of["one.x"] == pytest.approx(0, abs=1e-5)
    assert found.value_of["two.x"] == pytest.approx(1, abs=1e-5)
    assert found.value_of["y"] == pytest.approx(0, abs=1e-5)


def test_macepec_ex_001() -> None:
    """`ex-001` of Leyffer's MacEPEC: each leader minimises (x + 1)^2, the follower keeps x1 + x2 + y >= 0."""
    found = certified(
        solved("""
player one { var x in [-10, 10]  minimize cost = (x + 1)^2 }
player two { var x in [-10, 10]  minimize cost = (x + 1)^2 }
player below follows one, two { var y in [0, inf]  minimize cost = y*(one.x + two.x) + 0.5*y^2 }
""")
    )
    values = [found.value_of[name] for name in ("one.x", "two.x", "y")]
    assert values == pytest.approx([-1, -1, 2], abs=1e-5)


def test_offers_at_cost_are_stationary_and_no_equilibrium() -> None:
    """Both offer what it costs them, 10: nobody gains by a little more, which it would not sell. But each is needed:
    at the cap, 90, it sells 40, and gains 80*40 (von der Fehr and Harbord, Econ. J. 103 (1993) 531)."""
    found = solved(OFFERS, starts=2)
    words = none_found(found)
    assert any("diagonalisation" in hint.text for hint in found.diagnostics[0].hints)
    assert "are stationary for everybody, but somebody gains by a longer way" in words
    assert "stationary for all: one.offer = 10, two.offer = 10; `one` gains 3200 at most, `two` gains 3200" in words


def test_leaders_with_followers_of_their_own() -> None:
    """As in `test_leaders`: q = (84 - other)/4 = 84/5."""
    found = certified(
        solved("""
set F index f, g = 1..2
player mine[f] { var w in [0, 90]  maximize profit = (w - 6)*mill[f].q }
player mill[f] follows mine[f] { var q in [0, 90]  maximize gain = (90 - sum(g) mill[g].q - mine[f].w)*q }
""")
    )
    w = found.value_of["w"]
    assert not isinstance(w, float)
    assert w.values == pytest.approx([(96 - 84 / 5) / 2] * 2, abs=1e-5)


@pytest.mark.parametrize("method", ["joint_stationarity", pytest.param("diagonalisation", marks=pytest.mark.slow)])
def test_followers_that_share_a_limit_with_one_multiplier(method: str) -> None:
    """With m its worth, x = 10 - t1 - m and y = (20 - t2 - m)/2 add up to 8, so x = 2 - t1/3 + t2/3 and y = 8 - x. The
    first wants 2 + t2/3 = 13/15*t1, the second 6 + t1/3 = 13/15*t2."""
    first, second = np.linalg.solve([[13 / 15, -1 / 3], [-1 / 3, 13 / 15]], [2.0, 6.0])
    found = solved(
        """
player one { var t in [0, 10]  maximize gain = t*a.x - 0.1*t^2 }
player two { var t in [0, 10]  maximize gain = t*b.y - 0.1*t^2 }
player a follows one, two { var x in [0, 20]  minimize loss = 0.5*x^2 - 10*x + one.t*x }
player b follows one, two { var y in [0, 20]  minimize loss = y^2 - 20*y + two.t*y }
shared cap: a.x + b.y <= 8  price worth
""",
        method=method,
    )
    assert found.status is gamec.Status.EQUILIBRIUM
    assert found.value_of["one.t"] == pytest.approx(first, abs=1e-5)
    assert found.value_of["two.t"] == pytest.approx(second, abs=1e-5)
    x = 2 - first / 3 + second / 3
    assert [found.value_of["x"], found.value_of["y"]] == pytest.approx([x, 8 - x], abs=1e-5)
    assert found.price_of["worth"] == pytest.approx(-(10 - first - x), abs=1e-5)


def test_a_leader_beside_a_player_that_nobody_follows() -> None:
    """As in `test_leaders`: c = 90/5, a = (90 - c)/2."""
    found = certified(
        solved("""
let sold = a + b + c
player first { var a in [0, 90]  maximize profit = (90 - sold)*a }
player second follows first { var b in [0, 90]  maximize gain = (90 - sold)*b }
player third { var c in [0, 90]  maximize yield = (90 - sold)*c }
""")
    )
    assert [found.value_of[name] for name in ("a", "b", "c")] == pytest.approx([36, 18, 18], abs=1e-5)


STEPS = ((20.0, 30.0), (35.0, 20.0), (60.0, 80.0))
"""Plants of others: cost, capacity."""


def market(limits: str = "") -> str:
    plants = "\n".join(f"  var g{k} in [0, {top}]" for k, (_, top) in enumerate(STEPS))
    cost = " + ".join(f"{c}*g{k}" for k, (c, _) in enumerate(STEPS))
    made = " + ".join(f"g{k}" for k in range(len(STEPS)))
    return f"""
player one {{ var q in [0, 70]  maximize profit = (lmp - 12)*q - 0.2*q^2 {limits} }}
player two {{ var q in [0, 70]  maximize profit = (lmp - 18)*q - 0.1*q^2 }}
player operator follows one, two {{
{plants}
  var d in [0, 150]
  maximize surplus = 120*d - 0.5*d^2 - ({cost})
  constraint balance: d - ({made}) == one.q + two.q  price lmp
}}
"""


def clearing_price(sold: np.ndarray) -> np.ndarray:
    """The least price at which demand 120 - price is met by leaders' `sold` and others' plants: by bisection."""
    low, high = np.zeros_like(sold), np.full_like(sold, 120.0)
    for _ in range(60):
        middle = 0.5 * (low + high)
        offered = sold + sum(np.where(middle > cost, top, 0.0) for cost, top in STEPS)
        enough = offered >= 120 - middle
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


@pytest.mark.parametrize("limits", ["", "constraint hours: q <= 25"])
def test_a_market_with_steps_against_all_other_quantities(limits: str) -> None:
    """Whatever either producer offers instead, in steps of 0.01, does not pay."""
    found = certified(solved(market(limits)))
    q = np.array([found.value_of["one.q"], found.value_of["two.q"]], np.float64)
    other = np.arange(0, 70.005, 0.01)
    tops = (25.0 if limits else 70.0, 70.0)
    worth: tuple[Callable[[np.ndarray, np.ndarray], np.ndarray], ...] = (
        lambda price, sold: (price - 12) * sold - 0.2 * sold**2,
        lambda price, sold: (price - 18) * sold - 0.1 * sold**2,
    )
    for k, profit in enumerate(worth):
        mine = other[other <= tops[k] + 1e-9]
        best = float(np.max(profit(clearing_price(mine + q[1 - k]), mine)))
        assert found.objectives[f"{('one', 'two')[k]}.profit"] >= best - 1e-5 * abs(best)


@pytest.mark.slow
def test_several_starts_tell_all_equilibria_they_find() -> None:
    """z is the mean of both, so that each gains (x + y)/2*x - 0.6*x: convex, at an end of [0, 1], and at 1 only if the
    other one is. x = y = 0.4 is stationary, a minimum for both."""
    text = """
player one { var x in [0, 1]  maximize gain = z*x - 0.6*x }
player two { var y in [0, 1]  maximize gain = z*y - 0.6*y }
player echo follows one, two { var z in [0, 2]  minimize miss = (z - 0.5*x - 0.5*y)^2 }
"""
    found = certified(solved(text, starts=8))
    assert "2 equilibria from 8 starts" in found.choice


def test_the_same_seed_gives_the_same_answer() -> None:
    found, again = (solved(PANG_FUKUSHIMA, starts=3, seed=5) for _ in range(2))
    assert again.value_of == found.value_of
    assert [step.objectives for step in again.history] == [step.objectives for step in found.history]
    assert [d.notes for d in again.diagnostics] == [d.notes for d in found.diagnostics]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            """
player one { var x in [0, 1] integer  minimize cost = y - x }
player two { var x in [0, 1]  minimize cost = y + x }
player below follows one, two { var y in [0, 1]  minimize miss = (y - one.x - two.x)^2 }
""",
            "whole numbers",
        ),
        ("player one { var x in [0, 1]  minimize cost = x }", "not several players on top"),
    ],
)
def test_games_it_does_not_take(text: str, words: str) -> None:
    with pytest.raises(gamec.DiagnosticError) as error:
        solved(text)
    assert words in error.value.diagnostics[0].headline
