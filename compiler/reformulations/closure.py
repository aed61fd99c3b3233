"""The limits of points at which strict conditions hold, as a Program.

From: two Programs with the same columns, rows, integers and pairs, of which the second asks more of some rows: what
    holds there with a distance is strict in what is meant.
To: minimise the first one's cost over z in the first and z' in the second, which share the integers and, of every
    pair, the side that is zero. With these given both sets are convex, so all points between z and z' but z itself
    keep a distance: z is the limit of points that do.
Requires: no products of two real columns in rows, no smooth functions; else None.
Exact or bound: its optimum is the infimum over the patterns in which the second Program has a point.
Way back: the first one's columns come first.
Reference: Balas, SIAM J. Algebraic Discrete Methods 6 (1985) 466, for such unions; the closure of a polyhedron with
    strict rows is that with weak ones if the former is not empty (Rockafellar, Convex Analysis (1970), 6.3).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.sparse import Csr, Quad
from compiler.reformulations.program import Part, Program


def closure(weak: Program, strict: Program) -> Program | None:
    """See the module."""
    n, m = weak.columns, weak.rows
    real = ~weak.integer
    quad = strict.row_quad
    if weak.curves or np.any(real[quad.i] & real[quad.j]):
        return None
    at = np.arange(n)
    at[real] = n + np.arange(int(real.sum()))
    count = n + int(real.sum())
    pairs = [a[weak.complementary] for a in (np.arange(n), at)]
    crossed = [np.stack([pairs[k][:, 0], pairs[1 - k][:, 1]], axis=1) for k in (0, 1)]
    both = [a[weak.sos1] for a in (np.arange(n), at)]
    crossed_sos1 = [np.stack([both[k][:, 0], both[1 - k][:, 1]], axis=1) for k in (0, 1)]
    matrix = Csr.from_coo(
        np.concatenate([weak.matrix.row_numbers(), m + strict.matrix.row_numbers()]),
        np.concatenate([weak.matrix.indices, at[strict.matrix.indices]]),
        np.concatenate([weak.matrix.data, strict.matrix.data]),
        2 * m,
        count,
    )
    first = weak.row_quad
    return replace(
        weak,
        lower=np.concatenate([weak.lower, strict.lower[real]]),
        upper=np.concatenate([weak.upper, strict.upper[real]]),
        integer=np.concatenate([weak.integer, np.zeros(count - n, np.bool_)]),
        cost=np.concatenate([weak.cost, np.zeros(count - n)]),
        matrix=matrix,
        row_lower=np.concatenate([weak.row_lower, strict.row_lower]),
        row_upper=np.concatenate([weak.row_upper, strict.row_upper]),
        row_quad=Quad.from_entries(
            np.concatenate([first.row, m + quad.row]),
            np.concatenate([first.i, at[quad.i]]),
            np.concatenate([first.j, at[quad.j]]),
            np.concatenate([first.value, quad.value]),
            count,
        ),
        column_parts=(*weak.column_parts, Part("inner point", n, count, np.flatnonzero(real), True)),
        row_parts=(*weak.row_parts, Part("inner row", m, 2 * m, np.arange(m), False)),
        complementary=np.concatenate([*pairs, *crossed]),
        sos1=np.concatenate([*both, *crossed_sos1]),
        indicator=weak.indicator,
    )
