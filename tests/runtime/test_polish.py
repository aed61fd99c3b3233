"""In: Programs whose pattern is known; out: that polishing makes the point exact, and gives up where HiGHS does
not end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from compiler.ground.sparse import Csr, Floats, Quad
from compiler.reformulations.program import Program
from runtime.methods import polish
from runtime.methods.polish import PATIENCE, polished
from runtime.solvers.highs import Highs
from runtime.solvers.solver import Ending, Options, Outcome

NONE = np.zeros((0, 2), np.int64)


def pair(cost_quad: Quad) -> Program:
    """min x + y (+ products) with x + 2y >= 1 and one of x and y zero."""
    return Program(
        lower=np.zeros(2),
        upper=np.ones(2),
        integer=np.zeros(2, np.bool_),
        cost=np.ones(2),
        cost_constant=0.0,
        cost_quad=cost_quad,
        matrix=Csr.from_coo(np.zeros(2, np.int64), np.arange(2), np.array([1.0, 2.0]), 1, 2),
        row_lower=np.ones(1),
        row_upper=np.full(1, np.inf),
        row_quad=Quad.empty(),
        column_parts=(),
        row_parts=(),
        complementary=NONE,
        sos1=np.array([[0, 1]]),
        curves=(),
    )


def test_the_point_is_exact() -> None:
    found = polished(pair(Quad.empty()), np.array([1e-7, 0.5 + 1e-7]), Options())
    assert found is not None
    assert found.z is not None
    assert found.z == pytest.approx([0.0, 0.5], abs=1e-12)


@pytest.mark.parametrize("limit", [None, 0.5, 100.0])
@pytest.mark.parametrize("product", [False, True])
def test_no_solve_may_take_longer_than_its_patience(
    monkeypatch: pytest.MonkeyPatch, limit: float | None, product: bool
) -> None:
    """A solver that only ends at its limit: the point is left as it is."""
    asked: list[float | None] = []

    class Endless(Highs):
        def solve(self, program: Program, options: Options, start: Floats | None = None) -> Outcome:
            asked.append(options.time_limit)
            return Outcome(Ending.LIMIT)

    monkeypatch.setattr(polish, "Highs", Endless)
    one = np.ones(1, np.int64)
    program = pair(Quad(0 * one, 0 * one, one, np.full(1, -1.0)) if product else Quad.empty())
    assert (
        polished(replace(program, sos1=NONE if product else program.sos1), np.array([0.0, 0.5]), Options(limit)) is None
    )
    assert asked
    assert all(seconds is not None and seconds <= min(PATIENCE, limit or PATIENCE) for seconds in asked)
