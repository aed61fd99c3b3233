"""In: `models/spot_market_vpp/split_premium.py`; out: that gamec's coalitions are the enumeration's, and
that the splits are what Shapley and the paper say."""

from __future__ import annotations

import math

import pytest

from models.spot_market_vpp.split_premium import Coalition, coalition_values, flexible_energy, pro_rata, shapley
from tests.models import spot_market_premium as reference
from tests.models.spot_market_price_rules import ruled_welfare
from tests.models.spot_market_reference import TICKS_PER_USD, enumerate_welfare, read_study

USD = 1e-6


def every_coalition(worth: dict[str, float]) -> dict[Coalition, float]:
    """Values by the members' numbers written one after the other."""
    return {frozenset(int(n) for n in members): value for members, value in worth.items()}


@pytest.mark.parametrize("study", "abc")
def test_coalitions_and_splits_are_those_of_the_enumeration(study: str) -> None:
    known = read_study(study.upper())
    energy = flexible_energy(study)
    assert energy == {k: bid.energy for k, bid in enumerate(known.flexible, start=1)}
    exact = reference.coalition_values(known)
    values = coalition_values(study, "flexible", sorted(energy))
    assert len(values) == len(exact)
    for coalition, ticks in exact.items():
        assert values[frozenset(k + 1 for k in coalition)] == pytest.approx(ticks / TICKS_PER_USD, abs=USD)
    premium = exact[frozenset(range(len(energy)))]
    by_shapley = [float(x) / TICKS_PER_USD for x in reference.shapley(exact)]
    by_energy = [float(x) / TICKS_PER_USD for x in reference.pro_rata(known, premium)]
    assert list(shapley(values).values()) == pytest.approx(by_shapley, abs=USD)
    assert list(pro_rata(values[frozenset(energy)], energy).values()) == pytest.approx(by_energy, abs=USD)


def test_the_full_rule_takes_from_the_premium() -> None:
    """Study C: with everybody free to move the enumeration's full welfare stands less than without a rule."""
    study = read_study("C")
    rigid = enumerate_welfare(study, frozenset())[0]
    values = coalition_values("c", "full", (1, 2, 3))
    premium = (ruled_welfare(study, "full")[0] - rigid) / TICKS_PER_USD
    assert values[frozenset({1, 2, 3})] == pytest.approx(premium, abs=USD)
    assert math.fsum(shapley(values).values()) == pytest.approx(premium, abs=USD)
    # Alone VPP 2 adds more than all together do: the rule keeps the two sellers from moving side by side.
    assert values[frozenset({2})] > values[frozenset({1, 2, 3})]


def test_gloves() -> None:
    """One left glove, two right ones, a pair is worth 1: 2/3, 1/6, 1/6 (a textbook example)."""
    pairs = {"": 0, "1": 0, "2": 0, "3": 0, "12": 1, "13": 1, "23": 0, "123": 1}
    assert shapley(every_coalition(pairs)) == pytest.approx({1: 2 / 3, 2: 1 / 6, 3: 1 / 6})


def test_efficiency_symmetry_dummy_and_additivity() -> None:
    game = every_coalition({"": 0, "1": 3, "2": 3, "3": 1, "12": 7, "13": 4, "23": 4, "123": 8})
    other = every_coalition({"": 0, "1": 0, "2": 5, "3": 2, "12": 6, "13": 2, "23": 9, "123": 11})
    share = shapley(game)
    assert math.fsum(share.values()) == pytest.approx(8)
    assert share[1] == pytest.approx(share[2]), "1 and 2 add the same to everybody"
    assert share[3] == pytest.approx(1), "3 adds 1 to everybody"
    both = shapley({c: game[c] + other[c] for c in game})
    assert both == pytest.approx({k: share[k] + x for k, x in shapley(other).items()})


def test_pro_rata_keeps_the_sum() -> None:
    assert pro_rata(12.0, {1: 1.0, 2: 2.0, 3: 3.0}) == pytest.approx({1: 2.0, 2: 4.0, 3: 6.0})
