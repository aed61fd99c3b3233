"""`gamec explain WHAT`: a model's game and how it would be solved, or what a diagnostic code means."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from gamec.exit_codes import CERTIFIED
from gamec.options import Case, DataFile, Form, Format, Sets
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
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT", help="A .game file or - for standard input; a code or its name (G401, unit-mismatch); all."
        ),
    ],
    case: Case = None,
    sets: Sets = None,
    data: DataFile = None,
    form: Form = Format.TEXT,
) -> int:
    if what == "-" or what.lower().endswith(".game") or _is_file(what):
        return _model(what, case, sets, data, form)
    if what.lower() == "all":
        rows = [{"code": key, "name": row.slug, "meaning": row.meaning} for key, row in CODES.items()]
        text = "\n".join("{code} {name}: {meaning}".format(**row) for row in rows)
        return _written(text, {"codes": rows}, form)
    code = _code(what)
    from gamec.code_pages import code_page, terminal_page

    page, family = code_page(code), _FAMILIES[code[:2]]
    text = f"{terminal_page(page)}\n\n{paper_of(sys.stdout).styled('faint', f'family: {family}')}"
    row = CODES[code]
    if form is Format.SHORT:
        text = f"{code} {row.slug}: {row.meaning}"
    return _written(
        text, {"code": code, "name": row.slug, "meaning": row.meaning, "family": family, "page": page}, form
    )


def _model(file: str, case: str | None, sets: list[str] | None, data: str | None, form: Format) -> int:
    from compiler.pipeline import compile_file
    from gamec.explanation import explanation_of
    from gamec.guard import show_warnings
    from gamec.overrides import overrides
    from gamec.text_files import model_file
    from gamec.views.explanation import explanation_json, explanation_text
    from gamec.watched import watched

    values = overrides(sets, data)
    compiled = watched(f"checking {file}", lambda: compile_file(model_file(file), case=case, overrides=values))
    show_warnings(compiled.warnings, form)
    found = watched(f"explaining {file}", lambda: explanation_of(compiled))
    if form is Format.SHORT:
        chosen = found.chosen or "none"
        return _written(f"{found.game} {chosen}: {found.structure}", {}, form)
    return _written(explanation_text(found, paper_of(sys.stdout)), explanation_json(found), form)


def _written(text: str, document: dict[str, object], form: Format) -> int:
    if form is Format.JSON:
        from gamec.json_text import json_text

        text = json_text(document, sys.stdout)
    write(sys.stdout, text)
    return CERTIFIED


def _is_file(word: str) -> bool:
    try:
        return Path(word).is_file()
    except (OSError, ValueError):  # too long for a name, or with a null character
        return False


def _code(word: str) -> str:
    """The code that is meant by it or its name. Raises DiagnosticError (G807)."""
    wanted = word.strip().lower()
    found = next((key for key, row in CODES.items() if wanted in (key.lower(), row.slug)), None)
    if found is not None:
        return found
    known = [*CODES, *(row.slug for row in CODES.values())]
    near = did_you_mean(word.upper(), known) or did_you_mean(wanted, known)
    notes = ("`gamec explain all` lists every code; of a model name the file",)
    raise DiagnosticError([Diagnostic("G807", f"there is no diagnostic code `{word}`", hints=near, notes=notes)])
