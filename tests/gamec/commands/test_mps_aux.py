"""`gamec compile --to mps-aux` and `gamec solve F.mps --aux F.aux`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

MODEL = """
player leader {
  var x integer >= 0
  minimize F = -x - 10*y
}
player follower follows leader {
  var y integer >= 0
  minimize f = y
  constraint r1: -25*x + 20*y <= 30
  constraint r2: x + 2*y <= 10
  constraint r3: 2*x - y <= 15
  constraint r4: 2*x + 10*y >= 15
}
"""


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "mb.game").write_text(MODEL, encoding="utf-8")
    return "mb.game"


def test_there_and_back(gamec: Callable, model: str, tmp_path: Path) -> None:
    ran = gamec("compile", model, "--to", "mps-aux", "-o", "mb")
    assert (ran.code, ran.out) == (0, "")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mb.aux", "mb.game", "mb.mps"]
    ran = gamec("solve", "mb.mps", "--aux", "mb.aux", "--format", "json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["status"] == "optimal"
    assert told["objectives"]["leader.cost"] == pytest.approx(-22)
    assert told["values"] == {"leader.x": pytest.approx(2), "follower.y": pytest.approx(2)}
    plain = gamec("solve", "mb.mps", "--aux", "mb.aux")
    assert plain.code == 0
    assert "leader.x" in plain.out


def test_one_ending_in_the_name_is_enough(gamec: Callable, model: str, tmp_path: Path) -> None:
    assert gamec("compile", model, "--to", "mps-aux", "-o", "other.mps").code == 0
    assert (tmp_path / "other.aux").exists()


def test_both_files_or_none(gamec: Callable, model: str, tmp_path: Path) -> None:
    (tmp_path / "mb.aux").mkdir()
    ran = gamec("compile", model, "--to", "mps-aux", "-o", "mb")
    assert ran.code == 1
    assert "G003" in ran.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mb.aux", "mb.game"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["compile", "mb.game", "--to", "mps-aux"], "G807"),
        (["compile", "squares.game", "--to", "mps-aux", "-o", "s"], "G713"),
        (["solve", "mb.game", "--aux", "none.aux"], "G001"),
        (["solve", "mb.game", "--aux", "mb.game"], "G506"),
        (["solve", "mb.mps", "--aux", "mb.aux", "--set", "a=1"], "G807"),
    ],
)
def test_what_goes_wrong_is_said(gamec: Callable, model: str, tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "squares.game").write_text(MODEL.replace("minimize f = y", "minimize f = y^2"), encoding="utf-8")
    before = sorted(p.name for p in tmp_path.iterdir())
    ran = gamec(*arguments)
    assert ran.code in (1, 2)
    assert words in ran.err
    assert sorted(p.name for p in tmp_path.iterdir()) == before
