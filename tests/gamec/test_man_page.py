"""gamec(1): the page that the wheel brings says what `--help` says, and troff reads it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from gamec import exit_codes
from gamec.commands.registry import COMMANDS
from gamec.man_page import EXIT_STATUS, man_page
from tests.gamec.conftest import ROOT, environment

PAGE = ROOT / "docs" / "gamec.1"


def test_it_is_in_step_with_the_help() -> None:
    assert PAGE.read_text("utf-8") == man_page(), "write it anew: python -m gamec.man_page > docs/gamec.1"


@pytest.mark.parametrize("seed", ["1", "2", "3", "4"])
def test_it_is_the_same_whatever_order_sets_have(seed: str) -> None:
    words = [sys.executable, "-m", "gamec.man_page"]
    ran = subprocess.run(words, capture_output=True, env=environment(PYTHONHASHSEED=seed), cwd=ROOT, check=True)
    assert ran.stdout.decode() == PAGE.read_text("utf-8")


def test_the_wheel_brings_it_to_where_man_looks() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    assert setuptools["data-files"] == {"share/man/man1": ["docs/gamec.1"]}


def test_every_exit_code_is_told() -> None:
    codes = {value for name, value in vars(exit_codes).items() if name.isupper() and isinstance(value, int)}
    assert [code for code, _ in EXIT_STATUS] == sorted(codes)


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_troff_has_nothing_to_complain_of() -> None:
    command = ["groff", "-man", "-Tutf8", "-ww", "-P-c", "-P-b", "-P-u", "-rLL=2000n", str(PAGE)]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment(), check=True)
    assert ran.stderr == ""
    shown = " ".join(ran.stdout.split())
    for command in COMMANDS:
        assert f"gamec {command.name} [OPTIONS]" in shown
        assert command.help in shown
        for line in command.examples:
            assert line in shown, "hyphens stay hyphens, which can be copied"
    assert re.search(r"--time-limit SECONDS Stop a solve after this time\.", shown)
