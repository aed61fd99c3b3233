"""`gamec check`: all findings at once; what the model holds; three formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gamec.conftest import ROOT, Ran
from tests.gamec.json_schema import parse, wrong

Gamec = Callable[..., Ran]

TOY = ROOT / "models" / "toy" / "toy.game"
WRONG = """game wrong "two mistakes, and one in a case"
param a : kW = 1
param b : kWh = 2
player p {
  var x in [0, 1]
  minimize cost = x
  constraint first: a + b <= x
  constraint second: x <= unknwon
}
"""


def test_a_good_model(gamec: Gamec) -> None:
    ran = gamec("check", str(TOY))
    assert (ran.code, ran.err) == (0, "")
    for words in ("2 variables, 4 rows", "leader", "follows leader", "no mistakes found"):
        assert words in ran.out


def test_as_json(gamec: Gamec) -> None:
    ran = gamec("check", str(TOY), "--format", "json")
    document = parse(ran.out)
    assert wrong(document, "check") == []
    # Counted by hand in the file: eight coefficients in the four constraints.
    assert {k: document[k] for k in ("status", "game", "variables", "rows", "nonzeros", "cases", "diagnostics")} == {
        "status": "ok",
        "game": "toy",
        "variables": 2,
        "rows": 4,
        "nonzeros": 8,
        "cases": [],
        "diagnostics": [],
    }
    assert document["players"] == [
        {"name": "leader", "instances": 1, "follows": [], "class": "LP", "variables": 1, "rows": 0},
        {"name": "follower", "instances": 1, "follows": ["leader"], "class": "LP", "variables": 1, "rows": 4},
    ]


def test_indexed_players_are_one_line(gamec: Gamec, tmp_path: Path) -> None:
    (tmp_path / "many.game").write_text(
        'game many "three firms"\nset F index f, e = 1..3\n'
        "player firm[f] { var q >= 0  maximize profit = (10 - sum(e) firm[e].q)*q }\n",
        encoding="utf-8",
    )
    ran = gamec("check", "many.game", "--format", "json")
    [player] = parse(ran.out)["players"]
    assert player == {"name": "firm", "instances": 3, "follows": [], "class": "QP", "variables": 3, "rows": 0}


def test_single_lines(gamec: Gamec, tmp_path: Path) -> None:
    (tmp_path / "wrong.game").write_text(WRONG, encoding="utf-8")
    ran = gamec("check", "wrong.game", "--format", "short")
    assert (ran.code, ran.out) == (1, "")
    lines = ran.err.splitlines()
    assert lines == sorted(lines)
    assert all(line.startswith("wrong.game:") for line in lines)
    assert any(": error G201 unknown-name: " in line for line in lines)


def test_mistakes_as_json(gamec: Gamec, tmp_path: Path) -> None:
    (tmp_path / "wrong.game").write_text(WRONG, encoding="utf-8")
    ran = gamec("check", "wrong.game", "--format", "json")
    document = parse(ran.out)
    assert ran.code == 1
    assert wrong(document, "failure") == []
    [unknown] = [d for d in document["diagnostics"] if d["code"] == "G201"]
    assert unknown["span"]["start"] == {
        "line": 8,
        "column": WRONG.splitlines()[7].index("unknwon") + 1,
        "offset": WRONG.index("unknwon"),
    }


def test_a_mistake_in_a_case_is_found(gamec: Gamec, tmp_path: Path) -> None:
    text = TOY.read_text(encoding="utf-8") + "\ncase c { fix follower.z = 1 }\n"
    (tmp_path / "wrong.game").write_text(text, encoding="utf-8")
    ran = gamec("check", "wrong.game")
    assert ran.code == 1
    assert "G201" in ran.err


def test_standard_input_with_data_of_the_working_folder(gamec: Gamec, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("t,a\n1,5\n2,6\n", encoding="utf-8")
    text = (
        'game g "x" set T index t from "a.csv" param a[t] from "a.csv" '
        "player p { var x[t] in [0, a[t]] maximize s = sum(t) x[t] }"
    )
    assert gamec("check", "-", stdin=text.encode()).code == 0
    ran = gamec("check", "-", stdin=text.replace("s = sum", "s = smu").encode())
    assert ran.code == 1
    assert "--> -:1:" in ran.err
    assert "error[G002" in gamec("check", "-", stdin=b"\xff").err


def test_parameters_from_outside(gamec: Gamec, tmp_path: Path) -> None:
    (tmp_path / "g.game").write_text(
        'game g "x" param a param b player p { var x in [a, b] minimize c = x }', encoding="utf-8"
    )
    (tmp_path / "b.json").write_text('{"b": 2}', encoding="utf-8")
    ran = gamec("check", "g.game")
    assert (ran.code, ran.err.count("error[G501")) == (1, 2)
    assert gamec("check", "g.game", "--set", "a=1", "--data", "b.json").code == 0
    assert "G510" in gamec("check", "g.game", "--set", "a=3", "--data", "b.json").err
    ran = gamec("check", "g.game", "--set", "a=1", "--set", "bb=2", "--data", "b.json")
    assert (ran.code, "G507" in ran.err) == (1, True)


@pytest.mark.parametrize("text", ["", "\ufeff", "\0", "}" * 50, "game", "(" * 3000, "game g { " * 200, "\x1b[31m"])
def test_whatever_the_text_there_is_a_diagnostic(gamec: Gamec, text: str) -> None:
    ran = gamec("check", "-", stdin=text.encode())
    assert ran.code == 1
    assert "error[G" in ran.err
    assert "G901" not in ran.err
    assert "\x1b" not in ran.err
