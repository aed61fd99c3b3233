"""Big-M beside bounds that are far away: pairs that bounds decide need no constant; for others the refusal says what
helps. Expected values are worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compiler.ground.sparse import Csr, Quad
from compiler.reformulations.column_bounds import ColumnBounds
from compiler.reformulations.complementarity_big_m import complementarity_big_m, fit, known_zeros
from compiler.reformulations.program import Program
from grammar.diagnostics import DiagnosticError
from runtime.result import Result, Status
from runtime.session import solve
from runtime.solvers.highs import Highs
from runtime.solvers.solver import Ending, Options

INF = np.inf


def answered(folder: Path, text: str, big_m: float | None = None) -> Result:
    path = folder / "m.game"
    path.write_text(text, "utf-8")
    return solve(path, solver="highs", big_m=big_m, time_limit=60)


FAR = {
    # y = x, worth -x to the leader.
    "one constraint": (
        "player l { var x in [0, 10] minimize a = x - 2*y }"
        " player f follows l { var y in [0, 1e6] maximize b = y constraint c: y <= x }",
        -10,
    ),
    # y + z = x however divided; the leader prefers y.
    "two columns": (
        "player l { var x in [0, 10] minimize a = x - 2*y - z }"
        " player f follows l { var y in [0, 1e6] var z in [0, 1e7] maximize b = y + z constraint c: y + z <= x }",
        -10,
    ),
    # y = max(x, 6 - x), least at x = 3.
    "a choice": (
        "player l { var x in [0, 10] minimize a = y }"
        " player f follows l { var y in [0, 1e9] minimize b = y constraint c: y >= x constraint d: y >= 6 - x }",
        3,
    ),
    # Demand 8, of which the leader's plant serves 5 where it asks 30 or less; the rest makes the price 30.
    "a market": (
        "player l { var bid in [0, 100] maximize a = lmp*q - 10*q }"
        " player f follows l { var q in [0, 5] var other in [0, 1e6] minimize b = bid*q + 30*other"
        " constraint balance: q + other == 8 price lmp }",
        100,
    ),
}


@pytest.mark.parametrize("big_m", [None, 1e4])
@pytest.mark.parametrize("name", FAR)
def test_a_far_bound_is_no_reason_to_refuse(tmp_path: Path, name: str, big_m: float | None) -> None:
    text, expected = FAR[name]
    found = answered(tmp_path, text, big_m)
    assert found.solver == "highs"
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.objectives["l.a"] == pytest.approx(expected, rel=1e-7)


def test_a_bound_that_is_far_and_met_is_refused_with_a_way_out(tmp_path: Path) -> None:
    """z = min(1e6*x, 1e7): at x = 10 its bound is met, elsewhere it is far."""
    text = (
        "player l { var x in [0, 10] minimize a = x - 2*y - z }"
        " player f follows l { var y in [0, 1] var z in [0, 1e7] maximize b = y + z + y*x"
        " constraint c: z <= 1e6*x constraint d: y - z <= 3 + x }"
    )
    with pytest.raises(DiagnosticError) as error:
        answered(tmp_path, text)
    (finding,) = error.value.diagnostics
    assert finding.code == "G710"
    assert "units" in finding.hints[1].text


def pair(lower: list[float], upper: list[float], cost: list[float]) -> tuple[Program, ColumnBounds]:
    """One pair with these proven bounds, declared only to be nowhere negative."""
    program = Program(
        lower=np.zeros(2),
        upper=np.full(2, INF),
        integer=np.zeros(2, np.bool_),
        cost=np.array(cost),
        cost_constant=0.0,
        cost_quad=Quad.empty(),
        matrix=Csr.from_coo(np.zeros(2, np.int64), np.arange(2), np.ones(2), 1, 2),
        row_lower=np.array([2.0]),
        row_upper=np.array([3e6]),
        row_quad=Quad.empty(),
        complementary=np.array([[0, 1]]),
    )
    known = ColumnBounds.of(program)
    return program, ColumnBounds(np.array(lower), np.array(upper), known.lower_source, known.upper_source)


@pytest.mark.parametrize(
    ("lower", "upper", "zero", "cost", "expected"),
    [
        # a is zero, as b is above it: b in [2, 3e6] by the row.
        ([0, 1.5], [INF, INF], (True, False), [-1, -2], (0, 3e6)),
        ([1.5, 0], [INF, 2e6], (False, True), [-1, -2], (3e6, 0)),
        # a has no room.
        ([0, 0], [0, 4e6], (True, False), [-1, 1], (0, 2)),
        ([0, 0], [INF, 0], (False, True), [1, -1], (2, 0)),
        # Nothing is known: the larger one of 5 and 4 at twice the worth.
        ([0, 0], [5, 4], (False, False), [-1, -2], (0, 4)),
    ],
)
def test_what_bounds_decide_of_a_pair(
    lower: list[float], upper: list[float], zero: tuple[bool, bool], cost: list[float], expected: tuple[float, float]
) -> None:
    program, bounds = pair(lower, upper, cost)
    assert known_zeros(program, bounds).tolist() == [list(zero)]
    assert fit(program, bounds).all()
    outcome = Highs().solve(complementarity_big_m(program, bounds), Options())
    assert outcome.ending is Ending.OPTIMAL
    assert outcome.z is not None
    assert outcome.z[:2] == pytest.approx(expected, rel=1e-9)


def test_two_columns_above_zero_leave_nothing() -> None:
    program, bounds = pair([1, 1], [5, 5], [1, 1])
    held = complementarity_big_m(program, bounds)
    held.lower[:2] = bounds.lower
    assert Highs().solve(held, Options()).ending is Ending.INFEASIBLE


@pytest.mark.parametrize(("lower", "upper"), [([0, 0], [INF, 4]), ([0, 1e-9], [3, 1e6])])
def test_what_is_not_known_needs_bounds(lower: list[float], upper: list[float]) -> None:
    program, bounds = pair(lower, upper, [1, 1])
    assert not fit(program, bounds).any()
