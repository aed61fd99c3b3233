"""Random games of numbers (`random_numbers`), as texts of many ways (`texts_of_numbers`), against their optimality
conditions solved by branching (`games_of_numbers`)."""

from __future__ import annotations

import pytest
from complementarity_by_branching import TooLongError
from games_of_numbers import Conditions, Game
from random_numbers import equals, leading
from texts_of_numbers import text_of

from grammar.diagnostics import DiagnosticError
from grammar.source import Source
from runtime.result import Result, Status
from runtime.session import solve

LIMIT = 100.0
"""Seconds, for games that take tenths of one."""

SHORT = 15.0
"""Seconds, where a limit is an answer too."""

PROVEN = (Status.OPTIMAL, Status.EQUILIBRIUM, Status.INFEASIBLE, Status.UNBOUNDED, Status.LIMIT)


def solved(game: Game, seed: int, limit: float = LIMIT) -> tuple[Result | None, str]:
    """None where a constraint between data does not hold, or a solver gave up."""
    text = text_of(game, seed)
    try:
        return solve(Source("random.game", text), time_limit=limit), text
    except DiagnosticError as error:
        if {d.code for d in error.diagnostics} <= {"G607", "G804"}:
            return None, text
        raise


def leads(seed: int, everyday: bool = False) -> None:
    game = leading(seed)
    try:
        expected = game.best()
    except TooLongError:
        return
    found, text = solved(game, seed, LIMIT if everyday else SHORT)
    if found is None:
        assert expected.ending != "optimal", text
        return
    value = found.objectives.get("L.goal")
    assert found.status in PROVEN, text
    assert not everyday or found.status is not Status.LIMIT, text
    if found.status is Status.OPTIMAL:
        assert expected.ending == "optimal", text
        assert value == pytest.approx(expected.value, abs=2e-5, rel=2e-5), text
    elif found.status is Status.LIMIT:
        if value is not None and expected.ending == "optimal":
            assert game.leader.sense * (value - expected.value) >= -2e-5 * max(1.0, abs(expected.value)), text
    elif found.status is Status.INFEASIBLE:
        assert expected.ending == "infeasible", text
    else:
        # A follower whose objective has no bound has no conditions that hold.
        assert expected.ending != "optimal", text


def rests(seed: int) -> None:
    """An equilibrium satisfies the conditions, with the prices that are told; and where there is none, none is told."""
    game = equals(seed)
    found, text = solved(game, seed)
    try:
        exists = Conditions(game).system.least({}).ending == "optimal"
    except TooLongError:
        return
    if found is None or found.status in (Status.INFEASIBLE, Status.UNBOUNDED):
        assert not exists, text
        return
    assert found.status is Status.EQUILIBRIUM, text
    told = {**found.value_of, **found.price_of}
    conditions = Conditions(game)
    for name in [*(v for p in game.followers for v in p.variables), *(row.price for row in game.shared)]:
        value = told[name]
        assert isinstance(value, float)
        near = 1e-5 * max(1.0, abs(value))
        conditions.system.row(conditions.form[name], value - near, value + near)
    assert conditions.system.least({}).ending == "optimal", (text, told)


@pytest.mark.parametrize("seed", range(24))
def test_leaders(seed: int) -> None:
    leads(seed, everyday=True)


@pytest.mark.parametrize("seed", range(20))
def test_equals(seed: int) -> None:
    rests(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 500))
def test_many_leaders(seed: int) -> None:
    leads(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 500))
def test_many_equals(seed: int) -> None:
    rests(seed)
