"""What a certificate says of shared constraints with one multiplier in common, where multipliers are not known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from compiler.ground.ground_game import GroundGame
from compiler.pipeline import compile_source
from grammar.source import Source
from runtime.certificate import Certificate
from runtime.certify import Claim, certify
from runtime.result import Status

NOT_KNOWN = "is to have one multiplier in common"


def game(first: str = "", price: str = "mu", loss: str = "0.5*x^2 - 10*x") -> GroundGame:
    """Two that share 12: with (w) times their slopes equal, 10 - x = 2*(10 - y), so x = 14/3 and y = 22/3."""
    text = f"""game two
player a {{ var x in [0, 20]  {first}  minimize loss = {loss} }}
player b {{ var y in [0, 20]  minimize loss = y^2 - 20*y }}
shared cap: x + y <= 12  price {price}
"""
    return compile_source(Source("two.game", text), Path.read_bytes).ground


def at(two: GroundGame, x: float, y: float, *prices: float) -> Certificate:
    return certify(two, Claim(Status.EQUILIBRIUM, np.array([x, y]), np.array(prices) if prices else None))


def untold(found: Certificate) -> bool:
    return any(NOT_KNOWN in reason for reason in found.reasons)


def test_the_point_with_its_multiplier() -> None:
    mu = -16 / 3
    assert at(game(), 14 / 3, 22 / 3, mu, mu).verified


@pytest.mark.parametrize("prices", [(), (np.nan, np.nan), (-16 / 3, np.nan)])
def test_a_multiplier_that_is_not_known_is_none_in_common(prices: tuple[float, ...]) -> None:
    """Nobody gains at (2, 10) either, where it is worth 8 to one and 0 to the other: without multipliers the two cannot
    be told apart."""
    for x, y in ((14 / 3, 22 / 3), (2.0, 10.0)):
        found = at(game(), x, y, *prices)
        assert max(found.regret.values()) <= 1e-6
        assert not found.verified
        assert untold(found)


def test_multipliers_of_their_own_need_not_be_known() -> None:
    assert at(game(price="mu individual"), 2.0, 10.0).verified


def test_one_who_has_other_constraints_without_prices() -> None:
    """The common price is told, but the first has another constraint that might pay instead of it."""
    two = game("constraint own: x <= 2")
    found = at(two, 2.0, 10.0, np.nan, 0.0, 0.0)
    assert untold(found)
    # The other constraint pays 8 to the first, the shared one nothing to both.
    assert at(two, 2.0, 10.0, -8.0, 0.0, 0.0).verified


def test_one_who_cannot_move_needs_none() -> None:
    two = game("constraint own: x >= 0")
    fixed = np.array([2.0, np.nan])
    held = np.isfinite(fixed)
    lower, upper = np.where(held, fixed, two.lower), np.where(held, fixed, two.upper)
    found = at(replace(two, lower=lower, upper=upper), 2.0, 10.0, np.nan, np.nan, 0.0)
    assert not untold(found)


def test_players_that_are_not_convex_have_none() -> None:
    """x^2 falls away from 0: at 12 - y the first wants all that is left."""
    assert not untold(at(game(loss="0 - x^2"), 2.0, 10.0))
