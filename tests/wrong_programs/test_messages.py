"""Wrong programs in, their diagnostics out, compared with the text beside each program.

A program is a `.game` text with one cause of trouble. Lines `# file: NAME` begin the data files that belong to it;
`# case: NAME`, `# override: JSON` or `# solve` in its first line say how it is compiled. `GAMEC_UPDATE_EXPECTED=1
pytest tests/wrong_programs` writes the expected texts anew: read the difference as a newcomer would before committing
it.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from compiler.pipeline import check_source, compile_source
from grammar.codes import CODES
from grammar.diagnostics import Diagnostic, DiagnosticError
from grammar.source import Source, Span
from runtime.session import solve

FOLDER = Path(__file__).parent / "programs"
SLIPS_OF_WRITING = Path(__file__).parents[1] / "grammar" / "wrong"
MODEL = "model.game"
PROGRAMS = sorted(FOLDER.glob("*.game"))
WITH_EDIT = [
    p for p in PROGRAMS if re.search(r"^  hint: .* -> `.*`\]$", p.with_suffix(".expected").read_text("utf-8"), re.M)
]

WITHOUT_PROGRAM = {
    "G002": "a file of bytes that are no text",
    "G003": "a place on the disk that cannot be written",
    "G004": "an installation without a part",
    "G005": "a folder that no run made",
    "G006": "a run folder that somebody changed",
    "G007": "a document",
    "G008": "a run folder of another run",
    "G107": "a command that writes the model in another language",
    "G609": "given by nothing at present: an index too many is G301 or G302 before",
    "G705": "given by nothing at present: such models go to a solver that needs no convexity",
    "G712": "a command that writes formulas",
    "G713": "a command that writes the game in another format",
    "G714": "a command that writes the game in another format",
    "G803": "an installation without a solver",
    "G804": "a solver that gives up",
    "G805": "a limit",
    "G806": "an answer that a solver got wrong",
    "G901": "a fault of gamec",
}
"""Codes that no program here gives, with what it takes to see them. Slips of writing (G1) are in tests/grammar."""

SEVERAL: dict[str, str] = {}
"""Programs whose one cause has more than one finding, with the reason."""

WITHOUT_PLACE = {
    "G507": "a value from outside",
    "G604": "what is missing from the whole file",
    "G605": "a case that the command line names",
}


def parts_of(text: str) -> tuple[str, dict[str, str]]:
    """The model's text and its data files."""
    model, *files = text.split("\n# file: ")
    named = dict(part.split("\n", 1) if "\n" in part else (part, "") for part in files)
    return model + "\n", named


@cache
def found_in(text: str) -> tuple[Diagnostic, ...]:
    """All diagnostics of a program; none when it compiles, and solves where it begins with `# solve`."""
    model, files = parts_of(text)
    first = model.split("\n", 1)[0]
    if first == "# solve":
        return found_by_solving(model, files)
    overrides = json.loads(first.removeprefix("# override: ")) if first.startswith("# override: ") else None
    source = Source(MODEL, model)

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


def found_by_solving(model: str, files: dict[str, str]) -> tuple[Diagnostic, ...]:
    with TemporaryDirectory() as folder:
        for name, text in {MODEL: model, **files}.items():
            (Path(folder) / name).write_text(text, "utf-8")
        try:
            return solve(Path(folder) / MODEL).diagnostics
        except DiagnosticError as error:
            return error.diagnostics


def place(span: Span | None) -> str:
    """`5:12 "marked text"`, with the file's name where it is a data file."""
    if span is None:
        return "-"
    name = Path(span.source.path).name
    where = "" if name == MODEL else f"{name}:"
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
    assert (len(found) > 1) == (program.stem in SEVERAL), [d.headline for d in found]
    for d in found:
        assert d.hints, d.headline
        if d.code not in WITHOUT_PLACE:
            assert d.span is not None, d.headline


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.stem)
def test_the_place_is_narrow(program: Path) -> None:
    """No diagnostic marks more than one line, and none a whole statement; what it marks is said."""
    for d in found_in(program.read_text("utf-8")):
        if d.span is not None:
            assert "\n" not in d.span.text, d.span.text
            assert not d.span.text.startswith(("param ", "var ", "constraint ", "set ", "report ")), d.span.text
            assert d.label, d.headline


@pytest.mark.parametrize("program", WITH_EDIT, ids=lambda p: p.stem)
def test_a_sure_edit_mends_the_program(program: Path) -> None:
    text = program.read_text("utf-8")
    model, _ = parts_of(text)
    found = found_in(text)[0]
    edit = next(h.edit for h in found.hints if h.edit)
    assert Path(edit.span.source.path).name == MODEL
    mended = model[: edit.span.start] + edit.text + text[edit.span.end :]
    assert found.code not in [d.code for d in found_in(mended)], mended


def test_every_expectation_has_its_program() -> None:
    assert {p.stem for p in FOLDER.glob("*.expected")} == {p.stem for p in PROGRAMS}
    assert set(SEVERAL) <= {p.stem for p in PROGRAMS}


def test_every_code_that_a_model_can_give_has_a_program() -> None:
    slips = SLIPS_OF_WRITING.glob("*.expected")
    given = {p.with_suffix(".expected").read_text("utf-8").split(" ", 1)[0] for p in PROGRAMS}
    given |= {code for p in slips for code in re.findall(r"` (G\d{3}) ", p.read_text("utf-8"))}
    assert set(CODES) - given == set(WITHOUT_PROGRAM)
    assert not given - set(CODES)


def test_findings_of_all_cases_come_once_and_in_the_order_of_the_text() -> None:
    """What the model and its cases have in common is told once; the rest is sorted among it by its place."""
    text = """
    set T index t = 1..3
    case low { param price = 1  fix park.q = 0 }
    player park {
      var p[t] in [0, cap]
      minimize cost = sum(t) prise*p[t]
      constraint floor: p[9] >= least
    }
    param price = 2
    case high extends low { drop flor }
    report total = sum(t) park.pp[t]
    """
    found = found_in(text)
    places = [(d.span.line, d.code) for d in found if d.span]
    assert places == [(3, "G201"), (5, "G201"), (6, "G201"), (7, "G201"), (10, "G201"), (11, "G201")], places
