"""A compiled game and the name of a player -> the compiled problem of that player (and of its followers), what others
decide being data as the game's answer has it: `own_problem`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from compiler.backends.bound_data import BoundData, Emittable, Key
from compiler.backends.script_request import ScriptRequest
from compiler.backends.statement_text import Numbered
from compiler.derivation.faults import Underivable
from compiler.derivation.others_given import OthersGiven, Values, others_given
from compiler.ir.game import Game, PlayerDef
from compiler.ir.words import show, some
from grammar.diagnostics import DiagnosticError, Findings, did_you_mean

_NAME = re.compile(r"\s*([^\[\]]+?)\s*(?:\[(.*)\])?\s*\Z")


def with_shared_as_own(game: Game) -> Game:
    """The game of one player with its shared constraints, which bind the only player as its own ones do, as such."""
    if not game.shared:
        return game
    alone = replace(game.players[0], constraints=(*game.players[0].constraints, *game.shared))
    return replace(game, players=(alone,), shared=())


@dataclass(frozen=True, eq=False)
class OwnProblem:
    """The problem, what it is in `words`, a note for each parameter that stands for another's decision, and by identity
    of a statement the one of the whole game that it says `again`."""

    compiled: Emittable
    words: str = ""
    notes: Mapping[int, str] = field(default_factory=dict)
    again: Mapping[int, Numbered] = field(default_factory=dict)


def own_problem(compiled: Emittable, request: ScriptRequest) -> OwnProblem:
    """The problem of the player that is asked for.

    Raises `DiagnosticError`: G807 for a player that does not exist, G712 for what has no formula.
    """
    player, key = _named(compiled.game, compiled.bound_data(), request.player)
    if len(compiled.game.players) == 1 and not player.domain.binders:
        return OwnProblem(compiled)
    found = _given(compiled.game, player, key, {} if request.decisions is None else request.decisions())
    name = player.name + (f"[{', '.join(map(str, key))}]" if key else "")
    below = [p.name for p in found.game.players[1:]]
    answer = f" and the answer of {some(below)}" if below else ""
    words = f"The problem of `{name}`{answer}: what others decide is data, as in the answer of the game. "
    notes = {id(p): "as in the answer of the game" for p in found.given}
    return OwnProblem(compiled.with_game(found.game), words, notes, found.origin)


def own_game(compiled: Emittable, player: str) -> tuple[Game, frozenset[int]]:
    """The same problem as a game to read: what others decide are parameters without values, so that nothing is solved;
    and the identities of its variables and constraints without an instance, of `compiled.bound_data().absent`.

    Raises as `own_problem`.
    """
    data = compiled.bound_data()
    chosen, key = _named(compiled.game, data, player)
    found = _given(compiled.game, chosen, key, None)
    return found.game, data.absent | {copy for copy, d in found.origin.items() if id(d) in data.absent}


def _given(game: Game, player: PlayerDef, key: Key, values: Values | None) -> OthersGiven:
    """Raises DiagnosticError (G712)."""
    try:
        return others_given(game, player, key, values)
    except Underivable as fault:
        findings = Findings()
        fault.report(findings)
        raise DiagnosticError(findings.sorted()) from None


def _named(game: Game, data: BoundData, text: str) -> tuple[PlayerDef, Key]:
    """The player and the key of the instance that `NAME` or `NAME[element, ...]` means.

    Raises DiagnosticError (G807).
    """
    findings = Findings()
    player, key = _found(game, data, text, findings)
    findings.raise_errors()
    assert player is not None
    return player, key


def _found(game: Game, data: BoundData, text: str, findings: Findings) -> tuple[PlayerDef | None, Key]:
    match = _NAME.match(text)
    name = match.group(1) if match else text
    player = next((p for p in game.players if p.name == name), None)
    if player is None or match is None:
        names = [p.name for p in game.players]
        findings.add(
            "G807",
            f"there is no player `{text}`",
            notes=[f"players: {some(names)}"],
            hints=did_you_mean(name, names) or [f"choose one of them: `--player {names[0]}`"],
        )
        return None, ()
    if match.group(2) is None:
        return player, ()
    words = [w.strip().strip("\"'") for w in match.group(2).split(",")]
    sets = player.domain.sets
    key = []
    for of, word in zip(sets, words, strict=False):
        elements = data.elements(of) or ()
        key += [e for e in elements if show(e) == word][:1]
    if len(key) != len(sets) or len(words) != len(sets):
        elements = (data.elements(sets[0]) or ()) if sets else ()
        findings.add(
            "G807",
            f"`{player.name}` has no instance `{text}`",
            player.signature.span,
            "not an index of it" if sets else "no index",
            hints=[
                f"its index takes {some(elements)}" if sets else f"leave the brackets out: `--player {player.name}`"
            ],
        )
        return None, ()
    return player, tuple(key)
