"""A run that was broken off anywhere goes on from its folder and ends as if it had not been: to the last digit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from unfinished_games import RUNS

import gamec
import runtime.runs.unfinished as unfinished
from compiler.ground.sparse import Floats
from gamec.app import main
from gamec.exit_codes import LIMIT
from grammar.diagnostics import Diagnostic, DiagnosticError
from grammar.source import Source
from runtime.history import Step, Watch
from runtime.journal import Entry
from runtime.result import Result
from runtime.runs.folder import is_unfinished, read_run
from runtime.runs.save import save_run
from runtime.runs.unfinished import Unfinished, begun_in
from runtime.runs.verify import verify
from runtime.session import solve, solve_copies

ROOT = Path(__file__).resolve().parents[2]


LONG = pytest.mark.slow

QUICK = ("particle_swarm", "lp")


class BrokenOffError(Exception):
    pass


class BreaksOff(Unfinished):
    """Keeps each entry at once, and falls over after so many."""

    def __init__(self, folder: Path, after: int) -> None:
        super().__init__(folder, every=0.0)
        self.left = after

    def add(self, question: Sequence[Floats], entry: Entry) -> None:
        super().add(question, entry)
        self.left -= 1
        if not self.left:
            raise BrokenOffError


def model(name: str, **changes: object) -> tuple[Source, dict[str, object]]:
    text, options = RUNS[name]
    return Source(f"{name}.game", text), {**options, **changes}


@cache
def whole(name: str) -> Result:
    source, options = model(name)
    return solve(source, **options)  # type: ignore[arg-type]


def broken_off(name: str, folder: Path, after: int, **changes: object) -> None:
    source, options = model(name, **changes)
    with pytest.raises(BrokenOffError):
        solve(source, journal=BreaksOff(folder, after), **options)  # type: ignore[arg-type]
    assert is_unfinished(folder)


def resumed(name: str, folder: Path, **changes: object) -> tuple[Result, Unfinished]:
    source, options = model(name, **changes)
    journal = Unfinished(folder)
    return solve(source, journal=journal, **options), journal  # type: ignore[arg-type]


def refusal(name: str, folder: Path, **changes: object) -> Diagnostic:
    with pytest.raises(DiagnosticError) as error:
        resumed(name, folder, **changes)
    [found] = error.value.diagnostics
    return found


def same(one: Result, other: Result) -> bool:
    """To the last digit: the point, what was proved, and every iterate."""
    assert one.record is not None
    assert other.record is not None
    assert one.record.x is not None
    assert other.record.x is not None
    return (
        np.array_equal(one.record.x, other.record.x)
        and dict(one.objectives) == dict(other.objectives)
        and [(s.iteration, dict(s.objectives), s.note) for s in one.history]
        == [(s.iteration, dict(s.objectives), s.note) for s in other.history]
        and (one.status, one.choice) == (other.status, other.choice)
        and one.certificate.regret == other.certificate.regret
    )


@pytest.mark.parametrize("name", [pytest.param(name, marks=[LONG] * (name not in QUICK)) for name in RUNS])
def test_it_ends_as_if_nothing_had_happened(name: str, tmp_path: Path) -> None:
    """Broken off twice: early, and in what went on from there."""
    broken_off(name, tmp_path / "run", after=3)
    broken_off(name, tmp_path / "run", after=2)
    found, journal = resumed(name, tmp_path / "run")
    assert journal.resumed == 5
    assert same(found, whole(name))


@pytest.mark.slow
def test_it_may_go_on_with_other_workers(tmp_path: Path) -> None:
    broken_off("cma_es", tmp_path / "run", after=3, workers=2)
    found, journal = resumed("cma_es", tmp_path / "run", workers=1)
    assert journal.resumed == 3
    assert same(found, whole("cma_es"))


def killed(name: str, folder: Path, *more: str) -> None:
    """`gamec solve MODEL -o DIR` in another process, killed once its third part is there."""
    text, options = RUNS[name]
    (folder / "model.game").write_text(text, "utf-8")
    words = [f"--{key}={value}" for key, value in options.items()]
    script = "import sys, runtime.runs.unfinished as u; u.EVERY = 0.0; from gamec.app import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", script, "solve", "model.game", "-o", "run", "--figures=none", *words, *more],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        end = time.monotonic() + 120
        while not (folder / "run" / "unfinished" / "000003").exists():
            assert process.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < end
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    assert is_unfinished(folder / "run")
    assert not (folder / "run" / "run.json").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize(
    ("name", "workers", "again"),
    [
        ("particle_swarm", "--workers=2", "command"),
        ("lp", "", "folder"),
        pytest.param("particle_swarm", "--workers=1", "folder", marks=LONG),
        pytest.param("cma_es", "--workers=2", "folder", marks=LONG),
        pytest.param("differential_evolution", "--workers=1", "command", marks=LONG),
        pytest.param("nested", "--workers=2", "folder", marks=LONG),
        pytest.param("diagonalisation", "", "command", marks=LONG),
        pytest.param("qp", "", "folder", marks=LONG),
    ],
)
def test_killed(
    name: str,
    workers: str,
    again: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    more = [workers] if workers else []
    killed(name, tmp_path, *more)
    monkeypatch.chdir(tmp_path)
    words = ["run"]
    if again == "command":
        options = [f"--{key}={value}" for key, value in RUNS[name][1].items()]
        words = ["model.game", "-o", "run", *options, *more]
    main(["solve", *words, "--figures=none"])
    assert "going on with the run that was begun in run" in capsys.readouterr().err
    run = read_run("run")
    assert same(run.result, whole(name))
    assert not (tmp_path / "run" / "unfinished").exists()
    assert verify(run).confirmed == run.result.certificate.verified
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_an_interrupted_run_has_an_answer_and_goes_on(tmp_path: Path) -> None:
    """Ctrl-C: the best so far is kept as a run, and what was found with it."""
    heard: list[Step] = []
    source, options = model("particle_swarm")
    journal = Unfinished(tmp_path / "run", every=0.0)
    found = solve(
        source,
        journal=journal,
        watch=Watch(heard.append, lambda: len(heard) >= 2),
        **options,  # type: ignore[arg-type]
    )
    assert journal.may_go_on
    save_run(found, tmp_path / "run", unfinished=journal, figures=())
    run = read_run(tmp_path / "run")
    assert len(run.result.history) < len(whole("particle_swarm").history)
    assert verify(run).findings == ()
    inputs, case, request = begun_in(tmp_path / "run")
    again = Unfinished(tmp_path / "run")
    finished = solve_copies(inputs, case, replace(request, journal=again))
    assert again.resumed > 0
    assert same(finished, whole("particle_swarm"))
    save_run(finished, tmp_path / "run", unfinished=again, figures=())
    assert not is_unfinished(tmp_path / "run")


def test_what_begins_and_ends_at_once_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.game").write_text(RUNS["particle_swarm"][0], "utf-8")
    monkeypatch.chdir(tmp_path)
    words = "solve model.game -o run --method particle_swarm --population 4 --generations 2 --figures none"
    assert main(words.split()) == LIMIT
    assert not is_unfinished("run")


CHANGES: list[tuple[dict[str, object], str]] = [
    ({"seed": 4}, "it has other options (seed)"),
    ({"generations": 6}, "it has other options (generations)"),
    ({"data": {"load": {"1": 3, "2": 5, "3": 8, "4": 5}}}, "it has other data (data)"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_another_question_is_refused(change: dict[str, object], words: str, tmp_path: Path) -> None:
    broken_off("particle_swarm", tmp_path / "run", after=2)
    found = refusal("particle_swarm", tmp_path / "run", **change)
    assert found.code == "G008"
    assert found.headline.endswith(words)
    assert f"gamec solve {tmp_path / 'run'}" in found.hints[0].text
    # What was there is there still.
    assert resumed("particle_swarm", tmp_path / "run")[1].resumed == 2


def test_another_text_of_the_model_is_refused(tmp_path: Path) -> None:
    broken_off("particle_swarm", tmp_path / "run", after=2)
    text, options = RUNS["particle_swarm"]
    with pytest.raises(DiagnosticError) as error:
        solve(Source("a.game", text + "\n"), journal=Unfinished(tmp_path / "run"), **options)  # type: ignore[arg-type]
    assert error.value.diagnostics[0].code == "G008"
    assert "the text of the model has changed since" in error.value.diagnostics[0].headline


def test_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken_off("particle_swarm", tmp_path / "run", after=2)
    monkeypatch.setattr(unfinished, "version", lambda: "99.0")
    found = refusal("particle_swarm", tmp_path / "run")
    assert found.code == "G008"
    assert found.headline.endswith("and here is 99.0")


def test_other_versions_of_solvers_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken_off("particle_swarm", tmp_path / "run", after=2)
    monkeypatch.setattr(unfinished, "solving_packages", lambda: {"highspy": "0.0"})
    assert "it was begun by highspy" in refusal("particle_swarm", tmp_path / "run").headline


def test_another_way_is_refused(tmp_path: Path) -> None:
    """Entries that answer what is not asked, as another processor might compute otherwise, are not taken."""
    broken_off("lp", tmp_path / "run", after=4)
    place = tmp_path / "run" / "unfinished"
    from runtime.runs.entries import Part, part_bytes, part_of

    part = part_of((place / "000004").read_bytes())
    [(_, entry)] = part.entries
    (place / "000004").write_bytes(part_bytes(Part(part.follows, part.seconds, (("0" * 64, entry),))))
    found = refusal("lp", tmp_path / "run")
    assert found.code == "G008"
    assert "what it asked then is not what is asked now" in found.headline


@pytest.mark.parametrize("how", ["cut", "changed", "missing", "swapped", "empty", "manifest"])
def test_damage_is_told(how: str, tmp_path: Path) -> None:
    broken_off("particle_swarm", tmp_path / "run", after=4)
    place = tmp_path / "run" / "unfinished"
    second, third = place / "000002", place / "000003"
    content = second.read_bytes()
    match how:
        case "cut":
            second.write_bytes(content[:-5])
        case "changed":
            second.write_bytes(content[:-5] + b"\x00\x00\x00\x00\x01")
        case "missing":
            second.unlink()
        case "swapped":
            second.write_bytes(third.read_bytes())
        case "empty":
            second.write_bytes(b"")
        case "manifest":
            found = json.loads((place / "run.json").read_bytes())
            (place / "run.json").write_text(json.dumps({**found, "options": {}}), "utf-8")
    found = refusal("particle_swarm", tmp_path / "run")
    assert found.code == ("G008" if how == "manifest" else "G005")
    if how != "manifest":
        assert "is damaged" in found.headline
        assert "--force" in found.hints[0].text


def test_a_full_disk_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise DiagnosticError([Diagnostic("G003", "the disk is full")])

    monkeypatch.setattr(unfinished, "write_whole", full)
    source, options = model("particle_swarm")
    found = solve(source, journal=Unfinished(tmp_path / "run", every=0.0), **options)  # type: ignore[arg-type]
    assert same(found, whole("particle_swarm"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no locks of this kind")
def test_two_do_not_go_on_at_once(tmp_path: Path) -> None:
    broken_off("particle_swarm", tmp_path / "run", after=2)
    source, options = model("particle_swarm")
    seen: list[Diagnostic] = []

    def meanwhile(step: Step) -> None:
        if step.iteration == 1:
            seen.append(refusal("particle_swarm", tmp_path / "run"))

    found = solve(source, journal=Unfinished(tmp_path / "run"), watch=Watch(meanwhile), **options)  # type: ignore[arg-type]
    assert [d.code for d in seen] == ["G003"]
    assert "somebody is at work" in seen[0].headline
    assert same(found, whole("particle_swarm"))


def told(words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(words.split())
    return code, capsys.readouterr().err


def test_commands_in_a_folder_with_a_run_that_was_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken_off("cma_es", tmp_path / "run", after=2)
    (tmp_path / "model.game").write_text(RUNS["cma_es"][0], "utf-8")
    monkeypatch.chdir(tmp_path)
    for words, expected in (
        ("solve run --seed 4", "`--seed` does not fit: the run in `run` goes on as it was begun"),
        ("solve run -o other", "`-o` does not fit"),
        ("solve .", "`.` cannot be read"),
        ("show run", "the run in `run` is not finished"),
        ("compare model.game -o run", "cannot be written"),
        ("solve model.game -o run --format short", "G008"),
    ):
        code, error = told(words, capsys)
        assert code in (1, 2), words
        # Where lines break depends on the width.
        assert expected in " ".join(error.split()), words
    assert is_unfinished("run")
    told("solve model.game -o run --method cma_es --generations 2 --population 4 --force --figures none", capsys)
    assert not is_unfinished("run")
    code, error = told("solve run", capsys)
    assert "the run in `run` is finished" in error


# ---------------------------------------------------------------- from Python


@pytest.mark.parametrize("how", ["resume", "the same call"])
def test_a_run_goes_on_from_python(how: str, tmp_path: Path) -> None:
    source, options = model("particle_swarm")
    place = tmp_path / "run"
    with pytest.raises(BrokenOffError):
        solve(source, journal=BreaksOff(place, 3), **options)  # type: ignore[arg-type]
    assert is_unfinished(place)
    found = gamec.resume(place) if how == "resume" else gamec.solve(source, output=place, **options)  # type: ignore[arg-type]
    assert same(found, whole("particle_swarm"))
    assert not is_unfinished(place)
    assert gamec.resume(place).objectives == found.objectives  # a finished run is read
    with pytest.raises(DiagnosticError, match="G003"):
        gamec.solve(source, output=place, **options)  # type: ignore[arg-type]


def test_another_run_is_not_gone_on_with_from_python(tmp_path: Path) -> None:
    source, options = model("particle_swarm")
    with pytest.raises(BrokenOffError):
        solve(source, journal=BreaksOff(tmp_path / "run", 3), **options)  # type: ignore[arg-type]
    with pytest.raises(DiagnosticError, match="G008"):
        gamec.solve(source, output=tmp_path / "run", **{**options, "seed": 4})  # type: ignore[arg-type]


def test_what_is_no_run_is_not_resumed(tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError, match="G001"):
        gamec.resume(tmp_path / "none")
    with pytest.raises(DiagnosticError, match="G005"):
        gamec.resume(tmp_path)
