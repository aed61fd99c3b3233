"""Completion in bash, zsh and fish: what each asks of gamec, what it is told, and where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gamec.conftest import Ran, environment

Gamec = Callable[..., Ran]

ASKED = {
    "bash": lambda line: {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1)},
    "zsh": lambda line: {"_TYPER_COMPLETE_ARGS": line},
    "fish": lambda line: {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
}
INSTALLED = {
    "bash": (".bash_completions/gamec.sh", ".bashrc"),
    "zsh": (".zfunc/_gamec", ".zshrc"),
    "fish": (".config/fish/completions/gamec.fish",),
}


@pytest.mark.parametrize("shell", ASKED)
@pytest.mark.parametrize(
    ("line", "found"), [("gamec swe", "sweep"), ("gamec solve --time", "--time-limit"), ("gamec show --plo", "--plot")]
)
def test_words_are_completed(gamec: Gamec, shell: str, line: str, found: str) -> None:
    ran = gamec(env={**ASKED[shell](line), "_GAMEC_COMPLETE": f"complete_{shell}"})
    assert ran.code == 0
    assert found in ran.out
    assert "--gap" not in ran.out


@pytest.mark.parametrize("shell", ASKED)
def test_files_are_left_to_the_shell(gamec: Gamec, shell: str) -> None:
    """It completes them by itself where we have no word."""
    ran = gamec(env={**ASKED[shell]("gamec check par"), "_GAMEC_COMPLETE": f"complete_{shell}"})
    assert ran.code == 0
    assert ran.out.strip() in ("", "_files")


@pytest.mark.parametrize(
    "shell", [pytest.param(s, marks=pytest.mark.skipif(not shutil.which(s), reason=s)) for s in ASKED]
)
def test_it_is_installed_into_the_shell_that_runs(shell: str, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "gamec"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gamec "$@"\n', "utf-8")
    program.chmod(0o755)
    env = environment(HOME=str(tmp_path), PATH=f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    # With a command behind it, the shell stays and is what gamec sees.
    words = [shell, "-c", "gamec --install-completion; true"]
    ran = subprocess.run(words, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=True)
    assert f"{shell} completion installed" in ran.stdout, ran.stderr
    for file in INSTALLED[shell]:
        assert (tmp_path / file).is_file()
    assert "gamec" in (tmp_path / INSTALLED[shell][0]).read_text("utf-8")
