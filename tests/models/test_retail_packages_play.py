"""In: `models/retail_packages/play.py` and `starts.py`; out: that a turn's answer is exact for all users, whole numbers
included, that the retailer moves only where it gains, where a game begins, and how it is told to end."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.retail_packages.play import BACK, RETAILERS, Play, beginning, places, table
from models.retail_packages.starts import Summary, main, played, profits_chart, told
from tests.models.retail_packages_reference import GAS_GIVEN, GIVEN, USERS, satisfaction

EXPECTED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "models" / "retail_packages" / "expected_starts.json").read_text(encoding="utf-8")
)


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
    assert rates["reward"] <= rates["penalty"]
    assert gas["gas_valley"] <= gas["gas_flat"] <= gas["gas_peak"]
    assert beginning(start) == found


def test_where_a_retailer_stands_users_answer_best(tmp_path: Path) -> None:
    """Every incentive, whole numbers: as satisfied as scipy finds over all regimes; certified: what the retailer has
    there rests on exact answers."""
    found = Play(beginning(0), tmp_path / "turns.csv", blocks=1).stands("retailer_1")
    assert found.status.value == "optimal", found.certificate.reasons
    assert found.certificate.verified
    assert max(found.certificate.regret.values()) < 1e-9
    for user in USERS:
        best = satisfaction(user, GIVEN, GAS_GIVEN, incentives=True, blocks=True)
        assert found.objectives[f"user[{user}].satisfaction"] == pytest.approx(best, abs=1e-8)


def test_a_turn_gains_what_it_says_and_users_answer_it_best(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small swarm beside the rates given, blocks of hours. What it found is what the retailer has where it then
    stands; users are as satisfied there as scipy finds."""
    monkeypatch.setattr("models.retail_packages.play.PARTICLES", 3)
    monkeypatch.setattr("models.retail_packages.play.GENERATIONS", 2)
    play = Play(beginning(0), tmp_path / "turns.csv", blocks=1)
    gain = play.turn(1, "retailer_3")
    (row,) = play.rows
    assert row["stood"] == pytest.approx(EXPECTED["stands in blocks"]["retailer_3"], rel=EXPECTED["tolerance"])
    assert (gain > 0) == row["moved"] == (play.rates != beginning(0))
    seen = play.seen("retailer_3")
    assert seen.objectives["retailer[retailer_3].value"] == pytest.approx(row["found"], abs=1e-6)
    for user in USERS:
        best = satisfaction(user, play.rates["standing"], play.rates["gas_standing"], incentives=True, blocks=True)
        assert row[f"user[{user}].satisfaction"] == pytest.approx(best, abs=1e-8)
    assert (tmp_path / "turns.csv").read_text(encoding="utf-8").count("\n") == 2


def moving(play: Play, peaks: list[float]) -> None:
    """Turns that take no search: each round's last one sets the rate at the peak; no change is no move."""
    left = iter(peaks)

    def turn(number: int, retailer: str) -> float:
        peak = next(left) if retailer == RETAILERS[-1] else play.rates["standing"]["peak"]
        moved = peak != play.rates["standing"]["peak"]
        play.rates["standing"]["peak"] = peak
        play.rows.append({"moved": moved})
        return float(moved)

    play.turn = turn  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("peaks", "ended"),
    [
        ([1.0, 1.1, 1.1], "rest: nobody found anything better in round 3"),
        ([1.0, 1.1, 1.0005], "circle: after round 3 rates are those after round 1"),
        ([1.0, 1.1, 1.2], "limit: 3 rounds"),
    ],
)
def test_how_a_game_ends(tmp_path: Path, peaks: list[float], ended: str) -> None:
    play = Play(beginning(0), tmp_path / "turns.csv")
    moving(play, peaks)
    play.to_an_end(3)
    assert play.ended == ended


def test_a_game_ends_when_the_time_is_over(tmp_path: Path) -> None:
    play = Play(beginning(0), tmp_path / "turns.csv", deadline=time.perf_counter() - 1)
    play.to_an_end(3)
    assert play.ended == "limit: the time was over in round 1"
    assert not play.rows


def test_places_are_parts_of_ranges() -> None:
    found = places(beginning(0))
    assert np.all((found >= 0) & (found <= 1))
    moved = beginning(0)
    row = table("rates")[0]
    moved["standing"][row["rate"]] += BACK * (float(row["high"]) - float(row["low"]))
    assert np.max(np.abs(places(moved) - found)) == pytest.approx(BACK)


def test_what_is_told_of_the_starts() -> None:
    """The table that README.md shows is made of what is expected."""
    found: list[Summary] = EXPECTED["starts"]
    text = told(found, EXPECTED["profits before the game"])
    readme = (Path(__file__).parents[2] / "models" / "retail_packages" / "README.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        assert line in readme
    chart = profits_chart(found, EXPECTED["profits before the game"])
    assert len(chart.at) == len(found) + 1


@pytest.mark.slow
def test_profits_before_the_game(tmp_path: Path) -> None:
    from models.retail_packages.starts import before

    assert before() == pytest.approx(EXPECTED["profits before the game"], rel=EXPECTED["tolerance"])


@pytest.mark.slow
@pytest.mark.parametrize("start", [0, 1, 2, 3])
def test_a_start_ends_as_expected(start: int, tmp_path: Path) -> None:
    """Two minutes each on a processor of its own."""
    expected = EXPECTED["starts"][start]
    found = played(start, tmp_path, expected["rounds at most"], time.time() + 3600, expected["blocks"])
    assert found["certified"], found["why not certified"]
    assert found["ended"] == expected["ended"]
    for name in ("value at the start", "value at the end", "profit at the end"):
        assert found[name] == pytest.approx(expected[name], rel=EXPECTED["tolerance"])
    again = played(start, tmp_path, expected["rounds at most"], time.time(), expected["blocks"])
    assert again == json.loads(json.dumps(found)), "what was played is not played again"


@pytest.mark.slow
def test_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["starts", str(tmp_path), "--starts", "0", "--rounds", "1", "--workers", "1", "--blocks"]
    monkeypatch.setattr("sys.argv", asked)
    main()
    assert "| 0 | limit: 1 rounds | 3, " in capsys.readouterr().out
    assert {path.name for path in tmp_path.glob("*.png")} == {
        *("values_0.png", "satisfaction_0.png", "rates_0.png"),
        "profits.png",
    }
