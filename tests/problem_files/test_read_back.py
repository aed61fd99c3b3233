"""Problems as LP, MPS and nl files: HiGHS and SCIP read them and find what `gamec solve` finds."""

from __future__ import annotations

from pathlib import Path

import highspy
import numpy as np
import pytest

from grammar.diagnostics import DiagnosticError
from runtime.answer import answer
from runtime.methods.method import Request
from runtime.problem_files.registry import PROBLEM_FORMATS, problem_files
from tests.problem_files.reading import LEADER, PRICED, by_highs, by_scip, compiled, written

MIXED = """
set T index t = 1..3
param cost[t] = {1: 2, 2: 3, 3: 1}
player p {
  var x[t] <= 7
  var n[t] integer in [-5, 5]
  var s semicontinuous in [2, 6]
  var b binary
  var f
  maximize gain = 10 + sum(t) cost[t]*x[t] - 3*sum(t) n[t] - s + 4*b + f/8
  constraint range[t]: -3 <= x[t] + 2*n[t] <= 4.5
  constraint lag[t where t >= 2]: x[t] - x[t-1] >= -1.5
  constraint some: s + b + n[1] >= 1.25
  constraint tie: f == x[1] - 2*x[3] - 1e-3
}
"""

CONVEX = """
player p {
  var x in [-4, 9]  var y
  minimize cost = 3 + x^2 - x*y + y^2 - 4*x - 1.5*y
  constraint apart: y - x >= 0.5
}
"""

CONCAVE = """
player p {
  var x in [0, 9]  var y in [0, 9]
  maximize worth = 7 + 6*x + 4*y - x^2 - y^2 + x*y
  constraint room: x + 2*y <= 7
}
"""

PRODUCTS = """
player p {
  var x in [-2, 3]  var y in [-1, 2]  var n integer in [-9, 9]
  maximize worth = x*y - n + 1
  constraint disc: x^2 + x*y + y^2 <= 3
  constraint whole: n*x >= 0.75
}
"""

PAIRS = """
player p {
  var x in [0, 4]  var y in [0, 4]
  maximize worth = 3*x + 2*y - 1
  constraint either: 0 <= x perp y >= 0
}
"""

CURVES = """
player p {
  var x in [0.1, 4]  var y in [-2, 2]  var z in [0.2, 3]
  maximize worth = 5 + log(x) - exp(y) + sqrt(z) - x/4 + sin(z)/3
  constraint kept: exp(x/2) + y^2 + z^1.5 <= 6
  constraint wave: cos(y) + x >= 1
}
"""

TANGENTS = """
player p { var x in [0.1, 1]  var y in [-1, 1]  maximize worth = tan(x) - 3*x + tanh(y) - y/2 + x^-1.5/8 }
"""

GAMES = {
    "mixed": (MIXED, "p.gain"),
    "convex": (CONVEX, "p.cost"),
    "concave": (CONCAVE, "p.worth"),
    "products": (PRODUCTS, "p.worth"),
    "pairs": (PAIRS, "p.worth"),
    "curves": (CURVES, "p.worth"),
    "tangents": (TANGENTS, "p.worth"),
    "leader": (LEADER, "firm.profit"),
    "priced": (PRICED, "plant.profit"),
}
LINEAR = ("mixed", "convex", "concave")
"""What HiGHS solves: it takes no SOS1 sets, no products of other kinds and no functions."""


@pytest.mark.parametrize("name", GAMES)
def test_the_optimum_is_that_of_gamec(name: str, tmp_path: Path) -> None:
    text, objective = GAMES[name]
    game = compiled(text)
    found = answer(game.ground, Request())
    assert found.x is not None
    assert found.certificate.verified
    optimum = pytest.approx(float(game.ground.objectives_at(found.x)[0]), rel=1e-6, abs=1e-6)
    for kind in PROBLEM_FORMATS:
        if name in ("curves", "tangents") and kind != "nl":
            continue
        path = written(game, kind, tmp_path)
        assert by_scip(path).getObjVal() == optimum, kind
        if name in LINEAR and kind != "nl":
            assert by_highs(path).getInfo().objective_function_value == optimum, kind
        if kind != "nl":
            assert objective in Path(path).read_text(encoding="utf-8")


def test_optima_known_from_elsewhere(tmp_path: Path) -> None:
    """By hand: of two products worth 3 and 2 a unit only one is made; the plant bids just below its rival at 50, sells
    60 of the 80, and the price is 50."""
    for text, value in ((PAIRS, 3 * 4 - 1), (PRICED, 60 * (50 - 20))):
        for kind in PROBLEM_FORMATS:
            assert by_scip(written(compiled(text), kind, tmp_path)).getObjVal() == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("kind", PROBLEM_FORMATS)
def test_a_player_alone_answers_the_others(kind: str, tmp_path: Path) -> None:
    game = compiled(LEADER)
    found = answer(game.ground, Request())
    assert found.x is not None
    values = game.ground.objectives_at(found.x)
    for player in (1, 2):
        path = written(game, kind, tmp_path, game.ground.players[player].name)
        assert by_scip(path).getObjVal() == pytest.approx(float(values[player]), abs=1e-6)


def test_a_price_is_data_to_whoever_takes_it(tmp_path: Path) -> None:
    """By hand: at the price 30 of the rival the plant makes g with 30 = 2 + 4g, and gains 28*7 - 2*7^2."""
    text = """
    player plant { var g in [0, 10]  maximize gain = spot*g - 2*g - 2*g^2 }
    player market {
      var rival in [0, 60]
      minimize cost = 30*rival
      constraint meet: rival >= 40 - g price spot
    }
    """
    for kind in PROBLEM_FORMATS:
        path = written(compiled(text), kind, tmp_path, "plant")
        assert by_scip(path).getObjVal() == pytest.approx(28 * 7 - 2 * 49, abs=1e-6)


