"""The family of a player's problems gives at each point what `best_response` gives there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compiler.ground.ground_game import GroundGame
from compiler.pipeline import compile_file, compile_source
from compiler.reformulations.best_response import best_response
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.response_family import ResponseFamily
from grammar.source import Source

MODELS = Path(__file__).parents[2] / "models"
MIXED = """
set K index k = {a, b, c}
player lead { var y in [0, 5]  var z[k] in [0, 2]  maximize F = sum(k) rate[k]*q[k] - y^2 + y*p + p^2 - 3*p
  constraint own: y + sum(k) z[k] <= 6 }
player rival { var p in [0, 3] integer minimize G = p^2 - p*y + sum(k) q[k]*y  constraint sees: p + y + p*y <= 7 }
player user[k] follows lead, rival {
  var q in [0, 9]  minimize H = q^2 - q*(y + z[k]) + exp(q/4)*2 + p*y
  constraint least: q + y*0.5 + y*p >= 1  price rate
}
player guest { var g in [0, 1] var h semicontinuous in [1, 2]
  maximize I = g*p - 0.5*g + h  constraint both: g + h + p <= 4 }
"""


def games() -> list[GroundGame]:
    return [
        compile_source(Source("mixed.game", MIXED), {}.__getitem__).ground,
        compile_file(MODELS / "industrial_park_market" / "industrial_park_market.game").ground,
    ]


@pytest.mark.parametrize("game", games(), ids=lambda g: g.name)
def test_it_is_the_best_response_everywhere(game: GroundGame) -> None:
    rng = np.random.default_rng(3)
    for player in range(len(game.players)):
        family = ResponseFamily.of(game, player)
        for _ in range(3):
            x = rng.uniform(-1, 1, game.columns)
            found, expected = family.at(x), complementarity_sos1(best_response(game, player, x)[0])
            for name in ("lower", "upper", "cost", "row_lower", "row_upper"):
                np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-12, atol=1e-9)
            assert found.cost_constant == pytest.approx(expected.cost_constant, rel=1e-12, abs=1e-9)
            v = rng.uniform(-1, 1, found.columns)
            np.testing.assert_allclose(found.rows_at(v), expected.rows_at(v), rtol=1e-12, atol=1e-9)
            assert found.cost_at(v) == pytest.approx(expected.cost_at(v), rel=1e-12, abs=1e-9)
            whole = x.copy()
            whole[family.own] = v[: len(family.own)]
            assert family.objective_at(whole) == pytest.approx(game.objectives_at(whole)[player], rel=1e-12, abs=1e-9)


def test_rows_with_products_of_others_are_written_anew() -> None:
    game = games()[0]
    moving = {game.players[p].name: ResponseFamily.of(game, p).moving for p in range(len(game.players))}
    assert moving == {
        "lead": False,
        "rival": True,
        "user[a]": False,
        "user[b]": False,
        "user[c]": False,
        "guest": False,
    }
