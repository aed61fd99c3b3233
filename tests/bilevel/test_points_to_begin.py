"""Points that searches begin at: they keep all pairs, none beats the list of all vertices, turns of single decisions
reach it more often, and what a busy machine takes longer for is the same."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from random_games import conditions
from test_bilevel_against_enumeration import random_problem

from compiler.ground.ground_game import GroundGame
from compiler.reformulations.program import Program
from runtime.methods.answered_points import answered_points
from runtime.methods.conditional_cuts import conditional_cuts
from runtime.methods.counted_work import BUSY, HURRY, CountedWork
from runtime.methods.derived_bounds import derived_bounds
from runtime.methods.gap_answers import GapAnswers
from runtime.methods.relaxed_pairs import beside, relaxed_pairs
from runtime.methods.turned_decisions import turned
from runtime.solvers.solver import Options, Outcome


def first_point(game: GroundGame, program: Program) -> Outcome | None:
    """Next to the followers' answers to decisions in the middle, which is seldom the best."""
    answers = GapAnswers(game, program)
    answered = answers.at(np.full(program.columns, 2.0), CountedWork())
    return None if answered is None else beside(program, Options(), answered)


@pytest.mark.parametrize("whole", [False, True])
def test_turns_lead_to_points_that_keep_all_pairs(whole: bool) -> None:
    """Leaders that minimise and maximise, followers too; expected values by enumeration of all vertices."""
    better = reached = seen = 0
    for seed in range(24):
        game, expected = random_problem(seed, (-1) ** seed, (-1) ** (seed // 2), whole)
        program, _ = conditions(game)
        first = first_point(game, program)
        if first is None or not np.isfinite(expected):
            continue
        best = turned(program, GapAnswers(game, program), Options(), first, CountedWork())
        assert best.z is not None
        assert program.violation(best.z) <= 1e-6
        assert np.abs(best.z[program.complementary].prod(axis=1)).max() == 0
        assert program.cost_at(best.z) == pytest.approx(best.objective, abs=1e-7)
        assert np.abs(best.z - np.round(best.z))[program.integer].max(initial=0.0) <= 1e-6
        least = (-1) ** seed * expected
        assert best.objective >= least - 1e-6 * max(1.0, abs(least))
        assert best.objective <= first.objective
        seen += 1
        better += best.objective < first.objective - 1e-6
        reached += best.objective <= least + 1e-6
    assert seen >= 8
    assert better >= 1
    assert reached >= 3


def test_answers_of_a_kept_model_are_those_of_a_new_one() -> None:
    """The followers' duality gap is 0 there: no product of a pair is left."""
    seen = 0
    for seed in range(6):
        game, _ = random_problem(seed, 1, -1, False)
        program, _ = conditions(game)
        kept = GapAnswers(game, program)
        for k in range(4):
            z = np.random.default_rng([seed, k]).uniform(0.0, 4.0, program.columns)
            one, other = kept.at(z, CountedWork()), GapAnswers(game, program).at(z, CountedWork())
            assert (one is None) == (other is None)
            if one is None or other is None:
                continue
            seen += 1
            for found in (one, other):
                assert found[kept.outside] == pytest.approx(np.clip(z, program.lower, program.upper)[kept.outside])
                assert np.abs(found[program.complementary].prod(axis=1)).max() <= 1e-6
    assert seen >= 6


Found = Callable[[GroundGame, Program], list[float]]


def by_points(game: GroundGame, program: Program) -> list[float]:
    found = answered_points(game, program, program, Options(), None, CountedWork(0.01, 60.0))
    return [] if found is None or found.z is None else found.z.tolist()


def by_cuts(game: GroundGame, program: Program) -> list[float]:
    derived = derived_bounds(game, program, cut=False)
    ready = conditional_cuts(game, program, derived.duality, derived.bounds, np.inf, CountedWork(0.02, 60.0))
    return [] if ready is None else [*ready.row_lower.tolist(), *ready.matrix.data.tolist()]


def by_ipopt(game: GroundGame, program: Program) -> list[float]:
    found = relaxed_pairs(program, Options(), 1, work=CountedWork(0.05, 60.0))
    return [] if found.z is None else found.z.tolist()


@pytest.mark.parametrize("found", [by_points, by_cuts, by_ipopt])
def test_a_busy_machine_finds_the_same(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    """With little work allowed, and a clock that runs four times as fast."""
    programs = [(game, conditions(game)[0]) for game in (random_problem(seed, 1, 1, False)[0] for seed in range(6))]
    idle = [found(*both) for both in programs]
    assert any(idle)
    clock = time.perf_counter
    monkeypatch.setattr(time, "perf_counter", lambda: 4 * clock())
    assert [found(*both) for both in programs] == idle


def test_work_is_a_share_of_the_time_limit() -> None:
    assert CountedWork.within(None, 0.1).by_clock == BUSY * CountedWork.within(None, 0.1).allowed
    brief = CountedWork.within(20.0, 0.1)
    assert (brief.allowed, brief.by_clock) == (2.0, HURRY * 2.0)
    assert brief.left()
    brief.counted = 1.5
    assert brief.left()
    assert not brief.left(0.5)
    brief.begun -= HURRY * 2.0
    assert not brief.left()
