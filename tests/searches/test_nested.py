"""Chains of three and four levels against brute force over grids, level by level: nothing of gamec."""

from __future__ import annotations

import numpy as np
import pytest
from from_text import refused, solved

from compiler.ground.subgame import below
from runtime.methods.nested import under_top
from runtime.methods.registry import choose
from runtime.methods.setting import Setting
from runtime.methods.value_by_branches import branch_leaders
from runtime.result import Status

CHAIN = """
player state {
  var tax %s in [0, 3]
  maximize income = tax*made - 0.3*tax*tax + 0.05*made
}
player producer follows state {
  var made in [0, 4]
  maximize profit = (4 - tax)*made - made*left
}
player shop follows producer {
  var left in [0, 4]
  minimize cost = left
  constraint need: left + 2 >= made
  constraint more: 2*left + 3 >= made
}
"""


def left_over(made: float) -> float:
    """The shop's answer: the least it may."""
    return max(0.0, made - 2, (made - 3) / 2)


def income(tax: float, points: int = 4001) -> float:
    """What the state gets: the producer's best production on a grid, ties as the state likes."""
    made = np.linspace(0, 4, points)
    profit = np.array([(4 - tax) * m - m * left_over(m) for m in made])
    best = profit >= profit.max() - 1e-9
    return float(np.max(tax * made[best] - 0.3 * tax**2 + 0.05 * made[best]))


def test_three_levels_whose_top_can_be_counted() -> None:
    result = solved(CHAIN % "integer")
    assert result.method == "nested"
    assert result.status is Status.OPTIMAL
    assert result.certificate.verified, result.certificate.reasons
    assert result.objectives["state.income"] == pytest.approx(max(income(t) for t in range(4)), abs=2e-3)
    assert result.certificate.regret["producer"] == pytest.approx(0, abs=1e-5)
    assert result.certificate.regret["shop"] == pytest.approx(0, abs=1e-6)


@pytest.mark.slow
def test_three_levels() -> None:
    result = solved(CHAIN % "", generations=40, seed=1)
    grid = [income(t, 801) for t in np.linspace(0, 3, 301)]
    assert result.status is Status.LIMIT
    assert result.certificate.verified, result.certificate.reasons
    assert result.objectives["state.income"] == pytest.approx(max(grid), abs=1e-2)
    assert result.certificate.regret["producer"] <= 1e-5
    assert [f.code for f in result.diagnostics] == ["G805"]


TIE = """
player top { var a integer in [0, 2] maximize gain = 3*b - a*b - 2*a }
player middle follows top {
  var b in [0, 2]
  maximize value = %s
}
player low follows middle { var c in [0, 9] minimize pain = c  constraint need: c >= b - a }
"""


def test_ties_of_those_in_the_middle_fall_as_the_top_likes() -> None:
    """The middle gets b - c, where c = max(0, b - a): a for any b from a on. At a = 0 any b is as good, and the top
    takes 2."""
    result = solved(TIE % "b - c")
    assert result.objectives["top.gain"] == pytest.approx(6, abs=1e-5)
    assert result.status is Status.OPTIMAL


def test_without_a_tie_the_top_does_not_get_what_it_likes() -> None:
    """The middle loses by every unit above a: b = a, and the gain 3a - a^2 - 2a is 0 at a = 0 and a = 1."""
    result = solved(TIE % "b - 1.01*c")
    assert result.objectives["top.gain"] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("given", ["+ 3*gift", "- 3*gift", "+ 3*gift*fee - fee*fee"])
def test_what_the_top_gives_moves_no_answer_of_the_middle(given: str) -> None:
    """Whatever the gift, the middle is best off with aid = 0, as c = 1. So the top gets 5*3 for the gift that it likes
    best, less a fee of 1."""
    result = solved(f"""
    player top {{
      var gift integer in [1, 3]  var fee integer in [1, 2]
      maximize gain = 5*gift + aid - fee
    }}
    player middle follows top {{ var aid binary  maximize value = - 2*aid + aid*c {given} }}
    player low follows middle {{ var c binary  maximize fun = c  constraint may: c <= 1 }}
    """)
    assert result.status is Status.OPTIMAL, (result.diagnostics, result.certificate.reasons)
    assert result.value_of["aid"] == pytest.approx(0, abs=1e-6)
    assert result.objectives["top.gain"] == pytest.approx(14, abs=1e-6)
    assert result.certificate.regret["middle"] == pytest.approx(0, abs=1e-6)


