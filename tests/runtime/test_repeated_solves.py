"""In: one model in HiGHS that is solved many times; out: that a time limit is for each solve, and that an LP which does
not end costs a bound and no more."""

from __future__ import annotations

import numpy as np
import pytest

from compiler.ground.sparse import Csr, Floats, Quad
from compiler.reformulations.column_bounds import ColumnBounds
from compiler.reformulations.program import Program
from runtime.methods.counted_work import ONE_LP, CountedWork
from runtime.methods.derived_bounds import Relaxation
from runtime.solvers.highs import HighsModel
from runtime.solvers.solver import Ending, Options, Outcome

NONE = np.zeros((0, 2), np.int64)


def lp() -> Program:
    """min x - y with x + y <= 4, 0 <= x, y <= 3."""
    return Program(
        lower=np.zeros(2),
        upper=np.full(2, 3.0),
        integer=np.zeros(2, np.bool_),
        cost=np.array([1.0, -1.0]),
        cost_constant=0.0,
        cost_quad=Quad.empty(),
        matrix=Csr.from_coo(np.zeros(2, np.int64), np.arange(2), np.ones(2), 1, 2),
        row_lower=np.full(1, -np.inf),
        row_upper=np.full(1, 4.0),
        row_quad=Quad.empty(),
        column_parts=(),
        row_parts=(),
        complementary=NONE,
        sos1=NONE,
        curves=(),
    )


def test_a_time_limit_is_for_each_solve() -> None:
    """HiGHS compares its limit with the seconds of all runs together."""
    model = HighsModel(lp())
    for _ in range(3):
        used = model._highs.getRunTime()
        assert model.solve(Options(time_limit=1.0)).ending is Ending.OPTIMAL
        assert model._highs.getOptionValue("time_limit")[1] == pytest.approx(used + 1.0, abs=1e-9)
        assert model._highs.getRunTime() > used


def test_an_lp_without_end_leaves_its_bound_out(monkeypatch: pytest.MonkeyPatch) -> None:
    program = lp()
    relaxed = Relaxation(program, ColumnBounds.of(program), CountedWork())
    limits: list[float | None] = []
    afresh: list[bool] = []
    right = HighsModel.solve

    def endless(self: HighsModel, options: Options, start: Floats | None = None) -> Outcome:
        limits.append(options.time_limit)
        return Outcome(Ending.LIMIT)

    monkeypatch.setattr(HighsModel, "solve", endless)
    monkeypatch.setattr(HighsModel, "start_afresh", lambda self: afresh.append(True))
    assert relaxed.least_of(1, -1.0) == float("-inf")
    assert limits == [ONE_LP]
    assert afresh == [True]
    monkeypatch.setattr(HighsModel, "solve", right)
    assert relaxed.least_of(1, -1.0) == pytest.approx(-3.0, abs=1e-5)
