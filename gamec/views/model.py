"""What a checked model holds. In: `Compiled`; out: a screen of text, or plain values for JSON (docs/json.md)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.player_classes import PlayerClass, player_classes
from compiler.pipeline import Compiled
from gamec.cells import clean, wrapped
from gamec.terminal import Paper
from gamec.views.grid import aligned
from gamec.views.numbers import seconds


@dataclass(frozen=True, slots=True)
class PlayerSummary:
    """One player of the file, all of its instances together; `worst` is the class of the least tame one."""

    name: str
    instances: int
    follows: tuple[str, ...]
    worst: PlayerClass
    variables: int
    rows: int


def player_summaries(compiled: Compiled) -> list[PlayerSummary]:
    """The players in the order of the file."""
    ground = compiled.ground
    classes = player_classes(ground)
    columns = np.bincount(ground.owner[ground.owner >= 0], minlength=len(ground.players))
    rows = np.bincount(ground.row_owner[ground.row_owner >= 0], minlength=len(ground.players))
    numbers: dict[str, list[int]] = {}
    for k, player in enumerate(ground.players):
        numbers.setdefault(player.declaration, []).append(k)
    return [
        PlayerSummary(
            name,
            len(own),
            tuple(dict.fromkeys(ground.players[leader].declaration for leader in ground.players[own[0]].leaders)),
            max((classes[k] for k in own), key=wildness),
            int(columns[own].sum()),
            int(rows[own].sum()),
        )
        for name, own in numbers.items()
    ]


def model_json(compiled: Compiled) -> dict[str, object]:
    return {
        "game": compiled.game.name,
        "cases": [case.name for case in compiled.game.cases],
        "players": [
            {
                "name": player.name,
                "instances": player.instances,
                "follows": list(player.follows),
                "class": player.worst.name,
                "variables": player.variables,
                "rows": player.rows,
            }
            for player in player_summaries(compiled)
        ],
        "variables": int(np.count_nonzero(compiled.ground.owner >= 0)),
        "rows": compiled.ground.rows,
        "nonzeros": compiled.ground.matrix.nnz,
    }


def model_text(compiled: Compiled, paper: Paper) -> str:
    """One screen: the game, its players, its cases, its size."""
    game, summary = compiled.game, model_json(compiled)
    title = f'{paper.styled("strong", clean(game.name))}  "{clean(game.doc)}"' if game.doc else clean(game.name)
    size = ", ".join(_counted(summary[f"{thing}s"], thing) for thing in ("variable", "row", "nonzero"))
    lines = [title, f"  {size}", "", paper.styled("strong", "players")]
    players = player_summaries(compiled)
    rows = [
        [
            clean(p.name) + (f" × {p.instances}" if p.instances != 1 else ""),
            p.worst.name,
            _counted(p.variables, "variable"),
            _counted(p.rows, "row"),
            f"follows {clean(', '.join(p.follows))}" if p.follows else "",
        ]
        for p in players
    ]
    lines += aligned(rows, (False, False, True, True, False), paper.width)
    for player in players:
        if player.worst.reason:
            text = f"{clean(player.name)} is {_article(player.worst.name)}: {player.worst.reason}"
            first, *rest = wrapped(text, paper.width - 4)
            lines += [f"  {first}", *(f"    {line}" for line in rest)]
    if game.cases:
        lines += ["", paper.styled("strong", "cases")]
        lines += aligned(
            [[clean(c.name), f'"{clean(c.doc)}"' if c.doc else ""] for c in game.cases], (False, False), paper.width
        )
    return "\n".join(
        [*lines, "", f"{paper.styled('good', 'no mistakes found')} in {seconds(sum(compiled.times.values()))}"]
    )


def _counted(count: object, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def wildness(found: PlayerClass) -> tuple[bool, bool, bool, bool]:
    """For ordering classes: the larger, the less a solver can do with it."""
    name = found.name
    return name.startswith("nonconvex"), found.integer >= 0, not found.linear_rows, not name.endswith("LP")


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "LMN" and not name.startswith("nonconvex") else f"a {name}"
