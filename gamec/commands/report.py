"""`gamec report DIR [-o FILE.html]`: a kept answer as one page that works offline."""

from __future__ import annotations

import sys
from pathlib import PurePath
from typing import Annotated

import typer

from gamec.exit_codes import CERTIFIED
from gamec.options import unfit
from gamec.terminal import write


def run(
    *,
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help="A folder made by -o of solve, compare or sweep.", show_default=False)
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE.html",
            help="Where to write, - for standard output; beside the folder, under its name, if left out.",
            show_default=False,
        ),
    ] = None,
) -> int:
    from gamec.report_page.page import report_html
    from gamec.report_page.report import place_beside, written
    from gamec.report_page.subject import subject_in

    if output not in (None, "-") and PurePath(str(output)).suffix.lower() not in (".html", ".htm"):
        raise unfit(f"a report is an HTML page, `{output}` has another ending", "end its name in `.html`")
    subject = subject_in(folder)
    if output == "-":
        write(sys.stdout, report_html(subject))
        return CERTIFIED
    place = written(subject, output if output is not None else place_beside(folder))
    write(sys.stderr, f"written to {place}")
    return CERTIFIED
