"""A Program with integers, SOS1 pairs and indicators -> the LP or QP of one pattern of them.

From: a Program and a point z that keeps them. To: the Program with integers fixed at z, the smaller column of each pair
    and what indicators then hold at zero. Requires: nothing. Way back: the columns are the same.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.sparse import Csr, Floats, Ints, Quad
from compiler.reformulations.program import Program


def with_pattern_fixed(program: Program, z: Floats) -> Program:
    """The Program with integers fixed at z (k,), rounded, the smaller column of each SOS1 pair at zero, and no column
    of an indicator that is on above zero."""
    lower, upper = program.lower.copy(), program.upper.copy()
    whole = program.integer
    lower[whole] = upper[whole] = np.round(z[whole])
    if len(program.sos1):
        first, second = program.sos1[:, 0], program.sos1[:, 1]
        upper[np.where(z[first] <= z[second], first, second)] = 0.0
    binary, value, column = program.indicator.T
    held = column[np.round(z[binary]) == value]
    upper[held] = np.minimum(upper[held], 0.0)
    none = np.zeros((0, 2), np.int64)
    return replace(
        program,
        lower=lower,
        upper=upper,
        integer=np.zeros(program.columns, np.bool_),
        sos1=none,
        indicator=program.indicator[:0],
    )


def with_columns_fixed(program: Program, columns: Ints, z: Floats) -> Program:
    """The Program with `columns` fixed at their values in z, and their products folded into the linear parts."""
    fixed = np.zeros(program.columns, np.bool_)
    fixed[columns] = True
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[columns] = upper[columns] = z[columns]
    row_quad, row, column, value, shift = _split(program.row_quad, fixed, z, program.rows)
    cost_quad, _, at, slope, constant = _split(program.cost_quad, fixed, z, 1)
    matrix = Csr.from_coo(
        np.concatenate([program.matrix.row_numbers(), row]),
        np.concatenate([program.matrix.indices, column]),
        np.concatenate([program.matrix.data, value]),
        program.rows,
        program.columns,
    )
    cost = program.cost.copy()
    np.add.at(cost, at, slope)
    return replace(
        program,
        lower=lower,
        upper=upper,
        cost=cost,
        cost_constant=program.cost_constant + float(constant[0]),
        cost_quad=cost_quad,
        matrix=matrix,
        row_lower=program.row_lower - shift,
        row_upper=program.row_upper - shift,
        row_quad=row_quad,
    )


def _split(quad: Quad, fixed: np.ndarray, z: Floats, rows: int) -> tuple[Quad, Ints, Ints, Floats, Floats]:
    first, second = fixed[quad.i], fixed[quad.j]
    one, both = first ^ second, first & second
    known = np.where(first, quad.i, quad.j)[one]
    free = np.where(first, quad.j, quad.i)[one]
    constant = quad.value[both] * z[quad.i[both]] * z[quad.j[both]]
    sums: Floats = np.bincount(quad.row[both], constant, minlength=rows)[:rows].astype(np.float64)
    return quad.take(~(first | second)), quad.row[one], free, quad.value[one] * z[known], sums
