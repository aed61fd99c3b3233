"""HiGHS through highspy, by arrays: LP, MILP and convex QP of continuous columns.

It gets nothing else: no SOS, no product in a row, no quadratic with integers, and never a quadratic that is not
proven convex, as it answers "optimal" at 0 to `min x*y` on [-1, 1]^2 (HiGHS issue 1727). CasADi's own `highs` plugin
must never be loaded beside it.
"""

from __future__ import annotations

import importlib.util
import time
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.ground.sparse import Csr, Floats, Ints, Quad
from compiler.reformulations.program import Program
from compiler.reformulations.recession import recession
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

REGULARISATION = ((1e-7, 8), (1e-5, 20), (1e-3, 60))
"""What is added to the diagonal of a Hessian (HiGHS's own default first), and how many steps may take it out again."""

AT_REST = 1e-10
"""Residual of the optimality conditions, over the largest cost coefficient, at which the steps end; HiGHS's own is
1e-7."""

STEEP = 1e-6
"""Descent over the largest cost coefficient from which on a direction counts; HiGHS's own tolerance is 1e-7."""

GOOD_ENOUGH = 1e-7
"""The residual that is accepted when the steps run out: HiGHS's own tolerance."""


class Highs:
    """The adapter; see the module."""

    name = "highs"
    proves = True

    def missing(self) -> str:
        return "" if importlib.util.find_spec("highspy") else "the package `highspy` is not installed"

    def refuses(self, program: Program) -> str:
        if len(program.sos1) or len(program.complementary):
            return "HiGHS takes no complementary pairs"
        if len(program.indicator):
            return "HiGHS takes no indicator conditions"
        if program.curves:
            return "HiGHS takes no smooth functions"
        if program.row_quad.entries:
            return "HiGHS takes no products in constraints"
        if program.cost_quad.entries:
            if program.integer.any():
                return "HiGHS takes no quadratic objective with integers"
            if not program.cost_shape().convex:
                return "HiGHS gives wrong answers to quadratics that are not convex"
        return ""

    def solve(self, program: Program, options: Options, start: Floats | None = None) -> Outcome:
        outcome = HighsModel(program).solve(options, start)
        duals = outcome.row_duals
        return outcome if duals is None else replace(outcome, row_duals=duals[: program.rows])


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
        program = _with_a_row(program) if program.cost_quad.entries and not program.rows else program
        self.mixed = bool(program.integer.any())
        self.columns, self.rows = program.columns, program.rows
        self.scale = cost_scale(program.cost, program.cost_quad)
        self.program = program
        self.cost = program.cost
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

    @property
    def iterations(self) -> int:
        """Of the simplex method in the last solve."""
        return int(self._highs.getInfo().simplex_iteration_count)

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
        # HiGHS counts the seconds of all runs of a model together.
        limit = float("inf") if options.time_limit is None else highs.getRunTime() + max(options.time_limit, 0.0)
        highs.setOptionValue("time_limit", limit)
        if options.nodes is not None:
            highs.setOptionValue("mip_max_nodes", options.nodes)
        if options.tolerance is not None:
            for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "mip_feasibility_tolerance"):
                highs.setOptionValue(name, options.tolerance)
        if start is not None and self.mixed:
            point = highspy.HighsSolution()
            point.col_value = start.tolist()
            highs.setSolution(point)
        before = time.perf_counter()
        if self.program.cost_quad.entries:
            outcome = self._quadratic()
        else:
            highs.run()
            outcome = self._outcome()
        return replace(outcome, seconds=time.perf_counter() - before)

    def _quadratic(self) -> Outcome:
        """HiGHS adds a constant to the diagonal of every Hessian, which moves flat optima and the duals; with too
        small a one it finds no optimum, or says "unbounded" of a problem that is not. So it is solved with a small
        one, then with larger ones, and the constant is taken out again by the proximal point method (Rockafellar,
        SIAM J. Control Optim. 14 (1976) 877): solve again with the cost lowered by the constant times the last point,
        until the point stays.
        """
        outcome = Outcome(Ending.FAILED)
        # Ten times what HiGHS takes at most; it goes round for ever where columns without a cost lie beside a square.
        self._highs.setOptionValue("qp_iteration_limit", 1000 + 100 * (self.columns + self.rows))
        for constant, steps in REGULARISATION:
            self._highs.setOptionValue("qp_regularization_value", constant)
            self._highs.run()
            outcome = self._outcome()
            if self._highs.getModelStatus().name == "kIterationLimit":
                outcome = Outcome(Ending.FAILED, message="HiGHS: the quadratic cycles")
            if outcome.ending is Ending.OPTIMAL:
                outcome = self._without_regularisation(outcome, constant, steps)
            if outcome.ending not in (Ending.FAILED, Ending.UNBOUNDED, Ending.INFEASIBLE_OR_UNBOUNDED):
                return outcome
            if constant == REGULARISATION[0][0] and _falls_for_ever(replace(self.program, cost=self.cost)):
                return self._without_objective()
        return outcome

    def _without_objective(self) -> Outcome:
        """UNBOUNDED where a point exists; the problem is known to fall along a direction."""
        feasible = replace(self.program, cost=np.zeros(self.columns), cost_quad=Quad.empty())
        outcome = HighsModel(feasible).solve(Options())
        if outcome.ending is Ending.OPTIMAL:
            return Outcome(Ending.UNBOUNDED, message="HiGHS: an LP found a direction of descent without end")
        return Outcome(outcome.ending, message=outcome.message)

    def _without_regularisation(self, outcome: Outcome, constant: float, steps: int) -> Outcome:
        """The optimum without the constant; the ending is FAILED if the points did not come to rest."""
        program, columns = self.program, np.arange(self.columns, dtype=np.int32)
        costs = self.scale * self.cost
        size = float(np.max(np.abs(costs), initial=0.0)) + self.scale * float(np.max(np.abs(program.cost_quad.value)))
        residual = np.inf
        for _ in range(steps):
            z = outcome.z
            assert z is not None
            self._highs.changeColsCost(self.columns, columns, costs - constant * z)
            self._highs.run()
            step = self._outcome()
            if step.ending is not Ending.OPTIMAL or step.z is None:
                break
            value = self.cost_constant + float(self.cost @ step.z) + float(program.cost_quad.times(step.z, 1).sum())
            outcome = replace(step, objective=value, bound=value)
            residual = constant * float(np.max(np.abs(step.z - z), initial=0.0)) / size
            if residual <= AT_REST:
                break
        self._highs.changeColsCost(self.columns, columns, costs)
        if residual <= GOOD_ENOUGH:
            return outcome
        return Outcome(Ending.FAILED, message="HiGHS: the quadratic did not converge")

    def start_afresh(self) -> None:
        """Forget the basis of the last solve."""
        self._highs.clearSolver()

    def basis(self) -> Any:
        """The basis of the last solve, for `start_from`."""
        return self._highs.getBasis()

    def start_from(self, basis: Any) -> None:
        """Forget all of the last solve and begin the next one from this `basis`, so that what it gives does not
        depend on what was solved before."""
        self._highs.clearSolver()
        self._highs.setBasis(basis)

    def change_costs(self, columns: Ints, cost: Floats) -> None:
        self.cost = self.cost.copy()
        self.cost[columns] = cost
        self._highs.changeColsCost(len(columns), columns.astype(np.int32), self.scale * cost)

    def change_row_limits(self, rows: Ints, lower: Floats, upper: Floats) -> None:
        self._highs.changeRowsBounds(len(rows), rows.astype(np.int32), lower, upper)

    def change_bounds(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def add_rows(self, rows: Csr, lower: Floats, upper: Floats) -> None:
        """More rows `lower <= rows @ z <= upper` at the end; the basis of the last solve stays."""
        indptr, indices, data = _narrow(rows)
        self._highs.addRows(rows.rows, lower, upper, rows.nnz, indptr[:-1], indices, data)
        self.rows += rows.rows

    def _outcome(self) -> Outcome:
        highs = self._highs
        status = highs.getModelStatus()
        ending = ENDINGS.get(status.name, Ending.FAILED)
        info, solution = highs.getInfo(), highs.getSolution()
        message = f"HiGHS: {highs.modelStatusToString(status)}"
        # 2 is kSolutionStatusFeasible; a limit may leave no point at all.
        if not (info.primal_solution_status == 2 or (ending is Ending.OPTIMAL and self.columns == 0)):
            if ending is Ending.OPTIMAL:
                ending, message = Ending.FAILED, "HiGHS: optimal, but without a feasible point"
            return Outcome(ending, message=message)
        if ending not in (Ending.OPTIMAL, Ending.LIMIT):
            return Outcome(ending, message=message)
        z = np.array(solution.col_value, np.float64)
        objective = info.objective_function_value / self.scale + self.cost_constant
        if self.mixed:
            bound = info.mip_dual_bound / self.scale + self.cost_constant
            return Outcome(ending, z, objective, bound, message=message)
        duals = reduced = None
        if ending is Ending.OPTIMAL and solution.dual_valid:
            duals = np.array(solution.row_dual, np.float64) / self.scale
            reduced = np.array(solution.col_dual, np.float64) / self.scale
        bound = objective if ending is Ending.OPTIMAL else float("-inf")
        return Outcome(ending, z, objective, bound, duals, reduced, message=message)


def basis_numbers(basis: Any) -> NDArray[np.int8]:
    """A basis as HiGHS's own numbers, of columns first, then of rows."""
    return np.array([int(status) for status in (*basis.col_status, *basis.row_status)], np.int8)


def basis_of(numbers: NDArray[np.int8], columns: int) -> Any:
    """The basis that `basis_numbers` gave."""
    import highspy

    found = highspy.HighsBasis()
    status = [highspy.HighsBasisStatus(number) for number in numbers.tolist()]
    found.col_status, found.row_status = status[:columns], status[columns:]
    found.valid = True
    return found


def _falls_for_ever(program: Program) -> bool:
    """Whether a direction exists along which a convex quadratic falls without limit (an LP; see `recession`)."""
    direction = recession(program, np.ones(program.columns, np.bool_))
    found = HighsModel(direction).solve(Options())
    steep = STEEP * float(np.max(np.abs(program.cost), initial=0.0))
    return found.ending is Ending.OPTIMAL and found.objective < -steep


def _with_a_row(program: Program) -> Program:
    """The Program with a row without limits: HiGHS 1.15 says "unbounded" of convex QPs that have no row and open
    columns."""
    one = np.ones(1, np.int64)
    row = Csr.from_coo(0 * one, 0 * one, np.ones(1), 1, program.columns)
    return replace(program, matrix=row, row_lower=np.array([-np.inf]), row_upper=np.array([np.inf]))


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
