"""A minimum that SCIP calls proven, confirmed where the relaxation falls for ever.

Where only some patterns of SOS1 pairs, or some values of whole numbers in products, leave a direction along which the
objective falls without limit, SCIP 10.0.2 has been seen to drop such parts of its tree, and to call what is best in
the rest optimal: a leader who earns a price that has no bound at one of its decisions. Asked for a point that is
better, with no objective, its LPs have an end, and "infeasible" is an answer to be trusted. (For a linear Program with
integers alone the relaxation tells: Meyer, Math. Programming 7 (1974) 223.)
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.sparse import Csr, Floats, Quad, stacked
from compiler.reformulations.fixed_pattern import with_columns_fixed, with_pattern_fixed
from compiler.reformulations.program import Program
from compiler.reformulations.recession import recession
from runtime.solvers.highs import STEEP, Highs, HighsModel
from runtime.solvers.solver import Ending, Options, Outcome

PATIENCE, TIMES = 10.0, 10.0
"""Seconds that a confirmation may take where the user sets no limit, and how many times as long as the search it may
take beside them: products with columns that have no bounds can be searched for ever."""

MARGIN = 1e-5
"""How much better, relative, a point has to be: ten times SCIP's tolerance for constraints."""


FAR = 1e7
"""An objective, in scaled units in which coefficients are near 1, that counts as one without end if points reach it."""


def may_fall(program: Program) -> bool:
    """Whether the relaxation, without pairs, products and functions, may fall for ever; never False where it does."""
    if not (len(program.sos1) or len(program.indicator) or program.row_quad.entries or program.curves):
        return False
    endless = ~(np.isfinite(program.lower) & np.isfinite(program.upper))
    if not endless.any():
        return False
    quad = program.cost_quad
    open_ended = endless[quad.i] | endless[quad.j]
    if np.any(open_ended & ((quad.i != quad.j) | (quad.value < 0))):
        return True
    bent = np.zeros(program.rows, np.bool_)
    bent[program.row_quad.row] = True
    linear = replace(
        program,
        cost_quad=quad.take(~open_ended),
        row_lower=np.where(bent, -np.inf, program.row_lower),
        row_upper=np.where(bent, np.inf, program.row_upper),
    )
    found = HighsModel(recession(linear, np.ones(program.columns, np.bool_))).solve(Options())
    steep = STEEP * float(np.max(np.abs(program.cost), initial=0.0))
    return found.ending is not Ending.OPTIMAL or found.objective < -steep


def better_than(program: Program, value: float) -> Program:
    """The Program of points whose objective is at most `value`, which may be infinite, and no objective."""
    bounded = _objective_within(program, -np.inf, value)
    return replace(bounded, cost=np.zeros(program.columns), cost_constant=0.0, cost_quad=Quad.empty())


def no_better_than(program: Program, value: float) -> Program:
    """The Program of points whose objective is at least `value`, the objective as it is."""
    return _objective_within(program, value, np.inf)


def _objective_within(program: Program, low: float, high: float) -> Program:
    columns = np.flatnonzero(program.cost)
    line = Csr.from_coo(np.zeros(len(columns), np.int64), columns, program.cost[columns], 1, program.columns)
    goal, rows = program.cost_quad, program.row_quad
    last = np.full(goal.entries, program.rows, np.int64)
    return replace(
        program,
        matrix=stacked([program.matrix, line]),
        row_lower=np.append(program.row_lower, low - program.cost_constant),
        row_upper=np.append(program.row_upper, high - program.cost_constant),
        row_quad=Quad(
            np.concatenate([rows.row, last]),
            np.concatenate([rows.i, goal.i]),
            np.concatenate([rows.j, goal.j]),
            np.concatenate([rows.value, goal.value]),
        ),
    )


def patience(options: Options, outcome: Outcome) -> Options:
    """For one confirmation of an outcome."""
    if options.time_limit is None:
        return replace(options, time_limit=PATIENCE + TIMES * outcome.seconds)
    return replace(options, time_limit=max(0.0, options.time_limit - outcome.seconds))


def margin(program: Program, outcome: Outcome) -> float:
    """What a better point has to gain: less may be what a tolerance on the dearest column is worth."""
    dearest = max(np.max(np.abs(program.cost), initial=0.0), np.max(np.abs(program.cost_quad.value), initial=0.0))
    return MARGIN * float(max(1.0, dearest, abs(outcome.objective)))


def of_its_pattern(program: Program, z: Floats) -> Outcome:
    """The best point of the pattern that z has; FAILED where that is no LP or QP."""
    whole = np.flatnonzero(program.integer)
    piece = with_columns_fixed(with_pattern_fixed(program, z), whole, np.round(z))
    if Highs().refuses(piece):
        return Outcome(Ending.FAILED)
    return Highs().solve(piece, Options())
