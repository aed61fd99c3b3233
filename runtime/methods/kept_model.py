"""Programs that differ in costs, bounds and limits only in, solved ones out, HiGHS keeping the model in between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from compiler.reformulations.program import Program
from grammar.diagnostics import DiagnosticError
from runtime.methods.method import Request, solved
from runtime.solvers.highs import Highs, HighsModel
from runtime.solvers.solver import Ending, Options, Outcome

TOLERANCE = 1e-9
"""HiGHS's feasibility tolerance for what it keeps; its smallest is 1e-10."""


class KeptModel:
    """Solves Programs of one structure. The first is loaded; later ones change it, where they have the same matrix
    and products, else they are loaded anew. What HiGHS does not take goes to the first solver that does.

    No solve begins from the one before: its end would depend on the order of the Programs.
    """

    def __init__(self) -> None:
        self._model: HighsModel | None = None
        self._loaded: Program | None = None
        self._basis: Any = None

    def solve(self, program: Program, time_limit: float | None = None) -> Outcome:
        """The global minimum; the ending is FAILED where no solver gives one."""
        if Highs().refuses(program):
            try:
                return solved(program, Request(time_limit=time_limit, gap=1e-9))[1]
            except DiagnosticError as error:
                if any(d.code != "G804" for d in error.diagnostics):
                    raise
                return Outcome(Ending.FAILED)
        model = self._prepared(program)
        model.start_afresh()
        outcome = model.solve(Options(time_limit, gap=1e-9, tolerance=TOLERANCE))
        if outcome.ending in (Ending.FAILED, Ending.INFEASIBLE_OR_UNBOUNDED):
            outcome = HighsModel(program).solve(Options(time_limit, gap=1e-9))
        if outcome.ending is Ending.INFEASIBLE_OR_UNBOUNDED:
            flat = replace(program, cost=0.0 * program.cost, cost_quad=program.cost_quad.take(program.cost_quad.i < 0))
            possible = HighsModel(flat).solve(Options(time_limit)).ending is Ending.OPTIMAL
            outcome = replace(outcome, ending=Ending.UNBOUNDED if possible else Ending.INFEASIBLE)
        return outcome

    def _prepared(self, program: Program) -> HighsModel:
        if self._model is None or self._loaded is None or not _alike(self._loaded, program):
            self._model = HighsModel(program)
        else:
            self._model.change_costs(np.arange(program.columns), program.cost)
            self._model.change_bounds(np.arange(program.columns), program.lower, program.upper)
            self._model.change_row_limits(np.arange(program.rows), program.row_lower, program.row_upper)
            self._model.cost_constant = program.cost_constant
        self._loaded = program
        return self._model


def _alike(one: Program, other: Program) -> bool:
    """Whether matrix, products and whole numbers are the same."""
    pairs = (
        (one.matrix.indptr, other.matrix.indptr),
        (one.matrix.indices, other.matrix.indices),
        (one.matrix.data, other.matrix.data),
        (one.cost_quad.i, other.cost_quad.i),
        (one.cost_quad.j, other.cost_quad.j),
        (one.cost_quad.value, other.cost_quad.value),
        (one.integer, other.integer),
    )
    return all(a is b or np.array_equal(a, b) for a, b in pairs)
