"""Curvature of sums of products: known signs, scale, many blocks, and agreement with dense eigenvalues."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.ground.curvature import Curvature, components, shape_of


def shape(entries: list[tuple[int, int, float]]):
    i, j, v = (np.array([e[k] for e in entries]) for k in range(3))
    return shape_of(i.astype(np.int64), j.astype(np.int64), v.astype(np.float64))


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], Curvature.LINEAR),
        ([(3, 3, 1.0)], Curvature.CONVEX),
        ([(3, 3, -1.0)], Curvature.NONCONVEX),
        ([(0, 1, 1.0)], Curvature.NONCONVEX),
        ([(0, 0, 1.0), (0, 1, 1.0)], Curvature.NONCONVEX),
        ([(0, 0, 1.0), (0, 1, 2.0), (1, 1, 1.0)], Curvature.CONVEX),
        ([(0, 0, 1.0), (0, 1, 2.001), (1, 1, 1.0)], Curvature.NONCONVEX),
        ([(0, 0, 1e12), (0, 1, 2.0), (1, 1, 1e-12)], Curvature.CONVEX),
        ([(0, 0, 1e12), (0, 1, 2.01), (1, 1, 1e-12)], Curvature.NONCONVEX),
    ],
)
def test_known(entries: list[tuple[int, int, float]], expected: Curvature) -> None:
    assert shape(entries).curvature is expected


def test_the_pair_that_shows_it() -> None:
    found = shape([(0, 0, 5.0), (2, 2, 1.0), (2, 7, 3.0), (7, 7, 1.0)])
    assert (found.i, found.j) == (2, 7)


def test_square_of_a_sum_is_convex_despite_rounding() -> None:
    """(sum 0.1*k*x_k)^2 over 40 columns: rank one, all other eigenvalues zero up to rounding."""
    a = 0.1 * np.arange(1, 41)
    entries = [(i, j, (1 if i == j else 2) * a[i] * a[j]) for i in range(40) for j in range(i, 40)]
    assert shape(entries).curvature is Curvature.CONVEX


def test_three_columns_need_eigenvalues() -> None:
    """All 2x2 minors are positive, the determinant is not: 1 - 3*0.36 - 2*0.216 < 0 for off-diagonals of -0.6."""
    entries = [(k, k, 1.0) for k in range(3)] + [(i, j, -1.2) for i in range(3) for j in range(i + 1, 3)]
    found = shape(entries)
    assert found.curvature is Curvature.NONCONVEX
    assert 0 <= found.i < found.j <= 2


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.booleans())
def test_agrees_with_dense_eigenvalues(seed: int, n: int, semidefinite: bool) -> None:
    rng = np.random.default_rng(seed)
    root = np.round(rng.normal(size=(n, n)), 2) * (rng.random((n, n)) < 0.6)
    H = root @ root.T if semidefinite else root + root.T
    i, j = np.triu_indices(n)
    value = np.where(i == j, H[i, j] / 2, H[i, j])
    keep = value != 0
    found = shape_of(i[keep] * 3, j[keep] * 3, value[keep])
    least = np.linalg.eigvalsh(H)[0]
    if least < -1e-9:
        assert found.curvature is Curvature.NONCONVEX
    elif semidefinite:
        assert found.convex


def test_components_of_a_long_path() -> None:
    n = 5000
    rng = np.random.default_rng(0)
    order = rng.permutation(n)
    label = components(order[:-1], order[1:], n + 2)
    assert np.all(label[:n] == 0)
    assert label[n] == n
