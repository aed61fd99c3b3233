"""A process that answers for decisions of a leader: run as `python -m runtime.methods.search_worker`.

It is asked a `Question` first, which it answers by True, then arrays of decisions (k, d), which it answers by arrays of
`Evaluator.row`. It ends with its input.
"""

from __future__ import annotations

import signal

import numpy as np

from runtime.methods.evaluations import rows_of
from runtime.methods.leader_question import Evaluator, Question
from runtime.worker_process import answer_requests


class _Answers:
    def __init__(self) -> None:
        self.evaluator: Evaluator | None = None

    def __call__(self, what: object) -> object:
        if isinstance(what, Question):
            self.evaluator = what.evaluator()
            return True
        assert self.evaluator is not None, "the question comes first"
        assert isinstance(what, np.ndarray)
        return rows_of(self.evaluator, what, float("inf"), lambda: False)


if __name__ == "__main__":
    # Ctrl-C goes to all processes of a terminal; the one that asks decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer_requests(_Answers())
