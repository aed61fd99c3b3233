"""The folder of a sweep: gone on with, guarded, shown, and certified anew."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import gamec as front_door
from runtime.sweeps.outcome import Outcome, Question
from runtime.sweeps.sweep import Sweep, sweep
from runtime.worker_process import WorkerProcess
from tests.gamec.commands.shop_sweeps import MODEL, Heard, refused, same
from tests.gamec.conftest import Ran
from tests.gamec.json_schema import parse, wrong

Gamec = Callable[..., Ran]


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


def test_records_say_what_was_read(model: Path) -> None:
    from hashlib import sha256

    sweep(model, {"top": "1,2"}, workers=1, output="kept", figures=())
    record = json.loads(Path("kept/points/000001.json").read_text(encoding="utf-8"))
    hashes = {entry["name"]: entry["sha256"] for entry in record["inputs"]}
    assert hashes["shares.csv"] == sha256(Path("shares.csv").read_bytes()).hexdigest()


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
