"""What a script's game is made from -> the numbers of its equations in the model's document: `origins_of`."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.backends.statement_text import Numbered, Origins
from compiler.derivation import SingleLevel
from compiler.documents.derivation import derived
from compiler.ir.game import Game
from compiler.ir.numbering import EquationNumbers
from grammar.source import Source

Again = Mapping[int, Numbered]
"""By identity of a statement, the one that it says again."""


def origins_of(source: Source, game: Game, again: Again, single: SingleLevel | None) -> Origins:
    """`game` is the model's. The script is of it, or of one player's problem in which statements of the game are said
    `again`, or of the `single` level of either.

    A derivation is numbered as the document of the model derives it (`gamec doc --derivation`). One player's problem
    with its followers is not a model with a document, so its derived conditions have no numbers.
    """
    numbers = EquationNumbers.of_game(game)
    if single is None:
        return Origins(source, numbers, again)
    if single.original is game:
        numbers = numbers.followed_by(derived(single))
    found: dict[int, Numbered | tuple[Numbered, str]] = {}
    for copy, statement in single.origin.items():
        found[copy] = again.get(id(statement), statement)
    for m in single.multipliers:
        found[id(single.variables[id(m.definition)])] = (again.get(id(m.of), m.of), m.part)
    return Origins(source, numbers, found)
