"""Fixtures for tests of the command line: `gamec` runs it as users do, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what would change the output, and with this checkout first on the path."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "GAMEC_TRACEBACK")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **more}


@pytest.fixture
def gamec(tmp_path: Path) -> Callable[..., Ran]:
    """`gamec("solve", "a.game", stdin=b"...", cwd=..., env={...})`; every run is checked to show no traceback."""

    def run(
        *arguments: str | bytes, stdin: bytes = b"", cwd: Path = tmp_path, env: dict[str, str] | None = None
    ) -> Ran:
        command = [sys.executable, "-m", "gamec", *arguments]
        done = subprocess.run(
            command, input=stdin, capture_output=True, cwd=cwd, env=environment(**(env or {})), timeout=300, check=False
        )
        ran = Ran(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
        assert "Traceback" not in ran.out + ran.err, ran.err
        return ran

    return run
