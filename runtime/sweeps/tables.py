"""A `Sweep` -> tables of pandas, and Parquet files in memory, with units and doc strings at the columns."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.datasets import index_words
from runtime.result import Labelled

if TYPE_CHECKING:
    from pandas import DataFrame

    from runtime.sweeps.sweep import Sweep

FACTS = ("status", "certified", "code", "method", "solver", "seconds", "regret", "violation")
"""Columns that every sweep has, as `Outcome` has them."""


def points_frame(sweep: Sweep) -> DataFrame:
    """A row for each point: its number, what was swept, `FACTS`, then objectives, and reports without an index, NaN
    where a point has none."""
    import pandas

    columns: dict[str, list[object]] = {"point": [o.number for o in sweep.outcomes], **_swept(sweep, sweep.outcomes)}
    columns |= {fact: [getattr(o, fact) for o in sweep.outcomes] for fact in FACTS}
    for (kind, name), values in sweep.single_numbers().items():
        columns[column_name(kind, name, columns)] = list(values)
    return pandas.DataFrame(columns)


def column_name(kind: str, name: str, taken: Iterable[str]) -> str:
    """A report that is called as another column is told apart from it."""
    return f"{kind} {name}" if name in taken else name


def reports_frame(sweep: Sweep, names: Iterable[str]) -> DataFrame:
    """A row for each number of these reports: point, what was swept, `report`, `index` as text, `value`, `unit`."""
    import pandas

    wanted = list(names)
    rows = []
    for outcome in sweep.outcomes:
        for name in wanted:
            value = outcome.reports.get(name)
            unit = outcome.units.get(name, "")
            if isinstance(value, Labelled):
                for key, number in zip(value.keys, value.values.tolist(), strict=True):
                    rows.append((outcome, name, index_words(value, key), number, unit))
            elif value is not None:
                rows.append((outcome, name, "", float(value), unit))
    told = [row[0] for row in rows]
    columns: dict[str, list[Any]] = {"point": [o.number for o in told], **_swept(sweep, told)}
    for k, column in enumerate(("report", "index", "value", "unit"), start=1):
        columns[column] = [row[k] for row in rows]
    return pandas.DataFrame(columns)


def _swept(sweep: Sweep, outcomes: Iterable[Any]) -> dict[str, list[object]]:
    """Values of one kind in each column, as Parquet needs them."""
    listed = list(outcomes)
    columns: dict[str, list[object]] = {}
    for axis in sweep.axes:
        kinds = {type(value) for value in axis.values}
        alike = kinds <= {int, float} or len(kinds) == 1
        values = [o.at[axis.name] for o in listed]
        columns[axis.name] = values if alike else [str(value) for value in values]
    return columns


def require_parquet() -> None:
    """Raises DiagnosticError (G004) where the library that writes Parquet is not installed."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        hints = (Hint('install it: `pip install "gamec[data]"`'), Hint("or leave `-o` out"))
        headline = "keeping a sweep needs pyarrow, which is not installed"
        raise DiagnosticError([Diagnostic("G004", headline, hints=hints)]) from None


def table_files(sweep: Sweep) -> dict[str, bytes]:
    """`sweep.parquet`, and `reports.parquet` where there are reports with an index."""
    files = {"sweep.parquet": _parquet(points_frame(sweep), sweep.units, sweep.docs)}
    indexed = sweep.indexed_reports()
    if indexed:
        files["reports.parquet"] = _parquet(reports_frame(sweep, indexed), sweep.units, sweep.docs)
    return files


def _parquet(frame: DataFrame, units: Mapping[str, str], docs: Mapping[str, str]) -> bytes:
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    fields = []
    for field in table.schema:
        name = field.name.removeprefix("report ")
        said = {"unit": units.get(name, ""), "doc": docs.get(name, "")}
        fields.append(field.with_metadata({key: words for key, words in said.items() if words}))
    out = io.BytesIO()
    parquet.write_table(table.cast(pyarrow.schema(fields, metadata=table.schema.metadata)), out)
    return out.getvalue()
