"""Cuts of followers' products: no complementary point is lost, the relaxation is closer, and games solved with them
have the answers that listing all vertices gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_games import conditions, points, random_game
from test_bilevel_against_enumeration import random_problem

from compiler.ground.ground_game import GroundGame
from compiler.reformulations.column_bounds import ColumnBounds, with_bounds
from compiler.reformulations.conditional_products import ProductSum, product_sums
from compiler.reformulations.duality import Duality
from compiler.reformulations.program import Program
from runtime.answer import answer
from runtime.methods import pairs
from runtime.methods.answered_points import answered_points
from runtime.methods.conditional_cuts import conditional_cuts
from runtime.methods.counted_work import CountedWork
from runtime.methods.derived_bounds import derived_bounds, without_what_bends
from runtime.methods.method import Request
from runtime.result import Status
from runtime.solvers.highs import Highs
from runtime.solvers.solver import Options


def cut(game: GroundGame, program: Program) -> tuple[Program | None, list[ProductSum], ColumnBounds]:
    bounds = derived_bounds(game, program, cut=False).bounds
    duality = Duality.of(game, program)
    found = product_sums(game, program, duality, bounds)
    ready = conditional_cuts(game, program, duality, bounds, np.inf, CountedWork())
    return ready, [] if found is None else found[1], bounds


@pytest.mark.parametrize("quadratic", [False, True])
@pytest.mark.parametrize("pushed", [False, True])
def test_every_complementary_point_stays(quadratic: bool, pushed: bool) -> None:
    """At points that SCIP finds for random decisions, with the products themselves in the new columns."""
    seen = rows = 0
    for seed in range(8):
        game = random_game(seed, quadratic=quadratic, pushed=pushed)
        program, _ = conditions(game)
        # The leader's own goal bends; it plays no part here.
        program = replace(program, cost_quad=program.cost_quad.take(program.cost_quad.i == program.cost_quad.j))
        ready, sums, _ = cut(game, program)
        if ready is None:
            continue
        rows += ready.rows - program.rows
        for z in points(game, program, 6, seed):
            products = np.zeros(ready.columns - program.columns)
            for s in sums:
                products[s.at - program.columns] = z[s.outer] * float(s.value @ z[s.inside.column])
            assert ready.violation(np.concatenate([z, products])) <= 1e-6, seed
            seen += 1
    assert seen >= 12
    assert rows >= 12


def test_the_relaxation_is_closer() -> None:
    """Than with the products relaxed one by one; on a follower whose multipliers are tied by dense rows."""
    closed = []
    for seed in range(5):
        game, _ = random_problem(seed, 1, 1, False)
        program, _ = conditions(game)
        ready, _, bounds = cut(game, program)
        derived = derived_bounds(game, program)
        plain = with_bounds(derived.program, derived.bounds)
        before = Highs().solve(without_what_bends(plain), Options()).bound
        if ready is None:
            continue
        after = Highs().solve(without_what_bends(with_bounds(ready, bounds.padded(ready))), Options()).bound
        closed.append(after - before)
    assert max(closed, default=0.0) > 1e-3
    assert min(closed, default=0.0) >= -1e-4


@pytest.mark.parametrize("seed", range(12))
def test_answers_equal_enumeration(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "SOME", 0)
    game, expected = random_problem(seed, (-1) ** seed, (-1) ** (seed // 2), seed % 3 == 0)
    found = answer(game, Request(time_limit=60))
    if not np.isfinite(expected):
        assert found.status is Status.INFEASIBLE
        return
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert game.objectives_at(found.x)[0] == pytest.approx(expected, abs=1e-5)


def test_points_at_followers_answers_keep_all_pairs() -> None:
    """And are never better than the best of all vertices, which some of them reach."""
    values = []
    for seed in range(12):
        game, expected = random_problem(seed, 1, 1, False)
        program, _ = conditions(game)
        found = answered_points(game, program, program, Options(), None, CountedWork())
        if found is None or found.z is None:
            continue
        assert program.violation(found.z) <= 1e-6
        assert np.abs(found.z[program.complementary].prod(axis=1)).max() == 0
        assert found.objective >= expected - 1e-6 * max(1.0, abs(expected))
        values.append(found.objective - expected)
    assert len(values) >= 6
    assert min(values) <= 1e-6
