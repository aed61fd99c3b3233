"""Offsets of a text <-> the positions of the protocol, whose columns count units of an agreed encoding.

Lines end at CR LF, LF or CR and nowhere else, as the protocol and `Source` have it.
"""

from __future__ import annotations

from lsprotocol.types import Position, PositionEncodingKind, Range

from grammar.source import Source, Span


class Positions:
    """Converts for one source; `encoding` is what client and server agreed on (UTF-16 unless told otherwise)."""

    def __init__(self, source: Source, encoding: PositionEncodingKind | str | None = None) -> None:
        self.source = source
        self.encoding = encoding or PositionEncodingKind.Utf16

    def position(self, offset: int) -> Position:
        """The position of a code point offset; one outside the text is moved to its nearer end."""
        offset = min(max(offset, 0), len(self.source.text))
        line, column = self.source.line_column(offset)
        return Position(line - 1, self._units(self.source.text[offset - column + 1 : offset]))

    def offset(self, position: Position) -> int:
        """The code point offset of a position. One past the end of a line or of the text means that end; one in the
        middle of a character its beginning."""
        lines = self.source.line_column(len(self.source.text))[0]
        if position.line >= lines:
            return len(self.source.text)
        start, text = self.source.line_offset(position.line + 1), self.source.line(position.line + 1)
        if text.isascii():
            return start + min(position.character, len(text))
        left = position.character
        for k, c in enumerate(text):
            left -= self._width(c)
            if left < 0:
                return start + k
        return start + len(text)

    def range(self, span: Span) -> Range:
        return Range(self.position(span.start), self.position(span.end))

    def whole(self) -> Range:
        return Range(Position(0, 0), self.position(len(self.source.text)))

    def _units(self, text: str) -> int:
        return len(text) if text.isascii() else sum(map(self._width, text))

    def _width(self, c: str) -> int:
        if self.encoding == PositionEncodingKind.Utf32:
            return 1
        if self.encoding == PositionEncodingKind.Utf8:
            return 1 + (c >= "\x80") + (c >= "\u0800") + (c >= "\U00010000")
        return 1 + (c >= "\U00010000")
