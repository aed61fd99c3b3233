"""What takes part in an iteration: `Mover` gives its best answer to the decisions of all others as a `Reply`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from compiler.ground.sparse import Bools, Floats, Ints
from runtime.result import Bound, Status


@dataclass(frozen=True, eq=False)
class Reply:
    """The best decision of a mover at a point.

    `part` (k,) are the values of the mover's columns, None without an answer; `value` is the player's objective there
    and `bound` a proven bound of it, both in its own sense. `prices` are the shadow prices of `rows`, in each owner's
    own sense, NaN where there is none. `status` is OPTIMAL, LIMIT, INFEASIBLE or UNBOUNDED as a method claims it.
    """

    status: Status
    part: Floats | None = None
    value: float = float("nan")
    bound: float = float("nan")
    rows: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    prices: Floats = field(default_factory=lambda: np.zeros(0))
    solver: str = ""
    seconds: float = 0.0
    """Inside solvers."""
    ledger: tuple[Bound, ...] = ()
    note: str = ""


class Mover(Protocol):
    """A player on top, and all that it moves when it decides: its own columns, and those of players who follow it."""

    player: int
    columns: Ints
    """All columns that an answer gives."""
    decides: Ints
    """The player's own decisions among them, without those that are fixed."""
    inputs: Bools
    """(n,): others' columns that the answer may depend on."""
    discrete: bool
    """Whether part of the way to an answer may be no decision at all."""

    leads: bool
    """Whether others follow, so that only its own proof says what it could gain."""
    proximal: float
    """Weight of half the squared distance from the point at which it is asked."""
    local: bool
    """Whether answers may be asked for that nothing nearby beats, which come much faster."""

    def answer(self, x: Floats, seconds: float | None, nearby: bool = False) -> Reply:
        """The best answer at x (n,), within so many seconds; one that is best `nearby`, without a bound, where
        `local`."""
        ...
