"""Sheets of workbooks (`.xlsx`, `.xlsm`) -> tables, by python-calamine. A formula counts as the value saved with
it."""

from __future__ import annotations

import io
from typing import Any

from compiler.ground.readers.request import Request
from compiler.ground.table import Table, as_cell, rendered


def read_workbook(request: Request, content: bytes) -> Table | None:
    """The table of one sheet: the only one that holds anything, or the one named. The first row that is not blank names
    the columns; blank rows are skipped."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        request.lacks("python-calamine")
        return None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = list(book.sheet_names)
        if request.sheet and request.sheet not in names:
            shown = ", ".join(f"`{n}`" for n in names)
            request.refuse(f"has no sheet `{request.sheet}`", [f"its sheets: {shown}"])
            return None
        sheets = {n: _rows(book, n) for n in ([request.sheet] if request.sheet else names)}
    except (CalamineError, OSError, ValueError) as error:
        request.refuse(f"is no workbook: {error}", ["save it again from its program"])
        return None
    filled = {n: rows for n, rows in sheets.items() if rows} or {"": []}
    if len(filled) > 1:
        shown = ", ".join(f"`{n}`" for n in filled)
        request.refuse(
            f"has more than one sheet with data: {shown}",
            [f'name the sheet: `from "{request.path}#{next(iter(filled))}"`'],
        )
        return None
    name, rows = next(iter(filled.items()))
    if not rows:
        request.refuse("is empty", ["the first row names the columns"])
        return None
    width = max(k + 1 for _, row in rows for k, cell in enumerate(row) if as_cell(cell))
    numbers = [number for number, _ in rows]
    path = f"{request.path}#{name}" if request.sheet or len(names) > 1 else request.path
    # The header may stand below blank rows; places count from it as line 1 only where it is the first.
    numbers[0] = 1
    return rendered(path, [row[:width] for _, row in rows], numbers)


def _rows(book: Any, name: str) -> list[tuple[int, list[object]]]:
    """Rows that are not blank, with their numbers in the sheet."""
    found: list[list[object]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [(k, row) for k, row in enumerate(found, start=1) if any(as_cell(cell) for cell in row)]
