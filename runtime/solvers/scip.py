"""SCIP through PySCIPOpt: everything linear and quadratic, with integers and SOS1 sets, solved to global optimality.

A quadratic objective goes through an epigraph column, as SCIP takes linear objectives only.
"""

from __future__ import annotations

import importlib.util
import time
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np

from compiler.ground.curves import Curve
from compiler.ground.sparse import Floats
from compiler.reformulations.program import Program
from runtime.solvers.falling import FAR, better_than, margin, may_fall, no_better_than, of_its_pattern, patience
from runtime.solvers.interruptible import optimize
from runtime.solvers.safe_ipopt import safe_ipopt
from runtime.solvers.solver import ENDLESS, Ending, Options, Outcome, cost_scale

ENDINGS = {
    "optimal": Ending.OPTIMAL,
    "gaplimit": Ending.OPTIMAL,
    "infeasible": Ending.INFEASIBLE,
    "unbounded": Ending.UNBOUNDED,
    "inforunbd": Ending.INFEASIBLE_OR_UNBOUNDED,
    "timelimit": Ending.LIMIT,
    "nodelimit": Ending.LIMIT,
    "totalnodelimit": Ending.LIMIT,
    "stallnodelimit": Ending.LIMIT,
    "memlimit": Ending.LIMIT,
    "sollimit": Ending.LIMIT,
    "bestsollimit": Ending.LIMIT,
    "restartlimit": Ending.LIMIT,
    "duallimit": Ending.LIMIT,
    "primallimit": Ending.LIMIT,
}
"""SCIP's status -> ours; whatever is not here is FAILED."""


CONFIRMATIONS = 5
"""How often a better point than the one called optimal is asked for."""

FALLS = "the objective falls without limit along a part of what is feasible"

APART = "numbers too far apart for it; other units of the decisions or of money may help"

CURVED = 1e-8
"""Tolerance for Programs with smooth functions: at SCIP's own 1e-6 an objective made of them may be off by as much as a
certificate allows."""


