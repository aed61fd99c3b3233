"""What falls for ever along a part of what is feasible is not called optimal, whatever SCIP says.

The multipliers of the follower's constraints have no bound where these leave one point, which is at x = 2 alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from compiler.ground.sparse import Csr, Quad
from compiler.reformulations.program import Program
from runtime.result import Status
from runtime.session import solve
from runtime.solvers.falling import better_than, may_fall, of_its_pattern
from runtime.solvers.scip import Scip
from runtime.solvers.solver import Ending, Options, Outcome

PRICES = """game prices
player L {{ var x integer in [{low}, {high}]  minimize worth = {worth} }}
player F follows L {{
  var y in [0, 5]
  maximize cost = (1 + x)*y
  constraint r0: 2*y + x <= 3  price mu0
  constraint r2: y >= 0.25*x  price mu2
}}
"""


def of(tmp_path: Path, worth: str, low: int, high: int) -> Path:
    path = tmp_path / "prices.game"
    path.write_text(PRICES.format(worth=worth, low=low, high=high), "utf-8")
    return path


@pytest.mark.parametrize("complementarity", ["auto", "sos1", "indicator"])
@pytest.mark.parametrize("worth", ["- mu0 + mu2 + x", "- mu0 + mu2 + x*mu2 + x"])
def test_a_price_without_bound_at_one_decision(worth: str, complementarity: str, tmp_path: Path) -> None:
    """At x = 2 only y = 0.5 is left: mu0 = (1 + x + nu)/2 and mu2 = -nu for every nu >= 0 are multipliers."""
    found = solve(of(tmp_path, worth, 0, 2), complementarity=complementarity, time_limit=60.0)
    assert found.status is not Status.OPTIMAL
    if complementarity == "auto":
        assert found.status is Status.UNBOUNDED


@pytest.mark.parametrize("complementarity", ["auto", "indicator"])
def test_where_prices_have_bounds_the_optimum_is_proved(complementarity: str, tmp_path: Path) -> None:
    """x = 0: y = 1.5, mu0 = 0.5, mu2 = 0, worth -0.5; x = 1: y = 1, mu0 = 1, worth 0."""
    found = solve(of(tmp_path, "- mu0 + mu2 + x", 0, 1), complementarity=complementarity)
    assert found.status is Status.OPTIMAL
    assert found.objectives["L.worth"] == pytest.approx(-0.5, abs=1e-6)


def pairs(cost: list[float], sos1: list[list[int]]) -> Program:
    """x0, x1, x2 >= 0 with x0 + x1 <= 4, and pairs of which one is 0."""
    return Program(
        lower=np.zeros(3),
        upper=np.full(3, np.inf),
        integer=np.zeros(3, np.bool_),
        cost=np.array(cost),
        cost_constant=1.0,
        cost_quad=Quad.empty(),
        matrix=Csr.from_coo(np.zeros(2, np.int64), np.array([0, 1]), np.ones(2), 1, 3),
        row_lower=np.array([-np.inf]),
        row_upper=np.array([4.0]),
        row_quad=Quad.empty(),
        sos1=np.array(sos1, np.int64).reshape(-1, 2),
    )


def test_may_fall_tells_directions_without_end() -> None:
    assert not may_fall(pairs([-1.0, -1.0, 0.0], [[0, 2]]))
    assert may_fall(pairs([-1.0, -1.0, -1.0], [[0, 2]]))
    assert not may_fall(pairs([-1.0, -1.0, 1.0], [[0, 2]]))
    assert not may_fall(pairs([-1.0, -1.0, -1.0], []))
    products = replace(pairs([0.0, 0.0, 0.0], [[0, 2]]), cost_quad=quad(0, 2, 1.0))
    assert may_fall(products)
    assert not may_fall(replace(products, cost_quad=quad(2, 2, 1.0)))


def quad(i: int, j: int, value: float) -> Quad:
    return Quad(np.zeros(1, np.int64), np.array([i]), np.array([j]), np.array([value]))


def test_better_points_are_those_below_a_value() -> None:
    program = pairs([-1.0, -2.0, 1.0], [[0, 1]])
    assert Scip().solve(program, Options()).objective == pytest.approx(-7.0)
    assert Scip().solve(better_than(program, -7.1), Options()).ending is Ending.INFEASIBLE
    found = Scip().solve(better_than(program, -6.9), Options())
    assert found.z is not None
    assert program.cost_at(found.z) <= -6.9 + 1e-5
    assert of_its_pattern(program, found.z).objective == pytest.approx(-7.0)
    curved = replace(program, cost_quad=quad(1, 1, 1.0))
    assert Scip().solve(better_than(curved, -0.1), Options()).ending is not Ending.INFEASIBLE


def test_a_pattern_that_falls_is_seen() -> None:
    program = pairs([-1.0, 0.0, -1.0], [[0, 2]])
    assert of_its_pattern(program, np.array([0.0, 0.0, 3.0])).ending is Ending.UNBOUNDED
    assert of_its_pattern(program, np.array([3.0, 0.0, 0.0])).objective == pytest.approx(-3.0)


FALLS = pairs([-1.0, 0.0, -1.0], [[0, 2]])
ENDS = replace(FALLS, cost=np.array([-1.0, -2.0, 0.0]))


@pytest.mark.parametrize("ending", [Ending.OPTIMAL, Ending.INFEASIBLE])
def test_a_wrong_word_is_not_taken(ending: Ending) -> None:
    """Planted: a point that is not the best, or none."""
    z = np.array([3.0, 0.0, 0.0])
    planted = Outcome(ending, z, -2.0, -2.0) if ending is Ending.OPTIMAL else Outcome(ending)
    assert Scip()._confirmed(FALLS, Options(), planted).ending is Ending.UNBOUNDED
    mended = Scip()._confirmed(ENDS, Options(), planted)
    assert mended.ending is Ending.OPTIMAL
    assert mended.objective == pytest.approx(-7.0)
    assert mended.bound <= mended.objective


def test_a_right_word_stays() -> None:
    best = Outcome(Ending.OPTIMAL, np.array([0.0, 4.0, 0.0]), -7.0, -7.0)
    kept = Scip()._confirmed(ENDS, Options(), best)
    assert (kept.ending, kept.objective, kept.bound) == (Ending.OPTIMAL, -7.0, -7.0)
    nothing = replace(FALLS, lower=np.array([5.0, 0.0, 0.0]))
    assert Scip()._confirmed(nothing, Options(), Outcome(Ending.INFEASIBLE)).ending is Ending.INFEASIBLE


def test_at_a_limit_there_is_no_bound() -> None:
    stopped = Outcome(Ending.LIMIT, np.array([0.0, 4.0, 0.0]), -7.0, -8.0)
    assert Scip()._confirmed(FALLS, Options(), stopped).bound == -np.inf
