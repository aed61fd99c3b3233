"""Any text whatever: the parser returns, with findings that lie inside the text, and in linear time."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from compiler.syntax.builder import Builder
from grammar.diagnostics import Diagnostic, Findings
from grammar.parser import MOST_ERRORS, parse
from grammar.source import Source
from grammar.tables import load_tables

ROOT = Path(__file__).parents[2]
PROGRAMS = [
    p.read_text("utf-8") for p in sorted([*ROOT.glob("models/*/*.game"), *ROOT.glob("tests/syntax/programs/*.game")])
]
PIECES = [re.findall(r'"[^"\n]*"|#[^\n]*|\w+|\s+|[^\w\s]', text) for text in PROGRAMS]
WORDS = sorted(load_tables().spellings.values())
VOCABULARY = [*WORDS, "x", "t", "T", "1", "2.5", '"a"', "# c\n", "\n", "2x", '"', "≤", "kW", "€", "@", "\u200b", "=="]
MANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def survive(text: str) -> tuple[Any, tuple[Diagnostic, ...]]:
    """Parse, and check what holds for every text."""
    source, findings = Source("x.game", text), Findings()
    model = parse(source, Builder(), findings)
    assert (model is not None) or findings.errors
    assert len(findings.items) <= MOST_ERRORS + len(text)
    for found in findings.items:
        assert found.span is not None
        places = [found.span, *(label.span for label in found.others)]
        places += [hint.edit.span for hint in found.hints if hint.edit]
        for span in places:
            assert span.source is source
            assert 0 <= span.start <= span.end <= len(text)
        for words in (found.headline, found.label, *(h.text for h in found.hints)):
            assert "Token(" not in words
            assert "$END" not in words
    return model, findings.sorted()


@MANY
@given(st.text())
@example("\ud800")
@example("")
@example("}" * 100)
@example("player a {" * 30)
@example("\x00")
def test_any_text(text: str) -> None:
    survive(text)


@MANY
@given(st.lists(st.sampled_from(VOCABULARY), max_size=60))
def test_any_words(words: list[str]) -> None:
    survive(" ".join(words))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A right program with some words deleted, doubled, exchanged, moved or replaced."""
    pieces = list(draw(st.sampled_from(PIECES)))
    for _ in range(draw(st.integers(1, 4))):
        at, other = (draw(st.integers(0, len(pieces) - 1)) for _ in range(2))
        match draw(st.sampled_from(["delete", "insert", "swap", "replace", "double", "cut"])):
            case "delete":
                del pieces[at]
            case "insert":
                pieces.insert(at, draw(st.sampled_from(VOCABULARY)))
            case "swap":
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case "replace":
                pieces[at] = draw(st.sampled_from(VOCABULARY))
            case "double":
                pieces.insert(at, pieces[at])
            case _:
                del pieces[at:]
        if not pieces:
            break
    return "".join(pieces)


@MANY
@given(mutated())
def test_spoilt_programs(text: str) -> None:
    survive(text)


def test_one_word_less_costs_few_messages() -> None:
    """One slip is one message, or two or three where the rest can be read in another way; never a flood."""
    numbers = random.Random(0)
    counts = []
    for _ in range(400):
        pieces = list(numbers.choice(PIECES))
        k = numbers.choice([k for k, piece in enumerate(pieces) if not piece.isspace() and piece[0] != "#"])
        del pieces[k]
        counts.append(len(survive("".join(pieces))[1]))
    assert max(counts) <= 8
    assert sum(count > 2 for count in counts) <= 0.05 * len(counts)


DEEP = {
    "parentheses": lambda n: "param p = " + "(" * n + "1" + ")" * n,
    "open parentheses": lambda n: "param p = " + "(" * n,
    "brackets": lambda n: "param p = " + "x[" * n + "1" + "]" * n,
    "braces": lambda n: "set S = " + "{" * n + "1" + "}" * n,
    "minus": lambda n: "param p = " + "- " * n + "1",
    "not": lambda n: "player a { var x minimize z = x constraint c: " + "not " * n + "x == 1 }",
    "power": lambda n: "param p = x" + "^x" * n,
    "if": lambda n: "param p = " + "if 1 < 2 then 3 else " * n + "4",
    "sum": lambda n: "param p = " + "sum(t) " * n + "x",
    "call": lambda n: "param p = " + "abs(" * n + "1" + ")" * n,
    "mixed": lambda n: "let p = " + "(a*b + c < d and e)*b + (" * n + "1" + ")" * n,
    "mixed on the left": lambda n: "let p = " + "(" * n + "1" + "*b + c < d and e)" * n,
    "unit": lambda n: "param p : " + "(" * n + "kW" + ")" * n + "^2 = 1",
    "players": lambda n: "player a { " * n + "}" * n,
    "dots": lambda n: "param p = x" + ".y[t]" * n,
}


@pytest.mark.parametrize("depth", [10, 30, 99, 100, 101, 300, 20_000])
@pytest.mark.parametrize("shape", DEEP)
def test_depth_never_crashes(shape: str, depth: int) -> None:
    model, found = survive(DEEP[shape](depth) + "\nparam q = 1\n")
    if not found:
        assert model == model  # walks the whole tree
        assert hash(model)
        assert repr(model)


@pytest.mark.parametrize("shape", sorted(set(DEEP) - {"dots"}))
def test_depth_is_refused(shape: str) -> None:
    _, found = survive(DEEP[shape](1000) + "\nparam q = 1\n")
    assert "G111" in {d.code for d in found}


def test_what_comes_after_too_deep_an_expression_is_read() -> None:
    _, found = survive(DEEP["minus"](1000) + "\nparam q = 1 2\n")
    assert [(d.code, d.span and d.span.line) for d in found] == [("G111", 1), ("G101", 2)]


@pytest.mark.parametrize(
    ("shape", "depth"), [("parentheses", 60), ("minus", 60), ("if", 30), ("call", 40), ("power", 40), ("brackets", 20)]
)
def test_what_people_nest_is_accepted(shape: str, depth: int) -> None:
    _, found = survive(DEEP[shape](depth))
    assert not [d for d in found if d.code == "G111"]


LONG = {
    "right": lambda n: "".join(
        f'player p{k} {{ var x[t] : kW in [0, {k}] "x" minimize z = x[1] }}\n' for k in range(n)
    ),
    "sum": lambda n: "param p = 1" + " + a*b" * n,
    "one line": lambda n: "set S = {" + ", ".join(f"e{k}" for k in range(n)) + "}",
    "wrong": lambda n: "param p = 1 2\n" * n,
    "closers": lambda n: "}" * n,
    "semicolons": lambda n: "param p = 1;\n" * n,
    "unknown": lambda n: "foo bar { baz }\n" * n,
    "openers": lambda n: "{" * n,
    "headless": lambda n: "minimise x\n" * n,
    "open blocks": lambda n: "case c { fix x = \n" * n,
    "odd": lambda n: "@" * n,
}


@pytest.mark.parametrize("shape", LONG)
def test_time_is_linear(shape: str) -> None:
    def seconds(n: int) -> float:
        text = LONG[shape](n)
        start = time.process_time()
        survive(text)
        return time.process_time() - start

    seconds(100)
    short, long = min(seconds(2_000) for _ in range(3)), seconds(20_000)
    assert long < 40 * short + 0.2
