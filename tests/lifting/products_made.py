"""Texts of players -> what is lifted of them; and a leader with binaries over a follower, for templates."""

from __future__ import annotations

from compiler.ground.ground_game import GroundGame
from compiler.ground.player_classes import player_classes
from compiler.pipeline import Compiled, compile_source
from grammar.source import Source


def compiled(text: str, case: str = "") -> Compiled:
    def no_files(name: str) -> str:
        raise FileNotFoundError(name)

    return compile_source(Source("model.game", f"game g\n{text}\n"), no_files, case=case)


def ground(text: str, case: str = "") -> GroundGame:
    return compiled(text, case).ground


def products(g: GroundGame) -> int:
    return g.row_quad.entries + g.objective_quad.entries


def lifted_rows(g: GroundGame) -> int:
    return sum(block.size for block in g.row_blocks if block.lifted)


def lifted_columns(g: GroundGame) -> int:
    return sum(block.size for block in g.column_blocks if block.lifted)


def classes(g: GroundGame) -> list[str]:
    return [c.name for c in player_classes(g)]


LEADER = """player lead {{
  var b binary
  var q in [0, 2]
  maximize v = {leader}
}}
player follow follows lead {{
  var x in [0, 5]
  var on binary
  maximize u = {follower}
}}"""
