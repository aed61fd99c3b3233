"""Endings of file names -> readers. A reader's library is imported when a file of its kind is read."""

from __future__ import annotations

from collections.abc import Callable

from compiler.ground.readers.delimited import read_delimited
from compiler.ground.readers.json_entries import read_json
from compiler.ground.readers.parquet import read_parquet
from compiler.ground.readers.request import Request
from compiler.ground.readers.workbook import read_workbook
from compiler.ground.table import Table

Reader = Callable[[Request, bytes], Table | None]
"""Gives the table, or None after reporting why there is none (G002, G506, G803)."""

READERS: dict[str, Reader] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
    ".xlsx": read_workbook,
    ".xlsm": read_workbook,
    ".parquet": read_parquet,
    ".json": read_json,
}

SHEETS = (".xlsx", ".xlsm")
"""Kinds of files of which one sheet is named: `"prices.xlsx#spot"`."""
