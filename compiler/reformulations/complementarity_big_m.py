"""Complementary pairs by a binary each and the bounds of both columns: `a <= A*z`, `b <= B*(1 - z)`.

From: a Program with `complementary` pairs (a, b): a >= 0, b >= 0, a*b = 0; upper bounds A, B of its columns.
To: the same Program with a binary z and two rows in place of each product.
    Where bounds say that one column of a pair is above zero, or zero, the binary is fixed: no bound of either is
    needed, so that bounds meant to be out of the way (`var y in [0, 1e6]`) are.
Requires: else finite bounds, each proven or assumed in the open; pairs without them stay `complementary`, for another
    reformulation.
Exact or bound: exact if the bounds hold. One that is too small cuts off optima without a trace (the answer is still
    the follower's best), one that is too large is undone by the tolerance of integers: hence `LARGEST`.
Way back: the binaries come last; the other columns keep their numbers.
Reference: Fortuny-Amat and McCarl, J. Oper. Res. Soc. 32 (1981) 783; Pineda and Morales, IEEE Trans. Power Syst. 34
    (2019) 2469, and Kleinert, Labbe, Plein and Schmidt, Oper. Res. 68 (2020) 1716, for what goes wrong.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.sparse import Bools, Csr
from compiler.reformulations.column_bounds import ColumnBounds
from compiler.reformulations.program import Part, Program

LARGEST = 1e5
"""A bound beyond this lets a binary within a solver's tolerance of 0 (1e-6) free its column by more than 0.1: measured,
1e7 gave wrong answers in 10 of 10 problems."""

HELD = 1e-6
"""By how much, relative to 1 and to its upper bound, a column must be above zero for the other to be called zero:
solvers hold constraints to that."""


def known_zeros(program: Program, bounds: ColumnBounds) -> Bools:
    """Which columns of pairs are zero, as bounds say of them or, being above zero, of the other: (p, 2), one of a pair
    at most."""
    pairs = program.complementary
    tops = bounds.upper[pairs]
    size = np.maximum(1.0, np.where(np.isfinite(tops), tops, 1.0))
    above = bounds.lower[pairs] > HELD * size
    zero: Bools = (tops <= 0.0) | above[:, ::-1]
    zero[:, 1] &= ~zero[:, 0]
    return zero


def fit(program: Program, bounds: ColumnBounds) -> Bools:
    """Which pairs have bounds that can be used, or need none: (p,)."""
    tops = bounds.upper[program.complementary]
    usable: Bools = np.all(np.isfinite(tops) & (tops <= LARGEST), axis=1) | known_zeros(program, bounds).any(axis=1)
    return usable


def complementarity_big_m(program: Program, bounds: ColumnBounds, chosen: Bools | None = None) -> Program:
    """The Program with the `chosen` pairs (p,), by default those that `fit`, as binaries; the others stay.

    Raises ValueError for a chosen pair without bounds.
    """
    chosen = fit(program, bounds) if chosen is None else chosen
    pairs = program.complementary[chosen]
    first, second = pairs[:, 0], pairs[:, 1]
    A, B = bounds.upper[first].copy(), bounds.upper[second].copy()
    first_zero, second_zero = known_zeros(program, bounds)[chosen].T
    known = first_zero | second_zero
    if not np.isfinite(A + B)[~known].all():
        raise ValueError("a pair has no bound")
    # The row of a known zero says so, with the binary at its end; that of the other column says nothing.
    A[known], B[known] = np.where(first_zero, 0.0, 1.0)[known], np.where(first_zero, 1.0, 0.0)[known]
    count, n, m = len(pairs), program.columns, program.rows
    z = n + np.arange(count)
    one, two = m + np.arange(count), m + count + np.arange(count)
    # Rows in units in which the column's coefficient is 1 where its bound is small, else the binary's.
    scale_a, scale_b = 1 / np.maximum(1.0, A), 1 / np.maximum(1.0, B)
    matrix = Csr.from_coo(
        np.concatenate([program.matrix.row_numbers(), one, one, two, two]),
        np.concatenate([program.matrix.indices, first, z, second, z]),
        np.concatenate([program.matrix.data, scale_a, -scale_a * A, scale_b, scale_b * B]),
        m + 2 * count,
        n + count,
    )
    low = np.full(count, -np.inf)
    high_a, high_b = np.where(second_zero, np.inf, 0.0), np.where(first_zero, np.inf, scale_b * B)
    parts, rows = program.column_parts, program.row_parts
    if count:
        numbers = np.arange(count)
        parts = (*parts, Part("which of a pair", n, n + count, numbers, True))
        rows = (*rows, Part("pair", m, m + count, numbers, True), Part("pair", m + count, m + 2 * count, numbers, True))
    return replace(
        program,
        lower=np.concatenate([program.lower, np.where(second_zero, 1.0, 0.0)]),
        upper=np.concatenate([program.upper, np.where(first_zero, 0.0, 1.0)]),
        integer=np.concatenate([program.integer, np.ones(count, np.bool_)]),
        cost=np.concatenate([program.cost, np.zeros(count)]),
        matrix=matrix,
        row_lower=np.concatenate([program.row_lower, low, low]),
        row_upper=np.concatenate([program.row_upper, high_a, high_b]),
        column_parts=parts,
        row_parts=rows,
        complementary=program.complementary[~chosen],
    )
