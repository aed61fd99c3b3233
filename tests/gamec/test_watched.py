"""Work done while somebody watches: results and exceptions come through, progress shows on terminals only."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from gamec.watched import watched
from grammar.diagnostics import Diagnostic, DiagnosticError
from tests.gamec.conftest import ROOT, environment

PROGRAM = "import time; from gamec.watched import watched; print(watched('working', lambda: time.sleep(1.6) or 'done'))"


def test_results_and_exceptions_come_through() -> None:
    assert watched("working", lambda: 5) == 5
    assert watched("working", lambda: None) is None

    def fail() -> int:
        raise DiagnosticError([Diagnostic("G803", "no solver")])

    with pytest.raises(DiagnosticError, match="G803"):
        watched("working", fail)


def test_nothing_is_shown_where_nobody_watches() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, cwd=ROOT, env=environment(), check=True
    )
    assert (ran.stdout, ran.stderr) == ("done\n", "")


COUNTING = PROGRAM.replace("'working'", "iter(['working', 'work', 'ing', '', '']).__next__")
"""The words are asked for each time that they are shown."""


@pytest.mark.parametrize(
    ("term", "shown", "program"), [("xterm", True, PROGRAM), ("dumb", False, PROGRAM), ("xterm", True, COUNTING)]
)
def test_a_terminal_shows_the_seconds_and_is_left_clean(term: str, shown: bool, program: str) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=theirs, cwd=ROOT, env=environment(TERM=term)
    )
    os.close(theirs)
    text = b""
    try:
        while chunk := os.read(ours, 4096):
            text += chunk
    except OSError:  # the other end is closed
        pass
    out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert out == b"done\n"
    if shown:
        assert (b"working \xe2\x80\xa6 1 s" if program == PROGRAM else b"work \xe2\x80\xa6 1 s") in text
        assert text.endswith(b"\r\x1b[K")
    else:
        assert text == b""
