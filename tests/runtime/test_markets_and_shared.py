"""Markets (`clear`) and constraints that several players share: closed forms worked out in each test."""

from __future__ import annotations

import numpy as np
import pytest
from from_text import refused, solved

from runtime.certify import Claim, certify
from runtime.result import Status

SUPPLY_AND_DEMAND = """
set I index i = {a, b}
param c[i] = {a: 1, b: 2}
unit EUR
player firm[i] { var q >= 0  maximize profit = lmp*q - c[i]*q - 0.05*q^2 }
player buyer { var d >= 0  maximize surplus = 10*d - 0.1*d^2 - lmp*d }
"""


@pytest.mark.parametrize(
    "market",
    [
        "clear balance: sum(i) q[i] >= d  price lmp : EUR",
        "clear balance: d <= sum(i) q[i]  price lmp : EUR in [0, 50]",
        "clear balance: sum(i) q[i] == d  price lmp : EUR",
    ],
)
def test_a_market_clears(market: str) -> None:
    """Supply 10*(p - 1) + 10*(p - 2) equals demand 5*(10 - p) at p = 3.2, where 22 + 12 = 34."""
    found = solved(SUPPLY_AND_DEMAND + market)
    assert found.status is Status.EQUILIBRIUM, found.certificate.reasons
    assert found.price_of["lmp"] == pytest.approx(3.2, abs=1e-6)
    assert found.units["lmp"] == "EUR"
    assert found.value_of["q"].to_dict() == pytest.approx({("a",): 22, ("b",): 12}, abs=1e-5)
    assert found.value_of["d"] == pytest.approx(34, abs=1e-5)
    assert found.certificate.relative_regret["balance"] < 1e-9
    assert set(found.objectives) == {"firm[a].profit", "firm[b].profit", "buyer.surplus"}
    assert found.to_json()["prices"]["lmp"] == pytest.approx(3.2, abs=1e-6)


def test_a_market_at_its_floor_leaves_supply_unsold() -> None:
    """At the floor of 4 supply is 30 + 20 and demand 30: the price stays there, as it would fall below."""
    found = solved(SUPPLY_AND_DEMAND + "clear balance: sum(i) q[i] >= d  price lmp in [4, 50]")
    assert found.status is Status.EQUILIBRIUM, found.certificate.reasons
    assert found.price_of["lmp"] == pytest.approx(4)
    assert found.value_of["d"] == pytest.approx(30, abs=1e-5)
    assert found.value_of["q"].to_dict() == pytest.approx({("a",): 30, ("b",): 20}, abs=1e-5)


def test_prices_by_period() -> None:
    """One unit costs 3, another 7; 5 of the first: loads of 4 and 8 are priced at 3 and 7."""
    found = solved("""
set T index t = 1..2
param load[t] = {1: 4, 2: 8}
player cheap { var x[t] in [0, 5]  maximize gain = sum(t) (p[t] - 3)*x[t] }
player dear { var y[t] in [0, 9]  maximize gain = sum(t) (p[t] - 7)*y[t] }
clear energy[t]: x[t] + y[t] >= load[t]  price p[t]
""")
    assert found.status is Status.EQUILIBRIUM, found.certificate.reasons
    assert found.price_of["p"].index == ("t",)
    assert found.price_of["p"].to_dict() == pytest.approx({(1,): 3, (2,): 7}, abs=1e-6)


def test_a_leader_foresees_a_market() -> None:
    """A monopolist that knows the market: supply x at no cost, demand d = 10 - p: it earns x*(10 - x), best at 5."""
    found = solved("""
player firm { var x in [0, 8]  maximize profit = p*x }
player buyer follows firm { var d >= 0  maximize surplus = 10*d - 0.5*d^2 - p*d }
clear market: x >= d  price p in [0, 20]
""")
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.price_of["p"] == pytest.approx(5, abs=1e-4)
    assert found.objectives["firm.profit"] == pytest.approx(25, rel=1e-6)


ROSEN = """
set I index i = {a, b}
param w[i] = {a: 1, b: 2}
player firm[i] { var q in [0, 20]  minimize loss = w[i]*(0.5*q^2 - 10*q) }
"""


def test_the_variational_equilibrium() -> None:
    """w_i*(10 - q_i) = mu for both and q_a + q_b = 12: mu = 16/3, q = (14/3, 22/3). One more unit lowers losses."""
    found = solved(ROSEN + "shared cap: sum(i) q[i] <= 12  price mu")
    assert found.status is Status.EQUILIBRIUM, found.certificate.reasons
    assert found.value_of["q"].to_dict() == pytest.approx({("a",): 14 / 3, ("b",): 22 / 3}, abs=1e-6)
    assert found.price_of["mu"] == pytest.approx(-16 / 3, abs=1e-6)


def test_the_common_multiplier_of_players_of_opposite_senses() -> None:
    """The same game with the second player's loss turned into a gain, and its columns in other units."""
    found = solved("""
player a { var x in [0, 20]  minimize loss = 0.5*x^2 - 10*x }
player b { var y in [0, 20000]  maximize gain = 2*(10*(y/1000) - 0.5*(y/1000)^2) }
shared cap: x + y/1000 <= 12  price mu individual
shared cap2: 3*x + 3*y/1000 <= 36  price nu
""")
    assert found.status is Status.EQUILIBRIUM, found.certificate.reasons
    assert found.value_of["x"] + found.value_of["y"] / 1000 == pytest.approx(12)
    found = solved("""
player a { var x in [0, 20]  minimize loss = 0.5*x^2 - 10*x }
player b { var y in [0, 20000]  maximize gain = 2*(10*(y/1000) - 0.5*(y/1000)^2) }
shared cap: x + y/1000 <= 12  price mu
""")
    assert found.value_of["x"] == pytest.approx(14 / 3, abs=1e-6)
    assert found.value_of["y"] == pytest.approx(22000 / 3, rel=1e-6)


