"""Findings of checked models -> the protocol's diagnostics for each file that they lie in, and quick fixes from hints.

A finding may lie in an imported file or a data file. Each model's findings are kept apart, so that a new check of one
replaces its own only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lsprotocol.types import (
    CodeAction,
    CodeActionKind,
    DiagnosticRelatedInformation,
    DiagnosticSeverity,
    Location,
    Position,
    Range,
    TextEdit,
    WorkspaceEdit,
)
from lsprotocol.types import Diagnostic as Shown

from gamec.language_server.positions import Positions
from grammar.diagnostics import Diagnostic, Severity
from grammar.source import Source, Span

Locate = Callable[[Source], str]
"""The URI of a source that a model's findings point into."""

SEVERITIES = {Severity.ERROR: DiagnosticSeverity.Error, Severity.WARNING: DiagnosticSeverity.Warning}


class Published:
    """What is shown now: model's URI -> URI of a file -> its diagnostics."""

    def __init__(self) -> None:
        self._by_model: dict[str, dict[str, list[Shown]]] = {}

    def replace(self, model: str, found: dict[str, list[Shown]]) -> dict[str, list[Shown]]:
        """Take the new findings of a model. Returns, for every file concerned, all that is to be shown there."""
        concerned = {*self._by_model.get(model, {}), *found, *([model] if found else [])}
        if found:
            self._by_model[model] = found
        else:
            self._by_model.pop(model, None)
        return {uri: self._all(uri) for uri in concerned}

    def _all(self, uri: str) -> list[Shown]:
        shown: list[Shown] = []
        for by_file in self._by_model.values():
            shown += [d for d in by_file.get(uri, ()) if d not in shown]
        return shown


def by_file(
    diagnostics: Iterable[Diagnostic], model: str, locate: Locate, encoding: str | None
) -> dict[str, list[Shown]]:
    """Each finding in the file that it lies in; one without a place at the beginning of the model."""
    found: dict[str, list[Shown]] = {model: []}
    for d in diagnostics:
        uri = model if d.span is None else locate(d.span.source)
        found.setdefault(uri, []).append(shown(d, locate, encoding))
    return found


def shown(d: Diagnostic, locate: Locate, encoding: str | None) -> Shown:
    """One finding in the protocol's form; hints and notes are lines of its message."""
    place = Range(Position(0, 0), Position(0, 0)) if d.span is None else _range(d.span, encoding)
    lines = [d.headline, *(f"note: {note}" for note in d.notes), *(f"hint: {hint.text}" for hint in d.hints)]
    related = [
        DiagnosticRelatedInformation(_location(o.span, locate, encoding), o.text or "see here") for o in d.others
    ]
    return Shown(
        range=place,
        message="\n".join(lines),
        severity=SEVERITIES[d.severity],
        code=d.code,
        source="gamec",
        related_information=related or None,
    )


def quick_fixes(
    diagnostics: Iterable[Diagnostic], uri: str, source: Source, wanted: Range, locate: Locate, encoding: str | None
) -> list[CodeAction]:
    """The edits that hints are sure of, for the findings of `source` that touch the range."""
    positions = Positions(source, encoding)
    start, end = positions.offset(wanted.start), positions.offset(wanted.end)
    found = []
    for d in diagnostics:
        if d.span is None or d.span.source.text != source.text or d.span.start > end or d.span.end < start:
            continue
        for hint in d.hints:
            if hint.edit is None or locate(hint.edit.span.source) != uri:
                continue
            edit = TextEdit(positions.range(hint.edit.span), hint.edit.text)
            found.append(
                CodeAction(
                    title=_title(hint.edit.span, hint.edit.text),
                    kind=CodeActionKind.QuickFix,
                    diagnostics=[shown(d, locate, encoding)],
                    edit=WorkspaceEdit(changes={uri: [edit]}),
                )
            )
    return found


def _title(span: Span, text: str) -> str:
    if not text:
        return f"Remove `{span.text}`"
    return f"Change `{span.text}` to `{text}`" if span.text else f"Insert `{text}`"


def _location(span: Span, locate: Locate, encoding: str | None) -> Location:
    return Location(locate(span.source), _range(span, encoding))


def _range(span: Span, encoding: str | None) -> Range:
    return Positions(span.source, encoding).range(span)
