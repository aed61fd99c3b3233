"""Branching on pairs by pseudo-costs: the optimum is that of the best of all patterns, which LPs find one by one."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from compiler.ground.sparse import Csr, Floats, Quad
from compiler.reformulations.program import Program
from runtime.solvers.scip import Scip
from runtime.solvers.solver import Ending, Options

PAIRS = 7
TOP = 3.0


def random_pairs(seed: int) -> Program:
    """`PAIRS` pairs of columns in [0, `TOP`] and rows that want both sides of most of them."""
    random = np.random.default_rng(seed)
    columns, rows = 2 * PAIRS, 6
    a = random.integers(-4, 8, (rows, columns)).astype(np.float64)
    r, c = np.nonzero(a)
    return Program(
        lower=np.zeros(columns),
        upper=np.full(columns, TOP),
        integer=np.zeros(columns, np.bool_),
        cost=-random.integers(1, 9, columns).astype(np.float64),
        cost_constant=0.0,
        cost_quad=Quad.empty(),
        matrix=Csr.from_coo(r, c, a[r, c], rows, columns),
        row_lower=np.full(rows, -np.inf),
        row_upper=random.uniform(5.0, 15.0, rows),
        row_quad=Quad.empty(),
        sos1=np.arange(columns).reshape(PAIRS, 2),
    )


def best_of_all_patterns(program: Program) -> tuple[float, Floats]:
    """The least value, and the point of the pattern with the largest one, to begin from."""
    a = np.zeros((program.rows, program.columns))
    a[program.matrix.row_numbers(), program.matrix.indices] = program.matrix.data
    values, points = [], []
    for sides in product((0, 1), repeat=PAIRS):
        upper = program.upper.copy()
        upper[program.sos1[np.arange(PAIRS), sides]] = 0.0
        found = linprog(program.cost, a, program.row_upper, bounds=np.stack([program.lower, upper], axis=1))
        if found.status == 0:
            values.append(found.fun)
            points.append(found.x)
    return min(values), points[int(np.argmax(values))]


@pytest.mark.parametrize("seed", range(6))
def test_optima_are_those_of_all_patterns(seed: int) -> None:
    program = random_pairs(seed)
    value, poor = best_of_all_patterns(program)
    for start in (poor, None):
        found = Scip().solve(program, Options(gap=1e-9), start)
        assert found.ending is Ending.OPTIMAL
        assert found.objective == pytest.approx(value, abs=1e-5)
        assert found.bound == pytest.approx(value, abs=1e-5)
        assert found.z is not None
        assert np.all(found.z[program.sos1].min(axis=1) <= 1e-6)


def test_a_start_that_is_no_point_still_gives_the_optimum() -> None:
    """Then nothing is known that a trial could be measured by."""
    program = random_pairs(0)
    value, _ = best_of_all_patterns(program)
    found = Scip().solve(program, Options(gap=1e-9), np.full(program.columns, TOP))
    assert found.ending is Ending.OPTIMAL
    assert found.objective == pytest.approx(value, abs=1e-5)


def test_what_has_no_point_is_called_so() -> None:
    """A row asks for more than one side of each pair can give."""
    program = random_pairs(1)
    both = Csr.from_coo(np.zeros(2, np.int64), np.arange(2), np.ones(2), 1, program.columns)
    empty = replace(program, matrix=both, row_lower=np.array([1.5 * TOP]), row_upper=np.array([np.inf]))
    assert Scip().solve(empty, Options(), np.zeros(program.columns)).ending is Ending.INFEASIBLE
