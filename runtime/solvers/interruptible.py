"""A SCIP model in, the same solved, such that Ctrl-C ends it at once and without a word.

SCIP's own handler of the signal prints on standard output, where results go; without it Python sees the signal only
when SCIP returns. So SCIP runs beside the thread that waits, which tells it to stop.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Thread
from typing import Any

STEP = 0.05
"""Seconds between two attempts to stop SCIP: it takes none while it is being set up."""


def optimize(model: Any) -> None:
    """`model` is a pyscipopt.Model. Raises KeyboardInterrupt, and whatever PySCIPOpt raises."""
    model.setParam("misc/catchctrlc", False)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            model.optimizeNogil()
        except BaseException as error:  # noqa: BLE001 - handed on to the thread that waits
            failures.append(error)

    solving = Thread(target=run, daemon=True)
    solving.start()
    try:
        solving.join()
    except BaseException:
        while solving.is_alive():
            # It fails in a stage in which SCIP cannot be stopped; soon it will be in another.
            with suppress(Exception):
                model.interruptSolve()
            solving.join(STEP)
        raise
    if failures:
        raise failures[0]
