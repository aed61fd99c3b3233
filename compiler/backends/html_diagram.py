"""The diagram of a document -> SVG with MathML in it: `svg`."""

from __future__ import annotations

from html import escape

from compiler.backends.mathml import mathml
from compiler.documents.document import Arrow, Diagram, Formula, Inlines, Node, Strong, Text

SCALE = 44.0
"""Pixels of 1 cm of the diagram."""
MARGIN = 3.2
"""Cm at the sides, for what stands beside the outermost arrows."""
LABEL = 3.0
"""Cm that the label of an arrow may take."""


def svg(d: Diagram) -> str:
    """As wide as the page at most; its size is that of the diagram."""
    width, height = (d.width + 2 * MARGIN) * SCALE, (d.height + 0.4) * SCALE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'style="max-width:{width:.0f}px" role="img" aria-label="{escape(d.caption)}">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto-start-reverse"><path d="M0,1 L8,4 L0,7 z"/></marker></defs>',
        *map(_arrow, d.arrows),
        *map(_node, d.nodes),
        *(_label(a) for a in d.arrows if a.label),
        "</svg>",
    ]
    return "\n".join(parts)


def _x(cm: float) -> float:
    return (cm + MARGIN) * SCALE


def _y(cm: float) -> float:
    return (cm + 0.2) * SCALE


def _arrow(a: Arrow) -> str:
    path = " L".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in a.points)
    return f'<path class="{"leads" if a.leads else "answers"}" d="M{path}" marker-end="url(#tip)"/>'


def _node(n: Node) -> str:
    left, top = _x(n.x - n.width / 2), _y(n.y - n.height / 2)
    dashes = ' class="market"' if n.market else ' class="player"'
    lines = "".join(f"<div>{_inside(line)}</div>" for line in n.lines)
    size = f'width="{n.width * SCALE:.1f}" height="{n.height * SCALE:.1f}"'
    return (
        f'<rect{dashes} x="{left:.1f}" y="{top:.1f}" {size} rx="4"/>'
        f'<foreignObject x="{left:.1f}" y="{top:.1f}" {size}>'
        f'<div xmlns="http://www.w3.org/1999/xhtml" class="node">{lines}</div></foreignObject>'
    )


def _label(a: Arrow) -> str:
    wide = LABEL * SCALE
    x = _x(a.at[0]) + (6 if a.side == "right" else -6 - wide if a.side == "left" else -wide / 2)
    return (
        f'<foreignObject x="{x:.1f}" y="{_y(a.at[1]) - 14:.1f}" width="{wide:.1f}" height="28">'
        f'<div xmlns="http://www.w3.org/1999/xhtml" class="sent {a.side}">{_inside(a.label)}</div></foreignObject>'
    )


def _inside(parts: Inlines) -> str:
    found = ""
    for part in parts:
        match part:
            case Formula():
                found += mathml(part.math)
            case Strong():
                found += f"<strong>{escape(part.text)}</strong>"
            case Text():
                found += escape(part.text)
            case _:
                raise AssertionError(part)
    return found
