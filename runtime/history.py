"""What an iterative method saw on its way: one `Step` for each iteration, kept beside the answer."""

from __future__ import annotations

from collections.abc import Mapping
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
