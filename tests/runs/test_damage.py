"""Folders that are no whole runs: always a diagnostic that names the file, never a traceback, never half an answer."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grammar.diagnostics import DiagnosticError
from runtime.runs.folder import ESSENTIAL, read_run
from runtime.runs.verify import verify


def refusal(folder: Path) -> tuple[str, str]:
    """Code and headline of what reading and verifying says."""
    with pytest.raises(DiagnosticError) as error:
        verify(read_run(folder))
    (found,) = error.value.diagnostics
    return found.code, found.headline


def outcome(folder: Path) -> str:
    """`confirmed`, `not confirmed`, or the codes of what was said instead."""
    try:
        return "confirmed" if verify(read_run(folder)).confirmed else "not confirmed"
    except DiagnosticError as error:
        return " ".join(sorted({d.code for d in error.diagnostics}))


def test_no_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nothing")[0] == "G001"
    (tmp_path / "file").write_text("text", "utf-8")
    assert refusal(tmp_path / "file")[0] == "G001"
    code, words = refusal(tmp_path)
    assert code == "G005"
    assert "run.json" in words


def test_a_folder_beside_or_below(run: Path, tmp_path: Path) -> None:
    """Near names are offered, and the runs in a folder of runs."""
    with pytest.raises(DiagnosticError) as error:
        read_run(run.with_name("ruin"))
    assert [h.text for h in error.value.diagnostics[0].hints] == ["did you mean `run`?"]
    with pytest.raises(DiagnosticError) as error:
        read_run(tmp_path)
    (found,) = error.value.diagnostics
    assert found.code == "G005"
    assert [h.text for h in found.hints] == [f"name one of them: `{run}`"]


@pytest.mark.parametrize("name", [*ESSENTIAL, "inputs/plants.game", "inputs/data/load.csv"])
def test_half_a_run(name: str, run: Path) -> None:
    (run / name).unlink()
    code, words = refusal(run)
    assert code == "G005"
    assert f"`{name}`: it is missing" in words


@pytest.mark.parametrize("name", ESSENTIAL)
@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"hello", b"\x89HDF\r\n\x1a\n", b"\xff\xfe", b"[]", b"{}", b'"text"', b"[" * 100_000]
)
def test_another_content(name: str, content: bytes, run: Path) -> None:
    (run / name).write_bytes(content)
    code, words = refusal(run)
    assert code == "G005"
    assert f"`{name}`" in words


@pytest.mark.parametrize("name", ESSENTIAL)
def test_cut_off_or_scrambled(name: str, run: Path) -> None:
    """Every outcome but a traceback will do, and none is confirmed."""
    whole = (run / name).read_bytes()
    random.seed(7)
    for _ in range(5):
        cut = random.randrange(len(whole))
        scrambled = bytearray(whole)
        for _ in range(3):
            scrambled[random.randrange(len(whole))] ^= 1 << random.randrange(8)
        for content in (whole[:cut], bytes(scrambled)):
            if content == whole:
                continue
            (run / name).write_bytes(content)
            assert outcome(run) != "confirmed"


def test_a_newer_version(run: Path) -> None:
    told = json.loads((run / "run.json").read_bytes())
    told |= {"format": 2, "gamec": "9.9"}
    (run / "run.json").write_text(json.dumps(told), "utf-8")
    with pytest.raises(DiagnosticError) as error:
        read_run(run)
    (found,) = error.value.diagnostics
    assert found.code == "G005"
    assert "format 2" in found.headline
    assert "9.9" in found.notes[0]


def without(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda told: told.pop(key)


def put(value: object, *place: str) -> Callable[[dict[str, Any]], object]:
    def change(told: dict[str, Any]) -> None:
        inner: Any = told
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = value

    return change


BROKEN: list[Callable[[dict[str, Any]], object]] = [
    *map(without, ("kind", "format", "result", "claim", "arrays", "axes", "inputs", "options", "data", "started")),
    put("fine", "result", "status"),
    put(3, "result", "game"),
    put(None, "result", "certificate"),
    put("yes", "result", "certificate", "verified"),
    put({"operator": "much"}, "result", "certificate", "regret"),
    put({"operator.total": None}, "result", "objectives"),
    put([{"iteration": "x"}], "result", "history"),
    put([{"code": "G999"}], "result", "diagnostics"),
    put([], "axes"),
    put([[], [], []], "axes"),
    put({}, "arrays", "values"),
    put({"out": {}}, "arrays", "values"),
    put("yesterday", "started"),
    put(None, "claim"),
    put([], "inputs"),
    put([{"role": "model", "name": "m.game", "stored": "../../etc/passwd", "sha256": ""}], "inputs"),
    put([{"role": "model", "name": "m.game", "stored": "/etc/passwd", "sha256": ""}], "inputs"),
    put([1, 2], "data"),
]


@pytest.mark.parametrize("k", range(len(BROKEN)))
def test_a_manifest_of_another_shape(k: int, run: Path) -> None:
    told = json.loads((run / "run.json").read_bytes())
    BROKEN[k](told)
    (run / "run.json").write_text(json.dumps(told), "utf-8")
    assert outcome(run) in ("G005", "not confirmed")


def test_missing_tables_are_no_hindrance_to_read(run: Path) -> None:
    """They can be made again from the arrays; `verify` tells."""
    shutil.rmtree(run / "values")
    (run / "log.txt").unlink()
    assert read_run(run).result.objectives
    found = verify(read_run(run))
    assert {d.code for d in found.findings} == {"G006"}
    assert sum("values/" in d.headline for d in found.findings) == 3
