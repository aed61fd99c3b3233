"""What takes part in an iteration: `Mover` gives its best answer to the decisions of all others as a `Reply`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from compiler.ground.sparse import Bools, Floats, Ints
from runtime.journal import Entry
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

    def entry(self) -> dict[str, NDArray[Any]]:
        """For a journal; `reply_in` is the way back."""
        found: dict[str, NDArray[Any]] = {
            "status": np.array(self.status.value),
            "numbers": np.array([self.value, self.bound, self.seconds]),
            "rows": self.rows,
            "prices": self.prices,
            "words": np.array([self.solver, self.note]),
            "ledger": np.array([[b.value, b.slack] for b in self.ledger]),
            "ledger_of": np.array([[b.of, b.source] for b in self.ledger]),
        }
        return found if self.part is None else {**found, "part": self.part}


def reply_in(entry: Entry) -> Reply:
    """The Reply that `Reply.entry` gave."""
    value, bound, seconds = entry["numbers"].tolist()
    solver, note = entry["words"].tolist()
    ledger = tuple(
        Bound(of, number, source, slack)
        for (number, slack), (of, source) in zip(entry["ledger"].tolist(), entry["ledger_of"].tolist(), strict=True)
    )
    status, part = Status(str(entry["status"])), entry.get("part")
    return Reply(status, part, value, bound, entry["rows"], entry["prices"], solver, seconds, ledger, note)


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

    def state(self) -> Entry:
        """All that the next answer depends on beside the point; for `remember`, in another process as well."""
        ...

    def remember(self, state: Entry) -> None:
        """Go on as after the answer whose `state` this was; other names in it are not looked at."""
        ...
