"""A user's folder or file called as one of our packages: `import gamec` must name it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.gamec.conftest import environment


def imported(folder: Path, program: str = "import gamec") -> subprocess.CompletedProcess[str]:
    """`python FILE` in a folder: that folder comes first on the path."""
    script = folder / "script.py"
    script.write_text(program, encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, env=environment(), cwd=folder, check=False
    )


@pytest.mark.parametrize("name", ["grammar", "compiler", "runtime"])
@pytest.mark.parametrize("shape", ["{}.py", "{}/__init__.py"])
def test_what_shadows_us_is_named(tmp_path: Path, name: str, shape: str) -> None:
    file = tmp_path / shape.format(name)
    file.parent.mkdir(exist_ok=True)
    file.write_text("x = 1\n", encoding="utf-8")
    ran = imported(tmp_path)
    assert ran.returncode == 1
    last = ran.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert str(file.resolve()) in last
    assert f"`{name}`" in last


def test_a_folder_without_code_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "runtime").mkdir()
    assert imported(tmp_path).returncode == 0


def test_one_that_is_loaded_already_is_seen(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "grammar.py").write_text("", encoding="utf-8")
    program = "import sys; sys.path.insert(0, 'elsewhere'); import grammar; sys.path.pop(0)\nimport gamec"
    ran = imported(tmp_path, program)
    assert "elsewhere/grammar.py" in ran.stderr


def test_the_command_says_it_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "grammar.py").write_text("", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "gamec", "--help"],
        capture_output=True,
        text=True,
        env=environment(),
        cwd=tmp_path,
        check=False,
    )
    assert ran.returncode != 0
    assert str(tmp_path.resolve() / "grammar.py") in ran.stderr
    assert "Traceback" not in ran.stderr
