"""IPOPT through CasADi: continuous problems with products and smooth functions, solved to a point that nothing nearby
beats. Never a global proof.

Every family of products or functions is one vector expression, which CasADi differentiates once. Several starts; a
point with a direction of negative curvature is left along it.
Reference: Waechter and Biegler, Math. Program. 106 (2006) 25; Andersson et al., Math. Program. Comput. 11 (2019) 1.
"""

from __future__ import annotations

import importlib.util
import time
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np

from compiler.ground.curves import Curve
from compiler.ground.sparse import Floats
from compiler.reformulations.program import Program
from runtime.solvers.solver import ENDLESS, Ending, Options, Outcome, cost_scale

STARTS = 4
"""Points to begin from beside the one given or the middle of the bounds."""

WIDE = 10.0
"""Where bounds are infinite, starting points lie within this distance of what bounds there are, or of zero."""

LEAVES = 3
"""How often a point is left along a direction of negative curvature."""

LARGEST = 600
"""Columns up to which the second-order conditions are checked by eigenvalues of a dense matrix."""

FEASIBLE = 1e-6
FLAT = 1e-6
"""A curvature above minus this part of the largest one counts as none."""

LIMITS = ("Maximum_CpuTime_Exceeded", "Maximum_WallTime_Exceeded", "Maximum_Iterations_Exceeded")


class Ipopt:
    """The adapter; see the module."""

    name = "ipopt"
    proves = False

    def missing(self) -> str:
        return "" if importlib.util.find_spec("casadi") else "the package `casadi` is not installed"

    def refuses(self, program: Program) -> str:
        if len(program.complementary) or len(program.sos1):
            return "IPOPT takes no complementary pairs"
        if len(program.indicator):
            return "IPOPT takes no indicator conditions"
        if program.integer.any():
            return "IPOPT takes no whole numbers"
        return ""

    def solve(self, program: Program, options: Options, start: Floats | None = None) -> Outcome:
        """The best of several local minima. `bound` is minus infinity; `row_duals` belong to the local minimum."""
        return self._best_from(_starts(program, options.seed, start), program, options)

    def improve(self, program: Program, options: Options, start: Floats) -> Outcome:
        """As `solve`, from this point only."""
        return self._best_from([start], program, options)

    def _best_from(self, starts: list[Floats], program: Program, options: Options) -> Outcome:
        refusal = self.refuses(program)
        if refusal:
            raise ValueError(refusal)
        before = time.perf_counter()
        nlp = Nlp(program)
        best: _Point | None = None
        last = ""
        for begin in starts:
            left = np.inf if options.time_limit is None else options.time_limit - (time.perf_counter() - before)
            if left <= 0 and last:
                break
            point = nlp.minimum_near(begin, left)
            last = point.status
            if point.feasible and (best is None or point.better_than(best)):
                best = point
        seconds = time.perf_counter() - before
        if best is None:
            ending = Ending.LIMIT if last in LIMITS else Ending.FAILED
            return Outcome(ending, seconds=seconds, message=f"IPOPT: {last}: no feasible point from any start")
        ending = Ending.LOCAL if best.minimum else Ending.STATIONARY if best.stationary else Ending.LIMIT
        return Outcome(
            ending, best.z, program.cost_at(best.z), row_duals=best.duals, seconds=seconds, message=f"IPOPT: {last}"
        )


@dataclass(frozen=True, eq=False)
class _Point:
    z: Floats
    duals: Floats
    objective: float
    status: str
    feasible: bool
    stationary: bool
    minimum: bool

    def better_than(self, other: _Point) -> bool:
        return (self.stationary, -self.objective) > (other.stationary, -other.objective)


@dataclass(frozen=True, eq=False)
class Iterate:
    """Where IPOPT stopped: `z` (k,) within its bounds, multipliers `y` of rows and curves and `reduced` (k,) of bounds,
    in CasADi's signs; `solved` where it calls the point stationary."""

    z: Floats
    y: Floats
    reduced: Floats
    status: str

    @property
    def solved(self) -> bool:
        return self.status in ("Solve_Succeeded", "Solved_To_Acceptable_Level")

    @property
    def finite(self) -> bool:
        return bool(np.all(np.abs(self.z) < ENDLESS))


