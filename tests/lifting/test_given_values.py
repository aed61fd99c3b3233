"""`abs`, `max`, curves, tiers and smooth functions of a leader's decisions in a follower's problem are data to the
follower: it stays an LP or QP, and the answers are those of brute force over the leader's decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from compiler.ground.ground_game import INTEGER, GroundGame
from compiler.ground.player_classes import player_classes
from compiler.pipeline import compile_file
from runtime.certify import Claim, certify
from runtime.result import Result, Status
from runtime.session import solve

Function = Callable[[np.ndarray], np.ndarray]


def abs_(x: np.ndarray) -> np.ndarray:
    return np.abs(x)


def hat(x: np.ndarray) -> np.ndarray:
    """`piecewise(x; (-1, 0), (0, 2), (1, 0), (2, 1))`, its end pieces going on."""
    return np.where(x < 0, 2 + 2 * x, np.where(x < 1, 2 - 2 * x, x - 1))


def tiered(x: np.ndarray) -> np.ndarray:
    """`tiers(x + 2; 1: 2, 3: 0.5, rest: 1)`."""
    e = x + 2
    return 2 * np.clip(e, 0, 1) + 0.5 * np.clip(e - 1, 0, 2) + np.maximum(e - 3, 0)


VALUES: dict[str, Function] = {
    "abs(x)": abs_,
    "-abs(x - 1)": lambda x: -np.abs(x - 1),
    "max(x, 0.5)": lambda x: np.maximum(x, 0.5),
    "min(2*x, 1 - x)": lambda x: np.minimum(2 * x, 1 - x),
    "max(abs(x) - 1, min(x, 0.5))": lambda x: np.maximum(np.abs(x) - 1, np.minimum(x, 0.5)),
    "piecewise(x; (-1, 0), (0, 2), (1, 0), (2, 1))": hat,
    "tiers(x + 2; 1: 2, 3: 0.5, rest: 1)": tiered,
    "smax(t) (s[t]*x - s[t]^2)": lambda x: np.max([s * x - s * s for s in (-1.0, 0.5, 2.0)], axis=0),
    "exp(-x)": lambda x: np.exp(-x),
    "-log(x + 3)": lambda x: -np.log(x + 3),
    "sqrt(x + 2)": lambda x: np.sqrt(x + 2),
    "x^3/9": lambda x: x**3 / 9,
    "(x + 3)^1.5/(x + 4)": lambda x: (x + 3) ** 1.5 / (x + 4),
    "x*exp(-x)/3": lambda x: x * np.exp(-x) / 3,
    "exp(-abs(x))": lambda x: np.exp(-np.abs(x)),
    "max(exp(x) - 2, sin(2*x))": lambda x: np.maximum(np.exp(x) - 2, np.sin(2 * x)),
}
FORMS = {
    # What the follower does with the value v(x), and its answer y in [0, 5] to it.
    "a price": ("minimize b = (y - 2)^2 + ({v})*y", lambda v: np.clip(2 - v / 2, 0, 5)),
    "a gain": ("maximize b = 3*y + ({v})*y - y^2", lambda v: np.clip((3 + v) / 2, 0, 5)),
    "a limit": ("maximize b = y constraint c: y <= 2 + ({v})", lambda v: np.minimum(2 + v, 5)),
    "a least": ("minimize b = y constraint c: y >= {v}", lambda v: np.maximum(v, 0)),
}
GOALS = {
    "minimize a = (x - 0.3)^2 + (y - 1.7)^2": lambda x, y: (x - 0.3) ** 2 + (y - 1.7) ** 2,
    "minimize a = 0.3*x - y": lambda x, y: 0.3 * x - y,
    "minimize a = 0.1*x + y": lambda x, y: 0.1 * x + y,
}


def written(folder: Path, text: str) -> Path:
    path = folder / "model.game"
    path.write_text(text, "utf-8")
    return path


def model(folder: Path, value: str, form: str, goal: str) -> Path:
    sets = "set T index t = 1..3\nparam s[t] = {1: -1, 2: 0.5, 3: 2}\n" if "s[t]" in value else ""
    follower = FORMS[form][0].format(v=value)
    text = (
        f"game g\n{sets}player l {{ var x in [-2, 3] {goal} }}\nplayer f follows l {{ var y in [0, 5] {follower} }}\n"
    )
    return written(folder, text)


def lp_or_qp(game: GroundGame, player: str) -> bool:
    p = next(k for k, q in enumerate(game.players) if q.name == player)
    return player_classes(game)[p].name in ("LP", "QP")


@pytest.mark.parametrize("goal", [pytest.param(g, marks=[pytest.mark.slow] if k else []) for k, g in enumerate(GOALS)])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("value", VALUES)
def test_against_brute_force(tmp_path: Path, value: str, form: str, goal: str) -> None:
    path = model(tmp_path, value, form, goal)
    assert lp_or_qp(compile_file(path).ground, "f")
    x = np.linspace(-2, 3, 50_001)
    v = VALUES[value](x)
    y = FORMS[form][1](v)
    # Where the limit is below zero, or the least above 5, the follower has no answer.
    fine = (y >= 0) & (y <= 5)
    values = np.where(fine, GOALS[goal](x, y), np.inf)
    found = solve(path, time_limit=60)
    assert found.status is Status.OPTIMAL, (found.certificate.reasons, found.choice)
    assert found.method == "kkt"
    step = 30 * (x[1] - x[0])
    assert values.min() - step <= found.objectives["l.a"] <= values.min() + 1e-6
    at = np.array([found.value_of["x"]])
    answer = FORMS[form][1](VALUES[value](at))
    assert found.value_of["y"] == pytest.approx(answer[0], abs=1e-5)


def solved(folder: Path, text: str) -> Result:
    return solve(written(folder, text), time_limit=60)


def test_a_cost_that_a_decision_cancels(tmp_path: Path) -> None:
    """At n = 3 and x = sqrt(0.6) the follower is indifferent: what it could gain is rounding of 1.8, not of 0."""
    text = """game g
