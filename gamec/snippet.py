"""The places of one file, drawn. In: marks (spans with a few words); out: the lines that hold them, carets beneath.

A mark that begins and ends on different lines is drawn on its first and on its last line. A line wider than the paper
is shown through a window around its first main mark.
"""

from __future__ import annotations

from dataclasses import dataclass

from gamec.cells import CellLine, clean, width, wrapped
from gamec.terminal import Paper
from grammar.source import Source, Span


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to draw: carets where `primary`, hyphens elsewhere, and `text` beside or below them."""

    span: Span
    text: str
    primary: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """The part of a mark on one line, in characters of that line."""

    line: int
    start: int
    end: int
    text: str
    primary: bool


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A piece in cells of the window: `start <= cell < end`."""

    start: int
    end: int
    text: str
    primary: bool


def gutter_width(marks: list[Mark]) -> int:
    """Digits of the largest line number that the marks touch."""
    return max((len(str(m.span.source.line_column(m.span.end)[0])) for m in marks), default=1)


def snippet(marks: list[Mark], gutter: int, paper: Paper, style: str) -> list[str]:
    """Lines for marks of one source, the first of which gives the place in the head; `style` colours primary marks."""
    source = marks[0].span.source
    blank = " " * gutter
    out = [f"{blank}{paper.styled('place', '-->')} {clean(str(marks[0].span))}"]
    if not source.text:
        return out
    bar = paper.styled("place", "|")
    out.append(f"{blank} {bar}")
    pieces = [piece for mark in marks for piece in _pieces(mark)]
    last = 0
    for number in sorted({p.line for p in pieces}):
        if last and number == last + 2:
            out += _line(source, last + 1, [], gutter, paper, style)
        elif last and number > last + 2:
            out.append(paper.styled("place", "..."))
        out += _line(source, number, [p for p in pieces if p.line == number], gutter, paper, style)
        last = number
    return out


def _pieces(mark: Mark) -> list[_Piece]:
    source = mark.span.source
    first, column = source.line_column(min(mark.span.start, len(source.text)))
    end = min(max(mark.span.end, mark.span.start), len(source.text))
    last, end_column = source.line_column(end)
    if end_column == 1 and last > first:  # up to and with a line break: that belongs to the line before
        last, end_column = last - 1, len(source.line(last - 1)) + 1
    if first == last:
        return [_Piece(first, column - 1, end_column - 1, mark.text, mark.primary)]
    tail = source.line(last)
    indent = len(tail) - len(tail.lstrip())
    return [
        _Piece(first, column - 1, len(source.line(first)), "", mark.primary),
        _Piece(last, min(indent, end_column - 1), end_column - 1, mark.text, mark.primary),
    ]


def _line(source: Source, number: int, pieces: list[_Piece], gutter: int, paper: Paper, style: str) -> list[str]:
    line = CellLine.of(source.line(number))
    room = max(paper.width - gutter - 3, 16)
    cells = [(*line.cells(p.start, p.end), p) for p in pieces]
    first, span_of_window, text = _window(line, cells, room)
    bar = paper.styled("place", "|")
    out = [f"{paper.styled('place', str(number).rjust(gutter))} {bar} {text}".rstrip()]
    drawn, unseen = [], []
    for start, end, piece in cells:
        if end <= first or start >= first + span_of_window:
            unseen.append(piece)
        else:
            drawn.append(_Drawn(max(start - first, 0), min(end - first, span_of_window), piece.text, piece.primary))
    blank = " " * gutter
    out += [f"{blank} {bar} {row}" for row in _underlines(drawn, room, paper, style)]
    out += [
        f"{blank} {bar} {row}"
        for piece in unseen
        for row in wrapped(f"(column {piece.start + 1}: {piece.text or 'also here'})", room)
    ]
    return out


def _window(line: CellLine, cells: list[tuple[int, int, _Piece]], room: int) -> tuple[int, int, str]:
    """First cell shown, how many are, and their text, with an ellipsis in the place of what is cut."""
    total = line.starts[-1]
    if total <= room:
        return 0, room, line.text
    start, end, piece = next((c for c in cells if c[2].primary), cells[0] if cells else (0, 1, None))
    # A third of the room before the mark, if as much is to come after it; all of the mark with its text, if it fits.
    first = max(0, min(start - room // 3, total - room))
    wanted = end + (2 + width(clean(piece.text)) if piece is not None and piece.text else 0)
    if wanted - first > room:
        first = max(first, min(start - 2, wanted - room))
    text = line.window(first, room)
    if first > 0:
        text = "…" + line.window(first + 1, room - 1)
    if first + room < total:
        shortened = line.window(first + 1, room - 2) if first > 0 else line.window(first, room - 1)
        text = ("…" if first > 0 else "") + shortened + "…"
    return first, room, text


def _underlines(drawn: list[_Drawn], room: int, paper: Paper, style: str) -> list[str]:
    """The row of carets, the rightmost mark's text beside it, and below it the other texts at the ends of bars."""
    if not drawn:
        return []
    order = sorted(drawn, key=lambda d: (d.start, d.end))
    row = _Row(paper, style)
    for mark in sorted(order, key=lambda d: d.primary):  # primary marks last: they win where marks overlap
        row.draw(mark.start, ("^" if mark.primary else "-") * (mark.end - mark.start), mark.primary)
    texts = [d for d in order if d.text]
    rows = [row]
    if texts:
        right = texts[-1]
        beside = max(d.end for d in order)
        words = clean(right.text)
        if right.end == beside and beside + 1 + width(words) <= room:
            row.draw(beside + 1, words, right.primary)
            texts.pop()
    waiting = list(texts)
    while waiting:
        mark = waiting.pop()
        bars = _Row(paper, style)
        for other in [*waiting, mark]:
            bars.draw(other.start, "|", other.primary)
        rows.append(bars)
        # The text begins under its bar, or further left where it would not fit, never over a bar that still waits.
        least = max((w.start + 2 for w in waiting), default=0)
        at = max(least, min(mark.start, room - width(clean(mark.text))))
        for part in wrapped(mark.text, max(room - at, 8)):
            text = _Row(paper, style)
            for other in waiting:
                text.draw(other.start, "|", other.primary)
            text.draw(at, part, mark.primary)
            rows.append(text)
    return [r.text() for r in rows]


class _Row:
    """One row of cells, each with what stands there and whether it belongs to a primary mark."""

    def __init__(self, paper: Paper, style: str) -> None:
        self.paper = paper
        self.style = style
        self.cells: dict[int, tuple[str, bool]] = {}

    def draw(self, at: int, text: str, primary: bool) -> None:
        for c in text:
            room = width(c)
            if room == 0 and at - 1 in self.cells:
                self.cells[at - 1] = (self.cells[at - 1][0] + c, primary)
                continue
            self.cells[at] = (c, primary)
            for extra in range(1, room):
                self.cells[at + extra] = ("", primary)
            at += room

    def text(self) -> str:
        out, run, kind = [], "", None
        for at in range(max(self.cells, default=-1) + 1):
            c, primary = self.cells.get(at, (" ", None))
            if primary is not None and primary is not kind and c != " ":
                out.append(self._styled(run, kind))
                run, kind = "", primary
            run += c
        out.append(self._styled(run, kind))
        return "".join(out)

    def _styled(self, run: str, primary: bool | None) -> str:
        if primary is None or not run.strip():
            return run
        body = run.rstrip(" ")
        return self.paper.styled(self.style if primary else "place", body) + run[len(body) :]
