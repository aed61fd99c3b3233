"""`gamec sweep`: every point solved, whatever becomes of others; kept, gone on with, and the same for any workers."""

from __future__ import annotations

import io
import json
import math
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gamec as front_door
from gamec.commands.sweep import _Progress
from gamec.exit_codes import LIMIT, of_sweep
from grammar.diagnostics import Diagnostic, DiagnosticError
from runtime.figures.chart import Kind
from runtime.sweeps.outcome import Outcome, Question
from runtime.sweeps.sweep import Sweep, sweep
from runtime.worker_process import WorkerProcess
from tests.gamec.conftest import Ran
from tests.gamec.json_schema import parse, wrong

Gamec = Callable[..., Ran]

MODEL = """game shop "a seller"
unit EUR "euro"
set G index g from "shares.csv"
param share[g] from "shares.csv"
param top in [0, 100] = 5        "what there is"
param price : EUR = 1            "what one brings"
player p { var x in [0, top]  maximize gain : EUR = price*x  constraint least: x >= 1 }
case low "less" { param price = 2 }
case high { param price = 10 }
report found : EUR = p.gain      "what is gained"
report parts[g] : EUR = share[g]*p.gain  "what each gets"
"""

SEARCHED = """game searched
param low = 1
player leader { var y in [0, 8]  minimize cost = (y - low)^2 + 0.3*sin(7*y) + x }
player follower follows leader { var x in [0, 10]  minimize effort = x  constraint enough: x >= 4 - y }
"""


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gains `price*top` where `top` is 1 or more; one share is a quarter, the other three quarters."""
    (tmp_path / "shop.game").write_text(MODEL, encoding="utf-8")
    (tmp_path / "shares.csv").write_text("g,share\none,0.25\ntwo,0.75\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "shop.game"


def refused(**call: Any) -> Diagnostic:
    with pytest.raises(DiagnosticError) as error:
        sweep("shop.game", **{"workers": 1, "figures": (), **call})
    [found] = error.value.diagnostics
    return found


class Heard:
    """Remembers which points were solved."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def __call__(self, outcome: Outcome, done: int, total: int) -> None:
        self.numbers.append(outcome.number)


def test_every_combination_in_order_with_numbers_known_by_hand(model: Path) -> None:
    found = sweep(model, {"top": "1..3:3", "case": ["low", "high"]}, workers=1)
    assert [dict(o.at) for o in found.outcomes] == [
        {"top": top, "case": case} for top in (1, 2, 3) for case in ("low", "high")
    ]
    frame = found.to_dataframe()
    assert frame["p.gain"].tolist() == pytest.approx([2, 10, 4, 20, 6, 30])
    assert frame["found"].tolist() == pytest.approx([2, 10, 4, 20, 6, 30])
    assert frame["status"].tolist() == ["optimal"] * 6
    assert found.certified
    parts = found.to_dataframe("parts")
    assert parts["index"].tolist() == ["g=one", "g=two"] * 6
    assert parts["value"].tolist()[:4] == pytest.approx([0.5, 1.5, 2.5, 7.5])
    with pytest.raises(KeyError):
        found.to_dataframe("nothing")
    assert front_door.sweep is sweep


@pytest.mark.parametrize(
    ("words", "values"),
    [
        # 0.8 + k*0.025 as people write it: no 0.8500000000000001 as floating steps give.
        ("0.80..0.95:7", [0.8, 0.825, 0.85, 0.875, 0.9, 0.925, 0.95]),
        ("3..1:3", [3, 2, 1]),
        ("-1..1:5", [-1.0, -0.5, 0.0, 0.5, 1.0]),
        ("0,10..20:2, .5", [0, 10, 20, 0.5]),
        ([1, 2.5], [1, 2.5]),
        (np.array([1.0, 2.0]), [1.0, 2.0]),
    ],
)
def test_values_of_an_axis(words: object, values: list[float]) -> None:
    from compiler.pipeline import check_game
    from grammar.source import Source
    from runtime.sweeps.axes import axes_of

    game = check_game(Source("a.game", "game a param top = 5 player p { var x in [0, top] maximize gain = x }"))
    [axis] = axes_of({"top": words}, game)
    assert list(axis.values) == values
    assert [type(v) for v in axis.values] == [type(v) for v in values]


