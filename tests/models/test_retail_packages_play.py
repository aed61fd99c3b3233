"""In: `models/retail_packages/play.py`; out: that a turn's answer is exact for all users, whole numbers included, that
the retailer moves only where it gains, and where a game begins."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from models.retail_packages.play import RETAILERS, Play, beginning, gone_on, main, table
from tests.models.retail_packages_reference import GAS_GIVEN, GIVEN, USERS, satisfaction


def test_start_0_is_at_the_rates_given() -> None:
    assert beginning(0) == {"standing": pytest.approx(GIVEN), "gas_standing": pytest.approx(GAS_GIVEN)}


@pytest.mark.parametrize("start", [1, 2, 3])
def test_other_starts_keep_bounds_and_order(start: int) -> None:
    found = beginning(start)
    for name, key, file in (("standing", "rate", "rates"), ("gas_standing", "GasRate", "gas_rates")):
        for row in table(file):
            assert float(row["low"]) <= found[name][row[key]] <= float(row["high"])
    rates, gas = found["standing"], found["gas_standing"]
    assert rates["valley"] <= rates["flat"] <= rates["peak"]
    assert rates["level_1"] <= rates["level_2"] <= rates["level_3"]
    assert gas["gas_valley"] <= gas["gas_flat"] <= gas["gas_peak"]
    assert beginning(start) == found


def test_where_a_retailer_stands_users_answer_best(tmp_path: Path) -> None:
    """Every incentive, whole numbers: as satisfied as scipy finds over all regimes, and certified: what the retailer has
    there rests on exact answers."""
    found = Play(beginning(0), time.perf_counter() + 600, tmp_path / "turns.csv").stands("retailer_1")
    assert found.status.value == "optimal", found.certificate.reasons
    assert found.certificate.verified
    assert max(found.certificate.regret.values()) < 1e-9
    for user in USERS:
        best = satisfaction(user, GIVEN, GAS_GIVEN, incentives=True, blocks=True)
        assert found.objectives[f"user[{user}].satisfaction"] == pytest.approx(best, abs=1e-8)


@pytest.mark.slow
def test_a_game_stops_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.retail_packages.play.PARTICLES", 2)
    monkeypatch.setattr("models.retail_packages.play.GENERATIONS", 1)
    main("0", 1.0, tmp_path)
    start, rounds, play, busy = gone_on(tmp_path, tmp_path / "end_0.json", time.perf_counter() + 600)
    assert (start, rounds) == (0, 1)
    assert busy > 0
    before = play.rates["standing"].copy()
    rows = (tmp_path / "turns_0.csv").read_text(encoding="utf-8").count("\n")
    gain = play.turn(2, RETAILERS[2])
    assert (tmp_path / "turns_0.csv").read_text(encoding="utf-8").count("\n") == rows + 1
    assert (gain > 0) == (play.rates["standing"] != before)
