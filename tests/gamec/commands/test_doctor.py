"""`gamec doctor`: a solver works only if it solves; what is missing is named with the command that brings it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import replace

import pytest

from gamec.commands import doctor as command
from gamec.options import Format
from gamec.solver_trials import TRIALS, Trial, tried, versions
from runtime.solvers.registry import SOLVERS
from tests.gamec.conftest import ROOT, Ran

# What the three trial problems have as optimum, by hand: see the comments beside them.
OPTIMA = {"HiGHS": 11.0, "SCIP": 9.0, "IPOPT": 2.0}
FIRST = TRIALS[0]


def test_this_installation_is_ready(gamec: Callable[..., Ran]) -> None:
    ran = gamec("doctor")
    assert ran.code == 0
    assert ran.out.rstrip().endswith("ready")
    assert "FAILED" not in ran.out


@pytest.mark.parametrize("trial", TRIALS, ids=lambda t: t.name)
def test_trials_have_the_right_value(trial: Trial) -> None:
    assert trial.value == OPTIMA[trial.name]


@pytest.mark.parametrize(
    ("program", "trouble"),
    [
        ("print(11.5)", "gave 11.5 where the optimum is 11"),
        ("print('nan')", "gave nan"),
        ("print('hello')", "gave no value"),
        ("pass", "gave no value"),
        ("raise ImportError('libfoo.so is missing')", "libfoo.so is missing"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "ended with code -11"),
        ("import time; time.sleep(60)", "no answer within 1 s"),
    ],
)
def test_what_does_not_work_is_found(program: str, trouble: str) -> None:
    found = tried(replace(FIRST, program=program), seconds=1.0)
    assert not found.works
    assert trouble in found.trouble


def test_what_is_not_installed_is_found() -> None:
    found = tried(replace(FIRST, package="no-such-package-of-gamec"))
    assert (found.works, found.trouble) == (False, "not installed")


def test_packages() -> None:
    assert None not in versions().values()


def test_every_dependency_of_the_project_is_looked_at() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        stated = tomllib.load(file)["project"]["dependencies"]
    names = {re.split(r"[<>=!~\[; ]", one)[0] for one in stated}
    assert names <= {*versions(), *(trial.package for trial in TRIALS)}


def test_a_solver_that_no_method_asks_for_is_not_praised(gamec: Callable[..., Ran]) -> None:
    rows = {line.split()[0]: line for line in gamec("doctor").out.splitlines() if line.startswith("  ")}
    for trial in TRIALS:
        assert ("no method of this version" in rows[trial.name]) == (trial.name.lower() not in SOLVERS)


def test_a_broken_solver_is_not_called_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gamec.solver_trials.TRIALS", (replace(FIRST, program="print(0)", required=False),))
    assert command.run(form=Format.TEXT) == 0
    out = capsys.readouterr().out
    assert "FAILED" in out
    assert "missing  " not in out


@pytest.mark.parametrize(("required", "code", "last"), [(True, 5, "not ready"), (False, 0, "ready")])
def test_a_missing_solver(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], required: bool, code: int, last: str
) -> None:
    missing = replace(FIRST, name="Other", package="no-such-package-of-gamec", required=required)
    monkeypatch.setattr("gamec.solver_trials.TRIALS", (FIRST, missing))
    assert command.run(form=Format.TEXT) == code
    out = capsys.readouterr().out
    assert out.rstrip().splitlines()[-1] == last
    assert "pip install --upgrade no-such-package-of-gamec" in out
