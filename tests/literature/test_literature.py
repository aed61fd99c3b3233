"""Bilevel problems with known answers: every file says where it is from and what its optimum is.

The optima are those of the sources named, most of them also in BASBLib (Paulavicius and Adjiman, J. Glob. Optim. 60
(2014)), or closed forms. Those of linear problems are found once more by listing all vertices.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from brute_force import bilevel_lp

from compiler.ground.ground_game import GroundGame
from compiler.pipeline import compile_file
from grammar.diagnostics import DiagnosticError
from runtime.result import Status
from runtime.session import solve

FILES = {f.stem: f for f in sorted(Path(__file__).parent.glob("*.game"))}
SLOW = {"stackelberg_3_followers", "stackelberg_5_followers"}
"""Products of the leader's and followers' quantities, for which SCIP branches in space."""

WAYS = [
    ("auto", "auto"),
    ("big_m", "highs"),
    pytest.param(("sos1", "auto"), marks=pytest.mark.slow),
    pytest.param(("product", "scip"), marks=pytest.mark.slow),
]
"""Most often `auto` takes SOS1 sets; so a quick run sees these too."""


def told(name: str, word: str) -> str:
    lines = FILES[name].read_text("utf-8").splitlines()
    return next(line.removeprefix(f"# {word}: ") for line in lines if line.startswith(f"# {word}: "))


def each(names: list[str]) -> list[object]:
    return [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in names]


def test_there_are_problems_and_each_has_a_source() -> None:
    assert len(FILES) >= 65
    assert all(told(name, "Source") and told(name, "Optimum") for name in FILES)


@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize("name", each(list(FILES)))
def test_optimum(name: str, way: tuple[str, str]) -> None:
    optimum, _, refusal = told(name, "Optimum").partition(" or ")
    if name in SLOW and way != ("auto", "auto"):
        pytest.skip("one way is slow enough")
    # What the file expects; and products or multipliers without a bound before HiGHS.
    refusals = {refusal or optimum} | ({"G710", "G807"} if way[1] == "highs" else set())
    # What the exact methods refuse `auto` gives to a search, of which a slow test says more.
    method = "kkt" if (refusal or optimum).startswith("G") else "auto"
    try:
        found = solve(FILES[name], method=method, complementarity=way[0], solver=way[1], time_limit=60)
    except DiagnosticError as error:
        if {d.code for d in error.diagnostics} <= refusals:
            return
        raise
    if optimum == "infeasible":
        assert found.status is Status.INFEASIBLE
        return
    if refusal == found.status.value:
        return
    assert found.status is Status.OPTIMAL, (found.certificate.reasons, found.choice)
    value = next(iter(found.objectives.values()))
    assert value == pytest.approx(float(optimum), rel=1e-6, abs=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in FILES if told(n, "Optimum").partition(" or ")[2].startswith("G")])
def test_a_search_claims_nothing_better_than_the_truth(name: str) -> None:
    found = solve(FILES[name], time_limit=60)
    sense = compile_file(FILES[name]).ground.players[0].sense
    assert found.status in (Status.LIMIT, Status.OPTIMAL, Status.NOT_VERIFIED)
    if found.certificate.verified:
        optimum = float(told(name, "Optimum").partition(" or ")[0])
        value = next(iter(found.objectives.values()))
        assert sense * (value - optimum) >= -1e-5 * max(1.0, abs(optimum))


def linear() -> list[str]:
    def plain(game: GroundGame) -> bool:
        quadratic = game.objective_quad.entries + game.row_quad.entries
        return not quadratic and not game.curves and not np.any(game.kind) and len(game.players) == 2

    return [name for name, file in FILES.items() if plain(compile_file(file).ground)]


@pytest.mark.parametrize("name", linear())
def test_linear_ones_by_enumeration(name: str) -> None:
    game = compile_file(FILES[name]).ground
    rows = np.zeros((game.rows, game.columns))
    rows[game.matrix.row_numbers(), game.matrix.indices] = game.matrix.data
    box = np.eye(game.columns)

    def side(p: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        own, mine = game.owner == p, game.row_owner == p
        low, high = [game.row_lower[mine], game.lower[own]], [game.row_upper[mine], game.upper[own]]
        return np.vstack([rows[mine], box[own]]), np.concatenate(low), np.concatenate(high)

    goals = np.zeros((2, game.columns))
    goals[game.objective.row_numbers(), game.objective.indices] = game.objective.data
    senses = [p.sense for p in game.players]
    value = bilevel_lp(senses[0] * goals[0], senses[1] * goals[1], game.owner == 1, side(0), side(1))
    optimum = told(name, "Optimum")
    expected = np.inf if optimum == "infeasible" else senses[0] * (float(optimum) - game.objective_constant[0])
    assert value == pytest.approx(expected, abs=1e-6)
