"""In: `models/storage_alliance`; out: that its cases are the paper's, that the answers are those that SciPy finds from
the tables, and that the expected values come out.

Tests of Case 4 look at some hours only; the whole day, half a minute, is marked slow.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gamec
from tests.models.storage_alliance_reference import (
    CAPACITY,
    DATA,
    ETA,
    FEE,
    KINDS,
    SHARE,
    Cuts,
    alliance_bill,
    best_trade,
    microgrid_bill,
    microgrids,
    tariff,
)

FOLDER = DATA.parent
MODEL = FOLDER / "storage_alliance.game"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
DAY = range(1, 25)
EVENING = range(17, 21)
SLOW = {"case4", "case4_rigid"}


@cache
def solved(case: str, first: int = 1, last: int = 24) -> Any:
    return gamec.solve(MODEL, case=case, data={"from_hour": first, "to_hour": last})


def values(result: Any, name: str) -> dict[Any, float]:
    table = result.price_of[name] if name in result.price_of else result.value_of[name]
    return {key if len(key) > 1 else key[0]: value for key, value in table.to_dict().items()}


def cuts(result: Any) -> Cuts:
    """What gamec reduces, by microgrid, hour and kind."""
    found = {}
    for kind, name in zip(KINDS, ("er", "hr", "cr"), strict=True):
        found.update({(i, t, kind): cut for (i, t), cut in values(result, f"{name}.cut").items()})
    return found


def test_it_checks_without_findings() -> None:
    assert not gamec.check(MODEL)


def test_the_tables_are_those_that_the_script_makes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_data", FOLDER / "make_data.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.make_all(tmp_path)
    for path in sorted(DATA.glob("*.csv")):
        assert (tmp_path / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("case", [pytest.param(c, marks=[pytest.mark.slow] * (c in SLOW)) for c in EXPECTED["cases"]])
def test_the_day_is_as_expected(case: str) -> None:
    result, expected = solved(case), EXPECTED["cases"][case]
    assert result.status.value == expected["status"]
    assert result.certificate.verified
    for name, value in expected["reports"].items():
        assert result.report_of[name] == pytest.approx(value, rel=EXPECTED["relative"], abs=EXPECTED["absolute"]), name


def test_case_1_is_every_microgrid_for_itself() -> None:
    result = solved("case1")
    alone = sum(microgrid_bill(i, t, 0.0, None, exchange=False) for i in microgrids() for t in DAY)
    assert result.objectives["alliance.cost"] == pytest.approx(alone, rel=1e-7)
    for name in ("net", "out", "inn", "er.cut", "hr.cut", "cr.cut"):
        assert max(abs(v) for v in values(result, name).values()) <= 1e-7, name
    assert result.report_of["renewable_use"] == pytest.approx(0.723, abs=5e-4), "the paper's starting point"


def test_case_2_adds_exchange_and_storage_of_ones_own() -> None:
    result = solved("case2")
    assert max(values(result, "net").values()) > 1
    charge, discharge = values(result, "own.ch"), values(result, "own.dis")
    assert sum(discharge.values()) == pytest.approx(ETA**2 * sum(charge.values()), rel=1e-6)
    assert sum(discharge.values()) > 1
    assert max(min(charge[k], discharge[k]) for k in charge) <= 1e-6, "one direction at a time"
    assert max(values(result, "out").values()) <= 1e-7
    running = result.objectives["alliance.cost"] - 3 * 3072
    assert running < solved("case1").objectives["alliance.cost"]


def test_case_3_uses_the_station_at_given_prices() -> None:
    result = solved("case3")
    out, inn = values(result, "out"), values(result, "inn")
    assert set(values(result, "sell").values()) == {0.7}
    assert sum(out.values()) == pytest.approx(ETA**2 * sum(inn.values()), rel=1e-6)
    assert sum(out.values()) > 1
    assert max(min(out[t], inn[t]) for t in DAY) <= 1e-6
    paid = sum((0.7 + FEE) * out[t] - (0.3 - FEE) * inn[t] for t in DAY)
    assert result.report_of["station_revenue"] == pytest.approx(paid, rel=1e-7)
    assert result.report_of["station_profit"] == pytest.approx(paid - CAPACITY, rel=1e-7)
    content = list(values(result, "ess.soc").values())
    assert 1600 - 1e-6 <= min(content) <= max(content) <= 14400 + 1e-6


@pytest.mark.parametrize("case", ["case4", "case4_rigid"])
def test_the_alliance_answers_as_scipy_does(case: str) -> None:
    """At the station's prices SciPy finds the same bill for every hour together, and so do the microgrids one by one at
    what a kWh is worth within the alliance."""
    result = solved(case, EVENING[0], EVENING[-1])
    assert result.status.value == "optimal"
    assert max(result.certificate.relative_regret.values()) <= 1e-6
    sell, buy, worth = values(result, "sell"), values(result, "buy"), values(result, "worth")
    out, inn = values(result, "out"), values(result, "inn")
    responding = cuts(result) if case == "case4" else None
    bill = sum(alliance_bill(t, sell[t], buy[t], responding) for t in EVENING)
    assert result.objectives["alliance.cost"] == pytest.approx(bill, rel=1e-6)
    # What the pool would save by one more kWh from outside is what a microgrid pays for a kWh of it.
    apart = sum(microgrid_bill(i, t, -worth[t], responding) for i in microgrids() for t in EVENING)
    station = sum((sell[t] + FEE + worth[t]) * out[t] - (buy[t] - FEE + worth[t]) * inn[t] for t in EVENING)
    assert apart + station == pytest.approx(bill, rel=1e-6)
    assert (max(cuts(result).values()) > 1) == (case == "case4")


@pytest.mark.parametrize("case", ["case4", "case4_rigid"])
def test_the_station_keeps_to_its_limits(case: str) -> None:
    result = solved(case, EVENING[0], EVENING[-1])
    sell, buy = values(result, "sell"), values(result, "buy")
    out, inn, content = values(result, "out"), values(result, "inn"), values(result, "ess.soc")
    for t in EVENING:
        assert -1e-9 <= buy[t] <= sell[t] + 1e-9 <= tariff(t) + 2e-9
        assert min(out[t], inn[t]) <= 1e-6
        before = content[t - 1] if t > EVENING[0] else content[EVENING[-1]]
        assert content[t] - before == pytest.approx(ETA * inn[t] - out[t] / ETA, abs=1e-5)
    revenue = sum((sell[t] + FEE) * out[t] - (buy[t] - FEE) * inn[t] for t in EVENING)
    profit = revenue - CAPACITY * len(EVENING) / 24
    assert result.objectives["station.profit"] == pytest.approx(profit, abs=1e-3)


def test_no_prices_earn_the_station_more() -> None:
    """Hours 17, of sun, and 18, without: a scan of all trades between them, from the alliance's bills by SciPy."""
    result = solved("case4_rigid", 17, 18)
    step = 25.0
    scanned = best_trade(17, 18, step)
    found = result.report_of["station_revenue"]
    assert scanned > 1
    # Between two points of the scan the revenue changes by no more than prices times the step.
    assert scanned - 1 <= found <= scanned + step * tariff(18)


def test_cases_with_response_are_the_same_with_demand_that_may_fall() -> None:
    """Reducing is voluntary: besides standing ready, 2 CNY an hour for each of nine, it only saves."""
    with_response, without = solved("case3_response"), solved("case3")
    standing = 2.0 * 9 * len(DAY)
    saved = without.objectives["alliance.cost"] - with_response.objectives["alliance.cost"]
    assert saved > -standing
    found = cuts(with_response)
    assert max(found.values()) > 1
    demand = np.genfromtxt(DATA / "demand.csv", delimiter=",", names=True, dtype=None, encoding="utf-8")
    for row in demand:
        for kind in KINDS:
            assert found[(row["i"], row["d"], kind)] <= SHARE * row[kind] + 1e-6
