"""Sums of products and linear terms + bounds -> the range of each sum, terms of one column taken together.

`(x + 0.5)*(y + 3)` arrives here as `x*y + 3*x + 0.5*y + 1.5`. Term by term its range reaches far below zero where both
factors are above it; as one bilinear function of x and y it is found exactly, at the corners. So is that of
`z^2 + 6*z + 9`, a square. Each linear term joins the square of its column, or else the first product that holds it.
Exact or bound: a bound; exact of one product or square with its linear terms, up to rounding, which is outward.
Reference: Moore, Kearfott and Cloud, Introduction to Interval Analysis (2009), chapter 6 (a column that stands once has
    no dependency).
"""

from __future__ import annotations

import numpy as np

from compiler.ground.propagate import intervals, product_ends, product_range
from compiler.ground.sparse import Csr, Floats, Ints, Quad

ULPS = 8.0
"""Roundings of the largest number in a sum of which the order does not matter."""


def quadratic_ranges(matrix: Csr, constant: Floats, quad: Quad, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Least and greatest value of `constant + matrix @ x + quad(x)` within the bounds (columns,): both (rows,),
    infinite where unbounded. A column stands at most once in each row of the matrix."""
    low, high = intervals(matrix, constant, lower, upper)
    if not quad.entries:
        return low, high
    least, most = product_ends(quad.i, quad.j, quad.value, lower, upper)
    low, high = low + _summed(quad.row, least, len(low)), high + _summed(quad.row, most, len(high))

    of_first, of_second, rest = _joined(matrix, quad)
    value, square = quad.value, quad.i == quad.j
    # q*a*b + c*a + d*b = q*(a + d/q)*(b + c/q) - c*d/q; of a square, half of its term belongs to either factor.
    to_first, to_second = of_second / value, of_first / value
    ends = [e[quad.i] + to_first for e in (lower, upper)] + [e[quad.j] + to_second for e in (lower, upper)]
    least, most = product_range(*ends)
    with np.errstate(over="ignore"):
        squares = [ends[0] ** 2, ends[1] ** 2]
    least = np.where(square, np.where((ends[0] < 0) & (ends[1] > 0), 0.0, np.minimum(*squares)), least)
    most = np.where(square, np.maximum(*squares), most)
    beside = of_first * of_second / value
    least, most = np.where(value > 0, value * least, value * most), np.where(value > 0, value * most, value * least)
    other = intervals(rest, constant, lower, upper)
    found = [e + _summed(quad.row, of - beside, len(low)) for e, of in zip(other, (least, most), strict=True)]
    size = np.abs(constant) + _summed(quad.row, np.abs(beside), len(low))
    slack = [
        ULPS * np.finfo(np.float64).eps * (size + np.abs(np.where(np.isfinite(e), e, 0.0))) for e in (*other, *found)
    ]
    return np.fmax(low, found[0] - slack[0] - slack[2]), np.fmin(high, found[1] + slack[1] + slack[3])


def _summed(row: Ints, values: Floats, rows: int) -> Floats:
    """(rows,); infinite where some value is."""
    total: Floats = np.zeros(rows)
    np.add.at(total, row, values)
    return total


def _joined(matrix: Csr, quad: Quad) -> tuple[Floats, Floats, Csr]:
    """The linear coefficients that join the first and the second factor of each product, (entries,) both; and the
    matrix without them."""
    square = quad.i == quad.j
    order = np.concatenate([np.flatnonzero(square), np.flatnonzero(~square)])
    claims = np.concatenate([quad.i[order], quad.j[order]]) + matrix.columns * np.concatenate([quad.row[order]] * 2)
    # Squares come first: their claims are numbered before those of the products.
    number = np.concatenate([order, order + quad.entries])
    rank = np.concatenate([np.arange(len(order)) * 2, np.arange(len(order)) * 2 + 1])
    by_rank = np.argsort(rank, kind="stable")
    claims, number = claims[by_rank], number[by_rank]
    wanted, first = np.unique(claims, return_index=True)
    entry = matrix.row_numbers() * matrix.columns + matrix.indices
    place = np.searchsorted(wanted, entry)
    taken = (place < len(wanted)) & (wanted[np.minimum(place, len(wanted) - 1)] == entry)
    found = np.zeros(2 * quad.entries)
    found[number[first[place[taken]]]] = matrix.data[taken]
    of_first, of_second = found[: quad.entries], found[quad.entries :]
    both = np.where(square, (of_first + of_second) / 2, 0.0)
    left, row = ~taken, matrix.row_numbers()
    rest = Csr.from_coo(row[left], matrix.indices[left], matrix.data[left], matrix.rows, matrix.columns)
    return np.where(square, both, of_first), np.where(square, both, of_second), rest
