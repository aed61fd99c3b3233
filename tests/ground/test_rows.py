"""Terms over axes -> rows: `Entries` against sums written out instance by instance, and plain tables against `csv`."""

from __future__ import annotations

import csv
import io
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.ground.ground_set import Layout
from compiler.ground.rows import Entries
from compiler.ground.tables import DataFiles
from compiler.ground.values import UNIT, Affine, Axis, Dense, Pair, Term
from grammar.diagnostics import Findings

COLUMNS = 7


@st.composite
def written(draw):  # type: ignore[no-untyped-def]
    """Axes of rows and of sums, some of these older than those of rows, and an expression over them."""
    older = [Axis(draw(st.integers(1, 3))) for _ in range(draw(st.integers(0, 1)))]
    rows = [Axis(draw(st.integers(1, 3))) for _ in range(draw(st.integers(0, 2)))]
    summed = older + [Axis(draw(st.integers(0, 3))) for _ in range(draw(st.integers(0, 2)))]

    def dense(low: int, high: int) -> Dense:
        chosen = [a for a in sorted(rows + summed, key=lambda a: a.number) if draw(st.booleans())]
        size = int(np.prod([a.size for a in chosen], dtype=np.int64))
        values = draw(st.lists(st.integers(low, high), min_size=size, max_size=size))
        return Dense(tuple(chosen), np.array(values, dtype=np.int64).reshape([a.size for a in chosen]))

    def column() -> Dense:
        return dense(0, COLUMNS - 1)

    terms = tuple(Term(column(), dense(-1, 2)) for _ in range(draw(st.integers(0, 3))))
    pairs = tuple(Pair(column(), column(), dense(-1, 2)) for _ in range(draw(st.integers(0, 2))))
    size = int(np.prod([a.size for a in rows], dtype=np.int64))
    only = draw(st.none() | st.lists(st.booleans(), min_size=size, max_size=size))
    return rows, Affine(Dense.scalar(2.5), terms, pairs), None if only is None else np.array(only, dtype=bool)


@given(written())
def test_entries_are_the_sums_written_out(case) -> None:  # type: ignore[no-untyped-def]
    axes, value, only = case
    instances = list(itertools.product(*(range(a.size) for a in axes)))
    kept = [k for k in range(len(instances)) if only is None or only[k]]
    expected, squares = np.zeros((len(kept) + 2, COLUMNS)), np.zeros((len(kept) + 2, COLUMNS, COLUMNS))
    for number, k in enumerate(kept):
        for part in (*value.terms, *value.pairs):
            free = [a for a in part.axes if a not in axes]
            for point in itertools.product(*(range(a.size) for a in free)):
                at = dict(zip(axes, instances[k], strict=True)) | dict(zip(free, point, strict=True))

                def here(d: Dense, at: dict[Axis, int] = at) -> int:
                    return int(d.array[tuple(at[a] for a in d.axes)])

                if isinstance(part, Term):
                    expected[number + 1, here(part.column)] += here(part.coefficient)
                else:
                    i, j = sorted((here(part.first), here(part.second)))
                    squares[number + 1, i, j] += here(part.coefficient)
    entries = Entries()
    constants = entries.write(value, Layout((), tuple(axes), len(instances)), 1, only)
    matrix, quad = entries.matrix(len(kept) + 2, COLUMNS), entries.quad(COLUMNS)
    assert constants.tolist() == [2.5] * len(kept)
    dense = np.zeros(expected.shape)
    np.add.at(dense, (matrix.row_numbers(), matrix.indices), matrix.data)
    assert np.array_equal(dense, expected)
    assert matrix.nnz == np.count_nonzero(expected), "neither duplicates nor zeros"
    assert all((np.diff(matrix.indices[a:b]) > 0).all() for a, b in itertools.pairwise(matrix.indptr))
    full = np.zeros(squares.shape)
    np.add.at(full, (quad.row, quad.i, quad.j), quad.value)
    assert np.array_equal(full, squares)


def test_rows_may_be_written_in_any_order() -> None:
    axis, entries = Axis(2), Entries()
    layout = Layout((), (axis,), 2)
    entries.write(Affine(UNIT, (Term(Dense.scalar(4), UNIT),)), layout, 2)
    entries.write(Affine(UNIT, (Term(Dense((axis,), np.array([1, 0])), UNIT),)), layout, 0)
    matrix = entries.matrix(4, 5)
    assert matrix.indptr.tolist() == [0, 1, 2, 3, 4]
    assert matrix.indices.tolist() == [1, 0, 4, 4]


def test_rows_with_infinite_coefficients_are_named() -> None:
    axis, inner, entries = Axis(3), Axis(2), Entries()
    coefficient = Dense((axis, inner), np.array([[1.0, 2.0], [1.0, np.inf], [np.nan, 0.0]]))
    entries.write(Affine(UNIT, (Term(Dense((inner,), np.array([0, 1])), coefficient),)), Layout((), (axis,), 3), 5)
    assert entries.undefined().tolist() == [6, 7]


CELL = st.text(st.sampled_from("ab1 .\t\xa0'\"é"), max_size=4)


@given(st.lists(st.lists(CELL, min_size=1, max_size=3), min_size=1, max_size=5), st.booleans())
def test_a_table_is_what_csv_reads(rows: list[list[str]], newline: bool) -> None:
    text = "\n".join(",".join(row) for row in rows) + ("\n" if newline else "")
    read = csv.reader(io.StringIO(text), skipinitialspace=True, strict=True)
    expected: list[tuple[list[str], int]] = []
    begins = 1
    try:
        for row in read:
            if row and (len(row) > 1 or row[0].strip()):
                expected.append(([c.strip() for c in row], begins))
            begins = read.line_num + 1
    except csv.Error:
        expected = []
    findings = Findings()
    table = DataFiles(lambda _: text, findings).table("data.csv", None)
    if not expected or any(len(row) != len(expected[0][0]) for row, _ in expected):
        assert table is None
        assert [d.code for d in findings.items] == ["G506"]
        return
    assert table is not None
    assert list(table.header) == expected[0][0]
    assert [list(c) for c in table.columns] == [[r[k] for r, _ in expected[1:]] for k in range(len(table.header))]
    assert list(table.lines) == [line for _, line in expected[1:]]


@pytest.mark.parametrize("text", ["", "\n", "  \n\n"])
def test_an_empty_table_is_told(text: str) -> None:
    findings = Findings()
    assert DataFiles(lambda _: text, findings).table("data.csv", None) is None
    assert [d.code for d in findings.items] == ["G506"]
