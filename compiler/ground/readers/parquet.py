"""Parquet files -> tables, by pyarrow. Places count rows as lines, the header being line 1."""

from __future__ import annotations

import io

from compiler.ground.readers.request import Request
from compiler.ground.table import Table, rendered


def read_parquet(request: Request, content: bytes) -> Table | None:
    """The table of a Parquet file. An index that pandas wrote with the columns is a column."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        request.lacks("pyarrow")
        return None
    try:
        read = parquet.read_table(io.BytesIO(content))
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        request.refuse(f"is no Parquet file: {reason}", ["write it again from its program"])
        return None
    if not read.num_columns:
        request.refuse("has no columns", ["write the columns by name"])
        return None
    columns = [column.to_pylist() for column in read.columns]
    rows = [list(read.column_names), *map(list, zip(*columns, strict=True))]
    return rendered(request.path, rows, range(1, len(rows) + 1))
