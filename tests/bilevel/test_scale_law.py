"""Objectives, decisions and rows in units of any size: the same decisions, values and prices, and as strict a
certificate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from small_games import INF, GameBuilder
from test_traps import moore_bard, producer, toy

from compiler.ground.ground_game import INTEGER, GroundGame
from compiler.ground.sparse import Csr, Floats, Quad
from compiler.pipeline import compile_file
from runtime.answer import Answer, answer
from runtime.certify import Claim, certify
from runtime.methods.method import Request
from runtime.result import Status

LITERATURE = Path(__file__).resolve().parents[1] / "literature"


@dataclass(frozen=True, eq=False)
class Units:
    """What 1 of the former objectives (p,), columns (n,) and rows (m,) is in the new units."""

    objective: Floats
    column: Floats
    row: Floats


def units(game: GroundGame, leader: float, others: float, decisions: float, rows: float) -> Units:
    objective = np.where([not p.leaders for p in game.players], leader, others)
    column = np.where(game.kind == INTEGER, 1.0, decisions)
    row = np.full(game.rows, rows)
    priced = game.price_row >= 0
    column[priced] = (objective[game.row_owner] / row)[game.price_row[priced]]
    return Units(objective, column, row)


def in_units(game: GroundGame, u: Units) -> GroundGame:
    goal, quad = game.objective_quad, game.row_quad
    products = u.column[goal.i] * u.column[goal.j]
    return replace(
        game,
        lower=game.lower * u.column,
        upper=game.upper * u.column,
        matrix=times(game.matrix, u.row, 1 / u.column),
        row_lower=game.row_lower * u.row,
        row_upper=game.row_upper * u.row,
        row_quad=Quad(quad.row, quad.i, quad.j, quad.value * u.row[quad.row] / (u.column[quad.i] * u.column[quad.j])),
        objective=times(game.objective, u.objective, 1 / u.column),
        objective_constant=game.objective_constant * u.objective,
        objective_quad=Quad(goal.row, goal.i, goal.j, goal.value * u.objective[goal.row] / products),
    )


def times(matrix: Csr, row: Floats, column: Floats) -> Csr:
    return replace(matrix, data=matrix.data * row[matrix.row_numbers()] * column[matrix.indices])


def large_multiplier() -> GameBuilder:
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "y", 0, 10).var("follower", "x", -INF)
    builder.row("follower", "a", {"x": 1, "y": -1}, lower=0)
    return builder.minimize("leader", {"x": 1, "y": -2}).minimize("follower", {"x": 1})


def unlike_coefficients() -> GameBuilder:
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "x", 0, 1).var("follower", "y", 0)
    builder.row("follower", "a", {"y": 1, "x": -1e5}, upper=0).row("follower", "b", {"y": 1e-4}, upper=5e-4)
    return builder.minimize("leader", {"y": -1, "x": 1e-4}).maximize("follower", {"y": 1e-4})


def gloomy() -> GameBuilder:
    """A buyer who has to take 1 and does not care for more."""
    builder = GameBuilder().player("seller").player("buyer", "seller")
    builder.var("seller", "price", 0, 6).var("buyer", "q", 0, 5)
    builder.row("buyer", "least", {"q": 1}, lower=1)
    return builder.maximize("seller", {"price": 1, "q": 2}).minimize("buyer", {"q": 0})


def pessimistic() -> GroundGame:
    """The seller counts on the least that the buyer may take, and asks 6: 6 + 2*1."""
    game = gloomy().build()
    return replace(game, players=(game.players[0], replace(game.players[1], optimistic=False)))


def literature(name: str) -> Callable[[], GroundGame]:
    return lambda: compile_file(LITERATURE / f"{name}.game").ground


@dataclass(frozen=True)
class Known:
    """A game, the leader's optimum, and the ways that prove it; `x` where no other decision is as good."""

    game: Callable[[], GroundGame]
    optimum: float
    ways: tuple[tuple[str, str], ...] = (("auto", "auto"), ("big_m", "highs"), ("strong_duality", "scip"))
    x: tuple[float, ...] = ()
    prices: tuple[float, ...] = ()
    method: str = "kkt"


EACH = Known.ways
NO_HIGHS = (("auto", "auto"), ("strong_duality", "scip"))
KNOWN = {
    "t1": Known(lambda: toy().build(), 92 / 15, x=(8 / 15, 28 / 15)),
    "t2": Known(lambda: large_multiplier().build(), -10.0, x=(10.0, 10.0), prices=(1.0,)),
    "t4": Known(lambda: producer(70).build(), 1500.0, x=(60.0, 60.0, 40.0, 0.0, 30.0), prices=(-30.0, 30.0)),
    "t6": Known(lambda: unlike_coefficients().build(), -5 + 5e-9, NO_HIGHS, x=(5e-5, 5.0)),
    "price_leader": Known(literature("price_leader"), 12.5**2 / 7, NO_HIGHS),
    "ben_ayed_blair_1990_1": Known(literature("ben_ayed_blair_1990_1"), -2.5, x=(1.0, 0.0, 1.0)),
    "outrata_1990_1a": Known(literature("outrata_1990_1a"), -8.91720296, (("auto", "auto"),)),
    "t3": Known(lambda: moore_bard().build(), -22.0, (("auto", "auto"),), x=(2.0, 2.0), method="value_function"),
    "pessimistic": Known(pessimistic, 8.0, (("auto", "auto"),), x=(6.0, 1.0), method="pessimistic"),
}
"""Optima as in the files and `test_traps.py`. What T4's market pays for its limit on g is all of the price 30, as g
costs it nothing."""

