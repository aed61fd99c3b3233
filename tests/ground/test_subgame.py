"""A subgame at a point says what the whole game says there: objectives, rows, bounds, labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compiler.ground.ground_game import GroundGame
from compiler.ground.subgame import below, subgame
from compiler.pipeline import compile_file, compile_source
from grammar.source import Source

MODELS = Path(__file__).parents[2] / "models"

MIXED = """
set K index k = {a, b, c}
player lead { var y in [0, 5]  var z[k] in [0, 2]  maximize F = sum(k) price_[k]*q[k] - y^2 + y*p
  constraint own: y + sum(k) z[k] <= 6 }
player rival { var p in [0, 3]  minimize G = p^2 - p*y + sum(k) q[k]  constraint sees: p + y <= 7 }
player user[k] follows lead, rival {
  var q in [0, 9]  minimize H = q^2 - q*(y + z[k]) + exp(q/4)*2 + p*y
  constraint least: q + y*0.5 >= 1  price price_
  constraint more[j in K where j != k]: q + 0.1*y*q <= 9
}
player guest follows rival { var g in [0, 1] minimize I = g*p - 0.5*g }
"""


def values(game: GroundGame, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    at = game.matrix.times(x) + game.row_quad.times(x, game.rows)
    return game.objectives_at(x), game.row_lower - at, game.row_upper - at


def ties(game: GroundGame, number: np.ndarray, owner: np.ndarray) -> set[tuple[int, str, int, int]]:
    """Every pair of a curve: owner of the result in the whole game, function, argument, result in the numbers given."""
    return {
        (int(owner[number[r]]), c.function, int(number[a]), int(number[r]))
        for c in game.curves
        for a, r in zip(c.argument, c.result, strict=True)
    }


def games() -> list[GroundGame]:
    found = [compile_source(Source("mixed.game", MIXED), {}.__getitem__).ground]
    for name, case in (("industrial_park_market", None), ("storage_alliance", None), ("spot_market_vpp", None)):
        compiled = compile_file(MODELS / name / f"{name}.game", case=case)
        found.append(compiled.ground)
    return found


@pytest.mark.parametrize("game", games(), ids=lambda g: g.name)
def test_it_says_the_same(game: GroundGame) -> None:
    rng = np.random.default_rng(1)
    for round_ in range(8):
        x = rng.uniform(-1, 1, game.columns)
        chosen = (
            below(game, int(rng.integers(len(game.players)))) if round_ % 2 else rng.random(len(game.players)) < 0.5
        )
        small = subgame(game, chosen, x)
        part = rng.uniform(-1, 1, len(small.columns))
        whole = small.widened(part, x)
        assert set(small.players.tolist()) == set(np.flatnonzero(chosen).tolist())
        for found, expected, kept in zip(
            values(small.game, part), values(game, whole), (small.players, small.rows, small.rows), strict=True
        ):
            np.testing.assert_allclose(found, expected[kept], rtol=1e-12, atol=1e-9)
        np.testing.assert_array_equal(small.game.lower, game.lower[small.columns])
        labels = [small.game.column_label(k) for k in range(small.game.columns)]
        assert labels == [game.column_label(k) for k in small.columns.tolist()]
        assert [small.game.row_label(k) for k in range(small.game.rows)] == [
            game.row_label(k) for k in small.rows.tolist()
        ]
        assert ties(small.game, small.columns, game.owner) == {
            t for t in ties(game, np.arange(game.columns), game.owner) if chosen[t[0]]
        }
        for player, k in zip(small.game.players, small.players.tolist(), strict=True):
            leaders = {game.players[n].name for n in game.players[k].leaders if chosen[n]}
            assert {small.game.players[n].name for n in player.leaders} == leaders


def test_below() -> None:
    game = games()[0]
    assert [p.name for p, mine in zip(game.players, below(game, 0), strict=True) if mine] == [
        "lead", "user[a]", "user[b]", "user[c]",
    ]  # fmt: skip
    assert below(game, 1).sum() == 5