class Scip:
    """The adapter; see the module."""

    name = "scip"
    proves = True

    def missing(self) -> str:
        return "" if importlib.util.find_spec("pyscipopt") else "the package `pyscipopt` is not installed"

    def refuses(self, program: Program) -> str:
        if len(program.complementary):
            return "complementary pairs must be reformulated first"
        return ""

    def solve(self, program: Program, options: Options, start: Floats | None = None) -> Outcome:
        refusal = self.refuses(program)
        if refusal:
            raise ValueError(refusal)
        outcome = self._once(program, options, start)
        if outcome.ending in (Ending.UNBOUNDED, Ending.INFEASIBLE_OR_UNBOUNDED) and _has_products(program):
            outcome = self._with_an_end(program, options, outcome)
        doubtful = outcome.ending in (Ending.OPTIMAL, Ending.INFEASIBLE, Ending.LIMIT) and may_fall(program)
        return self._confirmed(program, options, outcome) if doubtful else outcome

    def _with_an_end(self, program: Program, options: Options, outcome: Outcome) -> Outcome:
        """What SCIP calls unbounded is the relaxation of products and functions, such as those with multipliers: asked
        again with an end to the objective, it finds where that is not reached. The outcome itself where it is; FAILED
        where there is no point all at once."""
        second = self._once(no_better_than(program, -FAR), patience(options, outcome), None)
        second = replace(second, seconds=outcome.seconds + second.seconds)
        if second.ending is Ending.LIMIT:
            return replace(second, bound=float("-inf"))
        if second.ending is Ending.INFEASIBLE and len(program.sos1):
            # Seen of conditions whose numbers lie far apart, and which points satisfy.
            return Outcome(
                Ending.FAILED, seconds=second.seconds, message=f"{outcome.message}, then infeasible: {APART}"
            )
        reached = second.ending is not Ending.OPTIMAL or second.objective <= -0.999 * FAR
        return outcome if reached else second

    def _confirmed(self, program: Program, options: Options, outcome: Outcome) -> Outcome:
        """The outcome of a Program that may fall if no point is better, else what better ones lead to; see `falling`.
        The bound at a limit is none."""
        if outcome.ending is Ending.LIMIT:
            return replace(outcome, bound=float("-inf"))
        for _ in range(CONFIRMATIONS):
            better = better_than(program, np.inf if outcome.z is None else outcome.objective - margin(program, outcome))
            second = self._once(better, patience(options, outcome), None)
            outcome = replace(outcome, seconds=outcome.seconds + second.seconds)
            if second.ending is Ending.INFEASIBLE:
                return outcome
            if second.z is None:
                break
            best = of_its_pattern(program, second.z)
            if best.ending is Ending.UNBOUNDED:
                return Outcome(Ending.UNBOUNDED, seconds=outcome.seconds, message=FALLS)
            z = second.z if best.z is None else best.z
            value = program.cost_at(z)
            if outcome.z is not None and value >= outcome.objective - 0.1 * margin(program, outcome):
                break
            outcome = replace(outcome, ending=Ending.OPTIMAL, z=z, objective=value)
            outcome = replace(outcome, bound=value - margin(program, outcome))
        return replace(outcome, ending=Ending.LIMIT, bound=float("-inf"), message=f"SCIP: not confirmed; {FALLS}")

    def _once(self, program: Program, options: Options, start: Floats | None) -> Outcome:
        before = time.perf_counter()
        model, columns, scale = _built(program)
        _set(model, options, CURVED if program.curves else None, scale)
        if len(program.sos1) and not (program.integer.any() or len(program.indicator) or _has_products(program)):
            _branch_only(model, start is not None)
            if start is not None and np.all(program.lower[program.sos1] >= 0):
                from runtime.solvers.scip_pairs import branch_by_pairs

                branch_by_pairs(model, [(columns[a], columns[b]) for a, b in program.sos1.tolist()])
        if start is not None:
            _add_start(model, columns, program, start, scale)
        message = ""
        try:
            with safe_ipopt(model) if _has_products(program) else nullcontext():
                optimize(model)
            status = model.getStatus()
        except Exception as error:  # noqa: BLE001 - PySCIPOpt raises bare Exceptions for faults inside SCIP
            status, message = "error", f"SCIP: {error}"
        ending = ENDINGS.get(status, Ending.FAILED)
        seconds = time.perf_counter() - before
        message = message or f"SCIP: {status}"
        if ending not in (Ending.OPTIMAL, Ending.LIMIT):
            return Outcome(ending, seconds=seconds, message=message)
        bound = model.getDualbound()
        bound = float("-inf") if bound <= -model.infinity() else bound / scale + program.cost_constant
        if model.getNSols() == 0:
            return Outcome(ending, bound=bound, seconds=seconds, message=message)
        best = model.getBestSol()
        z = np.array([model.getSolVal(best, column) for column in columns])
        if np.any(np.abs(z) >= ENDLESS):
            message = "SCIP: a value ran to infinity: the problem has no bound, or its variables need some"
            return Outcome(Ending.FAILED, seconds=seconds, message=message)
        return Outcome(ending, z, program.cost_at(z), bound, seconds=seconds, message=message)


def _has_products(program: Program) -> bool:
    return bool(program.row_quad.entries or program.cost_quad.entries or program.curves)


def _built(program: Program) -> tuple[Any, list[Any], float]:
    """The model, its columns and the scale of its objective. PySCIPOpt takes one row at a time: 20 microseconds
    each."""
    from pyscipopt import Expr, Model
    from pyscipopt.scip import ExprCons, Term

    model = Model()
    model.hideOutput()
    scale = cost_scale(program.cost, program.cost_quad)
    endless = model.infinity()
    lower = np.maximum(program.lower, -endless).tolist()
    upper = np.minimum(program.upper, endless).tolist()
    kinds = np.where(program.integer, "I", "C").tolist()
    cost = (scale * program.cost).tolist()
    columns = [
        model.addVar(vtype=kind, lb=low, ub=high, obj=weight)
        for kind, low, high, weight in zip(kinds, lower, upper, cost, strict=True)
    ]
    terms = [Term(column) for column in columns]

    products: dict[int, list[tuple[Any, float]]] = {}
    quad = program.row_quad
    for row, i, j, value in zip(quad.row.tolist(), quad.i.tolist(), quad.j.tolist(), quad.value.tolist(), strict=True):
        products.setdefault(row, []).append((Term(columns[i], columns[j]), value))
    starts = program.matrix.indptr.tolist()
    indices, data = program.matrix.indices.tolist(), program.matrix.data.tolist()
    low_side, high_side = program.row_lower.tolist(), program.row_upper.tolist()
    for row in range(program.rows):
        span = slice(starts[row], starts[row + 1])
        expression = {terms[c]: v for c, v in zip(indices[span], data[span], strict=True)}
        expression.update(products.get(row, ()))
        low, high = low_side[row], high_side[row]
        left = None if low == -np.inf else low
        right = None if high == np.inf else high
        if left is None and right is None:
            continue
        if not expression:
            # SCIP takes no empty row; `0*x` within the limits says the same.
            expression = {_anchor(model, columns, terms, Term): 0.0}
        model.addCons(ExprCons(Expr(expression), lhs=left, rhs=right))
    for curve in program.curves:
        _add_curve(model, columns, curve)
    for first, second in program.sos1.tolist():
        model.addConsSOS1([columns[first], columns[second]], [1.0, 2.0])
    for binary, value, column in program.indicator.tolist():
        model.addConsIndicator(ExprCons(Expr({terms[column]: 1.0}), lhs=None, rhs=0.0), columns[binary], bool(value))
    if program.cost_quad.entries:
        height = model.addVar(vtype="C", lb=None, ub=None, obj=1.0)
        quad = program.cost_quad
        value = (scale * quad.value).tolist()
        expression = {
            Term(columns[i], columns[j]): v for i, j, v in zip(quad.i.tolist(), quad.j.tolist(), value, strict=True)
        }
        expression[Term(height)] = -1.0
        model.addCons(ExprCons(Expr(expression), lhs=None, rhs=0.0))
    return model, columns, scale


