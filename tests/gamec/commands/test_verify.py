"""`gamec verify`, and the options of `solve`, `show` and `compare` about run folders, as the shell sees them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gamec.app import main
from tests.gamec.conftest import ROOT, Ran
from tests.gamec.json_schema import parse, wrong

Gamec = Callable[..., Ran]

MODEL = """game park "A park"
set T "hour" index t = 1..2
player p { var x[t] in [0, 4] minimize cost = sum(t) (1 - x[t]) }
report made = sum(t) x[t]
case half { fix x[1] = 2 }
"""


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "park.game").write_text(MODEL, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def gamec(capsys: pytest.CaptureFixture[str]) -> Gamec:
    """In this process: a new one for each command would take most of its time for loading."""

    def run(*words: str) -> Ran:
        code = main(words)
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        return Ran(code, told.out, told.err)

    return run


def test_kept_shown_and_verified(gamec: Gamec, model: Path) -> None:
    solved = gamec("solve", "park.game", "-o", "runs/first", "--figures", "svg", "--xlsx")
    assert (solved.code, solved.err.strip()) == (0, "kept in runs/first")
    assert (model / "runs/first/results.xlsx").is_file()
    shown = gamec("show", "runs/first")
    assert (shown.code, shown.out, shown.err) == (0, solved.out, "")
    every = gamec("show", "runs/first", "--format", "json")
    assert wrong(parse(every.out), "result") == []
    verified = gamec("verify", "runs/first")
    assert verified.code == 0
    assert "confirmed: everything in the folder follows from its inputs" in verified.out
    assert gamec("verify", "runs/first", "--format", "short").out.strip() == "park optimal confirmed"
    document = parse(gamec("verify", "runs/first", "--format", "json").out)
    assert wrong(document, "verification") == []
    assert (document["status"], document["numbers"]) == ("confirmed", 4)
    table = model / "runs/first/values/x.csv"
    table.write_text(table.read_text("utf-8").replace("1,4.0", "1,3.0"), "utf-8")
    changed = gamec("verify", "runs/first")
    assert changed.code == 6
    assert "error[G006 run-changed]" in changed.err
    assert "`1,3.0` in place of `1,4.0`" in " ".join(changed.err.split())
    again = parse(gamec("verify", "runs/first", "--format", "json").out)
    assert again["status"] == "changed"
    assert wrong(again, "verification") == []


def test_a_place_that_is_taken_is_refused_before_solving(gamec: Gamec, model: Path) -> None:
    (model / "taken").mkdir()
    (model / "taken" / "mine.txt").write_text("mine", "utf-8")
    for command in ("solve", "compare"):
        ran = gamec(command, "park.game", "-o", "taken", "--force")
        assert (ran.code, ran.out) == (1, "")
        assert "G003" in ran.err


def test_compared_and_kept(gamec: Gamec, model: Path) -> None:
    ran = gamec("compare", "park.game", "--cases", "half", "-o", "cases", "--figures", "none")
    assert ran.code == 0
    assert gamec("show", "cases").out == ran.out
    gamec("solve", "park.game", "-o", "base", "--figures", "none")
    both = gamec("compare", "base", "cases/cases/half", "--format", "json")
    assert both.code == 0
    document = parse(both.out)
    assert wrong(document, "comparison") == []
    assert [r["reports"]["made"] for r in document["cases"].values()] == [8, 6]
    verified = parse(gamec("verify", "cases", "--format", "json").out)
    assert verified["status"] == "confirmed"
    assert wrong(verified, "verification") == []


@pytest.mark.parametrize(
    "words",
    [
        "solve park.game --force",
        "solve park.game --xlsx",
        "solve park.game -o x --figures gif",
        "show . --stage ground",
        "show . --case half",
        "show park.game --all",
        "show park.game --format short",
        "compare . . --cases a",
        "compare . . --set a=1",
    ],
)
def test_options_that_do_not_fit(words: str, gamec: Gamec, model: Path) -> None:
    ran = gamec(*words.split())
    assert (ran.code, ran.out) == (2, "")
    assert "G807" in ran.err or ran.err.startswith("Usage: gamec")


@pytest.mark.parametrize("words", ["show nothing", "verify nothing", "compare nothing nothing", "verify .", "show ."])
def test_no_run_there(words: str, gamec: Gamec, model: Path) -> None:
    ran = gamec(*words.split())
    assert ran.code == 1
    assert "G001" in ran.err or "G005" in ran.err


def test_a_reader_that_has_gone_does_not_hinder_keeping(model: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m gamec solve park.game -o kept --figures none | true",
        shell=True,
        cwd=model,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0
    assert (model / "kept" / "run.json").is_file()
