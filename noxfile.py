"""The tasks of the project: `nox --list` names them, `nox -s NAME` runs one in an environment of its own."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path

import nox

nox.needs_version = ">=2025.2"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True

PROJECT = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]


@nox.session(python=["3.11", "3.12", "3.13"])
def tests(session: nox.Session) -> None:
    """The everyday tests, on every Python that we promise."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", "-n", "auto", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """The tests that take minutes, and the everyday ones on new random examples."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", "-m", "slow", "--durations=20", *session.posargs)
    session.run("python", "-m", "pytest", "-n", "auto", env={"HYPOTHESIS_PROFILE": "new"})


@nox.session(python="3.11")
def oldest(session: nox.Session) -> None:
    """The everyday tests with the oldest dependencies that pyproject.toml admits."""
    pinned = [requirement.replace(">=", "==") for requirement in PROJECT["dependencies"]]
    session.install("-e", ".[dev]", *pinned)
    session.run("python", "-m", "pytest", "-n", "auto", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, formatting and the import floors."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """mypy, strict."""
    session.install("-e", ".[dev]")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation as HTML in build/docs; a warning is an error. The models in it are run by the tests."""
    session.install("-e", ".[docs]")
    session.run("sphinx-build", "-W", "--keep-going", "-b", "html", "docs", "build/docs", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """From text to the solver's door against numpy by hand and against Pyomo; checking by length; start-up."""
    session.install("-e", ".[dev]")
    for script in ("yardstick", "check_scaling", "startup"):
        session.run("python", f"benchmarks/{script}.py")


@nox.session
def package(session: nox.Session) -> None:
    """Build the wheel, install it alone, and start gamec from elsewhere: nothing may lean on the source tree."""
    session.install("build")
    with tempfile.TemporaryDirectory() as scratch:
        session.run("python", "-m", "build", "--outdir", scratch, silent=True)
        (wheel,) = Path(scratch).glob("*.whl")
        session.install("--force-reinstall", str(wheel))
        session.chdir(scratch)
        session.run("gamec", "--help")
