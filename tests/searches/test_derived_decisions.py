"""What followers see of a leader's decisions through functions follows from the decisions: searches move these alone,
and whole followers keep exact methods."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from compiler.ground.ground_game import INTEGER, GroundGame
from compiler.pipeline import compile_file
from runtime.methods.derived_decisions import DerivedDecisions
from runtime.result import Status
from runtime.session import solve

SEEN = """game g
player l { var x in [0, 4] var w in [0, 1] minimize a = (x - 1)^2 + (y - 0.6)^2 + exp(w) }
player f follows l {
  var y in [0, 5]
  minimize b = (y - 1)^2 + (x^2*exp(-x))*y
  constraint c: y <= 4/(1 + x) - log(x + exp(-x))
}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "m.game"
    path.write_text(text, "utf-8")
    return path


def seen_at(x: float) -> dict[str, float]:
    """The values that the follower sees, as their columns are called."""
    return {
        "x^2*exp(-x)": x * x * math.exp(-x),
        "4/(1 + x)": 4 / (1 + x),
        "log(x + exp(-x))": math.log(x + math.exp(-x)),
    }


def followers_answer(x: np.ndarray) -> np.ndarray:
    top = 4 / (1 + x) - np.log(x + np.exp(-x))
    return np.clip(1 - x**2 * np.exp(-x) / 2, 0, np.minimum(top, 5))


def named(game: GroundGame) -> dict[str, int]:
    return {game.column_label(k): k for k in range(game.columns)}


def test_values_follow_from_decisions(tmp_path: Path) -> None:
    game = compile_file(written(tmp_path, SEEN)).ground
    derived = DerivedDecisions.of(game, 0)
    place = named(game)
    x, w = place["l.x"], place["l.w"]
    assert derived.roots(np.flatnonzero(derived.derived & (game.owner == 0))).tolist() == [x]
    assert not derived.derived[[x, w]].any()
    following = derived.following(np.array([x]))
    assert set(following) == set(np.flatnonzero(derived.derived))
    assert not len(derived.following(np.array([w])))
    for value in (0.0, 0.7, 4.0):
        at = derived.from_roots(np.array([x]), np.array([value]))
        y = place["f.y"]
        at[y] = 2.0
        rows = game.row_owner == 0
        found = game.matrix.times(at) + game.row_quad.times(at, game.rows)
        assert np.all((found >= game.row_lower - 1e-12)[rows])
        assert np.all((found <= game.row_upper + 1e-12)[rows])
        for curve in game.curves:
            assert curve.violations(at)[derived.derived[curve.result]].max() <= 1e-12
        c = next(k for k in range(game.rows) if game.row_label(k) == "f.c")
        limit = (game.row_upper if np.isfinite(game.row_upper[c]) else game.row_lower)[c]
        slack = abs(limit - found[c])
        expected = seen_at(value)
        assert slack == pytest.approx(abs(2.0 - expected["4/(1 + x)"] + expected["log(x + exp(-x))"]), abs=1e-9)
        b = game.objectives_at(at)[1]
        assert b == pytest.approx(1 + expected["x^2*exp(-x)"] * 2.0, abs=1e-9)


def best(goal: np.ndarray) -> float:
    return float(goal.min())


SLOWER = [pytest.param(m, marks=pytest.mark.slow) for m in ("differential_evolution", "particle_swarm")]


@pytest.mark.parametrize("method", ["kkt", "cma_es", *SLOWER])
def test_against_brute_force(tmp_path: Path, method: str) -> None:
    x = np.linspace(0, 4, 400_001)
    y = followers_answer(x)
    expected = best((x - 1) ** 2 + (y - 0.6) ** 2)
    text = SEEN.replace(" var w in [0, 1]", "").replace(" + exp(w)", "")
    found = solve(written(tmp_path, text), method=method, population=10, generations=30, time_limit=60)
    assert found.status is (Status.OPTIMAL if method == "kkt" else Status.LIMIT), found.certificate.reasons
    assert found.objectives["l.a"] == pytest.approx(expected, abs=1e-6)
    assert found.value_of["y"] == pytest.approx(float(followers_answer(np.array([found.value_of["x"]]))[0]), abs=1e-6)


