"""Where output goes. In: the process's streams and environment; out: `Paper` (width and colours), and texts written.

Results go to standard output, diagnostics and progress to standard error; progress only where a person watches.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

from gamec.exit_codes import CERTIFIED, DIAGNOSTICS, PIPE_CLOSED
from grammar.diagnostics import Diagnostic, DiagnosticError

PIPED_WIDTH = 100
"""Columns where no terminal says how many there are."""

_ANSI = {"error": "1;31", "warning": "1;33", "place": "1;34", "hint": "36", "strong": "1", "faint": "2", "good": "1;32"}


@dataclass(frozen=True, slots=True)
class Paper:
    """What a text is laid out for: `width` in cells, `colour` whether ANSI colours are wanted, `blocks` whether the
    encoding has block characters to draw with."""

    width: int = PIPED_WIDTH
    colour: bool = False
    blocks: bool = True

    def styled(self, style: str, text: str) -> str:
        return f"\x1b[{_ANSI[style]}m{text}\x1b[0m" if self.colour and text else text


def paper_of(stream: TextIO, environ: Mapping[str, str] | None = None) -> Paper:
    """Width and colour for a stream: colours only on a terminal, never under NO_COLOR (no-color.org) or TERM=dumb."""
    environ = os.environ if environ is None else environ
    terminal = is_terminal(stream)
    colour = terminal and environ.get("TERM") != "dumb" and not environ.get("NO_COLOR")
    if sys.platform == "win32" and not (environ.get("WT_SESSION") or environ.get("TERM") or environ.get("ANSICON")):
        colour = False
    columns = environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        width = int(columns)
    else:
        width = shutil.get_terminal_size((PIPED_WIDTH, 24)).columns if terminal else PIPED_WIDTH
    return Paper(max(width, 20), colour, _has_blocks(stream))


def _has_blocks(stream: TextIO) -> bool:
    try:
        "▁█▔▏│┊".encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (ValueError, AttributeError):  # closed, or no real file
        return False


def prepare_streams() -> None:
    """Let neither a character nor a closed stream break us: what an encoding lacks is written as an escape."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - stays open to the end
        stream = getattr(sys, name)
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def write(stream: TextIO, text: str) -> None:
    """Write a text and its line break at once, and flush: what comes out of two streams keeps its order.

    Raises BrokenPipeError when the reader has gone, and DiagnosticError (G003) when the stream cannot be written.
    """
    try:
        stream.write(text if text.endswith("\n") else text + "\n")
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        name = "standard error" if stream is sys.stderr else "standard output"
        raise DiagnosticError([Diagnostic("G003", f"{name} cannot be written: {error.strerror}")]) from None


def settle_streams(code: int) -> int:
    """Make sure that Python has nothing left to write at its end, where it would complain in words of its own."""
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        try:
            stream.flush()
        except OSError as error:
            with open(os.devnull, "w") as nowhere, suppress(OSError):
                os.dup2(nowhere.fileno(), number)
            if isinstance(error, BrokenPipeError):
                code = code or PIPE_CLOSED
            elif number == 1 and code in (CERTIFIED, DIAGNOSTICS):
                code = DIAGNOSTICS
                lost = f"gamec: error G003 cannot-write: standard output cannot be written: {error.strerror}\n"
                with suppress(OSError):
                    sys.stderr.write(lost)
    return code
