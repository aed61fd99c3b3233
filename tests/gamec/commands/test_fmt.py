"""`gamec fmt`: files that change are replaced whole, others are not touched, wrong ones stay and are told."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gamec.conftest import Ran

Gamec = Callable[..., Ran]

LOOSE = "# first\ngame   a\nplayer p{var x   in [0,1] # a comment\nminimize c=x}\n"
TIDY = "# first\ngame a\nplayer p {\n  var x in [0, 1]  # a comment\n  minimize c = x\n}\n"


def made(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_a_file_becomes_canonical_and_stays_so(gamec: Gamec, tmp_path: Path) -> None:
    path = made(tmp_path, "a.game", LOOSE)
    path.chmod(0o640)
    assert gamec("fmt", "a.game") == Ran(0, "formatted a.game\n", "")
    assert path.read_text(encoding="utf-8") == TIDY
    assert path.stat().st_mode & 0o777 == 0o640
    before = path.stat()
    assert gamec("fmt", "a.game") == Ran(0, "", "")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [p.name for p in tmp_path.iterdir()] == ["a.game"]


@pytest.mark.parametrize("options", [["--check"], ["--diff"], ["--check", "--diff"]])
def test_looking_changes_nothing(gamec: Gamec, tmp_path: Path, options: list[str]) -> None:
    path = made(tmp_path, "a.game", LOOSE)
    made(tmp_path, "tidy.game", TIDY)
    ran = gamec("fmt", *options, "a.game", "tidy.game")
    assert ran.code == ("--check" in options)
    assert path.read_text(encoding="utf-8") == LOOSE
    assert gamec("fmt", *options, "tidy.game") == Ran(0, "", "")
    if options == ["--check"]:
        assert ran.out == "a.game\n"


@pytest.mark.skipif(shutil.which("patch") is None, reason="needs patch")
@pytest.mark.parametrize("text", [LOOSE, LOOSE.rstrip("\n"), LOOSE + "\n\n\n", TIDY.rstrip("\n")])
def test_the_difference_is_a_patch(gamec: Gamec, tmp_path: Path, text: str) -> None:
    path = made(tmp_path, "a.game", text)
    difference = gamec("fmt", "--diff", "a.game").out
    subprocess.run(["patch", "-s", "a.game"], input=difference.encode(), cwd=tmp_path, check=True)
    assert path.read_text(encoding="utf-8") == TIDY


def test_standard_input(gamec: Gamec) -> None:
    assert gamec("fmt", "-", stdin=LOOSE.encode()) == Ran(0, TIDY, "")
    assert gamec("fmt", "-", stdin=TIDY.encode()) == Ran(0, TIDY, "")
    assert gamec("fmt", "--check", "-", stdin=LOOSE.encode()) == Ran(1, "-\n", "")
    assert gamec("fmt", "--check", "-", stdin=TIDY.encode()) == Ran(0, "", "")


def test_wrong_files_stay_and_the_others_are_done(gamec: Gamec, tmp_path: Path) -> None:
    wrong = "game a player p { var x  minimize c = = x }\n"
    bad, good = made(tmp_path, "bad.game", wrong), made(tmp_path, "good.game", LOOSE)
    ran = gamec("fmt", "bad.game", "good.game", "none.game")
    assert (ran.code, ran.out) == (1, "formatted good.game\n")
    assert "--> bad.game:1:" in ran.err
    assert "G001" in ran.err
    assert bad.read_text(encoding="utf-8") == wrong
    assert good.read_text(encoding="utf-8") == TIDY


def test_what_does_not_hold_as_a_model_can_be_formatted(gamec: Gamec, tmp_path: Path) -> None:
    """Only syntax counts: a model in the making has names that are not declared yet."""
    made(tmp_path, "a.game", LOOSE.replace("c=x", "c=unknown"))
    assert gamec("fmt", "a.game").code == 0


def test_line_breaks_of_windows_and_the_mark_at_the_start_go(gamec: Gamec, tmp_path: Path) -> None:
    path = made(tmp_path, "a.game", "\ufeff" + TIDY.replace("\n", "\r\n"))
    assert gamec("fmt", "a.game").code == 0
    assert path.read_bytes() == TIDY.encode()
