"""No text and no cursor breaks a feature: cut, shuffled and random texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamec.language_server.checks import quick_check
from gamec.language_server.completion import proposals, word_start
from gamec.language_server.document import Document
from gamec.language_server.files import reader
from gamec.language_server.hover import hover_text
from gamec.language_server.outline import outline
from gamec.language_server.positions import Positions
from grammar.source import Source
from grammar.tables import load_tables
from tests.gamec.language_server.cursor import MODEL

PIECES = [
    *load_tables().spellings.values(),
    *(
        "x",
        "t",
        "T",
        "ess",
        "grid",
        "battery",
        "bat",
        "λ",
        "1",
        "2.5",
        '"a"',
        '"',
        "#",
        "\n",
        "\r\n",
        "\u2028",
        "𝛼",
        "\ud800",
    ),
]
NOWHERE = reader(Path("/nowhere/a.game"), {})


def ask_everything(text: str, offset: int) -> None:
    document = Document(Source("a.game", text), NOWHERE)
    positions = Positions(document.source)
    assert positions.offset(positions.position(offset)) <= len(text)
    for proposal in proposals(document, offset):
        assert proposal.text
    assert 0 <= word_start(document, offset) <= offset
    occurrence = document.occurrence_at(offset)
    if occurrence is not None:
        assert occurrence.span.start <= offset <= occurrence.span.end
        assert hover_text(occurrence.symbol, document.names, {})
    document.token_at(offset)
    if document.tree is not None:
        for symbol in outline(document.tree, positions):
            inside, whole = symbol.selection_range, symbol.range
            # The protocol asks for it; an editor refuses the whole outline otherwise.
            assert (whole.start.line, whole.start.character) <= (inside.start.line, inside.start.character)
            assert (inside.end.line, inside.end.character) <= (whole.end.line, whole.end.character)
    assert all(d.code != "G901" for d in quick_check(document.source, NOWHERE).diagnostics)


@settings(deadline=None, max_examples=150)
@given(pieces=st.lists(st.sampled_from(PIECES)), share=st.floats(0, 1))
def test_shuffled_words(pieces: list[str], share: float) -> None:
    text = " ".join(pieces)
    ask_everything(text, round(share * len(text)))


@settings(deadline=None, max_examples=100)
@given(text=st.text(), share=st.floats(0, 1))
def test_any_text(text: str, share: float) -> None:
    ask_everything(text, round(share * len(text)))


@settings(deadline=None, max_examples=100)
@given(cut=st.tuples(st.floats(0, 1), st.floats(0, 0.2)), word=st.sampled_from(PIECES), share=st.floats(0, 1))
def test_a_model_with_a_hole(cut: tuple[float, float], word: str, share: float) -> None:
    start = round(cut[0] * len(MODEL))
    text = MODEL[:start] + word + MODEL[start + round(cut[1] * len(MODEL)) :]
    ask_everything(text, round(share * len(text)))


@pytest.mark.parametrize("offset", range(0, len(MODEL), 7))
def test_a_model_being_typed(offset: int) -> None:
    ask_everything(MODEL[:offset], offset)
    ask_everything(MODEL, offset)


def test_deep_and_long_texts() -> None:
    for text in ("(" * 5000, "[" * 5000, "player a {" * 2000, "a." * 5000, "let a = " + "-" * 5000, "x" * 100_000):
        ask_everything(text, len(text))