SCALES = {
    "objectives": lambda s: (s, s, 1.0, 1.0),
    "the leader's objective": lambda s: (s, 1.0, 1.0, 1.0),
    "the follower's objective": lambda s: (1.0, s, 1.0, 1.0),
    "decisions": lambda s: (1.0, 1.0, s, 1.0),
    "decisions and rows": lambda s: (1.0, 1.0, s, s),
    "all": lambda s: (s, s, s, s),
    "against each other": lambda s: (s, 1 / s, s, s),
}
DAILY = {("objectives", 1e7), ("all", 1e7), ("decisions", 1e-6), ("the follower's objective", 1e-6)}


def cases() -> list[object]:
    return [
        pytest.param(
            name,
            way,
            what,
            scale,
            id=f"{name}-{'-'.join(way)}-{what}-{scale:g}",
            marks=[] if (what, scale) in DAILY and way != EACH[2] else [pytest.mark.slow],
        )
        for name, known in KNOWN.items()
        for way in known.ways
        for what in SCALES
        for scale in (1e-6, 1e-3, 1e3, 1e7)
    ]


def solved(game: GroundGame, way: tuple[str, str], method: str = "auto") -> Answer:
    return answer(game, Request(method=method, complementarity=way[0], solver=way[1], time_limit=60))


@pytest.mark.parametrize(("name", "way", "what", "scale"), cases())
def test_units_change_nothing(name: str, way: tuple[str, str], what: str, scale: float) -> None:
    known = KNOWN[name]
    game = known.game()
    u = units(game, *SCALES[what](scale))
    found = solved(in_units(game, u), way)
    assert found.status is Status.OPTIMAL, (found.certificate.reasons, found.choice)
    assert found.method == known.method
    assert found.x is not None
    assert found.prices is not None
    x = found.x / u.column
    assert game.objectives_at(x)[0] == pytest.approx(known.optimum, rel=2e-6)
    if known.x:
        assert x == pytest.approx(known.x, rel=1e-5, abs=1e-6)
    if known.prices:
        told = found.prices * u.row / u.objective[game.row_owner]
        assert told == pytest.approx(known.prices, rel=1e-5)


@pytest.mark.parametrize("scale", [1e-6, 1e-4, 1e4])
@pytest.mark.parametrize("off", [0.999, 1.001])
def test_a_decision_a_little_off_is_found_in_any_units(scale: float, off: float) -> None:
    """The follower of T6 takes 5 of y, all that row b leaves, where x is 5e-5: less is a gain left, more too much."""
    game = unlike_coefficients().build()
    u = units(game, 1.0, 1.0, scale, 1.0)
    x = np.array([5e-5 * 1.1, 5.0])
    same = in_units(game, u)
    assert certify(same, Claim(Status.STATIONARY, x * u.column)).verified
    planted = certify(same, Claim(Status.STATIONARY, np.array([x[0], x[1] * off]) * u.column))
    assert not planted.verified
    assert ("`follower.b` is violated" if off > 1 else "`follower` is off its best answer") in planted.reasons[0]


@pytest.mark.parametrize("top", [1e3, 1e6, 1e9, 1e12])
def test_a_bound_that_is_out_of_the_way_changes_nothing(top: float) -> None:
    """`x` may be 1e9 and is 10: it is no size to measure it by."""
    builder = GameBuilder().player("leader").player("follower", "leader")
    builder.var("leader", "y", 0, 10).var("follower", "x", 0, top).var("follower", "z", 0, top)
    builder.row("follower", "a", {"x": 1, "z": 1, "y": -1}, lower=0, upper=12)
    builder.minimize("leader", {"x": 1, "y": -2}).minimize("follower", {"x": 1, "z": 1.1})
    found = solved(builder.build(), ("auto", "auto"))
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.x == pytest.approx([10, 10, 0], abs=1e-6)
    assert found.prices == pytest.approx([1.0])


def test_what_is_said_on_the_way_is_in_the_units_of_the_file() -> None:
    """The history of a search over the leader of T1, its objective in 1e-7 of the former units."""
    game = toy().build()
    found = solved(in_units(game, units(game, 1e7, 1e7, 1.0, 1.0)), ("auto", "auto"), "differential_evolution")
    last = [step.objectives["leader.goal"] for step in found.history if step.objectives][-1]
    assert last == pytest.approx(1e7 * 92 / 15, rel=1e-3)
