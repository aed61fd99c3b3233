"""Names of one model: what is declared where, and what a name means at a place.

Quantities (parameters, variables, lets, objectives, prices, reports) live at the top or in a player. A player's own
names come first, then those at the top, then names that are unique among all players.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, LetDef, ObjectiveDef, ParamDef, PlayerDef, ReportDef, SetDef, VarDef
from grammar.diagnostics import Findings, Label
from grammar.source import Span

Definition = ParamDef | LetDef | VarDef | ConstraintDef | ObjectiveDef | ReportDef
"""What a name can stand for in an expression; a ConstraintDef is entered under the name of its price."""

Environment = dict[str, ir.Letter]
"""Letters bound at a place, by name."""

KINDS = {
    SetDef: "a set",
    ParamDef: "a parameter",
    LetDef: "a named expression",
    VarDef: "a variable",
    ConstraintDef: "a shadow price",
    ObjectiveDef: "an objective",
    ReportDef: "a report",
    PlayerDef: "a player",
}


@dataclass
class Scope:
    """All names. `members[player][name]`; `constraints[player][name]` only for messages and `drop`."""

    sets: dict[str, SetDef] = field(default_factory=dict)
    letters: dict[str, SetDef] = field(default_factory=dict)
    top: dict[str, Definition] = field(default_factory=dict)
    players: dict[str, PlayerDef] = field(default_factory=dict)
    members: dict[str, dict[str, Definition]] = field(default_factory=dict)
    constraints: dict[str, dict[str, ConstraintDef]] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    broken: set[int] = field(default_factory=set)
    """Identities of definitions whose heads were reported as wrong: uses of them say nothing more."""
    places: dict[tuple[str, str], Span] = field(default_factory=dict)

    def declare(self, owner: str, name: str, span: Span, findings: Findings) -> bool:
        """Note a declaration; a second one of the same name in the same scope is G202 and gives False."""
        earlier = self.places.get((owner, name))
        if earlier is not None:
            where = "among the cases" if owner == "case" else f"in player `{owner}`" if owner else "in this file"
            findings.add(
                "G202",
                f"`{name}` is declared twice {where}",
                span,
                "declared again here",
                others=[Label(earlier, "first declared here")],
                hints=["give one of them another name"],
            )
            return False
        self.places[(owner, name)] = span
        return True

    def everywhere(self, name: str) -> list[tuple[str, Definition]]:
        """The players that have a quantity of this name, with it."""
        return [(player, own[name]) for player, own in self.members.items() if name in own]

    def find(self, name: str, player: str) -> Definition | list[tuple[str, Definition]] | None:
        """What `name` means inside `player` ("" for the top): one definition, several candidates, or nothing."""
        own = self.members.get(player, {})
        if name in own:
            return own[name]
        if name in self.top:
            return self.top[name]
        candidates = self.everywhere(name)
        if not candidates:
            return None
        return candidates[0][1] if len(candidates) == 1 else candidates

    def known_names(self, player: str) -> Iterator[str]:
        """Names that may be typed inside `player`, for near-name hints."""
        yield from self.members.get(player, {})
        yield from self.top
        for own in self.members.values():
            yield from own
        yield from self.players
        yield from self.sets


def kind_word(definition: object) -> str:
    return KINDS.get(type(definition), "something else")
