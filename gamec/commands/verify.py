"""`gamec verify DIR`: kept answers certified anew, from the files of their folder alone."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gamec.options import Form, Format
from gamec.terminal import paper_of, write
from gamec.watched import watched


def run(
    *,
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help="A folder made by -o of solve, compare or sweep.", show_default=False)
    ],
    form: Form = Format.TEXT,
) -> int:
    from gamec.exit_codes import of_verification
    from gamec.guard import show_warnings
    from gamec.json_text import json_text
    from gamec.kept import verify
    from gamec.views.verification import every_finding, verification_json, verification_line, verification_text

    found = watched(f"certifying {folder}", lambda: verify(folder))
    show_warnings(every_finding(found), form)
    match form:
        case Format.JSON:
            write(sys.stdout, json_text(verification_json(found), sys.stdout))
        case Format.SHORT:
            write(sys.stdout, verification_line(found))
        case Format.TEXT:
            write(sys.stdout, verification_text(found, paper_of(sys.stdout)))
    return of_verification(found)