def _add_curve(model: Any, columns: list[Any], curve: Curve) -> None:
    """SCIP has no `tan` and no `tanh`: they are written by sine and cosine, and by the exponential function."""
    from pyscipopt import cos, exp, log, sin, sqrt

    functions = {"exp": exp, "log": log, "sqrt": sqrt, "sin": sin, "cos": cos}
    for argument, result, p, relation in zip(
        curve.argument.tolist(), curve.result.tolist(), curve.parameter.tolist(), curve.relation.tolist(), strict=True
    ):
        a, z = columns[argument], columns[result]
        if curve.function == "power":
            value = a**p
        elif curve.function == "tan":
            value = sin(a) / cos(a)
        elif curve.function == "tanh":
            value = 1 - 2 / (exp(2 * a) + 1)
        else:
            value = functions[curve.function](a)
        model.addCons(z >= value if relation > 0 else z <= value if relation < 0 else z == value)


def _anchor(model: Any, columns: list[Any], terms: list[Any], term: Any) -> Any:
    return terms[0] if terms else term(model.addVar(lb=0.0, ub=0.0))


def _set(model: Any, options: Options, tolerance: float | None, scale: float) -> None:
    if options.time_limit is not None:
        model.setParam("limits/time", max(options.time_limit, 0.0))
    if options.nodes is not None:
        model.setParam("limits/nodes", options.nodes)
    model.setParam("limits/gap", options.gap)
    # A minimum near 0 has no relative gap; this is no wider than `Outcome.gap`.
    model.setParam("limits/absgap", options.gap * min(1.0, scale))
    model.setParam("randomization/randomseedshift", options.seed)
    # SCIP 10.0.2 cuts off optima with the bound cuts of its SOS1 handler; tests/bilevel/test_reformulations_agree.py
    # shows it.
    model.setParam("constraints/SOS1/sepafreq", -1)
    # A constraint whose products fell away in presolving stays as it is: made linear, its columns' bounds 1e-9 off,
    # it rules out values of binaries (its clique extraction does). tests/runtime/test_solvers.py shows it.
    model.setParam("constraints/nonlinear/upgrade/linear", False)
    tolerance = tolerance if options.tolerance is None else options.tolerance
    if tolerance is not None:
        model.setParam("numerics/feastol", tolerance)


def _branch_only(model: Any, started: bool) -> None:
    """For LPs with SOS1 sets: cuts are made for integers, and heuristics find nothing that a good start is not.
    Without both, twelve random bilevel LPs of 40 to 60 pairs took 0.6 of the time, 0.3 to 0.9 each."""
    from pyscipopt import SCIP_PARAMSETTING

    model.setSeparating(SCIP_PARAMSETTING.OFF)
    if started:
        model.setHeuristics(SCIP_PARAMSETTING.OFF)


def _add_start(model: Any, columns: list[Any], program: Program, start: Floats, scale: float) -> None:
    point = model.createSol()
    for column, value in zip(columns, start.tolist(), strict=True):
        model.setSolVal(point, column, value)
    if program.cost_quad.entries:
        height = model.getVars()[-1]
        model.setSolVal(point, height, scale * float(program.cost_quad.times(start, 1).sum()))
    model.addSol(point)
