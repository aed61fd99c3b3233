"""The tables of the grammar: no conflict, and a cache that can only save time."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lark
import pytest

from grammar import tables
from grammar.tables import build_tables, cache_path, grammar_text, load_tables
from grammar.words import RESERVED

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder for this test; yields the path of the cache file in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    load_tables.cache_clear()
    path = cache_path(grammar_text())
    assert path is not None
    assert tmp_path in path.parents
    return path


@pytest.fixture(autouse=True)
def forget_tables():
    yield
    load_tables.cache_clear()


def same(a: tables.Tables, b: tables.Tables) -> bool:
    """Whether two tables say the same; numbers of states and rules may be given out in another order."""
    return (len(a.actions), len(a.rules), a.spellings, a.patterns) == (
        len(b.actions),
        len(b.rules),
        b.spellings,
        b.patterns,
    )


def conflicts(text: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    lark.logger.setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG, logger=lark.logger.name):
        lark.logger.addHandler(caplog.handler)
        try:
            build_tables(text, debug=True)
        finally:
            lark.logger.removeHandler(caplog.handler)
    return [r.getMessage() for r in caplog.records if "conflict" in r.getMessage().lower()]


def test_the_grammar_has_no_conflict(caplog: pytest.LogCaptureFixture) -> None:
    assert conflicts(grammar_text(), caplog) == []


def test_a_conflict_would_be_seen(caplog: pytest.LogCaptureFixture) -> None:
    dangling = 'start: s\ns: "i" s | "i" s "e" s | "x"\n'
    assert conflicts(dangling, caplog)


def test_reserved_words_are_words_of_the_grammar() -> None:
    spellings = load_tables().spellings
    assert set(spellings) >= RESERVED
    assert all(spellings[kind] == kind.lower() for kind in RESERVED)


def test_tables_are_written_once_and_read_again(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = load_tables()
    assert own_cache.exists()
    load_tables.cache_clear()
    monkeypatch.setattr(tables, "build_tables", None)  # reading the cache must do
    again = load_tables()
    assert (again.actions, again.gotos, again.rules) == (built.actions, built.gotos, built.rules)


@pytest.mark.parametrize(
    "damage",
    [
        lambda good: b"",
        lambda good: b"no digest",
        lambda good: good[: len(good) // 2],
        lambda good: good.replace(b'"start"', b'"stort"', 1),
        lambda good: b"\xff\xfe\x00" + good,
        lambda good: good.split(b"\n")[0] + b"\n{}",
    ],
)
def test_a_damaged_cache_is_built_anew(own_cache: Path, damage) -> None:
    built = load_tables()
    own_cache.write_bytes(damage(own_cache.read_bytes()))
    load_tables.cache_clear()
    assert same(load_tables(), built)
    load_tables.cache_clear()
    assert tables._read(own_cache) is not None


def test_a_folder_that_cannot_be_used_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    load_tables.cache_clear()
    assert load_tables().actions


def test_a_folder_in_the_place_of_the_file_is_no_obstacle(own_cache: Path) -> None:
    own_cache.mkdir(parents=True)
    assert load_tables().actions
    assert [p for p in own_cache.parent.iterdir() if p.suffix == ".tmp"] == []


def test_the_file_name_tells_versions_and_grammar() -> None:
    one, other = cache_path("start: A"), cache_path("start: B")
    assert one is not None
    assert other is not None
    assert one != other
    assert lark.__version__ in one.name
    assert "py{}.{}".format(*sys.version_info) in one.name


def test_several_processes_at_once(tmp_path: Path) -> None:
    code = "from grammar.tables import load_tables; print(len(load_tables().actions))"
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}

    def run(_: int) -> str:
        command = [sys.executable, "-c", code]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(run, range(3)))) == 1
    (left,) = (tmp_path / "gamec").iterdir()
    assert tables._read(left) is not None
