"""A game -> findings about its players: someone must play, leaders must exist, nobody follows itself by a detour."""

from __future__ import annotations

from compiler.ir.game import Game
from compiler.ir.words import some
from grammar.diagnostics import Findings, Label, did_you_mean


def check_leaders(game: Game, findings: Findings) -> None:
    """Add G604 without players, G201 for unknown leaders, G603 for a circle of leaders."""
    players = {p.name: p for p in game.players}
    if not players:
        findings.add(
            "G604",
            "the model has no player",
            hints=["add `player NAME { var ... minimize ... }`: one player is an ordinary optimisation"],
        )
        return
    for player in game.players:
        for leader, span in zip(player.leaders, player.leader_spans, strict=True):
            if leader not in players:
                others = [p for p in players if p != player.name]
                findings.add(
                    "G201",
                    f"player `{player.name}` follows `{leader}`, which is no player",
                    span,
                    "unknown player",
                    hints=did_you_mean(leader, others, span) or [f"players: {some(others)}"],
                )
    reported: set[frozenset[str]] = set()
    for start in players:
        path = [start]
        _search(start, path, players, reported, findings)


def _search(start: str, path: list[str], players: dict, reported: set[frozenset[str]], findings: Findings) -> None:  # type: ignore[type-arg]
    """Depth first from `start` along leaders; a way back to `start` is a circle, reported once for its members."""
    seen: set[str] = set()
    stack = [(start, [start])]
    while stack:
        name, path = stack.pop()
        for leader in players[name].leaders:
            if leader == start:
                members = frozenset(path)
                if members not in reported:
                    reported.add(members)
                    words = " follows ".join(f"`{p}`" for p in [*path, start])
                    findings.add(
                        "G603",
                        f"players follow each other in a circle: {words}",
                        players[start].follows_span,
                        "part of the circle",
                        others=[
                            Label(players[p].follows_span, "and here") for p in path[1:] if players[p].follows_span
                        ],
                        hints=["players that decide at the same time have no `follows` between them"],
                    )
            elif leader in players and leader not in seen:
                seen.add(leader)
                stack.append((leader, [*path, leader]))
