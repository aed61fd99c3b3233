"""All leaders' stationarity at once: the conditions of first order of every leader's problem over its followers'
optimality conditions, joined.

From: GroundGame with several players on top; followers that `kkt` takes; whom each one on top moves.
To: with z the columns of the followers' conditions, each leader l with sense s minimises s*f_l over its part of z, its
    own columns and those, with multipliers and slacks, of its followers, subject to its own rows, the conditions of its
    followers h(z) = 0, bounds, and for each complementary pair a*b <= 0. The Program holds z and for each leader
      s*df_l/dz_j - sum_r y_lr dh_r/dz_j - d_lj + D_lj + sum_k xi_lk d(a*b)_k/dz_j = 0   for all z_j that it moves
      (y, slack), (d, z_j - lower), (D, upper - z_j) complementary pairs >= 0, xi_lk >= 0.
    Multipliers are each leader's own, of followers that leaders have in common as well: one for all (price
    consistency) has fewer solutions, and equilibria are not among them in general. Objectives are divided by a
    power of two. Nothing is minimised.
Requires: as `kkt`; no whole numbers, semicontinuous columns or smooth functions.
Exact: its points are those at which each leader's problem is strongly stationary, others held: necessary for an
    equilibrium where the gradients of each leader's active constraints are linearly independent, never sufficient.
Way back: that of `kkt`, whose columns come first and keep their numbers.
Reference: Leyffer and Munson, Optim. Methods Softw. 25 (2010) 601; Hu and Ralph, Oper. Res. 55 (2007) 809; Scheel and
    Scholtes, Math. Oper. Res. 25 (2000) 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from compiler.ground.fixed_columns import fixed_columns
from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from compiler.reformulations.kkt import kkt
from compiler.reformulations.program import Part, Program, Recovery


def joint_stationarity(game: GroundGame, tops: Sequence[int], moved: Sequence[Bools]) -> tuple[Program, Recovery]:
    """See the module. `moved` are masks (p,) of each of the `tops` and who follows it. `game` has no products of fixed
    columns."""
    followers = np.array([bool(player.leaders) for player in game.players], np.bool_)
    base, recovery = kkt(game, followers, None)
    column_owner, row_owner = _owners(game, base.column_parts, base.columns), _owners(game, base.row_parts, base.rows)
    told = followers[column_owner] & (np.arange(base.columns) < game.columns)
    inner = np.zeros(base.columns, np.bool_)
    inner[: game.columns] = told[: game.columns] & ~fixed_columns(game)
    paired = np.zeros(base.columns, np.bool_)
    paired[base.complementary.ravel()] = True
    # Bounds of followers' decisions are those of their slack columns, which have them already.
    lower = np.where(inner & ~paired, -np.inf, base.lower)
    upper = np.where(inner, np.inf, base.upper)
    system = _System(replace(base, lower=lower, upper=upper))
    system.slacks()
    for top, mine in zip(tops, moved, strict=True):
        system.leader(game, top, mine[column_owner], mine[row_owner])
    # Columns keep the bounds of the game: all solutions are within them.
    program = system.built(base.lower, base.upper)
    unit = None if recovery.unit is None else np.append(recovery.unit, np.ones(program.columns - base.columns))
    price_map = recovery.price_map
    wide = Csr(price_map.indptr, price_map.indices, price_map.data, program.columns)
    return program, replace(recovery, price_map=wide, unit=unit)


def _owners(game: GroundGame, parts: Sequence[Part], count: int) -> Ints:
    """The player whose problem each column or row of the followers' conditions is part of: (count,)."""
    price = game.price_row >= 0
    column_owner = game.owner.copy()
    column_owner[price] = game.row_owner[game.price_row[price]]
    owner = np.full(count, -1, np.int64)
    for part in parts:
        owner[part.start : part.stop] = (column_owner if part.of_column else game.row_owner)[part.source]
    return owner