class Nlp:
    """A Program as CasADi functions."""

    def __init__(self, program: Program) -> None:
        import casadi as ca

        self.program = program
        z: Any = ca.MX.sym("z", program.columns)
        self.z = z
        quad = program.cost_quad
        self.scale = cost_scale(program.cost, quad)
        cost = ca.dot(ca.DM(self.scale * program.cost), z)
        if quad.entries:
            cost += ca.dot(ca.DM(self.scale * quad.value), z[quad.i.tolist()] * z[quad.j.tolist()])
        rows = _rows(program, z, ca)
        self.low, self.high = program.row_lower, program.row_upper
        for curve in program.curves:
            rows.append(z[curve.result.tolist()] - _value(curve, z, ca))
            self.low = np.concatenate([self.low, np.where(curve.relation >= 0, 0.0, -np.inf)])
            self.high = np.concatenate([self.high, np.where(curve.relation <= 0, 0.0, np.inf)])
        # Rows without entries are zeros, which CasADi would leave out.
        constraints = ca.densify(ca.vertcat(*rows))
        self.cost, self.rows = cost, constraints
        multipliers = ca.MX.sym("y", constraints.shape[0])
        lagrangian = cost + ca.dot(multipliers, constraints)
        self.slopes = ca.Function(
            "slopes", [z, multipliers], [ca.hessian(lagrangian, z)[0], ca.jacobian(constraints, z)]
        )

    def minimum_near(self, start: Floats, seconds: float) -> _Point:
        """The point that IPOPT finds from `start`, left again while a direction curves down."""
        deadline = time.perf_counter() + seconds
        point, down = self._run(start, seconds)
        for _ in range(LEAVES):
            left = deadline - time.perf_counter()
            if down is None or left <= 0:
                break
            size = 1e-2 * max(1.0, float(np.max(np.abs(point.z))))
            found = [self._run(self._inside(point.z + sign * size * down), left) for sign in (1.0, -1.0)]
            further = min(found, key=lambda pair: (not pair[0].stationary, pair[0].objective))
            if not further[0].feasible or further[0].objective >= point.objective:
                break
            point, down = further
        return point

    def _inside(self, z: Floats) -> Floats:
        return np.clip(z, self.program.lower, self.program.upper)

    def solver(self, seconds: float, **settings: Any) -> Any:
        """An IPOPT for this Program that stops after `seconds` of wall time; `settings` without the prefix
        `ipopt.`."""
        import casadi as ca

        chosen = {"print_level": 0, "sb": "yes", "tol": 1e-9, "bound_relax_factor": 0.0, **settings}
        if np.isfinite(seconds):
            chosen["max_wall_time"] = max(seconds, 1e-2)
        options: dict[str, Any] = {"print_time": False, "error_on_fail": False, "show_eval_warnings": False}
        options |= {f"ipopt.{name}": value for name, value in chosen.items()}
        problem: Any = {"x": self.z, "f": self.cost, "g": self.rows}
        return ca.nlpsol("solver", "ipopt", problem, options)

    def run(self, solver: Any, start: Floats, high: Floats | None = None, warm: Iterate | None = None) -> Iterate:
        """From `start`, with the multipliers of `warm`; `high` are upper limits of all rows and curves in place of the
        Program's own."""
        limits = {"lbx": self.program.lower, "ubx": self.program.upper, "lbg": self.low}
        multipliers = {} if warm is None else {"lam_g0": warm.y, "lam_x0": warm.reduced}
        # CasADi warns of more equations than columns on standard error; IPOPT's status says what came of it.
        with redirect_stderr(StringIO()):
            found = solver(x0=start, ubg=self.high if high is None else high, **limits, **multipliers)
        z, y, reduced = (np.asarray(found[name], np.float64).reshape(-1) for name in ("x", "lam_g", "lam_x"))
        return Iterate(self._inside(z), y, reduced, str(solver.stats()["return_status"]))

    def _run(self, start: Floats, seconds: float) -> tuple[_Point, Floats | None]:
        program = self.program
        found = self.run(self.solver(seconds), start)
        z, y = found.z, found.y
        feasible = found.finite and program.violation(z) <= FEASIBLE
        stationary = feasible and found.solved
        down = self._descent(z, y, found.reduced) if stationary else None
        objective = program.cost_at(z) if found.finite else float("inf")
        # CasADi's multipliers are those of `f + y*g`: the change per unit of the limit is their negative.
        duals = -y[: program.rows] / self.scale
        point = _Point(z, duals, objective, found.status, feasible, stationary, stationary and down is None)
        return point, down

    def _descent(self, z: Floats, y: Floats, reduced: Floats) -> Floats | None:
        """A direction within the active constraints along which the Lagrangian curves down; None where there is
        none (second-order necessary conditions), or for more than `LARGEST` columns, where none is sought."""
        program, n = self.program, self.program.columns
        if n > LARGEST:
            return None
        hessian, jacobian = (np.asarray(m.full(), np.float64) for m in self.slopes(z, y))
        if not (np.all(np.isfinite(hessian)) and np.all(np.isfinite(jacobian))):
            return None
        value = np.concatenate([program.rows_at(z), np.zeros(len(self.low) - program.rows)])
        near = 1e-6 * (1 + np.abs(value))
        tight = (self.low == self.high) | (np.abs(y) > 1e-6)
        tight[: program.rows] |= (value - self.low <= near)[: program.rows] | (self.high - value <= near)[
            : program.rows
        ]
        fixed = (np.abs(reduced) > 1e-6) | (z - program.lower <= 1e-7) | (program.upper - z <= 1e-7)
        active = np.concatenate([jacobian[tight], np.eye(n)[fixed]])
        if len(active):
            _, sizes, right = np.linalg.svd(active)
            rank = int(np.sum(sizes > 1e-9 * max(1.0, float(sizes[0]))))
            free = right[rank:].T
        else:
            free = np.eye(n)
        if not free.shape[1]:
            return None
        values, vectors = np.linalg.eigh(free.T @ hessian @ free)
        scale = max(1e-12, float(np.max(np.abs(hessian))))
        return free @ vectors[:, 0] if values[0] < -FLAT * scale else None


