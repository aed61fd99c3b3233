"""The library's files -> what the reference must say of them: a row of a table for each parameter and declaration."""

from __future__ import annotations

from pathlib import Path

from compiler import library
from compiler.syntax import declarations
from compiler.syntax.builder import Builder
from grammar.diagnostics import Findings
from grammar.parser import parse
from grammar.source import Source

PAGES = Path(__file__).resolve().parents[2] / "docs" / "library"

Declared = declarations.ParamDecl | declarations.VarDecl | declarations.LetDecl


def components_of(name: str) -> list[declarations.ComponentDecl]:
    """The components of a library file, as parsed."""
    text = library.library_text(name)
    assert text is not None
    findings = Findings()
    tree = parse(Source(f"std/{name}.game", text), Builder(), findings)
    findings.raise_errors()
    return [s for s in tree.statements if isinstance(s, declarations.ComponentDecl)]


def parameter_row(p: declarations.ParamDecl) -> str:
    default = "" if p.value is None else f"`{p.value.span.text}`"
    return _row(p, default)


def declaration_row(s: declarations.VarDecl | declarations.LetDecl) -> str:
    if isinstance(s, declarations.LetDecl):
        return _row(s, "computed")
    return _row(s, "binary" if s.kind == "binary" else "decided")


def _row(s: Declared, fourth: str) -> str:
    head = s.head
    unit = "" if head.unit is None else f"`{head.unit.span.text}`"
    index = "" if head.index is None else head.index.span.text
    return f"| `{head.name.text}{index}` | {{math}}`{head.tex}` | {unit} | {fourth} | {head.doc} |"