class _System:
    """The columns and rows of the joint conditions as they are added to those of the followers."""

    def __init__(self, base: Program) -> None:
        self.base = base
        self.columns, self.rows = base.columns, base.rows
        self.low: list[Floats] = []
        self.limits: list[Floats] = []
        matrix, quad = base.matrix, base.row_quad
        self.entries: list[tuple[Ints, Ints, Floats]] = [(matrix.row_numbers(), matrix.indices, matrix.data)]
        self.products: list[tuple[Ints, Ints, Ints, Floats]] = [(quad.row, quad.i, quad.j, quad.value)]
        self.pairs: list[Ints] = [base.complementary]
        self.row_lower, self.row_upper = base.row_lower.copy(), base.row_upper.copy()

    def new(self, count: int, lower: float = 0.0) -> Ints:
        """Columns >= `lower`."""
        self.low.append(np.full(count, lower))
        self.columns += count
        return np.arange(self.columns - count, self.columns)

    def equations(self, limit: Floats) -> Ints:
        """Rows equal to `limit`."""
        self.limits.append(limit)
        self.rows += len(limit)
        return np.arange(self.rows - len(limit), self.rows)

    def add(self, row: Ints, column: Ints, value: Floats | float) -> None:
        self.entries.append((row, column, np.broadcast_to(np.asarray(value, np.float64), row.shape)))

    def slacks(self) -> None:
        """Rows with limits become equations with slack columns, `row_low` and `row_high` (rows,); bounds other than 0
        get columns for the distance from them, `at_low` and `at_high` (columns,). -1 where there is none."""
        base, free = self.base, self.base.lower < self.base.upper
        below, above = np.isfinite(base.row_lower), np.isfinite(base.row_upper)
        equal = below & above & (base.row_lower == base.row_upper)
        low, high = np.flatnonzero(below & ~equal), np.flatnonzero(above & ~equal)
        self.equal = np.flatnonzero(equal)
        self.row_low, self.row_high = np.full(base.rows, -1, np.int64), np.full(base.rows, -1, np.int64)
        self.row_low[low], self.row_high[high] = self.new(len(low)), self.new(len(high))
        alone = high[~below[high]]
        self.add(low, self.row_low[low], -1.0)
        self.add(alone, self.row_high[alone], 1.0)
        self.row_upper[low] = base.row_lower[low]
        self.row_lower[alone] = base.row_upper[alone]
        both = high[below[high]]
        numbers = self.equations(base.row_upper[both] - base.row_lower[both])
        self.add(numbers, self.row_low[both], 1.0)
        self.add(numbers, self.row_high[both], 1.0)

        self.at_low, self.at_high = np.full(base.columns, -1, np.int64), np.full(base.columns, -1, np.int64)
        zero = np.flatnonzero(free & (base.lower == 0))
        self.at_low[zero] = zero
        for limit, place, sign in ((base.lower, self.at_low, -1.0), (base.upper, self.at_high, 1.0)):
            bounded = np.flatnonzero(free & np.isfinite(limit) & (place < 0))
            place[bounded] = self.new(len(bounded))
            numbers = self.equations(limit[bounded])
            self.add(numbers, bounded, 1.0)
            self.add(numbers, place[bounded], sign)

    def leader(self, game: GroundGame, top: int, columns: Bools, rows: Bools) -> None:
        """The conditions of one on top, who moves `columns` (k,) within `rows` (r,)."""
        base = self.base
        chosen = np.flatnonzero(columns & (base.lower < base.upper))
        mine = np.zeros(base.columns, np.bool_)
        mine[chosen] = True
        at = np.full(base.columns, -1, np.int64)
        goal, quad = game.objective.take_rows(np.array([top])), game.objective_quad.take(game.objective_quad.row == top)
        moving, squares = mine[goal.indices], mine[quad.i] | mine[quad.j]
        sizes = np.concatenate([np.abs(goal.data[moving]), np.abs(quad.value[squares])])
        scale = float(np.exp2(-np.round(np.log2(np.max(sizes))))) if len(sizes) and np.max(sizes) > 0 else 1.0
        factor = scale * game.players[top].sense
        slope = np.zeros(base.columns)
        slope[goal.indices] = goal.data
        at[chosen] = self.equations(-factor * slope[chosen])
        for one, other in ((quad.i, quad.j), (quad.j, quad.i)):
            k = mine[one]
            self.add(at[one[k]], other[k], factor * quad.value[k])

        equal = self.equal[rows[self.equal]]
        self.multipliers(equal, self.new(len(equal), -np.inf), -1.0, at)
        for place, sign in ((self.row_low, -1.0), (self.row_high, 1.0)):
            limited = np.flatnonzero(rows & (place >= 0))
            y = self.new(len(limited))
            self.multipliers(limited, y, sign, at)
            self.pairs.append(np.stack([y, place[limited]], axis=1))
        for place, sign in ((self.at_low, -1.0), (self.at_high, 1.0)):
            bounded = chosen[place[chosen] >= 0]
            d = self.new(len(bounded))
            self.add(at[bounded], d, sign)
            self.pairs.append(np.stack([d, place[bounded]], axis=1))
        first, second = base.complementary[mine[base.complementary].any(axis=1)].T
        xi = self.new(len(first))
        for one, other in ((first, second), (second, first)):
            k = mine[one]
            self.products.append((at[one[k]], xi[k], other[k], np.ones(int(k.sum()))))

    def multipliers(self, rows: Ints, y: Ints, sign: float, at: Ints) -> None:
        """`sign * y` times the slopes of `rows` in the columns that have a place `at`."""
        base = self.base
        of = np.full(base.rows, -1, np.int64)
        of[rows] = y
        row, column = base.matrix.row_numbers(), base.matrix.indices
        k = (of[row] >= 0) & (at[column] >= 0)
        self.add(at[column[k]], of[row[k]], sign * base.matrix.data[k])
        quad = base.row_quad
        for one, other in ((quad.i, quad.j), (quad.j, quad.i)):
            k = (of[quad.row] >= 0) & (at[one] >= 0)
            self.products.append((at[one[k]], of[quad.row[k]], other[k], sign * quad.value[k]))

    def built(self, lower: Floats, upper: Floats) -> Program:
        """The Program; its first columns with these bounds."""
        row, column, value = (np.concatenate([part[k] for part in self.entries]) for k in range(3))
        at, i, j, weight = (np.concatenate([part[k] for part in self.products]) for k in range(4))
        limit = np.concatenate([np.zeros(0), *self.limits])
        more = np.concatenate([np.zeros(0), *self.low])
        return Program(
            lower=np.concatenate([lower, more]),
            upper=np.concatenate([upper, np.full(len(more), np.inf)]),
            integer=np.zeros(self.columns, np.bool_),
            cost=np.zeros(self.columns),
            cost_constant=0.0,
            cost_quad=Quad.empty(),
            matrix=Csr.from_coo(row, column, value, self.rows, self.columns),
            row_lower=np.concatenate([self.row_lower, limit]),
            row_upper=np.concatenate([self.row_upper, limit]),
            row_quad=Quad.from_entries(at, i, j, weight, self.columns),
            column_parts=self.base.column_parts,
            row_parts=self.base.row_parts,
            complementary=np.concatenate(self.pairs),
        )
