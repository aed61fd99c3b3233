"""`gamec verify DIR`: a kept answer certified anew, from the files of its folder alone."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gamec.options import Form, Format
from gamec.terminal import paper_of, write
from gamec.watched import watched


def run(
    *,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A folder made by gamec solve -o.", show_default=False)],
    form: Form = Format.TEXT,
) -> int:
    from gamec.exit_codes import of_verification
    from gamec.guard import show_warnings
    from gamec.json_text import json_text
    from gamec.views.verification import verification_json, verification_line, verification_text
    from runtime.runs.folder import read_run
    from runtime.runs.verify import verify

    found = watched(f"certifying {folder}", lambda: verify(read_run(folder)))
    show_warnings(found.findings, form)
    match form:
        case Format.JSON:
            write(sys.stdout, json_text(verification_json(found), sys.stdout))
        case Format.SHORT:
            write(sys.stdout, verification_line(found))
        case Format.TEXT:
            write(sys.stdout, verification_text(found, paper_of(sys.stdout)))
    return of_verification(found)
