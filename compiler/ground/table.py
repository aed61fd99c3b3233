"""`Table`: the columns of a data file as text cells, each with its place for messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from grammar.source import Source, Span


@dataclass(frozen=True, eq=False)
class Table:
    """`header[k]` heads `columns[k]`, a list of stripped cells; `lines[r]` is the line number of row r in `source`,
    whose cells `delimiter` separates."""

    source: Source
    header: tuple[str, ...]
    columns: tuple[list[str], ...]
    lines: Sequence[int]
    delimiter: str = ","

    @property
    def rows(self) -> int:
        return len(self.lines)

    def find(self, names: tuple[str, ...]) -> int | None:
        """Number of the column with one of these names: the exact spelling first, then any case."""
        for name in names:
            if name in self.header:
                return self.header.index(name)
        folded = [h.casefold() for h in self.header]
        for name in names:
            if name.casefold() in folded:
                return folded.index(name.casefold())
        return None

    def span(self, row: int, column: int | None = None) -> Span:
        """The place of a cell, or of a whole row, which also stands for an empty cell; row -1 is the header."""
        number = self.lines[row] if row >= 0 else 1
        start, text = self.source.line_offset(number), self.source.line(number)
        cell = "" if column is None else self.header[column] if row < 0 else self.columns[column][row]
        if column is None or not cell:
            return Span(self.source, start, start + len(text))
        position = _cell_start(text, self.delimiter, column)
        at = max(text.find(cell, position), position)
        return Span(self.source, start + at, start + at + len(cell))


def _cell_start(line: str, delimiter: str, column: int) -> int:
    """Where a cell of a line begins; delimiters between quotes belong to their cell."""
    position, quoted = 0, False
    for k, character in enumerate(line):
        if column == 0:
            break
        if character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            column, position = column - 1, k + 1
    return position


def rendered(path: str, rows: Sequence[Sequence[object]], numbers: Sequence[int]) -> Table:
    """The table of a file without lines to point at: `rows`, the header first, are written as lines `numbers`
    (ascending from 1) of a text made for messages. Rows are as long as the header."""
    cells = [[as_cell(value) for value in row] for row in rows]
    lines = [""] * numbers[-1]
    for number, row in zip(numbers, cells, strict=True):
        lines[number - 1] = ", ".join(row).replace("\n", " ").replace("\r", " ")
    body = cells[1:]
    columns = tuple([row[k] for row in body] for k in range(len(cells[0])))
    return Table(Source(path, "\n".join(lines)), tuple(cells[0]), columns, list(numbers[1:]))


def as_cell(value: object) -> str:
    """A value of a typed file as a text cell: whole numbers without a point, nothing for no value. No digit is lost."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case float():
            return repr(value)
        case date() | time():
            return value.isoformat()
        case _:
            return str(value).strip()
