"""`gamec fmt FILE...`: models in canonical form; comments stay, and so does a file with syntax errors."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gamec.exit_codes import CERTIFIED, DIAGNOSTICS
from gamec.options import Format
from gamec.terminal import write
from grammar.diagnostics import Diagnostic, DiagnosticError


def run(
    *,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help=".game files, or - for standard input.", show_default=False)
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; list the files that would change, and exit with 1.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")] = False,
) -> int:
    from compiler.syntax.format import format_text
    from gamec.guard import show
    from gamec.text_files import read_text, write_whole

    troubles: list[Diagnostic] = []
    changed = 0
    for file in dict.fromkeys(files):
        try:
            source = read_text(file)
            formatted = format_text(source.text, file)
            differs = formatted != source.text
            changed += differs
            if differs and diff:
                write(sys.stdout, _difference(source.text, formatted, file))
            elif differs and check:
                write(sys.stdout, file)
            elif file == "-" and not (check or diff):
                write(sys.stdout, formatted)
            elif differs and not diff:
                write_whole(file, formatted)
                write(sys.stdout, f"formatted {file}")
        except DiagnosticError as error:
            troubles += error.diagnostics
    if troubles:
        return show(tuple(troubles), Format.TEXT)
    return DIAGNOSTICS if check and changed else CERTIFIED


def _difference(before: str, after: str, file: str) -> str:
    """A unified diff that `patch` takes; a last line without a line break is marked as `diff` marks it."""
    from difflib import unified_diff

    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    lines = unified_diff(old, new, file, file)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
