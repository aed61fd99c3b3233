"""The forms in which a document can be written: one row each. A compiled model in, its document out: `document_of`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from compiler.backends.bound_data import Emittable
from compiler.backends.html import write_html
from compiler.backends.latex import write_latex
from compiler.backends.latex_text import unprintable
from compiler.backends.markdown import write_markdown
from compiler.backends.own_problem import own_game
from compiler.backends.statement_text import file_name
from compiler.derivation import single_level
from compiler.documents.build import Described, describe
from compiler.documents.document import Document, texts
from compiler.ir.game import Game
from grammar.diagnostics import Diagnostic, Findings, Severity


@dataclass(frozen=True, slots=True)
class DocumentFormat:
    """`suffix` is that of the file; `prints` whether every Unicode character can be printed."""

    suffix: str
    what: str
    write: Callable[[Document], str]
    prints: bool


FORMATS: tuple[DocumentFormat, ...] = (
    DocumentFormat(".tex", "LaTeX for pdfLaTeX", write_latex, False),
    DocumentFormat(".html", "a page with MathML that needs no network", write_html, True),
    DocumentFormat(".md", "Markdown with LaTeX formulas", write_markdown, True),
)


class Describable(Emittable, Protocol):
    """What a document is made from: a compiled model that knows its cases (`compiler.pipeline.Compiled`)."""

    def game_of_case(self, case: str) -> Game: ...

    def absent(self) -> frozenset[int]: ...


def document_of(compiled: Describable, version: str = "", derive: bool = False, player: str = "") -> Described:
    """The document of a model with its case and data; with `derive` its players' optimality conditions too. With the
    name of a `player` (`grid`, `grid[mg1]`) of the problem of that one and who follows it, what others decide being
    data without values: nothing is solved.

    Raises `DiagnosticError` where there are none to derive (G704, G712), and G807 for a player that does not exist.
    """
    if player:
        return _own_document(compiled, version, derive, player)
    game = compiled.game
    cases = {name: compiled.game_of_case(name) for name in ("", *(c.name for c in game.cases))} if game.cases else {}
    known = compiled.bound_data()
    single = single_level(game, absent=compiled.absent(), forms=known.lifted) if derive else None
    return describe(game, single=single, known=known, cases=cases, file=file_name(compiled.source), version=version)


def _own_document(compiled: Describable, version: str, derive: bool, player: str) -> Described:
    game, absent = own_game(compiled, player)
    known = compiled.bound_data()
    single = single_level(game, absent=absent, forms=known.lifted) if derive else None
    file = file_name(compiled.source)
    return describe(game, single=single, known=known, file=file, version=version, player=player)


def warnings_of(described: Described, target: DocumentFormat) -> tuple[Diagnostic, ...]:
    """What could not be printed as it was written (G007): users' symbols, and characters that LaTeX's fonts lack."""
    findings = Findings()
    for signature, why in described.refused:
        findings.add(
            "G007",
            f"the symbol of `{signature.name}` cannot be printed: {why}",
            signature.span,
            "its symbol is made from the name",
            hints=["documents know LaTeX's letters, accents and fonts, and one script above and below"],
            severity=Severity.WARNING,
        )
    if not target.prints:
        missing = sorted(set().union(*map(unprintable, texts(described.document))))
        if missing:
            findings.add(
                "G007",
                f"LaTeX's standard fonts lack {', '.join(f'`{c}`' for c in missing[:8])}"
                + (" and more" if len(missing) > 8 else ""),
                hints=["give names a symbol with `tex`", "write `.html`, where every character is printed"],
                severity=Severity.WARNING,
            )
    return findings.sorted()