@pytest.mark.parametrize(
    ("over", "code", "words"),
    [
        ({"top": "1..2"}, "G507", "no range of numbers with their count"),
        ({"top": "0.8-0.95"}, "G507", "no range of numbers with their count"),
        ({"top": "high"}, "G507", "`high` is no number"),
        ({"top": ["1", 2]}, "G507", "goes over numbers"),
        ({"top": "1..2:1"}, "G507", "is no range"),
        ({"top": "2..2:3"}, "G507", "is no range"),
        ({"top": "1,,2"}, "G507", "a value missing"),
        ({"top": ""}, "G507", "a value missing"),
        ({"top": []}, "G507", "has no values"),
        ({"top": "1,2,1"}, "G507", "the value 1 twice"),
        ({"top": [[1, 2]]}, "G507", "single values, not over a list"),
        ({"top": "1,nan"}, "G504", "no finite number"),
        ({"top": "0..1e999:2"}, "G504", "no finite number"),
        ({"tpo": "1,2"}, "G507", "no parameter `tpo`"),
        ({"cases": "low,high"}, "G507", "no parameter `cases`"),
        ({"case": "low,hihg"}, "G605", "no case `hihg`"),
        ({}, "G507", "needs a parameter"),
    ],
)
def test_what_cannot_be_swept_says_why_and_offers_a_way(
    model: Path, over: dict[str, object], code: str, words: str
) -> None:
    found = refused(over=over)
    assert found.code == code
    assert words in found.headline
    assert found.hints or code == "G504"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0.8-0.95", "0.8..0.95:7"),
        ("0.8–0.95", "0.8..0.95:7"),
        ("0.8:0.95", "0.8..0.95:7"),
        ("0.8 to 0.95", "0.8..0.95:7"),
        ("0.8..0.95", "0.8..0.95:7"),
        ("-2--1", "-2..-1:7"),
        ("0.8:0.95:4", "0.8..0.95:4"),
        ("0.8...0.95:4", "0.8..0.95:4"),
        ("0.8..0.95:0.05", "0.8..0.95:4"),  # 0.80, 0.85, 0.90, 0.95
        ("1..2:0.3", "1..2:7"),
    ],
)
def test_other_forms_of_a_range_are_told_the_right_one(model: Path, written: str, meant: str) -> None:
    [hint] = refused(over={"top": written}).hints
    assert f"`top={meant}`" in hint.text


def test_a_parameter_cannot_be_swept_and_given(model: Path) -> None:
    assert refused(over={"top": "1,2"}, data={"top": 3}).code == "G507"


@pytest.mark.parametrize("executor", ["threads", "nobody"])
def test_executors_that_are_none(model: Path, executor: str) -> None:
    assert refused(over={"top": "1,2"}, executor=executor).code == "G807"


def same(a: Sweep, b: Sweep) -> bool:
    """To the last bit, times apart."""
    left, right = a.to_dataframe().drop(columns="seconds"), b.to_dataframe().drop(columns="seconds")
    return bool(left.equals(right))


def test_one_and_two_workers_give_the_same(tmp_path: Path) -> None:
    """By a random search, at different points in different processes: each begins with the seed that was asked for."""
    file = tmp_path / "searched.game"
    file.write_text(SEARCHED, encoding="utf-8")
    options: dict[str, Any] = {"method": "particle_swarm", "generations": 3, "population": 6, "seed": 5}
    over = {"low": "1..4:4"}
    alone = sweep(file, over, workers=1, **options)
    assert all(o.objectives for o in alone.outcomes)
    assert same(alone, sweep(file, over, workers=2, **options))
    # The seed matters here, or the test could not fail.
    other = sweep(file, over, workers=1, **{**options, "seed": 6, "generations": 1})
    assert not same(alone, other)


def test_failures_are_recorded_and_the_rest_goes_on(gamec: Gamec, model: Path) -> None:
    """0.5 is infeasible; 200 is beyond the bound of the parameter."""
    ran = gamec("sweep", model.name, "top=0.5,2,200", "--set", "price=3", "--format", "json", "--workers", "1")
    document = parse(ran.out)
    assert wrong(document, "sweep") == []
    assert [p["status"] for p in document["points"]] == ["infeasible", "optimal", "error"]
    assert [p["code"] for p in document["points"]] == ["G801", "", "G507"]
    assert [p["certified"] for p in document["points"]] == [False, True, False]
    assert document["points"][1]["objectives"] == {"p.gain": pytest.approx(6.0)}
    assert ran.code == 3


