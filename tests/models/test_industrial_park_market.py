"""In: `models/industrial_park_market`; out: that gamec's answers are those of problems built by hand for scipy."""

from __future__ import annotations

import csv
import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gamec
from tests.models.industrial_park_reference import (
    CUT,
    ELECTRIC,
    FOLDER,
    PAID,
    SHIFT,
    THERMAL,
    UNIT,
    Data,
    greatest_value,
    least_bill,
    least_cost,
    least_cost_of_any_move,
    read,
    settled,
)

MODEL = FOLDER / "industrial_park_market.game"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
QUICK = ("fixed", "response", "cleared", "cheap")
CLEARED = ("cleared", "cheap", "dear", "level_dear", "level_cheap")
OTHERS = [pytest.param(case, marks=pytest.mark.slow) for case in EXPECTED["cases"] if case not in QUICK]
every_case = pytest.mark.parametrize("case", [*QUICK, *OTHERS])
DATA = read()
# Yuan, over some hundred kWh that a solver's tolerance of 1e-7 each may move.
YUAN = 1e-3


def data_of(case: str) -> Data:
    return DATA.level() if case.startswith("level") else DATA


@cache
def solved(case: str) -> Any:
    return gamec.solve(MODEL, case=case)


def table(result: Any, name: str, rows: tuple[str, ...]) -> np.ndarray:
    """A variable as (rows, hours), or (hours,) without rows."""
    values = result.value_of[name].to_dict()
    hours = sorted({key[-1] for key in values})
    if not rows:
        return np.array([values[t,] for t in hours])
    return np.array([[values[row, t] for t in hours] for row in rows])


def served(result: Any, data: Data) -> dict[str, np.ndarray]:
    """Load after the response, (parks, hours) of electricity and heat."""
    return {
        k: data.load[k] + table(result, f"move_{k}.moved", data.parks) - table(result, f"cut_{k}.cut", data.parks)
        for k in "eh"
    }


def prices(result: Any) -> dict[str, np.ndarray]:
    return {k: table(result, f"price_{k}", ()) for k in "eh"}


def dispatch(result: Any) -> dict[str, np.ndarray]:
    """What each unit gives, (hours,)."""
    names = {"WT": "wt.p", "PV": "pv.p", "GT": "gt.p", "ES": "es.dis", "WHB": "whb.q", "GB": "gb.q"}
    assert names.keys() == UNIT.keys()
    return {unit: table(result, name, ()) for unit, name in names.items()}


def cleared(result: Any) -> dict[str, np.ndarray]:
    found = dict(zip(ELECTRIC, table(result, "cleared_e", ELECTRIC), strict=True))
    return found | dict(zip(THERMAL, table(result, "cleared_h", THERMAL), strict=True))


def test_it_checks_without_findings() -> None:
    assert gamec.check(MODEL) == ()


