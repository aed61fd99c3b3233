"""A formula and the room for it -> lines. `broken(formula, first, others)` chooses where a wide formula goes on.

Lines break before relations, before + and - (outside parentheses rather than inside), after commas, and between factors
when nothing else helps. The choice is the cheapest in all, as in Knuth and Plass, Software: Practice and Experience 11
(1981) 1119: each line costs, each break costs by its depth, what does not fit costs by what sticks out.
"""

from __future__ import annotations

from dataclasses import dataclass

from compiler.documents import math as m
from compiler.documents.widths import size, width

LINE = 6.0
SHORT = 3.0
"""What a line costs that is not the last and less than a third full."""
DEEPER = 12.0
"""What each pair of parentheses around a break costs: more than one more line, a short one too."""
STICKS_OUT = 1000.0
_BREAK = {"relation": 0.0, "binary": 1.0, "comma": 5.0, "times": 8.0}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part that stays whole. `penalty` is the price of a break before it, None where none may be."""

    node: m.Math
    width: float
    penalty: float | None = None


def pieces(formula: m.Math) -> list[Piece]:
    """The parts of a formula between which lines may break."""
    return _flat(formula, 0)


def broken(formula: m.Math, first: float, others: float) -> tuple[m.Math, ...]:
    """The lines of a formula: `first` em of room in the first line, `others` in the following ones."""
    if width(formula) <= first:
        return (formula,)
    return tuple(_line(part) for part in _cheapest(pieces(formula), first, others))


def broken_list(parts: tuple[m.Math, ...], first: float, others: float) -> tuple[m.Math, ...]:
    """The lines of a list with commas, as many of its parts in each as there is room for; a part that is wider than a
    line is broken itself."""
    lines: list[list[m.Math]] = [[]]
    for k, part in enumerate(parts):
        comma = (m.Sign(","), m.Gap(1 / 6)) if k < len(parts) - 1 else ()
        room = first if len(lines) == 1 else others
        taken = sum(map(width, lines[-1]))
        if lines[-1] and taken + width(part) > room:
            lines.append([])
            room = others
        wrapped = [m.row(x) for x in broken(part, room - sum(map(width, lines[-1])), others)]
        lines[-1].append(wrapped[0])
        lines += [[x] for x in wrapped[1:]]
        lines[-1] += comma
    return tuple(m.row(*line) for line in lines)


def _flat(node: m.Math, depth: int) -> list[Piece]:
    match node:
        case m.Row():
            found: list[Piece] = []
            after_comma = False
            for part in node.parts:
                inner = _flat(part, depth)
                if not inner:
                    continue
                penalty = _before(part, depth) if found else None
                if after_comma and penalty is None:
                    penalty = _BREAK["comma"] + DEEPER * depth
                inner[0] = Piece(inner[0].node, inner[0].width, penalty if penalty is not None else inner[0].penalty)
                found += inner
                after_comma = isinstance(part, m.Sign) and m.SIGNS[part.name].kind == "comma"
            return found
        case m.Fenced():
            sides = size(node.inside)
            left, right = m.Delimiter(node.left, sides, "open"), m.Delimiter(node.right, sides, "close")
            inner = _flat(node.inside, depth + 1)
            return [Piece(left, width(left)), *inner, Piece(right, width(right))]
        case _:
            return [Piece(node, width(node))]


def _before(node: m.Math, depth: int) -> float | None:
    if isinstance(node, m.Times):
        return _BREAK["times"] + DEEPER * depth
    if isinstance(node, m.Sign):
        kind = m.SIGNS[node.name].kind
        if kind in ("relation", "binary") and node.name not in ("in", "such that"):
            return _BREAK[kind] + DEEPER * depth
    return None


def _cheapest(parts: list[Piece], first: float, others: float) -> list[list[Piece]]:
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(parts) + 1):
        choices = []
        taken = 0.0
        for start in range(end - 1, -1, -1):
            taken += parts[start].width
            penalty = 0.0 if start == 0 else parts[start].penalty
            room = first if start == 0 else others
            if penalty is not None and best[start][0] < float("inf"):
                short = SHORT if end < len(parts) and taken < room / 3 else 0.0
                cost = penalty + LINE + short + STICKS_OUT * max(taken - room, 0.0)
                choices.append((best[start][0] + cost, start))
        best.append(min(choices, default=(float("inf"), 0)))
    lines: list[list[Piece]] = []
    end = len(parts)
    while end > 0:
        start = best[end][1]
        lines.insert(0, parts[start:end])
        end = start
    return lines


def _line(parts: list[Piece]) -> m.Math:
    nodes = [p.node for p in parts]
    if isinstance(nodes[0], m.Times):
        nodes[0] = m.Sign("cdot")
    return m.Row(tuple(nodes))