def test_as_text_with_two_workers_and_a_folder(gamec: Gamec, model: Path) -> None:
    ran = gamec("sweep", model.name, "top=2,3", "case=low,high", "--workers", "2", "-o", "kept", "--figures", "png")
    assert ran.code == 0, ran.err
    rows = [line.split() for line in ran.out.splitlines()]
    assert ["2", "low", "optimal", "yes", "4", "4"] in rows
    assert ["3", "high", "optimal", "yes", "30", "30"] in rows
    assert "4 of 4 points certified" in ran.out
    files = {str(p.relative_to("kept")) for p in Path("kept").rglob("*") if p.is_file()}
    assert files == {
        "run.json",
        "sweep.parquet",
        "reports.parquet",
        *(f"points/00000{k}.json" for k in (1, 2, 3, 4)),
        *(f"figures/{name}.png" for name in ("objective_p.gain", "report_found", "report_parts")),
    }


def test_words_that_are_no_sweep(gamec: Gamec, model: Path) -> None:
    ran = gamec("sweep", model.name, "top=1,2", "top=3", "x")
    assert ran.code == 1
    assert "`top` is swept twice" in ran.err
    assert "`x` is not of the form NAME=VALUES" in ran.err


def test_a_second_call_solves_only_what_is_left(model: Path) -> None:
    over = {"top": "1..4:4"}
    whole = sweep(model, over, workers=1, output="kept", figures=())
    before = {p.name: p.stat().st_mtime_ns for p in Path("kept/points").iterdir()}
    Path("kept/points/000003.json").unlink()
    Path("kept/sweep.parquet").unlink()
    heard = Heard()
    again = sweep(model, over, workers=1, output="kept", figures=(), told=heard)
    assert heard.numbers == [3]
    assert same(whole, again)
    assert whole.to_dataframe("parts").equals(again.to_dataframe("parts"))
    after = {p.name: p.stat().st_mtime_ns for p in Path("kept/points").iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"000003.json"}
    assert Path("kept/sweep.parquet").is_file()


