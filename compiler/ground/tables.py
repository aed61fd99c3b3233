"""The data files of a model: `DataFiles` reads each once, by the reader of its kind.

A path is relative to the model's folder. Only this module looks into files, through the `read` function it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from compiler.ground.readers.registry import READERS, SHEETS
from compiler.ground.readers.request import Request
from compiler.ground.table import Table
from grammar.diagnostics import Findings
from grammar.source import Span

Read = Callable[[str], str | bytes]
"""Gives the content of a file named in the model, relative to the model's folder; raises OSError."""


def as_text(content: str | bytes) -> str:
    """The content of a text file; raises UnicodeDecodeError where it is not UTF-8."""
    return content if isinstance(content, str) else content.decode("utf-8-sig")


class DataFiles:
    """The data files of one model, each read once."""

    def __init__(self, read: Read, findings: Findings) -> None:
        self.read = read
        self.findings = findings
        self._tables: dict[str, Table | None] = {}

    def table(self, path: str, place: Span | None) -> Table | None:
        """The table in `path`, or in one sheet of it (`book.xlsx#sheet`); None after reporting why there is none (G001,
        G002, G506, G803)."""
        if path not in self._tables:
            self._tables[path] = self._load(path, place)
        return self._tables[path]

    def _load(self, path: str, place: Span | None) -> Table | None:
        file, sheet = _sheet_of(path)
        suffix = PurePath(file).suffix.lower()
        reader = READERS.get(suffix)
        if reader is None:
            self.findings.add(
                "G506",
                f"data files of the kind `{suffix or path}` cannot be read",
                place,
                "another kind of file",
                hints=[f"save the data as one of {', '.join(f'`{ending}`' for ending in READERS)}"],
            )
            return None
        try:
            content = self.read(file)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.findings.add(
                "G001",
                f"the data file `{file}` cannot be read: {reason}",
                place,
                "named here",
                hints=["paths are relative to the folder of the model file"],
            )
            return None
        return reader(
            Request(file, sheet, place, self.findings), content.encode() if isinstance(content, str) else content
        )


def _sheet_of(path: str) -> tuple[str, str]:
    """The file and the sheet that a path names."""
    file, mark, sheet = path.rpartition("#")
    return (file, sheet) if mark and PurePath(file).suffix.lower() in SHEETS else (path, "")
