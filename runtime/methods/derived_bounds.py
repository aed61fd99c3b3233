"""A Program of optimality conditions in, bounds of all its columns out that every answer keeps, each with its source;
and the Program with the primal-dual inequality.

In this order, each using what the others found: declared bounds; propagation; one LP for each slack and each other
decision that a follower's rows or slopes hold; `slater_bounds`; `basis_bounds`; the primal-dual cut; one LP for
each multiplier over the relaxed optimality conditions. What time does not allow is left out: bounds remain valid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats, Ints, Quad
from compiler.reformulations.basis_bounds import basis_bounds
from compiler.reformulations.column_bounds import ColumnBounds, Source, propagated, with_bounds
from compiler.reformulations.duality import Duality
from compiler.reformulations.primal_dual_cut import primal_dual_cut
from compiler.reformulations.program import Program
from runtime.methods.counted_work import ONE_LP, CountedWork
from runtime.methods.slater_bounds import MARGIN, slater_bounds
from runtime.solvers.highs import HighsModel
from runtime.solvers.solver import Ending, Options

SHARE = 0.1
"""Part of the user's time limit, if there is one, that deriving bounds may take."""

NICETY = 0.1
"""Part of that time after which LPs that would only make a finite bound tighter are left out."""


@dataclass(frozen=True, eq=False)
class Derived:
    """`program` has the cut (more rows, more columns at the end), but its own bounds; `bounds` are of its columns."""

    program: Program
    bounds: ColumnBounds
    duality: Duality
    inside: float
    """Seconds inside HiGHS."""


def derived_bounds(
    game: GroundGame, program: Program, time_limit: float | None = None, cut: bool = True, tight: bool = True
) -> Derived:
    """See the module. `program` has its pairs in `complementary`; `time_limit` is for all of the solve, in seconds.

    Without `tight` there are LPs for what has no bound otherwise alone. Cuts and SOS1 sets ask for no more: on ten
    random bilevel LPs with 60 pairs the relaxation with `conditional_cuts` is the same, and 220 LPs are saved.
    """
    work = CountedWork.within(time_limit, SHARE)

    def go_on(finite: bool, part: float = 1.0) -> bool:
        return work.left(part * (NICETY if finite else 1.0))

    duality = Duality.of(game, program)
    bounds = propagated(program, ColumnBounds.of(program))
    both, above = _others(program, duality)
    bounds = _by_lps(program, bounds, both, above, lambda finite: go_on(finite, 0.4), work, tight)
    bounds = propagated(program, bounds)
    relaxed = Relaxation(program, bounds, work)
    bounds = slater_bounds(game, program, duality, bounds, relaxed.least, lambda finite: go_on(finite, 0.7), work)
    bounds = propagated(program, bounds)
    bounds = basis_bounds(program, duality, bounds)
    bounds = propagated(program, bounds)
    bounds = bounds.rounded()
    if cut:
        program = primal_dual_cut(game, program, duality, bounds)
        bounds = bounds.padded(program)
    paired = np.unique(program.complementary)
    bounds = _by_lps(program, bounds, paired[:0], paired, go_on, work, tight)
    bounds = propagated(program, bounds).rounded()
    return Derived(program, bounds, duality, work.inside)


def _others(program: Program, duality: Duality) -> tuple[Ints, Ints]:
    """Columns that need both bounds (others' in rows and slopes of followers, and followers' own), and those that need
    an upper one (slacks)."""
    used = np.zeros(program.columns, np.bool_)
    for rows in (duality.row, duality.stationarity):
        used[program.matrix.take_rows(rows).indices] = True
    slacks = np.zeros(program.columns, np.bool_)
    slacks[program.complementary[:, 1]] = True
    used[slacks | duality.duals(program.columns)] = False
    return np.flatnonzero(used & (program.lower < program.upper)), np.flatnonzero(slacks)


def _by_lps(
    program: Program,
    bounds: ColumnBounds,
    both: Ints,
    above: Ints,
    go_on: Callable[[bool], bool],
    work: CountedWork,
    tight: bool,
) -> ColumnBounds:
    """`bounds` with the least (`both`) and largest (`both`, `above`) values over the relaxation, one LP each, where
    they have none or are to be `tight`."""
    endless = np.isinf(bounds.upper)
    endless[both] |= np.isinf(bounds.lower[both])
    wanted = [(c, False) for c in above.tolist()] + [(c, True) for c in both.tolist()]
    wanted = [w for w in wanted if tight or endless[w[0]]]
    if not wanted:
        return bounds
    relaxed = Relaxation(program, bounds, work)
    numbers, lower, upper = [], [], []
    # Those without a bound first: tighter ones for the rest only if there is time.
    for column, down in sorted(wanted, key=lambda w: not endless[w[0]]):
        if not go_on(not endless[column]):
            break
        numbers.append(column)
        lower.append(relaxed.least_of(column, 1.0) if down else -np.inf)
        upper.append(-relaxed.least_of(column, -1.0))
    return bounds.tightened(np.array(numbers, np.int64), Source.BY_LP, np.array(lower), np.array(upper))


class Relaxation:
    """The Program without complementarity, integrality and products, as an LP that is solved for many costs."""

    def __init__(self, program: Program, bounds: ColumnBounds, work: CountedWork) -> None:
        self.columns = program.columns
        self.model = HighsModel(
            replace(
                without_what_bends(with_bounds(program, bounds)),
                cost=np.zeros(program.columns),
                cost_constant=0.0,
                cost_quad=Quad.empty(),
            )
        )
        self.last = np.zeros(0, np.int64)
        self.work = work

    def least(self, cost: Floats) -> float:
        """A lower bound of `cost @ z`, -inf where there is none."""
        columns = np.flatnonzero(cost)
        self.model.change_costs(self.last, np.zeros(len(self.last)))
        self.model.change_costs(columns, cost[columns])
        self.last = columns
        outcome = self.model.solve(Options(time_limit=ONE_LP))
        self.work.add_lp(outcome, self.model)
        if outcome.ending is not Ending.OPTIMAL:
            self.model.start_afresh()
            return float("-inf")
        size = abs(outcome.objective) if outcome.z is None else float(np.abs(cost) @ np.abs(outcome.z))
        return outcome.objective - MARGIN * max(1.0, size)

    def least_of(self, column: int, sign: float) -> float:
        cost = np.zeros(self.columns)
        cost[column] = sign
        return self.least(cost)


def without_what_bends(program: Program) -> Program:
    """The Program without complementarity, integrality, products in rows and smooth functions."""
    free = np.zeros(program.rows, np.bool_)
    free[program.row_quad.row] = True
    none = np.zeros((0, 2), np.int64)
    return replace(
        program,
        integer=np.zeros(program.columns, np.bool_),
        row_lower=np.where(free, -np.inf, program.row_lower),
        row_upper=np.where(free, np.inf, program.row_upper),
        row_quad=Quad.empty(),
        curves=(),
        complementary=none,
        sos1=none,
        indicator=program.indicator[:0],
    )
