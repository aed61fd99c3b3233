"""The ways to keep complementary pairs, one row each: the names of `--complementarity`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from compiler.ground.ground_game import GroundGame
from compiler.reformulations.column_bounds import ColumnBounds
from compiler.reformulations.complementarity_big_m import complementarity_big_m
from compiler.reformulations.complementarity_indicator import complementarity_indicator
from compiler.reformulations.complementarity_product import complementarity_product
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.program import Program
from compiler.reformulations.strong_duality import strong_duality


@dataclass(frozen=True)
class Complementarity:
    """`apply` takes the game, a Program with `complementary` pairs and bounds of its columns, and gives the same
    Program without pairs, or with fewer: what is left is for another one. New columns come last.
    """

    name: str
    words: str
    apply: Callable[[GroundGame, Program, ColumnBounds], Program]


COMPLEMENTARITIES: dict[str, Complementarity] = {
    row.name: row
    for row in (
        Complementarity("sos1", "SOS1 sets", lambda game, program, bounds: complementarity_sos1(program)),
        Complementarity(
            "big_m",
            "binaries with big-M",
            # Pairs without finite bounds stay.
            lambda game, program, bounds: complementarity_big_m(program, bounds),
        ),
        Complementarity(
            "indicator", "indicator conditions", lambda game, program, bounds: complementarity_indicator(program)
        ),
        Complementarity("product", "products", lambda game, program, bounds: complementarity_product(program)),
        Complementarity(
            "strong_duality",
            "strong duality",
            # Followers that have no such row keep their pairs, which SOS1 takes.
            lambda game, program, bounds: complementarity_sos1(strong_duality(game, program)),
        ),
    )
}
