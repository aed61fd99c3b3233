"""A game -> what players send each other: `messages(game)`."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, Game, LetDef, ObjectiveDef, PlayerDef, VarDef
from compiler.ir.walk import uses

Sent = VarDef | ConstraintDef
"""A decision, or a shadow price."""


@dataclass(frozen=True, slots=True)
class Message:
    """What `sender` decides and `receiver` needs, in the order of its declaration. `leads` says whether the sender
    moves before the receiver, `follows` whether after."""

    sender: str
    receiver: str
    what: tuple[Sent, ...]
    leads: bool
    follows: bool


def is_ahead(game: Game, first: str, second: str) -> bool:
    """Whether `first` moves before `second`, directly or through others."""
    leaders = game.player(second).leaders
    return any(name == first or is_ahead(game, first, name) for name in leaders)


def messages(game: Game) -> tuple[Message, ...]:
    """All that players need of each other's decisions and prices, senders and receivers in the order of the file."""
    found: list[Message] = []
    needs = {p.name: _needs(p) for p in game.players}
    for sender in game.players:
        for receiver in game.players:
            if sender is receiver:
                continue
            own: tuple[Sent, ...] = (*sender.variables, *(c for c in sender.constraints if c.price is not None))
            what = tuple(d for d in own if id(d) in needs[receiver.name])
            if what or sender.name in receiver.leaders:
                ahead = is_ahead(game, sender.name, receiver.name)
                behind = is_ahead(game, receiver.name, sender.name)
                found.append(Message(sender.name, receiver.name, what, ahead, behind))
    return tuple(found)


def _needs(player: PlayerDef) -> set[int]:
    """Identities of the variables and priced constraints in a player's problem, named expressions expanded."""
    stack: list[ir.Expr] = [player.objective.value]
    for c in player.constraints:
        stack += [e for e in (c.left, c.right, c.middle, c.condition, *(c.perp or ())) if e is not None]
    for v in player.variables:
        stack += [b.value for b in v.bounds]
        stack += [e for e in (v.before, v.final.value if v.final is not None else None) if e is not None]
    found: set[int] = set()
    seen: set[int] = set()
    while stack:
        for use in uses(stack.pop()):
            if isinstance(use.target, VarDef | ConstraintDef):
                found.add(id(use.target))
            elif isinstance(use.target, LetDef | ObjectiveDef) and id(use.target) not in seen:
                seen.add(id(use.target))
                stack.append(use.target.value)
    return found
