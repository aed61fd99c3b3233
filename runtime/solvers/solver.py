"""What a solver adapter takes and gives: `Solver`, `Options`, `Outcome`. Programs in, points with their proof out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np

from compiler.ground.sparse import Floats, Quad
from compiler.reformulations.program import Program


class Ending(Enum):
    """How a solver stopped. OPTIMAL is a proven global minimum up to the gap asked for; LOCAL one among its neighbours,
    by second-order conditions; STATIONARY a point that satisfies those of first order."""

    OPTIMAL = "optimal"
    LOCAL = "local"
    STATIONARY = "stationary"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    INFEASIBLE_OR_UNBOUNDED = "infeasible or unbounded"
    LIMIT = "limit"
    FAILED = "failed"


PROOF_GAP = 1e-6
"""Relative gap at which a minimum counts as proven when the user asks for none: solvers satisfy constraints to 1e-6
to 1e-7, so a smaller one means nothing."""


ENDLESS = 1e15
"""A value of this size is none: SCIP takes 1e20 for infinity, and calls `max log(x)` without a bound optimal there."""


@dataclass(frozen=True)
class Options:
    """`time_limit` in seconds; `gap` relative; `tolerance` for constraints and reduced costs (None: the solver's own);
    `nodes` of a branch and bound at most (SCIP and HiGHS); one thread and a fixed seed, so that a run can be
    repeated."""

    time_limit: float | None = None
    gap: float = PROOF_GAP
    seed: int = 0
    threads: int = 1
    tolerance: float | None = None
    nodes: int | None = None


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a solver found for a Program of k columns and r rows.

    `z` (k,) or None; `objective` at z and the proven lower `bound` of it (both include the constant). `row_duals`
    (r,) are the change of the minimum per unit of the right-hand side, `reduced_costs` (k,) that per unit of a bound;
    both only for convex problems.
    """

    ending: Ending
    z: Floats | None = None
    objective: float = float("nan")
    bound: float = float("-inf")
    row_duals: Floats | None = None
    reduced_costs: Floats | None = None
    seconds: float = 0.0
    message: str = ""

    @property
    def gap(self) -> float:
        """Proven relative gap: |objective - bound| over max(|objective|, 1); infinite without a point or bound."""
        if self.z is None or not np.isfinite(self.bound):
            return float("inf")
        return max(0.0, self.objective - self.bound) / max(abs(self.objective), 1.0)


class Solver(Protocol):
    """An adapter. It holds no state; whatever it opens, it closes."""

    name: str
    proves: bool
    """Whether OPTIMAL is among its endings: a proof that no point is better."""

    def missing(self) -> str:
        """Why the solver cannot be loaded here; empty when it can."""
        ...

    def refuses(self, program: Program) -> str:
        """Why this solver must not get this Program; empty when it may."""
        ...

    def solve(self, program: Program, options: Options, start: Floats | None = None) -> Outcome:
        """Minimise; `start` (k,) is a point to begin from, where the solver can use one."""
        ...


DEAREST = 2.0**30
"""Largest cost coefficient that solvers are given: doubles round it by 1e-7, to which solvers hold reduced costs."""


def cost_scale(cost: Floats, quad: Quad) -> float:
    """A power of two that lifts the largest cost coefficient to 1 or above, or lowers it to `DEAREST`; 1 where it is in
    between.

    Solvers compare reduced costs with an absolute 1e-7 or so: a cost of 1e-8 for each unit would otherwise decide
    nothing, and beside one of 1e10 that is less than what rounding leaves. HiGHS takes no coefficient above 1e15.
    """
    top = max(float(np.max(np.abs(cost), initial=0.0)), float(np.max(np.abs(quad.value), initial=0.0)))
    if top > DEAREST:
        return float(np.exp2(np.floor(np.log2(DEAREST) - np.log2(top))))
    return float(np.exp2(np.ceil(-np.log2(top)))) if 0 < top < 1 else 1.0
