"""Bounds + rows -> tighter bounds: what each row leaves of a column's range, given the ranges of the others.

Interval propagation as in presolving (Savelsbergh 1994, "Preprocessing and probing techniques"): every bound is
implied by the rows and bounds given, none is assumed. Products of columns enter by their ranges.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad

ROUNDS = 20
LEAST_GAIN = 1e-3
"""A bound that moves by less than this part of its range is not worth another round."""


def propagate(
    matrix: Csr,
    quad: Quad,
    row_lower: Floats,
    row_upper: Floats,
    lower: Floats,
    upper: Floats,
    integer: Bools,
    use: Bools | None = None,
) -> tuple[Floats, Floats]:
    """Bounds (columns,) that hold at every point which satisfies the rows `row_lower <= matrix @ x + quad(x) <=
    row_upper` and the bounds given. Only linear entries tighten.

    `use` (nnz,) says which entries may tighten the bounds of their column (None: all). Crossed bounds (there is no such
    point) are left as they were found: infeasibility is for a solver to prove."""
    lower, upper = lower.copy(), upper.copy()
    row, column, value = matrix.row_numbers(), matrix.indices, matrix.data
    positive = value > 0
    for _ in range(ROUNDS):
        least, most = _activities(row, column, value, positive, lower, upper, matrix.rows)
        own_least = np.where(positive, value * lower[column], value * upper[column])
        own_most = np.where(positive, value * upper[column], value * lower[column])
        rest_least = _without(least, own_least, row)
        rest_most = _without(most, own_most, row)
        ends = product_ends(quad.i, quad.j, quad.value, lower, upper)
        apart_least, apart_most = (np.bincount(quad.row, e, minlength=matrix.rows)[: matrix.rows] for e in ends)
        with np.errstate(invalid="ignore", over="ignore"):
            below = (row_upper[row] - apart_least[row] - rest_least) / value
            above = (row_lower[row] - apart_most[row] - rest_most) / value
        new_upper = np.where(positive, below, above)
        new_lower = np.where(positive, above, below)
        if use is not None:
            new_upper, new_lower = np.where(use, new_upper, np.inf), np.where(use, new_lower, -np.inf)
        tight_upper, tight_lower = upper.copy(), lower.copy()
        np.minimum.at(tight_upper, column, np.where(np.isnan(new_upper), np.inf, new_upper))
        np.maximum.at(tight_lower, column, np.where(np.isnan(new_lower), -np.inf, new_lower))
        # Rounding must not cut a feasible point off.
        tight_upper = np.minimum(upper, tight_upper + 1e-9 * np.maximum(1.0, np.abs(tight_upper)))
        tight_lower = np.maximum(lower, tight_lower - 1e-9 * np.maximum(1.0, np.abs(tight_lower)))
        tight_upper[integer] = np.floor(tight_upper[integer] + 1e-6)
        tight_lower[integer] = np.ceil(tight_lower[integer] - 1e-6)
        crossed = tight_lower > tight_upper
        tight_lower[crossed], tight_upper[crossed] = lower[crossed], upper[crossed]
        width = np.where(np.isfinite(upper - lower), upper - lower, np.inf)
        with np.errstate(invalid="ignore"):
            # An end that stays infinite has moved by nan, which says nothing.
            gain = np.fmax(upper - tight_upper, tight_lower - lower)
        gained = (
            np.nan_to_num(gain, nan=0.0, posinf=np.inf) > LEAST_GAIN * np.where(np.isinf(width), 1.0, width)
        ).any()
        lower, upper = tight_lower, tight_upper
        if not gained:
            break
    return lower, upper


def intervals(matrix: Csr, constant: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Least and greatest value of `constant + matrix @ x` within the bounds: both (rows,), infinite where unbounded."""
    row, column, value = matrix.row_numbers(), matrix.indices, matrix.data
    least, most = _activities(row, column, value, value > 0, lower, upper, matrix.rows)
    return constant + least[0] + np.where(least[1] > 0, -np.inf, 0.0), constant + most[0] + np.where(
        most[1] > 0, np.inf, 0.0
    )


def product_range(low: Floats, high: Floats, other_low: Floats, other_high: Floats) -> tuple[Floats, Floats]:
    """Least and largest product of two factors within bounds; 0 times infinity is 0."""
    with np.errstate(invalid="ignore"):
        corners = np.stack([low * other_low, low * other_high, high * other_low, high * other_high])
    corners = np.where(np.isnan(corners), 0.0, corners)
    least: Floats = corners.min(axis=0)
    largest: Floats = corners.max(axis=0)
    return least, largest


def product_ends(i: Ints, j: Ints, value: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Least and greatest `value[k] * x[i[k]] * x[j[k]]` within the bounds: both (k,)."""
    least, most = product_range(lower[i], upper[i], lower[j], upper[j])
    # A square does not fall below zero, though its factors may differ in sign as far as their ranges tell.
    low, high = lower[i] ** 2, upper[i] ** 2
    ends = np.minimum(low, high), np.maximum(low, high)
    least = np.where(i == j, np.where((lower[i] < 0) & (upper[i] > 0), 0.0, ends[0]), least)
    most = np.where(i == j, ends[1], most)
    return np.where(value > 0, value * least, value * most), np.where(value > 0, value * most, value * least)


Activity = tuple[Floats, Floats]
"""The finite part of each row's least (greatest) activity, and the number of infinite contributions to it."""


def _activities(
    row: Ints,
    column: Ints,
    value: Floats,
    positive: Bools,
    lower: Floats,
    upper: Floats,
    rows: int,
) -> tuple[Activity, Activity]:
    low = np.where(positive, lower[column], upper[column]) * value
    high = np.where(positive, upper[column], lower[column]) * value
    return _split_sum(low, row, rows), _split_sum(high, row, rows)


def _split_sum(values: Floats, row: Ints, rows: int) -> Activity:
    infinite = np.isinf(values)
    finite = np.bincount(row, weights=np.where(infinite, 0.0, values), minlength=rows)[:rows]
    return np.asarray(finite, dtype=np.float64), np.asarray(np.bincount(row, weights=infinite, minlength=rows)[:rows])


def _without(activity: Activity, own: Floats, row: Ints) -> Floats:
    """The row's activity without the entry's own part: infinite when another entry's is. The sign of the infinity is
    that of the side asked for, so the caller sees a bound that says nothing."""
    finite, count = activity
    infinite = np.isinf(own)
    rest = finite[row] - np.where(infinite, 0.0, own)
    others = count[row] - infinite
    return np.where(others > 0, np.nan, rest)
