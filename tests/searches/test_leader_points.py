"""What a decision of the leader is worth, by small games whose answers can be seen: followers without an answer,
coupling, ties both ways, whole numbers, own rows, decisions without bounds."""

from __future__ import annotations

import numpy as np
import pytest
from from_text import refused, solved

from compiler.ground.ground_game import GroundGame
from compiler.pipeline import compile_file
from grammar.source import Source
from runtime.methods.leader_question import Evaluator, Question
from runtime.methods.registry import choose
from runtime.methods.search_space import SearchSpace, linking, search_space, tightened
from runtime.methods.setting import Setting
from runtime.result import Status


def ground(text: str) -> GroundGame:
    return compile_file(Source("test.game", f"game test {text}")).ground


def evaluator(text: str) -> tuple[Evaluator, SearchSpace]:
    setting = Setting.of(ground(text))
    space = search_space(setting, linking(setting))
    assert isinstance(space, SearchSpace)
    return Question(setting, space).evaluator(), space


def values(text: str, *decisions: float) -> list[tuple[float, float]]:
    """Of decisions in the only column that followers see: the leader's value as if minimised, and the violation."""
    asked, _ = evaluator(text)
    rows = [asked.row(np.array([d])) for d in decisions]
    return [(float(row[1]), float(row[2])) for row in rows]


TIE = """
player leader { var y in [0, 4] minimize cost = y - 2*x }
player follower follows leader %s { var x in [0, 3] minimize effort = 0*x + 0*y  constraint room: x <= y }
"""


def test_ties_fall_as_the_leader_likes() -> None:
    assert values(TIE % "", 0, 2, 4) == [(0.0, 0.0), (-2.0, 0.0), (-2.0, 0.0)]


def test_ties_of_the_pessimistic_fall_against_the_leader() -> None:
    assert values(TIE % "pessimistic", 0, 2, 4) == [(0.0, 0.0), (2.0, 0.0), (4.0, 0.0)]


def test_ties_of_a_quadratic_follower_lie_on_a_line() -> None:
    """(x + z)^2 is least on x + z = y - 1; the leader wants x alone."""
    text = """
    player leader { var y in [1, 3] minimize cost = z - x }
    player follower follows leader {
      var x in [0, 4]  var z in [0, 4]
      minimize effort = (x + z - y + 1)^2
    }"""
    assert values(text, 1, 2, 3) == [
        (pytest.approx(0, abs=1e-6), 0.0),
        (pytest.approx(-1, abs=1e-6), 0.0),
        (pytest.approx(-2, abs=1e-6), 0.0),
    ]


def test_no_cut_is_exploited_near_a_smooth_minimum() -> None:
    """Room of 1e-7 in the follower's value would be 3e-4 in its answer, and the leader would take it."""
    text = """
    player leader { var y in [1, 3] minimize cost = -x }
    player follower follows leader {
      var x in [0, 4]  var z in [0, 10]
      minimize effort = (x - y)^2 + z
      constraint disc: z >= (x - y)^2
    }"""
    ((value, violation),) = values(text, 2)
    assert violation == 0
    assert value == pytest.approx(-2, abs=1e-5)


def test_a_decision_without_an_answer_is_farther_the_more_is_missing() -> None:
    text = """
    player leader { var y in [0, 8] minimize cost = y }
    player follower follows leader { var x in [0, 2] minimize effort = x  constraint need: x >= 5 - y }"""
    near, far, fine = values(text, 2, 0, 3)
    assert fine == (3.0, 0.0)
    assert 1 < near[1] < far[1] < 2
    assert np.isinf([near[0], far[0]]).all()


def test_a_broken_coupling_row_is_nearer_than_no_answer() -> None:
    text = """
    player leader { var y in [0, 8] minimize cost = -y  constraint cap: x <= 3 }
    player follower follows leader { var x in [0, 9] maximize gain = x  constraint room: x <= y }"""
    fine, near, far = values(text, 3, 4, 8)
    assert fine == (-3.0, 0.0)
    assert 0 < near[1] < far[1] < 1


def test_an_unbounded_follower_has_no_answer() -> None:
    text = """
    player leader { var y in [-1, 1] minimize cost = y }
    player follower follows leader { var x >= 0 minimize effort = y*x }"""
    (falls, rises) = values(text, -1, 1)
    assert falls[1] == 2
    assert rises == (1.0, 0.0)


