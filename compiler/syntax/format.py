"""A right program -> the same program in canonical form: `gamec fmt`.

The writer's line breaks inside statements, single blank lines and comments stay; everything else is decided here: one
statement a line, two blanks for each block, a block on one line where the writer had it so and it fits, blanks around
operators as in print, the columns of tables and the doc strings of neighbouring lines one below the other. Formatting
changes no tree, and formatting twice changes nothing more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from compiler.syntax.builder import Builder
from compiler.syntax.spacing import CLOSING, OPENING, Placed, Role, place
from grammar.diagnostics import Findings
from grammar.parser import parse_tokens
from grammar.source import LINE_BREAK, Source
from grammar.tokens import Token
from grammar.words import STATEMENTS

WIDTH = 120
"""A block on one line is not longer; nothing else is broken or joined."""

FAR = 76
"""Doc strings behind longer lines follow after two blanks, and do not move the others."""

COMMENT = re.compile(r"#[^\r\n]*")


@dataclass(slots=True)
class Line:
    """A line of the result: indentation, what stands before the doc string, doc string and TeX symbol, comment."""

    indent: int
    text: str = ""
    notes: list[str] = field(default_factory=list)
    comment: str = ""
    blank_before: bool = False
    cells: list[str] | None = None

    @property
    def width(self) -> int:
        return self.indent + len(self.text)


def format_text(text: str, path: str = "") -> str:
    """The canonical form of a program. Raises DiagnosticError when it has syntax errors."""
    source, findings = Source(path, text), Findings()
    _, tokens = parse_tokens(source, Builder(), findings)
    findings.raise_errors()
    lines = _Layout(source, tokens).lines()
    _align_notes(lines)
    _align_tables(lines)
    return "".join(f"{line}\n" for line in _written(lines))


class _Layout:
    """Puts the tokens on lines."""

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self.source = source
        self.tokens = tokens
        self.placed = place(tokens)
        self.finished: list[Line] = []
        self.line: Line | None = None
        self.level = 0  # blocks that are open
        self.brackets = 0  # other brackets that are open
        self.flat_until = -1  # last token of a block that stays on one line
        self.in_table = False
        self.trailing = _trailing_notes(self.placed)

    def lines(self) -> list[Line]:
        for k, placed in enumerate(self.placed):
            self._gap(k)
            self._token(k, placed)
        self._gap(len(self.placed))
        self._end_line()
        return self.finished

    # ------------------------------------------------------------ what stands between two tokens

    def _gap(self, k: int) -> None:
        """Comments and line breaks before token `k`."""
        start = self.placed[k - 1].token.end if k else 0
        gap = self.source.text[start : self.tokens[k].start]
        at = 0
        for match in COMMENT.finditer(gap):
            breaks = len(LINE_BREAK.findall(gap, at, match.start()))
            self._comment(match.group().rstrip(), breaks if start or at else 2 * bool(breaks))
            at = match.end()
        breaks = len(LINE_BREAK.findall(gap, at))
        if k == len(self.placed):
            return
        if self._must_break(k) or (breaks and k > self.flat_until):
            self._end_line()
        if breaks > 1 and self.line is None and self.finished and not self._closes_block(k):
            self._next_line_after_blank()

    def _comment(self, comment: str, breaks: int) -> None:
        if breaks == 0 and self.line is not None:
            self.line.comment = comment
        elif breaks == 0 and self.finished and not self.finished[-1].comment and not self.finished[-1].blank_before:
            self.finished[-1].comment = comment
        else:
            self._end_line()
            after_opening = bool(self.finished) and self.finished[-1].text.endswith("{")
            blank = breaks > 1 and bool(self.finished) and not after_opening
            self.finished.append(Line(self._indent(""), comment, blank_before=blank))
        self._end_line()

    def _must_break(self, k: int) -> bool:
        """Whether token `k` begins a line wherever the writer had it."""
        token, role = self.placed[k].token, self.placed[k].role
        if k <= self.flat_until:
            return False
        if role in (Role.TABLE, Role.BODY) and token.kind == "RBRACE":
            return not (role is Role.BODY and self.placed[k].partner == k - 1)
        if k and self.placed[k - 1].role in (Role.TABLE, Role.BODY):
            return self.placed[k - 1].token.kind == "LBRACE" or token.kind in STATEMENTS
        return token.kind in STATEMENTS

    def _closes_block(self, k: int) -> bool:
        opens = self.placed[k - 1].token.kind == "LBRACE" if k else False
        return opens or (self.placed[k].token.kind == "RBRACE" and self.placed[k].role is Role.BODY)

    def _next_line_after_blank(self) -> None:
        self.line = Line(-1, blank_before=True)

    # ------------------------------------------------------------ tokens

    def _token(self, k: int, placed: Placed) -> None:
        kind, role = placed.token.kind, placed.role
        if kind in CLOSING:
            if role is Role.BODY:
                self.level -= k > self.flat_until
            else:
                self.brackets -= 1
            self.in_table &= role is not Role.TABLE
        if self.line is None or self.line.indent < 0:
            blank = self.line is not None and self.line.blank_before
            self.line = Line(self._indent(kind), blank_before=blank)
            if self.in_table:
                self.line.cells = []
        self._write(k, placed)
        if kind in OPENING:
            if role is not Role.BODY:
                self.brackets += 1
            elif k > self.flat_until and self._fits(k):
                self.flat_until = placed.partner
            elif k > self.flat_until:
                self.level += 1
            self.in_table |= role is Role.TABLE

    def _write(self, k: int, placed: Placed) -> None:
        line = self.line
        assert line is not None
        text = self.source.text[placed.token.start : placed.token.end]
        if line.cells is not None:
            if line.cells and self.placed[k - 1].token.kind == "MINUS":
                line.cells[-1] += text
            else:
                line.cells.append(text)
        elif k in self.trailing and k > self.flat_until and line.text:
            if line.notes and self.placed[k - 1].token.kind == "TEX":
                line.notes[-1] += f" {text}"
            else:
                line.notes.append(text)
        else:
            inner = (
                k <= self.flat_until and placed.token.kind in STATEMENTS and self.placed[k - 1].role is not Role.BODY
            )
            gap = "  " if inner or placed.token.kind == "PRICE" else " " if placed.blank else ""
            line.text += (gap if line.text else "") + text

    def _indent(self, kind: str) -> int:
        begins = kind in STATEMENTS or (kind == "RBRACE" and not self.brackets)
        if self.brackets == 0 and (begins or kind == ""):
            return 2 * self.level
        depth = max(1, self.brackets) if kind not in CLOSING else self.brackets
        return 2 * (self.level + depth)

    def _fits(self, k: int) -> bool:
        """Whether the block that begins at token `k` stays on the line: so written, and short enough."""
        end = self.placed[k].partner
        inside = self.source.text[self.placed[k].token.start : self.placed[end].token.end]
        if "\n" in inside or "\r" in inside:
            return False
        if any(p.role is Role.TABLE for p in self.placed[k:end]):
            return False
        assert self.line is not None
        width = self.line.width + sum(len(note) + 2 for note in self.line.notes)
        for p in self.placed[k + 1 : end + 1]:
            width += p.token.end - p.token.start + p.blank + (p.token.kind in STATEMENTS)
            if width > WIDTH:
                return False
        return True

    def _end_line(self) -> None:
        if self.line is not None and self.line.indent >= 0:
            self.finished.append(self.line)
        self.line = None


def _trailing_notes(placed: list[Placed]) -> set[int]:
    """Positions of the doc strings and TeX symbols that end a statement; only there are they aligned."""
    found: set[int] = set()
    pending: list[int] = []
    statement = ""
    for k, p in enumerate(placed):
        kind = p.token.kind
        before = placed[k - 1].token.kind if k else ""
        if kind in STATEMENTS or (kind == "RBRACE" and p.role is Role.BODY):
            found.update(pending)
            pending, statement = [], kind
        elif statement in ("GAME", "SOLVE"):
            continue
        elif kind == "TEX" or (kind == "STRING" and (before == "TEX" or _ends_part(placed, k))):
            pending.append(k)
        else:
            pending = []
    found.update(pending)
    return found


def _ends_part(placed: list[Placed], k: int) -> bool:
    """Whether the string at position `k` is a doc string: nothing asks for a value before it."""
    before = placed[k - 1]
    if before.token.kind == "STRING":
        return True
    if before.token.kind in CLOSING:
        return True
    return before.token.kind in (
        "NAME",
        "NUMBER",
        "UNIT_SYMBOL",
        "INTEGER",
        "BINARY",
        "SEMICONTINUOUS",
        "CYCLIC",
        "INDIVIDUAL",
    )


def _align_notes(lines: list[Line]) -> None:
    """Put the notes of neighbouring lines at one column, first the doc strings, then the TeX symbols."""
    first = 0
    while first < len(lines):
        last = first + 1
        while last < len(lines) and not lines[last].blank_before and lines[last].indent == lines[first].indent:
            last += 1
        group = lines[first:last]
        for number in range(2):
            noted = [line for line in group if len(line.notes) > number]
            near = [line.width for line in noted if line.width <= FAR * (number + 1)]
            column = max(near, default=0) + 2
            for line in noted:
                line.text += " " * max(2, column - line.width) + line.notes[number]
        first = last
    for line in lines:
        line.text += "".join(f"  {note}" for note in line.notes[2:])


def _align_tables(lines: list[Line]) -> None:
    """Right-align the cells of a table; what names the rows stands to the left."""
    first = 0
    while first < len(lines):
        last = first
        while last < len(lines) and (
            lines[last].cells is not None or (last > first and lines[last].text.startswith("#"))
        ):
            last += 1
        rows = [cells for line in lines[first:last] if (cells := line.cells) is not None]
        if rows:
            count = max(len(row) for row in rows)
            padded = [[""] * (count - len(row)) + row for row in rows]
            widths = [max(len(row[k]) for row in padded) for k in range(count)]
            labelled = any(len(row) < count for row in rows)
            for line in lines[first:last]:
                if line.cells is not None:
                    row = [""] * (count - len(line.cells)) + line.cells
                    cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
                    if labelled:
                        cells[0] = row[0].ljust(widths[0])
                    line.text = "  ".join(cells).rstrip()
        first = max(last, first + 1)


def _written(lines: list[Line]) -> list[str]:
    result: list[str] = []
    for line in lines:
        if line.blank_before and result:
            result.append("")
        text = " " * line.indent + line.text
        result.append((f"{text}  {line.comment}" if line.comment else text).rstrip())
    return result
