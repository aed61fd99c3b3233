"""A game -> its picture: a box for each player, leaders above, and arrows with what they send each other.

Levels are rows of boxes. A player that is alone in its row is as wide as the row beside it, so that arrows are upright
and have room for what is sent; between two rows of several boxes arrows cross and say nothing. The table beside the
picture says everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import ceil

from compiler.documents import math as m
from compiler.documents.document import Arrow, Diagram, Formula, Inlines, Node, Strong
from compiler.documents.formulas import Formulas, spread
from compiler.documents.naming import player_title
from compiler.documents.structure import Message, messages
from compiler.documents.widths import text_width, width
from compiler.ir.game import Game, PlayerDef
from compiler.ir.levels import levels

WIDTH = 4.0
LINE = 0.45
"""Of a box, and of a line of text in it, in cm."""
ACROSS, DOWN = 1.2, 1.5
"""Gaps between boxes, in cm."""
APART = 0.18
"""Half of the distance between two opposite arrows."""
IN_A_ROW = 3
BOLD = 1.15
"""How much wider bold letters are."""
EM = 0.36
"""Cm of 1 em of the text at arrows, 10 pt."""


def diagram(game: Game, formulas: Formulas) -> Diagram | None:
    """None for a single player, who sends nothing to anybody."""
    if len(game.players) < 2:
        return None
    rows = _rows(game)
    whole = max(map(len, rows)) * (WIDTH + ACROSS) - ACROSS
    nodes: dict[str, Node] = {}
    top = 0.0
    for players in rows:
        high = max(_height(p, whole if len(players) == 1 else WIDTH) for p in players)
        y = top + high / 2
        top += high + DOWN
        own = len(players) * (WIDTH + ACROSS) - ACROSS
        for place, player in enumerate(players):
            x = (whole - own) / 2 + place * (WIDTH + ACROSS) + WIDTH / 2
            nodes[player.name] = _node(player, formulas, x, y, whole if len(players) == 1 else WIDTH, high)
    sent = {(x.sender, x.receiver): x for x in messages(game)}
    arrows: list[Arrow] = []
    right = whole
    for k, upper_row in enumerate(rows):
        for below, lower_row in enumerate(rows[k + 1 :], start=k + 1):
            for upper in upper_row:
                for lower in lower_row:
                    down, up = sent.get((upper.name, lower.name)), sent.get((lower.name, upper.name))
                    if down is None and up is None:
                        continue
                    a, b = nodes[upper.name], nodes[lower.name]
                    if below == k + 1:
                        alone = min(len(upper_row), len(lower_row)) == 1
                        arrows += _between(a, b, down, up, formulas if alone else None)
                    else:
                        right += 2 * APART + 0.4
                        arrows += _around(a, b, down, up, right)
    for players in rows:
        for one, next_one in pairwise(players):
            arrows += _sideways(nodes[one.name], nodes[next_one.name], sent)
    height = top - DOWN
    caption = (
        "Who leads whom. Solid arrows come from who moves first, dashed ones carry answers or what is taken as given."
    )
    return Diagram(caption, tuple(nodes.values()), tuple(arrows), right, height)


def _rows(game: Game) -> list[list[PlayerDef]]:
    """Levels as rows of boxes, long levels in several, markets below the level they belong to."""
    rows: list[list[PlayerDef]] = []
    for level in levels(game):
        for players in ([p for p in level if not p.market], [p for p in level if p.market]):
            rows += [players[start : start + IN_A_ROW] for start in range(0, len(players), IN_A_ROW)]
    return rows


def _height(player: PlayerDef, wide: float) -> float:
    """Room for the name, set in bold, and the index."""
    lines = ceil(BOLD * EM * text_width(player_title(player)) / (wide - 0.6)) + bool(player.domain.binders)
    return 0.65 + LINE * lines


def _node(player: PlayerDef, formulas: Formulas, x: float, y: float, wide: float, high: float) -> Node:
    lines: list[Inlines] = [(Strong(player_title(player)),)]
    if player.domain.binders:
        lines.append((Formula(spread(formulas.ranges(player.domain))),))
    return Node(player.name, tuple(lines), x, y, wide, high, player.market)


def _label(message: Message, formulas: Formulas | None, room: float) -> Inlines:
    """As many symbols as there is room for, in cm."""
    if formulas is None or not message.what:
        return ()
    shown: list[m.Math] = []
    for d in message.what:
        symbol = formulas.symbols.head(d)
        rest = width(m.Sign("dots")) if len(shown) < len(message.what) - 1 else 0.0
        if EM * (sum(map(width, shown)) + width(symbol) + rest + 0.5 * len(shown)) > room:
            shown.append(m.Sign("dots"))
            break
        shown.append(symbol)
    return (Formula(spread(shown)),)


def _between(a: Node, b: Node, down: Message | None, up: Message | None, formulas: Formulas | None) -> Iterator[Arrow]:
    """Down at the left and up at the right between boxes of neighbouring rows."""
    top, bottom = a.y + a.height / 2, b.y - b.height / 2
    middle = (top + bottom) / 2
    start, end = (a.x, b.x) if formulas is None else (min((a, b), key=lambda n: n.width).x,) * 2
    room = (WIDTH + ACROSS) / 2 - APART - 0.25
    if down is not None:
        points = ((start - APART, top), (end - APART, bottom))
        yield Arrow(points, down.leads, _label(down, formulas, room), ((start + end) / 2 - APART, middle), "left")
    if up is not None:
        points = ((end + APART, bottom), (start + APART, top))
        yield Arrow(points, up.leads, _label(up, formulas, room), ((start + end) / 2 + APART, middle), "right")


def _around(a: Node, b: Node, down: Message | None, up: Message | None, x: float) -> Iterator[Arrow]:
    """Past the boxes between, at the right."""
    for message, start, end, shift in ((down, a, b, APART), (up, b, a, -APART)):
        if message is not None:
            points = (
                (start.x + start.width / 2, start.y - shift / 2),
                (x + shift, start.y - shift / 2),
                (x + shift, end.y + shift / 2),
                (end.x + end.width / 2, end.y + shift / 2),
            )
            yield Arrow(points, message.leads, (), (x, (a.y + b.y) / 2), "right")


def _sideways(a: Node, b: Node, sent: dict[tuple[str, str], Message]) -> Iterator[Arrow]:
    """Between neighbours in a row."""
    for start, end, sign in ((a, b, 1), (b, a, -1)):
        if (start.name, end.name) in sent:
            y = start.y - sign * APART / 2
            points = ((start.x + sign * start.width / 2, y), (end.x - sign * end.width / 2, y))
            yield Arrow(points, False, (), ((a.x + b.x) / 2, y), "above")
