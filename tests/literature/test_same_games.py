"""The problems of the literature written otherwise (`same_games`): the optimum stays, and so does what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from same_games import rewritten
from test_literature import FILES, SLOW, told

from compiler.pipeline import compile_file
from grammar.diagnostics import DiagnosticError
from runtime.answer import answer
from runtime.methods.method import Request
from runtime.result import Status

NAMES = [name for name in FILES if name not in SLOW]
OPEN = {"outrata_1990_2d"}
"""Whose bound SCIP leaves at 1e-6 of its terms, a little more or a little less."""

CASES = [
    pytest.param(name, seed, marks=[] if k % 5 == seed == 0 else [pytest.mark.slow])
    for k, name in enumerate(NAMES)
    for seed in range(8)
]


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_optimum_of_the_same_game(name: str, seed: int) -> None:
    optimum, _, refusal = told(name, "Optimum").partition(" or ")
    method = "kkt" if (refusal or optimum).startswith("G") else "auto"
    plain = compile_file(FILES[name]).ground
    game = rewritten(plain, np.random.default_rng([seed, len(name)]))
    try:
        found = answer(game, Request(method=method, time_limit=60))
    except DiagnosticError as error:
        if {d.code for d in error.diagnostics} <= {refusal or optimum}:
            return
        raise
    if found.status.value in (optimum, refusal):
        return
    assert found.status is Status.OPTIMAL or (name in OPEN and found.status is Status.NOT_VERIFIED)
    assert found.x is not None
    value = float(game.objectives_at(found.x)[0]) * game.players[0].sense * plain.players[0].sense
    assert value == pytest.approx(float(optimum), rel=1e-6, abs=2e-6)


def test_most_games_are_written_otherwise() -> None:
    changed = 0
    for name in NAMES:
        plain = compile_file(FILES[name]).ground
        game = rewritten(plain, np.random.default_rng([0, len(name)]))
        arrays = ((game.lower, plain.lower), (game.objective.data, plain.objective.data))
        changed += game.rows != plain.rows or not all(np.array_equal(*pair) for pair in arrays)
    assert changed >= 0.9 * len(NAMES)
