"""A Program in, bounds of its columns out, each with its source; and more of them by propagation through its rows.

From: `row_lower <= matrix @ z + row_quad(z) <= row_upper`, `lower <= z <= upper`.
To: for every column the bounds that follow from one row and the bounds of the others, repeated.
Exact or bound: valid bounds; a point that satisfies the rows is never cut off. A margin covers rounding.
Reference: Savelsbergh, ORSA J. Computing 6 (1994) 445.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from compiler.ground.propagate import product_range
from compiler.ground.sparse import Floats, Ints
from compiler.reformulations.program import Program

LARGEST = 1e12
"""A bound beyond this says nothing to a solver and is not kept."""

WORTH = 1e-3
"""Part of its width by which a range must shrink for a new bound to be kept: otherwise two rows could shave off each
other's for ever."""

SHORTEST = 2.0**-10
"""Derived bounds are rounded outwards to parts of this at least."""

MARGIN = 1e-9
"""What is added to a derived bound, relative to the terms it is made of: rounding."""


class Source(IntEnum):
    """Where a bound comes from."""

    NONE = 0
    DECLARED = 1
    PROPAGATED = 2
    BY_LP = 3
    BY_BASES = 4
    ASSUMED = 5

    @property
    def words(self) -> str:
        return {
            Source.NONE: "none",
            Source.DECLARED: "declared",
            Source.PROPAGATED: "propagated",
            Source.BY_LP: "by_lp",
            Source.BY_BASES: "by_bases",
            Source.ASSUMED: "assumed",
        }[self]


@dataclass(frozen=True, eq=False)
class ColumnBounds:
    """`lower` and `upper` (k,) of the columns of a Program, infinite where nothing is known, and the `Source` of
    each."""

    lower: Floats
    upper: Floats
    lower_source: NDArray[np.uint8]
    upper_source: NDArray[np.uint8]

    @staticmethod
    def of(program: Program) -> ColumnBounds:
        """Those that the Program states."""

        def stated(side: Floats) -> NDArray[np.uint8]:
            return np.where(np.isfinite(side), Source.DECLARED, Source.NONE).astype(np.uint8)

        return ColumnBounds(program.lower, program.upper, stated(program.lower), stated(program.upper))

    def tightened(
        self, columns: Ints, source: Source, lower: Floats | None = None, upper: Floats | None = None
    ) -> ColumnBounds:
        """With these bounds of `columns` where they are better than what is known by more than rounding."""
        low, high = self.lower.copy(), self.upper.copy()
        low_source, high_source = self.lower_source.copy(), self.upper_source.copy()
        with np.errstate(invalid="ignore"):
            if lower is not None:
                margin = 1e-9 * np.maximum(1.0, np.abs(lower))
                better = np.isfinite(lower) & (np.abs(lower) < LARGEST) & ~(lower <= low[columns] + margin)
                low[columns[better]] = lower[better]
                low_source[columns[better]] = source
            if upper is not None:
                margin = 1e-9 * np.maximum(1.0, np.abs(upper))
                better = np.isfinite(upper) & (np.abs(upper) < LARGEST) & ~(upper >= high[columns] - margin)
                high[columns[better]] = upper[better]
                high_source[columns[better]] = source
        # Two bounds that cross by rounding are one value.
        crossed = low > high
        if np.any(crossed):
            middle = 0.5 * (low[crossed] + high[crossed])
            slight = low[crossed] - high[crossed] <= 1e-6 * np.maximum(1.0, np.abs(middle))
            low[crossed] = np.where(slight, high[crossed], low[crossed])
        return ColumnBounds(low, high, low_source, high_source)

    def rounded(self) -> ColumnBounds:
        """With derived bounds rounded outwards to 10 bits, none but 0 nearer to 0 than `SHORTEST`.

        A bound that misses a round number by 1e-9 makes rows that differ by 1e-9, and SCIP's presolving has cut off
        an optimum in one such case (dual sparsification); short numbers do not.
        """
        derived_low, derived_high = self.lower_source > Source.DECLARED, self.upper_source > Source.DECLARED
        return replace(
            self,
            lower=np.where(derived_low, -_rounded_up(-self.lower), self.lower),
            upper=np.where(derived_high, _rounded_up(self.upper), self.upper),
        )

    def of_first(self, columns: int) -> ColumnBounds:
        """Those of the first columns, without what a reformulation has added."""
        return ColumnBounds(
            self.lower[:columns],
            self.upper[:columns],
            self.lower_source[:columns],
            self.upper_source[:columns],
        )

    def padded(self, program: Program) -> ColumnBounds:
        """For a Program with more columns at the end, these with what it states."""
        k = len(self.lower)
        own = ColumnBounds.of(program)
        return ColumnBounds(
            np.concatenate([self.lower, own.lower[k:]]),
            np.concatenate([self.upper, own.upper[k:]]),
            np.concatenate([self.lower_source, own.lower_source[k:]]),
            np.concatenate([self.upper_source, own.upper_source[k:]]),
        )


