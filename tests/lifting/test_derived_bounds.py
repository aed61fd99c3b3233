"""Bounds from propagation cut no feasible point off: compared with each column's true range, by scipy, and by
enumeration of integers."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from compiler.ground.propagate import intervals, propagate
from compiler.ground.sparse import Csr, Quad

COLUMNS = 4
numbers = st.integers(-4, 4)


@st.composite
def systems(draw: st.DrawFn) -> tuple[np.ndarray, ...]:
    """Rows, their bounds, column bounds (some infinite) and which columns are integers."""
    rows = draw(st.integers(1, 4))
    A = np.array([[draw(numbers) for _ in range(COLUMNS)] for _ in range(rows)], dtype=float)
    middle = np.array([draw(numbers) for _ in range(rows)], dtype=float)
    width = np.array([draw(st.sampled_from([0.0, 1.0, 3.0, np.inf])) for _ in range(rows)])
    lower = np.array([draw(st.sampled_from([-np.inf, -3.0, -0.5, 0.0])) for _ in range(COLUMNS)])
    upper = np.array([draw(st.sampled_from([np.inf, 4.0, 1.5])) for _ in range(COLUMNS)])
    integer = np.array([draw(st.booleans()) for _ in range(COLUMNS)])
    return A, middle - width, middle, lower, upper, integer


def matrix(A: np.ndarray) -> Csr:
    row, column = np.nonzero(A)
    return Csr.from_coo(row, column, A[row, column], *A.shape)


@settings(max_examples=150, deadline=None)
@given(systems())
def test_no_feasible_point_is_cut_off(system: tuple[np.ndarray, ...]) -> None:
    A, row_lower, row_upper, lower, upper, integer = system
    tight_lower, tight_upper = propagate(matrix(A), Quad.empty(), row_lower, row_upper, lower, upper, integer)
    assert (tight_lower >= lower).all()
    assert (tight_upper <= upper).all()
    for k, sign in itertools.product(range(COLUMNS), (1, -1)):
        cost = np.zeros(COLUMNS)
        cost[k] = sign
        found = milp(
            cost,
            constraints=LinearConstraint(A, row_lower, row_upper),
            bounds=Bounds(lower, upper),
            integrality=integer,
        )
        if found.status == 2:
            return
        if found.status == 4:
            continue  # HiGHS ended without a verdict
        if found.status != 0:
            end = -sign * np.inf
            assert (tight_lower if sign == 1 else tight_upper)[k] == end
            continue
        if sign == 1:
            assert tight_lower[k] <= found.fun + 1e-6
        else:
            assert tight_upper[k] >= -found.fun - 1e-6


@settings(max_examples=150, deadline=None)
@given(systems())
def test_intervals_are_the_ends_over_the_box(system: tuple[np.ndarray, ...]) -> None:
    A, constant, _, lower, upper, _ = system
    constant = np.where(np.isfinite(constant), constant, 1.0)
    low, high = intervals(matrix(A), constant, lower, upper)
    for k in range(len(A)):
        for sign, value in ((1, low[k]), (-1, high[k])):
            found = linprog(sign * A[k], bounds=np.stack([lower, upper], axis=1), method="highs")
            assert value == (sign * found.fun + constant[k] if found.status == 0 else -sign * np.inf)


def test_a_chain_of_rows_is_followed() -> None:
    """x0 <= 2, x1 <= x0 + 1, x2 == 2*x1, x3 integer with 2*x3 <= x2: the last is at most 3."""
    A = np.array([[1, 0, 0, 0], [-1, 1, 0, 0], [0, -2, 1, 0], [0, 0, -1, 2]], dtype=float)
    infinite = np.full(4, np.inf)
    row_lower = np.array([-np.inf, -np.inf, 0, -np.inf])
    integer = np.array([False, False, False, True])
    _, upper = propagate(matrix(A), Quad.empty(), row_lower, np.array([2.0, 1, 0, 0]), -infinite, infinite, integer)
    np.testing.assert_allclose(upper, [2, 3, 6, 3], atol=1e-6)


@settings(max_examples=150, deadline=None)
@given(
    systems(), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), numbers), max_size=3), st.integers(0, 10_000)
)
def test_no_point_is_cut_off_by_rows_with_products(
    system: tuple[np.ndarray, ...], products: list[tuple[int, int, int]], seed: int
) -> None:
    """Points within the bounds are drawn, and each row is then put through one of them."""
    A, _, _, lower, upper, _ = system
    lower, upper = np.maximum(lower, -9.0), np.minimum(upper, 9.0)
    point = np.random.default_rng(seed).uniform(lower, upper)
    quad = Quad.from_entries(
        np.zeros(len(products), np.int64),
        np.array([i for i, _, _ in products], np.int64),
        np.array([j for _, j, _ in products], np.int64),
        np.array([v for _, _, v in products], np.float64),
        COLUMNS,
    )
    value = A @ point
    value[0] += sum(v * point[i] * point[j] for i, j, v in products)
    low, high = propagate(matrix(A), quad, value, value, lower, upper, np.zeros(COLUMNS, bool))
    assert (low <= point + 1e-6).all()
    assert (high >= point - 1e-6).all()
