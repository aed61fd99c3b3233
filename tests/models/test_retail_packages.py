"""In: `models/retail_packages`; out: that the whole game checks, that what this version cannot solve is refused with a
reason, and that what it solves is what scipy finds: retailers' purchases and risk, and every user's answer."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gamec
from compiler.pipeline import check_file
from gamec.app import main
from models.retail_packages.make_data import make_all
from tests.models.retail_packages_reference import (
    DAYS,
    GAS_GIVEN,
    GIVEN,
    USERS,
    cvar,
    electricity_satisfaction,
    gas_satisfaction,
    periods,
    purchase_before,
    rows,
    satisfaction,
    scenarios,
    table,
)

FOLDER = Path(__file__).parents[2] / "models" / "retail_packages"
MODEL = FOLDER / "retail_packages.game"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
# Each of these takes some seconds, mostly to load what solves and clusters; one of each kind runs in every round.
QUICK = {"before_1", "answer_industrial", "gas_3"}
CASES = [case if case in QUICK else pytest.param(case, marks=pytest.mark.slow) for case in EXPECTED["cases"]]


@cache
def solved(case: str) -> Any:
    return gamec.solve(MODEL, case=case)


def test_the_whole_game_checks() -> None:
    """Every case too; three leaders, five users with whole numbers."""
    found = check_file(MODEL)
    names = [player.name for player in found.ground.players]
    assert [name for name in names if name.startswith("retailer[")] == [f"retailer[retailer_{i}]" for i in (1, 2, 3)]
    assert [name for name in names if name.startswith("user[")] == [f"user[{u}]" for u in USERS]
    assert not found.warnings


def test_explain_says_who_plays_and_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(MODEL)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "1. retailer × 3 (at the same time) 2. user × 5, follows retailer (at the same time)" in said
    assert "retailer × 3: LP user × 5: MILP" in said
    assert "diagonalisation: auto takes it" in said
    for method in ("single_level", "kkt", "joint_conditions"):
        assert f"{method}: does not fit" in said


@pytest.mark.slow
def test_the_leaders_do_not_agree_about_ties() -> None:
    """Users buy wherever it is cheapest; where two retailers' prices tie, each retailer counts on all of the demand."""
    found = gamec.solve(MODEL, case="gas_game", starts=1)
    assert found.status is gamec.Status.NOT_VERIFIED
    [evidence] = found.diagnostics
    assert evidence.code == "G808"
    assert "the leaders rest, but do not agree on the answer of `user[residential_1]`" in evidence.notes[0]


@pytest.mark.slow
def test_users_with_whole_numbers_below_a_leader_are_answered_with_the_true_gap() -> None:
    """Five users with whole numbers: a minute leaves a wide gap, which is told, and every user is at its best."""
    result = gamec.solve(MODEL, case="incentives_3", time_limit=60)
    assert result.method == "value_function"
    assert result.status.value in ("limit", "optimal")
    assert result.certificate.verified, result.certificate.reasons
    assert all(gain <= 1e-6 for player, gain in result.certificate.regret.items() if player.startswith("user"))


@pytest.mark.parametrize("case", CASES)
def test_values_are_as_expected(case: str) -> None:
    result = solved(case)
    expected = EXPECTED["cases"][case]
    assert result.status.value == expected["status"]
    for name, value in expected["objectives"].items():
        assert result.objectives[name] == pytest.approx(value, rel=EXPECTED["tolerance"])


@pytest.mark.parametrize("retailer", ["retailer_1", "retailer_2", "retailer_3"])
def test_purchase_before_the_game_is_that_of_scipy(retailer: str) -> None:
    """The reference's optimum is the expected value, which the case's answer is compared with above."""
    expected = EXPECTED["cases"][f"before_{retailer[-1]}"]["objectives"][f"retailer[{retailer}].value"]
    assert purchase_before(retailer).value == pytest.approx(expected, rel=EXPECTED["tolerance"])


def test_income_before_the_game() -> None:
    assert solved("before_1").report_of["income"]["retailer_1"] == pytest.approx(purchase_before("retailer_1").income)


def test_scenarios_are_those_of_scikit_learn() -> None:
    _, centres = scenarios()
    found = solved("before_1").report_of["clearing_price"].to_dict()
    assert len(found) == centres.size
    for (scenario, hour), price in found.items():
        assert price == pytest.approx(centres[int(scenario) - 1, int(hour) - 1], rel=1e-9)


def day_ahead(result: Any, retailer: str, count: int) -> np.ndarray:
    """(5, count) bought ahead in each scenario and period of a day."""
    found = np.zeros((5, count))
    for (i, t, w), amount in result.value_of["ahead"].to_dict().items():
        assert i == retailer
        found[int(w) - 1, int(t) - 1] = amount
    return found


def spot_of(blocks: bool) -> np.ndarray:
    """(5, p) spot price of a period, weighted by all users' demand before the game."""
    of = periods(blocks).of
    weight = np.zeros(24)
    for row in rows("demand"):
        weight[int(row["hour"]) - 1] += float(row["electricity"])
    return np.asarray((scenarios()[1] * weight) @ of / (weight @ of))


