"""Equation numbers: one for each equation, found by statement and by name, whatever is written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from compiler.derivation import single_level
from compiler.documents.derivation import derived
from compiler.documents.document import Equations, Section
from compiler.ir.numbering import EquationNumbers
from tests.documents.models import ALL, document, model

TEXT_ORDER = {
    "leader.cost": 1,
    "leader.y:bounds": 2,
    "follower.effort": 3,
    "follower.upper_a": 4,
    "follower.lower_a": 5,
    "follower.upper_b": 6,
    "follower.upper_c": 7,
    "follower.x:bounds": 8,
}


@pytest.mark.parametrize("name", TEXT_ORDER)
def test_numbers_of_the_toy(name: str) -> None:
    player, _, rest = name.partition(".")
    statement, _, part = rest.partition(":")
    assert EquationNumbers.of_game(model("toy").game).by_name(player, statement, part) == TEXT_ORDER[name]


@pytest.mark.parametrize(
    ("name", "derive"), [*((name, False) for name in ALL), ("toy", True), ("storage_alliance", True)]
)
def test_equations_stand_in_the_order_of_their_numbers(name: str, derive: bool) -> None:
    """LaTeX counts as they come."""
    made = document(name, derive)
    shown = [e.number for part in blocks_of(made.document.sections) for e in part.equations]
    assert shown == [e.number for e in made.numbers.entries] == list(range(1, len(shown) + 1))
    assert all(made.numbers.of(e.statement, e.part) == e.number for e in made.numbers.entries)


def blocks_of(sections: tuple[Section, ...]) -> Iterator[Equations]:
    for section in sections:
        yield from (b for b in section.blocks if isinstance(b, Equations))
        yield from blocks_of(section.sections)


def test_numbers_depend_on_the_game_alone() -> None:
    game = model("storage_alliance").game
    assert [(e.number, e.part) for e in EquationNumbers.of_game(game).entries] == [
        (e.number, e.part) for e in document("storage_alliance").numbers.entries
    ]


def test_a_derivation_leaves_the_numbers_of_the_model() -> None:
    plain, longer = document("storage_alliance").numbers, document("storage_alliance", derive=True).numbers
    first = len(plain.entries)
    assert [(e.number, e.statement, e.part) for e in longer.entries[:first]] == [
        (e.number, e.statement, e.part) for e in plain.entries
    ]
    assert longer.by_name("alliance", "stationarity_net") is not None
    again = plain.followed_by(
        derived(single_level(model("storage_alliance").game, absent=model("storage_alliance").absent()))
    )
    assert again.by_name("alliance", "stationarity_net") == longer.by_name("alliance", "stationarity_net")


def test_every_constraint_and_variable_of_every_player_has_a_number() -> None:
    for name in ALL:
        game = model(name).game
        numbers = EquationNumbers.of_game(game)
        for player in game.players:
            assert numbers.of(player.objective) is not None
            assert all(numbers.of(c) is not None for c in player.constraints)
            assert player.market or all(numbers.of(v, "bounds") is not None for v in player.variables)