def _rounded_up(value: Floats) -> Floats:
    size = np.maximum(np.abs(value), SHORTEST)
    step = np.exp2(np.floor(np.log2(np.where(np.isfinite(size), size, 1.0))) - 9)
    with np.errstate(invalid="ignore"):
        up = np.ceil(value / step) * step
    return np.where(np.isfinite(value) & (value != 0), up, value)


def with_bounds(program: Program, bounds: ColumnBounds) -> Program:
    """The Program with these bounds on its columns, but for those that exclude each other: they prove that there is
    no answer, which is for the solver to say of the rows."""
    crossed = bounds.lower > bounds.upper
    return replace(
        program,
        lower=np.where(crossed, program.lower, bounds.lower),
        upper=np.where(crossed, program.upper, bounds.upper),
    )


def propagated(program: Program, bounds: ColumnBounds, rounds: int = 20) -> ColumnBounds:
    """`bounds` with what the rows of the Program imply, at most `rounds` times over; integers are rounded inwards."""
    matrix, quad = program.matrix, program.row_quad
    row, column, value = matrix.row_numbers(), matrix.indices, matrix.data
    for _ in range(rounds):
        low, high = bounds.lower, bounds.upper
        with np.errstate(invalid="ignore"):
            one, two = value * low[column], value * high[column]
        least, most = np.where(value > 0, one, two), np.where(value > 0, two, one)
        q_one, q_two = product_range(low[quad.i], high[quad.i], low[quad.j], high[quad.j])
        squares = quad.i == quad.j
        crossing = squares & (low[quad.i] <= 0) & (high[quad.i] >= 0)
        q_one = np.where(crossing, 0.0, q_one)
        q_least = np.minimum(quad.value * q_one, quad.value * q_two)
        q_most = np.maximum(quad.value * q_one, quad.value * q_two)
        rest_least = _without_each(row, least, quad.row, q_least, program.rows)
        rest_most = -_without_each(row, -most, quad.row, -q_most, program.rows)
        size = np.bincount(row, np.where(np.isfinite(least), np.abs(least), 0.0), program.rows)
        size += np.bincount(row, np.where(np.isfinite(most), np.abs(most), 0.0), program.rows)
        margin = (MARGIN * 1e-3 * size[row]) / np.abs(value)
        with np.errstate(invalid="ignore"):
            at_most = (program.row_upper[row] - rest_least) / value
            at_least = (program.row_lower[row] - rest_most) / value
        high_side = np.where(value > 0, at_most, at_least) + margin
        low_side = np.where(value > 0, at_least, at_most) - margin
        new_high, new_low = np.full(len(high), np.inf), np.full(len(low), -np.inf)
        np.minimum.at(new_high, column, np.where(np.isnan(high_side), np.inf, high_side))
        np.maximum.at(new_low, column, np.where(np.isnan(low_side), -np.inf, low_side))
        whole = program.integer
        new_high[whole] = np.floor(new_high[whole] + 1e-6)
        new_low[whole] = np.ceil(new_low[whole] - 1e-6)
        new_high += MARGIN * np.where(whole | ~np.isfinite(new_high), 0.0, np.abs(new_high))
        new_low -= MARGIN * np.where(whole | ~np.isfinite(new_low), 0.0, np.abs(new_low))
        with np.errstate(invalid="ignore"):
            width = np.where(np.isfinite(high - low), WORTH * (high - low), WORTH * np.maximum(1.0, np.abs(new_high)))
            drop_high = ~(new_high < high - width) & np.isfinite(high)
            width = np.where(np.isfinite(high - low), WORTH * (high - low), WORTH * np.maximum(1.0, np.abs(new_low)))
            drop_low = ~(new_low > low + width) & np.isfinite(low)
        new_high[drop_high], new_low[drop_low] = np.inf, -np.inf
        everything = np.arange(len(low))
        better = bounds.tightened(everything, Source.PROPAGATED, new_low, new_high)
        if np.array_equal(better.lower, low) and np.array_equal(better.upper, high):
            break
        bounds = better
    return bounds


def _without_each(row: Ints, least: Floats, extra_row: Ints, extra: Floats, rows: int) -> Floats:
    """For every entry the sum of the other entries of its row and of the `extra` terms: -inf if one of them is."""
    endless, extra_endless = ~np.isfinite(least), ~np.isfinite(extra)
    count = np.bincount(row[endless], minlength=rows) + np.bincount(extra_row[extra_endless], minlength=rows)
    finite = np.where(endless, 0.0, least)
    total = np.bincount(row, finite, rows) + np.bincount(extra_row, np.where(extra_endless, 0.0, extra), rows)
    rest: Floats = np.where(count[row] - endless == 0, total[row] - finite, -np.inf)
    return rest