def test_what_followers_do_not_see_is_settled_with_the_answers() -> None:
    """The leader buys z = x + 1 exactly, by an equation that no random point would meet."""
    text = """
    player leader {
      var y in [0, 4]  var z in [0, 9]  var whole integer in [0, 9]
      minimize cost = z + 0.1*whole - y
      constraint same: z == x + 1
      constraint least: whole >= 0.5*z
    }
    player follower follows leader { var x in [0, 9] maximize gain = x  constraint room: 2*x <= y }"""
    _, space = evaluator(text)
    assert space.size == 1
    assert values(text, 4) == [(pytest.approx(3 + 0.2 - 4), 0.0)]


def test_the_leaders_own_equation_moves_a_point() -> None:
    text = """
    player leader {
      var a in [0, 4]  var b in [0, 4]
      minimize cost = a - x
      constraint total: a + b == 4
    }
    player follower follows leader { var x in [0, 9] maximize gain = x  constraint room: x <= a + 2*b }"""
    asked, space = evaluator(text)
    assert space.size == 2
    row = asked.row(np.array([4.0, 1.0]))
    assert row[0] + row[1] == pytest.approx(4)
    assert abs(row[0] - 4) + abs(row[1] - 1) == pytest.approx(1), "the nearest, no farther"
    assert row[3] == 0


@pytest.mark.parametrize("method", ["cma_es", "differential_evolution", "particle_swarm"])
def test_whole_followers_and_a_leader_whose_decisions_can_be_counted(method: str) -> None:
    """Moore and Bard (1990): -22 at x = 2, y = 2; the relaxed follower's conditions would give -18."""
    result = solved(
        """
        player leader { var x integer in [0, 100] minimize F = -x - 10*y  }
        player follower follows leader {
          var y integer in [0, 100]
          minimize f = y
          constraint p: -25*x + 20*y <= 30
          constraint q: x + 2*y <= 10
          constraint r: 2*x - y <= 15
          constraint s: 2*x + 10*y >= 15
        }""",
        method=method,
    )
    assert result.status is Status.OPTIMAL
    assert result.objectives["leader.F"] == pytest.approx(-22)
    assert "were tried" in result.choice


def test_whole_followers_below_a_real_leader() -> None:
    """x is y rounded down: the leader stops where the follower's next unit begins, at 3 - 1.5*3."""
    result = solved(
        """
        player leader { var y in [0, 4] minimize cost = y - 1.5*x }
        player follower follows leader { var x integer in [0, 3] maximize gain = x  constraint room: x <= y }""",
        method="differential_evolution",
        generations=40,
    )
    assert result.certificate.verified
    assert result.objectives["leader.cost"] == pytest.approx(-1.5, abs=1e-3)


def test_followers_that_use_prices_are_asked_together() -> None:
    """A market's price is the merit order's: 3 up to 2 of demand, 7 above."""
    text = """
    player shop { var d in [0, 4] maximize profit = 6*d - p*d }
    player market follows shop {
      var cheap in [0, 2]  var dear in [0, 4]
      minimize cost = 3*cheap + 7*dear
      constraint balance: cheap + dear == d  price p
    }"""
    low, high = values(text, 1.5, 3)
    assert low == (pytest.approx(-1.5 * 3), 0.0)
    assert high == (pytest.approx(3.0), 0.0)


def test_a_nonconvex_follower_is_solved_globally() -> None:
    """-x^2 is least at an end: at 3 while y <= 1, else at -2 (x(y - x) has the ends 3y - 9 and -2y - 4)."""
    text = """
    player leader { var y in [0, 4] minimize cost = x }
    player follower follows leader { var x in [-2, 3] minimize effort = y*x - x^2 }"""
    (before, after) = values(text, 0.9, 1.1)
    assert before == (pytest.approx(3), 0.0)
    assert after == (pytest.approx(-2), 0.0)


