"""What an iteration has found so far, question by question: `Journal`. A method asks it first and solves only what it
does not know; so a run that was killed goes the same way again, in no time, up to where it was, and on from there.

This one keeps nothing; `runtime.runs.unfinished.Unfinished` keeps it on disk.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from compiler.ground.sparse import Floats

if TYPE_CHECKING:
    from compiler.pipeline import Compiled
    from runtime.methods.method import Request
    from runtime.record import Inputs

Entry = Mapping[str, NDArray[Any]]
"""Arrays of numbers, or of text, by name."""


class Journal:
    """Entries in the order of a method's questions. A method `takes` it, then asks `known` about each question, and
    where that is None answers itself and says so by `add`. No answer that a limit or an interrupt cut short goes in:
    `end` says that from here on nothing does."""

    keeps = False
    """Whether what is added goes anywhere."""

    def opened(self, inputs: Inputs, case: str, request: Request, compiled: Compiled) -> None:
        """What is to be solved, before it is. Raises DiagnosticError where the entries are of something else."""

    def taken(self) -> Journal:
        """For the method that was asked for; those that it asks in its turn get a journal that keeps nothing."""
        return self

    def known(self, question: Sequence[Floats]) -> Entry | None:
        """The next entry; None where there is none. Raises DiagnosticError where it answers another question."""
        return None

    def add(self, question: Sequence[Floats], entry: Entry) -> None:
        """The answer to a question that was not known."""

    def end(self, interrupted: bool) -> None:
        """Keep what there is, and no more. `interrupted`: by somebody who may want it to go on, not by a limit."""

    def close(self) -> None:
        """Nobody asks any more."""

    def begun(self) -> float:
        """When the work began, by `time.perf_counter`, as if it had not been interrupted."""
        return time.perf_counter()


def digest(question: Sequence[Floats]) -> str:
    """To tell whether a question is the one that was asked then."""
    found = sha256()
    for array in question:
        found.update(np.ascontiguousarray(array).tobytes())
        found.update(b"|")
    return found.hexdigest()
