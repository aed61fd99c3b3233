"""Long work with somebody watching. In: work; out: what it returns, a progress line meanwhile, and Ctrl-C that works.

Solvers hear nothing of Ctrl-C while they run: Python handles it when their call returns, which may be never. So the
work is done by another thread while this one waits, and an interrupt ends the process without asking the solver.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from gamec.exit_codes import INTERRUPTED
from gamec.terminal import is_terminal

T = TypeVar("T")

SILENT = 0.3
"""Seconds before the first progress line: one that flashes by tells nobody anything."""


def watched(words: str, work: Callable[[], T]) -> T:
    """The result of `work()`, or its exception. On a terminal, standard error says `words` and the seconds gone by."""
    stream = sys.stderr
    shown = is_terminal(stream) and os.environ.get("TERM") != "dumb"
    worker = _Worker(work)
    began = time.monotonic()
    worker.start()
    try:
        worker.done.wait(SILENT)
        while not worker.done.wait(1.0 if shown else 3600.0):
            if shown:
                stream.write(f"\r\x1b[K{words} … {time.monotonic() - began:.0f} s")
                stream.flush()
    except KeyboardInterrupt:
        with suppress(OSError, ValueError):
            stream.write(("\r\x1b[K" if shown else "") + "interrupted\n")
            stream.flush()
            sys.stdout.flush()
        # The worker cannot be stopped, and a normal end would pull down what it stands on.
        os._exit(INTERRUPTED)
    finally:
        if shown:
            stream.write("\r\x1b[K")
            stream.flush()
    return worker.result()


class _Worker(threading.Thread, Generic[T]):
    """A thread that keeps what its work returned or raised; `done` is set when there is either."""

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._value: list[T] = []
        self._trouble: BaseException | None = None
        self.done = threading.Event()

    def run(self) -> None:
        try:
            self._value.append(self._work())
        except BaseException as trouble:  # noqa: BLE001 - handed on by `result`, in the thread that asked
            self._trouble = trouble
        self.done.set()

    def result(self) -> T:
        if self._trouble is not None:
            raise self._trouble
        return self._value[0]
