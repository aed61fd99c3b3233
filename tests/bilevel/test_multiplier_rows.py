"""Rows over followers' multipliers: of all complementarity patterns none allows a point beyond them, and they say more
than the bounds of each multiplier alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from random_games import conditions, points, random_game
from small_games import GameBuilder
from test_bilevel_against_enumeration import random_problem

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Quad
from compiler.reformulations.column_bounds import ColumnBounds, with_bounds
from compiler.reformulations.multiplier_rows import with_multiplier_row
from compiler.reformulations.program import Program
from runtime.methods.counted_work import CountedWork
from runtime.methods.derived_bounds import Relaxation, derived_bounds, without_what_bends
from runtime.methods.slater_bounds import least_own_terms
from runtime.solvers.highs import HighsModel
from runtime.solvers.solver import Ending, Options


def widened(game: GroundGame, program: Program) -> tuple[Program, ColumnBounds]:
    derived = derived_bounds(game, program, cut=False)
    duality, bounds = derived.duality, derived.bounds
    ready = program
    for follower in np.unique(duality.owner).tolist():
        mine = np.flatnonzero(duality.owner == follower)
        least = least_own_terms(program, duality, bounds, mine, Relaxation(program, bounds, CountedWork()).least)
        ready = with_multiplier_row(game, ready, duality, bounds, follower, least)
    return ready, bounds


def most_of_all_patterns(program: Program, row: np.ndarray) -> float:
    """The largest `row @ z` over all points that keep all pairs: an LP for each choice of sides that are zero."""
    bare = without_what_bends(program)
    model = HighsModel(replace(bare, cost=-row, cost_constant=0.0, cost_quad=Quad.empty()))
    pairs = program.complementary
    found = -np.inf
    for sides in product((0, 1), repeat=len(pairs)):
        columns = np.unique(pairs[np.arange(len(pairs)), list(sides)])
        model.change_bounds(columns, bare.lower[columns], np.zeros(len(columns)))
        outcome = model.solve(Options())
        model.change_bounds(columns, bare.lower[columns], bare.upper[columns])
        if outcome.ending in (Ending.UNBOUNDED, Ending.INFEASIBLE_OR_UNBOUNDED):
            model.start_afresh()
            model.change_costs(np.arange(program.columns), np.zeros(program.columns))
            model.change_bounds(columns, bare.lower[columns], np.zeros(len(columns)))
            feasible = model.solve(Options()).ending is Ending.OPTIMAL
            model.change_bounds(columns, bare.lower[columns], bare.upper[columns])
            model.change_costs(np.arange(program.columns), -row)
            if feasible:
                return np.inf
        elif outcome.ending is Ending.OPTIMAL:
            found = max(found, -outcome.objective)
    return found


def free_game(seed: int) -> GroundGame:
    """A maximising leader with a whole decision; a maximising follower with a free column, an equality that the leader
    moves, a range, and, of odd seeds, two rows that leave a column one value, so that multipliers have no bound."""
    rng = np.random.default_rng([7, seed])
    draw = lambda: float(rng.integers(1, 5))  # noqa: E731
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "a", 0, 3, kind=1).var("leader", "b", -2, 2)
    builder.var("follower", "u", 0, 5).var("follower", "w", -np.inf, np.inf).var("follower", "v", 0, 2)
    at = draw()
    builder.row("follower", "even", {"u": 1, "w": 1, "a": draw(), "b": -draw()}, at, at)
    builder.row("follower", "wide", {"u": draw(), "w": -1, "v": 1, "b": draw()}, -30, 30)
    if seed % 2:
        builder.row("follower", "up", {"v": 1}, upper=1).row("follower", "down", {"v": 1}, lower=1)
    builder.maximize("leader", {"a": draw(), "b": -draw(), "w": 1})
    return builder.maximize("follower", {"u": -draw(), "w": draw(), "v": draw()}).build()


def by_seed(seed: int) -> GroundGame:
    return random_problem(seed, (-1) ** seed, (-1) ** (seed // 2), seed % 2 == 0)[0]


@pytest.mark.parametrize("made", [by_seed, free_game])
def test_no_pattern_goes_beyond(made: Callable[[int], GroundGame]) -> None:
    """Whole decisions are relaxed in the list of all patterns, so it holds more than the game does. Multipliers keep to
    their bounds, which leave some to every answer: those of rows that depend on each other have no bound else."""
    seen = 0
    for seed in range(6):
        game = made(seed)
        program, _ = conditions(game)
        ready, bounds = widened(game, program)
        if ready.rows == program.rows:
            continue
        row = np.zeros(program.columns)
        last = ready.matrix.take_rows(np.array([program.rows]))
        row[last.indices] = last.data
        most = most_of_all_patterns(with_bounds(program, bounds), row)
        assert np.isfinite(most)
        assert most <= ready.row_upper[-1] + 1e-6 * max(1.0, abs(most))
        seen += 1
    assert seen >= 4


@pytest.mark.parametrize("quadratic", [False, True])
@pytest.mark.parametrize("pushed", [False, True])
def test_points_of_all_kinds_of_followers_keep_them(quadratic: bool, pushed: bool) -> None:
    rows = seen = 0
    for seed in range(4):
        game = random_game(seed, quadratic=quadratic, pushed=pushed)
        program, _ = conditions(game)
        ready, _ = widened(game, program)
        rows += ready.rows - program.rows
        for z in points(game, program, 4, seed):
            assert ready.violation(z) <= 1e-6
            seen += 1
    assert rows >= 1
    assert seen >= 6


def test_they_say_more_than_bounds() -> None:
    """Without them relaxations go beyond them."""
    beyond = 0
    for seed in range(6):
        game = by_seed(seed)
        program, _ = conditions(game)
        ready, bounds = widened(game, program)
        if ready.rows == program.rows:
            continue
        last = ready.matrix.take_rows(np.array([program.rows]))
        cost = np.zeros(program.columns)
        cost[last.indices] = -last.data
        beyond += -Relaxation(program, bounds, CountedWork()).least(cost) > ready.row_upper[-1] + 1e-3
    assert beyond >= 2
