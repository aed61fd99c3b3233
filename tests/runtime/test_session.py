"""From text to labelled result: the documented JSON shape, names, labels, cases and comparisons."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from grammar.diagnostics import DiagnosticError
from runtime.result import Labelled, Status
from runtime.session import compare, solve

MODEL = """
game plant "Two units meet a demand"
unit EUR "euro"
set T index t = 1..3
set G index g = {cheap, dear}
param demand[t] : MW = {1: 8, 2: 15, 3: 12}
param cost[g] : EUR/MW = {cheap: 10, dear: 30}
param room : MW = 10

player operator "operator" {
  var out[g,t] : MW in [0, room]  "output"
  minimize total : EUR = sum(g,t) cost[g]*out[g,t]
  constraint balance[t]: sum(g) out[g,t] == demand[t]  price lmp[t] : EUR/MW
}
report dear_share = (sum(t) out[dear,t]) / (sum(t) demand[t])
report paid[t] : EUR = lmp[t]*demand[t]
case tight { param room = 8 }
case loose { param room = 20 }
compare gain : EUR = tight.total_cost - loose.total_cost
report total_cost : EUR = operator.total
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "plant.game"
    path.write_text(MODEL, "utf-8")
    return path


def test_result_is_labelled(model: Path) -> None:
    """Demand 8, 15, 12 and 10 cheap units in each period: 0, 5, 2 of the dear ones."""
    result = solve(model)
    assert result.status is Status.OPTIMAL
    assert result.certificate.verified
    assert result.objectives == {"operator.total": pytest.approx(28 * 10 + 7 * 30)}
    out = result.value_of["out"]
    assert isinstance(out, Labelled)
    assert out.index == ("g", "t")
    assert out["dear", 2] == pytest.approx(5)
    assert out["cheap", 1] == pytest.approx(8)
    assert result.price_of["lmp"][2] == pytest.approx(30)  # type: ignore[index]
    assert result.report_of["dear_share"] == pytest.approx(7 / 35)
    assert result.report_of["paid"][3] == pytest.approx(360)  # type: ignore[index]
    assert result.docs["out"] == "output"
    assert result.units["out"] == "MW"


def test_json_shape(model: Path) -> None:
    data = json.loads(json.dumps(solve(model).to_json(), allow_nan=False))
    keys = ["status", "method", "solver", "case", "choice", "other_methods"]
    keys += ["objectives", "values", "prices", "reports", "certificate", "time"]
    assert list(data) == keys
    assert data["status"] == "optimal"
    assert data["values"]["out"]["index"] == ["g", "t"]
    assert data["values"]["out"]["keys"][0] == ["cheap", 1]
    assert len(data["values"]["out"]["values"]) == 6
    assert list(data["certificate"]) == ["verified", "regret", "max_violation", "bounds"]
    assert set(data["time"]) >= {"parse", "analyse", "ground", "reformulate", "solve", "certify"}


def test_cases_are_compared(model: Path) -> None:
    comparison = compare(model)
    assert list(comparison.results) == ["tight", "loose"]
    tight = 8 * 3 * 10 + (7 + 4) * 30
    loose = 35 * 10
    assert comparison.results["tight"].objectives["operator.total"] == pytest.approx(tight)
    assert comparison.comparisons["gain"] == pytest.approx(tight - loose)
    assert compare(model, cases=["loose"]).comparisons == {}


def test_infeasible_is_a_result(model: Path) -> None:
    result = solve(model, data={"room": 5})
    assert result.status is Status.INFEASIBLE
    assert result.value_of == {}
    assert [d.code for d in result.diagnostics] == ["G801"]
    assert "operator.balance[t=2]" in result.diagnostics[0].headline
    assert result.diagnostics[0].span is not None
    assert json.dumps(result.to_json(), allow_nan=False)


def test_wrong_case_and_option_raise(model: Path) -> None:
    with pytest.raises(DiagnosticError):
        solve(model, case="nonsense")
    with pytest.raises(DiagnosticError) as error:
        solve(model, solver="cplex")
    assert error.value.diagnostics[0].code == "G807"


def test_prices_without_value_are_null(tmp_path: Path) -> None:
    """A leader's own constraint has no shadow price in a bilevel game."""
    path = tmp_path / "two.game"
    path.write_text(
        """game two
player top { var x in [0, 4] maximize gain = x + y constraint cap: x <= 3 price worth }
player low follows top { var y in [0, 9] minimize loss = y constraint r: y >= x }
""",
        "utf-8",
    )
    result = solve(path)
    assert result.status is Status.OPTIMAL
    assert np.isnan(result.price_of["worth"])
    assert result.to_json()["prices"]["worth"] is None
