"""`gamec.check`: every finding of a model. In: a path; out: diagnostics, none of them raised."""

from __future__ import annotations

from pathlib import Path

from compiler.pipeline import check_file
from grammar.diagnostics import Diagnostic, DiagnosticError


def check(path: str | Path) -> tuple[Diagnostic, ...]:
    """All errors and warnings of the model at `path` and of each of its cases; empty when there are none.

    Nothing is solved. A file that is missing or is no text is a diagnostic too (G001, G002).
    """
    try:
        return check_file(path).warnings
    except DiagnosticError as error:
        return error.diagnostics
