"""In: `models/spot_market_vpp/strategic_vpp.game`; out: that the leader's profit is the greatest there is, by an exact
enumeration of its offers and by SciPy's clearing, and that it does not hang on ties."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gamec
from tests.models.spot_market_reference import HOURS, TICKS_PER_USD
from tests.models.strategic_vpp_reference import (
    best_profit,
    cleared,
    honest,
    hour_of,
    leading,
    one_price,
    price_limits,
)

FOLDER = Path(__file__).parents[2] / "models" / "spot_market_vpp"
MODEL = FOLDER / "strategic_vpp.game"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected_strategic.json").read_text(encoding="utf-8"))
# By the case's ending: the study, the leader's bidders and their numbers in the model, in the same order.
LEADERS: dict[str, tuple[str, tuple[str, ...], tuple[int, ...]]] = {
    "a": ("A", ("User 4",), (4,)),
    "b": ("B", ("User 4",), (7,)),
    "c1": ("C", ("VPP 1",), (3,)),
    "c2": ("C", ("VPP 2",), (6,)),
    "c3": ("C", ("VPP 3",), (7,)),
    "together_c": ("C", ("VPP 2", "VPP 3"), (6, 7)),
}
FREE = {
    "leads_a": "a",
    "leads_b": "b",
    "leads_c1": "c1",
    "leads_c2": "c2",
    "leads_c3": "c3",
    "together_c": "together_c",
}


@cache
def solved(case: str) -> Any:
    return gamec.solve(MODEL, case=case)


def enumerated(case: str) -> int:
    """The reference's profit of a case, in ticks."""
    if case in FREE:
        study, leaders, _ = LEADERS[FREE[case]]
        return leading(study, leaders)
    kind, which = ("one_price", case[10:]) if case.startswith("one_price_") else case.split("_", 1)
    study, leaders, _ = LEADERS[which]
    return one_price(study, leaders) if kind == "one_price" else honest(study, leaders)


def test_it_checks_without_findings() -> None:
    assert not gamec.check(MODEL)


@pytest.mark.parametrize("case", EXPECTED["cases"])
def test_the_profit_is_the_greatest_there_is(case: str) -> None:
    result, expected = solved(case), EXPECTED["cases"][case]
    assert result.status.value == expected["status"]
    assert result.certificate.verified
    assert enumerated(case) / TICKS_PER_USD == pytest.approx(expected["profit"], abs=1e-9)
    assert result.objectives["plant.profit"] == pytest.approx(expected["profit"], abs=EXPECTED["tolerance"])
    for report in set(expected) - {"status"}:
        assert result.report_of[report] == pytest.approx(expected[report], abs=EXPECTED["tolerance"])


def test_honest_offers_clear_the_rigid_market() -> None:
    rigid = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["cases"]
    for case, expected in EXPECTED["cases"].items():
        if case.startswith("honest"):
            study = LEADERS[case.removeprefix("honest_")][0].lower()
            assert expected["true_welfare"] == rigid[f"rigid_{study}"]["objectives"]["market.welfare"]


@pytest.mark.parametrize("case", FREE)
def test_an_offer_a_little_better_than_the_price_secures_the_profit(case: str) -> None:
    """The bilevel answer lets ties fall for the leader. With its price a hundredth of a tick on the near side of the
    clearing price SciPy clears the market, ties as they fall, and the leader earns the same but for that."""
    study, leaders, numbers = LEADERS[FREE[case]]
    result = solved(case)
    price, energy = result.price_of["clearing_price"].to_dict(), result.value_of["energy"].to_dict()
    low, high = price_limits(study)
    step, secured, traded = 0.01, 0.0, 0.0
    for hour in HOURS:
        own, others = hour_of(study, leaders, hour)
        if not own:
            continue
        side = own[0].side
        named = []
        for bid in own:
            if energy[(numbers[leaders.index(bid.owner)], hour)] > 1e-6:
                # Of two bids of the leader's own, the one that gains more goes first.
                ahead = 1 + sum(side * (other.price - bid.price) < 0 for other in own)
                named.append(price[(hour,)] * TICKS_PER_USD + side * step * ahead)
            else:
                named.append(low - step if side > 0 else high + step)
        theta, energies = cleared(own, tuple(named), others)
        secured += sum(side * (bid.price - theta) * e for bid, e in zip(own, energies, strict=True))
        traded += sum(energies)
    assert secured == pytest.approx(result.objectives["plant.profit"] * TICKS_PER_USD, abs=2 * step * traded)


@pytest.mark.parametrize("hour", [8, 17, 21])
def test_a_scan_of_offers_by_scipy_finds_no_more(hour: int) -> None:
    """Study B, one hour: offers at ticks and between them, each cleared by SciPy."""
    own, others = hour_of("B", ("User 4",), hour)
    low, high = price_limits("B")
    tried = sorted({*(bid.price for bid in others), low, high})
    greatest = max(best_profit(own, (offer,), others) for offer in tried)
    scanned = []
    for offer in np.arange(low, high + 0.25, 1.75):
        theta, [energy] = cleared(own, (float(offer),), others)
        scanned.append((theta - own[0].price) * energy)
    assert greatest - 2 * 1.75 * own[0].quantity <= max(scanned) <= greatest + 1e-6


def test_one_price_binds_the_hours_together() -> None:
    offers = set(np.round(list(solved("one_price_b").value_of["offer"].to_dict().values()), 9))
    assert len(offers) == 1
    assert len(set(np.round(list(solved("leads_b").value_of["offer"].to_dict().values()), 9))) > 1
