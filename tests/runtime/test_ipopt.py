"""IPOPT finds local minima, says no more than that, and does not rest on maxima and saddles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from compiler.ground.curves import Curve
from compiler.ground.sparse import Csr, Quad
from compiler.pipeline import compile_file
from compiler.reformulations.best_response import best_response
from compiler.reformulations.program import Program
from runtime.result import Status
from runtime.session import solve
from runtime.solvers.ipopt import Ipopt
from runtime.solvers.scip import Scip
from runtime.solvers.solver import Ending, Options


def quadratic(i: list[int], j: list[int], value: list[float], n: int, low: float, high: float) -> Program:
    """`min sum value*z_i*z_j` in a box."""
    return Program(
        lower=np.full(n, low),
        upper=np.full(n, high),
        integer=np.zeros(n, bool),
        cost=np.zeros(n),
        cost_constant=0.0,
        cost_quad=Quad.from_entries(np.zeros(len(i), np.int64), np.array(i), np.array(j), np.array(value), n),
        matrix=Csr.empty(0, n),
        row_lower=np.zeros(0),
        row_upper=np.zeros(0),
        row_quad=Quad.empty(),
    )


def test_a_saddle_is_left() -> None:
    """`min x*y` on [-1, 1]^2 from the saddle at 0, where the first-order conditions hold."""
    out = Ipopt().solve(quadratic([0], [1], [1.0], 2, -1.0, 1.0), Options(), np.zeros(2))
    assert out.ending is Ending.LOCAL
    assert out.objective == pytest.approx(-1, abs=1e-6)
    assert out.bound == -np.inf


def test_a_maximum_is_left() -> None:
    out = Ipopt().solve(quadratic([0], [0], [-1.0], 1, -1.0, 2.0), Options(), np.zeros(1))
    assert out.ending is Ending.LOCAL
    assert out.objective == pytest.approx(-4, abs=1e-6)


def test_multipliers_are_changes_of_the_minimum() -> None:
    """`min x^2 + y^2`, x + y >= 2, x - y <= 5: 2, at (1, 1); one more unit of the first limit costs 2."""
    base = quadratic([0, 1], [0, 1], [1.0, 1.0], 2, -9.0, 9.0)
    one = np.array([0, 0, 1, 1])
    rows = Csr.from_coo(one, np.array([0, 1, 0, 1]), np.array([1.0, 1.0, 1.0, -1.0]), 2, 2)
    program = replace(base, matrix=rows, row_lower=np.array([2.0, -np.inf]), row_upper=np.array([np.inf, 5.0]))
    out = Ipopt().solve(program, Options())
    assert out.z == pytest.approx([1, 1], abs=1e-6)
    assert out.row_duals == pytest.approx([2, 0], abs=1e-5)


def test_a_row_without_entries_asks_for_nothing() -> None:
    """`min x^2 + y^2`, x + y >= 2, 0 <= 1."""
    base = quadratic([0, 1], [0, 1], [1.0, 1.0], 2, -9.0, 9.0)
    rows = Csr.from_coo(np.zeros(2, np.int64), np.array([0, 1]), np.ones(2), 2, 2)
    program = replace(base, matrix=rows, row_lower=np.array([2.0, -np.inf]), row_upper=np.array([np.inf, 1.0]))
    assert Ipopt().solve(program, Options()).objective == pytest.approx(2, abs=1e-6)


def test_functions_and_products_in_rows_agree_with_scip(tmp_path: Path) -> None:
    path = tmp_path / "m.game"
    path.write_text(
        "set T index t = 1..3 player p { var x[t] in [0.2, 3] "
        "minimize c = sum(t) (exp(x[t]) + cos(3*x[t]) + 1/x[t]) - x[1]*x[2]*x[3] "
        "constraint d[t]: log(x[t]) + x[1]*x[t] >= 0.3 constraint e: tanh(x[1]) + x[2]^1.5 + sqrt(x[3]) <= 4 }",
        encoding="utf-8",
    )
    game = compile_file(path).ground
    program, _ = best_response(game, 0, np.zeros(game.columns))
    local, exact = Ipopt().solve(program, Options(seed=1)), Scip().solve(program, Options())
    assert local.ending is Ending.LOCAL
    assert local.objective == pytest.approx(exact.objective, rel=1e-5)
    assert program.violation(local.z) < 1e-7


def test_what_it_cannot_take() -> None:
    program = quadratic([0], [0], [1.0], 1, 0.0, 1.0)
    assert "whole numbers" in Ipopt().refuses(replace(program, integer=np.ones(1, bool)))
    assert "pairs" in Ipopt().refuses(replace(program, sos1=np.zeros((1, 2), np.int64)))
    with pytest.raises(ValueError, match="whole"):
        Ipopt().solve(replace(program, integer=np.ones(1, bool)), Options())


def test_without_a_feasible_point_nothing_is_claimed() -> None:
    """`z = exp(a)` with z <= 0: IPOPT's word on infeasibility is no proof."""
    one = np.ones(1, np.int64)
    nothing = replace(
        quadratic([0], [0], [1.0], 2, -1.0, 0.0),
        curves=(Curve("exp", 0 * one, one, np.array([np.nan]), 0 * one),),
    )
    assert Ipopt().solve(nothing, Options()).ending is Ending.FAILED


def test_a_local_answer_is_called_local(tmp_path: Path) -> None:
    """`x^4/4 - x^2/2 + x/10` has two minima; whichever is found, it is optimal only where the certificate's own
    global search agrees."""
    path = tmp_path / "m.game"
    path.write_text("player p { var x in [-2, 2] minimize c = x^4/4 - x^2/2 + x/10 }", encoding="utf-8")
    exact, local = solve(path), solve(path, solver="ipopt")
    x = np.linspace(-2, 2, 400001)
    assert exact.objectives["p.c"] == pytest.approx(float((x**4 / 4 - x**2 / 2 + x / 10).min()), abs=1e-6)
    assert exact.status is Status.OPTIMAL
    assert local.status is Status.LOCAL
    assert local.certificate.regret["p"] == pytest.approx(local.objectives["p.c"] - exact.objectives["p.c"], abs=1e-5)
