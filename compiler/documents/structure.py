"""A game -> what players send each other: `messages(game)`."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.ir.game import ConstraintDef, Game, VarDef
from compiler.ir.needs import needs

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
    needed = {p.name: needs(p) for p in game.players}
    for sender in game.players:
        for receiver in game.players:
            if sender is receiver:
                continue
            own: tuple[Sent, ...] = (*sender.variables, *(c for c in sender.constraints if c.price is not None))
            what = tuple(d for d in own if id(d) in needed[receiver.name])
            if what or sender.name in receiver.leaders:
                ahead = is_ahead(game, sender.name, receiver.name)
                behind = is_ahead(game, receiver.name, sender.name)
                found.append(Message(sender.name, receiver.name, what, ahead, behind))
    return tuple(found)
