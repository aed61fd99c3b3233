"""Many decisions of the leader in, what each is worth out, on one or several workers: threads, processes, or a Dask
cluster.

All give the same numbers: a worker's answer to a decision does not depend on what it was asked before, and the answers
come back in the order of the decisions.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np

from compiler.ground.sparse import Floats
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.journal import Journal
from runtime.methods.leader_question import Evaluator, Question
from runtime.worker_process import WorkerProcess

MODULE = "runtime.methods.search_worker"

PART = 1.0
"""Seconds for decisions that are evaluated together where a journal is kept."""

LOOK = 0.1
"""Seconds between two looks at whether to stop while others work."""


class Stopped(Exception):  # noqa: N818 - not an error
    """The work was given up: the time is over, or whoever watches said so."""


class Evaluations(Protocol):
    """`rows(decisions)` for decisions (k, d), k > 0: those of `Evaluator.row`. Raises `Stopped`, DiagnosticError.
    `workers` evaluate at the same time."""

    @property
    def workers(self) -> int: ...

    def rows(self, decisions: Floats) -> Floats: ...


Halt = Callable[[], bool]


@contextmanager
def evaluations(question: Question, workers: int, executor: str, deadline: float, halt: Halt) -> Iterator[Evaluations]:
    """`workers` of an `executor`: `auto`, `threads`, `processes`, or `dask:ADDRESS`, whose workers are the cluster's.

    `deadline` is of `time.perf_counter`; `halt` says whether to stop earlier. Raises DiagnosticError: G807 for another
    name, G803 without the package of a cluster, G804 where workers are lost.
    """

    def over() -> bool:
        return time.perf_counter() > deadline or halt()

    if executor.startswith("dask:"):
        from runtime.methods.dask_evaluations import on_cluster

        with on_cluster(question, executor.removeprefix("dask:"), over) as cluster:
            yield cluster
    elif executor not in ("auto", "threads", "processes"):
        hint = Hint("executors are auto, threads, processes, dask:ADDRESS (as dask:tcp://10.0.0.5:8786)")
        raise DiagnosticError([Diagnostic("G807", f"there is no executor `{executor}`", hints=(hint,))])
    elif workers == 1:
        yield _Here(question.evaluator(), deadline, over)
    elif executor == "threads":
        with ThreadPoolExecutor(workers) as pool:
            yield _Threads([question.evaluator() for _ in range(workers)], pool, deadline, over)
    else:
        with _started(question, workers) as processes:
            yield _Processes(processes, over)


class Remembered:
    """Evaluations that a journal knows, or else gets as they are made: in parts that take about `PART` seconds, so that
    a kill costs no more."""

    def __init__(self, live: Evaluations, journal: Journal) -> None:
        self.live, self.journal = live, journal
        self._each = 1

    @property
    def workers(self) -> int:
        return self.live.workers

    def rows(self, decisions: Floats) -> Floats:
        if not self.journal.keeps:
            return self.live.rows(decisions)
        found: list[Floats] = []
        done = 0
        while done < len(decisions):
            question = decisions, np.array([done], np.float64)
            entry = self.journal.known(question)
            if entry is None:
                entry = {"rows": self._new(decisions[done : done + self._each * self.workers])}
                self.journal.add(question, entry)
            found.append(entry["rows"])
            done += len(found[-1])
        return np.concatenate(found)

    def _new(self, decisions: Floats) -> Floats:
        before = time.perf_counter()
        rows = self.live.rows(decisions)
        one = (time.perf_counter() - before) * min(self.workers, len(decisions)) / len(decisions)
        # The first ones tell little of how long the next will take.
        self._each = max(1, min(2 * self._each, int(PART / one)))
        return rows


def rows_of(evaluator: Evaluator, decisions: Floats, deadline: float, over: Halt) -> Floats:
    """One after the other."""
    found = []
    for decision in decisions:
        if over():
            raise Stopped
        left = deadline - time.perf_counter()
        found.append(evaluator.row(decision, left if np.isfinite(left) else None))
    if over() and np.isfinite(deadline):
        # The last answers may be what a solver had when its time was up.
        raise Stopped
    return np.array(found)


class _Here:
    workers = 1

    def __init__(self, evaluator: Evaluator, deadline: float, over: Halt) -> None:
        self.evaluator, self.deadline, self.over = evaluator, deadline, over

    def rows(self, decisions: Floats) -> Floats:
        return rows_of(self.evaluator, decisions, self.deadline, self.over)


class _Threads:
    """One evaluator for each thread; HiGHS lets other threads run while it solves."""

    def __init__(self, evaluators: list[Evaluator], pool: ThreadPoolExecutor, deadline: float, over: Halt) -> None:
        self.evaluators, self.pool, self.deadline, self.over = evaluators, pool, deadline, over
        self.workers = len(evaluators)

    def rows(self, decisions: Floats) -> Floats:
        parts = _parts(decisions, len(self.evaluators))
        jobs = [
            self.pool.submit(rows_of, evaluator, part, self.deadline, self.over)
            for evaluator, part in zip(self.evaluators, parts, strict=False)
        ]
        return np.concatenate([job.result() for job in jobs])


class _Processes:
    def __init__(self, processes: list[WorkerProcess], over: Halt) -> None:
        self.processes, self.over = processes, over
        self.workers = len(processes)

    def rows(self, decisions: Floats) -> Floats:
        return np.concatenate(together(self.processes, _parts(decisions, self.workers), self.over))


@contextmanager
def _started(question: Question, workers: int) -> Iterator[list[WorkerProcess]]:
    processes: list[WorkerProcess] = []
    try:
        processes += [WorkerProcess(MODULE) for _ in range(workers)]
        together(processes, [question] * workers, lambda: False)
        yield processes
    finally:
        for process in processes:
            process.ended()


def _parts(decisions: Floats, most: int) -> list[Any]:
    """At most so many parts, none empty."""
    return list(np.array_split(decisions, min(most, len(decisions))))


def together(workers: list[WorkerProcess], questions: list[Any], over: Halt) -> list[Any]:
    """The first workers' answers, one to each question. Raises `Stopped`; the workers are of no more use then."""
    answers: list[Any] = [None] * len(questions)
    troubles: list[BaseException] = []

    def ask(k: int) -> None:
        try:
            answers[k] = workers[k].asked(questions[k])
        except BaseException as trouble:  # noqa: BLE001 - raised below, in the thread that asked
            troubles.append(trouble)

    threads = [threading.Thread(target=ask, args=(k,), daemon=True) for k in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(LOOK)
            if over():
                raise Stopped
    if troubles:
        raise troubles[0]
    return answers
