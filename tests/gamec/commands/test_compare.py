"""`gamec compare`: cases side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gamec.conftest import Ran
from tests.gamec.json_schema import parse, wrong

Gamec = Callable[..., Ran]

MODEL = """game two "two cases and one that cannot be met"
unit EUR "euro"
param top = 5
player p { var x in [0, top]  maximize gain : EUR = 2*x  constraint least: x >= 1 }
case low "less" { param top = 2 }
case high { param top = 10 }
case none { param top = 0.5 }
report found : EUR = p.gain  "what is gained"
compare more : EUR = high.found - low.found  "what the higher top is worth"
"""


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "two.game").write_text(MODEL, encoding="utf-8")
    return "two.game"


def test_as_text(gamec: Gamec, model: str) -> None:
    ran = gamec("compare", model, "--cases", "high,low")
    assert ran.code == 0
    rows = [line.split() for line in ran.out.splitlines()]
    assert ["case", "high", "low"] in rows
    assert ["status", "optimal", "optimal"] in rows
    assert ["p.gain", "(EUR)", "20", "4"] in rows
    assert ["found", "(EUR)", "20", "4"] in rows
    [more] = [row for row in rows if row[:1] == ["more"]]
    assert more[1:3] == ["16", "EUR"]


def test_as_json(gamec: Gamec, model: str) -> None:
    ran = gamec("compare", model, "--format", "json")
    document = parse(ran.out)
    assert wrong(document, "comparison") == []
    assert list(document["cases"]) == ["low", "high", "none"]
    assert document["cases"]["none"]["status"] == "infeasible"
    assert document["comparisons"] == {"more": pytest.approx(16.0)}
    assert ran.code == 3


def test_single_lines(gamec: Gamec, model: str) -> None:
    lines = gamec("compare", model, "--cases", "low,high", "--format", "short").out.splitlines()
    assert [line.split(" ")[:2] for line in lines] == [
        ["two:low", "optimal"],
        ["two:high", "optimal"],
        ["two", "compare"],
    ]
    assert lines[2] == "two compare more=16.0"


def test_options_reach_every_case(gamec: Gamec, model: str) -> None:
    """A case's own value wins over nothing: what the command line sets holds in all of them."""
    document = parse(gamec("compare", model, "--cases", "low,high", "--set", "top=3", "--format", "json").out)
    assert [case["objectives"]["p.gain"] for case in document["cases"].values()] == pytest.approx([6.0, 6.0])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [(["--cases", "low,hihg"], 1, "G605"), (["--cases", ""], 2, "Usage"), (["--cases", "low,low"], 2, "Usage")],
)
def test_wrong_cases(gamec: Gamec, model: str, arguments: list[str], code: int, words: str) -> None:
    ran = gamec("compare", model, *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err


def test_a_model_without_cases(gamec: Gamec, tmp_path: Path) -> None:
    (tmp_path / "plain.game").write_text("game plain player p { var x in [0, 1] maximize c = x }", encoding="utf-8")
    ran = gamec("compare", "plain.game")
    assert ran.code == 0
    assert "(base)" in ran.out
