"""What becomes of characters: names in any script, line breaks of any system, numbers, and what is no token."""

from __future__ import annotations

import pytest

from grammar.source import Source, Span
from grammar.tables import load_tables
from grammar.tokens import Token, tokenize


def tokens(text: str) -> list[Token]:
    return tokenize(text, load_tables())[:-1]


def kinds(text: str) -> list[str]:
    return [token.kind for token in tokens(text)]


@pytest.mark.parametrize(
    "name", ["x", "_", "x1", "λ", "η_dis", "Größe", "x₁", "x\u0304", "功率", "мощность", "ẋ", "games"]
)
def test_names(name: str) -> None:
    assert kinds(name) == ["NAME"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("\u00e9", "e\u0301"), ("\u03a9", "\u2126"), ("\u03bc", "\u00b5"), ("\u1e8b", "x\u0307")],
    ids=["accent", "ohm", "micro", "dot"],
)
def test_names_that_look_the_same_are_the_same(one: str, other: str) -> None:
    assert tokens(one)[0].text == tokens(other)[0].text


def test_letters_that_differ_in_print_differ() -> None:
    assert len({tokens(name)[0].text for name in ("φ", "ϕ", "x1", "x₁", "ｘ", "x")}) == 6


def test_places_are_those_of_the_text_as_written() -> None:
    (first, second) = tokens("e\u0301 b")
    assert (first.start, first.end, second.start) == (0, 2, 3)


@pytest.mark.parametrize("number", ["1", "0.5", ".5", "1.", "1e3", "1.5E-3", "007"])
def test_numbers(number: str) -> None:
    assert kinds(number) == ["NUMBER"]


@pytest.mark.parametrize(
    "odd", ["2x", "1_000", "1.2.3", "0x1F", "1e", "٣", "½", "x²", "“a”", "≤", "&&", "**", "\x00", "\ud800"]
)
def test_odd_ones(odd: str) -> None:
    assert "ODD" in kinds(odd)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1..24", ["NUMBER", "DOTS", "NUMBER"]),
        ("a.b", ["NAME", "DOT", "NAME"]),
        ("t-1", ["NAME", "MINUS", "NUMBER"]),
        ("x<-3", ["NAME", "LESS", "MINUS", "NUMBER"]),
        ("a=>b", ["NAME", "IMPLIES", "NAME"]),
        ("<=>=", ["AT_MOST", "AT_LEAST"]),
        ('"a # b" # c " d', ["STRING"]),
        ("kW€%", ["NAME", "UNIT_SYMBOL", "UNIT_SYMBOL"]),
    ],
)
def test_neighbours(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "blank", [" ", "\t", "\r\n", "\r", "\f", "\u00a0", "\u3000", "\u2028", "\ufeff", "# x\n", "# x\r"]
)
def test_blanks(blank: str) -> None:
    assert kinds(f"{blank}a{blank}b{blank}") == ["NAME", "NAME"]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_are_counted_for_every_line_break(line_break: str) -> None:
    source = Source("x.game", line_break.join(["ab", "", "cd # e", "f"]))
    span = Span(source, source.text.index("cd"), source.text.index("cd") + 2)
    assert (span.line, span.column) == (3, 1)
    assert [source.line(k) for k in (1, 2, 3, 4, 5)] == ["ab", "", "cd # e", "f", ""]
    assert source.line_column(len(source.text)) == (4, 2)


def test_time_is_linear_in_blanks_comments_and_odd_characters() -> None:
    """Each of these is quadratic, and takes minutes, when a scan starts again at every character."""
    for text in (" " * 500_000, "#" * 500_000, "@" * 200_000, '"' * 200_000, "1." * 100_000, "(" * 200_000):
        tokenize(text, load_tables())
