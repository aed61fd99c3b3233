"""Decisions of a leader evaluated on a Dask cluster: `on_cluster`, for `--executor dask:ADDRESS`.

The question goes to every worker once and is loaded there once for each of its threads; then only decisions and numbers
travel. Workers need the same version of gamec.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import numpy as np

from compiler.ground.sparse import Floats
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.methods.evaluations import Stopped, rows_of
from runtime.methods.leader_question import Evaluator, Question
from runtime.worker_process import lost

LOOK = 0.005
"""Seconds between two looks at whether the cluster is done: Dask's own overhead for a task is a millisecond or so."""

PATIENCE = 10.0
"""Seconds to wait for a scheduler at the address."""

_local = threading.local()


def evaluated(name: str, question: Question, decisions: Floats) -> Floats:
    """On a worker: the rows of the decisions; `name` is that of the question, whose evaluator each thread keeps."""
    kept: OrderedDict[str, Evaluator] = _local.__dict__.setdefault("kept", OrderedDict())
    if name not in kept:
        kept.clear()
        kept[name] = question.evaluator()
    return rows_of(kept[name], decisions, float("inf"), lambda: False)


class _Cluster:
    def __init__(self, client: Any, question: Question, over: Callable[[], bool]) -> None:
        self.client, self.over = client, over
        self.name = uuid4().hex
        self.question = client.scatter(question, broadcast=True, hash=False)

    @property
    def workers(self) -> int:
        threads: int = sum(self.client.nthreads().values())
        return max(1, threads)

    def rows(self, decisions: Floats) -> Floats:
        parts = np.array_split(decisions, min(self.workers, len(decisions)))
        jobs = [self.client.submit(evaluated, self.name, self.question, part, pure=False) for part in parts]
        while not all(job.done() for job in jobs):
            time.sleep(LOOK)
            if self.over():
                self.client.cancel(jobs, force=True)
                raise Stopped
        return np.concatenate(results_of(self.client, jobs))


def results_of(client: Any, jobs: list[Any]) -> list[Any]:
    """What finished jobs returned. Raises DiagnosticError: theirs, G803 where workers lack a package, G804 where they
    are gone."""
    try:
        found: list[Any] = client.gather(jobs)
    except ModuleNotFoundError as error:
        hint = Hint("install the same version of gamec where the workers run")
        raise DiagnosticError(
            [Diagnostic("G803", f"the workers of the cluster lack `{error.name}`", hints=(hint,))]
        ) from None
    except DiagnosticError:
        raise
    except Exception as error:
        if type(error).__name__ in ("KilledWorker", "CancelledError", "FutureCancelledError", "CommClosedError"):
            raise DiagnosticError([lost("the cluster", str(error))]) from None
        raise
    return found


def _reached(address: str) -> None:
    """Raises OSError or ValueError where nothing answers: a Client that fails leaves threads behind that wait."""
    if address.startswith("inproc://"):
        return
    place = urlsplit(address if "://" in address else f"tcp://{address}")
    if place.hostname is None or place.port is None:
        raise ValueError(f"no host and port in {address!r}")
    with socket.create_connection((place.hostname, place.port), PATIENCE):
        pass


@contextmanager
def on_cluster(question: Question, address: str, over: Callable[[], bool]) -> Iterator[_Cluster]:
    """Evaluations by the cluster whose scheduler is at `address`. Raises as `connected` does."""
    with connected(address) as client:
        yield _Cluster(client, question, over)


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of the cluster whose scheduler is at `address`. Raises DiagnosticError: G803 without the package
    `distributed` or a scheduler there."""
    try:
        from distributed import Client
    except ImportError:
        hint = Hint("`pip install gamec[dask]` brings it")
        raise DiagnosticError(
            [Diagnostic("G803", "the package `distributed` is not installed", hints=(hint,))]
        ) from None
    try:
        _reached(address)
        client: Any = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        hints = (Hint("start one with `dask scheduler`, workers with `dask worker ADDRESS`"),)
        headline = f"no Dask scheduler answers at `{address}` ({' '.join(str(error).split())[:120]})"
        raise DiagnosticError([Diagnostic("G803", headline, hints=hints)]) from None
    try:
        yield client
    finally:
        client.close()
