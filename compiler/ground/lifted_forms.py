"""A ground game -> the form that each nonlinear place of the text was modelled in, and the variables without bounds:
what those need to know who write the same model in another language."""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import INTEGER, GroundGame
from grammar.source import Span

LARGEST, SMALLEST, CHOICE = "largest", "smallest", "choice"


def lifted_forms(game: GroundGame) -> dict[Span, str]:
    """By the place of the expression or statement: LARGEST for a value that lies above its sides, SMALLEST for one
    below them, CHOICE where some instance took binaries."""
    above: set[Span] = set()
    below: set[Span] = set()
    for block in game.row_blocks:
        if block.lifted and block.span is not None:
            rows = slice(block.start, block.stop)
            lower, upper = np.isfinite(game.row_lower[rows]), np.isfinite(game.row_upper[rows])
            if (lower & ~upper).any():
                above.add(block.span)
            if (upper & ~lower).any():
                below.add(block.span)
    forms = {}
    for block in (*game.column_blocks, *game.row_blocks):
        if block.lifted and block.span is not None:
            forms[block.span] = CHOICE if block.span in above & below else SMALLEST if block.span in below else LARGEST
    for block in game.column_blocks:
        if block.lifted and block.span is not None and (game.kind[block.start : block.stop] == INTEGER).any():
            forms[block.span] = CHOICE
    return forms


def without_bounds(game: GroundGame) -> frozenset[tuple[str, str]]:
    """(player, name) of the variables of which some instance has no lower or no upper bound of its own."""
    endless = ~(np.isfinite(game.lower) & np.isfinite(game.upper))
    return frozenset((b.player, b.name) for b in game.column_blocks if not b.lifted and endless[b.start : b.stop].any())