@pytest.mark.parametrize("kind", PROBLEM_FORMATS)
def test_equals_share_one_set_of_conditions(kind: str, tmp_path: Path) -> None:
    """Cournot: price 100 - q1 - q2, costs 10 and 20: by the textbook's formula 100/3 and 70/3."""
    firms = "".join(
        f"player {me} {{ var q >= 0  maximize profit = (100 - a.q - b.q)*q - {cost}*q }}\n"
        for me, cost in (("a", 10), ("b", 20))
    )
    model = by_scip(written(compiled(firms), kind, tmp_path))
    values = {v.name: model.getVal(v) for v in model.getVars()}
    assert values["a.q"] == pytest.approx(100 / 3, abs=1e-6)
    assert values["b.q"] == pytest.approx(70 / 3, abs=1e-6)


@pytest.mark.parametrize("kind", ["lp", "mps"])
def test_every_row_stands_under_its_line(kind: str) -> None:
    """In each file, every row of the model comes after the comment with its line and before another one's."""
    game = compiled(MIXED)
    (text,) = problem_files(game, PROBLEM_FORMATS[kind]).values()
    lines = {"range": 11, "lag": 12, "some": 13, "tie": 14}
    place, seen = "", set()
    for line in text.split("BOUNDS" if kind == "mps" else "Bounds")[0].split("COLUMNS")[0].splitlines():
        if line[:1] in "\\*" and "park.game:" in line:
            place = line
        for name, number in lines.items():
            if f" p.{name}" in line and line[:1] not in "\\*":
                assert f"park.game:{number}: p.{name}" in place
                seen.add(name)
    assert seen == set(lines)


def test_nl_files_name_rows_and_lines(tmp_path: Path) -> None:
    path = Path(written(compiled(CURVES), "nl", tmp_path))
    rows = path.with_suffix(".row").read_text(encoding="utf-8").split()
    text = path.read_text(encoding="utf-8")
    assert rows[-1] == "p.worth"
    assert {"p.kept", "p.wave"} <= set(rows)
    for number, name in enumerate(rows[:-1]):
        (line,) = [x for x in text.splitlines() if x.startswith(f"C{number}\t")]
        assert f"#{name} park.game:" in line
    columns = path.with_suffix(".col").read_text(encoding="utf-8").split()
    assert {"p.x", "p.y", "p.z"} <= set(columns)
    assert f" {max(map(len, rows))} {max(map(len, columns))}\t# max name lengths" in text


@pytest.mark.parametrize("kind", PROBLEM_FORMATS)
def test_names_are_readable_valid_and_unique(kind: str, tmp_path: Path) -> None:
    text = """
    set K index k = {"a b", "a-b", é, 数}
    player λplayer {
      var end[k] in [0, 3]  var st in [0, 1]
      maximize free = sum(k) end[k] + st
      constraint bounds: sum(k) end[k] <= 5
    }
    """
    model = by_scip(written(compiled(text), kind, tmp_path))
    assert model.getObjVal() == pytest.approx(6)
    names = [v.name for v in model.getVars()]
    assert sorted(names) == sorted(
        [*(f"lambdaplayer.end_{k}" for k in ("a_b", "a_b_2", "e", "u6570")), "lambdaplayer.st"]
    )


@pytest.mark.parametrize(
    ("text", "player", "kind", "code", "words"),
    [
        (CURVES, "", "lp", "G713", "the function"),
        (CURVES, "", "mps", "G713", "the function"),
        (LEADER, "buyer", "lp", "G807", "2 players"),
        (LEADER, "buyr", "lp", "G807", "no player"),
        (LEADER, "firm", "lp", "G713", "follow `firm`"),
        (PAIRS, "q", "nl", "G807", "no player"),
        (LEADER.replace("var d <= 6", "var d integer <= 6"), "", "nl", "G703", "whole numbers"),
        (
            "player a { var x in [0, 1] minimize f = x + y } player b follows a { var y in [0, 1] minimize g = y }"
            " player c follows b { var z in [0, 1] minimize h = z*y }",
            *("", "mps", "G713", "three levels"),
        ),
        (
            "player a { var x in [0, 1] minimize f = x + y }"
            " player b follows a pessimistic { var y in [0, 1] minimize g = x*y }",
            *("", "lp", "G713", "pessimistic"),
        ),
    ],
)
def test_what_has_no_file_is_refused(text: str, player: str, kind: str, code: str, words: str) -> None:
    with pytest.raises(DiagnosticError) as error:
        problem_files(compiled(text), PROBLEM_FORMATS[kind], player)
    finding = error.value.diagnostics[0]
    assert finding.code == code
    assert words in finding.headline
    assert finding.hints


def test_numbers_come_back_as_they_were(tmp_path: Path) -> None:
    game = compiled(MIXED.replace("10 + ", f"{1 / 3!r} + ").replace("{1: 2", f"{{1: {2 / 7!r}"))
    for kind in ("lp", "mps"):
        lp = by_highs(written(game, kind, tmp_path)).getLp()
        assert lp.offset_ == 1 / 3
        assert lp.sense_ == highspy.ObjSense.kMaximize
        assert 2 / 7 in np.array(lp.col_cost_)
