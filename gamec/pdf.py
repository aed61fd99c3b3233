"""A LaTeX text -> the bytes of its PDF, by pdfLaTeX in a folder of its own: `pdf_of`."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from grammar.diagnostics import Diagnostic, DiagnosticError, Hint

PACKAGES = "texlive-latex-base texlive-latex-recommended texlive-pictures lmodern"
"""Debian's packages that hold all a document needs."""

RUNS = 4
"""LaTeX reads its own notes of the last run; tables and references settle in two or three."""

_MISSING = re.compile(r"File `([^']+)' not found|(?:font|Font) \S+ at \d+ not found|kpathsea")
_UNSETTLED = re.compile(r"Rerun to get|Table widths have changed|Label\(s\) may have changed")


def pdf_of(text: str, files: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF. `files` are pictures by the names that the text has for them.

    Raises DiagnosticError: G004 where TeX or a package of it is missing, G901 where it does not take the text.
    """
    program = shutil.which("pdflatex")
    if program is None:
        raise DiagnosticError(
            [
                Diagnostic(
                    "G004",
                    "a PDF needs `pdflatex`, which is not installed",
                    hints=(
                        Hint(f"on Debian and Ubuntu: `apt-get install --no-install-recommends {PACKAGES}`"),
                        Hint("elsewhere: any TeX distribution (TeX Live, MiKTeX, MacTeX)"),
                        Hint("or write `-o model.tex` and compile it where TeX is, or `-o model.html`"),
                    ),
                )
            ]
        )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "model.tex").write_text(text, encoding="utf-8")
        for name, content in (files or {}).items():
            (place / name).write_bytes(content)
        log = ""
        for _ in range(RUNS):
            ran = subprocess.run(
                [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "model.tex"],
                cwd=place,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            found = place / "model.log"
            log = found.read_text("utf-8", errors="replace") if found.exists() else ran.stdout.decode(errors="replace")
            if ran.returncode != 0 or not (place / "model.pdf").exists():
                raise DiagnosticError([_failed(log)])
            if not _UNSETTLED.search(log):
                break
        return (place / "model.pdf").read_bytes()


def _failed(log: str) -> Diagnostic:
    missing = _MISSING.search(log)
    if missing is not None:
        what = f"`{missing[1]}`" if missing[1] else "a font"
        return Diagnostic(
            "G004",
            f"this TeX installation lacks {what}",
            hints=(
                Hint(f"on Debian and Ubuntu: `apt-get install --no-install-recommends {PACKAGES}`"),
                Hint("or write `-o model.html`, which needs no TeX"),
            ),
        )
    said = next((line for line in log.splitlines() if line.startswith("!")), "no reason given")
    return Diagnostic(
        "G901",
        f"pdflatex does not take the document: {said.lstrip('! ')}",
        hints=(Hint("write `-o model.tex` to see it, and report it with the model"),),
    )
