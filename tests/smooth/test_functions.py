"""What gamec knows of each smooth function, against dense samples of the function itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from compiler.ground.curves import FUNCTIONS, Curve

Floats = NDArray[np.float64]

BY_HAND: dict[str, Callable[[Floats, float], Floats]] = {
    "exp": lambda x, p: np.exp(x),
    "log": lambda x, p: np.log(x),
    "sqrt": lambda x, p: np.sqrt(x),
    "sin": lambda x, p: np.sin(x),
    "cos": lambda x, p: np.cos(x),
    "tan": lambda x, p: np.tan(x),
    "tanh": lambda x, p: np.tanh(x),
    "power": lambda x, p: x**p,
}
EXPONENTS = [-3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0]


def test_all_functions_are_compared() -> None:
    assert set(BY_HAND) == set(FUNCTIONS)


@pytest.mark.parametrize("name", BY_HAND)
@given(data=st.data())
def test_traits_range_and_domain(name: str, data: st.DataObject) -> None:
    p = data.draw(st.sampled_from(EXPONENTS)) if name == "power" else float("nan")
    ends = st.floats(-4, 4).map(lambda x: round(x, 2))
    low, high = sorted((data.draw(ends), data.draw(ends)))
    known, one = FUNCTIONS[name], np.ones(1)
    start, stop = known.domain(low * one, high * one, p * one)
    samples = np.linspace(low, high, 4001)
    with np.errstate(all="ignore"):
        truth = BY_HAND[name](samples, p)
    if np.isnan(start[0]):
        # A gap in the domain: the function jumps or is undefined somewhere between.
        with np.errstate(all="ignore"):
            steps = np.abs(np.diff(truth[np.isfinite(truth)]))
        assert not np.isfinite(truth).all() or np.max(steps, initial=0.0) > 1.0 or low < 0 < high
        return
    inside = (samples >= start[0]) & (samples <= stop[0])
    samples, truth = samples[inside & np.isfinite(truth)], truth[inside & np.isfinite(truth)]
    if len(samples) < 3:
        return
    low, high = max(low, start[0]), min(high, stop[0])
    least, most = known.ends(low * one, high * one, p * one)
    assert least[0] <= truth.min() + 1e-9 * abs(truth.min())
    assert most[0] >= truth.max() - 1e-9 * abs(truth.max())
    traits = known.traits(low * one, high * one, p * one)
    slack = 1e-9 * max(1.0, float(np.abs(truth).max()))
    rise, bend = np.diff(truth), np.diff(truth, 2)
    assert not traits.rising[0] or rise.min() >= -slack
    assert not traits.falling[0] or rise.max() <= slack
    assert not traits.convex[0] or bend.min() >= -slack
    assert not traits.concave[0] or bend.max() <= slack


@pytest.mark.parametrize(
    ("name", "p", "low", "high", "convex", "concave", "rising"),
    [
        ("exp", np.nan, -1, 1, True, False, True),
        ("log", np.nan, 1, 2, False, True, True),
        ("sqrt", np.nan, 0, 2, False, True, True),
        ("power", 2.0, -1, 1, True, False, False),
        ("power", 3.0, -1, 1, False, False, True),
        ("power", 3.0, 0, 1, True, False, True),
        ("power", -1.0, 1, 2, True, False, False),
        ("power", -1.0, -2, -1, False, True, False),
        ("power", 0.5, 0, 2, False, True, True),
        ("sin", np.nan, 0.1, 3.0, False, True, False),
        ("cos", np.nan, -1, 1, False, True, False),
        ("tan", np.nan, 0, 1, True, False, True),
        ("tanh", np.nan, 0, 1, False, True, True),
    ],
)
def test_what_is_convex_is_known_to_be(
    name: str, p: float, low: float, high: float, convex: bool, concave: bool, rising: bool
) -> None:
    one = np.ones(1)
    traits = FUNCTIONS[name].traits(low * one, high * one, p * one)
    assert (traits.convex[0], traits.concave[0], traits.rising[0]) == (convex, concave, rising)


def test_violations_by_relation() -> None:
    pairs = np.arange(4)
    curve = Curve("exp", pairs, pairs + 4, np.full(4, np.nan), np.array([0, 1, -1, 0]))
    x = np.array([0.0, 0.0, 0.0, 0.0, 1.5, 0.5, 1.5, 0.25])
    assert curve.violations(x) == pytest.approx([0.5, 0.5, 0.5, 0.75])
    outside = Curve("log", np.array([0]), np.array([1]), np.array([np.nan]), np.array([0]))
    assert outside.violations(np.array([-1.0, 0.0])) == [np.inf]
