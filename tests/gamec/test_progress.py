"""Iterations on the command line: options, the log, and an interrupt that keeps the best answer so far."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gamec.progress import Progress, as_line
from runtime.history import Step
from tests.gamec.conftest import Ran, environment

Gamec = Callable[..., Ran]

FIRMS = """
set F index f, g = 1..3
player firm[f] { var q in [0, 90]  maximize profit = (90 - sum(g) firm[g].q)*q }
"""


@pytest.fixture
def firms(tmp_path: Path) -> str:
    path = tmp_path / "firms.game"
    path.write_text(FIRMS, encoding="utf-8")
    return str(path)


def test_the_log_has_each_iteration(gamec: Gamec, firms: str, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    options = ["--method", "best_response", "--damping", "0.5", "--order", "jacobi", "--log", str(log)]
    ran = gamec("solve", firms, "--format", "short", *options)
    assert ran.code == 0
    steps = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [step["iteration"] for step in steps] == list(range(len(steps)))
    assert steps[0]["residual"] is None
    assert steps[-1]["objectives"]["firm[1].profit"] == pytest.approx(22.5**2, abs=1e-4)
    assert set(steps[0]) == {"iteration", "objectives", "residual", "seconds", "note"}


def test_a_log_that_cannot_be_written(gamec: Gamec, firms: str, tmp_path: Path) -> None:
    ran = gamec("solve", firms, "--log", str(tmp_path / "nowhere" / "log.jsonl"))
    assert ran.code == 1
    assert "G003" in ran.err


@pytest.mark.parametrize(
    "options",
    [["--damping", "0"], ["--damping", "1.5"], ["--starts", "0"], ["--iterations", "x"], ["--proximal", "-1"]],
)
def test_wrong_options(gamec: Gamec, firms: str, options: list[str]) -> None:
    assert gamec("solve", firms, *options).code == 2


def test_an_order_that_there_is_not(gamec: Gamec, firms: str) -> None:
    ran = gamec("solve", firms, "--method", "best_response", "--order", "sideways")
    assert ran.code == 2
    assert "there is no order `sideways`" in ran.err


def test_a_line() -> None:
    step = Step(12, {"a.cost": 3.0, "b.gain": 1234567.0}, 2e-5, 61.25, "moved: a")
    assert as_line(step) == "   12   2.0e-05      61.2 s  a.cost 3  b.gain 1.23457e+06  moved: a"


def test_an_interrupt_asks_once() -> None:
    progress = Progress()
    assert not progress.ask_to_end(), "nothing iterates yet"
    progress = Progress()
    progress.watch.tell(Step(0, {}, float("nan"), 0.0))
    assert not progress.watch.stop()
    assert progress.ask_to_end()
    assert progress.watch.stop()
    assert not progress.ask_to_end(), "the second time it does not ask"


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_an_interrupt_keeps_the_best_answer_so_far(firms: str, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    options = ["--method", "best_response", "--damping", "1e-6", "--iterations", "1000000", "--log", str(log)]
    process = subprocess.Popen(
        [sys.executable, "-m", "gamec", "solve", firms, "--format", "json", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=Path(__file__).parents[2],
    )
    end = time.monotonic() + 60
    while time.monotonic() < end and not (log.exists() and log.read_text(encoding="utf-8").count("\n") > 3):
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 4, err.decode()
    assert "ending with the best answer so far" in err.decode()
    document = json.loads(out)
    assert document["status"] == "limit"
    assert set(document["values"]) == {"q"}
    assert document["certificate"]["regret"]["firm[1]"] > 0
