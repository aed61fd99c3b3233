"""JSON files -> tables. Taken are a list of records, a list of rows (the header first), an object of columns, and an
object of objects (a matrix: the outer keys in the first column)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from compiler.ground.readers.request import Request
from compiler.ground.table import Table, rendered
from grammar.source import Source, Span

_SHAPES = 'write records: `[{"t": 1, "load": 40}, ...]`, or columns: `{"t": [1, ...], "load": [40, ...]}`'


class _TwiceError(ValueError):
    """A key stands twice in one object."""


def read_json(request: Request, content: bytes) -> Table | None:
    """The table of a JSON file in UTF-8. Places count entries as lines, the header being line 1."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        request.findings.add("G002", f"`{request.path}` is not UTF-8 text", request.place, "cannot be read")
        return None
    try:
        data = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        at = min(error.pos, max(len(text) - 1, 0))
        place = Span(Source(request.path, text), at, at + 1)
        request.refuse(
            f"is no JSON file: {error.msg}", ["check for a missing comma or bracket"], place, "not JSON here"
        )
        return None
    except (_TwiceError, RecursionError) as error:
        request.refuse(
            f"is no table: {error}", ["keep one of the two"] if isinstance(error, _TwiceError) else [_SHAPES]
        )
        return None
    rows = _rows(request, data)
    if rows is None:
        return None
    return rendered(request.path, rows, range(1, len(rows) + 1))


def _rows(request: Request, data: Any) -> list[list[object]] | None:
    """Header and rows of equal length; None after reporting why there are none."""
    match data:
        case []:
            request.refuse("is empty", [_SHAPES])
        case [dict() as first, *_] if first and all(isinstance(d, dict) for d in data):
            return _records(request, data, list(first))
        case [list() as head, *rest] if head and all(isinstance(h, str) for h in head):
            return _checked(request, [head, *rest])
        case dict() if data and all(isinstance(v, list) for v in data.values()):
            lengths = {name: len(column) for name, column in data.items()}
            if len(set(lengths.values())) > 1:
                shown = ", ".join(f"`{name}` {count}" for name, count in lengths.items())
                request.refuse(
                    f"has columns of different lengths: {shown}", ["give every column one entry for each row"]
                )
                return None
            return _checked(request, [list(data), *map(list, zip(*data.values(), strict=True))])
        case dict() if data and all(isinstance(v, dict) and v for v in data.values()):
            heads = list(dict.fromkeys(k for v in data.values() for k in v))
            return _checked(request, [["", *heads], *([k, *(v.get(h) for h in heads)] for k, v in data.items())])
        case _:
            request.refuse("is JSON, but no table", [_SHAPES])
    return None


def _records(request: Request, data: Sequence[Any], header: list[str]) -> list[list[object]] | None:
    for number, record in enumerate(data, start=1):
        if record.keys() != set(header):
            odd = next(iter(record.keys() ^ set(header)))
            what = "lacks" if odd in header else "has, other than the first,"
            request.refuse(f"is no table: record {number} {what} `{odd}`", ["give every record the same keys"])
            return None
    return _checked(request, [header, *([record[h] for h in header] for record in data)])


def _checked(request: Request, rows: list[object]) -> list[list[object]] | None:
    """The rows, after checking that each is as long as the header and holds plain values."""
    found: list[list[object]] = []
    for number, row in enumerate(rows):
        if not isinstance(row, list) or (found and len(row) != len(found[0])):
            shown = f"has {len(row)} cells, the header has {len(found[0])}" if isinstance(row, list) else "is no list"
            request.refuse(f"is no table: row {number} {shown}", ["give every row one cell for each column"])
            return None
        if any(isinstance(cell, list | dict) for cell in row):
            request.refuse(f"is no table: row {number} holds a list or an object in a cell", [_SHAPES])
            return None
        found.append(row)
    return found


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(f"the key `{key}` stands twice in one object")
        found[key] = value
    return found
