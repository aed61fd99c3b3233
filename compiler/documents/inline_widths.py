"""How wide text with formulas is in print, in em: `inlines_width`."""

from __future__ import annotations

from compiler.documents.document import Code, Formula, Inlines, Reference, Strong, Text
from compiler.documents.widths import text_width, width

TYPEWRITER = 0.525
"""Em of a character of cmtt10."""
NUMBER = 1.8
"""Em of the number of an equation, `(12)`."""


def inlines_width(parts: Inlines) -> float:
    """Of one line."""
    found = 0.0
    for part in parts:
        match part:
            case Text() | Strong():
                found += text_width(part.text)
            case Code():
                found += TYPEWRITER * len(part.text)
            case Formula():
                found += width(part.math)
            case Reference():
                found += NUMBER
    return found
