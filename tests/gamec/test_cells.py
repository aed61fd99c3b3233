"""Characters in, terminal cells out; widths from Unicode Standard Annex 11 and from what terminals do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamec.cells import CellLine, clean, clipped, padded, shown, width, width_of, wrapped


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("abc", 3),
        ("λ η_dis", 7),
        ("電力", 4),
        ("e\u0301", 1),  # e with a combining acute accent
        ("한글", 4),
        ("\u1112\u1161\u11ab", 2),  # the same kind of syllable from its parts: the first takes two, the others none
        ("ｆｕｌｌ", 8),
        ("ﾊﾝ", 2),  # halfwidth katakana
        ("😀", 2),
        ("a\u200bb", 2),  # zero width space
    ],
)
def test_width(text: str, cells: int) -> None:
    assert width(text) == cells


@pytest.mark.parametrize(
    ("line", "start", "end", "cells"),
    [
        ("let x", 4, 5, (4, 5)),
        ("\tlet x", 5, 6, (8, 9)),
        ("ab\tc", 3, 4, (4, 5)),
        ("abcd\te", 5, 6, (8, 9)),
        ("電力 = 5", 5, 6, (7, 8)),
        ("電力", 1, 2, (2, 4)),
        ("e\u0301x", 2, 3, (1, 2)),
        ("e\u0301x", 1, 2, (0, 1)),  # the accent alone: under the letter that carries it
        ("abc", 3, 3, (3, 4)),  # past the end
        ("abc", 1, 1, (1, 2)),  # nothing, between two characters
        ("", 0, 0, (0, 1)),
    ],
)
def test_cells_under_characters(line: str, start: int, end: int, cells: tuple[int, int]) -> None:
    assert CellLine.of(line).cells(start, end) == cells


def test_window_cuts_between_characters() -> None:
    line = CellLine.of("a電力b")
    assert line.window(0, 3) == "a電"
    assert line.window(2, 3) == " 力"
    assert line.window(1, 3) == "電 "


@pytest.mark.parametrize("character", ["\x1b", "\x07", "\x00", "\x7f", "\x85", "\u202e", "\u2066", "\u2028", "\ud800"])
def test_what_would_upset_a_terminal_is_replaced_by_one_cell(character: str) -> None:
    assert shown(character) != character
    assert shown(character).isprintable()
    assert width_of(shown(character)) == 1


@given(st.text(max_size=60), st.integers(8, 40))
def test_wrapped_lines_fit_and_lose_no_word(text: str, cells: int) -> None:
    lines = wrapped(text, cells)
    assert all(width(line) <= cells for line in lines)
    assert "".join("".join(lines).split(" ")) == "".join(clean(text).split(" "))


@given(st.text(max_size=60), st.integers(1, 40))
def test_clipped_fits(text: str, cells: int) -> None:
    assert width(clipped(clean(text), cells)) <= cells
    assert width(padded(clipped(clean(text), cells), cells)) == cells


@given(st.text(max_size=60), st.integers(0, 30), st.integers(1, 30))
def test_window_never_shows_more_than_it_may(text: str, first: int, cells: int) -> None:
    assert width(CellLine.of(text.replace("\n", "")).window(first, cells)) <= cells
