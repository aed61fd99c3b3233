"""Numbered equations of a document -> LaTeX: formulas at the left, where they hold at the right, wide ones broken."""

from __future__ import annotations

from compiler.backends.latex_math import latex
from compiler.documents import math as m
from compiler.documents.breaking import broken, broken_list
from compiler.documents.document import Equation, Equations
from compiler.documents.formulas import spread
from compiler.documents.widths import width

LINE_WIDTH = 41.5
"""Em from the left of a formula to the right of the page: 16 cm at 11 pt, the indent of equations taken away."""
NUMBER_WIDTH = 4.4
"""Em that the number of an equation takes with the space before it."""
GAP = 2.0
KEPT = 6
"""Lines of an equation that a page break does not part."""
WIDEST_DOMAIN = 13.0
"""Em that a domain may take beside its formula; a wider one goes below."""
INDENT = 2.0


def equations(group: Equations) -> str:
    """All of a group in one `flalign`, so that their domains stand below each other."""
    beside = [d for d in (_domain(e) for e in group.equations) if width(d) <= WIDEST_DOMAIN]
    column = max(map(width, beside), default=0.0)
    room = LINE_WIDTH - NUMBER_WIDTH - (column + GAP if column else 0.0)
    rows = [_rows(e, room) for e in group.equations]
    body = " \\\\\n".join(rows)
    return f"\\begin{{flalign}}\n{body}\n\\end{{flalign}}"


def _domain(equation: Equation) -> m.Math:
    """`∀ t ∈ T, k ∈ K: condition` in one piece; `m.NOTHING` where there is none."""
    return spread(equation.domain)


def _rows(equation: Equation, room: float) -> str:
    """The lines of one equation, its number in the last. `room` is what is left beside the domains of the group; lines
    without a domain beside them may take the whole page."""
    domain = _domain(equation)
    beside = bool(equation.domain) and width(domain) <= WIDEST_DOMAIN
    whole = LINE_WIDTH - NUMBER_WIDTH
    space = room if beside else whole
    lines = [(line, 0.0) for line in broken(fitted(equation.formula, space), space, space - INDENT)]
    lines[1:] = [(line, INDENT) for line, _ in lines[1:]]
    if equation.domain and not beside:
        lines += [(line, INDENT) for line in broken_list(equation.domain, whole - INDENT, whole - INDENT)]
    shown = [_line(line, indent, room) for line, indent in lines]
    where = rf"{latex(domain)}\quad" if beside else ""
    last = f"& {shown[-1]} && {where}".rstrip() + rf" \label{{eq:{equation.number}}}"
    end = " \\\\*\n" if len(shown) <= KEPT else " \\\\\n"
    return end.join([*(f"& {line} && \\notag" for line in shown[:-1]), last])


def _line(line: m.Math, indent: float, room: float) -> str:
    """A line of a formula; one that is wider than the column takes no room in it, since nothing stands beside it."""
    text = latex(line)
    if indent:
        text = rf"\qquad {{}}{text}"  # a sign at the start keeps its space
    return rf"\rlap{{$\displaystyle {text}$}}" if width(line) + indent > room else text


def fitted(node: m.Math, room: float) -> m.Math:
    """The formula with the values of its branches broken where they are wider than the room."""
    match node:
        case m.Row():
            return m.Row(tuple(fitted(p, room) for p in node.parts))
        case m.Fenced():
            return m.Fenced(node.left, fitted(node.inside, room), node.right)
        case m.Branches() if width(node) > room - INDENT:
            conditions = max(width(c) for _, c in node.rows)
            space = room - INDENT - conditions - 2.5
            return m.Branches(
                tuple(
                    (tuple(x for line in lines for x in broken(fitted(line, space), space, space - 1.0)), condition)
                    for lines, condition in node.rows
                )
            )
    return node
