"""In: the cases of `models/spot_market_vpp` under price rules; out: welfare and awards are the enumeration's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import gamec
from tests.models.spot_market_price_rules import ruled_welfare
from tests.models.spot_market_reference import (
    TICKS_PER_USD,
    Choice,
    Study,
    enumerate_welfare,
    movable_bids,
    read_study,
)

FOLDER = Path(__file__).parents[2] / "models" / "spot_market_vpp"
MODEL = FOLDER / "spot_market_vpp.game"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
# The model's name of a rule and the reference's.
RULES = {"priced": "each", "average": "average", "full": "full"}


def starts(result: Any, study: Study) -> Choice:
    won = {key for key, value in result.value_of["award"].to_dict().items() if value > 0.5}
    return tuple(
        next((start for a, start in enumerate(bid.starts, start=1) if (k, a) in won), None)
        for k, bid in enumerate(study.flexible, start=1)
    )


@pytest.mark.parametrize("name", "ABC")
@pytest.mark.parametrize("rule", RULES)
def test_welfare_and_awards_are_the_enumeration_s(rule: str, name: str) -> None:
    case, study = f"{rule}_{name.lower()}", read_study(name)
    expected = EXPECTED["cases"][case]
    welfare, [choice] = ruled_welfare(study, RULES[rule])
    assert welfare / TICKS_PER_USD == pytest.approx(expected["objectives"]["market.welfare"], abs=1e-9)
    assert list(choice) == expected["awarded_starts"]
    result = gamec.solve(MODEL, case=case)
    assert result.status.value == "optimal"
    assert result.objectives["market.welfare"] == pytest.approx(welfare / TICKS_PER_USD, abs=EXPECTED["tolerance"])
    assert starts(result, study) == choice


@pytest.mark.parametrize("name", "ABC")
def test_the_rules_stand_in_order(name: str) -> None:
    """What the full rule allows, (3)-(5) allow; what these allow, the average allows; no rule allows all."""
    study = read_study(name)
    free, _ = enumerate_welfare(study, movable_bids(study, "flexible"))
    full, each, average = (ruled_welfare(study, rule)[0] for rule in ("full", "each", "average"))
    assert full <= each <= average <= free
    assert each == enumerate_welfare(study, movable_bids(study, "flexible"), priced=True)[0]


@pytest.mark.parametrize("rule", RULES)
def test_a_tilted_profile_parts_the_rules(rule: str) -> None:
    """Study B, the block's asks moved between its hours, the same in all: on average nothing changes, hour by hour the
    block's price costs welfare. The hours hold 110, 80, 100 kWh."""
    study = read_study("B")
    block, single = study.flexible
    (p0, q0), (p1, q1), last = block.profile
    tilted = replace(block, profile=((p0 + 3 * q1, q0), (p1 - 3 * q0, q1), last))
    assert tilted.value == block.value
    study = replace(study, flexible=(tilted, single))
    welfare, [choice] = ruled_welfare(study, RULES[rule])
    assert (welfare == ruled_welfare(read_study("B"), "average")[0]) == (rule == "average")
    profiles = {
        (k, h): price / TICKS_PER_USD
        for k, bid in enumerate(study.flexible, start=1)
        for h, (price, _) in enumerate(bid.profile)
    }
    result = gamec.solve(MODEL, case=f"{rule}_b", data={"flex_price": profiles})
    assert result.objectives["market.welfare"] == pytest.approx(welfare / TICKS_PER_USD, abs=EXPECTED["tolerance"])
    assert starts(result, study) == choice
