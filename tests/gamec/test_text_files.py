"""Texts from disk and whole files to disk; what cannot be read or written is a diagnostic."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gamec.text_files import read_text, write_whole
from grammar.diagnostics import DiagnosticError


def code_of(run: object, *arguments: object) -> str:
    with pytest.raises(DiagnosticError) as error:
        run(*arguments)  # type: ignore[operator]
    [found] = error.value.diagnostics
    return found.code


def test_read(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("λ = 1\n", encoding="utf-8")
    assert read_text(str(file)).text == "λ = 1\n"
    file.write_bytes(b"ok\nbad \xff")
    assert code_of(read_text, str(file)) == "G002"
    assert code_of(read_text, str(tmp_path)) == "G001"
    assert code_of(read_text, str(file / "below")) == "G001"
    assert code_of(read_text, "a\0b") == "G001"


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "out.py"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    write_whole(str(file), "new λ\n")
    assert file.read_text(encoding="utf-8") == "new λ\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["out.py"]


def test_a_new_file_is_as_readable_as_others(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    write_whole(str(tmp_path / "out.py"), "x")
    assert (tmp_path / "out.py").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to("real")
    write_whole(str(tmp_path / "link"), "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text(encoding="utf-8") == "x"


def test_devices_can_be_written_to() -> None:
    write_whole(os.devnull, "x")


def test_what_cannot_be_written(tmp_path: Path) -> None:
    assert code_of(write_whole, str(tmp_path), "x") == "G003"
    assert code_of(write_whole, str(tmp_path / "no" / "such" / "folder"), "x") == "G003"
    assert code_of(write_whole, "a\0b", "x") == "G003"
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "out.py"
    file.write_text("old", encoding="utf-8")
    # A lone surrogate has no UTF-8: writing fails half way.
    assert code_of(write_whole, str(file), "x" * 100_000 + "\ud800") == "G003"
    assert file.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.py"]
