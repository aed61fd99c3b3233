"""A Program with complementary pairs and the request in, the same without pairs out, and the name of what replaced
them: for masters that are solved many times, so that only what costs nothing is derived."""

from __future__ import annotations

from compiler.ground.ground_game import GroundGame
from compiler.reformulations.column_bounds import ColumnBounds, propagated, with_bounds
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.program import Program
from compiler.reformulations.registry import COMPLEMENTARITIES
from runtime.methods.method import Request


def without_pairs(game: GroundGame, program: Program, request: Request) -> tuple[Program, str]:
    """By the reformulation asked for, `big_m` by default: pairs whose bounds follow by propagation become binaries, the
    others SOS1 sets. New columns come last."""
    name = request.complementarity if request.complementarity != "auto" else "big_m"
    if not len(program.complementary):
        return program, name
    bounds = propagated(program, ColumnBounds.of(program)).rounded()
    ready = COMPLEMENTARITIES[name].apply(game, with_bounds(program, bounds), bounds)
    return complementarity_sos1(ready), name
