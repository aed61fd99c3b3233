"""Data files -> columns of text cells: `DataFiles` reads CSV once each and knows where every cell stands.

A path is relative to the model's folder. Only this module looks into files, through the `read` function it is given.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from grammar.diagnostics import Findings
from grammar.source import Source, Span

Read = Callable[[str], str | bytes]
"""Gives the content of a file named in the model, relative to the model's folder; raises OSError."""


def as_text(content: str | bytes) -> str:
    """The content of a text file; raises UnicodeDecodeError where it is not UTF-8."""
    return content if isinstance(content, str) else content.decode("utf-8-sig")


@dataclass(frozen=True, eq=False)
class Table:
    """`header[k]` heads `columns[k]`, a list of stripped cells; `lines[r]` is the line number of row r in `source`,
    where `delimiter` separates cells."""

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
        """The place of a cell, or of the whole row where the cell is empty."""
        number = self.lines[row] if row >= 0 else 1
        start, text = self.source.line_offset(number), self.source.line(number)
        cell = "" if column is None else self.header[column] if row < 0 else self.columns[column][row]
        if column is None or not cell:
            return Span(self.source, start, start + len(text))
        position = 0
        for _ in range(column):
            found = text.find(self.delimiter, position)
            position = found + 1 if found >= 0 else position
        at = max(text.find(cell, position), 0)
        return Span(self.source, start + at, start + at + len(cell))


class DataFiles:
    """The data files of one model, each read once."""

    def __init__(self, read: Read, findings: Findings) -> None:
        self.read = read
        self.findings = findings
        self._tables: dict[str, Table | None] = {}

    def table(self, path: str, place: Span | None) -> Table | None:
        """The table in `path`; None after reporting why there is none (G001, G002, G506)."""
        if path not in self._tables:
            self._tables[path] = self._load(path, place)
        return self._tables[path]

    def _load(self, path: str, place: Span | None) -> Table | None:
        suffix = PurePath(path).suffix.lower()
        if suffix not in (".csv", ".tsv", ".txt"):
            self.findings.add(
                "G506",
                f"data files of the kind `{suffix or path}` cannot be read by this version",
                place,
                "not a CSV file",
                hints=["save the sheet as CSV"],
            )
            return None
        try:
            text = as_text(self.read(path))
        except UnicodeDecodeError:
            self.findings.add(
                "G002", f"`{path}` is not UTF-8 text", place, "cannot be read", hints=["save the file as CSV in UTF-8"]
            )
            return None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.findings.add(
                "G001",
                f"the data file `{path}` cannot be read: {reason}",
                place,
                "named here",
                hints=["paths are relative to the folder of the model file"],
            )
            return None
        source = Source(path, text)
        return self._parse(source, text.removeprefix("\ufeff"), "\t" if suffix == ".tsv" else None, place)

    def _parse(self, source: Source, text: str, delimiter: str | None, place: Span | None) -> Table | None:
        first = text.split("\n", 1)[0]
        if delimiter is None:
            delimiter = ";" if first.count(";") > first.count(",") else ","
        plain = _plain(source, text, delimiter)
        if plain is not None:
            return plain
        reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True, strict=True)
        rows: list[list[str]] = []
        lines: list[int] = []
        begins = 1
        try:
            for row in reader:
                if row and (len(row) > 1 or row[0].strip()):
                    rows.append(row)
                    lines.append(begins)
                begins = reader.line_num + 1
        except csv.Error:
            start = source.line_offset(begins)
            self.findings.add(
                "G506",
                f"a quoted cell on line {begins} of `{source.path}` does not end where its cell does",
                Span(source, start, start + len(source.line(begins))),
                "check the quotes",
                hints=['close the quotes at the end of the cell; a quote inside a quoted cell is written twice, `""`'],
            )
            return None
        if not rows:
            self.findings.add(
                "G506", f"`{source.path}` is empty", place, "named here", hints=["the first line names the columns"]
            )
            return None
        header = tuple(cell.strip() for cell in rows[0])
        width = len(header)
        body, lines = rows[1:], lines[1:]
        if any(len(row) != width for row in body):
            row, line = next((r, n) for r, n in zip(body, lines, strict=True) if len(r) != width)
            start = source.line_offset(line)
            self.findings.add(
                "G506",
                f"line {line} of `{source.path}` has {len(row)} cells, the header has {width}",
                Span(source, start, start + len(source.line(line))),
                "another number of cells",
                hints=["a comma inside a cell needs quotes around the cell"],
            )
            return None
        columns = (
            tuple([cell.strip() for cell in column] for column in zip(*body, strict=True))
            if body
            else tuple([] for _ in header)
        )
        return Table(source, header, columns, lines, delimiter)


def _plain(source: Source, text: str, delimiter: str) -> Table | None:
    """The table of a text without quotes, blank lines and ragged rows, several times faster than `csv`; else None."""
    text = text.replace("\r\n", "\n")
    if '"' in text or "\r" in text:
        return None
    lines = text.removesuffix("\n").split("\n")
    width = lines[0].count(delimiter) + 1
    if {line.count(delimiter) for line in lines} != {width - 1} or (width == 1 and not all(map(str.strip, lines))):
        return None
    cells = list(map(str.strip, delimiter.join(lines).split(delimiter)))
    return Table(
        source,
        tuple(cells[:width]),
        tuple(cells[k::width] for k in range(width, 2 * width)),
        range(2, len(lines) + 1),
        delimiter,
    )
