"""The adapters against closed forms; what they must never be given; signs of duals; endings."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest

from compiler.ground.sparse import Csr, Quad
from compiler.reformulations.program import Program
from runtime.solvers.highs import Highs, HighsModel
from runtime.solvers.registry import SOLVERS
from runtime.solvers.scip import Scip
from runtime.solvers.solver import Ending, Options

INF = np.inf


def quad(entries: list[tuple[int, int, int, float]], n: int) -> Quad:
    r, i, j, v = (np.array([e[k] for e in entries]) for k in range(4))
    return Quad.from_entries(r.astype(np.int64), i.astype(np.int64), j.astype(np.int64), v.astype(np.float64), n)


def program(
    cost: list[float],
    rows: list[tuple[list[float], float, float]] = [],  # noqa: B006
    bounds: tuple[float, float] = (0.0, 10.0),
    integer: bool = False,
    cost_quad: list[tuple[int, int, int, float]] = [],  # noqa: B006
    row_quad: list[tuple[int, int, int, float]] = [],  # noqa: B006
    sos1: list[tuple[int, int]] = [],  # noqa: B006
    constant: float = 0.0,
) -> Program:
    n = len(cost)
    A = np.array([r[0] for r in rows], np.float64).reshape(len(rows), n)
    at, column = np.nonzero(A)
    return Program(
        lower=np.full(n, bounds[0]),
        upper=np.full(n, bounds[1]),
        integer=np.full(n, integer),
        cost=np.array(cost, np.float64),
        cost_constant=constant,
        cost_quad=quad(cost_quad, n),
        matrix=Csr.from_coo(at, column, A[at, column], len(rows), n),
        row_lower=np.array([r[1] for r in rows], np.float64),
        row_upper=np.array([r[2] for r in rows], np.float64),
        row_quad=quad(row_quad, n),
        sos1=np.array(sos1, np.int64).reshape(-1, 2),
    )


PROVERS = ("highs", "scip")
"""Those that prove global optima; IPOPT has tests of its own."""


@pytest.mark.parametrize("name", PROVERS)
def test_lp(name: str) -> None:
    """min x + 2y + 7, x + y >= 2, x <= 1.5: 1.5 and 0.5."""
    out = SOLVERS[name].solve(program([1, 2], [([1, 1], 2, INF), ([1, 0], -INF, 1.5)], constant=7), Options())
    assert out.ending is Ending.OPTIMAL
    assert out.z == pytest.approx([1.5, 0.5])
    assert out.objective == pytest.approx(9.5)
    assert out.bound == pytest.approx(9.5)


def test_duals_are_changes_of_the_minimum() -> None:
    out = Highs().solve(program([1, 2], [([1, 1], 2, INF), ([1, 0], -INF, 1.5)]), Options())
    assert out.row_duals == pytest.approx([2, -1])


@pytest.mark.parametrize("name", PROVERS)
@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e6])
def test_small_costs_decide_too(name: str, scale: float) -> None:
    """A cost of 1e-8 is below every solver's absolute tolerance and must decide all the same."""
    out = SOLVERS[name].solve(program([1 * scale, 1.5 * scale], [([1, 1], 2, INF)]), Options())
    assert out.z == pytest.approx([2, 0])
    assert out.objective == pytest.approx(2 * scale, rel=1e-6)


@pytest.mark.parametrize("name", PROVERS)
def test_convex_quadratic(name: str) -> None:
    """min x^2 + 2y^2 + xy/2 - 2x - 4y: from 2x + y/2 = 2, x/2 + 4y = 4."""
    out = SOLVERS[name].solve(program([-2, -4], cost_quad=[(0, 0, 0, 1), (0, 1, 1, 2), (0, 0, 1, 0.5)]), Options())
    assert out.z == pytest.approx(np.linalg.solve([[2, 0.5], [0.5, 4]], [2, 4]), abs=1e-4)


