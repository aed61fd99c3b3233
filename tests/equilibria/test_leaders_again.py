"""One leader's game after the other: begun at the last answer, each gives what it gives alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compiler.ground.subgame import below, subgame
from compiler.pipeline import compile_source
from compiler.reformulations.kkt import kkt
from compiler.reformulations.linear_products import linear_products
from compiler.reformulations.program import Program
from grammar.diagnostics import Diagnostic, DiagnosticError
from grammar.source import Source
from runtime.methods import pairs
from runtime.methods.leaders_answer import LeadersAnswer
from runtime.methods.method import Request
from runtime.methods.pairs_again import PairsAgain
from runtime.methods.registry import choose
from runtime.methods.setting import Setting
from runtime.solvers.solver import Ending, Outcome, Solver

REGIONS = """
game regions
set T index t = 1..2
set P index p, o = 1..2
set R index r = 1..3
set K index k = 1..2
player hydro[p] {
  var sold[r, t] in [0, 20]
  maximize profit = sum(r, t) ((lmp[r, t] - 2)*sold[r, t])
  constraint water: sum(r, t) sold[r, t] <= 50
}
player region[r] follows hydro {
  var g[k, t] in [0, 25]
  var bought[t] in [0, 100]  "from afar"
  minimize cost = sum(k, t) (10 + 12*k + r)*g[k, t] + sum(t) 60*bought[t]
  constraint balance[t]: sum(k) g[k, t] + bought[t] == 45 + 12*sin(t + r) - sum(p) hydro[p].sold[r, t]   price lmp
}
"""


@pytest.fixture(scope="module")
def setting() -> Setting:
    return Setting.of(compile_source(Source("regions.game", REGIONS), Path.read_bytes).ground)


def points(setting: Setting, count: int) -> list[np.ndarray]:
    """The others somewhere else each time, the last two nearly alike."""
    random, game = np.random.default_rng(7), setting.game
    high = np.where(np.isfinite(game.upper), game.upper, 0.0)
    found = [random.uniform(0.0, 1.0) * random.uniform(np.zeros(game.columns), high) for _ in range(count - 1)]
    return [*found, found[-1] + 1e-3]


def test_answers_are_those_of_each_problem_alone(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    game, again, derived = setting.game, PairsAgain(), []
    plain = pairs.derived_bounds
    monkeypatch.setattr(pairs, "derived_bounds", lambda *all_: (derived.append(1), plain(*all_))[1])
    known = 0
    for x in points(setting, 5):
        part = Setting.of(subgame(game, below(game, 0), x).game)
        program = linear_products(part.game, kkt(part.game, part.followers, part.leader)[0])
        assert len(program.complementary) >= pairs.SOME
        alone = pairs.solve_pairs(part.game, program, None, Request()).outcome
        before = len(derived)
        found = again(part.game, program, None, Request()).outcome
        known += len(derived) == before
        assert found.ending is alone.ending is Ending.OPTIMAL
        assert found.objective == pytest.approx(alone.objective, rel=1e-6)
        assert found.bound <= alone.objective + 1e-6 * abs(alone.objective)
        assert program.violation(found.z) <= 1e-6
        first, second = found.z[program.complementary].T
        assert float(np.max(np.minimum(first, second))) <= 1e-6
    # Where the pattern still has a point, nothing is derived.
    assert known


def test_a_pattern_that_fits_nothing_is_left(setting: Setting) -> None:
    """All multipliers positive, all slacks zero: no point has that."""
    game = setting.game
    part = Setting.of(subgame(game, below(game, 0), np.zeros(game.columns)).game)
    program = linear_products(part.game, kkt(part.game, part.followers, part.leader)[0])
    alone = pairs.solve_pairs(part.game, program, None, Request()).outcome
    pattern = np.zeros(program.columns)
    pattern[program.complementary[:, 0]] = 1.0
    found = pairs.solve_pairs(part.game, program, None, Request(), pattern).outcome
    assert found.ending is Ending.OPTIMAL
    assert found.objective == pytest.approx(alone.objective, rel=1e-6)


def test_a_solver_that_fails_without_bounds_gets_them(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    game = setting.game
    part = Setting.of(subgame(game, below(game, 0), np.zeros(game.columns)).game)
    program = linear_products(part.game, kkt(part.game, part.followers, part.leader)[0])
    alone = pairs.solve_pairs(part.game, program, None, Request()).outcome
    plain, tried = pairs.solved, []

    def solved(ready: Program, request: Request, start: np.ndarray | None = None) -> tuple[Solver, Outcome]:
        tried.append(1)
        if len(tried) == 1:
            raise DiagnosticError([Diagnostic("G804", "SCIP stopped without an answer (SCIP: error)")])
        return plain(ready, request, start)

    monkeypatch.setattr(pairs, "solved", solved)
    # Else a relaxation may be enough here, and no solver is asked again.
    monkeypatch.setattr(pairs, "met_bound", lambda *_: None)
    found = pairs.solve_pairs(part.game, program, None, Request(), alone.z).outcome
    assert len(tried) > 1
    assert found.ending is Ending.OPTIMAL
    assert found.objective == pytest.approx(alone.objective, rel=1e-6)


def test_a_leader_goes_on_from_what_it_is_told_to_remember(setting: Setting) -> None:
    """So that a run that goes on after a kill gives the same answers."""
    one = LeadersAnswer(setting.game, 0, Request(), choose)
    two = LeadersAnswer(setting.game, 0, Request(), choose)
    first, second = points(setting, 2)
    one.answer(first, None)
    state = one.state()
    assert len(state["pairs"])
    two.remember(state)
    replies = [mover.answer(second, None) for mover in (one, two)]
    assert replies[0].part is not None
    assert np.array_equal(replies[0].part, replies[1].part)
