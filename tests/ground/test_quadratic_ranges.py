"""The range of sums of products, against closed forms and dense samples; and what models may be written for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compiler.ground.quadratic_ranges import quadratic_ranges
from compiler.ground.sparse import Csr, Quad
from runtime.result import Status
from runtime.session import solve


def _range(linear: list[float], products: list[tuple[int, int, float]], constant: float, box: list[list[float]]):  # type: ignore[no-untyped-def]
    n = len(linear)
    i, j, v = (np.array(e) for e in zip(*products, strict=True))
    matrix = Csr.from_coo(np.zeros(n, np.int64), np.arange(n), np.array(linear), 1, n)
    quad = Quad.from_entries(np.zeros(len(i), np.int64), i, j, v.astype(np.float64), n)
    lower, upper = np.array(box, np.float64).T
    low, high = quadratic_ranges(matrix, np.array([constant]), quad, lower, upper)
    return float(low[0]), float(high[0])


def test_one_product_is_exact() -> None:
    """(x + 1/2)*(y + 3)."""
    found = _range([3, 0.5], [(0, 1, 1)], 1.5, [[0, 2], [-2, 2]])
    assert found == pytest.approx((0.5, 12.5), abs=1e-12)
    assert _range([3, 0.5], [(0, 1, 1)], 1.5, [[0, np.inf], [-2, np.inf]]) == (pytest.approx(0.5), np.inf)
    # A factor of zero times one without end.
    assert _range([3, 0.5], [(0, 1, 1)], 1.5, [[0, np.inf], [-3, -3]]) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_one_square_is_exact() -> None:
    """(z + 3)^2, 4 - (z - 1)^2."""
    assert _range([6], [(0, 0, 1)], 9, [[-2, 2]]) == pytest.approx((1.0, 25.0), abs=1e-12)
    assert _range([6], [(0, 0, 1)], 9, [[-np.inf, -4]]) == (pytest.approx(1.0), np.inf)
    assert _range([2], [(0, 0, -1)], 3, [[-2, 4]]) == pytest.approx((-5.0, 4.0), abs=1e-12)


@pytest.mark.parametrize("seed", range(60))
def test_nothing_is_cut_off(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    box = np.sort(rng.integers(-4, 5, (n, 2)), axis=1).astype(np.float64)
    pairs = {(int(min(p)), int(max(p))) for p in rng.integers(0, n, (rng.integers(1, 6), 2))}
    products = [(i, j, float(rng.choice([-3, -1, 0.5, 2]))) for i, j in sorted(pairs)]
    linear = rng.integers(-3, 4, n).astype(np.float64)
    low, high = _range(linear.tolist(), products, 1.0, box.tolist())
    x = box[:, 0] + (box[:, 1] - box[:, 0]) * np.concatenate([rng.integers(0, 2, (64, n)), rng.random((4000, n))])
    values = 1.0 + x @ linear + sum(v * x[:, i] * x[:, j] for i, j, v in products)
    assert low <= values.min() + 1e-9
    assert high >= values.max() - 1e-9


@pytest.mark.parametrize(
    "cost",
    [
        "1/((x + 0.5)*(y + 3)) + y/20",
        "1/(y + 3)^2 + y/40",
        "x/(y^2 + 6*y + 9) + y/40",
    ],
)
def test_quotients_that_are_defined(tmp_path: Path, cost: str) -> None:
    """Denominators above zero for all x in [0, 2], y in [-2, 2], which no single term shows; against a grid."""
    path = tmp_path / "m.game"
    path.write_text(
        f"player l {{ var x in [0, 2] minimize F = (y - 1/2)^2 + x/9 }}"
        f" player f follows l {{ var y in [-2, 2] minimize c = {cost} }}",
        "utf-8",
    )
    found = solve(path, time_limit=60, method="tangent_conditions")
    assert found.status is Status.OPTIMAL, found.diagnostics
    x, y = np.linspace(0, 2, 401)[:, None], np.linspace(-2, 2, 20_001)[None, :]
    best = y[0, np.argmin(eval(cost.replace("^", "**")) + 0 * (x + y), axis=1)]
    assert found.objectives["l.F"] == pytest.approx(float(((best - 0.5) ** 2 + x[:, 0] / 9).min()), abs=2e-3)
