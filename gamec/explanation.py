"""What a model's game is and how it would be solved. In: `Compiled`; out: `Explanation`, plain values.

Who decides what, who sees whose decisions and where, what kind of problem each player has, and which methods fit.
Nothing is solved.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

import numpy as np

from compiler.ground.ground_game import INTEGER, REAL, Block, GroundGame
from compiler.ground.sparse import Ints
from compiler.pipeline import Compiled
from gamec.views.model import wildness
from grammar.diagnostics import DiagnosticError
from grammar.source import Source, Span
from runtime.asked import hinted
from runtime.methods.method import Request
from runtime.methods.registry import METHODS, choose
from runtime.methods.setting import Setting


@dataclass(frozen=True, slots=True)
class Decision:
    """A variable. `index`: each set with its size; `count` of instances, `bounds` the widest, `place` in the file."""

    name: str
    index: tuple[tuple[str, int], ...]
    count: int
    kind: str
    bounds: tuple[float, float]
    unit: str
    doc: str
    place: str


@dataclass(frozen=True, slots=True)
class Sight:
    """`what`, a variable of another player or a price, enters the objective or a constraint `where`."""

    what: str
    where: str
    place: str


@dataclass(frozen=True, slots=True)
class Stakeholder:
    """A player of the file, all of its instances together. `level` 1 moves first.

    `kind` is the class of the least tame instance, `reason` why it is no LP, at `place`.
    """

    name: str
    instances: int
    level: int
    follows: tuple[str, ...]
    optimistic: bool
    kind: str
    reason: str
    place: str
    decisions: tuple[Decision, ...]
    sees: tuple[Sight, ...]


@dataclass(frozen=True, slots=True)
class Fitness:
    """Whether a method is right for the game; `reason` why it is not."""

    method: str
    fits: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`asked` is the method that the file asks for ("auto" without one), `chosen` what would run, "" where none fits;
    `why` says why, or what stands in the way."""

    game: str
    case: str
    structure: str
    players: tuple[Stakeholder, ...]
    asked: str
    chosen: str
    why: str
    methods: tuple[Fitness, ...]

    def __str__(self) -> str:
        from gamec.terminal import Paper
        from gamec.views.explanation import explanation_text

        return explanation_text(self, Paper())


def explanation_of(compiled: Compiled) -> Explanation:
    """Explain the game with its case applied."""
    game, setting = compiled.ground, Setting.of(compiled.ground)
    asked = hinted(Request(), compiled.game.options).method
    try:
        choice = choose(setting, asked)
        chosen, why = choice.method.name, choice.why
    except DiagnosticError as error:
        chosen, why = "", "; ".join(d.headline for d in error.diagnostics)
    refusals = {name: method.refuses(setting) for name, method in METHODS.items()}
    return Explanation(
        game.name,
        compiled.case,
        setting.described(),
        _stakeholders(game, setting, compiled.source),
        asked,
        chosen,
        why,
        tuple(Fitness(name, r is None, "" if r is None else r.reason) for name, r in refusals.items()),
    )


def _stakeholders(game: GroundGame, setting: Setting, main: Source) -> tuple[Stakeholder, ...]:
    numbers: dict[str, list[int]] = {}
    for p, player in enumerate(game.players):
        numbers.setdefault(player.declaration, []).append(p)
    levels = _levels(game)
    sights = _sights(game, list(numbers), main)
    found = []
    for name, own in numbers.items():
        first = game.players[own[0]]
        worst = max((setting.classes[p] for p in own), key=wildness)
        found.append(
            Stakeholder(
                name,
                len(own),
                levels[own[0]],
                tuple(dict.fromkeys(game.players[leader].declaration for leader in first.leaders)),
                first.optimistic,
                f"convex {worst.name}" if worst.convex and not worst.name.endswith("LP") else worst.name,
                worst.reason,
                _place(worst.span, main),
                tuple(_decision(game, b, main) for b in game.column_blocks if b.player == name and _decided(game, b)),
                sights.get(name, ()),
            )
        )
    return tuple(found)


