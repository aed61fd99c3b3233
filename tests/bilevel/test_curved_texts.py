"""Random games with curved followers from their text to the answer, against golden sections (`curved_texts`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from curved_texts import TOGETHER, CurvedText, value

from compiler.ground.hidden_convexity import hidden_convexity
from compiler.pipeline import compile_file
from grammar.diagnostics import DiagnosticError
from runtime.curve_tangents import hidden_room
from runtime.own_problem import OwnProblem
from runtime.result import Status
from runtime.session import solve

HONEST = {"G702", "G704", "G804", "G807"}
"""What may be said of such games instead of an answer: not convex, no room, a solver that failed, linear after all."""


def agrees(seed: int, folder: Path, limit: float) -> bool:
    """Nothing that is called optimal is wrong; whether it was called so."""
    game = CurvedText(seed)
    path = folder / "curved.game"
    path.write_text(game.text, "utf-8")
    found = refused = None
    try:
        found = solve(path, time_limit=limit, method="tangent_conditions")
    except DiagnosticError as error:
        refused = error
    if found is None:
        assert refused is not None
        assert {d.code for d in refused.diagnostics} <= HONEST, game.text
        return False
    best, _ = game.best()
    if found.status is Status.INFEASIBLE:
        assert best == np.inf, game.text
    if found.status not in (Status.OPTIMAL, Status.OPTIMAL_IF_BOUNDS):
        return False
    goal, x = found.objectives["L.goal"], np.array([found.value_of["x"]])
    y, z, _ = game.answers(x)
    assert goal <= best + 1e-4, game.text
    # What the follower does there; flat costs leave it some freedom.
    assert goal == pytest.approx(float(value(game.goal, x, y, z)[0]), abs=2e-3), game.text
    return True


@pytest.mark.parametrize("seed", [0, 9])
def test_answers_are_those_of_sections(seed: int, tmp_path: Path) -> None:
    assert agrees(seed, tmp_path, 60)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(300))
def test_answers_of_many_games(seed: int, tmp_path: Path) -> None:
    agrees(seed, tmp_path, 20)


@pytest.mark.parametrize("text", [t.format(a=1, b=1) for t in TOGETHER])
def test_what_a_certificate_says_of_such_a_follower(tmp_path: Path, text: str) -> None:
    """Its bound of the gain is no less than the gain at any point, and small at the best one."""
    cost = f"{text} + 0.3*y^2 + 0.2*z^2 - y + x*z"
    path = tmp_path / "m.game"
    path.write_text(
        "player L { var x in [0, 2] minimize goal = x } player f follows L"
        f" {{ var y in [-2, 2] var z in [-2, 2] minimize cost = {cost} }}",
        "utf-8",
    )
    game = compile_file(path).ground
    convexity = hidden_convexity(game, 1)
    assert convexity is not None
    places = {b.name: b.start for b in game.column_blocks if not b.lifted}
    others = [c for c in range(game.columns) if c not in places.values() and c not in convexity.functions.defined]
    model = CurvedText(0)
    model.cost, model.limits = cost, []
    rng = np.random.default_rng(3)
    for x in rng.uniform(0, 2, 1):
        y, z, _ = (float(v[0]) for v in model.answers(np.array([x])))
        least = float(value(cost, *(np.array([v]) for v in (x, y, z)))[0])
        for point in ((y, z), *rng.uniform(-2, 2, (3, 2))):
            v = np.zeros(game.columns)
            v[[places["x"], places["y"], places["z"]]] = (x, *point)
            # The side columns of `max` and `abs` at what they stand for.
            for c in others:
                v[c] = abs(point[0] - point[1]) if "abs" in text else max(*point, x, *([0.0] * ("^2" in text)))
                v[c] = max(point[0] + point[1], 0.0) if "max(y + z" in text else v[c]
            room = hidden_room(OwnProblem.of(game, 1, v), convexity, v)
            there = float(value(cost, *(np.array([w]) for w in (x, *point)))[0])
            assert room >= there - least - 1e-6
        at_best = v.copy()
        at_best[[places["y"], places["z"]]] = y, z
        if not others:
            assert hidden_room(OwnProblem.of(game, 1, at_best), convexity, at_best) <= 1e-5
