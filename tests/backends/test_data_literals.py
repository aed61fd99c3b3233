"""Data in; Python literals out that read back as the same data."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from compiler.backends.data_literals import WIDTH, element, element_list, entries, number

ELEMENTS = st.one_of(st.integers(-(10**9), 10**9), st.text(st.characters(exclude_categories=["Cs"]), max_size=8))


def read(text: str) -> object:
    return eval(text, {"range": range, "float": float})


@given(st.floats(allow_nan=False))
def test_numbers_read_back_exactly(value: float) -> None:
    back = read(number(value))
    assert back == value
    assert str(float(back)) == str(value)  # type: ignore[arg-type]


def test_whole_numbers_have_no_point() -> None:
    assert [number(v) for v in (3.0, -0.0, 1e15, 1e300, 0.1, float("inf"))] == [
        "3", "-0.0", "1000000000000000", "1e+300", "0.1", 'float("inf")',
    ]  # fmt: skip


@given(st.one_of(ELEMENTS, st.tuples(ELEMENTS, ELEMENTS)))
def test_elements_read_back(value: object) -> None:
    assert ast.literal_eval(element(value)) == value


@given(st.lists(ELEMENTS, max_size=40))
def test_lists_read_back(values: list[object]) -> None:
    assert list(read(element_list(values))) == values  # type: ignore[call-overload]


def test_even_steps_are_ranges() -> None:
    assert element_list(range(1, 25)) == "range(1, 25)"
    assert element_list(range(2025, 2051, 5)) == "range(2025, 2051, 5)"
    assert element_list([3, 2, 1]) == "range(3, 0, -1)"
    assert element_list([1, 2, 4]) == "[1, 2, 4]"


@given(st.dictionaries(st.tuples(st.integers(0, 9), st.integers(0, 99)), st.floats(allow_nan=False), max_size=60))
def test_entries_read_back_in_short_lines(values: dict[tuple[int, int], float]) -> None:
    ordered = dict(sorted(values.items()))
    text = entries(ordered)
    assert read(text) == ordered
    assert all(len(line) <= WIDTH for line in text.splitlines())
