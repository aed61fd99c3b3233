"""Every kind of data file gives the same numbers, and every kind of fault in one is told with its place."""

from __future__ import annotations

import builtins
import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from compiler.ground.readers.registry import READERS
from compiler.ground.tables import DataFiles
from compiler.pipeline import compile_file
from grammar.diagnostics import Diagnostic, DiagnosticError, Findings

Rows = Sequence[Sequence[object]]
"""The header first."""


def as_csv(rows: Rows) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["" if c is None else c for c in row] for row in rows])
    return out.getvalue().encode()


def as_xlsx(rows: Rows, **others: Rows) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "first"
    for row in rows:
        book.active.append(list(row))
    for title, more in others.items():
        sheet = book.create_sheet(title)
        for row in more:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_parquet(rows: Rows) -> bytes:
    columns = {str(head): [row[k] for row in rows[1:]] for k, head in enumerate(rows[0])}
    out = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), out)
    return out.getvalue()


def as_records(rows: Rows) -> bytes:
    return json.dumps([dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]).encode()


def as_columns(rows: Rows) -> bytes:
    return json.dumps({str(head): [row[k] for row in rows[1:]] for k, head in enumerate(rows[0])}).encode()


def as_lists(rows: Rows) -> bytes:
    return json.dumps([list(map(str, rows[0])), *map(list, rows[1:])]).encode()


WRITERS: dict[str, tuple[str, Callable[[Rows], bytes]]] = {
    "csv": (".csv", as_csv),
    "xlsx": (".xlsx", as_xlsx),
    "parquet": (".parquet", as_parquet),
    "json records": (".json", as_records),
    "json columns": (".json", as_columns),
    "json lists": (".json", as_lists),
}
kinds = pytest.mark.parametrize("kind", WRITERS)

MODEL = """game g
set K index k = {{WT, "gas turbine"}}
set T index t = 1..3
param cost[k,t] from "cost{suffix}"
player p {{ var x >= 0 minimize v = x }}
"""
LONG = [
    ["t", "unit", "K", "cost", "remark"],
    [2, "a", "WT", 0.1, None],
    [1, "b", "WT", 1e-17, "x, y"],
    [3, "c", "WT", 12345678.901234567, None],
    [1, "d", "gas turbine", -4, "z"],
    [3, "e", "gas turbine", 1e22, "z"],
    [2, "f", "gas turbine", 0, None],
]
LONG_VALUES = [1e-17, 0.1, 12345678.901234567, -4.0, 0.0, 1e22]
MATRIX = [["unit", "1", "2", "3"], ["gas turbine", 4, 5.5, 6], ["WT", 1, 2, 3]]


def values(folder: Path, suffix: str, content: bytes, name: str = "cost", model: str = MODEL) -> np.ndarray:
    """The parameter `name` of the model whose data file is given."""
    (folder / f"cost{suffix.split('#')[0]}").write_bytes(content)
    (folder / "m.game").write_text(model.format(suffix=suffix), "utf-8")
    compiled = compile_file(folder / "m.game")
    return compiled.grounded.data.param(next(p for p in compiled.game.all_params() if p.name == name))[1]


def fault(folder: Path, suffix: str, content: bytes, model: str = MODEL) -> Diagnostic:
    """The one thing that is wrong."""
    with pytest.raises(DiagnosticError) as error:
        values(folder, suffix, content, model=model)
    assert len(error.value.diagnostics) == 1
    return error.value.diagnostics[0]


@kinds
def test_long_form(tmp_path: Path, kind: str) -> None:
    suffix, write = WRITERS[kind]
    # The program that writes workbooks here rounds to 16 digits.
    np.testing.assert_allclose(values(tmp_path, suffix, write(LONG)), LONG_VALUES, rtol=1e-15 if kind == "xlsx" else 0)


@kinds
def test_matrix_form(tmp_path: Path, kind: str) -> None:
    suffix, write = WRITERS[kind]
    np.testing.assert_array_equal(values(tmp_path, suffix, write(MATRIX)), [1, 2, 3, 4, 5.5, 6])


def test_matrix_of_nested_objects(tmp_path: Path) -> None:
    content = json.dumps({"WT": {"3": 3, "1": 1, "2": 2}, "gas turbine": {"1": 4, "2": 5.5, "3": 6}}).encode()
    np.testing.assert_array_equal(values(tmp_path, ".json", content), [1, 2, 3, 4, 5.5, 6])


