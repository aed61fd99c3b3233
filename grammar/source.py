"""A text and the places in it: `Source` (path and text) and `Span` (a half-open range of one source).

Offsets count Unicode code points from 0; lines and columns, as people read them, count from 1.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

LINE_BREAK = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, eq=False)
class Source:
    """One text that diagnostics can point into: a `.game` file or a data file.

    `path` is what the user typed, for messages; `text` is the whole content.
    """

    path: str
    text: str

    @cached_property
    def _line_starts(self) -> tuple[int, ...]:
        return (0, *(match.end() for match in LINE_BREAK.finditer(self.text)))

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column (both from 1) of a code point offset."""
        line = bisect_right(self._line_starts, offset) - 1
        return line + 1, offset - self._line_starts[line] + 1

    def line(self, number: int) -> str:
        """Text of line `number` (from 1), without its line break; empty past the end."""
        if not 1 <= number <= len(self._line_starts):
            return ""
        start = self._line_starts[number - 1]
        end = self._line_starts[number] if number < len(self._line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def line_offset(self, number: int) -> int:
        """Offset of the first character of line `number` (from 1)."""
        return self._line_starts[min(max(number, 1), len(self._line_starts)) - 1]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start <= offset < end` of `source`."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        return self.source.line_column(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.line_column(self.start)[1]

    def __str__(self) -> str:
        line, column = self.source.line_column(self.start)
        return f"{self.source.path}:{line}:{column}"

    def to(self, other: Span) -> Span:
        """The range from the start of this span to the end of `other` (same source)."""
        return Span(self.source, min(self.start, other.start), max(self.end, other.end))
