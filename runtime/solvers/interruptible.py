"""A SCIP model in, the same solved, such that Ctrl-C ends it at once and without a word.

SCIP's own handler of the signal prints on standard output, where results go; without it Python sees the signal only
when SCIP returns. So SCIP runs beside the thread that waits, which tells it to stop. It is always the same thread: the
library that differentiates for SCIP (CppAD) numbers the threads that it meets, and ends the process at the 65th.
"""

from __future__ import annotations

from contextlib import suppress
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

from runtime.solvers.quiet_cerr import quiet_cerr

STEP = 0.05
"""Seconds between two attempts to stop SCIP: it takes none while it is being set up."""


class _Job:
    def __init__(self, model: Any) -> None:
        self.model = model
        self.ended = Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            with quiet_cerr():
                self.model.optimizeNogil()
        except BaseException as error:  # noqa: BLE001 - handed on to the thread that waits
            self.failure = error
        finally:
            self.ended.set()


class _Worker:
    """The one thread in which SCIP runs; it starts with the first job, and anew in a forked process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._thread: Thread | None = None
        self._jobs: SimpleQueue[_Job] = SimpleQueue()

    def take(self, job: _Job) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._jobs = SimpleQueue()
                self._thread = Thread(target=self._work, args=(self._jobs,), daemon=True, name="scip")
                self._thread.start()
            self._jobs.put(job)

    @staticmethod
    def _work(jobs: SimpleQueue[_Job]) -> None:
        while True:
            jobs.get().run()


_WORKER = _Worker()


def optimize(model: Any) -> None:
    """`model` is a pyscipopt.Model. Raises KeyboardInterrupt, and whatever PySCIPOpt raises."""
    model.setParam("misc/catchctrlc", False)
    job = _Job(model)
    _WORKER.take(job)
    try:
        job.ended.wait()
    except BaseException:
        while not job.ended.is_set():
            # It fails in a stage in which SCIP cannot be stopped; soon it will be in another.
            with suppress(Exception):
                model.interruptSolve()
            job.ended.wait(STEP)
        raise
    if job.failure is not None:
        raise job.failure
