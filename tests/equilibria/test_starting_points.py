"""Points to begin at satisfy everybody's constraints, few columns or many."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from compiler.pipeline import compile_file
from grammar.source import Source
from runtime.methods.starting_points import MANY, starting_points

STORES = """
game stores
set T index t = 1..{hours}
player west {{
  var out[t] in [0, 120]  var level[t] in [0, 300] cyclic  var fill[t] in [-50, 50]
  minimize cost = sum(t) (20 + 5*sin(t/3))*out[t]
  constraint stored[t]: level[t] == level[t-1] + fill[t]
  constraint served[t]: out[t] - fill[t] + 0.3*east.out[t] >= 20 + 10*sin(t/4)
}}
player east {{
  var out[t] in [0, 120]
  minimize cost = sum(t) (22 + 5*cos(t/3))*out[t]
  constraint served[t]: out[t] + 0.3*west.out[t] <= 100
}}
"""


@pytest.mark.parametrize("hours", [6, 400])
def test_they_satisfy_all_constraints_at_once(hours: int) -> None:
    game = compile_file(Source("stores.game", STORES.format(hours=hours))).ground
    assert (game.columns > MANY) == (hours > 6)
    points = np.array(list(islice(starting_points(game, seed=1), 3)))
    assert len(np.unique(points, axis=0)) == 3
    for x in points:
        rows = game.matrix.times(x)
        assert np.all(rows >= game.row_lower - 1e-5)
        assert np.all(rows <= game.row_upper + 1e-5)
        assert np.all((x >= game.lower - 1e-6) & (x <= game.upper + 1e-6))
