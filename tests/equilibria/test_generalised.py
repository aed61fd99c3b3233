"""Known equilibria of generalised Nash games, and that scipy finds nobody who gains by leaving what was found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import fsolve, minimize

import gamec
from grammar.source import Source
from tests.equilibria.generalised_games import KNOWN, Known

SLOW = ("FK_A1", "FK_A2")
"""Ten players with a nonlinear problem each: SCIP proves ten answers for every verdict."""

WAYS = [
    pytest.param(known, method, id=f"{known.name}-{method}", marks=[pytest.mark.slow] if known.name in SLOW else [])
    for known in KNOWN
    for method in known.methods
]


def decisions(known: Known, method: str, **options: object) -> np.ndarray:
    result = gamec.solve(Source("known.game", f"game known {known.text}"), method=method, **options)  # type: ignore[arg-type]
    assert result.status is gamec.Status.EQUILIBRIUM, [d.headline for d in result.diagnostics]
    found = [result.value_of[name] for name in known.names]
    return np.concatenate([[v] if isinstance(v, float) else v.values for v in found])


def best_gain(known: Known, p: int, x: np.ndarray) -> float:
    """What scipy's SLSQP, from the point itself and three others, finds for player p to gain."""
    own = list(known.own[p])
    random = np.random.default_rng(p)

    def whole(v: np.ndarray) -> np.ndarray:
        y = x.copy()
        y[own] = v
        return y

    box = np.array([known.box[k] for k in own])
    starts = [x[own], *(np.clip(x[own] + random.normal(size=len(own)), box[:, 0], box[:, 1]) for _ in range(3))]
    limits = {"type": "ineq", "fun": lambda v: known.limits(whole(v))} if len(known.limits(x)) else ()
    gain = 0.0
    for start in starts:
        found = minimize(
            lambda v: known.objectives[p](whole(v)), start, bounds=box, constraints=limits, method="SLSQP", tol=1e-12
        )
        if np.min(known.limits(whole(found.x)), initial=0.0) >= -1e-9:
            gain = max(gain, known.objectives[p](x) - found.fun)
    return gain


@pytest.mark.parametrize(("known", "method"), WAYS)
def test_nobody_gains(known: Known, method: str) -> None:
    x = decisions(known, method)
    if known.expected is not None:
        assert x == pytest.approx(known.expected, abs=1e-5)
    assert np.min(known.limits(x), initial=0.0) >= -1e-6
    for p in range(len(known.own)):
        assert best_gain(known, p, x) <= 1e-5 * max(1.0, abs(known.objectives[p](x)))


def test_the_five_firms_by_newton() -> None:
    """First-order conditions of the five firms, by scipy's `fsolve`."""
    known = next(k for k in KNOWN if k.name == "MSS")
    c, b = np.array([10.0, 8, 6, 4, 2]), np.array([1.2, 1.1, 1.0, 0.9, 0.8])

    def slopes(q: np.ndarray) -> np.ndarray:
        total = q.sum()
        price = (5000 / total) ** (1 / 1.1)
        return np.asarray(price - price * q / (1.1 * total) - c - (q / 5) ** (1 / b))

    assert fsolve(slopes, np.full(5, 40.0), xtol=1e-12) == pytest.approx(known.expected, abs=1e-5)


def test_the_point_of_the_paper_is_one_too() -> None:
    """A.3 has several equilibria, the paper tells another one, of four digits: our functions are the paper's game."""
    known = next(k for k in KNOWN if k.name == "FK_A3")
    paper = np.array([-0.3805, -0.1227, -0.9932, 0.3903, 1.1638, 0.0504, 0.0176])
    for p in range(3):
        assert best_gain(known, p, paper) <= 1e-6


def test_equilibria_without_number() -> None:
    """A.11 with individual multipliers: every (a, 1 - a) with a from 1/2 to 1; starts find different ones, ranked by
    what both lose together."""
    text = next(k for k in KNOWN if k.name == "FK_A11").text.replace("common", "common individual")
    text = text.replace("var x", "var x in [0, 1]").replace("var y", "var y in [0, 1]")
    found = gamec.solve(Source("known.game", f"game known {text}"), method="best_response", starts=6, seed=3)
    assert found.status is gamec.Status.EQUILIBRIUM
    x, y = found.value_of["x"], found.value_of["y"]
    assert isinstance(x, float)
    assert x + y == pytest.approx(1, abs=1e-7)
    assert 0.5 - 1e-7 <= x <= 1 + 1e-7
    assert "equilibria from 6 starts, ranked" in found.choice
