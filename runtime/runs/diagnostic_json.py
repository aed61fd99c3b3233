"""Diagnostics <-> plain values for `run.json`: places as offsets in the texts that a run folder keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grammar.diagnostics import Diagnostic, Edit, Hint, Label, Severity
from grammar.source import Source, Span


def diagnostic_json(d: Diagnostic) -> dict[str, Any]:
    return {
        "code": d.code,
        "severity": d.severity.value,
        "headline": d.headline,
        "span": _span(d.span),
        "label": d.label,
        "others": [{"span": _span(o.span), "text": o.text} for o in d.others],
        "notes": list(d.notes),
        "hints": [
            {"text": h.text, "edit": None if h.edit is None else {"span": _span(h.edit.span), "text": h.edit.text}}
            for h in d.hints
        ],
    }


def diagnostic_of(found: Mapping[str, Any], sources: Mapping[str, Source]) -> Diagnostic:
    """The diagnostic as it was; places in texts that are not among `sources`, by path, are left out. Raises KeyError
    or TypeError for another shape."""
    hints = []
    for h in found["hints"]:
        place = h["edit"] and _place(h["edit"]["span"], sources)
        hints.append(Hint(h["text"], Edit(place, h["edit"]["text"]) if place else None))
    others = [(_place(o["span"], sources), o["text"]) for o in found["others"]]
    return Diagnostic(
        found["code"],
        found["headline"],
        _place(found["span"], sources),
        found["label"],
        tuple(Label(place, text) for place, text in others if place is not None),
        tuple(found["notes"]),
        tuple(hints),
        Severity(found["severity"]),
    )


def _span(span: Span | None) -> dict[str, Any] | None:
    return None if span is None else {"path": span.source.path, "start": span.start, "end": span.end}


def _place(span: Mapping[str, Any] | None, sources: Mapping[str, Source]) -> Span | None:
    if span is None or span["path"] not in sources:
        return None
    return Span(sources[span["path"]], int(span["start"]), int(span["end"]))
