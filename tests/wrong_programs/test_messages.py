"""Wrong programs in, their diagnostics out, compared with the text beside each program.

A program is a `.game` text with one cause of trouble. Lines `# file: NAME` begin the data files that belong to it;
`# case: NAME` and `# override: JSON` in its first line say how it is compiled. `GAMEC_UPDATE_EXPECTED=1 pytest
tests/wrong_programs` writes the expected texts anew: read the difference as a newcomer would before committing it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from compiler.pipeline import check_source, compile_source
from grammar.codes import CODES
from grammar.diagnostics import Diagnostic, DiagnosticError
from grammar.source import Source, Span

FOLDER = Path(__file__).parent / "programs"
PROGRAMS = sorted(FOLDER.glob("*.game"))

WITHOUT_PROGRAM = {
    "G609": "an objective or report with an index left over is G301 or G302 before it could be this",
}
"""Codes of the families G2 to G6 that no program here gives, with the reason."""


def parts_of(text: str) -> tuple[str, dict[str, str]]:
    """The model's text and its data files."""
    model, *files = text.split("\n# file: ")
    named = dict(part.split("\n", 1) if "\n" in part else (part, "") for part in files)
    return model + "\n", named


def found_in(text: str) -> tuple[Diagnostic, ...]:
    """All diagnostics of a program; none when it compiles."""
    model, files = parts_of(text)
    first = model.split("\n", 1)[0]
    overrides = json.loads(first.removeprefix("# override: ")) if first.startswith("# override: ") else None
    source = Source("model.game", model)

    def read(name: str) -> str:
        if name not in files:
            raise FileNotFoundError(2, "No such file or directory")
        return files[name]

    try:
        if first.startswith("# case: "):
            return compile_source(source, read, case=first.removeprefix("# case: ")).warnings
        return check_source(source, read, overrides=overrides).warnings
    except DiagnosticError as error:
        return error.diagnostics


def place(span: Span | None) -> str:
    """`5:12 "marked text"`, with the file's name where it is a data file."""
    if span is None:
        return "-"
    where = "" if span.source.path == "model.game" else f"{span.source.path}:"
    marked = span.text.replace("\n", "\\n")
    marked = marked if len(marked) <= 50 else f"{marked[:40]}...{marked[-7:]}"
    return f"{where}{span.line}:{span.column} `{marked}`"


def written(found: Diagnostic) -> str:
    """One diagnostic in a few lines."""
    lines = [f"{found.code} {found.headline}", f"  at {place(found.span)}: {found.label}"]
    lines += [f"  and {place(label.span)}: {label.text}" for label in found.others]
    lines += [f"  note: {note}" for note in found.notes]
    for hint in found.hints:
        edit = f" [{place(hint.edit.span)} -> `{hint.edit.text}`]" if hint.edit else ""
        lines.append(f"  hint: {hint.text}{edit}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.stem)
def test_message(program: Path) -> None:
    found = found_in(program.read_text("utf-8"))
    expected = program.with_suffix(".expected")
    text = "".join(map(written, found))
    if os.environ.get("GAMEC_UPDATE_EXPECTED"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text("utf-8")


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.stem)
def test_one_cause_one_message_with_a_place_and_a_way_out(program: Path) -> None:
    found = found_in(program.read_text("utf-8"))
    assert len(found) == 1, [d.headline for d in found]
    assert found[0].hints, found[0].headline
    if found[0].code not in ("G507", "G604", "G605"):  # what is given from outside has no place in the text
        assert found[0].span is not None, found[0].headline


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.stem)
def test_the_place_is_narrow(program: Path) -> None:
    """No diagnostic marks more than one line, and none a whole statement."""
    for d in found_in(program.read_text("utf-8")):
        if d.span is not None:
            assert "\n" not in d.span.text, d.span.text
            assert not d.span.text.startswith(("param ", "var ", "constraint ", "set ", "report ")), d.span.text


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.stem)
def test_a_sure_edit_mends_the_program(program: Path) -> None:
    text = program.read_text("utf-8")
    edits = [h.edit for d in found_in(text) for h in d.hints if h.edit]
    if not edits:
        pytest.skip("no sure edit")
    model, _ = parts_of(text)
    assert edits[0].span.source.path == "model.game"
    mended = model[: edits[0].span.start] + edits[0].text + text[edits[0].span.end :]
    codes = [d.code for d in found_in(mended)]
    assert found_in(text)[0].code not in codes, mended


def test_every_expectation_has_its_program() -> None:
    assert {p.stem for p in FOLDER.glob("*.expected")} == {p.stem for p in PROGRAMS}


def test_every_code_of_names_sets_units_data_and_players_has_a_program() -> None:
    given = {p.with_suffix(".expected").read_text("utf-8").split(" ", 1)[0] for p in PROGRAMS}
    wanted = {code for code in CODES if code[1] in "23456"}
    assert wanted - given == set(WITHOUT_PROGRAM)
    assert not given - set(CODES)
