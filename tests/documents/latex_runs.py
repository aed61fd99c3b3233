"""LaTeX texts -> what pdfLaTeX says of them: errors, overfull lines, references without their labels."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

needs_tex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed: nothing was compiled"
)

_FAULT = re.compile(
    r"^(?:!.*|Overfull \\hbox.*|LaTeX Warning: .*undefined.*|LaTeX Warning: Label .* multiply.*)$", re.M
)


def faults(text: str, folder: Path, runs: int = 1) -> list[str]:
    """The lines of the log that name a fault, in the last of `runs` runs; of references only after the first run."""
    (folder / "model.tex").write_text(text, encoding="utf-8")
    for _ in range(runs):
        subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "model.tex"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    # LaTeX breaks the lines of its log after 79 characters.
    log = (folder / "model.log").read_bytes().decode("utf-8", errors="replace")
    found = _FAULT.findall(log)
    return [f for f in found if runs > 1 or "undefined" not in f] + ([] if "Output written" in log else ["no output"])


def joined(texts: Mapping[str, str]) -> str:
    """Several documents as one, each with its own labels and numbers. All have the same preamble but for the title."""
    preamble = ""
    bodies: list[str] = []
    for name, text in texts.items():
        head, body = text.split(r"\begin{document}", 1)
        preamble = preamble or re.sub(r"\\hypersetup\{.*\}", r"\\hypersetup{hypertexnames=false}", head)
        body = body.split(r"\end{document}", 1)[0]
        mark = re.sub(r"[^a-z0-9]", "", name)
        body = re.sub(r"\{eq:(\d+)\}", rf"{{eq:{mark}-\1}}", body)
        start = rf"\typeout{{MODEL {mark}}}\setcounter{{equation}}{{0}}\setcounter{{section}}{{0}}"
        bodies.append(f"{start}\n{body}\n\\clearpage\n")
    return preamble + "\\begin{document}\n" + "\n".join(bodies) + "\\end{document}\n"
