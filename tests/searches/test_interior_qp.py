"""In: convex QPs whose minimum can be reckoned, or that HiGHS solves as well; out: that PIQP finds the same, with
multipliers, and that searches give its answers only where what binds is beyond doubt."""

from __future__ import annotations

import numpy as np
import pytest

from compiler.ground.sparse import Csr, Floats, Quad
from compiler.reformulations.program import Program
from runtime.solvers.highs import Highs
from runtime.solvers.interior_qp import InteriorQp
from runtime.solvers.solver import Options

pytestmark = pytest.mark.skipif(InteriorQp.missing(), reason="this CasADi has no PIQP")


def qp(cost: Floats, factor: Floats, matrix: Floats, limits: tuple[Floats, Floats]) -> tuple[Program, Csr]:
    """`cost @ z + |factor @ z|^2` for 0 <= z <= 1; with its Hessian."""
    square, n = factor.T @ factor, len(cost)
    i, j = np.nonzero(np.triu(square))
    value = np.where(i == j, 1.0, 2.0) * square[i, j]
    rows, columns = np.nonzero(matrix)
    h, k = np.nonzero(square)
    program = Program(
        lower=np.zeros(n),
        upper=np.ones(n),
        integer=np.zeros(n, np.bool_),
        cost=cost,
        cost_constant=0.0,
        cost_quad=Quad(np.zeros(len(i), np.int64), i, j, value),
        matrix=Csr.from_coo(rows, columns, matrix[rows, columns], len(matrix), n),
        row_lower=limits[0],
        row_upper=limits[1],
        row_quad=Quad.empty(),
    )
    return program, Csr.from_coo(h, k, 2.0 * square[h, k], n, n)


def test_a_minimum_by_hand() -> None:
    """(x - 2)^2 + (y - 2)^2 on x + y <= 1 is least at 1/2, 1/2, where one unit more of room is worth 3."""
    program, hessian = qp(np.array([-4.0, -4.0]), np.eye(2), np.ones((1, 2)), (np.array([-np.inf]), np.array([1.0])))
    found = InteriorQp(program, hessian).solve(program)
    assert found.z is not None
    assert found.row_duals is not None
    assert found.z == pytest.approx([0.5, 0.5], abs=1e-9)
    assert found.row_duals == pytest.approx([-3.0], abs=1e-9)
    assert found.objective == pytest.approx(-3.5, abs=1e-9)


def test_one_model_for_many_costs_and_limits() -> None:
    rng = np.random.default_rng(7)
    for _ in range(5):
        n, m = int(rng.integers(2, 12)), int(rng.integers(1, 6))
        factor, matrix = rng.normal(size=(n // 2 + 1, n)), rng.normal(size=(m, n)).round(1)
        middle = matrix @ np.full(n, 0.5)
        program, hessian = qp(np.zeros(n), factor, matrix, (middle - 0.5, middle + 0.5))
        model = InteriorQp(program, hessian)
        for _ in range(5):
            room = rng.random(m)
            limits = middle - room, np.where(rng.random(m) < 0.5, np.inf, middle + room)
            again, _ = qp(10.0 ** rng.integers(-6, 6) * rng.normal(size=n), factor, matrix, limits)
            found, expected = model.solve(again), Highs().solve(again, Options())
            assert found.z is not None
            assert again.violation(found.z) <= 1e-9
            size = max(1.0, float(np.abs(again.cost).sum()))
            assert found.objective == pytest.approx(expected.objective, abs=1e-6 * size)