@kinds
def test_sets_are_read(tmp_path: Path, kind: str) -> None:
    """Whole numbers stay integers in typed files, in the order of the file."""
    suffix, write = WRITERS[kind]
    (tmp_path / f"sets{suffix}").write_bytes(write([["Y", "user"], [2030, "b"], [2025, "a"]]))
    (tmp_path / "m.game").write_text(
        f'game g set Y index y from "sets{suffix}" set U index u from "sets{suffix}" column "user"'
        f' set Pair in Y * U from "pairs{suffix}" player p {{ var x >= 0 minimize v = x }}',
        "utf-8",
    )
    (tmp_path / f"pairs{suffix}").write_bytes(write([["u", "y"], ["a", 2030], ["b", 2025]]))
    compiled = compile_file(tmp_path / "m.game")
    elements = {s.name: compiled.grounded.data.named(s).elements for s in compiled.game.sets}
    assert elements == {"Y": (2030, 2025), "U": ("b", "a"), "Pair": ((2030, "a"), (2025, "b"))}


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00", exclude_categories=["C", "Z"]), max_size=6)
cells = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, width=64),
    st.integers(-(10**9), 10**9),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(texts, cells.map(float)), min_size=1, max_size=6), st.sampled_from(sorted(WRITERS)))
def test_no_digit_is_lost(rows: list[tuple[str, float]], kind: str) -> None:
    """Any finite double and any text come back as they were."""
    suffix, write = WRITERS[kind]
    table = [["name", "value"], *([f"e{k}{name}", value] for k, (name, value) in enumerate(rows))]
    findings = Findings()
    read = DataFiles(lambda _: write(table), findings).table(f"any{suffix}", None)
    assert read is not None
    assert not findings.items
    assert read.columns[0] == [row[0] for row in table[1:]]
    np.testing.assert_allclose([float(c) for c in read.columns[1]], [row[1] for row in table[1:]], rtol=1e-15, atol=0)


def changed(row: int, column: int, value: object) -> Rows:
    rows = [list(r) for r in LONG]
    rows[row][column] = value
    return rows


@kinds
@pytest.mark.parametrize(
    ("rows", "code", "line"),
    [
        (changed(0, 3, "costs"), "G505", None),
        (changed(0, 0, "hour"), "G505", None),
        (changed(4, 0, 9), "G503", 5),
        (changed(4, 2, "GT"), "G503", 5),
        (changed(4, 0, 3), "G502", 6),
        (LONG[:-1], "G501", None),
        ([LONG[0]], "G501", None),
    ],
    ids=["no value column", "no index column", "surplus number", "surplus name", "duplicate", "missing", "no rows"],
)
def test_faults_of_entries(tmp_path: Path, kind: str, rows: Rows, code: str, line: int | None) -> None:
    suffix, write = WRITERS[kind]
    if kind == "json records" and len(rows) == 1:
        pytest.skip("no records, no header")
    found = fault(tmp_path, suffix, write(rows))
    assert found.code == code
    assert found.span is not None
    if line is None:
        assert found.span.source.path.endswith("m.game")
    else:
        assert found.span.source.path == f"cost{suffix}"
        assert found.span.source.line_column(found.span.start)[0] == line


@kinds
@pytest.mark.parametrize("value", ["fifty", "nan", "inf", None, "1,5"])
def test_values_that_are_no_numbers(tmp_path: Path, kind: str, value: str | None) -> None:
    suffix, write = WRITERS[kind]
    rows = [[str(c) if k == 3 and c is not None else c for k, c in enumerate(row)] for row in changed(3, 3, value)]
    found = fault(tmp_path, suffix, write(rows))
    assert found.code == "G504"
    assert found.span is not None
    assert found.span.source.path == f"cost{suffix}"
    assert found.span.source.line_column(found.span.start)[0] == 4
    if value is not None:
        assert found.span.text == value


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "json records"])
def test_numbers_that_are_not_finite(tmp_path: Path, kind: str) -> None:
    suffix, write = WRITERS[kind]
    rows = changed(2, 3, True if kind == "xlsx" else float("nan"))
    found = fault(tmp_path, suffix, write(rows))
    assert (found.code, found.span.source.line_column(found.span.start)[0]) == ("G504", 3)  # type: ignore[union-attr]


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet", ".json", ".csv"])
@pytest.mark.parametrize("part", [0, 0.5, 0.98])
def test_truncated_files(tmp_path: Path, suffix: str, part: float) -> None:
    write = next(w for s, w in WRITERS.values() if s == suffix)
    content = write(LONG)
    found = fault(tmp_path, suffix, content[: int(part * len(content))])
    assert found.code in ("G506", "G501" if suffix == ".csv" else "G506")
    assert f"cost{suffix}" in found.headline