@pytest.mark.parametrize(
    ("case", "retailer"),
    [
        ("before_1", "retailer_1"),
        pytest.param("before_3", "retailer_3", marks=pytest.mark.slow),
        pytest.param("power_3", "retailer_3", marks=pytest.mark.slow),
        pytest.param("lead_1", "retailer_1", marks=pytest.mark.slow),
    ],
)
def test_expectation_and_risk_at_the_answer(case: str, retailer: str) -> None:
    """Profit of each scenario from the decisions alone; its mean, the mean of its low tail, and their weighted sum."""
    result = solved(case)
    blocks = not case.startswith("before")
    chance, _ = scenarios()
    spot = spot_of(blocks)
    parts = {b: result.value_of["part"].to_dict()[retailer, b] for b in (row["contract"] for row in rows("contracts"))}
    signed = sum(float(c["price"]) * float(c["largest"]) * parts[c["contract"]] for c in rows("contracts"))
    gas = result.value_of["gas"].to_dict()
    gas_cost = sum(float(c["price"]) * gas[retailer, c["GasContract"]] for c in rows("gas_contracts"))
    bought = DAYS * (spot * day_ahead(result, retailer, spot.shape[1])).sum(axis=1)
    profit = result.report_of["income"][retailer] - signed - gas_cost - bought
    row = table("retailers", "retailer")[retailer]
    risk = cvar(-profit, chance, float(row["confidence"]))
    assert result.report_of["profit"][retailer] == pytest.approx(chance @ profit, rel=1e-7)
    assert result.report_of["risk"][retailer] == pytest.approx(risk, rel=1e-7)
    value = chance @ profit - float(row["risk_weight"]) * risk
    assert result.objectives[f"retailer[{retailer}].value"] == pytest.approx(value, rel=1e-7)


@pytest.mark.parametrize("user", USERS)
def test_users_answers_to_the_rates_given_are_those_of_scipy(user: str) -> None:
    """With every incentive, on 24 hours: the expected values are the best over all regimes of the incentives."""
    case = f"answer_{user.removesuffix('_1') if user[0] in 'ci' else user}"
    expected = EXPECTED["cases"][case]["objectives"][f"user[{user}].satisfaction"]
    assert satisfaction(user, GIVEN, GAS_GIVEN, incentives=True, blocks=False) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("user", USERS)
def test_blocks_of_hours_change_no_user_s_answer(user: str) -> None:
    for incentives in (True, False):
        by_hour = satisfaction(user, GIVEN, GAS_GIVEN, incentives=incentives, blocks=False)
        by_block = satisfaction(user, GIVEN, GAS_GIVEN, incentives=incentives, blocks=True)
        assert by_block == pytest.approx(by_hour, abs=1e-9)
    expected = EXPECTED["cases"]["plain_answers"]["objectives"][f"user[{user}].satisfaction"]
    assert by_block == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    "case", ["gas_3", *(pytest.param(c, marks=pytest.mark.slow) for c in ("gas_1", "power_3", "lead_1", "lead_2"))]
)
def test_users_answer_a_leader_s_prices_best(case: str) -> None:
    """At the leader's answer nobody could be more satisfied, says scipy."""
    result = solved(case)
    rate = GIVEN | {k: value for (_, k), value in result.value_of["price"].to_dict().items()}
    gas_rate = GAS_GIVEN | {g: value for (_, g), value in result.value_of["gas_price"].to_dict().items()}
    for user in USERS:
        best = 0.0
        if not case.startswith("gas"):
            best += electricity_satisfaction(user, rate, incentives=False, blocks=True)
        if not case.startswith("power"):
            best += gas_satisfaction(user, gas_rate, incentives=False, blocks=True)
        assert result.objectives[f"user[{user}].satisfaction"] == pytest.approx(best, abs=1e-7)


@pytest.mark.parametrize(
    ("case", "bought"),
    [
        ("answer_industrial", 10),
        pytest.param("answer_commercial", 10, marks=pytest.mark.slow),
        pytest.param("answer_residential_3", 0, marks=pytest.mark.slow),
    ],
)
def test_who_buys_gas_of_company_1(case: str, bought: float) -> None:
    """As the README says: large users take all that it sells them; homes earn the reward of package 4 instead."""
    own = solved(case).value_of["own"].to_dict()
    assert DAYS * sum(v for (_, d, _), v in own.items() if d == "company_1") == pytest.approx(bought, abs=1e-6)
    assert (next(iter(solved(case).value_of["above"].to_dict().values())) > 1) == (not bought)


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2])
def test_gas_and_electricity_apart_are_the_whole(number: int) -> None:
    """No constraint holds both, so a leader's value is the sum of both; the whole is solved by itself."""
    name = f"retailer[retailer_{number}].value"
    parts = sum(solved(f"{kind}_{number}").objectives[name] for kind in ("gas", "power"))
    assert solved(f"lead_{number}").objectives[name] == pytest.approx(parts, rel=1e-6)


def test_data_are_those_that_the_script_makes(tmp_path: Path) -> None:
    make_all(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.glob("*.csv")}
    assert made == {path.name: path.read_bytes() for path in FOLDER.glob("data/*.csv")}


def test_before_the_game_all_three_buy_as_each_does_alone() -> None:
    """HiGHS calls the problem with big-M infeasible, which it is not."""
    result = gamec.solve(MODEL, case="before")
    assert result.status.value == "equilibrium"
    for retailer in ("retailer_1", "retailer_2", "retailer_3"):
        value = f"retailer[{retailer}].value"
        expected = EXPECTED["cases"][f"before_{retailer[-1]}"]["objectives"][value]
        assert result.objectives[value] == pytest.approx(expected, rel=EXPECTED["tolerance"])
