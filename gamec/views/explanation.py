"""An explanation of a game, for people and for programs. In: `Explanation`; out: text, or values for JSON."""

from __future__ import annotations

import math

from gamec.cells import clean, wrapped
from gamec.explanation import Decision, Explanation, Stakeholder
from gamec.terminal import Paper
from gamec.views.grid import aligned
from gamec.views.numbers import number


def explanation_text(found: Explanation, paper: Paper) -> str:
    """Who moves, decides and sees; what each has to solve; how it would be solved."""
    case = f", case {clean(found.case)}" if found.case else ""
    blocks = [[f"{paper.styled('strong', clean(found.game))}{case}", *_remark(found.structure, paper)]]
    blocks.append([paper.styled("strong", "who moves when"), *_moves(found, paper)])
    blocks.append([paper.styled("strong", "who decides what"), *_decisions(found, paper)])
    blocks.append([paper.styled("strong", "who sees what of others"), *_sights(found, paper)])
    blocks.append([paper.styled("strong", "what each has to solve, the others' decisions given")])
    for player in found.players:
        reason = f": {player.reason}" + (f" ({player.place})" if player.place else "") if player.reason else ""
        blocks[-1] += _remark(f"{_named(player)}: {player.kind}{reason}", paper)
    blocks.append([paper.styled("strong", "how it would be solved"), *_methods(found, paper)])
    return "\n\n".join("\n".join(lines) for lines in blocks)


def explanation_json(found: Explanation) -> dict[str, object]:
    return {
        "status": "ok",
        "game": found.game,
        "case": found.case,
        "structure": found.structure,
        "players": [
            {
                "name": player.name,
                "instances": player.instances,
                "level": player.level,
                "follows": list(player.follows),
                "optimistic": player.optimistic,
                "class": player.kind,
                "reason": player.reason,
                "place": player.place,
                "variables": [_decision_json(d) for d in player.decisions],
                "sees": [{"what": s.what, "where": s.where, "place": s.place} for s in player.sees],
            }
            for player in found.players
        ],
        "method": {"asked": found.asked, "chosen": found.chosen or None, "why": found.why},
        "methods": [{"name": m.method, "fits": m.fits, "reason": m.reason} for m in found.methods],
    }


def _decision_json(d: Decision) -> dict[str, object]:
    lower, upper = (value if math.isfinite(value) else None for value in d.bounds)
    return {
        "name": d.name,
        "index": [{"set": name, "size": size} for name, size in d.index],
        "count": d.count,
        "kind": d.kind,
        "lower": lower,
        "upper": upper,
        "unit": d.unit,
        "doc": d.doc,
        "place": d.place,
    }


def _moves(found: Explanation, paper: Paper) -> list[str]:
    lines = []
    for level in sorted({player.level for player in found.players}):
        here = [_move(player) for player in found.players if player.level == level]
        together = " (at the same time)" if sum(p.instances for p in found.players if p.level == level) > 1 else ""
        lines += _remark(f"{level}. {'; '.join(here)}{together}", paper)
    return lines


def _move(player: Stakeholder) -> str:
    if not player.follows:
        return _named(player)
    ties = "" if player.optimistic else ", ties against its leaders"
    return f"{_named(player)}, follows {clean(', '.join(player.follows))}{ties}"


def _decisions(found: Explanation, paper: Paper) -> list[str]:
    rows = []
    for player in found.players:
        for k, d in enumerate(player.decisions):
            sets = " × ".join(f"{clean(name)} {size}" for name, size in d.index)
            low, high = map(number, d.bounds)
            unit = f" {clean(d.unit)}" if d.unit not in ("", "1") else ""
            bounds = f"in [{low}, {high}]{unit}" if d.count else ""
            count = f"{d.count:,}"
            doc = f'"{clean(d.doc)}"' if d.doc else ""
            rows.append(["" if k else _named(player), clean(d.name), count, sets, d.kind, bounds, d.place, doc])
        if not player.decisions:
            rows.append([_named(player), "nothing", "", "", "", "", "", ""])
    return aligned(rows, (False, False, True, False, False, False, False, False), paper.width)


def _sights(found: Explanation, paper: Paper) -> list[str]:
    lines = []
    for player in found.players:
        things: dict[str, list[str]] = {}
        for sight in player.sees:
            things.setdefault(sight.what, []).append(sight.where + (f" ({sight.place})" if sight.place else ""))
        if not things:
            lines += _remark(f"{_named(player)}: nothing", paper)
        for thing, places in things.items():
            lines += _remark(f"{_named(player)}: {thing} in {', '.join(places)}", paper)
    return lines


def _methods(found: Explanation, paper: Paper) -> list[str]:
    if not found.chosen:
        who = (
            "auto finds no method" if found.asked == "auto" else f"the file asks for {found.asked}, which does not fit"
        )
        lines = _remark(f"{who}: {found.why}", paper)
    elif found.asked == "auto":
        lines = _remark(f"{found.chosen}: auto takes it, the first that fits {found.structure}", paper)
    else:
        lines = _remark(f"{found.chosen}: the file asks for it, and it fits {found.structure}", paper)
    for method in found.methods:
        if method.method != found.chosen:
            lines += _remark(
                f"{method.method}: {'fits too' if method.fits else f'does not fit: {method.reason}'}", paper
            )
    return lines


def _named(player: Stakeholder) -> str:
    return clean(player.name) + (f" × {player.instances}" if player.instances != 1 else "")


def _remark(text: str, paper: Paper) -> list[str]:
    first, *rest = wrapped(clean(text), paper.width - 4)
    return [f"  {first}", *(f"    {line}" for line in rest)]
