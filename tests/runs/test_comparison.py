"""Cases side by side in a folder, kept answers side by side, and what is found when somebody changes them."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import market
import pytest
from test_verify import edited

import gamec
from grammar.diagnostics import DiagnosticError
from runtime.result import Comparison
from runtime.runs.comparison_folder import compared_runs, read_comparison
from runtime.runs.verify_comparison import verify_comparison
from runtime.session import compare, solve

# The dear plant makes what is above the room of the cheap one: 7+4 of 35 where that is 8, nothing where it is 20.
GAIN = 220.0


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return compare(market.written(tmp_path_factory.mktemp("cases") / "model"))


@pytest.fixture(scope="module")
def _kept(found: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found.save(tmp_path_factory.mktemp("kept") / "cases", figures=("svg",))


@pytest.fixture
def folder(_kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(_kept, tmp_path / "seasons"))


def test_what_was_read_is_what_was_written(folder: Path, found: Comparison) -> None:
    again = read_comparison(folder).comparison
    assert again.to_json() == found.to_json()
    assert again.comparisons["gain"] == pytest.approx(GAIN)
    assert (again.docs, again.units) == (found.docs, found.units)
    assert [d.code for d in again.diagnostics] == ["G801"]


def test_a_table_of_all_cases(folder: Path) -> None:
    with (folder / "comparison.csv").open(encoding="utf-8", newline="") as file:
        rows = {(r["kind"], r["name"]): r for r in csv.DictReader(file)}
    total = rows["report", "total_cost"]
    assert float(total["tight"]) - float(total["loose"]) == pytest.approx(GAIN)
    assert total["impossible"] == ""
    assert total["unit"] == "EUR"
    assert float(rows["comparison", "gain"]["tight"]) == pytest.approx(GAIN)


def test_figures_of_all_cases(folder: Path) -> None:
    drawn = {p.name for p in (folder / "figures").iterdir()}
    assert {"objectives.svg", "reports.svg", "price_lmp.svg", "report_paid.svg", "comparisons.svg"} <= drawn


def test_the_file_s_own_plots_of_each_case(folder: Path, found: Comparison) -> None:
    """Where there is an answer; what `solve -o` draws besides is in no case's folder."""
    drawn = {c: {p.stem for p in folder.glob(f"cases/{c}/figures/*.svg")} for c in found.results}
    assert drawn == {"tight": {"dispatch"}, "loose": {"dispatch"}, "impossible": set()}


def test_it_is_confirmed_until_it_is_changed(folder: Path) -> None:
    verified = verify_comparison(read_comparison(folder))
    assert verified.confirmed, verified.findings
    assert {case: v.certificate is not None for case, v in verified.cases.items()} == {
        "tight": True,
        "impossible": False,
        "loose": True,
    }
    edited(folder / "run.json", '"gain": 2', '"gain": 3')
    verified = verify_comparison(read_comparison(folder))
    assert not verified.confirmed
    assert "`gain` is 320.0, the stored point gives 220.0" in verified.findings[0].headline


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("comparison.csv", "1", "2"),
        ("figures/objectives.svg", "1", "2"),
        ("cases/tight/scalars.csv", "1", "2"),
        ("cases/loose/inputs/data/load.csv", "1,8", "1,7"),
    ],
)
def test_any_change_is_found(file: str, old: str, new: str, folder: Path) -> None:
    edited(folder / file, old, new)
    assert not verify_comparison(read_comparison(folder)).confirmed


def test_kept_answers_side_by_side(folder: Path, found: Comparison) -> None:
    """Cases of one model with the same data: the comparisons of the file are computed too."""
    both = compared_runs([folder / "cases" / "tight", folder / "cases" / "loose"])
    assert list(both.results) == ["tight", "loose"]
    assert both.comparisons["gain"] == pytest.approx(GAIN)
    every = compared_runs([folder])
    assert list(every.results) == ["tight", "impossible", "loose"]
    assert every.comparisons == found.comparisons


def test_answers_of_one_case_are_called_as_their_folders(tmp_path: Path) -> None:
    model = market.written(tmp_path / "model")
    first = solve(model).save(tmp_path / "before" / "run", figures=())
    second = solve(model, data={"room": 20}).save(tmp_path / "after", figures=())
    third = solve(model, data={"room": 8}).save(tmp_path / "later" / "run", figures=())
    both = compared_runs([first, second, third])
    assert list(both.results) == ["run", "after", "run (2)"]
    assert both.comparisons == {}
    assert both.results["after"].objectives["operator.total"] < both.results["run"].objectives["operator.total"]


def test_cases_with_other_data_are_not_compared_by_the_file(tmp_path: Path) -> None:
    model = market.written(tmp_path / "model")
    tight = solve(model, case="tight").save(tmp_path / "a", figures=())
    loose = solve(model, case="loose", data={"cost": {"cheap": 1, "dear": 2}}).save(tmp_path / "b", figures=())
    both = compared_runs([tight, loose])
    assert list(both.results) == ["tight", "loose"]
    assert both.comparisons == {}


def test_a_case_is_missing(folder: Path) -> None:
    shutil.rmtree(folder / "cases" / "loose")
    with pytest.raises(DiagnosticError) as error:
        read_comparison(folder)
    assert [d.code for d in error.value.diagnostics] == ["G001"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cases", None),
        ("cases", {"a": "../../elsewhere"}),
        ("comparisons", {"gain": "much"}),
        ("comparisons", {"gain": {"index": ["t"], "keys": [[1]], "values": []}}),
        ("docs", 3),
    ],
)
def test_a_manifest_of_another_shape(key: str, value: object, folder: Path) -> None:
    told = json.loads((folder / "run.json").read_bytes())
    told[key] = value
    (folder / "run.json").write_text(json.dumps(told), "utf-8")
    with pytest.raises(DiagnosticError) as error:
        read_comparison(folder)
    assert [d.code for d in error.value.diagnostics] == ["G005"]


def test_public_names_take_both_kinds(folder: Path) -> None:
    both, one = gamec.read_run(folder), gamec.read_run(folder / "cases" / "tight")
    assert isinstance(both, gamec.Comparison)
    assert isinstance(one, gamec.Result)
    assert gamec.verify(folder).confirmed
    assert gamec.verify(folder / "cases" / "tight").confirmed
    assert both.to_dataframe().loc[("report", "total_cost"), "tight"] == one.report_of["total_cost"]
