"""HiGHS through highspy, by arrays: LP, MILP and convex QP of continuous columns.

It gets nothing else: no SOS, no product in a row, no quadratic with integers, and never a quadratic that is not
proven convex, as it answers "optimal" at 0 to `min x*y` on [-1, 1]^2 (HiGHS issue 1727). CasADi's own `highs` plugin
must never be loaded beside it.
"""

from __future__ import annotations

import importlib.util
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.ground.sparse import Csr, Floats, Ints, Quad
from compiler.reformulations.program import Program
from runtime.solvers.solver import Ending, Options, Outcome, cost_scale

ENDINGS = {
    "kOptimal": Ending.OPTIMAL,
    "kModelEmpty": Ending.OPTIMAL,
    "kInfeasible": Ending.INFEASIBLE,
    "kUnbounded": Ending.UNBOUNDED,
    "kUnboundedOrInfeasible": Ending.INFEASIBLE_OR_UNBOUNDED,
    "kTimeLimit": Ending.LIMIT,
    "kIterationLimit": Ending.LIMIT,
    "kSolutionLimit": Ending.LIMIT,
    "kObjectiveBound": Ending.LIMIT,
    "kObjectiveTarget": Ending.LIMIT,
    "kInterrupt": Ending.LIMIT,
    "kHighsInterrupt": Ending.LIMIT,
    "kMemoryLimit": Ending.LIMIT,
}
"""HiGHS's model status -> ours; whatever is not here is FAILED."""


class Highs:
    """The adapter; see the module."""

    name = "highs"

    def missing(self) -> str:
        return "" if importlib.util.find_spec("highspy") else "the package `highspy` is not installed"

    def refuses(self, program: Program) -> str:
        if len(program.sos1) or len(program.complementary):
            return "HiGHS takes no complementary pairs"
        if program.row_quad.entries:
            return "HiGHS takes no products in constraints"
        if program.cost_quad.entries:
            if program.integer.any():
                return "HiGHS takes no quadratic objective with integers"
            if not program.cost_shape().convex:
                return "HiGHS gives wrong answers to quadratics that are not convex"
        return ""

    def solve(self, program: Program, options: Options, start: Floats | None = None) -> Outcome:
        return HighsModel(program).solve(options, start)


class HighsModel:
    """A Program inside HiGHS, kept for solving again after changes: the basis stays and makes the next solve 3 to 4
    times faster.

    Raises ValueError for a Program that `Highs.refuses`.
    """

    def __init__(self, program: Program) -> None:
        import highspy

        refusal = Highs().refuses(program)
        if refusal:
            raise ValueError(refusal)
        self.mixed = bool(program.integer.any())
        self.columns, self.rows = program.columns, program.rows
        self.scale = cost_scale(program.cost, program.cost_quad)
        self.cost_constant = program.cost_constant
        self._highs: Any = highspy.Highs()
        self._highs.setOptionValue("output_flag", False)
        indptr, indices, data = _narrow(program.matrix)
        q_indptr, q_indices, q_data = _hessian(program.cost_quad, program.columns, self.scale)
        status = self._highs.passModel(
            *(program.columns, program.rows, len(data), len(q_data)),
            *(2, 1, 1, 0.0),  # rows first, lower triangle, minimise, no offset (the constant is ours)
            *(self.scale * program.cost, program.lower, program.upper, program.row_lower, program.row_upper),
            *(indptr, indices, data, q_indptr, q_indices, q_data),
            program.integer.astype(np.int32),
        )
        self.refused = (
            "HiGHS does not accept the numbers of this problem" if status == highspy.HighsStatus.kError else ""
        )

    def solve(self, options: Options, start: Floats | None = None) -> Outcome:
        """Solve what the model is now, from the basis of the last solve if there is one."""
        import highspy

        if self.refused:
            return Outcome(Ending.FAILED, message=self.refused)
        highs = self._highs
        highs.setOptionValue("threads", options.threads)
        highs.setOptionValue("random_seed", options.seed)
        highs.setOptionValue("mip_rel_gap", options.gap)
        highs.setOptionValue("mip_abs_gap", 0.0)
        highs.setOptionValue("time_limit", float("inf") if options.time_limit is None else max(options.time_limit, 0.0))
        if options.tolerance is not None:
            for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "mip_feasibility_tolerance"):
                highs.setOptionValue(name, options.tolerance)
        if start is not None and self.mixed:
            point = highspy.HighsSolution()
            point.col_value = start.tolist()
            highs.setSolution(point)
        before = time.perf_counter()
        highs.run()
        seconds = time.perf_counter() - before
        return self._outcome(seconds)

    def change_costs(self, columns: Ints, cost: Floats) -> None:
        self._highs.changeColsCost(len(columns), columns.astype(np.int32), self.scale * cost)

    def change_row_limits(self, rows: Ints, lower: Floats, upper: Floats) -> None:
        self._highs.changeRowsBounds(len(rows), rows.astype(np.int32), lower, upper)

    def change_bounds(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def _outcome(self, seconds: float) -> Outcome:
        highs = self._highs
        status = highs.getModelStatus()
        ending = ENDINGS.get(status.name, Ending.FAILED)
        info, solution = highs.getInfo(), highs.getSolution()
        message = f"HiGHS: {highs.modelStatusToString(status)}"
        # 2 is kSolutionStatusFeasible; a limit may leave no point at all.
        if not (info.primal_solution_status == 2 or (ending is Ending.OPTIMAL and self.columns == 0)):
            if ending is Ending.OPTIMAL:
                ending, message = Ending.FAILED, "HiGHS: optimal, but without a feasible point"
            return Outcome(ending, seconds=seconds, message=message)
        if ending not in (Ending.OPTIMAL, Ending.LIMIT):
            return Outcome(ending, seconds=seconds, message=message)
        z = np.array(solution.col_value, np.float64)
        objective = info.objective_function_value / self.scale + self.cost_constant
        if self.mixed:
            bound = info.mip_dual_bound / self.scale + self.cost_constant
            return Outcome(ending, z, objective, bound, seconds=seconds, message=message)
        duals = reduced = None
        if ending is Ending.OPTIMAL and solution.dual_valid:
            duals = np.array(solution.row_dual, np.float64) / self.scale
            reduced = np.array(solution.col_dual, np.float64) / self.scale
        bound = objective if ending is Ending.OPTIMAL else float("-inf")
        return Outcome(ending, z, objective, bound, duals, reduced, seconds, message)


def _narrow(matrix: Csr) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats]:
    return matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data


def _hessian(quad: Quad, columns: int, scale: float) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats]:
    """Lower triangle of the Hessian by columns: an entry of a product is one of Q off the diagonal and half of one on
    it."""
    if not quad.entries:
        none = np.zeros(0, np.int32)
        return none, none, np.zeros(0)
    starts = np.zeros(columns + 1, np.int32)
    np.cumsum(np.bincount(quad.i, minlength=columns), out=starts[1:])
    value = scale * quad.value * np.where(quad.i == quad.j, 2.0, 1.0)
    return starts, quad.j.astype(np.int32), value
