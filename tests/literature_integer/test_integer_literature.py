"""Followers with whole numbers: examples of the literature, and small ones of its classes with numbers drawn here.

Every file says where it is from. `Published` is what the source reports, `Optimum` (or `Infimum`, where no decision
attains it) what trying all decisions gives: `enumeration` and `worst_enumeration` for most, a table of all packings and
all ways to forbid for the knapsack interdiction problems of ten items, a MILP where the follower had better do nothing.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from enumeration import by_answers, by_decisions
from scipy.optimize import LinearConstraint, milp
from worst_enumeration import by_whole_decisions

from compiler.ground.ground_game import GroundGame
from compiler.pipeline import compile_file
from runtime.result import Status
from runtime.session import solve

FILES = {f.stem: f for f in sorted(Path(__file__).parent.glob("*.game"))}
MANY = {
    *("assignment_interdiction", "clique_interdiction", "zero_one_bard_moore_coupled", "whole_and_real_below"),
    *("capacity_knapsack", "capacity_knapsack_counts", "real_above_whole_below", "two_followers", "priced_items"),
}
"""Whose enumeration takes half a second or more."""


def told(name: str, word: str) -> str:
    lines = FILES[name].read_text("utf-8").splitlines()
    return next((line.removeprefix(f"# {word}: ") for line in lines if line.startswith(f"# {word}: ")), "")


def test_there_are_thirty_and_each_has_a_source() -> None:
    assert len(FILES) >= 30
    for name in FILES:
        assert told(name, "Source")
        assert told(name, "Optimum") or told(name, "Infimum")
        assert told(name, "Published") in ("", told(name, "Optimum"))


@pytest.mark.parametrize("name", FILES)
def test_proved_or_stopped_with_the_true_gap(name: str) -> None:
    found = solve(FILES[name], time_limit=60)
    assert found.method == ("pessimistic" if name.startswith("pessimistic") else "value_function")
    assert found.certificate.verified, found.certificate.reasons
    leader = found.certificate.regret[next(iter(found.objectives)).split(".")[0]]
    value = next(iter(found.objectives.values()))
    if told(name, "Optimum"):
        assert found.status is Status.OPTIMAL, found.diagnostics
        assert value == pytest.approx(float(told(name, "Optimum")), rel=1e-6, abs=1e-6)
        return
    infimum = float(told(name, "Infimum"))
    assert found.status is Status.LIMIT
    assert [d.code for d in found.diagnostics] == ["G809"]
    assert infimum < value < infimum + 1e-3
    assert value - leader == pytest.approx(infimum, abs=1e-6)


def tried(name: str, game: GroundGame) -> float:
    """By trying everything; as if minimised."""
    if name.startswith("denegre_k"):
        return forbidding(game)
    if name == "denegre_ralphs_milp_4_20":
        return idle(game)
    if name.startswith("pessimistic"):
        return by_whole_decisions(game)
    if np.all(game.kind[game.owner == 0] == 1):
        return by_decisions(game)[0]
    value, attained = by_answers(game)
    assert attained == bool(told(name, "Optimum"))
    return value


def idle(game: GroundGame) -> float:
    """Where the follower pays for all it does and has to do nothing: what the leader does alone, a MILP."""
    rows = np.zeros((game.rows, game.columns))
    rows[game.matrix.row_numbers(), game.matrix.indices] = game.matrix.data
    goals = np.zeros((2, game.columns))
    goals[game.objective.row_numbers(), game.objective.indices] = game.objective.data
    above = game.owner == 0
    assert game.players[1].sense == 1
    assert np.all(goals[1, ~above] > 0)
    assert np.all(rows >= 0)
    assert np.all(np.isneginf(game.row_lower))
    assert np.all(game.lower == 0)
    limits = LinearConstraint(rows[:, above], -np.inf, game.row_upper)
    found = milp(goals[0, above], constraints=limits, integrality=np.ones(int(above.sum())))
    assert found.status == 0
    return float(found.fun)


def forbidding(game: GroundGame) -> float:
    """Of a knapsack interdiction problem: all ways to forbid against all packings."""
    rows = np.zeros((game.rows, game.columns))
    rows[game.matrix.row_numbers(), game.matrix.indices] = game.matrix.data
    budget, room = rows[game.row_owner == 0][0], rows[game.row_owner == 1][0]
    above, below = np.flatnonzero(game.owner == 0), np.flatnonzero(game.owner == 1)
    gain = game.objective.take_rows(np.array([1])).data
    bits = np.array(list(product((0, 1), repeat=len(below))))
    packed = bits[bits @ room[below] <= game.row_upper[game.row_owner == 1][0]]
    allowed = bits[bits @ budget[above] <= game.row_upper[game.row_owner == 0][0]]
    return min(float(np.max((packed * (1 - off)) @ gain)) for off in allowed)


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] if n in MANY else []) for n in FILES])
def test_trying_everything_gives_the_same(name: str) -> None:
    game = compile_file(FILES[name]).ground
    expected = float(told(name, "Optimum") or told(name, "Infimum"))
    assert game.players[0].sense * tried(name, game) == pytest.approx(expected, rel=1e-7, abs=1e-7)
