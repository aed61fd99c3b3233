"""`gamec doctor`: Python, packages and solvers of this installation, each solver tried on a real problem."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gamec.exit_codes import CERTIFIED, SOLVER_MISSING
from gamec.options import Form, Format
from gamec.terminal import Paper, paper_of, write
from gamec.watched import watched

if TYPE_CHECKING:
    from gamec.solver_trials import Finding


def run(*, form: Form = Format.TEXT) -> int:
    from gamec.json_text import json_text
    from gamec.solver_trials import TRIALS, tried, versions
    from runtime.solvers.registry import SOLVERS

    found = watched("trying solvers", lambda: [tried(trial) for trial in TRIALS])
    packages = versions()
    whole = all(f.works for f in found if f.trial.required) and None not in packages.values()
    if form is Format.JSON:
        solvers = [
            {
                "name": f.trial.name,
                "required": f.trial.required,
                "works": f.works,
                "version": f.version,
                "trouble": f.trouble,
            }
            for f in found
        ]
        python = ".".join(map(str, sys.version_info[:3]))
        document = {"ready": whole, "python": python, "packages": packages, "solvers": solvers}
        write(sys.stdout, json_text(document, sys.stdout))
        return CERTIFIED if whole else SOLVER_MISSING
    paper = paper_of(sys.stdout)
    lines = [f"Python {'.'.join(map(str, sys.version_info[:3]))} at {sys.executable} ({sys.platform})", "", "packages"]
    lines += [f"  {name:<10} {version or paper.styled('error', 'missing')}" for name, version in packages.items()]
    lines += ["", "solvers, each on a problem of two variables"]
    for f in found:
        brought = f"{f.trial.package} {f.version}".rstrip()
        use = f.trial.use if f.trial.name.lower() in SOLVERS else "no method of this version asks for it"
        lines.append(f"  {f.trial.name:<10} {_word(f, paper)}  {brought:<18}  {use}")
        if f.trouble:
            lines.append(f"  {'':<10} {f.trouble}")
    missing = [name for name, version in packages.items() if version is None]
    missing += [f.trial.package for f in found if not f.works and f.trial.package not in missing]
    if missing:
        names = " ".join(dict.fromkeys(missing))
        lines += ["", "to get what is missing:", f"  {sys.executable} -m pip install --upgrade {names}"]
    lines += ["", paper.styled("good", "ready") if whole else paper.styled("error", "not ready")]
    write(sys.stdout, "\n".join(lines))
    return CERTIFIED if whole else SOLVER_MISSING


def _word(found: Finding, paper: Paper) -> str:
    if found.works:
        return paper.styled("good", "works  ")
    style = "error" if found.trial.required else "warning"
    return paper.styled(style, "FAILED " if found.version else "missing")
