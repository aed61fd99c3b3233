"""A player's own problem as a Program against the game's own functions, and against the certificate's independent
reading of it."""

from __future__ import annotations

import numpy as np
import pytest
from small_games import GameBuilder

from compiler.reformulations.best_response import best_response
from compiler.reformulations.high_point import high_point
from runtime.own_problem import OwnProblem


def random_game(seed: int):
    rng = np.random.default_rng(seed)
    builder = GameBuilder()
    names = []
    for p in range(3):
        builder.player(f"p{p}")
        for k in range(3):
            names.append(f"v{p}{k}")
            builder.var(f"p{p}", names[-1], -1, 5)
    for p in range(3):
        for k in range(3):
            chosen = rng.choice(9, 4, replace=False)
            terms: dict[object, float] = {names[c]: float(rng.normal()) for c in chosen}
            a, b = rng.choice(9, 2)
            terms[(names[a], names[b])] = float(rng.normal())
            builder.row(f"p{p}", f"r{p}{k}_", terms, -5, 7)
        goal: dict[object, float] = {names[c]: float(rng.normal()) for c in range(9)} | {"": 3.5}
        for _ in range(4):
            a, b = rng.choice(9, 2)
            goal[(names[a], names[b])] = float(rng.normal())
        (builder.minimize if rng.random() < 0.5 else builder.maximize)(f"p{p}", goal)
    return builder.build()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("player", range(3))
def test_program_is_the_players_problem(seed: int, player: int) -> None:
    """Whatever own values are put in, cost and rows are those of the game at the same point."""
    game = random_game(seed)
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, game.columns)
    program, recovery = best_response(game, player, x)
    own = OwnProblem.of(game, player, x)
    sense = game.players[player].sense
    for _ in range(3):
        v = rng.uniform(-1, 1, program.columns)
        point = recovery.point(v)
        assert np.array_equal(point[game.owner != player], x[game.owner != player])
        truth = sense * game.objectives_at(point)[player]
        assert program.cost_at(v) == pytest.approx(truth)
        assert own.value(v) == pytest.approx(truth)
        rows = game.matrix.times(point) + game.row_quad.times(point, game.rows)
        mine = np.flatnonzero(game.row_owner == player)
        assert program.row_upper - program.rows_at(v) == pytest.approx(game.row_upper[mine] - rows[mine])
        theirs = own.matrix.times(v) + own.row_quad.times(v, len(mine))
        assert own.row_upper - theirs == pytest.approx(game.row_upper[mine] - rows[mine])
        h = 1e-6 * np.eye(program.columns)
        slope = [(own.value(v + d) - own.value(v - d)) / 2e-6 for d in h]
        assert own.gradient(v) == pytest.approx(slope, abs=1e-6)


def test_high_point_keeps_all_rows_and_the_leaders_cost() -> None:
    game = random_game(7)
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, game.columns)
    program = high_point(game, 1)
    assert program.cost_at(x) == pytest.approx(game.players[1].sense * game.objectives_at(x)[1])
    assert program.rows_at(x) == pytest.approx(game.matrix.times(x) + game.row_quad.times(x, game.rows))
    some = high_point(game, 1, game.row_owner == 2)
    assert np.all(np.isinf(some.row_upper[game.row_owner != 2]))
    assert np.all(np.isfinite(some.row_upper[game.row_owner == 2]))