@pytest.mark.parametrize("name", PROVERS)
def test_milp(name: str) -> None:
    out = SOLVERS[name].solve(program([-5, -4], [([6, 4], -INF, 23), ([1, 2], -INF, 6)], integer=True), Options())
    best = min(-5 * x - 4 * y for x in range(11) for y in range(11) if 6 * x + 4 * y <= 23 and x + 2 * y <= 6)
    assert out.objective == pytest.approx(best)
    assert out.bound == pytest.approx(best, rel=1e-5)


def test_a_quadratic_without_rows_is_not_unbounded() -> None:
    """min (x + y - z)^2 + x + y + z, x, y >= -5, z >= 0: z = 0, then s^2 + s with s = x + y is least at -1/2, where
    it is -1/4.

    HiGHS 1.15 alone says "unbounded" of problems without rows and with open columns.
    """
    squares = [(0, 0, 0, 1.0), (0, 1, 1, 1.0), (0, 2, 2, 1.0), (0, 0, 1, 2.0), (0, 0, 2, -2.0), (0, 1, 2, -2.0)]
    open_ended = replace(program([1, 1, 1], cost_quad=squares), lower=np.array([-5.0, -5, 0]), upper=np.full(3, INF))
    out = Highs().solve(open_ended, Options())
    assert out.ending is Ending.OPTIMAL
    assert out.objective == pytest.approx(-0.25, abs=1e-8)
    assert out.row_duals.shape == (0,)


@pytest.mark.parametrize("rows", [[], [([0.0, 1.0, 1.0], -INF, 5.0)]])
def test_a_square_beside_columns_without_cost_ends(rows: list[tuple[list[float], float, float]]) -> None:
    """HiGHS 1.15 goes round for ever in `min x^2 + x` with such columns, with its own regularisation of 1e-7."""
    outcome = Highs().solve(program([1, 0, 0], rows, (-10, 20), cost_quad=[(0, 0, 0, 1)]), Options(time_limit=20))
    assert outcome.ending is Ending.OPTIMAL
    assert outcome.objective == pytest.approx(-0.25)
    assert outcome.seconds < 5


def test_highs_regularisation_is_taken_out() -> None:
    """min 5e-5*x^2 - 1e-4*x + 1e-9*y^2 - 2e-9*y is least at (1, 1), though HiGHS adds 1e-7 to each curvature."""
    flat = program([-1e-4, -2e-9], cost_quad=[(0, 0, 0, 5e-5), (0, 1, 1, 1e-9)], bounds=(-9, 9))
    out = Highs().solve(flat, Options())
    assert out.z == pytest.approx([1, 1], abs=1e-4)


def test_highs_refuses_what_it_gets_wrong() -> None:
    """`min x*y` on [-1, 1]^2: HiGHS would say 0; the truth is -1."""
    indefinite = program([0, 0], bounds=(-1, 1), cost_quad=[(0, 0, 1, 1)])
    assert Highs().refuses(indefinite)
    with pytest.raises(ValueError, match="convex"):
        HighsModel(indefinite)
    assert Scip().solve(indefinite, Options()).objective == pytest.approx(-1, abs=1e-6)
    assert "integers" in Highs().refuses(program([0], integer=True, cost_quad=[(0, 0, 0, 1)]))
    assert Highs().refuses(program([0, 0], sos1=[(0, 1)]))
    assert Highs().refuses(program([0, 0], [([0, 0], 0, 1)], row_quad=[(0, 0, 1, 1)]))


def test_scip_takes_products_pairs_and_integer_quadratics() -> None:
    product = program([1, 1], [([0, 0], 4, INF)], row_quad=[(0, 0, 1, 1)])
    assert Scip().solve(product, Options()).objective == pytest.approx(4, abs=1e-5)
    pair = program([-1, -2], [([1, 1], -INF, 5)], sos1=[(0, 1)], bounds=(0, 3))
    assert Scip().solve(pair, Options()).z == pytest.approx([0, 3])
    whole = program([-3.4], integer=True, cost_quad=[(0, 0, 0, 1)])
    assert Scip().solve(whole, Options()).z == pytest.approx([2])


