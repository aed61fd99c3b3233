"""A point of a Program with integers or pairs in, an exact one with the same pattern out: integers fixed, one column
of each pair at zero.

What is left is an LP or convex QP, which HiGHS solves to 1e-9 where SCIP satisfies constraints to 1e-6 or so; or it has
smooth functions, and IPOPT does.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.sparse import Floats, Ints
from compiler.reformulations.fixed_pattern import with_columns_fixed, with_pattern_fixed
from compiler.reformulations.program import Program
from runtime.solvers.highs import Highs
from runtime.solvers.ipopt import Ipopt
from runtime.solvers.solver import Ending, Options, Outcome

TOLERANCE = 1e-9
"""HiGHS's feasibility tolerance here; its smallest is 1e-10."""

PATIENCE = 5.0
"""Seconds for one LP or QP. HiGHS takes milliseconds or, on degenerate QPs of some thousand columns, minutes; the point
given is certified as it is then."""

SMOOTHED = 600
"""Columns up to which IPOPT goes on from a point with products: a tenth of a second, and its second-order check."""

SLIP = 1e-5
"""How much worse than the given point's a polished objective may be, relative: more than SCIP's own tolerance can
explain means that the pattern was misread, and the point is left as it is."""


def polished(program: Program, z: Floats, options: Options) -> Outcome | None:
    """The best point with z's pattern, or None where it cannot be had or is no better than z's tolerance explains.

    With smooth functions IPOPT goes on from z. Where products remain (a price times a quantity), IPOPT goes on as well,
    then one factor of each is held while the other is optimised, and then the other way round: each half is an LP or
    convex QP, whose vertices are exact, and none makes the objective worse.
    """
    settled = with_pattern_fixed(program, z)
    limit = PATIENCE if options.time_limit is None else min(PATIENCE, options.time_limit)
    exact = replace(options, tolerance=TOLERANCE, time_limit=limit)
    if not Highs().refuses(settled):
        return _accepted(program, z, Highs().solve(settled, exact))
    if settled.curves:
        return None if Ipopt().missing() else _accepted(program, z, Ipopt().improve(settled, exact, z))
    best: Outcome | None = None
    if settled.columns <= SMOOTHED and not Ipopt().missing():
        # A solver's gap of 1e-6 leaves a decision within the square root of it.
        best = _accepted(program, z, Ipopt().improve(settled, exact, z))
        if best is not None and best.z is not None:
            # Where conditions depend on each other IPOPT has called a point solved that it left for a better one.
            again = _accepted(program, z, Ipopt().improve(settled, exact, best.z))
            if again is not None and again.z is not None and program.cost_at(again.z) < program.cost_at(best.z):
                best = again
        better = best is not None and best.z is not None and program.cost_at(best.z) < program.cost_at(z)
        if not better and program.violation(z) <= TOLERANCE:
            best = None
    for columns in _factors(settled):
        start = z if best is None or best.z is None else best.z
        half = with_columns_fixed(settled, columns, start)
        if Highs().refuses(half):
            continue
        for tolerance in (TOLERANCE, None):
            outcome = _accepted(program, z, Highs().solve(half, replace(exact, tolerance=tolerance)))
            if outcome is not None:
                best = replace(outcome, row_duals=None, reduced_costs=None)
                break
    return best


def _accepted(program: Program, z: Floats, outcome: Outcome) -> Outcome | None:
    if outcome.ending not in (Ending.OPTIMAL, Ending.LOCAL) or outcome.z is None:
        return None
    before, after = program.cost_at(z), program.cost_at(outcome.z)
    return outcome if after - before <= SLIP * max(1.0, abs(before)) else None


def _factors(program: Program) -> tuple[Ints, Ints]:
    """The second factors of all products that are not convex squares, then the first ones."""
    rows, cost = program.row_quad, program.cost_quad
    kept = (cost.i != cost.j) | (cost.value < 0)
    second = np.unique(np.concatenate([rows.j, cost.j[kept]]))
    first = np.unique(np.concatenate([rows.i, cost.i[kept]]))
    return second, first
