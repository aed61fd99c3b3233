"""Complementary pairs by a binary each and two indicator conditions: `z = 0 implies a <= 0`, `z = 1 implies b <= 0`.

From: a Program with `complementary` pairs (a, b): a >= 0, b >= 0, a*b = 0.
To: the same Program with a binary z and two `indicator` conditions in place of each product.
Requires: a solver that takes indicators (SCIP; HiGHS has none).
Exact: yes, and without any bound on a multiplier.
Way back: the binaries come last; the other columns keep their numbers.
Reference: Bonami, Lodi, Tramontani and Wiese, Math. Program. 151 (2015) 191.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.sparse import Csr
from compiler.reformulations.program import Part, Program


def complementarity_indicator(program: Program) -> Program:
    """The Program with its pairs as indicator conditions."""
    first, second = program.complementary[:, 0], program.complementary[:, 1]
    count, n = len(first), program.columns
    z = n + np.arange(count)
    off, on = np.zeros(count, np.int64), np.ones(count, np.int64)
    conditions = np.concatenate([np.stack([z, off, first], axis=1), np.stack([z, on, second], axis=1)])
    parts = program.column_parts
    if count:
        parts = (*parts, Part("which of a pair", n, n + count, np.arange(count), True))
    matrix = program.matrix
    return replace(
        program,
        lower=np.concatenate([program.lower, np.zeros(count)]),
        upper=np.concatenate([program.upper, np.ones(count)]),
        integer=np.concatenate([program.integer, np.ones(count, np.bool_)]),
        cost=np.concatenate([program.cost, np.zeros(count)]),
        matrix=Csr(matrix.indptr, matrix.indices, matrix.data, n + count),
        column_parts=parts,
        complementary=np.zeros((0, 2), np.int64),
        indicator=np.concatenate([program.indicator, conditions]),
    )