def test_bounds_that_rows_imply_will_do() -> None:
    _, space = evaluator(
        """
        player leader { var y >= 0 minimize cost = y - x  constraint cap: 2*y <= 7 }
        player follower follows leader { var x in [0, 9] maximize gain = x  constraint room: x <= y }"""
    )
    assert (space.lower.tolist(), space.upper.tolist()) == ([0.0], [pytest.approx(3.5, abs=1e-6)])


@pytest.mark.parametrize("method", ["cma_es", "particle_swarm"])
def test_a_decision_without_a_bound_is_refused_with_a_way_out(method: str) -> None:
    (finding,) = refused(
        """
        player leader { var y >= 0 minimize cost = (y - x)^2 }
        player follower follows leader { var x in [0, 9] maximize gain = x  constraint room: x <= y }""",
        method=method,
    )
    assert finding.code == "G704"
    assert "`leader.y` has no bound above" in finding.headline
    assert finding.span is not None
    assert finding.span.text.startswith("y")
    assert any("in [a, b]" in hint.text for hint in finding.hints)


def test_a_pessimistic_follower_in_a_leaders_constraint_is_refused() -> None:
    (finding,) = refused(
        """
        player leader { var y in [0, 4] minimize cost = y - x  constraint cap: x <= 3 }
        player follower follows leader pessimistic { var x in [0, 4] minimize effort = 0*x  constraint r: x <= y }""",
        method="cma_es",
    )
    assert finding.code == "G704"
    assert "pessimistic" in finding.headline


def test_nobody_has_an_answer() -> None:
    result = solved(
        """
        player leader { var y in [0, 4] minimize cost = y  constraint cap: x <= y - 1 }
        player follower follows leader { var x in [0, 4] maximize gain = x  constraint room: x <= y }""",
        method="cma_es",
        generations=5,
    )
    assert result.status is Status.LIMIT
    (finding,) = result.diagnostics
    assert finding.code == "G805"
    assert "break a constraint of the leader" in finding.headline


def test_a_leader_without_bound_is_unbounded() -> None:
    result = solved(
        """
        player leader { var y in [0, 4]  var z >= 0 maximize gain = z }
        player follower follows leader { var x in [0, 4] maximize gain = x  constraint room: x <= y }""",
        method="cma_es",
    )
    assert result.status is Status.UNBOUNDED


def test_auto_turns_to_a_search_last() -> None:
    setting = Setting.of(
        ground(
            """
            player leader { var y in [0, 4] minimize cost = x }
            player follower follows leader { var x in [-2, 3] minimize effort = y*x - x^2 }"""
        )
    )
    found = choose(setting, "auto")
    method, others = found.method, found.others
    assert method.name == "cma_es"
    assert others["kkt"].startswith("the problem of a follower")


def test_a_range_ends_where_constraints_end_it() -> None:
    """x in [0, 10] by its bounds; its own constraint and what the follower can do leave [2, 17/3], and
    of whole numbers with a little less room those up to 5."""
    text = """
player lead { var x %s  minimize cost = x + y  constraint least: x >= 1.5 + 0.25*w  var w in [2, 3] }
player follow follows lead {
  var y in [0, 12]
  minimize pain = y
  constraint cap: 2*x + y <= %s
  constraint low: y >= x - 5
}
"""
    for kind, most, expected in (
        ("in [0, 10]", "12", (2.0, 17 / 3)),
        ("integer in [0, 10]", "11", (2.0, 5.0)),
    ):
        setting = Setting.of(ground(text % (kind, most)))
        space = search_space(setting, linking(setting))
        assert isinstance(space, SearchSpace)
        space = tightened(space, setting.game)
        assert (space.lower[0], space.upper[0]) == pytest.approx(expected, abs=1e-9), kind


def test_all_decisions_with_ties_left_open_are_no_proof() -> None:
    """The follower's best answers are 10 - x over 2, rounded: 5 or 4 at x = 1, which tie. All decisions are tried; what
    ties is settled for none, and that is said."""
    found = solved(
        """
player lead { var x integer in [0, 4]  maximize income = (10 - x - y)*x }
player follow follows lead { var y integer in [0, 8]  maximize profit = (10 - x - y)*y }
""",
        method="cma_es",
    )
    assert found.status is Status.LIMIT
    assert found.certificate.verified
    assert "the search ended (with all decisions, but not all best answers of followers are looked at)" in (
        found.diagnostics[0].headline
    )
