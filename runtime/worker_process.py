"""A process of our own that answers requests, started by a module's name: `WorkerProcess` for those who ask,
`answer_requests` for the module that is run. Requests and answers are pickles over the process's pipes.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

from grammar.diagnostics import Diagnostic, DiagnosticError, Hint


class WorkerProcess:
    """It is started by its module's name, so that it never runs the script that called: nobody needs a guard around a
    call of `solve`."""

    def __init__(self, module: str) -> None:
        path = os.pathsep.join(p or os.getcwd() for p in sys.path)
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )

    def asked(self, what: object) -> Any:
        """The answer. Raises DiagnosticError: what the worker found, or G804 when it is gone."""
        try:
            pickle.dump(what, self._pipe(self.process.stdin))
            self._pipe(self.process.stdin).flush()
            answer = pickle.load(self._pipe(self.process.stdout))
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            raise DiagnosticError([lost("a worker process", f"exit code {self.process.poll()}")]) from None
        if isinstance(answer, tuple) and answer and answer[0] == "diagnostics":
            raise DiagnosticError(list(answer[1]))
        if isinstance(answer, str):
            raise RuntimeError(f"a worker process failed:\n{answer}")
        return answer

    def ended(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                self._pipe(pipe).close()
        self.process.wait()

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe


def lost(who: str, how: str) -> Diagnostic:
    """For workers that ended in the middle of their work."""
    hints = (Hint("look at the memory that is left: each worker holds a model"), Hint("`--workers 1` works alone"))
    return Diagnostic("G804", f"{who} ended in the middle of its work ({how})", hints=hints)


def answer_requests(answer: Callable[[Any], object]) -> None:
    """In the process: answer each pickle on standard input by one on standard output, until the input ends. Findings go
    back as ("diagnostics", list), faults as a text."""
    # What solvers print would otherwise stand among the answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            what = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        told: object
        try:
            told = answer(what)
        except DiagnosticError as error:
            told = ("diagnostics", list(error.diagnostics))
        except Exception:  # noqa: BLE001 - told to whoever asked
            told = traceback.format_exc()
        try:
            pickle.dump(told, out)
            out.flush()
        except BrokenPipeError:
            # Nobody waits for the answer any more, and Python would complain of the pipe at its end.
            os._exit(1)
