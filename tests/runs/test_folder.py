"""What a run folder holds, and that a result read from it is the one that was written."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import market
import numpy as np
import pytest
import xarray as xr

from grammar.diagnostics import DiagnosticError
from grammar.source import Source
from runtime.history import Step
from runtime.result import Labelled, Result, Status
from runtime.runs.folder import read_run
from runtime.runs.verify import verify
from runtime.session import solve

FILES = {
    "run.json",
    "values.nc",
    "prices.nc",
    "reports.nc",
    "answer.nc",
    "values/out.csv",
    "values/late.csv",
    "values/line.csv",
    "prices/lmp.csv",
    "reports/paid.csv",
    "reports/from_two.csv",
    "scalars.csv",
    "results.xlsx",
    "log.txt",
    "inputs/plants.game",
    "inputs/data/load.csv",
    "inputs/parts/cost.csv",
    "inputs/parts/units.game",
}


def same(a: Result, b: Result) -> None:
    assert a.to_json() == b.to_json()
    for mine, others in ((a.value_of, b.value_of), (a.price_of, b.price_of), (a.report_of, b.report_of)):
        assert list(mine) == list(others)
        for name, value in mine.items():
            other = others[name]
            if not isinstance(value, Labelled):
                assert value == other or (np.isnan(value) and np.isnan(other))  # type: ignore[arg-type]
                continue
            assert isinstance(other, Labelled)
            assert (value.index, value.sets, value.keys) == (other.index, other.sets, other.keys)
            assert (value.elements(), value.unit, value.doc) == (other.elements(), other.unit, other.doc)
            assert np.array_equal(value.values, other.values, equal_nan=True)
    for field in ("game", "choice", "docs", "units", "set_docs", "history", "certificate"):
        assert getattr(a, field) == getattr(b, field), field
    assert [(d.code, d.headline, str(d.span)) for d in a.diagnostics] == [
        (d.code, d.headline, str(d.span)) for d in b.diagnostics
    ]


def test_the_files_of_a_run(run: Path) -> None:
    found = {p.relative_to(run).as_posix() for p in run.rglob("*") if p.is_file()}
    assert {f for f in found if not f.startswith("figures/")} == FILES


def test_tables_for_everybody(run: Path) -> None:
    with (run / "values" / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["g", "t", "out"]
    assert {(g, int(t)): float(v) for g, t, v in rows[1:]} == pytest.approx(market.OUT, abs=1e-6)
    with (run / "scalars.csv").open(encoding="utf-8", newline="") as file:
        scalars = {(r["kind"], r["name"]): r for r in csv.DictReader(file)}
    assert float(scalars["objective", "operator.total"]["value"]) == pytest.approx(market.TOTAL)
    assert scalars["objective", "operator.total"]["unit"] == "EUR"
    assert scalars["value", "one"]["doc"] == "a single number"
    assert float(scalars["report", "dear_share"]["value"]) == pytest.approx(0.2)


def test_arrays_for_everybody(run: Path) -> None:
    with xr.open_dataset(run / "values.nc") as values:
        assert values.out.dims == ("G", "T")
        assert float(values.out.sel(G="dear", T=2)) == pytest.approx(5, abs=1e-6)
        assert values.out.attrs["units"] == "MW"
        assert values.out.attrs["long_name"] == "output"
        assert np.isnan(values.late.sel(T=1))
    with xr.open_dataset(run / "prices.nc") as prices:
        assert prices.lmp.to_numpy() == pytest.approx([10, 30, 30])


def test_the_manifest_says_where_it_came_from(run: Path) -> None:
    told = json.loads((run / "run.json").read_bytes())
    assert (told["kind"], told["format"]) == ("gamec run", 1)
    assert told["result"]["status"] == "optimal"
    assert told["options"]["seed"] == 0
    assert {entry["name"]: entry["role"] for entry in told["inputs"] if entry["role"] != "model"} == {
        "parts/units.game": "file",
        "data/load.csv": "file",
        "parts/cost.csv": "file",
    }
    for entry in told["inputs"]:
        assert sha256((run / entry["stored"]).read_bytes()).hexdigest() == entry["sha256"]
    assert set(told["files"]) == {
        p.relative_to(run).as_posix() for p in run.rglob("*") if p.is_file() and p.name != "run.json"
    }
    for name, digest in told["files"].items():
        assert sha256((run / name).read_bytes()).hexdigest() == digest, name
    assert {"gamec", "python", "platform", "packages", "started"} <= set(told)


def test_what_was_read_is_what_was_written(run: Path, result: Result) -> None:
    same(read_run(run).result, result)


def test_the_copies_can_be_solved(run: Path) -> None:
    assert solve(run / "inputs" / "plants.game").objectives["operator.total"] == pytest.approx(market.TOTAL)


def test_a_result_that_was_read_can_be_kept_again(run: Path, tmp_path: Path) -> None:
    again = read_run(run).result.save(tmp_path / "again", figures=())
    before, after = read_run(run), read_run(again)
    same(before.result, after.result)
    for name in ("values/out.csv", "inputs/plants.game", "scalars.csv"):
        assert (run / name).read_bytes() == (again / name).read_bytes()
    assert verify(after).confirmed


def test_runs_without_an_answer(tmp_path: Path) -> None:
    model = market.written(tmp_path / "model")
    found = solve(model, case="impossible")
    assert found.status is Status.INFEASIBLE
    stored = read_run(found.save(tmp_path / "run", figures=())).result
    same(stored, found)
    assert [d.code for d in stored.diagnostics] == ["G801"]
    assert stored.diagnostics[0].span is None or stored.diagnostics[0].span.text


def test_data_and_options_are_kept(tmp_path: Path) -> None:
    model = market.written(tmp_path / "model")
    found = solve(model, data={"room": 9, "demand": {1: 8, 2: 9, 3: 8.5}}, seed=3, gap=0.0, time_limit=60)
    run = read_run(found.save(tmp_path / "run", figures=()))
    assert run.manifest["data"] == {"room": 9, "demand": {"1": 8, "2": 9, "3": 8.5}}
    assert (run.record.request.seed, run.record.request.gap, run.record.request.time_limit) == (3, 0.0, 60)
    assert verify(run).confirmed


def test_files_that_lie_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "load.csv").write_text("t,demand\n1,1\n2,2\n", "utf-8")
    (tmp_path / "other").mkdir()
    absolute = tmp_path / "other" / "load.csv"
    absolute.write_text("t,floor\n1,0\n2,1\n", "utf-8")
    (tmp_path / "model").mkdir()
    model = tmp_path / "model" / "m.game"
    model.write_text(
        'game g set T index t = 1..2 param demand[t] from "../data/load.csv" '
        f'param floor[t] from "{absolute.as_posix()}" '
        "player p { var x[t] <= 9 minimize c = sum(t) x[t] constraint k[t]: x[t] >= demand[t] + floor[t] }",
        "utf-8",
    )
    run = read_run(solve(model).save(tmp_path / "run", figures=()))
    inside = {p.relative_to(tmp_path / "run") for p in (tmp_path / "run").rglob("*")}
    assert not any(".." in p.parts for p in inside)
    assert sum("elsewhere" in p.parts and p.name.endswith("load.csv") for p in inside) == 2
    model.unlink()
    absolute.unlink()
    assert verify(run).confirmed


def test_a_text_without_a_file(tmp_path: Path) -> None:
    text = "game g player p { var x in [0, 1] minimize c = -x }"
    for path in ("-", "<cell>", "test"):
        run = solve(Source(path, text)).save(tmp_path / f"run{len(path)}", figures=())
        assert (run / "inputs" / "model.game").read_text("utf-8") == text
        assert verify(read_run(run)).confirmed


def test_the_history_is_kept(result: Result, tmp_path: Path) -> None:
    steps = (Step(0, {"operator.total": 600.0}, float("inf"), 0.0, "start"), Step(1, {}, float("nan"), 0.5))
    run = replace(result, history=steps).save(tmp_path / "run", figures=())
    found = read_run(run).result.history
    assert found[0] == steps[0]
    assert (found[1].iteration, dict(found[1].objectives), found[1].seconds) == (1, {}, 0.5)
    assert np.isnan(found[1].residual)
    assert (run / "history.csv").read_text("utf-8").splitlines() == [
        "iteration,operator.total,residual,seconds,note",
        "0,600.0,inf,0.0,start",
        "1,,,0.5,",
    ]


def test_names_that_file_systems_do_not_take(tmp_path: Path) -> None:
    """Elements with slashes in the names of prices, and names that differ by case only."""
    model = (
        'game g set I index i = {"a/b", "a:b"} set T index t = 1..2 '
        "player p[i] { var x[t] in [0, 1] var X[t] in [0, 2] minimize c = -(sum(t) x[t]) - (sum(t) X[t]) "
        "constraint k[t]: x[t] + X[t] <= 1 price con[t] }"
    )
    run = read_run(solve(Source("m", model)).save(tmp_path / "run", figures=()))
    assert verify(run).confirmed
    assert len(run.tables) == len({path.casefold() for path in run.tables}) == 3


def test_a_result_of_ones_own_cannot_be_kept(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="solve"):
        Result("g", Status.OPTIMAL).save(tmp_path / "run", figures=())
    assert not (tmp_path / "run").exists()


def test_what_is_in_the_way_stays(result: Result, run: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.tex").write_text("years of work", "utf-8")
    (tmp_path / "file").write_text("mine too", "utf-8")
    before = (run / "run.json").read_bytes()
    for place, force in ((mine, False), (mine, True), (run, False), (tmp_path / "file", True), (Path(), True)):
        with pytest.raises(DiagnosticError) as error:
            result.save(place, force=force, figures=())
        assert [d.code for d in error.value.diagnostics] == ["G003"]
    assert (mine / "thesis.tex").read_text("utf-8") == "years of work"
    assert (tmp_path / "file").read_text("utf-8") == "mine too"
    assert (run / "run.json").read_bytes() == before


def test_force_replaces_a_run_and_leaves_nothing_of_it(result: Result, run: Path) -> None:
    (run / "figures").mkdir(exist_ok=True)
    (run / "figures" / "old.png").write_bytes(b"old")
    result.save(run, force=True, figures=())
    assert not (run / "figures" / "old.png").exists()
    assert verify(read_run(run)).confirmed
    assert [p.name for p in run.parent.iterdir()] == ["run"]


def test_folders_on_the_way_are_made(result: Result, tmp_path: Path) -> None:
    place = result.save(tmp_path / "a" / "b" / "run", figures=())
    assert (place / "run.json").is_file()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert result.save(tmp_path / "link" / "b" / "run", force=True, figures=()) == place
