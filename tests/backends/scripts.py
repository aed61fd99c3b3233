"""Emit a model's script and run it as users do: with Python alone, away from gamec."""

from __future__ import annotations

import contextlib
import io
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from compiler.backends.registry import emit
from compiler.backends.script_request import ScriptRequest
from compiler.pipeline import compile_file, compile_source
from grammar.diagnostics import DiagnosticError
from grammar.source import Source

VERSION = "0.0.test"


def no_files(name: str) -> str:
    raise FileNotFoundError(name)


def script_of(path: Path, case: str | None = None, **overrides: object) -> str:
    return emit(compile_file(path, case=case, overrides=overrides), "pyomo", ScriptRequest(VERSION))


def script_of_text(text: str, case: str | None = None) -> str:
    return emit(compile_source(Source("model.game", text), no_files, case=case), "pyomo", ScriptRequest(VERSION))


def refused(text: str, case: str | None = None) -> list[str]:
    """`code line:text of the place: headline` of everything that the backend reports."""
    with pytest.raises(DiagnosticError) as found:
        script_of_text(text, case)
    diagnostics = found.value.diagnostics
    assert all(d.hints for d in diagnostics)
    return [f"{d.code} {d.span.line}:{d.span.text}: {d.headline}" for d in diagnostics if d.span]


def run(script: str, folder: Path) -> tuple[int, dict[str, float], str]:
    """Exit code, the numbers printed by name, and what stands in standard error. A process of its own (isolated: no
    PYTHONPATH, no current folder), in an empty folder."""
    place = folder / "script.py"
    place.write_text(script, encoding="utf-8")
    command = [sys.executable, "-I", str(place)]
    done = subprocess.run(command, capture_output=True, cwd=folder, timeout=300, check=False, encoding="utf-8")
    return done.returncode, numbers(done.stdout), done.stderr


def alone(script: str) -> str:
    """The script, which fails where it imports gamec, should that be installed."""
    barred = ["gamec", "runtime", "compiler", "grammar"]
    return f"import sys\nsys.modules.update(dict.fromkeys({barred}))\n{script}"


def run_here(script: str, folder: Path) -> dict[str, float]:
    """The numbers printed, run in this process: for many small models."""
    place = folder / "script.py"
    place.write_text(script, encoding="utf-8")
    out = io.BytesIO()
    with contextlib.redirect_stdout(io.TextIOWrapper(out, encoding="utf-8", write_through=True)):
        runpy.run_path(str(place), run_name="__main__")
        return numbers(out.getvalue().decode("utf-8"))


def numbers(text: str) -> dict[str, float]:
    """`name[key] = 1.5 kW` by name; NaN where the script says that there is no value."""
    found = {}
    for line in text.splitlines():
        name, _, value = line.partition(" = ")
        found[name] = float("nan") if value.startswith("no value") else float(value.split()[0])
    return found