def test_the_script_makes_the_data(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("industrial_park_data", FOLDER / "make_data.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.make_all(tmp_path)
    made = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    assert made == {p.name: p.read_bytes() for p in (FOLDER / "data").iterdir()}


@every_case
def test_answers_are_as_expected(case: str) -> None:
    result, expected = solved(case), EXPECTED["cases"][case]
    assert result.status.value == expected["status"]
    assert result.certificate.verified, result.certificate.reasons
    for name, tolerance in EXPECTED["tolerance"].items():
        if name in expected:
            assert result.report_of[name] == pytest.approx(expected[name], abs=tolerance), name


@every_case
def test_every_follower_is_at_the_optimum_that_scipy_finds(case: str) -> None:
    """At the answer's prices and powers each park's bill and the supplier's cost are the least there are."""
    result, data = solved(case), data_of(case)
    price, demand = prices(result), served(result, data)
    for i, park in enumerate(data.parks):
        bill = result.objectives[f"park[{park}].bill"]
        own = {k: demand[k][i] for k in "eh"}
        cut = {k: table(result, f"cut_{k}.cut", data.parks)[i].sum() for k in "eh"}
        assert bill == pytest.approx(sum(price[k] @ own[k] - PAID[k] * cut[k] for k in "eh"), abs=YUAN)
        if case.endswith("fixed"):
            assert own["e"] == pytest.approx(data.load["e"][i], abs=1e-9)
        else:
            assert bill == pytest.approx(least_bill({k: data.load[k][i] for k in "eh"}, price), abs=YUAN)
    total = {k: demand[k].sum(axis=0) for k in "eh"}
    income = sum(float(price[k] @ total[k]) for k in "eh")
    forced = cleared(result) if case in CLEARED else {}
    assert result.objectives["supplier.profit"] == pytest.approx(income - least_cost(data, total, forced), abs=YUAN)


@every_case
def test_the_surplus_is_that_of_what_is_cleared(case: str) -> None:
    result, data = solved(case), data_of(case)
    demand = {k: v.sum(axis=0) for k, v in served(result, data).items()}
    powers = cleared(result)
    by_hand = sum(
        float((data.highest[k] - data.lowest[unit]) @ powers[unit])
        for k, units in (("e", ELECTRIC), ("h", THERMAL))
        for unit in units
    )
    assert result.report_of["surplus"] == pytest.approx(by_hand, abs=YUAN)
    for unit, output in dispatch(result).items():
        assert np.all(powers[unit] <= output + 1e-6), unit
    if case not in CLEARED:
        assert by_hand == pytest.approx(settled(data, dispatch(result), demand), abs=YUAN)
        return
    for k, units in (("e", ELECTRIC), ("h", THERMAL)):
        total = sum(powers[unit] for unit in units)
        assert np.all(total <= demand[k] + 1e-6)
        assert np.all(total >= (1 - SHIFT - CUT) * data.load[k].sum(axis=0) - 1e-6)
        assert np.all(prices(result)[k] >= data.floor(k) - 1e-9)
        assert np.all(prices(result)[k] <= data.highest[k] + 1e-9)
    bills = [result.objectives[f"park[{park}].bill"] for park in data.parks]
    assert np.all(bills <= data.bill_before() + YUAN)


def test_what_scenarios_1_and_2_fix() -> None:
    for case in ("fixed", "response"):
        for kind, price in prices(solved(case)).items():
            assert price == pytest.approx(DATA.tariff[kind])
    for name in ("move_e.moved", "move_h.moved", "cut_e.cut", "cut_h.cut"):
        assert not table(solved("fixed"), name, DATA.parks).any()
    moved = table(solved("response"), "move_e.moved", DATA.parks)
    assert moved.sum(axis=1) == pytest.approx(np.zeros(len(DATA.parks)), abs=1e-6)
    assert np.abs(moved).max() > 10


def test_the_battery_never_charges_and_discharges_at_once() -> None:
    """The followers' problems hold no binaries, so nothing forbids it; it never pays."""
    for case in QUICK:
        assert solved(case).report_of["both_ways"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("case", "tie"),
    [
        ("cleared", 0.0),
        pytest.param("dear", 0.01, marks=pytest.mark.slow),
        pytest.param("level_dear", 0.01, marks=pytest.mark.slow),
    ],
)
def test_the_markets_optimum_is_that_of_a_milp_by_hand(case: str, tie: float) -> None:
    value, surplus, income = greatest_value(data_of(case), tie)
    result = solved(case)
    assert result.objectives["market.value"] == pytest.approx(value, rel=2e-6)
    assert result.report_of["surplus"] == pytest.approx(surplus, abs=0.05)
    if tie:
        assert result.report_of["income"] == pytest.approx(income, abs=5)


def test_the_lowest_prices_are_the_floors() -> None:
    """At one price for all hours every way to move load costs a park the same, so the floors allow the best one."""
    least = sum(DATA.floor(k) * (1 - CUT) * float(DATA.load[k].sum()) for k in "eh")
    assert solved("cheap").report_of["income"] == pytest.approx(least, abs=0.05)
    assert solved("cheap").report_of["surplus"] == pytest.approx(solved("cleared").report_of["surplus"], abs=0.05)


def test_directions_of_the_papers_claims() -> None:
    """What the README says came out, of scenarios (1, 2, 3) and of level bids."""
    surplus, profit, bills, peak = (
        {case: solved(case).report_of[name] for case in QUICK} for name in ("surplus", "profit", "bills", "peak_e")
    )
    assert surplus["response"] < surplus["fixed"] < surplus["cleared"]
    assert profit["response"] < profit["fixed"]
    assert bills["response"] < bills["fixed"]
    assert peak["response"] < peak["fixed"] < peak["cleared"]
    # No prices with the greatest surplus pay the supplier what the fixed ones do: the most that the parks can pay (a
    # slow test), less the least that supply can cost.
    assert EXPECTED["cases"]["dear"]["income"] - least_cost_of_any_move(DATA) < profit["fixed"] - 1000


@pytest.mark.slow
def test_with_level_bids_all_can_gain() -> None:
    """The highest prices with the greatest surplus pay the supplier more, and cost no park more, than fixed prices."""
    dear, fixed = solved("level_dear").report_of, solved("level_fixed").report_of
    assert dear["surplus"] > fixed["surplus"]
    assert dear["profit"] > fixed["profit"]
    assert dear["bills"] <= fixed["bills"] + YUAN


@pytest.mark.parametrize("hours", [range(10, 14), range(15, 21)])
def test_a_part_of_the_day_is_proved_in_seconds(hours: range, tmp_path: Path) -> None:
    """The same model on some hours, with the tie that pays the supplier most: gamec, and the MILP by hand."""
    (tmp_path / "data").mkdir()
    for path in (FOLDER / "data").iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        if "hour" in rows[0]:
            rows = [{**r, "hour": str(int(r["hour"]) - hours.start)} for r in rows if int(r["hour"]) in hours]
        with (tmp_path / "data" / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    text = MODEL.read_text(encoding="utf-8")
    assert "t = 0..23" in text
    model = tmp_path / MODEL.name
    model.write_text(text.replace("t = 0..23", f"t = 0..{len(hours) - 1}"), encoding="utf-8")
    result = gamec.solve(model, case="dear")
    assert result.status.value == "optimal"
    assert result.certificate.verified
    assert sum(result.time.values()) < 10
    value, _, _ = greatest_value(read(tmp_path / "data"), 0.01)
    assert result.objectives["market.value"] == pytest.approx(value, rel=2e-6)
