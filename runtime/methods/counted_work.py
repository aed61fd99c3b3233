"""How long work that only helps a search may go on, counted by what LPs and IPOPT do, not by the clock: bounds, cuts
and points to begin from, and the search that they begin, are then the same on a busy machine."""

from __future__ import annotations

import time

from compiler.reformulations.program import Program
from runtime.solvers.highs import HighsModel
from runtime.solvers.solver import Outcome

PATIENCE = 10.0
"""Most seconds for one kind of such work."""

BUSY, HURRY = 10.0, 2.5
"""Times as long by the clock, after which it is enough all the same: without a time limit, and with one, which all
kinds of such work together must leave some of."""

EACH_LP, EACH_NONZERO, EACH_STEP = 3e-4, 4e-7, 2.5e-8
"""Seconds that an LP takes on a machine of 2026: to start, for a nonzero, and for a row or column in each iteration;
measured over 3,600 LPs of two markets, and within a factor of three for each of them."""

EACH_ENTRY = 1.5e-6
"""Seconds for a nonzero in each iteration of IPOPT: 1.1 to 1.8 on relaxed pairs of random bilevel LPs with 60 and 200
pairs."""

ONE_LP = 2.0
"""Seconds for one LP, which takes milliseconds, or for ever: from the basis of another LP HiGHS has been seen to run
without end."""


class CountedWork:
    """`allowed` seconds of work, of which `counted` are spent; `inside` are those by the clock that HiGHS took."""

    def __init__(self, allowed: float = PATIENCE, by_clock: float | None = None) -> None:
        """`by_clock` are the seconds from now after which nothing is left in any case: `BUSY` times `allowed`, if not
        given."""
        self.allowed, self.counted, self.inside = allowed, 0.0, 0.0
        self.by_clock = BUSY * allowed if by_clock is None else by_clock
        self.begun = time.perf_counter()

    @staticmethod
    def within(time_limit: float | None, share: float, most: float = PATIENCE) -> CountedWork:
        """At most this `share` of a time limit, if there is one, and `most` seconds."""
        if time_limit is None:
            return CountedWork(most)
        allowed = min(most, share * time_limit)
        return CountedWork(allowed, min(BUSY * allowed, HURRY * share * time_limit))

    def left(self, part: float = 1.0) -> bool:
        """Whether less than this `part` of it is spent."""
        return self.counted < part * self.allowed and self.seconds(part) > 0

    def seconds(self, part: float = 1.0) -> float:
        """Those that are left by the clock, of this `part`."""
        return part * self.by_clock - (time.perf_counter() - self.begun)

    def add_lp(self, outcome: Outcome, model: HighsModel) -> None:
        """Count the last solve of the model."""
        self.inside += outcome.seconds
        step = EACH_STEP * (model.rows + model.columns)
        self.counted += EACH_LP + EACH_NONZERO * len(model.program.matrix.data) + step * model.iterations

    def steps(self, program: Program) -> int:
        """Iterations of IPOPT that are left for the Program."""
        return max(0, int((self.allowed - self.counted) / self._step(program)))

    def add_steps(self, program: Program, steps: int) -> None:
        """Count so many of them."""
        self.counted += steps * self._step(program)

    def _step(self, program: Program) -> float:
        return EACH_ENTRY * max(1, len(program.matrix.data) + program.row_quad.entries)
