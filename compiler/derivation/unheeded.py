"""A game of a leader and followers -> the followers whose decisions nobody heeds: `unheeded`.

A follower whose decisions and prices stand in nobody else's problem changes nothing for the others: what matters to
them is that it has an answer, and it has one wherever its constraints can hold, if its variables have bounds. So its
constraints stand in the single level without its optimality conditions, and its own problem is solved once the others
are known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.derivation.algebra import letters_of
from compiler.ir import expr as ir
from compiler.ir.game import Game, LetDef, ObjectiveDef, PlayerDef, VarDef
from compiler.ir.needs import needs, targets
from compiler.ir.walk import uses


@dataclass(frozen=True, eq=False)
class Aside:
    """What a follower whom nobody heeds answers when all else is known: its objective, of an indexed player the sum
    over its instances, and its variables."""

    player: PlayerDef
    objective: ObjectiveDef
    variables: tuple[VarDef, ...]


def unheeded(
    game: Game, followers: tuple[PlayerDef, ...], absent: frozenset[int], endless: frozenset[tuple[str, str]]
) -> tuple[PlayerDef, ...]:
    """`absent` has the identities of constraints without an instance, `endless` the variables, by player and name, of
    which some instance lacks a bound."""
    needed = {p.name: needs(p, absent) for p in game.players}
    common = targets(e for c in game.shared for e in (c.left, c.middle, c.right) if e is not None)
    found = []
    for player in followers:
        own = {id(v) for v in player.variables} | {id(c) for c in player.constraints}
        heeded = any(own & ids for name, ids in needed.items() if name != player.name) or own & common
        priced = any(c.price is not None for c in player.constraints)
        open_ended = any((player.name, v.name) in endless for v in player.variables)
        if not (heeded or priced or open_ended or player.market or _sees_itself(player)):
            found.append(player)
    return tuple(found)


def _sees_itself(player: PlayerDef) -> bool:
    """Whether an instance of an indexed player may hold variables of another."""
    mine = letters_of(player.domain)
    for expression in _expressions(player):
        for use in uses(expression):
            own = isinstance(use.target, VarDef | LetDef) and use.target.player == player.name
            if own and use.indices[: len(mine)] != mine:
                return True
    return False


def _expressions(player: PlayerDef) -> Iterator[ir.Expr]:
    yield player.objective.value
    yield from (x.value for x in player.lets)
    for c in player.constraints:
        yield from (e for e in (c.left, c.middle, c.right) if e is not None)
    for v in player.variables:
        yield from (b.value for b in v.bounds)
