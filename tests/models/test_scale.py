"""In: the scripts that make larger systems; out: that the first copy is the system itself, and that what gamec makes of
ten copies is what can be found without it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import gamec
from models.spot_market_vpp import scale as spot
from models.storage_alliance import scale as alliance


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbers(table: list[dict[str, str]]) -> list[list[object]]:
    """What a table says, however its numbers are written."""

    def said(word: str) -> object:
        try:
            return float(word)
        except ValueError:
            return word

    return [[said(word) for word in row.values()] for row in table]


@pytest.mark.parametrize("table", ["participants", "bids", "flexible", "profiles", "alternatives"])
def test_the_first_copy_is_study_c(table: str, tmp_path: Path) -> None:
    spot.write(3, tmp_path)
    own, made = rows(spot.FOLDER / "data" / "c" / f"{table}.csv"), rows(tmp_path / "data" / "c" / f"{table}.csv")
    assert numbers(made[: len(own)]) == numbers(own)
    assert len(made) == 3 * len(own)


def crossing(buys: list[tuple[float, float]], sells: list[tuple[float, float]]) -> float:
    """Welfare of one hour by merit order, of (price, quantity): dearest buyers with cheapest sellers."""
    buys, sells = sorted(buys, reverse=True), sorted(sells)
    total = 0.0
    while buys and sells and buys[0][0] > sells[0][0]:
        (worth, wanted), (cost, offered) = buys.pop(0), sells.pop(0)
        traded = min(wanted, offered)
        total += (worth - cost) * traded
        if wanted > traded:
            buys.insert(0, (worth, wanted - traded))
        if offered > traded:
            sells.insert(0, (cost, offered - traded))
    return total


def test_seventy_participants_clear_by_merit_order(tmp_path: Path) -> None:
    model = spot.write(10, tmp_path)
    side = {row["participant"]: float(row["side"]) for row in rows(tmp_path / "data" / "c" / "participants.csv")}
    hours: dict[str, dict[float, list[tuple[float, float]]]] = {}
    for row in rows(tmp_path / "data" / "c" / "bids.csv"):
        bids = hours.setdefault(row["hour"], {1.0: [], -1.0: []})
        bids[side[row["participant"]]].append((float(row["price"]), float(row["quantity"])))
    welfare = sum(crossing(bids[1.0], bids[-1.0]) for bids in hours.values())
    result = gamec.solve(model, case="rigid_c")
    assert result.certificate.verified
    assert result.objectives["market.welfare"] == pytest.approx(welfare, abs=1e-5)
    moved = gamec.solve(model, case="flexible_c")
    assert moved.certificate.verified
    assert moved.objectives["market.welfare"] > welfare


def test_hour_by_hour_a_vpp_earns_what_it_earns_in_a_day(tmp_path: Path) -> None:
    expected = json.loads((spot.FOLDER / "expected_strategic.json").read_text(encoding="utf-8"))
    model = spot.write(1, tmp_path, "strategic_vpp.game")
    status, name, profit, left = spot.solved(model, "leads_c2", 60.0)
    assert (status, name) == ("optimal", "plant.profit")
    assert profit == pytest.approx(expected["cases"]["leads_c2"]["profit"], abs=1e-4)
    assert left <= 1e-6


@pytest.mark.parametrize("table", ["microgrids", "demand", "renewable"])
def test_the_first_three_microgrids_are_the_paper_s(table: str, tmp_path: Path) -> None:
    alliance.write(10, tmp_path)
    own, made = rows(alliance.FOLDER / "data" / f"{table}.csv"), rows(tmp_path / "data" / f"{table}.csv")
    assert numbers(made[: len(own)]) == numbers(own)
    assert {row["i"] for row in made} == {f"mg{k}" for k in range(1, 11)}


def test_ten_microgrids_without_exchange_cost_what_each_one_costs(tmp_path: Path) -> None:
    """Case 1, each for itself: the first three cost what the case of three costs."""
    ten = gamec.solve(alliance.write(10, tmp_path), case="case1")
    three = gamec.solve(alliance.MODEL, case="case1")
    assert ten.certificate.verified
    first = sum(v for (i, *_), v in ten.value_of["grid.buy"].to_dict().items() if i in {"mg1", "mg2", "mg3"})
    assert first == pytest.approx(sum(three.value_of["grid.buy"].to_dict().values()), abs=0.1)
    assert 9 < 3 * ten.objectives["alliance.cost"] / three.objectives["alliance.cost"] < 11
