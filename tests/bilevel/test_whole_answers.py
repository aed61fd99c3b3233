"""What a decision is worth where followers have whole numbers: their answers are exact, not best within a room of which
the leader makes something. By hand, and by enumeration (`enumeration`), which shares nothing with it; few whole numbers
with an LP for each of their values, and any number as a MILP."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from enumeration import Dense, at_decisions
from mixed_games import mixed_game
from scipy.optimize import linprog

from compiler.ground.ground_game import GroundGame
from compiler.pipeline import compile_file
from compiler.reformulations.own_terms import linked_columns
from grammar.source import Source
from runtime.methods import pattern_answers
from runtime.methods.follower_answers import FollowerProgram
from runtime.methods.leader_question import Evaluator, Question
from runtime.methods.leader_value import ValueByAnswers, Worth
from runtime.methods.pattern_answers import FollowerPatterns
from runtime.methods.search_space import SearchSpace, linking, search_space
from runtime.methods.setting import Setting


@pytest.fixture(params=["an LP for each", "as a MILP"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "as a MILP":
        monkeypatch.setattr(pattern_answers, "MOST", 0)
    return str(request.param)


def evaluator(game: GroundGame) -> Evaluator:
    setting = Setting.of(game)
    space = search_space(setting, linking(setting))
    assert isinstance(space, SearchSpace)
    return Question(setting, space).evaluator()


def worth(text: str, *decision: float) -> Worth:
    game = compile_file(Source("test.game", f"game test {text}")).ground
    return evaluator(game).worth(np.array(decision))


BUYER = """
player seller { var p in [1, 3]  maximize gain = %s }
player buyer follows seller {
  var here in [0, 10]
  var there in [0, 10]
  var member binary
  minimize cost = p*here + 2*there + 3*member
  constraint need: here + there == 10
  constraint most: here <= 6 + 4*member
}
"""


def test_room_in_a_follower_s_value_is_no_present() -> None:
    """At p = 1 all is bought here, member or not: 10 + 3 against 6 + 8. A ten-millionth of 13 more would buy a
    millionth there, worth 1 to the seller."""
    found = worth(BUYER % "1000000*there", 1.0)
    assert found.x is not None
    assert found.value == pytest.approx(0, abs=1e-6)
    assert found.x.tolist() == pytest.approx([1, 10, 0, 1], abs=1e-12)


def test_equally_good_whole_numbers_are_the_leader_s_to_choose() -> None:
    """At p = 1.25 a member pays 12.5 + 3, others 7.5 + 8: the same."""
    for goal, value in (("there", 4.0), ("here", 10.0), ("here - 2*there", 10.0), ("member - there", 1.0)):
        assert worth(BUYER % goal, 1.25).value == pytest.approx(-value, abs=1e-9)


def test_whole_numbers_that_are_nearly_as_good_are_not_chosen() -> None:
    """A member pays 3e-7 more at p = 1.25 + 7.5e-8, a fifty-millionth of its cost."""
    for away, bought in ((7.5e-8, 6.0), (-7.5e-8, 10.0)):
        for goal in ("here", "there"):
            found = worth(BUYER % goal, 1.25 + away)
            assert found.x is not None
            assert found.x[1] == pytest.approx(bought, abs=1e-9)


def test_who_answers(way: str) -> None:
    game = compile_file(Source("test.game", f"game test {BUYER % 'here'}")).ground
    value = evaluator(game).value
    assert isinstance(value, ValueByAnswers)
    (buyer,) = value.followers
    assert isinstance(buyer, FollowerPatterns if way == "an LP for each" else FollowerProgram)


def test_a_follower_that_only_some_whole_numbers_leave_an_answer() -> None:
    """x is forced up by y, which the leader moves; with v up to a quarter only, none is left at 8.5."""
    text = """
    player leader { var y in [0, 9]  minimize cost = 100*v - y }
    player follower follows leader {
      var x integer in [0, 4]
      var v in [0, 1]
      minimize effort = 2*x + v
      constraint need: 2*x + v >= y
    }"""
    assert worth(text, 5.0).value == pytest.approx(100 - 5, abs=1e-9)
    assert worth(text, 6.0).value == pytest.approx(-6, abs=1e-9)
    found = worth(text, 9.0)
    assert found.value == pytest.approx(100 - 9, abs=1e-9)
    text = text.replace("[0, 1]", "[0, 0.25]")
    found = worth(text, 8.5)
    assert np.isinf(found.value)
    assert 1 < found.violation < 2


def test_answers_do_not_depend_on_the_order_of_decisions() -> None:
    game = mixed_game(3, products=True, integer_leader=False)
    asked = evaluator(game)
    points = np.random.default_rng(0).uniform(0, 4, (6, 2))
    forth = [asked.row(point) for point in points]
    back = [asked.row(point) for point in points[::-1]][::-1]
    for one, other in zip(forth, back, strict=True):
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("products", [False, True])
@pytest.mark.parametrize(
    "shape", [{}, {"real": 2, "rows": 4}, {"followers": 2, "whole": 1}, {"own_top": 1, "whole": 3}]
)
def test_values_by_enumeration(shape: dict[str, int], products: bool) -> None:
    """At whole and real decisions; every follower's answer costs it what its own best does, to 1e-9."""
    compared = 0
    for seed in range(8):
        game = mixed_game(seed, products=products, integer_leader=False, **shape)  # type: ignore[arg-type]
        asked, dense = evaluator(game), Dense.of(game)
        columns = np.unique(np.concatenate([linked_columns(game, p) for p in range(1, len(game.players))]))
        rng = np.random.default_rng(seed)
        for point in (rng.integers(0, 5, 2).astype(float), rng.uniform(0, 4, 2)):
            decision = point[: len(columns)]
            value, found = at_decisions(game, columns, decision), asked.worth(decision)
            assert (found.violation > 0) == np.isinf(value)
            if found.x is None:
                continue
            compared += 1
            assert found.value == pytest.approx(value, abs=1e-6)
            for p in range(1, len(game.players)):
                mine = game.owner == p
                cost, _ = dense.goal_at(p, found.x, mine)
                best = least(dense, cost, found.x, p)
                assert cost @ found.x == pytest.approx(best, abs=1e-8)
    assert compared >= 5


def least(dense: Dense, cost: np.ndarray, x: np.ndarray, p: int) -> float:
    """The least that a follower can get, by an LP of scipy for each of its whole answers."""
    game, best = dense.game, np.inf
    mine = game.owner == p
    whole = np.flatnonzero(mine & (game.kind == 1))
    rows = game.row_owner == p
    for values in product(*(range(int(game.lower[c]), int(game.upper[c]) + 1) for c in whole)):
        lower, upper = np.where(mine, game.lower, x), np.where(mine, game.upper, x)
        lower[whole] = upper[whole] = values
        found = linprog(
            cost,
            A_ub=np.vstack([dense.rows[rows], -dense.rows[rows]]),
            b_ub=np.minimum(np.concatenate([game.row_upper[rows], -game.row_lower[rows]]), 1e9),
            bounds=np.stack([lower, upper], axis=1),
            method="highs",
            options={"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9},
        )
        if found.status == 0:
            best = min(best, float(found.fun))
    return best