def test_two_branches_and_a_constraint_of_the_top_on_both() -> None:
    """Each branch makes min(price, 3) and pays a helper as much; the top may buy 5 in all, at 1 more than it pays."""
    branch = """
    player maker_{n} follows top {{
      var made_{n} in [0, 3]
      maximize profit_{n} = (price_{n} - 1)*made_{n} - work_{n}
      constraint limit_{n}: made_{n} <= price_{n}
    }}
    player helper_{n} follows maker_{n} {{
      var work_{n} in [0, 9]
      minimize effort_{n} = work_{n}
      constraint enough_{n}: work_{n} >= 0.5*made_{n}
    }}
    """
    result = solved(
        """
        player top {
          var price_a integer in [0, 4]  var price_b integer in [0, 4]
          maximize gain = 6*made_a - price_a*made_a + 6*made_b - price_b*made_b
          constraint room: made_a + made_b <= 5
        }
        """
        + branch.format(n="a")
        + branch.format(n="b")
    )

    def made(price: int) -> float:
        return float(min(price, 3)) if price - 1 - 0.5 > 0 else 0.0

    best = max(
        (6 - p) * made(p) + (6 - q) * made(q) for p in range(5) for q in range(5) if made(p) + made(q) <= 5 + 1e-9
    )
    assert result.status is Status.OPTIMAL
    assert result.objectives["top.gain"] == pytest.approx(best, abs=1e-4)


def test_four_levels_that_can_be_counted() -> None:
    result = solved(
        """
        player one { var a integer in [0, 2] minimize f = (a - 1)*(a - 1) + d - b }
        player two follows one { var b integer in [0, 2] minimize g = b*b - 1.5*a*b + c }
        player three follows two { var c integer in [0, 2] minimize h = c*c - b*c - 0.6*c + d }
        player four follows three { var d in [0, 6] minimize k = d  constraint r: d >= 0.25*c + a }
        """
    )

    def four(a: int, c: int) -> float:
        return 0.25 * c + a

    def three(a: int, b: int) -> int:
        return min(range(3), key=lambda c: c * c - b * c - 0.6 * c + four(a, c))

    def two(a: int) -> int:
        return min(range(3), key=lambda b: b * b - 1.5 * a * b + three(a, b))

    def one(a: int) -> float:
        return (a - 1) ** 2 + four(a, three(a, two(a))) - two(a)

    assert result.status is Status.OPTIMAL
    assert result.certificate.verified, result.certificate.reasons
    assert result.objectives["one.f"] == pytest.approx(min(one(a) for a in range(3)), abs=1e-4)


def test_one_in_the_middle_that_is_not_at_its_best_is_not_excused() -> None:
    """A search proves nothing of a leader, but those in the middle are followers."""
    from dataclasses import replace

    from test_leader_points import ground

    from runtime.certify import Claim, certify

    game = ground(CHAIN % "")
    x = np.array([1.0, 1.0, 0.0])
    claim = Claim(Status.LIMIT, x, bound={1: 6.0})
    assert certify(game, claim).reasons[0].startswith("`producer` is not proven to be optimal")
    assert certify(game, replace(claim, bound={})).regret["producer"] == np.inf
    assert not certify(game, replace(claim, bound={1: float("nan")})).verified


def test_branches_that_see_each_other_are_refused() -> None:
    (finding,) = refused(
        """
        player top { var a in [0, 2] minimize f = a - b }
        player left follows top { var b in [0, 2] minimize g = b*c - a*b }
        player right follows top { var c in [0, 2] minimize h = c - d  }
        player low follows right { var d in [0, 2] maximize k = d  constraint r: d <= c }
        """
    )
    assert finding.code == "G704"
    assert "must not meet" in finding.headline
    assert finding.hints


def test_pessimists_in_a_chain_are_refused() -> None:
    (finding,) = refused(TIE.replace("follows middle {", "follows middle pessimistic {") % "b - c")
    assert (finding.code, "`pessimistic`" in finding.headline) == ("G704", True)


def test_how_it_is_chosen() -> None:
    from test_leader_points import ground

    setting = Setting.of(ground(CHAIN % ""))
    found = choose(setting, "auto")
    method, others = found.method, found.others
    assert method.name == "nested"
    assert others["cma_es"] == "there is not just one leader on one level"
    top = under_top(setting)
    assert branch_leaders(top) == [1]
    assert below(top.game, 1).tolist() == [False, True, True]
