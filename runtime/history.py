"""What an iterative method saw on its way: one `Step` for each iteration, kept beside the answer; and `Watch`, by which
somebody looks on and may end it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, eq=True)
class Step:
    """The state after an iteration.

    `iteration` counts from 1 (0 is the start). `objectives` are by `player.objective`, as in results, each in its
    player's own sense and unit; a player may be absent where it is not known. `residual` is what the method drives to
    zero, NaN where it has no such thing; `seconds` since the method began, so it never falls. `note` is for people:
    what happened here, empty most of the time.
    """

    iteration: int
    objectives: Mapping[str, float]
    residual: float
    seconds: float
    note: str = ""


@dataclass(frozen=True, eq=False)
class Watch:
    """Who looks on: `tell` hears of each Step as it is made, `stop` says whether to end with the best answer so far.

    Methods ask between two solves, so an end takes as long as one solve at most.
    """

    tell: Callable[[Step], None] = lambda step: None
    stop: Callable[[], bool] = lambda: False
