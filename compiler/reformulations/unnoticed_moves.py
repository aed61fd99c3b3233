"""Prices that may move without any follower noticing: what the optimality conditions alone say of them.

From: a Program of optimality conditions with `duality`.
To: columns z_c, others' decisions, that enter followers' slopes only, like the price of what nobody buys: moved one
    way, they change nothing but reduced costs, which fall until one of them is 0. Rows of others may hold them too, if
    the move relaxes those.
Exact: at an optimum with the least sum of such moves left, every such column is at its bound, or one of the reduced
    costs that it makes smaller is 0. Objectives do not see the column, so that optimum is as good as any, and pairs
    hold as before: a reduced cost that is positive has a partner at 0. So with U the largest value that z_c can have
    beside a reduced cost of 0, over all of them, z_c <= max(U, lower bound) cuts off no optimal value; and the other
    way round for columns that may move up. `runtime.methods.noticed_prices` finds U. All bounds hold at once.
Way back: nothing to undo.
Reference: none known to us; in the spirit of dual fixing, Gamrath, Koch, Martin, Miltenberger and Weninger, Math.
    Program. Comput. 7 (2015) 367.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.sparse import Bools, Floats, Ints
from compiler.reformulations.duality import Duality
from compiler.reformulations.program import Program


@dataclass(frozen=True, eq=False)
class UnnoticedMoves:
    """`column` (e,) may move up where `up` (e,), else down, until `reduced` (e,) is 0, for one of its entries."""

    column: Ints
    up: Bools
    reduced: Ints


def unnoticed_moves(program: Program, duality: Duality) -> UnnoticedMoves:
    """See the module; sorted by column."""
    none = np.zeros(0, np.int64)
    if program.curves or not len(duality.stationarity):
        return UnnoticedMoves(none, none.astype(np.bool_), none)
    matrix, n = program.matrix, program.columns
    row, column, value = matrix.row_numbers(), matrix.indices, matrix.data
    at = np.full(program.rows, -1, np.int64)
    at[duality.stationarity] = np.arange(len(duality.stationarity))
    seen = _seen(program)
    duals = duality.duals(n)
    free = ~seen & ~duals & ~duality.slacks(n) & ~program.integer & (program.lower < program.upper)
    free[duality.column] = False
    alone = duals & ~seen & (np.bincount(column, minlength=n) == 1) & (program.lower == 0)
    found = []
    for up in (False, True):
        step = 1.0 if up else -1.0
        reduced = _falling(program, duality, at[row], column, step * value, alone)
        relaxed = np.where(step * value > 0, program.row_upper[row] == np.inf, program.row_lower[row] == -np.inf)
        allowed = np.where(at[row] >= 0, reduced >= 0, relaxed)
        able = free & np.isfinite(program.upper if up else program.lower)
        able[column[~allowed]] = False
        mine = able[column] & (reduced >= 0)
        found.append((column[mine], np.full(int(mine.sum()), up), reduced[mine]))
    columns, ups, reduces = (np.concatenate([part[k] for part in found]) for k in range(3))
    order = np.lexsort((reduces, ups, columns))
    return UnnoticedMoves(columns[order], ups[order].astype(np.bool_), reduces[order])


def _seen(program: Program) -> Bools:
    """Columns that the objective or a product holds, or a condition that is no row."""
    seen: Bools = program.cost != 0
    for quad in (program.row_quad, program.cost_quad):
        seen[quad.i] = seen[quad.j] = True
    # Reduced costs stand in pairs: those are the first columns.
    seen[program.complementary[:, 1]] = True
    seen[program.sos1.ravel()] = True
    seen[program.indicator[:, [0, 2]].ravel()] = True
    return seen


def _falling(program: Program, duality: Duality, j: Ints, column: Ints, move: Floats, alone: Bools) -> Ints:
    """Of every entry of the matrix, in stationarity row j (-1: another row), the reduced cost that falls when the entry
    changes by `move`; -1 where there is none, or not one that this row alone sees."""
    own = np.zeros(len(j), np.int64) - 1
    for bound in (duality.low, duality.high):
        # The coefficient of each reduced cost in its row.
        weight = np.zeros(len(duality.stationarity))
        mine = (j >= 0) & (column == np.where(j >= 0, bound[j], -2))
        weight[j[mine]] = program.matrix.data[mine]
        b = np.where(j >= 0, weight[j], 0.0)
        falls = (b * move > 0) & (bound[j] >= 0) & alone[bound[j]]
        own = np.where((j >= 0) & falls & (column != bound[j]), bound[j], own)
    return own
