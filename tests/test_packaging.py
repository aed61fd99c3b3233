"""What an installed gamec must hold: every package, its data and the command. Read from the project's own tables."""

from __future__ import annotations

import ast
import re
import tomllib
from fnmatch import fnmatch
from os.path import normpath
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PYPROJECT["tool"]["setuptools"]
PACKAGES = ["compiler", "gamec", "grammar", "runtime"]


def declared(package: str) -> set[Path]:
    """The files that the package-data patterns of `package` take."""
    patterns = SETUPTOOLS["package-data"][package]
    return {path for pattern in patterns for path in (ROOT / package).glob(pattern) if path.is_file()}


def data_files(package: str) -> list[Path]:
    """The files of `package` that are neither Python nor leftovers."""
    found = [path for path in (ROOT / package).rglob("*") if path.is_file()]
    return [path for path in found if path.suffix not in {".py", ".pyc"} and not path.name.startswith(".")]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_data_file_is_declared(package: str) -> None:
    missing = sorted(path.relative_to(ROOT).as_posix() for path in set(data_files(package)) - declared(package))
    assert missing == [], "an installed gamec would lack these; add a pattern to [tool.setuptools.package-data]"


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_marked_as_typed(package: str) -> None:
    assert ROOT / package / "py.typed" in declared(package)


def test_the_grammar_ships() -> None:
    assert any(path.suffix == ".lark" for path in declared("grammar"))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_code_is_a_package_that_is_found(package: str) -> None:
    """With `namespaces = false`, setuptools leaves out folders without `__init__.py`, silently."""
    assert SETUPTOOLS["packages"]["find"]["namespaces"] is False
    assert any(fnmatch(package, pattern) for pattern in SETUPTOOLS["packages"]["find"]["include"])
    templates = ROOT / "gamec" / "templates"
    folders = {path.parent for path in (ROOT / package).rglob("*.py") if not path.is_relative_to(templates)}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_nothing_else_is_packaged() -> None:
    """Folders such as tests or models must not become top-level packages in a user's environment."""
    patterns = SETUPTOOLS["packages"]["find"]["include"]
    folders = [path.name for path in ROOT.iterdir() if path.is_dir() and (path / "__init__.py").is_file()]
    assert sorted(name for name in folders if any(fnmatch(name, pattern) for pattern in patterns)) == PACKAGES


def test_the_command_leads_to_a_function() -> None:
    """Read from the source, so that no import hides a missing name."""
    module, _, name = PYPROJECT["project"]["scripts"]["gamec"].partition(":")
    source = (ROOT / Path(*module.split("."))).with_suffix(".py").read_text(encoding="utf-8")
    assert name in {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(
    "document", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda p: p.name
)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)\s#]+)", document.read_text(encoding="utf-8"))
    local = [document.parent / target for target in targets if "://" not in target]
    # The pages of the codes are copied into docs/codes as the documentation is built.
    built = {ROOT / "docs" / "codes" / page.name for page in (ROOT / "gamec" / "pages" / "codes").glob("*.md")}
    assert [target for target in local if not target.exists() and Path(normpath(target)) not in built] == []


def test_ci_runs_two_commands_of_the_readme() -> None:
    """`.ci/run` takes README's first two shell blocks word for word: one must solve, the other must test."""
    blocks = re.findall(
        r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) >= 2
    assert "gamec solve models/" in blocks[0]
    assert "pytest" in blocks[1]
    (model,) = re.findall(r"models/\S+\.game", blocks[0])
    assert (ROOT / model).is_file()
