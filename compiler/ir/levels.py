"""A game -> who moves when: `levels(game)`, `ordered_players(game)`."""

from __future__ import annotations

from compiler.ir.game import Game, PlayerDef


def levels(game: Game) -> tuple[tuple[PlayerDef, ...], ...]:
    """The players by level, those who move first at the front; in a level in the order of the file."""
    depth = {p.name: _depth(game, p.name) for p in game.players}
    return tuple(
        tuple(p for p in game.players if depth[p.name] == level) for level in range(max(depth.values(), default=-1) + 1)
    )


def ordered_players(game: Game) -> tuple[PlayerDef, ...]:
    """The players as a document tells of them: leaders first."""
    return tuple(p for level in levels(game) for p in level)


def _depth(game: Game, name: str) -> int:
    return max((_depth(game, leader) + 1 for leader in game.player(name).leaders), default=0)
