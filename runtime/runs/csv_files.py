"""Labelled values -> CSV texts and back. A column for each index, headed by its letter, and one headed by the name, as
gamec reads data; numbers in the shortest form that gives back the same."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence

from runtime.result import Labelled


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8, with `\\n` at the end of each line; floats as `csv_number` writes them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([csv_number(v) if isinstance(v, float) else v for v in row] for row in rows)
    return out.getvalue().encode()


def csv_number(value: float) -> str:
    """The shortest text that gives back the same number; nothing for what is none."""
    return "" if math.isnan(value) else repr(value)


def labelled_csv(name: str, value: Labelled) -> bytes:
    rows = ((*key, number) for key, number in zip(value.keys, value.values.tolist(), strict=True))
    return csv_text((*value.index, name), rows)


def csv_rows(content: bytes) -> list[list[str]]:
    """The rows of a CSV file with its header. Raises ValueError for what is none."""
    try:
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(str(error)) from None


def same_rows(expected: bytes, found: bytes) -> list[str]:
    """What differs between two CSV files, at most a few lines of words: rows by their texts, but numbers by their
    value, so that another spelling of the same number is no difference. Raises ValueError for what is no CSV."""
    before, after = csv_rows(expected), csv_rows(found)
    if len(before) != len(after):
        return [f"{len(after) - 1} rows in place of {len(before) - 1}"]
    return [
        f"line {k}: `{','.join(new)}` in place of `{','.join(old)}`"
        for k, (old, new) in enumerate(zip(before, after, strict=True), 1)
        if len(old) != len(new) or not all(map(_same, old, new))
    ]


def _same(old: str, new: str) -> bool:
    if old == new:
        return True
    try:
        return float(old) == float(new)
    except ValueError:
        return False


def facts_csv(rows: Mapping[str, Iterable[tuple[str, float, str, str]]]) -> bytes:
    """Single numbers: kind -> name, value, unit, doc string."""
    return csv_text(
        ("kind", "name", "value", "unit", "doc"), ((kind, *row) for kind, listed in rows.items() for row in listed)
    )
