"""A process that solves points of a sweep: run as `python -m runtime.sweeps.worker`. It is asked a `Question` and
answers by an `Outcome`, until its input ends."""

from __future__ import annotations

import signal

if __name__ == "__main__":
    # Ctrl-C ends it at once, and in silence: a solver would hear of it only when it is done, and the points that are,
    # are kept. So this comes before all that takes time to load.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from runtime.sweeps.outcome import outcome_of
    from runtime.worker_process import answer_requests

    answer_requests(outcome_of)
