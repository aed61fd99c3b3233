"""A SCIP model in, the same solved, such that Ctrl-C ends it at once and without a word.

SCIP's own handler of the signal prints on standard output, where results go; without it Python sees the signal only
when SCIP returns. So SCIP runs beside the thread that waits, which tells it to stop. It is always the same thread: the
MUMPS inside PySCIPOpt's Ipopt keeps state in the thread that used it first and crashes the process some solves after
that thread has ended.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

STEP = 0.05
"""Seconds between two attempts to stop SCIP: it takes none while it is being set up."""


def optimize(model: Any) -> None:
    """`model` is a pyscipopt.Model. Raises KeyboardInterrupt, and whatever PySCIPOpt raises."""
    model.setParam("misc/catchctrlc", False)
    failures: list[BaseException] = []
    done = Event()

    def run() -> None:
        try:
            model.optimizeNogil()
        except BaseException as error:  # noqa: BLE001 - handed on to the thread that waits
            failures.append(error)
        finally:
            done.set()

    _worker().put(run)
    try:
        done.wait()
    except BaseException:
        while not done.is_set():
            # It fails in a stage in which SCIP cannot be stopped; soon it will be in another.
            with suppress(Exception):
                model.interruptSolve()
            done.wait(STEP)
        raise
    if failures:
        raise failures[0]


_tasks: list[SimpleQueue[Callable[[], None]]] = []
_guard = Lock()


def _worker() -> SimpleQueue[Callable[[], None]]:
    """The queue of the one thread that runs SCIP, started when it is first needed."""
    with _guard:
        if not _tasks:
            queue: SimpleQueue[Callable[[], None]] = SimpleQueue()

            def work() -> None:
                while True:
                    queue.get()()

            Thread(target=work, daemon=True, name="scip").start()
            _tasks.append(queue)
    return _tasks[0]