def _rows(program: Program, z: Any, ca: Any) -> list[Any]:
    """`matrix @ z + row_quad(z)`."""
    if not program.rows:
        return []
    matrix = program.matrix
    # CasADi stores columns: the transposed pattern is that of the rows.
    pattern = ca.Sparsity(program.columns, program.rows, matrix.indptr.tolist(), matrix.indices.tolist())
    value = ca.mtimes(ca.DM(pattern, matrix.data).T, z)
    quad = program.row_quad
    if quad.entries:
        products = ca.DM(quad.value) * z[quad.i.tolist()] * z[quad.j.tolist()]
        place = ca.Sparsity(program.rows, quad.entries, list(range(quad.entries + 1)), quad.row.tolist())
        value += ca.mtimes(ca.DM(place, 1.0), products)
    return [value]


def _value(curve: Curve, z: Any, ca: Any) -> Any:
    argument = z[curve.argument.tolist()]
    return argument ** ca.DM(curve.parameter) if curve.function == "power" else getattr(ca, curve.function)(argument)


def starting_box(program: Program) -> tuple[Floats, Floats]:
    """Where starting points lie: the bounds, and `WIDE` in place of infinite ones; (k,) each."""
    low = np.where(np.isfinite(program.lower), program.lower, np.fmin(program.upper, WIDE) - 2 * WIDE)
    high = np.where(np.isfinite(program.upper), program.upper, np.fmax(program.lower, -WIDE) + 2 * WIDE)
    return np.maximum(low, program.lower), np.minimum(high, program.upper)


def _starts(program: Program, seed: int, given: Floats | None) -> list[Floats]:
    low, high = starting_box(program)
    first = 0.5 * (low + high) if given is None else np.where(np.isfinite(given), given, 0.5 * (low + high))
    random = np.random.default_rng(seed)
    return [first, *(random.uniform(low, high) for _ in range(STARTS))]
