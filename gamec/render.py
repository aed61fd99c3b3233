"""Diagnostics for people and for programs. In: `Diagnostic` values; out: full text with carets, one line each, or JSON.

error[G401 unit-mismatch]: kW and kWh cannot be added
  --> park.game:12:14
   |
12 |   let x = p[t] + e[t]
   |           ----   ^^^^ kWh
   |           |
   |           kW
   |
   = note: ...
   = hint: ...
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gamec.cells import CellLine, clean, clipped, wrapped
from gamec.snippet import Mark, gutter_width, snippet
from gamec.terminal import Paper
from grammar.diagnostics import Diagnostic, Edit, Severity
from grammar.source import Span


def full(diagnostics: Sequence[Diagnostic], paper: Paper) -> str:
    """All diagnostics with their places drawn, and a count at the end."""
    blocks = [_one(d, paper) for d in diagnostics]
    if diagnostics:
        blocks.append(_count(diagnostics, paper))
    return "\n\n".join(blocks)


def short(diagnostics: Iterable[Diagnostic]) -> str:
    """One line each, for editors and grep: `path:line:col: error G401 unit-mismatch: headline`; no place, no path."""
    return "\n".join(
        (f"{clean(str(d.span))}: " if d.span is not None else "gamec: ")
        + f"{d.severity.value} {d.code} {d.slug}: {clean(d.headline)}"
        for d in diagnostics
    )


def as_json(diagnostic: Diagnostic) -> dict[str, object]:
    """The shape in docs/json.md; lines and columns from 1, offsets in code points from 0, ends exclusive."""
    return {
        "code": diagnostic.code,
        "name": diagnostic.slug,
        "severity": diagnostic.severity.value,
        "headline": diagnostic.headline,
        "span": _span_json(diagnostic.span),
        "label": diagnostic.label,
        "others": [{"span": _span_json(o.span), "label": o.text} for o in diagnostic.others],
        "notes": list(diagnostic.notes),
        "hints": [{"text": h.text, "edit": _edit_json(h.edit)} for h in diagnostic.hints],
    }


def _span_json(span: Span | None) -> dict[str, object] | None:
    if span is None:
        return None
    ends = {}
    for name, offset in (("start", span.start), ("end", span.end)):
        line, column = span.source.line_column(offset)
        ends[name] = {"line": line, "column": column, "offset": offset}
    return {"path": span.source.path, **ends}


def _edit_json(edit: Edit | None) -> dict[str, object] | None:
    return None if edit is None else {"span": _span_json(edit.span), "text": edit.text}


def _one(diagnostic: Diagnostic, paper: Paper) -> str:
    style = diagnostic.severity.value
    kind = f"{style}[{diagnostic.code} {diagnostic.slug}]"
    first, *rest = wrapped(f"{kind}: {diagnostic.headline}", paper.width)
    if first.startswith(kind):
        first = paper.styled(style, kind) + paper.styled("strong", first[len(kind) :])
    lines = [first, *(paper.styled("strong", line) for line in rest)]
    marks = _marks(diagnostic)
    gutter = gutter_width(marks)
    for place in _by_source(marks):
        lines += snippet(place, gutter, paper, style)
    bar = paper.styled("place", "|")
    if marks and (diagnostic.notes or diagnostic.hints):
        lines.append(" " * (gutter + 1) + bar)
    for note in diagnostic.notes:
        lines += _remark("note", note, gutter, paper)
    for hint in diagnostic.hints:
        lines += _remark("hint", hint.text, gutter, paper)
        if hint.edit is not None and not _spelt_out(hint.text, hint.edit):
            lines += _mended(hint.edit, gutter, paper)
    return "\n".join(lines)


def _marks(diagnostic: Diagnostic) -> list[Mark]:
    marks = [Mark(o.span, o.text, primary=False) for o in diagnostic.others]
    if diagnostic.span is not None:
        marks.insert(0, Mark(diagnostic.span, diagnostic.label, primary=True))
    return marks


def _by_source(marks: list[Mark]) -> list[list[Mark]]:
    """Marks of one file together, the file of the main span first."""
    places: dict[int, list[Mark]] = {}
    for mark in marks:
        places.setdefault(id(mark.span.source), []).append(mark)
    return list(places.values())


def _remark(word: str, text: str, gutter: int, paper: Paper) -> list[str]:
    indent = " " * (gutter + 1)
    head = f"{indent}= {word}: "
    first, *rest = wrapped(text, paper.width - len(head))
    style = "hint" if word == "hint" else "strong"
    return [
        f"{indent}{paper.styled('place', '=')} {paper.styled(style, word)}: {first}",
        *(" " * len(head) + line for line in rest),
    ]


def _spelt_out(text: str, edit: Edit) -> bool:
    """Whether the words say the replacement already, as `did you mean `x`?` does."""
    return f"`{edit.text}`" in text


def _mended(edit: Edit, gutter: int, paper: Paper) -> list[str]:
    """The line as it would read after the edit."""
    source = edit.span.source
    first, last = edit.span.line, source.line_column(edit.span.end)[0]
    start = source.line_offset(first)
    stop = source.line_offset(last) + len(source.line(last))
    text = source.text[start : edit.span.start] + edit.text + source.text[edit.span.end : stop]
    bar = paper.styled("place", "|")
    room = paper.width - gutter - 3
    shown = [paper.styled("hint", clipped(CellLine.of(line.rstrip("\r")).text, room)) for line in text.split("\n")]
    return [f"{paper.styled('place', str(first + k).rjust(gutter))} {bar} {line}" for k, line in enumerate(shown)]


def _count(diagnostics: Sequence[Diagnostic], paper: Paper) -> str:
    words = []
    for severity in Severity:
        number = sum(d.severity is severity for d in diagnostics)
        if number:
            words.append(paper.styled(severity.value, f"{number} {severity.value}{'s' if number > 1 else ''}"))
    codes = [d.code for d in diagnostics if d.severity is Severity.ERROR] or [diagnostics[0].code]
    more = f"; `gamec explain {codes[0]}` says more"
    return ", ".join(words) + (more if paper.width >= 60 else "")