player l { var x in [0, 2] var n integer in [0, 3] minimize a = -0.6*y - 0.5*x*y + x^2 }
player f follows l {
  var y in [0, 5]
  minimize b = (1.8 - x^2*n)*y
  constraint low: y >= exp(x/2)/(n + 1) - 2
  constraint high: y <= abs(x - 1)*sqrt(x + 1) + 1
}
"""
    found = solved(tmp_path, text)
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    x = np.sqrt(0.6)
    y = (1 - x) * np.sqrt(1 + x) + 1
    assert found.objectives["l.a"] == pytest.approx(-0.6 * y - 0.5 * x * y + x**2, abs=1e-6)


def test_a_convex_cost_stays_where_it_was(tmp_path: Path) -> None:
    """Nothing profits from a larger `max(x - y, 0)`, nor is it of the leader's decisions alone."""
    text = """game g
player l { var x in [-2, 3] minimize a = 0.3*x - y }
player f follows l { var y in [0, 5] minimize b = (y - 2)^2 + max(x - y, 0) + abs(x) }
"""
    game = compile_file(written(tmp_path, text)).ground
    assert [game.players[p].name for p in game.owner.tolist()] == ["l", "f", "f", "f"]
    assert not np.any(game.kind == INTEGER)


def test_followers_by_index_and_a_leader_each(tmp_path: Path) -> None:
    """Two sellers, each with a buyer of its own that pays at least 0.5 and values 4: p = 2 each, q = 2."""
    text = """game g
set I index i = {a, b}
player seller[i] { var p in [-1, 3] maximize gain = p*q[i] }
player buyer[i] follows seller[i] { var q in [0, 5] minimize cost = max(p[i], 0.5)*q + q^2/2 - 4*q }
"""
    path = written(tmp_path, text)
    game = compile_file(path).ground
    lifted = [b for b in game.column_blocks if b.lifted]
    assert lifted
    for block in lifted:
        for k in range(block.start, block.stop):
            (player,) = {game.players[int(game.owner[k])].name}
            assert player == f"seller[{block.key(k)[0]}]"
    found = solve(path, time_limit=60)
    assert found.status is Status.EQUILIBRIUM, found.certificate.reasons
    assert found.objectives["seller[a].gain"] == pytest.approx(4, rel=1e-6)


def test_what_two_players_decide_stays(tmp_path: Path) -> None:
    """`abs(x - z)` of two leaders belongs to neither."""
    text = """game g
player l { var x in [-2, 3] minimize a = x^2 }
player m { var z in [-2, 3] minimize c = (z - 1)^2 }
player f follows l, m { var y in [0, 5] maximize b = y constraint c: y <= abs(x - z) }
"""
    game = compile_file(written(tmp_path, text)).ground
    assert not lp_or_qp(game, "f")


def test_a_value_that_is_not_that_of_the_decision_is_found(tmp_path: Path) -> None:
    """The column that stands for `abs(x)` is the leader's, but not its choice."""
    path = model(tmp_path, "abs(x)", "a limit", "minimize a = 0.3*x - y")
    game = compile_file(path).ground
    found = solve(path, time_limit=60)
    named = {game.column_label(k): k for k in range(game.columns)}
    assert found.objectives["l.a"] == pytest.approx(0.3 * -2 - 4)
    x, y, z = named["l.x"], named["f.y"], named["f.(abs(x))"]
    point = np.zeros(game.columns)
    # x = 1 leaves y up to 3; with z = 2 it would be 4.
    point[[x, y, z]] = 1.0, 3.0, 1.0
    point[named["f.(abs(x)) (choice 1)"]] = 1.0
    assert certify(game, Claim(Status.STATIONARY, point)).verified
    for wrong in (0.5, 2.0):
        planted = point.copy()
        planted[[y, z]] = 2 + wrong, wrong
        assert not certify(game, Claim(Status.STATIONARY, planted)).verified
    low = replace(game, lower=np.where(np.arange(game.columns) == y, 0.0, game.lower))
    off = point.copy()
    off[y] = 2.5
    assert not certify(low, Claim(Status.STATIONARY, off)).verified
