"""In: `models/toy`; out: that gamec finds the answer computed by hand, 92/15 at x = 28/15, y = 8/15."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

import gamec

FOLDER = Path(__file__).parents[2] / "models" / "toy"


def test_expected_json_holds_the_exact_fractions() -> None:
    expected = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
    assert expected["objectives"]["leader.cost"] == float(Fraction(92, 15))
    assert expected["values"] == {"x": float(Fraction(28, 15)), "y": float(Fraction(8, 15))}


def test_toy_is_solved() -> None:
    result = gamec.solve(FOLDER / "toy.game")
    assert result.status.value == "optimal"
    assert result.objectives["leader.cost"] == pytest.approx(float(Fraction(92, 15)), abs=1e-6)
    assert result.objectives["follower.effort"] == pytest.approx(-float(Fraction(28, 15)), abs=1e-6)
    # Not 8.0 at (0, 8), where local solvers of the relaxed conditions stop.
    assert result.value_of["x"] == pytest.approx(float(Fraction(28, 15)), abs=1e-6)
    assert result.value_of["y"] == pytest.approx(float(Fraction(8, 15)), abs=1e-6)
