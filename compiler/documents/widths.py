"""How wide a formula is in print, in em of the surrounding text: `width(formula)`. Used to choose line breaks.

Widths of letters are those of Computer Modern (cmmi10, cmr10, cmsy10), Knuth, Computer Modern Typefaces, 1986; spaces
around signs are TeX's thin, medium and thick ones (The TeXbook, chapter 18).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from compiler.documents import math as m

THIN, MEDIUM, THICK = 1 / 6, 2 / 9, 5 / 18
SCRIPT = 0.75
"""A script's size against its base's: LaTeX sets 8 pt beside 11 pt, 7 pt beside 10 pt, and 8 pt fonts are wider."""

_ITALIC = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        (0.75, 0.759, 0.715, 0.828, 0.738, 0.643, 0.786, 0.831, 0.44, 0.555, 0.849, 0.681, 0.97, 0.803, 0.763, 0.642,
         0.791, 0.759, 0.613, 0.584, 0.683, 0.583, 0.944, 0.828, 0.581, 0.683, 0.529, 0.429, 0.433, 0.52, 0.466, 0.49,
         0.477, 0.576, 0.345, 0.412, 0.521, 0.298, 0.878, 0.6, 0.485, 0.503, 0.446, 0.451, 0.469, 0.361, 0.572, 0.485,
         0.716, 0.572, 0.49, 0.465),
        strict=True,
    )
)  # fmt: skip
_GREEK = dict(
    zip(
        "ΓΔΘΛΞΠΣΥΦΨΩαβγδϵζηθικλμνξπρστυϕχψωεϑϖϱςφ",
        (0.625, 0.833, 0.778, 0.694, 0.667, 0.75, 0.722, 0.778, 0.722, 0.778, 0.722, 0.64, 0.566, 0.518, 0.444, 0.406,
         0.438, 0.497, 0.469, 0.354, 0.576, 0.583, 0.603, 0.494, 0.438, 0.57, 0.517, 0.571, 0.437, 0.54, 0.596, 0.626,
         0.651, 0.622, 0.466, 0.591, 0.828, 0.517, 0.363, 0.654),
        strict=True,
    )
)  # fmt: skip
_ROMAN = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        (0.75, 0.708, 0.722, 0.764, 0.681, 0.653, 0.785, 0.75, 0.361, 0.514, 0.778, 0.625, 0.917, 0.75, 0.778, 0.681,
         0.778, 0.736, 0.556, 0.722, 0.75, 0.75, 1.028, 0.75, 0.75, 0.611, 0.5, 0.556, 0.444, 0.556, 0.444, 0.306, 0.5,
         0.556, 0.278, 0.306, 0.528, 0.278, 0.833, 0.556, 0.5, 0.556, 0.528, 0.392, 0.394, 0.389, 0.556, 0.528, 0.722,
         0.528, 0.528, 0.444),
        strict=True,
    )
)  # fmt: skip
_CALLIGRAPHIC = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (0.798, 0.657, 0.527, 0.771, 0.528, 0.719, 0.595, 0.845, 0.545, 0.678, 0.762, 0.69, 1.201, 0.82, 0.796, 0.696,
         0.817, 0.848, 0.606, 0.545, 0.626, 0.613, 0.988, 0.713, 0.668, 0.725),
        strict=True,
    )
)  # fmt: skip
_PUNCTUATION = {**dict.fromkeys(" .,;:'!", 0.3), **dict.fromkeys("()[]", 0.39), "-": 0.333, "%": 0.833, "–": 0.5}
_UNKNOWN = 0.8
"""Of a letter that no table has: as wide as a wide capital."""
_FRAMED = 2.3
"""Of what LaTeX's fonts lack, printed as its number in a frame."""

_DELIMITER = (0.389, 0.458, 0.597, 0.736)
"""Parentheses by size: cmr10, and `\\big`, `\\Big`, `\\bigg` of cmex10."""
_LARGE = {"sum": 1.444, "prod": 1.278}
"""In displays, cmex10."""


def text_width(text: str) -> float:
    """Of upright text."""
    return sum(
        _ROMAN.get(c) or _GREEK.get(c) or _PUNCTUATION.get(c) or (0.5 if c.isdigit() else _UNKNOWN) for c in text
    )


def width(node: m.Math) -> float:
    """Of a formula in a display, in em."""
    match node:
        case m.Ident():
            return _ident(node)
        case m.Digits():
            return sum(0.278 if c in ".," else 0.5 for c in node.text)
        case m.Sign():
            row = m.SIGNS[node.name]
            return row.width + {"binary": 2 * MEDIUM, "relation": 2 * THICK, "comma": THIN}.get(row.kind, 0.0)
        case m.Words():
            return text_width(node.text)
        case m.Named():
            return text_width(node.text) + THIN
        case m.Row():
            return sum(map(width, node.parts))
        case m.Times():
            return {"none": 0.0, "thin": THIN, "dot": 0.278 + 2 * MEDIUM}[node.space]
        case m.Scripts():
            scripts = [SCRIPT * width(s) for s in (node.below, node.above) if s is not None]
            return width(node.base) + max(scripts, default=0.0) + 0.275 * node.primes + 0.05
        case m.Accent():
            return width(node.base)
        case m.Fraction():
            return max(width(node.above), width(node.below)) + 0.24
        case m.Root():
            return width(node.inside) + 1.0
        case m.Fenced():
            return 2 * _DELIMITER[size(node.inside)] + width(node.inside)
        case m.Delimiter():
            return _DELIMITER[node.size] if node.char else 0.12
        case m.Large():
            own = _LARGE.get(node.name) or text_width(node.name)
            return max([own, *(SCRIPT * width(u) for u in node.under)]) + THIN
        case m.Branches():
            values = max(width(line) for lines, _ in node.rows for line in lines)
            return 0.9 + values + 1.0 + max(width(condition) for _, condition in node.rows)
        case m.Gap():
            return node.quads
        case m.Raw():
            return _UNKNOWN * len(node.plain)
    assert_never(node)


def size(node: m.Math) -> int:
    """The size of the parentheses that go around a formula in a display, from 0 to 3."""
    match node:
        case m.Row():
            return max(map(size, node.parts), default=0)
        case m.Scripts():
            return max(size(node.base), 1 if node.above is not None else 0)
        case m.Accent():
            return size(node.base)
        case m.Fenced():
            return size(node.inside)
        case m.Delimiter():
            return node.size
        case m.Root():
            return min(size(node.inside) + 1, 3)
        case m.Large() if node.name in _LARGE:
            return 2
        case m.Fraction() | m.Branches():
            return 3
        case _:
            return 0


def _ident(node: m.Ident) -> float:
    table = {"italic": _ITALIC, "script": _CALLIGRAPHIC}.get(node.font, _ROMAN)
    if node.font == "italic" and len(node.text) > 1:
        table = _ROMAN
    return sum(_letter(table, c) for c in node.text)


def _letter(table: Mapping[str, float], c: str) -> float:
    found = table.get(c) or _GREEK.get(c) or _PUNCTUATION.get(c)
    if found is not None:
        return found
    if c.isdigit():
        return 0.5
    return _UNKNOWN if ord(c) < 0x250 or 0x2000 <= ord(c) < 0x2300 else _FRAMED
