"""Text as a terminal shows it. In: text of any characters; out: text and widths in cells.

A terminal has cells of one width; East Asian wide characters and most emoji take two of them, combining marks none
(Unicode Standard Annex 11, and general categories Mn, Me, Cf).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

TAB = 4
"""Tabs in quoted source lines go to the next multiple of this many cells; carets follow."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_HANGUL_VOWELS_AND_TAILS = range(0x1160, 0x1200)


def shown(character: str) -> str:
    """What stands for `character` on the screen: itself, unless it moves the cursor, reorders text or has no code.

    Text from a file thus cannot send commands to the terminal, nor show another order than the file has.
    """
    point = ord(character)
    if point < 0x20:
        return chr(0x2400 + point)
    if point == 0x7F:
        return "\N{SYMBOL FOR DELETE}"
    if (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in _REORDERING
    ):
        return _REPLACEMENT
    return character


_REORDERING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def width_of(character: str) -> int:
    """Cells that one shown character takes: 0, 1 or 2."""
    if character < "\x7f":
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or ord(character) in _HANGUL_VOWELS_AND_TAILS:
        return 0 if character != "\N{SOFT HYPHEN}" else 1
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def width(text: str) -> int:
    """Cells that a printable text takes."""
    return len(text) if text.isascii() else sum(map(width_of, text))


def clean(text: str) -> str:
    """`text` with what would upset a terminal replaced; line breaks and tabs become spaces."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if c in "\n\t\r" else shown(c) for c in text)


def padded(text: str, cells: int, right: bool = False) -> str:
    """`text` filled with spaces to `cells` cells, on its left if `right`."""
    room = " " * max(0, cells - width(text))
    return room + text if right else text + room


def clipped(text: str, cells: int) -> str:
    """`text` cut to at most `cells` cells, ending in an ellipsis where something was cut."""
    if width(text) <= cells:
        return text
    out, used = [], 0
    for c in text:
        if used + width_of(c) > cells - 1:
            break
        out.append(c)
        used += width_of(c)
    return "".join(out) + "…" if cells > 0 else ""


def wrapped(text: str, cells: int) -> list[str]:
    """Lines of at most `cells` cells, broken at spaces where there are any; line breaks in `text` stay."""
    return [line for part in (text.split("\n") or [""]) for line in _wrapped_line(clean(part), max(cells, 8))]


def _wrapped_line(text: str, cells: int) -> list[str]:
    lines: list[str] = []
    line, used = "", 0
    for word in text.split(" "):
        room = width(word)
        if line and used + 1 + room > cells:
            lines.append(line)
            line, used = "", 0
        if line:
            line, used = f"{line} {word}", used + 1 + room
            continue
        line, used = word, room
        while used > cells:  # a word longer than a line
            head = clipped(line, cells + 1)[:-1]
            lines.append(head)
            line = line[len(head) :]
            used = width(line)
    return [*lines, line]


@dataclass(frozen=True)
class CellLine:
    """One source line as shown: `text` without tabs and control characters, and where each character begins.

    `starts` has one entry more than the line has characters: cell of character k, and of the end of the line.
    """

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, line: str) -> CellLine:
        pieces: list[str] = []
        starts = [0]
        for c in line:
            at = starts[-1]
            piece = " " * (TAB - at % TAB) if c == "\t" else shown(c)
            pieces.append(piece)
            starts.append(at + (len(piece) if c == "\t" else width_of(piece)))
        return cls("".join(pieces), tuple(starts))

    def cells(self, start: int, end: int) -> tuple[int, int]:
        """Cells under characters `start <= k < end`, at least one, past the end of the line too."""
        last = len(self.starts) - 1
        first_cell = self.starts[min(start, last)] + max(0, start - last)
        end_cell = self.starts[min(end, last)] + max(0, end - last)
        if end_cell > first_cell:
            return first_cell, end_cell
        if start < end <= last and first_cell > 0:  # only combining marks: they are drawn on the character before
            return first_cell - 1, first_cell
        return first_cell, first_cell + 1

    def window(self, first: int, cells: int) -> str:
        """The text in cells `first <= c < first + cells`; a wide character cut by an edge becomes a space."""
        out: list[str] = []
        at, last = 0, first + cells
        for c in self.text:
            room = width_of(c)
            if first <= at and at + room <= last and (room or out):
                out.append(c)
            elif at < first < at + room or at < last < at + room:
                out.append(" ")
            at += room
        return "".join(out)
