"""`gamec solve`: answers in three formats, exit codes, options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gamec.conftest import ROOT, Ran
from tests.gamec.json_schema import parse, wrong

Gamec = Callable[..., Ran]

TOY = str(ROOT / "models" / "toy" / "toy.game")
ONE = 'game one "x" param top = 5 player p { var x <= top maximize c = x %s } case low { param top = 2 }'


def test_the_toy_as_text(gamec: Gamec) -> None:
    ran = gamec("solve", TOY)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("toy: optimal, certified\n  proved  a global optimum\n")
    for words in ("leader.cost", "6.13333", "certificate: verified", "regret"):
        assert words in ran.out


def test_the_toy_as_json(gamec: Gamec) -> None:
    ran = gamec("solve", TOY, "--format", "json")
    document = parse(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert wrong(document, "result") == []
    assert document["status"] == "optimal"
    assert document["case"] == ""
    assert document["values"] == {"y": pytest.approx(8 / 15, abs=1e-6), "x": pytest.approx(28 / 15, abs=1e-6)}
    assert document["objectives"]["leader.cost"] == pytest.approx(92 / 15, abs=1e-6)
    assert document["certificate"]["verified"] is True


def test_standard_input(gamec: Gamec, tmp_path: Path) -> None:
    (tmp_path / "top.csv").write_text("t,top\n1,3\n2,4\n", encoding="utf-8")
    text = (
        'game g set T index t = 1..2 param top[t] from "top.csv" '
        "player p { var x[t] <= top[t] maximize c = sum(t) x[t] }"
    )
    assert gamec("solve", "-", "--format", "short", stdin=text.encode()).out == "g optimal certified p.c=7.0\n"
    cases = text + " case low { param top[t] = 1 } case high { param top[t] = 9 }"
    lines = gamec("compare", "-", "--format", "short", stdin=cases.encode()).out.splitlines()
    assert lines == ["g:low optimal certified p.c=2.0", "g:high optimal certified p.c=18.0"]


def test_one_line(gamec: Gamec) -> None:
    words = gamec("solve", TOY, "--format", "short").out.split()
    assert words[:3] == ["toy", "optimal", "certified"]
    assert float(words[3].removeprefix("leader.cost=")) == pytest.approx(92 / 15, abs=1e-6)


@pytest.mark.parametrize(
    ("model", "arguments", "code", "words"),
    [
        (ONE % "", [], 0, "c=5"),
        (ONE % "", ["--case", "low"], 0, "c=2"),
        (ONE % "", ["--set", "top=3"], 0, "c=3"),
        (ONE % "", ["--time-limit", "10", "--gap", "0", "--seed", "7"], 0, "c=5"),
        (ONE % "", ["--case", "lw"], 1, "G605"),
        (ONE % "", ["--set", "top"], 1, "G507"),
        (ONE % "", ["--set", "tip=3"], 1, "G507"),
        (ONE % "", ["--data", "none.json"], 1, "G001"),
        (ONE % "", ["--method", "magic"], 2, "G807"),
        (ONE % "", ["--solver", "magic"], 2, "G807"),
        (ONE % "constraint no: x >= 6", [], 3, "infeasible"),
        (ONE.replace("x <= top", "x") % "", [], 3, "unbounded"),
    ],
)
def test_exit_codes(gamec: Gamec, tmp_path: Path, model: str, arguments: list[str], code: int, words: str) -> None:
    (tmp_path / "one.game").write_text(model, encoding="utf-8")
    ran = gamec("solve", "one.game", "--format", "short", *arguments)
    assert ran.code == code, ran.err
    assert words in (ran.err if code in (1, 2) else ran.out)


def test_no_solution_names_what_stands_in_the_way(gamec: Gamec, tmp_path: Path) -> None:
    (tmp_path / "one.game").write_text(ONE % "constraint no: x >= 6", encoding="utf-8")
    ran = gamec("solve", "one.game")
    assert ran.code == 3
    assert "G801" in ran.err
    assert "no" in ran.err
    document = parse(gamec("solve", "one.game", "--format", "json").out)
    assert wrong(document, "result") == []
    assert (document["status"], document["objectives"]) == ("infeasible", {})


MARKET = """game market "two producers, one clearing"
set T index t = 1..3
set K index k = {a, b}
unit EUR "euro"
param load[t] : kW = {1: 5, 2: 12, 3: 18}
param cost[k] : EUR/kW = {a: 10, b: 20}
player gen[k] {
  var p[t] : kW in [0, 10]
  maximize profit : EUR = sum(t) (lmp[t] - cost[k])*p[t]
  constraint energy: sum(t) p[t] <= 100  price scarce : EUR/kW
}
clear balance[t]: sum(k) p[k,t] >= load[t]  price lmp[t] : EUR/kW in [0, 100]
"""


def test_prices_of_markets_and_constraints_are_shown(gamec: Gamec) -> None:
    """Merit order: hour 1 is served by the cheap producer alone; in hours 2 and 3 the dear one is at the margin."""
    rows = [line.split() for line in gamec("solve", "-", stdin=MARKET.encode()).out.splitlines()]
    prices = rows[rows.index(["prices"]) :]
    [market] = [k for k, row in enumerate(prices) if row[:1] == ["lmp[t]:"]]
    assert (prices[market + 1], prices[market + 2]) == (["t", "1", "2", "3"], ["10", "20", "20"])
    [scarce] = [row for row in prices if row[:1] == ["scarce[k]:"]]
    assert scarce == ["scarce[k]:", "all", "2", "values", "0", "EUR/kW"]


def test_everything_is_shown_on_demand(gamec: Gamec, tmp_path: Path) -> None:
    (tmp_path / "many.game").write_text(
        'game many "x" set T index t = 1..500 player p { var x[t] in [0, t] maximize c = sum(t) x[t] }',
        encoding="utf-8",
    )
    short, whole = gamec("solve", "many.game").out, gamec("solve", "many.game", "--all").out
    assert " 321 " not in short
    assert whole.split().count("321") == 2  # as a key and as a value


def test_the_terminal_of_another_size(gamec: Gamec) -> None:
    narrow = gamec("solve", TOY, env={"COLUMNS": "40"}).out
    assert max(map(len, narrow.splitlines())) <= 40
