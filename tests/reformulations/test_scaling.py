"""Scaling: the same game in other units, and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compiler.pipeline import compile_file
from compiler.reformulations.scaling import LARGEST, SMALLEST, scaled
from runtime.result import Status
from runtime.session import solve

PRICES = """
player lead {{ var p in [0, {top}] maximize profit = p*q }}
player f follows lead {{
  var q in [0, {most}]
  minimize bill = p*q + {dear}*(other)
  var other >= 0
  constraint need: {weight}*q + {weight}*other >= {weight}*{load}  price worth
}}
"""


def model(folder: Path, money: float, power: float, weight: float = 1.0) -> Path:
    """The leader undercuts the other source, which costs 5: p = 5, q = 8 of a load of 10. All in other units."""
    path = folder / f"m_{money:g}_{power:g}_{weight:g}.game"
    text = PRICES.format(
        top=9 * money / power, most=8 * power, dear=5 * money / power, load=10 * power, weight=repr(float(weight))
    )
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("money", [1e-4, 1.0, 1e5])
@pytest.mark.parametrize("power", [1e-3, 1.0, 1e8])
@pytest.mark.parametrize("weight", [1e-6, 1.0, 1e7])
def test_an_answer_in_any_units(tmp_path: Path, money: float, power: float, weight: float) -> None:
    result = solve(model(tmp_path, money, power, weight))
    assert result.status is Status.OPTIMAL, result.diagnostics
    assert result.objectives["lead.profit"] == pytest.approx(40 * money, rel=1e-6)
    assert result.value_of["p"] == pytest.approx(5 * money / power, rel=1e-6)
    assert result.value_of["q"] == pytest.approx(8 * power, rel=1e-6)
    assert result.price_of["worth"] == pytest.approx(5 * money / power / weight, rel=1e-6)


def test_what_is_well_scaled_stays() -> None:
    game = compile_file(Path(__file__).resolve().parents[2] / "models" / "toy" / "toy.game").ground
    assert scaled(game).game is game


def test_scaled_sizes_and_the_way_back(tmp_path: Path) -> None:
    game = compile_file(model(tmp_path, 1.0, 1e8, 1e7)).ground
    better = scaled(game)
    assert np.all(np.log2(better.column) == np.round(np.log2(better.column)))
    ends = np.abs(better.game.upper[np.isfinite(better.game.upper)])
    assert ((ends >= SMALLEST) & (ends <= LARGEST)).all()
    x = np.random.default_rng(0).uniform(0, 1, game.columns)
    assert better.game.objectives_at(x) == pytest.approx(game.objectives_at(better.column * x), rel=1e-12)
    assert better.game.matrix.times(x) == pytest.approx(better.row * game.matrix.times(better.column * x), rel=1e-12)
