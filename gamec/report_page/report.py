"""`gamec.report`: an answer, or the folder it is kept in, and a file's name in; the page written."""

from __future__ import annotations

from pathlib import Path

from gamec.report_page.page import report_html
from gamec.report_page.subject import Subject, subject_in, subject_of
from gamec.text_files import write_whole
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.result import Comparison, Result
from runtime.sweeps.sweep import Sweep

MARK = b'content="gamec report '
"""What every page of ours has near its beginning."""


def report(answer: Result | Comparison | Sweep | str | Path, file: str | Path) -> Path:
    """Write an answer as one HTML page that works offline, and say where it is: what was proved, figures to look into,
    tables, equations, certificate. `answer` is what `solve`, `compare` or `sweep` gave, or the folder that keeps it;
    the points of a sweep are shown in full where their answers are kept (`keep_runs`).

    The file is written whole or not at all; one that is there already is replaced. Raises DiagnosticError: as
    `read_run` does for a folder, G003 where the file cannot be written.
    """
    subject = subject_of(answer) if isinstance(answer, Result | Comparison | Sweep) else subject_in(answer)
    return written(subject, str(file))


def written(subject: Subject, file: str) -> Path:
    """Raises DiagnosticError (G003)."""
    write_whole(file, report_html(subject))
    return Path(file)


def place_beside(folder: str | Path) -> str:
    """Where the page of a folder is written unless asked otherwise: beside it, under its name. Raises DiagnosticError
    (G003) where another file has that name."""
    place = Path(folder)
    if not place.name or place.name == "..":
        place = place.resolve()
    beside = place.with_name(f"{place.name}.html")
    try:
        with beside.open("rb") as file:
            ours = MARK in file.read(2000)
    except FileNotFoundError:
        ours = True
    except OSError:
        ours = False
    if not ours:
        hint = Hint("name the page: `-o FILE.html`")
        raise DiagnosticError([Diagnostic("G003", f"`{beside}` is there already, and no report", hints=(hint,))])
    return str(beside)
