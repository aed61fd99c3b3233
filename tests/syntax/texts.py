"""The programs that the tests of this folder read: whole ones of this project, and pieces of every construct."""

from __future__ import annotations

from pathlib import Path

from compiler.syntax import declarations
from compiler.syntax.builder import Builder
from grammar.diagnostics import Findings
from grammar.parser import parse
from grammar.source import Source

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted([*ROOT.glob("models/*/*.game"), *ROOT.glob("tests/syntax/programs/*.game")])
TEXTS = {path.stem: path.read_text("utf-8") for path in PROGRAMS}


def read(text: str) -> tuple[declarations.Model | None, Findings]:
    findings = Findings()
    return parse(Source("x.game", text), Builder(), findings), findings


def tree(text: str) -> declarations.Model:
    """The tree of a text that must be right."""
    model, findings = read(text)
    assert not findings.items, [f"{d.code} {d.span} {d.headline}" for d in findings.items]
    assert model is not None
    return model
