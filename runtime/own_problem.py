"""A GroundGame, a player and a point in, the player's own problem out: the columns of all others held. Part of the
certificate.

Its scalings are for solvers whose tolerances are absolute; all of them are by powers of two or by what counts as one
unit of a column.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from compiler.ground.curvature import shape_of
from compiler.ground.curves import Curve, curves_among
from compiler.ground.ground_game import INTEGER, SEMICONTINUOUS, GroundGame
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from runtime.column_sizes import column_sizes, term_sizes

SLIGHT = 1e-7
"""A slope that is less than this part of the terms it is made of counts as zero where it has no end: answers hold
constraints to 1e-6 or 1e-7, and what others decide is part of those terms."""


@dataclass(frozen=True, eq=False)
class OwnProblem:
    """Player p's problem in minimised form, others' columns held: minimise `constant + cost @ v + quad(v)`,
    `row_lower <= matrix @ v + row_quad(v) <= row_upper`, `lower <= v <= upper`; `own` and `rows` are the game's
    numbers.
    """

    sense: int
    own: Ints
    rows: Ints
    constant: float
    cost: Floats
    cost_terms: Floats
    """The sizes of the terms that make up `cost`, which may cancel: a market's price pays supply minus demand."""
    quad: Quad
    matrix: Csr
    row_quad: Quad
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: Bools
    switched: Bools
    """Semicontinuous columns."""
    curves: tuple[Curve, ...]
    pairs: Ints
    """(pairs, 2): own columns at least zero of which one must be zero."""
    unit: Floats
    """What counts as one unit of each column (`column_sizes`)."""

    @staticmethod
    def of(game: GroundGame, p: int, x: Floats, sizes: Floats | None = None) -> OwnProblem:
        """`sizes` (n,) are those of `column_sizes`, if they are known."""
        sizes = column_sizes(game) if sizes is None else sizes
        own, rows = np.flatnonzero(game.owner == p), np.flatnonzero(game.row_owner == p)
        mine = game.owner == p
        at = np.cumsum(mine) - 1
        sense = game.players[p].sense
        held = np.where(mine, 0.0, x)

        row_at = np.cumsum(game.row_owner == p) - 1
        in_rows = game.row_quad.take(game.row_owner[game.row_quad.row] == p)
        in_goal = game.objective_quad.take(game.objective_quad.row == p)
        all_rows = game.matrix.take_rows(rows)
        # What others contribute to each row: linear terms, and products with no own column.
        apart = all_rows.times(held) + in_rows.times(held, game.rows)[rows]
        number, column, value = _halves(in_rows, mine, x)
        keep = mine[all_rows.indices]
        matrix = Csr.from_coo(
            np.concatenate([all_rows.row_numbers()[keep], row_at[number]]),
            at[np.concatenate([all_rows.indices[keep], column])],
            np.concatenate([all_rows.data[keep], value]),
            len(rows),
            len(own),
        )
        goal = game.objective.take_rows(np.array([p]))
        slope, slope_terms = np.zeros(game.columns), np.zeros(game.columns)
        np.add.at(slope, goal.indices, goal.data)
        np.add.at(slope_terms, goal.indices, np.abs(goal.data))
        constant = float(game.objective_constant[p] + slope @ held + in_goal.times(held, len(game.players))[p])
        _, column, value = _halves(in_goal, mine, x)
        np.add.at(slope, column, value)
        _, column, value = _halves(in_goal, mine, term_sizes(game, x))
        np.add.at(slope_terms, column, np.abs(value))
        return OwnProblem(
            sense=sense,
            own=own,
            rows=rows,
            constant=sense * constant,
            cost=sense * slope[own],
            cost_terms=slope_terms[own],
            quad=_wholes(in_goal, mine, at, np.zeros(len(game.players), np.int64), float(sense)),
            matrix=matrix,
            row_quad=_wholes(in_rows, mine, at, row_at, 1.0),
            row_lower=game.row_lower[rows] - apart,
            row_upper=game.row_upper[rows] - apart,
            lower=game.lower[own],
            upper=game.upper[own],
            integer=game.kind[own] == INTEGER,
            switched=game.kind[own] == SEMICONTINUOUS,
            curves=curves_among(game.curves, mine, at),
            pairs=at[game.complementary[game.owner[game.complementary[:, 0]] == p]],
            unit=sizes[own],
        )

    @property
    def settled(self) -> OwnProblem:
        """The same without costs that are rounding: below `SLIGHT` of the terms they are made of, on columns without
        bounds on both sides, where any slope at all would have no minimum."""
        endless = ~(np.isfinite(self.lower) & np.isfinite(self.upper))
        slight = endless & (np.abs(self.cost) <= SLIGHT * self.cost_terms)
        return replace(self, cost=np.where(slight, 0.0, self.cost)) if slight.any() else self

    @property
    def in_units(self) -> OwnProblem:
        """The same in columns over their units: solvers hold bounds to an absolute tolerance. v becomes v / unit."""
        unit, quad, in_rows = self.unit, self.quad, self.row_quad
        if np.all(unit == 1.0):
            return self
        matrix = self.matrix
        return replace(
            self,
            cost=self.cost * unit,
            cost_terms=self.cost_terms * unit,
            quad=Quad(quad.row, quad.i, quad.j, quad.value * unit[quad.i] * unit[quad.j]),
            matrix=Csr(matrix.indptr, matrix.indices, matrix.data * unit[matrix.indices], matrix.columns),
            row_quad=Quad(in_rows.row, in_rows.i, in_rows.j, in_rows.value * unit[in_rows.i] * unit[in_rows.j]),
            lower=self.lower / unit,
            upper=self.upper / unit,
            unit=np.ones(len(unit)),
        )

    @property
    def equilibrated(self) -> OwnProblem:
        """The same with rows whose largest coefficient is between 1/2 and 2: solvers hold rows to an absolute
        tolerance."""
        row, quad = self.matrix.row_numbers(), self.row_quad
        size = np.zeros(len(self.rows))
        np.maximum.at(size, row, np.abs(self.matrix.data))
        np.maximum.at(size, quad.row, np.abs(quad.value))
        unit = np.exp2(-np.round(np.log2(np.where(size > 0, size, 1.0))))
        matrix = Csr(self.matrix.indptr, self.matrix.indices, self.matrix.data * unit[row], self.matrix.columns)
        return replace(
            self,
            matrix=matrix,
            row_quad=Quad(quad.row, quad.i, quad.j, quad.value * unit[quad.row]),
            row_lower=self.row_lower * unit,
            row_upper=self.row_upper * unit,
        )

    @property
    def discrete(self) -> bool:
        return bool(self.integer.any() or self.switched.any() or len(self.pairs))

    @property
    def convex(self) -> bool:
        """Continuous, rows linear, objective convex: HiGHS may have it."""
        return (
            not self.discrete
            and not self.row_quad.entries
            and not self.curves
            and shape_of(self.quad.i, self.quad.j, self.quad.value).convex
        )

    def value(self, v: Floats) -> float:
        return self.constant + float(self.cost @ v) + float(self.quad.times(v, 1).sum())

    def gradient(self, v: Floats) -> Floats:
        """Of the minimised objective at v."""
        g = self.cost.copy()
        np.add.at(g, self.quad.i, self.quad.value * v[self.quad.j])
        np.add.at(g, self.quad.j, self.quad.value * v[self.quad.i])
        return g

    def gradient_size(self, v: Floats) -> Floats:
        """The sizes of the terms that make up the gradient, which itself may cancel to zero."""
        g = self.cost_terms.copy()
        np.add.at(g, self.quad.i, np.abs(self.quad.value * v[self.quad.j]))
        np.add.at(g, self.quad.j, np.abs(self.quad.value * v[self.quad.i]))
        return g

    def worth_of_violations(self, v: Floats) -> float:
        """What the objective may owe to the limits that v oversteps: each violation times the dearest way to mend it,
        the slope of a column over its coefficient in the row (those below a thousandth of the row's largest are
        not counted)."""
        slope = np.abs(self.gradient(v))
        lines = self.matrix.times(v) + self.row_quad.times(v, len(self.rows))
        over_rows = np.maximum(np.maximum(self.row_lower - lines, lines - self.row_upper), 0.0)
        row, size = self.matrix.row_numbers(), np.abs(self.matrix.data)
        top = np.zeros(len(self.rows))
        np.maximum.at(top, row, size)
        counted = size >= 1e-3 * top[row]
        dearest = np.zeros(len(self.rows))
        np.maximum.at(dearest, row[counted], slope[self.matrix.indices[counted]] / size[counted])
        over_bounds = np.maximum(np.maximum(self.lower - v, v - self.upper), 0.0)
        over_bounds[self.switched] = 0.0
        return float(over_rows @ dearest + over_bounds @ slope)

    def size(self, v: Floats) -> float:
        """The size of the objective's terms at v, at least that of one unit of its dearest column: what "relative" is
        relative to."""
        terms = float(self.cost_terms @ np.abs(v)) + float(
            np.abs(self.quad.value) @ np.abs(v[self.quad.i] * v[self.quad.j])
        )
        squares = np.abs(self.quad.value) * self.unit[self.quad.i] * self.unit[self.quad.j]
        dearest = max(np.max(self.cost_terms * self.unit, initial=0.0), np.max(squares, initial=0.0))
        return max(terms, float(dearest)) or 1.0


def _halves(quad: Quad, mine: Bools, x: Floats) -> tuple[Ints, Ints, Floats]:
    """Products of one own column and another's, as linear terms: row, own column, coefficient."""
    a, b = mine[quad.i] & ~mine[quad.j], mine[quad.j] & ~mine[quad.i]
    rows = np.concatenate([quad.row[a], quad.row[b]])
    columns = np.concatenate([quad.i[a], quad.j[b]])
    return rows, columns, np.concatenate([quad.value[a] * x[quad.j[a]], quad.value[b] * x[quad.i[b]]])


def _wholes(quad: Quad, mine: Bools, at: Ints, row_at: Ints, factor: float) -> Quad:
    kept = quad.take(mine[quad.i] & mine[quad.j])
    return Quad(row_at[kept.row], at[kept.i], at[kept.j], factor * kept.value)