def test_individual_multipliers() -> None:
    """Every point of the segment q_a + q_b = 12, q <= 10, is an equilibrium; each firm has its own price."""
    found = solved(ROSEN + "shared cap: sum(i) q[i] <= 12  price mu individual")
    assert found.status is Status.EQUILIBRIUM, found.certificate.reasons
    q = np.array([found.value_of["q"]["a"], found.value_of["q"]["b"]])
    assert q.sum() == pytest.approx(12)
    assert np.all(q <= 10 + 1e-9)
    prices = [found.price_of["firm[a].mu"], found.price_of["firm[b].mu"]]
    assert prices == pytest.approx((-(10 - q) * [1, 2]).tolist(), abs=1e-6)


HARKER = """
player a { var x in [0, 10]  minimize cost = x^2 + 8/3*x*y - 34*x }
player b { var y in [0, 10]  minimize cost = y^2 + 5/4*x*y - 24.25*y }
"""


def harker_equilibrium(x: float, y: float) -> bool:
    """Harker, Eur. J. Oper. Res. 54 (1991) 81: (5, 9), and the segment x + y = 15 with 9 <= x <= 10."""
    return bool(np.allclose([x, y], [5, 9], atol=1e-5) or (abs(x + y - 15) < 1e-6 and 9 - 1e-6 <= x <= 10 + 1e-6))


def test_harker() -> None:
    """At (5, 9) nobody needs the shared constraint; on the segment multipliers differ (at least 1 against at most
    2/3)."""
    common = solved(HARKER + "shared s: x + y <= 15  price mu")
    assert common.status is Status.EQUILIBRIUM, common.certificate.reasons
    assert [common.value_of["x"], common.value_of["y"]] == pytest.approx([5, 9], abs=1e-5)
    each = solved(HARKER + "shared s: x + y <= 15  price mu individual")
    assert each.status is Status.EQUILIBRIUM, each.certificate.reasons
    assert harker_equilibrium(each.value_of["x"], each.value_of["y"])


@pytest.mark.parametrize(("x", "y"), [(9.5, 5.5), (5, 9), (8, 7), (10, 4), (9, 5), (10, 5.5)])
def test_deviations_respect_the_shared_constraint_with_others_fixed(x: float, y: float) -> None:
    from compiler.pipeline import compile_file
    from grammar.source import Source

    text = f"game harker {HARKER} shared s: x + y <= 15  price mu individual"
    game = compile_file(Source("harker.game", text)).ground
    certificate = certify(game, Claim(Status.EQUILIBRIUM, np.array([x, y], float)))
    assert certificate.verified == harker_equilibrium(x, y)


def test_multipliers_that_differ_are_no_variational_equilibrium() -> None:
    from compiler.pipeline import compile_file
    from grammar.source import Source

    game = compile_file(Source("harker.game", f"game harker {HARKER} shared s: x + y <= 15  price mu")).ground
    # -34 + 2*9 + 8/3*6 = 0 and -24.25 + 2*6 + 5/4*9 = -1.
    certificate = certify(game, Claim(Status.EQUILIBRIUM, np.array([9.0, 6.0]), np.array([0.0, -1.0])))
    assert any("common to all" in reason for reason in certificate.reasons)


def test_followers_below_a_leader_share_a_line() -> None:
    """The leader sets the limit at 0.5 a unit: with mu = (20 - L)*2/3 in the followers' conditions they move along
    L; its own worth of q_a = 10 - mu is 3 a unit, so it opens the line to L = 20 (slope 3*2/3 - 0.5 > 0)."""
    found = solved(
        "player line { var L in [0, 30]  maximize gain = 3*firm[a].q - 0.5*L }"
        + ROSEN.replace("player firm[i]", "player firm[i] follows line")
        + "shared cap: sum(i) q[i] <= L  price mu"
    )
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.value_of["L"] == pytest.approx(20, abs=1e-4)
    assert found.objectives["line.gain"] == pytest.approx(20, rel=1e-6)


TOLL = "player line { var L in [0, 30]  maximize gain = -mu*L - 0.5*L }" + ROSEN.replace(
    "player firm[i]", "player firm[i] follows line"
)


def test_a_leader_collects_the_price_of_what_its_followers_share() -> None:
    """-mu = (20 - L)*2/3, so the gain L*(77/6 - 2/3*L) is best at L = 9.625, where it is 2/3*9.625^2."""
    found = solved(TOLL + "shared cap: sum(i) q[i] <= L  price mu  report r = mu")
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.objectives["line.gain"] == pytest.approx(2 / 3 * 9.625**2, rel=1e-6)
    assert found.price_of["mu"] == pytest.approx(-(20 - 9.625) * 2 / 3, abs=2e-3)
    assert found.report_of["r"] == found.price_of["mu"]


def test_an_individual_price_cannot_be_used_by_a_player() -> None:
    (finding,) = refused(TOLL + "shared cap: sum(i) q[i] <= L  price mu individual")
    assert finding.code == "G706"
    assert finding.span is not None
    assert finding.span.text == "mu"