def _levels(game: GroundGame) -> list[int]:
    """Of each player the number of moves up to its own: one more than that of the last of its leaders."""
    levels: dict[int, int] = {}

    def level(p: int) -> int:
        if p not in levels:
            levels[p] = 1 + max((level(leader) for leader in game.players[p].leaders), default=0)
        return levels[p]

    return [level(p) for p in range(len(game.players))]


def _decided(game: GroundGame, block: Block) -> bool:
    return not block.lifted and (not block.size or bool(game.price_row[block.start] < 0))


def _decision(game: GroundGame, block: Block, main: Source) -> Decision:
    part = slice(block.start, block.stop)
    lower, upper = game.lower[part], game.upper[part]
    kinds = set(game.kind[part].tolist())
    if kinds <= {REAL}:
        kind = "real"
    elif kinds == {INTEGER}:
        kind = "binary" if block.size and lower.min() >= 0 and upper.max() <= 1 else "integer"
    else:
        kind = "semicontinuous"
    return Decision(
        block.name,
        tuple((name, len(axis)) for name, axis in zip(block.sets, block.labels, strict=True)),
        block.size,
        kind,
        (float(lower.min(initial=np.inf)), float(upper.max(initial=-np.inf))),
        block.unit,
        block.doc,
        _place(block.span, main),
    )


def _sights(game: GroundGame, names: list[str], main: Source) -> dict[str, tuple[Sight, ...]]:
    """By player of the file: what of others enters its objective and rows, each once, in the order of the file."""
    objective = -1
    row = game.matrix.row_numbers()
    goal = game.objective.row_numbers()
    # Triples of arrays: the player that uses, the row (or `objective`), the column used.
    parts: list[tuple[Ints, Ints, Ints]] = [
        (game.row_owner[row], row, game.matrix.indices),
        (goal, np.full(len(goal), objective), game.objective.indices),
    ]
    rows, goals = game.row_quad, game.objective_quad
    parts += [(game.row_owner[rows.row], rows.row, column) for column in (rows.i, rows.j)]
    parts += [(goals.row, np.full(goals.entries, objective), column) for column in (goals.i, goals.j)]
    user, place, used = (np.concatenate([part[k] for part in parts]) for k in range(3))
    priced = game.price_row[used] >= 0
    maker = game.owner[used].copy()
    maker[priced] = game.row_owner[game.price_row[used[priced]]]
    seen = (user >= 0) & (maker != user)
    user, place, used = user[seen], place[seen], used[seen]
    declared = np.array([names.index(p.declaration) for p in game.players], np.int64)
    block = np.where(place == objective, objective, _block_numbers(game.row_blocks, place))
    found: dict[str, dict[Sight, None]] = {}
    triples = np.stack([declared[user], block, _block_numbers(game.column_blocks, used)], axis=1)
    for who, where, what in np.unique(triples, axis=0).tolist():
        column = game.column_blocks[what]
        thing = f"{column.player}.{column.name}" if column.player else column.name
        if game.price_row[column.start] >= 0:
            thing = f"the price {thing}"
        if where == objective:
            player = next(p for p in game.players if p.declaration == names[who])
            sight = Sight(thing, f"objective {player.objective}", _place(player.objective_span, main))
        else:
            made = game.row_blocks[where]
            sight = Sight(thing, f"{'value' if made.lifted else 'constraint'} {made.name}", _place(made.span, main))
        found.setdefault(names[who], {})[sight] = None
    return {name: tuple(sights) for name, sights in found.items()}


def _block_numbers(blocks: tuple[Block, ...], numbers: Ints) -> Ints:
    """The number of the block that holds each row or column; -1 for what is below all."""
    filled = np.array([k for k, block in enumerate(blocks) if block.size], np.int64)
    starts = np.array([block.start for block in blocks if block.size], np.int64)
    if not len(filled):
        return np.full(len(numbers), -1, np.int64)
    return filled[np.searchsorted(starts, numbers, side="right") - 1]


def _place(span: Span | None, main: Source) -> str:
    """`line 7`, or `line 7 of devices.game` for another file than the model's own."""
    if span is None:
        return ""
    name = PurePath(span.source.path.replace("\\", "/")).name
    return f"line {span.line}" + ("" if span.source.path == main.path else f" of {name}")
