"""How far rows are from being kept: the least sum of their violations.

From: a Program, some of its rows.
To: minimise the sum of `s+ + s-` over the same columns, bounds and other rows, with `l <= a z + s+ - s- <= u`,
    `s+, s- >= 0` in those rows.
Requires: nothing.
Exact: the minimum is 0 just where the rows can be kept; it is what a search goes by where they are not.
Way back: columns keep their numbers, the new ones come last.
Reference: Brown and Graves, elastic programming (1975); Chinneck, Feasibility and Infeasibility in Optimization (2008).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.sparse import Csr, Ints, Quad
from compiler.reformulations.program import Program


def elastic(program: Program, rows: Ints) -> Program:
    """See the module; `rows` (r,), each once."""
    r, n = len(rows), program.columns
    up, down = n + np.arange(r), n + r + np.arange(r)
    matrix = Csr.from_coo(
        np.concatenate([program.matrix.row_numbers(), rows, rows]),
        np.concatenate([program.matrix.indices, up, down]),
        np.concatenate([program.matrix.data, np.ones(r), -np.ones(r)]),
        program.rows,
        n + 2 * r,
    )
    return replace(
        program,
        lower=np.concatenate([program.lower, np.zeros(2 * r)]),
        upper=np.concatenate([program.upper, np.full(2 * r, np.inf)]),
        integer=np.concatenate([program.integer, np.zeros(2 * r, np.bool_)]),
        cost=np.concatenate([np.zeros(n), np.ones(2 * r)]),
        cost_constant=0.0,
        cost_quad=Quad.empty(),
        matrix=matrix,
    )
