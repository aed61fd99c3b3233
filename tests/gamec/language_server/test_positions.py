"""Offsets and the protocol's positions, against Python's own encoders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position, PositionEncodingKind

from gamec.language_server.positions import Positions
from grammar.source import Source

ENCODERS = {
    PositionEncodingKind.Utf8: lambda text: len(text.encode("utf-8")),
    PositionEncodingKind.Utf16: lambda text: len(text.encode("utf-16-le")) // 2,
    PositionEncodingKind.Utf32: len,
}

TEXTS = st.text(st.sampled_from("aη𝛼é\u0301€\u2028\x0c\x85 \n\r") | st.characters(codec="utf-8"))


def test_letters_of_two_units() -> None:
    positions = Positions(Source("", "var 𝛼𝛽 = λ"))
    assert positions.position(6) == Position(0, 8)
    assert positions.offset(Position(0, 8)) == 6


def test_the_middle_of_a_letter_is_its_beginning() -> None:
    assert Positions(Source("", "𝛼b")).offset(Position(0, 1)) == 0


@pytest.mark.parametrize(
    ("position", "offset"), [((0, 99), 2), ((1, 99), 6), ((2, 0), 7), ((2, 5), 7), ((9, 9), 7), ((0, 0), 0)]
)
def test_what_lies_outside_is_moved_in(position: tuple[int, int], offset: int) -> None:
    assert Positions(Source("", "ab\ncde\n")).offset(Position(*position)) == offset


def test_only_line_breaks_of_the_protocol_break_lines() -> None:
    """Python's `splitlines` also breaks at form feeds, U+0085 and U+2028, editors do not."""
    positions = Positions(Source("", "a\x0cb\x85c\u2028d\re\r\nf"))
    assert [positions.position(k) for k in (7, 9, 11)] == [Position(0, 7), Position(1, 1), Position(2, 0)]


@pytest.mark.parametrize("encoding", ENCODERS)
@given(text=TEXTS, share=st.floats(0, 1))
def test_against_the_encoders(encoding: PositionEncodingKind, text: str, share: float) -> None:
    offset = round(share * len(text))
    positions = Positions(Source("", text), encoding)
    place = positions.position(offset)
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    if text[offset - 1 : offset + 1] == "\r\n":  # between CR and LF no editor has a place
        return
    assert place.line == before.count("\n")
    assert place.character == ENCODERS[encoding](before.rpartition("\n")[2])
    assert positions.offset(place) == offset


def test_lone_surrogates_are_one_unit() -> None:
    assert Positions(Source("", "\ud800x")).position(1) == Position(0, 1)