@pytest.mark.parametrize("suffix", READERS)
def test_files_of_another_kind(tmp_path: Path, suffix: str) -> None:
    """Bytes that are no text, or text where a typed file is asked for."""
    for content in (bytes(range(256)), b"PAR1 no, only text"):
        found = fault(tmp_path, suffix, content)
        assert found.code in ("G002", "G505", "G506")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"t": [1, 2], "cost": [1]}', "different lengths"),
        (b'[{"t": 1, "cost": 2}, {"t": 2}]', "record 2 lacks `cost`"),
        (b'[{"t": 1}, {"t": 2, "cost": 1}]', "`cost`"),
        (b'[["t", "cost"], [1, 2, 3]]', "row 1 has 3 cells"),
        (b'{"t": 1, "t": 2}', "`t` stands twice"),
        (b"[[1, 2], [3, 4]]", "no table"),
        (b'[{"t": [1]}]', "list or an object"),
        (b"[]", "empty"),
        (b"3", "no table"),
        (b'{"a": {"1": 2}, "b": 3}', "no table"),
        (b"[" * 100_000, "no table"),
    ],
)
def test_json_that_is_no_table(tmp_path: Path, content: bytes, words: str) -> None:
    found = fault(tmp_path, ".json", content)
    assert found.code == "G506"
    assert words in found.headline
    assert found.hints


def test_json_syntax_is_told_at_its_place(tmp_path: Path) -> None:
    found = fault(tmp_path, ".json", b'[\n {"t": 1, "cost": 2},\n {"t": 2 "cost": 1}]')
    assert found.span is not None
    assert (found.span.source.path, found.span.source.line_column(found.span.start)) == ("cost.json", (3, 10))


def test_one_sheet_of_several(tmp_path: Path) -> None:
    other = [["K", "t", "cost"], *([k, t, 7] for k in ("WT", "gas turbine") for t in (1, 2, 3))]
    book = as_xlsx(LONG, spot=other, empty=[])
    np.testing.assert_array_equal(values(tmp_path, ".xlsx#spot", book), [7] * 6)
    np.testing.assert_allclose(values(tmp_path, ".xlsx#first", book), LONG_VALUES)
    found = fault(tmp_path, ".xlsx", book)
    assert found.code == "G506"
    assert "`first`, `spot`" in found.headline
    assert "cost.xlsx#first" in found.hints[0].text
    found = fault(tmp_path, ".xlsx#price", book)
    assert "no sheet `price`" in found.headline
    assert "`spot`" in found.hints[0].text
    # A second sheet without data does not make the first ambiguous.
    np.testing.assert_allclose(values(tmp_path, ".xlsx", as_xlsx(LONG, notes=[])), LONG_VALUES)


def test_blank_rows_and_columns_of_a_sheet(tmp_path: Path) -> None:
    rows = [[None, None], [], ["k", "t", None, "cost"]]
    rows += [[k, t, None, t] for k in ("WT", "gas turbine") for t in (1, 2, 3)]
    rows.insert(5, [])
    np.testing.assert_array_equal(values(tmp_path, ".xlsx", as_xlsx(rows)), [1, 2, 3, 1, 2, 3])
    rows[7][3] = "no"
    found = fault(tmp_path, ".xlsx", as_xlsx(rows))
    assert (found.code, found.span.source.line_column(found.span.start)[0]) == ("G504", 8)  # type: ignore[union-attr]


@pytest.mark.parametrize(("suffix", "library"), [(".xlsx", "python_calamine"), (".parquet", "pyarrow")])
def test_missing_library_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, library: str
) -> None:
    content = next(w for s, w in WRITERS.values() if s == suffix)(LONG)
    real = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name.split(".")[0] == library:
            raise ImportError(name)
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    found = fault(tmp_path, suffix, content)
    assert found.code == "G803"
    assert 'pip install "gamec[data]"' in found.hints[0].text


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_places_of_cells(tmp_path: Path, delimiter: str) -> None:
    """The caret stands under the cell, not under an equal one before it; separators between quotes do not count."""
    rows = ["k;t;cost", '"WT";1;1', '"gas turbine";1;"1;x"'] if delimiter == ";" else []
    rows = rows or ["k,t,cost", "WT,1,1", 'gas turbine,1,"1,x"']
    text = "\n".join(rows).replace("," if delimiter == "\t" else "\0", "\t" if delimiter == "\t" else "\0")
    found = fault(tmp_path, ".tsv" if delimiter == "\t" else ".csv", text.encode())
    assert found.code == "G504"
    assert found.span is not None
    line, column = found.span.source.line_column(found.span.start)
    assert (line, found.span.source.line(line)[column - 1]) == (3, "1")
    assert column > found.span.source.line(3).index('"1') or delimiter == "\t"


def test_a_column_of_values_that_stands_twice(tmp_path: Path) -> None:
    found = fault(tmp_path, ".csv", b"k,t,cost,cost\nWT,1,2,3\n")
    assert found.code == "G502"
    assert found.span is not None
    assert found.span.source.line_column(found.span.start) == (1, 10)


def test_unknown_kind_names_the_known(tmp_path: Path) -> None:
    found = fault(tmp_path, ".feather", b"")
    assert found.code == "G506"
    assert all(suffix in found.hints[0].text for suffix in READERS)
