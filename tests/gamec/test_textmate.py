"""The TextMate grammar of the VS Code extension: it knows every word, and colours programs as the grammar reads
them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from compiler.ir.functions import FUNCTIONS, INDEX_FUNCTIONS
from gamec.highlighting import Role, highlight
from grammar.tables import load_tables
from tests.gamec.textmate import GRAMMAR, load, patterns, scopes

ROOT = Path(__file__).resolve().parents[2]
FOLDER = GRAMMAR.parents[1]
PROGRAMS = sorted(
    path
    for pattern in ("tests/syntax/programs/*.game", "models/*/*.game", "gamec/templates/*/*.game")
    for path in ROOT.glob(pattern)
)
WORDS = sorted(spelling for spelling in load_tables().spellings.values() if spelling.isalpha())

SCOPES: dict[Role, tuple[str, ...]] = {
    Role.STATEMENT: ("keyword.declaration",),
    Role.KEYWORD: ("keyword",),
    Role.WORD: ("keyword", "storage.modifier"),
    Role.DECLARED: ("entity.name", "variable", "support.type.unit"),
    Role.NAME: ("variable", "entity.name"),
    Role.FUNCTION: ("support.function",),
    Role.UNIT: ("support.type.unit",),
    Role.OPTION: ("variable", "keyword.other"),
    Role.NUMBER: ("constant.numeric", "support.type.unit"),
    Role.STRING: ("string",),
    Role.DOC: ("string",),
    Role.COMMENT: ("comment",),
    Role.OPERATOR: ("keyword.operator", "support.type.unit"),
    Role.PUNCTUATION: ("punctuation", "support.type.unit"),
}
"""What each role may be coloured as; the signs and numbers of a unit belong to the unit."""


def grammar_patterns() -> list[str]:
    grammar = load()
    return patterns(grammar["repository"]["tokens"]["patterns"])


@pytest.mark.parametrize("word", [*WORDS, *FUNCTIONS, *INDEX_FUNCTIONS, "piecewise", "tiers"])
def test_the_grammar_has_every_word(word: str) -> None:
    assert any(re.search(rf"(?<![\w\\]){word}(?!\w)", pattern) for pattern in grammar_patterns())


def test_the_grammar_has_no_word_of_its_own() -> None:
    known = {*WORDS, *FUNCTIONS, *INDEX_FUNCTIONS, "piecewise", "tiers"}
    found = {word for pattern in grammar_patterns() for word in re.findall(r"(?<![\w\\])[a-z]{2,}", pattern)}
    assert found - known == set()


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: p.stem)
def test_programs_are_coloured_as_they_are_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    coloured = scopes(load(), text)
    wrong = [
        (text.count("\n", 0, start) + 1, text[start:end], role, coloured[start])
        for start, end, role in highlight(text)
        if role is not Role.BLANK and not coloured[start].startswith(SCOPES[role])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "word", "scope"),
    [
        ("param price[t] = 1", "price", "variable.other.declared.game"),
        ("let a = price[t]*2", "price", "variable.other.game"),
        ("let a = 2*index", "index", "variable.other.game"),
        ("constraint c: x <= 1 price mu : kW", "price", "keyword.other.game"),
        ("constraint c: x <= 1 price mu : kW", "kW", "support.type.unit.game"),
        ("constraint c: x <= 1", "x", "variable.other.game"),
        ("var x integer", "integer", "storage.modifier.game"),
        ("# sum(t)", "sum", "comment.line.number-sign.game"),
        ('let a = "sum', "sum", "invalid.illegal.unclosed-string.game"),
        ("let η_dis = sinh(x)", "sinh", "variable.other.game"),
    ],
)
def test_words_in_their_places(text: str, word: str, scope: str) -> None:
    assert scopes(load(), text)[text.index(word)] == scope


def test_the_extension_names_files_that_exist() -> None:
    package = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    contributes = package["contributes"]
    named = [contributes["languages"][0]["configuration"], contributes["grammars"][0]["path"], package["main"]]
    assert [name for name in named if not (FOLDER / name).is_file()] == []
    assert contributes["grammars"][0]["scopeName"] == load()["scopeName"]
    assert contributes["languages"][0]["extensions"] == [".game"]
    json.loads((FOLDER / "language-configuration.json").read_text(encoding="utf-8"))