WHOLE = """game g
player l { var x in [0, 4] minimize a = (x - 2)^2 + (y - 2)^2 }
player f follows l {
  var y integer in [0, 5]
  minimize b = (exp(-x) - 0.3)*y
  constraint c: y <= 7/(1 + x)
}
"""


def test_whole_followers_keep_exact_methods(tmp_path: Path) -> None:
    """y = 0 where exp(-x) > 0.3, else the largest whole number up to 7/(1+x), which is 2 for x in (4/3, 5/2]."""
    found = solve(written(tmp_path, WHOLE), time_limit=60)
    assert found.method == "value_function"
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.objectives["l.a"] == pytest.approx(0, abs=1e-6)
    assert round(found.value_of["y"]) == 2


def test_enumeration_tries_whole_decisions_behind_functions(tmp_path: Path) -> None:
    """The follower sees sqrt(n) and 1/n only: of n = 1..9, y = clip(2 - sqrt(n), 0, 6/n)."""
    text = """game g
player l { var n integer in [1, 9] minimize a = (n - 4)^2/10 + (y - 0.3)^2 }
player f follows l { var y in [0, 5] minimize b = y^2/2 - 2*y + sqrt(n)*y constraint c: y <= 6/n }
"""
    n = np.arange(1, 10.0)
    y = np.minimum(np.clip(2 - np.sqrt(n), 0, 5), 6 / n)
    values = (n - 4) ** 2 / 10 + (y - 0.3) ** 2
    found = solve(written(tmp_path, text), method="enumeration", time_limit=60)
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.objectives["l.a"] == pytest.approx(values.min(), abs=1e-7)
    assert found.value_of["n"] == n[values.argmin()]


def test_a_decision_outside_a_domain_is_none(tmp_path: Path) -> None:
    """sqrt(x - 1) keeps x at 1 or more, where the leader would have 0: y = 2 - sqrt(x - 1)."""
    text = """game g
player l { var x in [0, 4] minimize a = x + y/10 }
player f follows l { var y in [0, 5] minimize b = y constraint c: y >= 2 - sqrt(x - 1) }
"""
    path = written(tmp_path, text)
    x = np.linspace(1, 4, 300_001)
    expected = best(x + (2 - np.sqrt(x - 1)) / 10)
    for method in ("kkt", "cma_es"):
        found = solve(path, method=method, generations=30, time_limit=60)
        assert found.objectives["l.a"] == pytest.approx(expected, abs=1e-4 if method == "cma_es" else 1e-6)
        assert found.value_of["x"] >= 1 - 1e-6


def test_extremes_without_bounds_stay_with_the_follower(tmp_path: Path) -> None:
    """`exp(abs(x))` is convex where it stands; at the leader binaries would need bounds of x."""
    text = """game g
player l { var x minimize a = (x - 1)^2 + 4*y }
player f follows l { var y in [0, 50] minimize b = y constraint c: y >= exp(abs(x)) }
"""
    game = compile_file(written(tmp_path, text)).ground
    assert [game.players[p].name for p in game.owner.tolist()] == ["l", "f", "f", "f", "f"]
    assert not np.any(game.kind == INTEGER)


def test_ties_are_examined_beside_functions_of_decisions(tmp_path: Path) -> None:
    """y + z = 1, however divided: the leader hopes for y = 0 and may get 1, at x = 0."""
    text = """game g
player l { var x in [0, 1] minimize a = x + y }
player f follows l { var y in [0, 2] var z in [0, 2] minimize b = exp(-x)*(y + z) constraint c: y + z >= 1 }
"""
    found = solve(written(tmp_path, text), time_limit=60)
    (tie,) = found.certificate.ties
    assert found.objectives["l.a"] == pytest.approx(0, abs=1e-6)
    assert (tie.optimistic, tie.pessimistic) == (pytest.approx(0, abs=1e-6), pytest.approx(1, abs=1e-6))
