"""Shadow prices of players with functions: the certificate takes those of closed forms, and no others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from compiler.pipeline import compile_file
from runtime.answer import answer
from runtime.certify import Claim, certify
from runtime.methods.method import Request
from runtime.result import Status


@dataclass(frozen=True)
class Priced:
    """A follower's `problem` under `x in [1, 2]`, which the leader wants to be small, and the prices at x = 1."""

    problem: str
    prices: dict[str, float]


GAMES = {
    # e^-y <= x/2: y = log 2, and one more on the right is worth 2.
    "exp": Priced("minimize c = y  constraint a: exp(-y) <= x/2 price p", {"a": -2}),
    # The least y + 1/y within y <= x/2: at y = 1/2 the slope is 1 - 4.
    "convex": Priced("minimize c = y + 1/y  constraint a: y <= x/2 price p  constraint b: y >= 0.1", {"a": -3, "b": 0}),
    # log(1 + y) is worth 1/(1 + y), at y = x.
    "concave": Priced("maximize c = log(1 + y)  constraint a: y <= x price p", {"a": 0.5}),
    # y <= x never binds: sqrt(y) - y is best at 1/4.
    "idle": Priced("maximize c = sqrt(y) - y  constraint a: y <= x price p", {"a": 0.0}),
    # Convex only as a whole: y^2/z with z <= x at y >= 2: y^2/z = 4, 2*y/z = 4, -y^2/z^2 = -4.
    "hidden": Priced(
        "var z in [0.5, 3] minimize c = y^2/z constraint a: y >= 2*x price p constraint b: z <= x", {"a": 4, "b": -4}
    ),
}


@pytest.mark.parametrize("name", GAMES)
def test_prices_are_those_of_closed_forms_and_others_are_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "priced.game"
    leader = "player l { var x in [1, 2] minimize g = x + 0*y }"
    follower = f"player f follows l {{ var y in [0.01, 5] {GAMES[name].problem} }}"
    path.write_text(f"game g\n{leader}\n{follower}\n", "utf-8")
    game = compile_file(path).ground
    found = answer(game, Request(time_limit=60))
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.x is not None
    assert found.prices is not None
    rows = {b.name: b.start for b in game.row_blocks if not b.lifted}
    for row, price in GAMES[name].prices.items():
        assert found.prices[rows[row]] == pytest.approx(price, abs=1e-4)
    for off in (0.1, -0.1):
        wrong = found.prices.copy()
        wrong[rows["a"]] += off
        x = found.x.copy()
        x[game.price_row == rows["a"]] += off
        claim = Claim(Status.OPTIMAL, x, wrong, bound={0: float(game.objectives_at(x)[0])})
        reasons = certify(game, claim).reasons
        assert any("the shadow prices of `f` do not support its decision" in r for r in reasons), (off, reasons)
