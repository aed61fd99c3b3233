"""Complementary pairs as products: `a*b <= 0`.

From: a Program with `complementary` pairs (a, b): a >= 0, b >= 0, a*b = 0.
To: the same Program with a quadratic row for each pair.
Requires: a solver of nonconvex quadratic rows: globally SCIP, which branches on the columns, so that finite bounds
    help it much; locally any NLP solver, though no point satisfies a constraint qualification (hence relaxations).
Exact: up to the solver's tolerance on the product, which leaves each factor its square root.
Way back: nothing to undo, the columns are the same.
Reference: Scheel and Scholtes, Math. Oper. Res. 25 (2000) 1.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.sparse import Csr, Quad
from compiler.reformulations.program import Part, Program


def complementarity_product(program: Program) -> Program:
    """The Program with its pairs as rows."""
    pairs = program.complementary
    count, m = len(pairs), program.rows
    rows = m + np.arange(count)
    matrix, quad = program.matrix, program.row_quad
    parts = program.row_parts
    if count:
        parts = (*parts, Part("pair", m, m + count, np.arange(count), True))
    indptr = np.concatenate([matrix.indptr, np.full(count, matrix.nnz)])
    return replace(
        program,
        matrix=Csr(indptr, matrix.indices, matrix.data, program.columns),
        row_lower=np.concatenate([program.row_lower, np.full(count, -np.inf)]),
        row_upper=np.concatenate([program.row_upper, np.zeros(count)]),
        row_quad=Quad.from_entries(
            np.concatenate([quad.row, rows]),
            np.concatenate([quad.i, pairs[:, 0]]),
            np.concatenate([quad.j, pairs[:, 1]]),
            np.concatenate([quad.value, np.ones(count)]),
            program.columns,
        ),
        row_parts=parts,
        complementary=np.zeros((0, 2), np.int64),
    )
