"""Wrong programs in, one-line diagnostics out, compared with the text beside each program.

`GAMEC_UPDATE_EXPECTED=1 pytest tests/grammar/test_wrong.py` writes the expected texts anew: read the difference before
committing it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from compiler.syntax.builder import Builder
from grammar.diagnostics import Diagnostic, Findings
from grammar.parser import parse
from grammar.source import Source

FOLDER = Path(__file__).parent / "wrong"
PROGRAMS = sorted(FOLDER.glob("*.game"))


def found_in(text: str) -> tuple[Diagnostic, ...]:
    findings = Findings()
    parse(Source("x.game", text), Builder(), findings)
    return findings.sorted()


def in_one_line(found: Diagnostic) -> str:
    """`line:column "the marked text" CODE headline | label | > hint`."""
    assert found.span is not None
    shown = found.span.text if len(found.span.text) < 30 else found.span.text[:27] + "..."
    parts = [f"{found.span.line}:{found.span.column} `{shown}` {found.code} {found.headline}", found.label]
    parts += [f"at {label.span.line}:{label.span.column}: {label.text}" for label in found.others]
    parts += [f"> {hint.text}" for hint in found.hints]
    return " | ".join(part for part in parts if part).replace("\n", "\\n")


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.stem)
def test_message(program: Path) -> None:
    lines = [in_one_line(found) for found in found_in(program.read_text("utf-8"))]
    assert lines, "the program is not wrong"
    expected = program.with_suffix(".expected")
    text = "".join(f"{line}\n" for line in lines)
    if os.environ.get("GAMEC_UPDATE_EXPECTED"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text("utf-8")


def test_every_expectation_has_its_program() -> None:
    assert {p.stem for p in FOLDER.glob("*.expected")} == {p.stem for p in PROGRAMS}


def test_sure_edits_mend_what_they_speak_of() -> None:
    """Where every diagnostic of a program has an edit, the first of each together leave nothing wrong."""
    mended = 0
    for program in PROGRAMS:
        text = program.read_text("utf-8")
        edits = [next((h.edit for h in d.hints if h.edit), None) for d in found_in(text)]
        if not all(edits):
            continue
        for edit in sorted((e for e in edits if e), key=lambda e: e.span.start, reverse=True):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        assert not found_in(text), f"{program.stem}:\n{text}"
        mended += 1
    assert mended > len(PROGRAMS) / 2


def test_half_of_the_slips_or_more_can_be_mended_by_an_edit() -> None:
    every = [found for p in PROGRAMS for found in found_in(p.read_text("utf-8"))]
    assert sum(any(h.edit for h in d.hints) for d in every) > len(every) / 2
