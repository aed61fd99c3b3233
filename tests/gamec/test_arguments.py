"""Any command line at all: an exit code of the contract, and never a traceback or a fault of ours."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gamec.app import main

CODES = {0, 1, 2, 3, 4, 5, 6}
WORDS = [
    "new", "check", "solve", "compare", "compile", "explain", "-h", "--help", "--version", "--case", "--cases", "--set",
    "--data", "--method", "--solver", "--time-limit", "--gap", "--seed", "--all", "--format", "json", "short", "text",
    "--to", "pyomo", "-o", "--template", "market",
    "fmt", "show", "--stage", "ground", "tree", "--check", "--diff",
    "toy.game", "no.game", "data.json", "--", "a=1", "auto", "G401",
    "1e-3", "all", "out.py", "-1", "nan", "", ".", "=",
]  # fmt: skip

words = st.one_of(st.sampled_from(WORDS), st.text(max_size=8))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.game").write_text("game toy player p { var x in [0, 1] minimize c = x }", encoding="utf-8")
    (tmp_path / "data.json").write_text("{}", encoding="utf-8")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(words, max_size=7))
@example(["solve", "toy.game", "--set", "\0=1"])
@example(["check", "\0"])
@example(["check", "\ud800.game"])
@example(["new", "\0"])
@example(["new", "x" * 300])
@example(["check", "x" * 5000])
@example(["compile", "toy.game", "--to", "pyomo", "-o", "\0"])
@example(["solve", "toy.game", "--data", "\0"])
@example(["compare", "toy.game", "--cases", "\0"])
def test_no_command_line_is_a_fault(arguments: list[str]) -> None:
    if "-" in arguments:  # standard input
        return
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    assert code in CODES, err.getvalue()
    assert "G901" not in err.getvalue()
    assert "Traceback" not in err.getvalue()
    for made in Path().iterdir():
        if made.name.startswith("."):
            raise AssertionError(f"left behind: {made}")
    assert os.path.isfile("toy.game")
