"""Long work with somebody watching. In: work; out: what it returns, a progress line meanwhile, and Ctrl-C that works.

Solvers hear nothing of Ctrl-C while they run: Python handles it when their call returns, which may be never. So the
work is done by another thread while this one waits, and an interrupt ends the process without asking the solver. Work
that iterates is asked to end with its best answer first; a second interrupt does not ask.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TextIO, TypeVar

from gamec.exit_codes import INTERRUPTED
from gamec.terminal import is_terminal

if TYPE_CHECKING:
    from gamec.progress import Progress

T = TypeVar("T")

SILENT = 0.3
"""Seconds before the first progress line: one that flashes by tells nobody anything."""


def watched(words: str | Callable[[], str], work: Callable[[], T], progress: Progress | None = None) -> T:
    """The result of `work()`, or its exception. On a terminal, standard error says `words` (or what they are by then)
    and the seconds gone by. `progress` hears of an interrupt."""
    stream = sys.stderr
    shown = is_terminal(stream) and os.environ.get("TERM") != "dumb"
    worker = _Worker(work)
    began = time.monotonic()
    worker.start()
    try:
        patience = SILENT
        while not worker.done.is_set():
            try:
                worker.done.wait(patience)
                patience = 1.0 if shown else 3600.0
                if shown and not worker.done.is_set():
                    now = words if isinstance(words, str) else words()
                    stream.write(f"\r\x1b[K{now} … {time.monotonic() - began:.0f} s")
                    stream.flush()
            except KeyboardInterrupt:
                if progress is None or not progress.ask_to_end():
                    raise
                _say(
                    stream, shown, "ending with the best answer so far, after this solve; Ctrl-C once more ends at once"
                )
    except KeyboardInterrupt:
        _say(stream, shown, "interrupted")
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        # The worker cannot be stopped, and a normal end would pull down what it stands on.
        os._exit(INTERRUPTED)
    finally:
        if shown:
            stream.write("\r\x1b[K")
            stream.flush()
    return worker.result()


def _say(stream: TextIO, shown: bool, words: str) -> None:
    with suppress(OSError, ValueError):
        stream.write(("\r\x1b[K" if shown else "") + words + "\n")
        stream.flush()


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