def test_scip_keeps_the_optimum_where_products_fall_away() -> None:
    """min 6b - a over binaries a and b, d = 1/2, c or d zero, bc - a/4 - e = -3/4: so c = 0, and a = 1 is best.

    SCIP 10.0.2 makes a linear constraint of the last one and then rules a = 1 out, unless told not to."""
    mixed = replace(
        program(
            [-1, 6, 0, 0, 0],
            [([0, 0, 0, 1, 0], 0.5, 0.5), ([-0.25, 0, 0, 0, -1], -0.75, -0.75)],
            bounds=(0, INF),
            row_quad=[(1, 1, 2, 1)],
            sos1=[(2, 3)],
        ),
        upper=np.array([1, 1, INF, INF, INF]),
        integer=np.array([True, True, False, False, False]),
    )
    out = Scip().solve(mixed, Options())
    assert out.ending is Ending.OPTIMAL
    assert out.objective == pytest.approx(-1, abs=1e-6)


@pytest.mark.parametrize("name", PROVERS)
def test_endings(name: str) -> None:
    solver = SOLVERS[name]
    assert solver.solve(program([1], [([1], 20, INF)]), Options()).ending is Ending.INFEASIBLE
    assert solver.solve(program([1], [([0], 1, INF)]), Options()).ending is Ending.INFEASIBLE
    unbounded = solver.solve(program([-1], bounds=(0, INF)), Options()).ending
    assert unbounded in (Ending.UNBOUNDED, Ending.INFEASIBLE_OR_UNBOUNDED)
    assert solver.solve(program([]), Options()).ending is Ending.OPTIMAL


def test_a_limit_of_time_or_nodes_is_no_proof() -> None:
    rng = np.random.default_rng(0)
    weights = rng.integers(1000, 9999, (12, 120)).astype(float)
    rows = [(w.tolist(), -INF, float(w.sum() // 2)) for w in weights]
    hard = program((-rng.integers(1000, 9999, 120)).tolist(), rows, (0, 1), integer=True)
    for name in PROVERS:
        for options in (Options(time_limit=0.2, gap=0.0), Options(nodes=2, gap=0.0)):
            out = SOLVERS[name].solve(hard, options)
            assert out.ending is Ending.LIMIT
            if out.z is not None:
                assert out.bound < out.objective


def test_highs_solves_again_after_changes() -> None:
    model = HighsModel(program([1, 2], [([1, 1], 2, INF)]))
    assert model.solve(Options()).z == pytest.approx([2, 0])
    model.change_costs(np.array([0]), np.array([5.0]))
    assert model.solve(Options()).z == pytest.approx([0, 2])
    model.change_row_limits(np.array([0]), np.array([3.0]), np.array([INF]))
    assert model.solve(Options()).objective == pytest.approx(6)
    model.change_bounds(np.array([1]), np.array([0.0]), np.array([1.0]))
    assert model.solve(Options()).z == pytest.approx([2, 1])


def test_scip_starts_from_a_point() -> None:
    knapsack = program([-5, -4], [([6, 4], -INF, 23)], integer=True, cost_quad=[(0, 0, 0, 0.1)])
    start = np.array([1.0, 4.0])
    assert Scip().solve(knapsack, Options(), start).objective <= knapsack.cost_at(start) + 1e-6


@pytest.mark.slow
def test_scip_survives_its_own_ipopt() -> None:
    """The METIS inside SCIP's Ipopt overwrites memory on problems of some thousand columns and ends the process."""
    import subprocess
    import sys
    from pathlib import Path

    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, str(here / "storage_pricing.py"), "30", "20"],
        cwd=here.parents[1],
        env={**os.environ, "PYTHONPATH": f"{here.parents[1]}{os.pathsep}{here}"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
