"""A `Result` -> a workbook: a sheet of single numbers, one for each indexed value, and one that lists the sheets."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.result import Labelled, Result, Value

ROWS = 1_048_576
"""Rows of a sheet, by the file format."""

NAME = 31
"""Characters of a sheet's name, by the file format; `[]:*?/\\` are not allowed, nor quotes at its ends."""


def require_workbooks() -> None:
    """Raises DiagnosticError (G004) where the library that writes workbooks is not installed."""
    try:
        import openpyxl  # noqa: F401
    except ImportError:
        raise DiagnosticError(
            [
                Diagnostic(
                    "G004",
                    "writing a workbook needs openpyxl, which is not installed",
                    hints=(Hint('install it: `pip install "gamec[data]"`'), Hint("or use the CSV files of the folder")),
                )
            ]
        ) from None


def workbook(result: Result) -> bytes:
    """The workbook as bytes. Values with more entries than a sheet has rows are named in the first sheet, and left to
    the CSV files. Raises DiagnosticError (G004)."""
    require_workbooks()
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    indexed = [(kind, name, v) for kind, name, v in _all(result) if isinstance(v, Labelled)]
    names = _sheet_names(["contents", "scalars", *(name for _, name, _ in indexed)])
    contents: list[Sequence[object]] = [("sheet", "kind", "name", "unit", "doc")]
    sheets: list[tuple[str, list[Sequence[object]]]] = []
    scalars: list[Sequence[object]] = [("kind", "name", "value", "unit", "doc")]
    for kind, name, value in _all(result):
        if not isinstance(value, Labelled):
            scalars.append((kind, name, _number(value), result.units.get(name, ""), result.docs.get(name, "")))
    for (kind, name, value), sheet in zip(indexed, names[2:], strict=True):
        about = (kind, name, result.units.get(name, ""), result.docs.get(name, ""))
        if len(value) >= ROWS:
            contents.append(("(too long for a sheet: see the CSV file)", *about))
            continue
        contents.append((sheet, *about))
        numbers = map(_number, value.values.tolist())
        rows = [(*key, number) for key, number in zip(value.keys, numbers, strict=True)]
        sheets.append((sheet, [(*value.index, name), *rows]))
    for sheet, rows_of in (("contents", contents), ("scalars", scalars), *sheets):
        page = book.create_sheet(sheet)
        page.freeze_panes = "A2"
        for row in rows_of:
            page.append([_cell(page, v) for v in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _all(result: Result) -> Iterable[tuple[str, str, Value]]:
    kinds: tuple[tuple[str, Mapping[str, Value]], ...] = (
        ("objective", result.objectives),
        ("value", result.value_of),
        ("price", result.price_of),
        ("report", result.report_of),
    )
    return [(kind, name, value) for kind, values in kinds for name, value in values.items()]


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _cell(page: Any, value: object) -> object:
    """Texts stay texts, though they begin like a formula; characters that XML has not are left out."""
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell


def _sheet_names(names: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        plain = re.sub(r"[\[\]:*?/\\]", "_", name).strip("'")[:NAME] or "_"
        sheet, k = plain, 1
        while sheet.casefold() in (other.casefold() for other in found):
            k += 1
            ending = f"~{k}"
            sheet = plain[: NAME - len(ending)] + ending
        found.append(sheet)
    return found
