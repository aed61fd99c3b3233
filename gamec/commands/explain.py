"""`gamec explain CODE`: what a diagnostic code means."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gamec.code_pages import code_page, terminal_page
from gamec.exit_codes import CERTIFIED
from gamec.terminal import paper_of, write
from grammar.codes import CODES
from grammar.diagnostics import Diagnostic, DiagnosticError, did_you_mean

_FAMILIES = {
    "G0": "files",
    "G1": "syntax",
    "G2": "names",
    "G3": "sets and indices",
    "G4": "units",
    "G5": "data",
    "G6": "players and relations",
    "G7": "reformulation",
    "G8": "solving and certificates",
    "G9": "faults of gamec itself",
}


def run(
    *,
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code or its name (G401, unit-mismatch), or all.")],
) -> int:
    paper = paper_of(sys.stdout)
    if code.lower() == "all":
        write(sys.stdout, "\n".join(f"{key} {row.slug}: {row.meaning}" for key, row in CODES.items()))
        return CERTIFIED
    wanted = code.strip().lower()
    found = next((key for key, row in CODES.items() if wanted in (key.lower(), row.slug)), None)
    if found is None:
        known = [*CODES, *(row.slug for row in CODES.values())]
        near = did_you_mean(code.upper(), known) or did_you_mean(wanted, known)
        raise DiagnosticError(
            [
                Diagnostic(
                    "G807",
                    f"there is no diagnostic code `{code}`",
                    hints=near,
                    notes=("`gamec explain all` lists every code",),
                )
            ]
        )
    family = f"family: {_FAMILIES[found[:2]]}"
    page = terminal_page(code_page(found))
    write(sys.stdout, f"{page}\n\n{paper.styled('faint', family)}")
    return CERTIFIED
