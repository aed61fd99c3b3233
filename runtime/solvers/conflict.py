"""An infeasible LP in, an irreducible set of rows and bounds that contradict each other out (IIS), by HiGHS.

First the rows of a Farkas proof (a dual ray) are taken, which are few even in a large model, then HiGHS makes them
irreducible.
Reference: Gleeson and Ryan, ORSA J. Computing 2 (1990) 61; Chinneck, Feasibility and Infeasibility in Optimization
    (2008).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from compiler.ground.sparse import Floats, Ints, Quad
from compiler.reformulations.program import Program
from runtime.solvers.highs import HighsModel

IRREDUCIBLE = 2 + 4
"""HiGHS's `iis_strategy`: look at the whole LP, make the result irreducible."""


@dataclass(frozen=True, eq=False)
class Conflict:
    """Rows, and columns whose lower or upper bounds, contradict each other. Dropping any one of them mends it if
    `irreducible`."""

    rows: Ints
    at_lower: Ints
    at_upper: Ints
    irreducible: bool = True


def conflict_of(program: Program, time_limit: float = 30.0) -> Conflict | None:
    """The conflict of the Program without its integers, products, curves and pairs; None when that is feasible or no
    conflict was found."""
    none = np.zeros((0, 2), np.int64)
    relaxed = replace(
        program,
        integer=np.zeros(program.columns, np.bool_),
        cost=np.zeros(program.columns),
        cost_quad=Quad.empty(),
        row_quad=Quad.empty(),
        complementary=none,
        sos1=none,
        curves=(),
    )
    crossed = np.flatnonzero(relaxed.lower > relaxed.upper)
    if len(crossed):
        return Conflict(np.zeros(0, np.int64), crossed[:1], crossed[:1])
    ray = _farkas(relaxed, time_limit)
    if ray is None:
        return None
    support = np.flatnonzero(np.abs(ray) > 1e-9 * np.max(np.abs(ray), initial=0.0))
    few = _few_rows(relaxed, support)
    if not len(support) or _farkas(few, time_limit) is None:
        # The proof was imprecise: all rows, then.
        support, few = np.arange(relaxed.rows), relaxed
    found = _irreducible(few, time_limit)
    if found is not None:
        return replace(found, rows=support[found.rows])
    pull = -few.matrix.transposed().times(ray[support])
    return Conflict(support, np.flatnonzero(pull > 1e-9), np.flatnonzero(pull < -1e-9), False)


def _few_rows(program: Program, rows: Ints) -> Program:
    return replace(
        program,
        matrix=program.matrix.take_rows(rows),
        row_lower=program.row_lower[rows],
        row_upper=program.row_upper[rows],
    )


def _run(program: Program, time_limit: float) -> Any:
    highs = HighsModel(program)._highs
    highs.setOptionValue("time_limit", time_limit)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("presolve", "off")
    highs.setOptionValue("solver", "simplex")
    highs.run()
    return highs


def _farkas(program: Program, time_limit: float) -> Floats | None:
    """A dual ray (rows,), zeros where HiGHS proves infeasibility without one; None when the LP is not infeasible."""
    highs = _run(program, time_limit)
    if highs.getModelStatus().name != "kInfeasible":
        return None
    answer = highs.getDualRay()
    has, ray = bool(answer[1]), answer[2]
    return np.array(ray, np.float64) if has else np.zeros(program.rows)


def _irreducible(program: Program, time_limit: float) -> Conflict | None:
    import highspy

    highs = HighsModel(program)._highs
    highs.setOptionValue("iis_strategy", IRREDUCIBLE)
    highs.setOptionValue("iis_time_limit", time_limit)
    highs.setOptionValue("threads", 1)
    _, iis = highs.getIis()
    if not iis.valid_ or not (len(iis.row_index_) or len(iis.col_index_)):
        return None
    columns = np.array(iis.col_index_, np.int64)
    bounds = [int(b) for b in iis.col_bound_]
    both = int(highspy.IisBoundStatus.kIisBoundStatusBoxed)
    low = np.array([b in (int(highspy.IisBoundStatus.kIisBoundStatusLower), both) for b in bounds], np.bool_)
    high = np.array([b in (int(highspy.IisBoundStatus.kIisBoundStatusUpper), both) for b in bounds], np.bool_)
    return Conflict(np.array(iis.row_index_, np.int64), columns[low], columns[high])
