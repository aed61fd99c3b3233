"""Directions along which a convex Program falls without limit.

From: a Program with a convex objective and linear rows, and which of its columns may move.
To: the LP over directions d of length at most 1 in each column: minimise `cost @ d`, where d leaves no finite bound or
    row limit behind and the Hessian maps it to zero (the squares do not bend along it).
Requires: no products in rows that hold a moving column.
Exact: a feasible convex quadratic program with linear rows is unbounded just when such a direction with a negative cost
    exists; with integers, when the data are rational.
Reference: Frank and Wolfe, Naval Research Logistics Quarterly 3 (1956) 95; for integers, Meyer, Math. Programming 7
    (1974) 223.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.sparse import Bools, Csr, Quad
from compiler.reformulations.program import Program


def recession(program: Program, moves: Bools) -> Program:
    """The LP of directions for the columns in the mask `moves` (k,); all others stay."""
    n, quad = program.columns, program.cost_quad
    inner = quad.take(moves[quad.i] & moves[quad.j])
    bend = Csr.from_coo(
        np.concatenate([inner.i, inner.j]), np.concatenate([inner.j, inner.i]), np.tile(inner.value, 2), n, n
    )
    flat = bend.take_rows(np.flatnonzero(np.diff(bend.indptr)))
    matrix = Csr.from_coo(
        np.concatenate([program.matrix.row_numbers(), program.rows + flat.row_numbers()]),
        np.concatenate([program.matrix.indices, flat.indices]),
        np.concatenate([program.matrix.data, flat.data]),
        program.rows + flat.rows,
        n,
    )
    still = np.zeros(flat.rows)
    return Program(
        lower=np.where(moves & ~np.isfinite(program.lower), -1.0, 0.0),
        upper=np.where(moves & ~np.isfinite(program.upper), 1.0, 0.0),
        integer=np.zeros(n, np.bool_),
        cost=program.cost,
        cost_constant=0.0,
        cost_quad=Quad.empty(),
        matrix=matrix,
        row_lower=np.concatenate([np.where(np.isfinite(program.row_lower), 0.0, -np.inf), still]),
        row_upper=np.concatenate([np.where(np.isfinite(program.row_upper), 0.0, np.inf), still]),
        row_quad=Quad.empty(),
    )
