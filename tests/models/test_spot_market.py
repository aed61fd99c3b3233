"""In: `models/spot_market_vpp`; out: that gamec's clearing is the reference's, for every case study and scenario."""

from __future__ import annotations

import itertools
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import gamec
from tests.models.spot_market_reference import (
    TICKS_PER_USD,
    enumerate_welfare,
    movable_bids,
    read_study,
    volume_range,
    vpp_volume_range,
)

FOLDER = Path(__file__).parents[2] / "models" / "spot_market_vpp"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
RUNS = list(itertools.product("ABC", ("rigid", "flexible")))
# Energies are whole kWh at a vertex; what is left is the solver's feasibility tolerance over some hundred bids.
KWH = 1e-3


@cache
def solved(case: str) -> Any:
    return gamec.solve(FOLDER / "spot_market_vpp.game", case=case)


def awarded(result: Any) -> set[tuple[int, int]]:
    """The (flexible bid, alternative) pairs awarded, both counted from 1."""
    return {key for key, value in result.value_of["award"].to_dict().items() if value > 0.5}


@pytest.mark.parametrize("case", EXPECTED["cases"])
def test_welfare_is_as_expected(case: str) -> None:
    result = solved(case)
    expected = EXPECTED["cases"][case]
    assert result.status.value == expected["status"]
    assert result.objectives == pytest.approx(expected["objectives"], abs=EXPECTED["tolerance"])


@pytest.mark.parametrize(("name", "scenario"), RUNS)
def test_clearing_is_one_of_the_reference(name: str, scenario: str) -> None:
    """Welfare and flexible awards are unique; equal prices leave volumes open between the reference's two ends."""
    result = solved(f"{scenario}_{name.lower()}")
    study = read_study(name)
    welfare, choices = enumerate_welfare(study, movable_bids(study, scenario))
    assert result.report_of["welfare"] == pytest.approx(welfare / TICKS_PER_USD, abs=1e-6)
    assert result.report_of["buyers_value"] - result.report_of["sellers_ask"] == pytest.approx(
        result.report_of["welfare"], abs=1e-6
    )
    [choice] = choices
    bids = zip(study.flexible, choice, strict=True)
    assert awarded(result) == {
        (k, bid.starts.index(start) + 1) for k, (bid, start) in enumerate(bids, start=1) if start is not None
    }
    for report, (least, greatest) in (
        ("volume", volume_range(study, scenario)),
        ("vpp_volume", vpp_volume_range(study, scenario)),
    ):
        assert least - KWH <= result.report_of[report] <= greatest + KWH
    placed = sum(bid.energy for bid, start in zip(study.flexible, choice, strict=True) if start is not None)
    assert result.report_of["flexible_volume"] == pytest.approx(placed, abs=KWH)


@pytest.mark.parametrize("name", "abc")
def test_premium_is_as_expected(name: str) -> None:
    premium = solved(f"flexible_{name}").report_of["welfare"] - solved(f"rigid_{name}").report_of["welfare"]
    assert premium == pytest.approx(EXPECTED["compare"][f"premium_{name}"], abs=EXPECTED["tolerance"])
