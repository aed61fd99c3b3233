"""What a follower hardly feels (`runtime.flatness`) is the same in any units."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from runtime.result import Result, Status
from runtime.session import solve

UNITS = [1e-5, 1.0, 1e5]
"""What one unit of the follower's decision is in the text."""


def _solved(folder: Path, text: str) -> Result:
    path = folder / "m.game"
    path.write_text(text, "utf-8")
    return solve(path, time_limit=60, method="tangent_conditions")


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("money", [1.0, 1e4])
def test_a_follower_that_feels_what_its_leader_does(tmp_path: Path, unit: float, money: float) -> None:
    """(x^2 + y^2)^2 + y/2 with x = 1: y^3 + y = -1/8; the leader's value is y and y/4 from x."""
    y = f"(y/{unit:g})"
    result = _solved(
        tmp_path,
        f"player l {{ var x binary minimize F = {y} - x }} player f follows l {{ var y in [{-2 * unit:g}, {2 * unit:g}]"
        f" minimize c = {money:g}*((x^2 + {y}^2)^2 + {y}/2) }}",
    )
    assert result.status is Status.OPTIMAL, result.diagnostics
    root = float(np.real(next(r for r in np.roots([1, 0, 1, 0.125]) if abs(np.imag(r)) < 1e-9)))
    # At x = 0: 4 y^3 = -1/2, y = -1/2, worth -0.5 against -1.12.
    assert result.objectives["l.F"] == pytest.approx(root - 1, abs=1e-5)


@pytest.mark.parametrize("unit", UNITS)
def test_a_follower_that_feels_nothing(tmp_path: Path, unit: float) -> None:
    """(y - x)^6 is 1e-18 at a distance of 1e-3 (units), which the leader would have."""
    y = f"(y/{unit:g})"
    result = _solved(
        tmp_path,
        f"player l {{ var x in [1, 2] minimize F = x - 3*{y} + {y}^2/1000 }}"
        f" player f follows l {{ var y in [{-5 * unit:g}, {5 * unit:g}] minimize c = ({y} - x)^6 }}",
    )
    assert result.status is not Status.OPTIMAL


def test_a_leader_whose_own_terms_vanish_at_the_answer(tmp_path: Path) -> None:
    """y = 0 where 2 exp(y) + y^2 - 2 y is least, u <= sqrt(1 + x): x*y - u is -sqrt(3), of no size in x alone."""
    result = _solved(
        tmp_path,
        "player l { var x in [0, 2] minimize F = x*y - u }"
        "player f follows l { var y in [-2, 2] minimize c = 2*exp(y) + y^2 - 2*y }"
        "player g follows l { var u in [-2, 2] minimize c = u^2/10 - u constraint k: u^2 <= 1 + x }",
    )
    assert result.status is Status.OPTIMAL, result.diagnostics
    assert result.objectives["l.F"] == pytest.approx(-np.sqrt(3), abs=1e-6)