def test_an_interrupt_loses_no_point_that_was_done(model: Path) -> None:
    def interrupted(outcome: Outcome, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    over = {"top": "1..4:4"}
    with pytest.raises(KeyboardInterrupt):
        sweep(model, over, workers=1, output="kept", figures=(), told=interrupted)
    assert sorted(p.name for p in Path("kept/points").iterdir()) == ["000001.json", "000002.json"]
    heard = Heard()
    found = sweep(model, over, workers=1, output="kept", figures=(), told=heard)
    assert heard.numbers == [3, 4]
    assert [o.objectives["p.gain"] for o in found.outcomes] == pytest.approx([1, 2, 3, 4])


def test_points_that_ended_in_diagnostics_are_tried_again(model: Path) -> None:
    over = {"top": "0.5,2,200"}
    sweep(model, over, workers=1, output="kept", figures=())
    heard = Heard()
    sweep(model, over, workers=1, output="kept", figures=(), told=heard)
    assert heard.numbers == [3]


def test_a_sweep_of_something_else_is_refused(model: Path) -> None:
    over = {"top": "1,2"}
    sweep(model, over, workers=1, output="kept", figures=())
    stored = {p.name: p.read_bytes() for p in Path("kept").rglob("*.json")}
    for words, call in (
        ("over other values: top=1,2", {"over": {"top": "1,3"}}),
        ("other options (seed)", {"over": over, "seed": 3}),
        ("other data", {"over": over, "data": {"price": 4}}),
    ):
        found = refused(output="kept", **call)
        assert (found.code, words in found.headline) == ("G003", True), found.headline
        assert found.hints
    model.write_text(MODEL.replace("= 1  ", "= 7  "), encoding="utf-8")
    assert "before its text changed" in refused(over=over, output="kept").headline
    model.write_text(MODEL, encoding="utf-8")
    Path("shares.csv").write_text("g,share\none,0.5\ntwo,0.5\n", encoding="utf-8")
    assert "`shares.csv` has changed" in refused(over=over, output="kept").headline
    assert stored == {p.name: p.read_bytes() for p in Path("kept").rglob("*.json")}
    anew = sweep(model, over, workers=1, output="kept", force=True, figures=())
    assert anew.to_dataframe("parts")["value"].tolist() == pytest.approx([0.5, 0.5, 1.0, 1.0])


def test_a_folder_of_somebody_else_is_left_alone(model: Path) -> None:
    Path("mine").mkdir()
    Path("mine/thesis.txt").write_text("years", encoding="utf-8")
    for force in (False, True):
        assert refused(over={"top": "1,2"}, output="mine", force=force).code == "G003"
    assert [p.name for p in Path("mine").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[]", b"null", b"\xff"])
def test_a_damaged_record_is_told(model: Path, content: bytes) -> None:
    sweep(model, {"top": "1,2"}, workers=1, output="kept", figures=())
    Path("kept/points/000002.json").write_bytes(content)
    found = refused(over={"top": "1,2"}, output="kept")
    assert found.code == "G005"
    assert "points/000002.json" in found.headline


def test_a_record_that_cannot_be_written(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep(model, {"top": "1,2"}, workers=1, output="kept", figures=())
    Path("kept/points/000002.json").unlink()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    found = refused(over={"top": "1,2"}, output="kept")
    assert found.code == "G003"
    assert "No space left on device" in found.headline
    assert [p.name for p in Path("kept/points").iterdir()] == ["000001.json"]


def test_parquet_has_every_number_with_its_unit(model: Path) -> None:
    from pyarrow import parquet

    sweep(model, {"top": "0.5,2", "case": "low,high"}, workers=1, output="kept", figures=())
    points = parquet.read_table("kept/sweep.parquet")
    assert points.column("top").to_pylist() == [0.5, 0.5, 2.0, 2.0]
    assert points.column("case").to_pylist() == ["low", "high"] * 2
    assert points.column("status").to_pylist() == ["infeasible", "infeasible", "optimal", "optimal"]
    assert points.column("code").to_pylist() == ["G801", "G801", "", ""]
    gains = points.column("p.gain").to_pylist()
    assert all(v is None or math.isnan(v) for v in gains[:2])
    assert gains[2:] == pytest.approx([4, 20])
    assert points.schema.field("found").metadata == {b"unit": b"EUR", b"doc": b"what is gained"}
    assert points.schema.field("top").metadata == {b"doc": b"what there is"}
    reports = parquet.read_table("kept/reports.parquet").to_pylist()
    assert [(r["case"], r["index"], r["value"]) for r in reports] == [
        ("low", "g=one", pytest.approx(1.0)),
        ("low", "g=two", pytest.approx(3.0)),
        ("high", "g=one", pytest.approx(5.0)),
        ("high", "g=two", pytest.approx(15.0)),
    ]


def test_figures_show_certified_points_only_and_say_so(model: Path) -> None:
    found = sweep(model, {"case": "low,high", "top": "3,0.5,2"}, workers=1)
    assert list(found.charts) == ["objective_p.gain", "report_found", "report_parts"]
    chart = found.charts["report_found"]
    assert chart.at == (0.5, 2, 3)
    assert chart.x == "what there is"
    [panel] = chart.panels
    assert panel.kind is Kind.LINES
    assert panel.y == "found in EUR"
    assert [line.label for line in panel.lines] == ["case=low", "case=high"]
    np.testing.assert_allclose(panel.lines[0].values, [np.nan, 4, 6])
    np.testing.assert_allclose(panel.lines[1].values, [np.nan, 20, 30])
    assert chart.note == "2 of 6 points have no certified answer and are left out"
    low, high = found.charts["report_parts"].panels
    assert (low.title, high.title) == ("case=low", "case=high")
    np.testing.assert_allclose(high.lines[1].values, [np.nan, 15, 22.5])
    assert found.plot("found").axes
    cases = sweep(model, {"case": "low,high"}, workers=1).charts["report_found"]
    assert (cases.panels[0].kind, cases.at) == (Kind.BARS, ("low", "high"))


def test_a_lost_worker_takes_only_its_point_with_it(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = WorkerProcess.asked

    def killed(self: WorkerProcess, what: object) -> object:
        if isinstance(what, Question) and what.number == 2:
            self.process.kill()
            self.process.wait()
        return started(self, what)

    monkeypatch.setattr(WorkerProcess, "asked", killed)
    found = sweep(model, {"top": "1..4:4"}, workers=2, output="kept", figures=())
    assert [o.status for o in found.outcomes] == ["optimal", "error", "optimal", "optimal"]
    assert found.outcomes[1].code == "G804"
    monkeypatch.undo()
    os.chdir(model.parent)
    heard = Heard()
    assert sweep(model, {"top": "1..4:4"}, workers=1, output="kept", figures=(), told=heard).certified
    assert heard.numbers == [2]


def test_a_fault_of_ours_at_a_point_is_told_as_that(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import runtime.session

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("somewhere")

    monkeypatch.setattr(runtime.session, "solve", broken)
    [outcome] = sweep(model, {"top": [1]}, workers=1).outcomes
    assert (outcome.status, outcome.code) == ("error", "G901")


def test_what_ended_at_a_limit_is_not_certified(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its certificate says that it is feasible, no more: neither exit code 0 nor a point in a figure."""
    import runtime.session

    solved = front_door.solve

    def stopped(*given: Any, **options: Any) -> front_door.Result:
        return replace(solved(*given, **options), status=front_door.Status.LIMIT)

    monkeypatch.setattr(runtime.session, "solve", stopped)
    found = sweep(model, {"top": "1,2"}, workers=1)
    assert [(o.status, o.certified) for o in found.outcomes] == [("limit", False)] * 2
    assert of_sweep(found) == LIMIT
    assert found.charts == {}
    assert found.to_dataframe()["p.gain"].tolist() == pytest.approx([1, 2])


@pytest.mark.parametrize(
    ("status", "code", "exit_code"),
    [
        ("infeasible", "G801", 3),
        ("limit", "G808", 4),
        ("not_verified", "G806", 6),
        ("error", "G803", 5),
        ("error", "G501", 1),
    ],
)
def test_the_exit_code_is_that_of_the_first_point_that_is_not_certified(status: str, code: str, exit_code: int) -> None:
    """As `gamec solve` would end at that point (docs/architecture.md)."""
    good = Outcome(1, {}, "optimal", certified=True)
    bad = Outcome(2, {}, status, code=code, diagnostics=(Diagnostic(code, "what is wrong"),))
    last = Outcome(3, {}, "error", code="G901", diagnostics=(Diagnostic("G901", "ours"),))
    assert of_sweep(Sweep("a", (), (good, good))) == 0
    assert of_sweep(Sweep("a", (), (good, bad, last))) == exit_code


@pytest.mark.parametrize(
    ("encoding", "drawn"),
    [("utf-8", "│████████████████        │"), ("ascii", "|################        |")],
)
def test_the_progress_line_counts(encoding: str, drawn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two thirds of 24 cells."""
    monkeypatch.setattr("sys.stderr", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    progress = _Progress("shop.game")
    assert progress.words() == "sweeping shop.game"
    progress.told(Outcome(1, {}, "optimal", certified=True), 1, 3)
    progress.told(Outcome(2, {}, "infeasible"), 2, 3)
    assert progress.words() == f"sweeping shop.game: {drawn} 2 of 3 points, 1 not certified"


def test_records_say_what_was_read(model: Path) -> None:
    from hashlib import sha256

    sweep(model, {"top": "1,2"}, workers=1, output="kept", figures=())
    record = json.loads(Path("kept/points/000001.json").read_text(encoding="utf-8"))
    hashes = {entry["name"]: entry["sha256"] for entry in record["inputs"]}
    assert hashes["shares.csv"] == sha256(Path("shares.csv").read_bytes()).hexdigest()


@pytest.mark.slow
def test_a_cluster_gives_the_same(model: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, protocol="tcp"
    ) as cluster:
        over = {"top": "0.5,2,200"}
        found = sweep(model, over, executor=f"dask:{cluster.scheduler_address}")
        assert same(found, sweep(model, over, workers=1))


def kept_runs(model: Path, workers: int = 1) -> Sweep:
    """Three points, of which the first has no answer: 1 is the least, and 0.5 is what there is."""
    return sweep(model, {"top": "0.5,2,3"}, workers=workers, output="kept", figures=(), keep_runs=True)


def test_a_folder_is_shown_as_the_sweep_was(gamec: Gamec, model: Path) -> None:
    ran = gamec(
        "sweep", "shop.game", "top=0.5,2,3", "-o", "kept", "--figures", "none", "--workers", "1", cwd=model.parent
    )
    shown = gamec("show", "kept", cwd=model.parent)
    assert (shown.out, shown.code) == (ran.out, ran.code)
    assert shown.code == 3
    assert "top" in shown.out
    assert "G801" in shown.out
    document = parse(gamec("show", "kept", "--format", "json", cwd=model.parent).out)
    assert wrong(document, "sweep") == []
    assert "    p.gain     ▁▁▁███  2 to 3" in gamec("show", "kept", "--plot", cwd=model.parent).out.splitlines()
    Path("kept/points/000002.json").unlink()
    half = gamec("show", "kept", cwd=model.parent)
    assert "1 of 2 points certified" in half.out
    assert "1 not solved yet: the same `gamec sweep` goes on with the rest" in half.out
    found = front_door.read_run("kept")
    assert isinstance(found, Sweep)
    assert [o.number for o in found.outcomes] == [1, 3]
    assert found.axes[0].doc == "what there is"


def test_kept_answers_are_certified_anew(gamec: Gamec, model: Path) -> None:
    kept_runs(model, workers=2)
    assert sorted(p.name for p in Path("kept/runs").iterdir()) == ["000001", "000002", "000003"]
    found = front_door.verify("kept")
    assert found.confirmed
    ran = gamec("verify", "kept", cwd=model.parent)
    assert ran.code == 0
    assert "confirmed: every answer passes again" in ran.out
    assert "2 answers certified anew; largest relative regret 0" in ran.out
    lines = gamec("verify", "kept", "--format", "short", cwd=model.parent).out.splitlines()
    assert lines == [
        "shop:top=0.5 infeasible no_answer",
        "shop:top=2 optimal confirmed",
        "shop:top=3 optimal confirmed",
    ]
    document = parse(gamec("verify", "kept", "--format", "json", cwd=model.parent).out)
    assert wrong(document, "verification") == []
    assert (document["status"], document["without"]) == ("confirmed", [])
    assert isinstance(front_door.read_run("kept/runs/000002"), front_door.Result)


def change(file: str, old: str, new: str) -> None:
    text = Path(file).read_text("utf-8")
    assert old in text
    Path(file).write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("points/000002.json", '"p.gain": 2.0', '"p.gain": 2.5'),
        ("points/000002.json", '"top": 2', '"top": 2.5'),
        ("points/000002.json", '"status": "optimal"', '"status": "local"'),
        ("runs/000003/scalars.csv", "x,3.0", "x,2.0"),
    ],
)
def test_any_change_is_found(file: str, old: str, new: str, model: Path) -> None:
    kept_runs(model)
    change(f"kept/{file}", old, new)
    assert not front_door.verify("kept").confirmed


def test_a_changed_table_is_found(model: Path) -> None:
    import pandas

    kept_runs(model)
    table = Path("kept/sweep.parquet")
    frame = pandas.read_parquet(table)
    frame.loc[2, "p.gain"] = 99.0
    frame.to_parquet(table)
    (finding,) = front_door.verify("kept").findings
    assert finding.code == "G006"
    assert "`p.gain` of point 3 is 99.0, its record has 3.0" in finding.headline
    table.write_bytes(b"no Parquet")
    (finding,) = front_door.verify("kept").findings
    assert "it is no Parquet" in finding.headline
    table.unlink()
    assert not front_door.verify("kept").confirmed


def test_without_answers_it_says_what_is_missing(gamec: Gamec, model: Path) -> None:
    sweep(model, {"top": "0.5,2,3"}, workers=1, output="kept", figures=())
    ran = gamec("verify", "kept", cwd=model.parent)
    assert ran.code == 6
    assert "NOT certified anew: numbers are kept here, answers are not" in ran.out
    assert "`gamec sweep ... --keep-runs`" in " ".join(ran.out.split())
    document = parse(gamec("verify", "kept", "--format", "json", cwd=model.parent).out)
    assert wrong(document, "verification") == []
    assert (document["status"], document["without"]) == ("not_kept", [2, 3])


def test_answers_can_be_kept_later(model: Path) -> None:
    """The points are solved again, whose answers are not there."""
    sweep(model, {"top": "2,3"}, workers=1, output="kept", figures=())
    heard = Heard()
    found = sweep(model, {"top": "2,3"}, workers=1, output="kept", figures=(), keep_runs=True, told=heard)
    assert heard.numbers == [1, 2]
    assert all(not o.run for o in found.outcomes), "what is written need not stay in memory"
    assert front_door.verify("kept").confirmed
    heard = Heard()
    sweep(model, {"top": "2,3"}, workers=1, output="kept", figures=(), keep_runs=True, told=heard)
    assert heard.numbers == []
    with pytest.raises(TypeError, match="needs a folder"):
        sweep(model, {"top": "2,3"}, keep_runs=True)


def test_a_damaged_record_is_neither_shown_nor_verified(gamec: Gamec, model: Path) -> None:
    sweep(model, {"top": "2,3"}, workers=1, output="kept", figures=())
    Path("kept/points/000002.json").write_text("{", "utf-8")
    for command in ("show", "verify"):
        ran = gamec(command, "kept", cwd=model.parent)
        assert ran.code == 1
        assert "error[G005 no-run-folder]: `kept` is damaged: `points/000002.json`" in " ".join(ran.err.split())
