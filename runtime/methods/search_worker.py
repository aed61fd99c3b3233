"""A process that answers for decisions of a leader: run as `python -m runtime.methods.search_worker`.

It reads pickles from standard input, first a `Question`, then arrays of decisions (k, d), and writes a pickle for each
to standard output: True, then arrays of `Evaluator.row`. Findings come back as ("diagnostics", list), faults as a text.
It ends with its input.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from typing import BinaryIO

import numpy as np

from grammar.diagnostics import DiagnosticError
from runtime.methods.evaluations import rows_of
from runtime.methods.leader_question import Evaluator


def serve(inn: BinaryIO, out: BinaryIO) -> None:
    """Answer until the input ends."""
    evaluator: Evaluator | None = None
    while True:
        try:
            what = pickle.load(inn)
        except EOFError:
            return
        answer: object
        try:
            if isinstance(what, np.ndarray):
                assert evaluator is not None, "the question comes first"
                answer = rows_of(evaluator, what, float("inf"), lambda: False)
            else:
                evaluator = what.evaluator()
                answer = True
        except DiagnosticError as error:
            answer = ("diagnostics", list(error.diagnostics))
        except Exception:  # noqa: BLE001 - told to whoever asked
            answer = traceback.format_exc()
        pickle.dump(answer, out)
        out.flush()


if __name__ == "__main__":
    # Ctrl-C goes to all processes of a terminal; the one that asks decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What solvers print would otherwise stand among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)
