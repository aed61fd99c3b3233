"""Questions in, outcomes out as they come, by this process, by several, or by a Dask cluster.

What comes of a point does not depend on who solved it, or after which other point: each is solved from its question
alone, by the same seed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.sweeps.outcome import Outcome, Question, failed, outcome_of
from runtime.worker_process import WorkerProcess

MODULE = "runtime.sweeps.worker"

DASK = "dask:"


def check_executor(executor: str) -> None:
    """Raises DiagnosticError (G807) for a name that is none."""
    if executor not in ("auto", "processes") and not executor.startswith(DASK):
        words = f"points of a sweep are not solved by `{executor}`"
        hint = Hint("executors of a sweep are auto, processes, dask:ADDRESS (as dask:tcp://10.0.0.5:8786)")
        raise DiagnosticError([Diagnostic("G807", words, hints=(hint,))])


def outcomes(questions: Sequence[Question], workers: int | None, executor: str) -> Iterator[Outcome]:
    """An outcome for each question, in the order in which they come. `workers` None: as many as this process has
    processors. Raises DiagnosticError: G803 without a cluster at the address."""
    if executor.startswith(DASK):
        yield from _on_cluster(questions, executor.removeprefix(DASK))
        return
    several = min(workers or processors(), len(questions))
    if several > 1:
        yield from _by_processes(questions, several)
    else:
        yield from map(outcome_of, questions)


def processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Place:
    """Where a process works that is started with its first question, and again when it was lost."""

    def __init__(self) -> None:
        self.process: WorkerProcess | None = None

    def outcome(self, question: Question) -> Outcome:
        if self.process is None:
            self.process = WorkerProcess(MODULE)
        try:
            found: Outcome = self.process.asked(question)
        except DiagnosticError as error:
            self.ended()
            return failed(question, error.diagnostics)
        return found

    def ended(self) -> None:
        if self.process is not None:
            self.process.ended()
        self.process = None


def _by_processes(questions: Sequence[Question], workers: int) -> Iterator[Outcome]:
    """A thread waits for each process; one that crashes takes only its own point with it."""
    places = [_Place() for _ in range(workers)]
    free: SimpleQueue[_Place] = SimpleQueue()
    for place in places:
        free.put(place)

    def solved(question: Question) -> Outcome:
        mine = free.get()
        try:
            return mine.outcome(question)
        finally:
            free.put(mine)

    pool = ThreadPoolExecutor(workers)
    try:
        for job in as_completed([pool.submit(solved, question) for question in questions]):
            yield job.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for place in places:
            place.ended()


def _on_cluster(questions: Sequence[Question], address: str) -> Iterator[Outcome]:
    """Its workers read the model's data files by their full paths, so they need the same disk."""
    from runtime.methods.dask_evaluations import connected, results_of

    with connected(address) as client:
        from distributed import as_completed as completed

        jobs = {}
        for question in questions:
            model = replace(question.model, path=str(Path(question.model.path).resolve()))
            job = client.submit(outcome_of, replace(question, model=model), pure=False)
            jobs[job.key] = job, question
        for done in completed([job for job, _ in jobs.values()], loop=client.loop):
            try:
                [found] = results_of(client, [done])
            except DiagnosticError as error:
                found = failed(jobs[done.key][1], error.diagnostics)
            yield found
