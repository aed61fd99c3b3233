"""Several leaders: closed forms, each leader's regret, and that diagonalisation agrees with what one level says."""

from __future__ import annotations

from functools import partial

import pytest

import gamec
from tests.equilibria import games_of_leaders
from tests.equilibria.games_of_leaders import OFFERS, solved

certified = partial(games_of_leaders.certified, method="diagonalisation")


def quantities(leaders: int, followers: int) -> str:
    """Firms that move first and firms that answer, price 100 - sum of all, cost 10 (Sherali 1984)."""
    return f"""
set L index l, m = 1..{leaders}
set K index k, j = 1..{followers}
let sold = sum(m) lead[m].q + sum(j) answer[j].r
player lead[l] {{ var q in [0, 100]  maximize profit = (90 - sold)*q }}
player answer[k] follows lead {{ var r in [0, 100]  maximize gain = (90 - sold)*r }}
"""


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("leaders", "followers"),
    [(1, 1), (2, 1), *(pytest.param(*sizes, marks=SLOW) for sizes in ((1, 3), (2, 2), (3, 1)))],
)
def test_stackelberg_cournot(leaders: int, followers: int) -> None:
    """Leaders make 90/(L + 1) each, followers 90/((L + 1)*(K + 1))."""
    found = solved(quantities(leaders, followers))
    if leaders == 1:
        assert found.status is gamec.Status.OPTIMAL
    else:
        certified(found)
    q, r = found.value_of["q"], found.value_of["r"]
    assert not isinstance(q, float)
    assert not isinstance(r, float)
    assert q.values == pytest.approx([90 / (leaders + 1)] * leaders, abs=1e-5)
    assert r.values == pytest.approx([90 / (leaders + 1) / (followers + 1)] * followers, abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("options", [{"order": "jacobi", "damping": 0.5}, {"damping": 0.5}, {"proximal": 1.0}])
def test_every_way_of_iterating_ends_there(options: dict[str, object]) -> None:
    found = certified(solved(quantities(2, 1), **options))
    q = found.value_of["q"]
    assert not isinstance(q, float)
    assert q.values == pytest.approx([30, 30], abs=1e-5)


TWO_PRODUCERS = """
player one { var q in [0, 100]  maximize profit = (lmp - 10)*q }
player two { var q in [0, 100]  maximize profit = (lmp - 16)*q }
player market "clears what producers offer" follows one, two {
  var d in [0, 200]  "demand"
  maximize surplus = 100*d - 0.5*d^2
  constraint balance: d == one.q + two.q  price lmp
}
"""


def test_two_strategic_producers_above_a_market() -> None:
    """The price is what one more unit is worth, `100 - d`: Cournot, q1 = (100 - 2*10 + 16)/3, q2 = (100 - 2*16 +
    10)/3."""
    found = certified(solved(TWO_PRODUCERS))
    assert found.value_of["one.q"] == pytest.approx(32, abs=1e-5)
    assert found.value_of["two.q"] == pytest.approx(26, abs=1e-5)
    assert found.price_of["lmp"] == pytest.approx(42, abs=1e-5)


def test_two_producers_that_offer_prices() -> None:
    """Uniform price auction in which each is needed (von der Fehr and Harbord, Econ. J. 103 (1993) 531): one offers the
    cap and sells what is left, 40, the other offers less than 2/3 of its own gain and sells all, 60, at the cap."""
    found = certified(solved(OFFERS, starts=2))
    profits = sorted(found.objectives[f"{name}.profit"] for name in ("one", "two"))
    assert profits == pytest.approx([80 * 40, 80 * 60], rel=1e-6)


def test_leaders_with_followers_of_their_own() -> None:
    """Each mine sets the price of what its own mill uses; the mills meet in one market. A mine knows how its own mill
    answers, not that the other one, which follows somebody else, would: q = (90 - other - w)/2, so the mine asks
    w = (96 - other)/2 and its mill makes q = (84 - other)/4 = 84/5."""
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


def test_a_leader_beside_a_player_that_nobody_follows() -> None:
    """`a` knows how `b` answers, b = (90 - a - c)/2, so a = (90 - c)/2; `c` takes both as given, c = (90 - a - b)/2,
    which is (90 + c)/8 with these: c = 90/7."""
    found = certified(
        solved("""
let sold = a + b + c
player first { var a in [0, 90]  maximize profit = (90 - sold)*a }
player second follows first { var b in [0, 90]  maximize gain = (90 - sold)*b }
player third { var c in [0, 90]  maximize yield = (90 - sold)*c }
""")
    )
    c = 90 / 5
    a = (90 - c) / 2
    values = [found.value_of[name] for name in ("a", "b", "c")]
    assert values == pytest.approx([a, (90 - a - c) / 2, c], abs=1e-5)


def test_leaders_that_disagree_about_a_tie() -> None:
    """The follower does not care; each leader wants another answer, and no decision of theirs changes that."""
    found = solved("""
player one { var x in [0, 1]  maximize gain = z - x }
player two { var y in [0, 1]  maximize gain = -z - y }
player both follows one, two { var z in [-1, 1]  minimize cost = 0*z }
""")
    assert found.status in (gamec.Status.NOT_VERIFIED, gamec.Status.LIMIT)
    assert [d.code for d in found.diagnostics] == ["G808"]
    assert any("do not agree on the answer of `both`, which ties" in note for note in found.diagnostics[0].notes)


def test_leaders_without_an_equilibrium() -> None:
    """Matching pennies one floor up: the follower repeats what the leaders do."""
    found = solved("""
player odd { var x binary  maximize gain = z }
player even { var y binary  maximize gain = -z }
player echo follows odd, even { var z  minimize miss = (z - x - y + 2*x*y)^2 }
""")
    assert found.status is gamec.Status.NOT_VERIFIED
    assert [d.code for d in found.diagnostics] == ["G808"]
    assert any("a cycle of" in note for note in found.diagnostics[0].notes)
    assert max(found.certificate.regret.values()) == pytest.approx(1, abs=1e-6)


def test_a_leader_whose_followers_have_no_method_is_named() -> None:
    with pytest.raises(gamec.DiagnosticError) as error:
        solved("""
player one { var x  maximize gain = z - x^2 }
player two { var y in [0, 1]  maximize gain = y }
player both follows one, two { var z in [-1, 1] integer  minimize cost = z*x + z^2 }
""")
    assert error.value.diagnostics


SHARED = """
player one { var x in [0, 10]  minimize loss = (x - 4)^2 + 0.1*z }
player two { var y in [0, 10]  minimize loss = 2*(y - 4)^2 }
player echo follows one { var z in [0, 5]  minimize miss = (z - x)^2 }
shared cap: one.x + two.y <= 6  price worth
"""


def test_leaders_with_a_multiplier_in_common_are_refused() -> None:
    """At x = y = 3, where turns rest, one more unit is worth 1.9 to the first and 4 to the second leader."""
    with pytest.raises(gamec.DiagnosticError) as error:
        solved(SHARED)
    assert error.value.diagnostics[0].code == "G704"
    assert "one multiplier in common" in error.value.diagnostics[0].headline
    found = solved(SHARED.replace("worth", "worth individual"))
    assert found.status is gamec.Status.EQUILIBRIUM
    x, y = found.value_of["x"], found.value_of["y"]
    assert x + y == pytest.approx(6, abs=1e-6)
    # Neither gains: each would like more than what the other leaves.
    assert x <= 4 - 0.05 + 1e-6
    assert y <= 4 + 1e-6
