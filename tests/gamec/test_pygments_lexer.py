"""The Pygments lexer: found by its name, exact on programs, and no text breaks it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments import highlight as render
from pygments.formatters import HtmlFormatter
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String

from gamec.pygments_lexer import GameLexer
from grammar.tables import load_tables
from grammar.words import RESERVED
from tests.gamec.test_textmate import PROGRAMS, ROOT

WORDS = {kind: spelling for kind, spelling in load_tables().spellings.items() if spelling.isalpha()}


def pieces(text: str) -> dict[str, object]:
    """The last token type of each piece of the text."""
    return {value: kind for _, kind, value in GameLexer().get_tokens_unprocessed(text)}


def test_kinds_of_a_small_model() -> None:
    found = pieces(
        'param price[t] : CNY/kWh from "p.csv" "what it costs"  # data\n'
        "player a { var x[t] in [0, 5] minimize cost = sum(t) exp(price[t])*x[t]\n"
        "  constraint c[t]: x[t] >= 1 price mu[t] }"
    )
    assert found["param"] is Keyword.Declaration
    assert found["from"] is Keyword
    assert found['"p.csv"'] is String
    assert found['"what it costs"'] is String.Doc
    assert found["# data"] is Comment.Single
    assert found["kWh"] is Name.Class
    assert found["sum"] is Operator.Word
    assert found["exp"] is Name.Function
    assert found["5"] is Number
    assert found["mu"] is Name.Variable


def test_a_word_is_a_name_where_it_is_one() -> None:
    text = "param price = 1 player a { var x minimize c = price*x constraint d: x >= 1 price mu }"
    kinds = [kind for _, kind, value in GameLexer().get_tokens_unprocessed(text) if value == "price"]
    assert kinds == [Name.Variable, Name, Keyword]


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_every_word_is_known(kind: str) -> None:
    """Alone it has no place in a tree; a reserved word is still one, any other may be one."""
    found = pieces(WORDS[kind])[WORDS[kind]]
    assert found in (Keyword.Declaration, Operator.Word) if kind in RESERVED else found is Keyword


def test_slips_are_marked() -> None:
    assert pieces("let a = 2x")["2x"] is Error


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: p.stem)
def test_programs_have_no_errors(path: Path) -> None:
    assert Error not in {kind for _, kind, _ in GameLexer().get_tokens_unprocessed(path.read_text(encoding="utf-8"))}


@given(
    st.text() | st.lists(st.sampled_from([*WORDS.values(), "x", "[", "}", "{", '"', "#", "\n", "1", "="])).map(" ".join)
)
def test_the_pieces_make_up_the_text(text: str) -> None:
    found = list(GameLexer().get_tokens_unprocessed(text))
    assert "".join(value for _, _, value in found) == text
    at = 0
    for start, _, value in found:
        assert start == at
        assert value
        at += len(value)


def test_it_renders() -> None:
    assert '<span class="kd">param</span>' in render("param a = 1", GameLexer(), HtmlFormatter())


def test_pygments_finds_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, name = project["entry-points"]["pygments.lexers"]["game"].partition(":")
    assert (module, name) == (GameLexer.__module__, GameLexer.__name__)
    assert "*.game" in GameLexer.filenames
    assert "game" in GameLexer.aliases
