"""Iterations as they are made. In: the steps of a method that iterates; out: a line each on standard error where a
person watches, a JSON object each in a log file, and the wish to end, told to the method.
"""

from __future__ import annotations

import json
import math
import os
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from gamec.cells import clipped
from gamec.terminal import is_terminal, paper_of
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint

if TYPE_CHECKING:
    from runtime.history import Step, Watch

OBJECTIVES = 4
"""Objectives that a line has room for."""


class Progress:
    """A context manager; `iterating` once a step came, so that an interrupt can ask for the best answer so far."""

    def __init__(self, log: TextIO | None = None) -> None:
        self._log = log
        self._stream = sys.stderr
        self._shown = is_terminal(self._stream) and os.environ.get("TERM") != "dumb"
        self._asked = threading.Event()
        self.iterating = False

    @staticmethod
    def to(path: str | None) -> Progress:
        """Raises DiagnosticError (G003) where the log cannot be written."""
        if path is None:
            return Progress()
        try:
            return Progress(open(path, "w", encoding="utf-8", newline="\n", buffering=1))
        except OSError as error:
            hint = Hint("name another file with `--log`, or make its folder first")
            headline = f"`{path}` cannot be written: {error.strerror}"
            raise DiagnosticError([Diagnostic("G003", headline, hints=(hint,))]) from None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._log is not None:
            with suppress(OSError):
                self._log.close()

    @property
    def watch(self) -> Watch:
        """For the request."""
        from runtime.history import Watch

        return Watch(self._tell, self._asked.is_set)

    def ask_to_end(self) -> bool:
        """Whether the method was now asked to end for the first time."""
        first = self.iterating and not self._asked.is_set()
        self._asked.set()
        return first

    def _tell(self, step: Step) -> None:
        self.iterating = True
        if self._log is not None:
            # A full disk must not end hours of work.
            with suppress(OSError):
                self._log.write(json.dumps(as_json(step), ensure_ascii=False) + "\n")
        if self._shown:
            with suppress(OSError, ValueError):
                width = paper_of(self._stream).width
                self._stream.write("\r\x1b[K" + clipped(as_line(step), width) + "\n")
                self._stream.flush()


def as_line(step: Step) -> str:
    """Iteration, residual, seconds, some objectives, and what happened."""
    residual = "-" if math.isnan(step.residual) else f"{step.residual:.1e}"
    values = [f"{name} {value:.6g}" for name, value in list(step.objectives.items())[:OBJECTIVES]]
    more = ["..."] if len(step.objectives) > OBJECTIVES else []
    words = [f"{step.iteration:>5}", f"{residual:>8}", f"{step.seconds:>8.1f} s", *values, *more]
    return "  ".join([*words, step.note] if step.note else words)


def as_json(step: Step) -> dict[str, object]:
    """Numbers that are not finite become null."""
    return {
        "iteration": step.iteration,
        "objectives": {name: value if math.isfinite(value) else None for name, value in step.objectives.items()},
        "residual": step.residual if math.isfinite(step.residual) else None,
        "seconds": step.seconds,
        "note": step.note,
    }
