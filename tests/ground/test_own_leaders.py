"""`follows mine[f]`: each instance follows the leader with its own index, `follows mine` all of them."""

from __future__ import annotations

import pytest

from compiler.pipeline import compile_source
from grammar.source import Source


@pytest.mark.parametrize(
    ("follows", "leaders"),
    [("mine[f]", ((0,), (1,))), ("mine", ((0, 1), (0, 1))), ("mine[f], state", ((0, 2), (1, 2)))],
)
def test_who_follows_whom(follows: str, leaders: tuple[tuple[int, ...], ...]) -> None:
    text = f"""game mines
set F index f = 1..2
player mine[f] {{ var w in [0, 90]  maximize profit = w }}
player state {{ var tax in [0, 1]  maximize income = tax }}
player mill[f] follows {follows} {{ var q in [0, 90]  maximize gain = (90 - q - mine[f].w)*q }}
"""
    game = compile_source(Source("mines.game", text), {}.__getitem__).ground
    assert tuple(p.leaders for p in game.players if p.declaration == "mill") == leaders
