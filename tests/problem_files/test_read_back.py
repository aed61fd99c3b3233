"""Problems as LP, MPS and nl files: HiGHS and SCIP read them and find what `gamec solve` finds."""

from __future__ import annotations

import re
from pathlib import Path

import highspy
import numpy as np
import pytest
from pyscipopt import Model

from compiler.pipeline import Compiled, compile_file
from grammar.diagnostics import Diagnostic, DiagnosticError, Severity
from grammar.source import Source
from runtime.answer import answer
from runtime.methods.method import Request
from runtime.problem_files.pair_forms import FORMS
from runtime.problem_files.registry import PROBLEM_FORMATS, problem_files, problem_of

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

LEADER = """
player firm {
  var a in [0, 10]
  maximize profit = 8*a - a^2 + 2*sum(i) d[i] - 1
  constraint cap: a + sum(i) d[i] <= 9
}
set I index i = {left, right}
param worth[i] = {left: 5, right: 3}
player buyer[i] follows firm {
  var d <= 6
  maximize gain = worth[i]*d - d^2/2 - a*d/4
  constraint least: d >= 0
}
"""

PRICED = """
player plant {
  var bid in [0, 100]
  maximize profit = spot*q - 20*q
}
player market follows plant {
  var q in [0, 60]  var other in [0, 60]
  minimize cost = bid*q + 50*other
  constraint meet: q + other == 80 price spot
}
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


def compiled(text: str) -> Compiled:
    return compile_file(Source("park.game", text))


def written(game: Compiled, name: str, folder: Path, player: str = "", form: str = "kkt-sos1") -> str:
    """The path of the file that is read."""
    wanted = PROBLEM_FORMATS[name]
    texts = problem_files(game, wanted, player, form)
    assert tuple(texts) == wanted.endings
    for ending, text in texts.items():
        (folder / f"park{ending}").write_text(text, encoding="utf-8")
    return str(folder / f"park{wanted.endings[0]}")


def by_scip(path: str) -> Model:
    model = Model()
    model.hideOutput()
    model.readProblem(path)
    # As runtime/solvers/scip.py tells.
    model.setParam("constraints/SOS1/sepafreq", -1)
    model.setParam("numerics/feastol", 1e-9)
    model.optimize()
    assert model.getStatus() == "optimal"
    return model


def by_highs(path: str) -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(path) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return highs


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


BOUNDED = """
player leader { var y in [0, 8]  minimize cost = 3*x + y }
player follower follows leader {
  var x <= 5
  minimize effort = -x
  constraint a: x + y <= 8
  constraint b: 4*x + y >= 8
  constraint c: 2*x + y <= 13
  constraint d: 2*x - 7*y <= 0
}
"""
"""Optimum by hand: 92/15, at the corner where 4x + y = 8 meets 2x = 7y."""

RESELLER = "player reseller follows leader { var s in [0, 3]  minimize loss = (y - 9)*s  constraint e: s + y <= 6 }"
"""Nobody heeds it; y is 8/15, so its constraint binds nobody else."""

FORMED = {"toy": BOUNDED, "aside": BOUNDED + RESELLER, "squares": LEADER}


@pytest.mark.parametrize("kind", PROBLEM_FORMATS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", FORMED)
def test_every_form_has_the_optimum_of_the_game(name: str, form: str, kind: str, tmp_path: Path) -> None:
    game = compiled(FORMED[name])
    found = answer(game.ground, Request())
    assert found.x is not None
    best = float(game.ground.objectives_at(found.x)[0])
    assert name == "squares" or best == pytest.approx(92 / 15, rel=1e-6)
    path = written(game, kind, tmp_path, form=form)
    assert by_scip(path).getObjVal() == pytest.approx(best, rel=1e-6, abs=1e-6)
    if form == "kkt-big-m" and kind != "nl" and name != "squares":
        # Without SOS1 sets HiGHS takes it too.
        assert by_highs(path).getInfo().objective_function_value == pytest.approx(best, rel=1e-6)


LITERATURE = Path(__file__).parents[1] / "literature"


@pytest.mark.parametrize("kind", PROBLEM_FORMATS)
@pytest.mark.parametrize(
    ("name", "optimum"), [("bard_falk_1982_2", -3.25), ("savard_1989", -14.6), ("candler_townsley_1982", -29.2)]
)
def test_strong_duality_bounds_multipliers(name: str, optimum: float, kind: str, tmp_path: Path) -> None:
    """SCIP with its own tolerance of 1e-6 gave -3.2513 for the first, and errors of its LP solver for the others, with
    multipliers that nothing bounded."""
    path = written(compile_file(LITERATURE / f"{name}.game"), kind, tmp_path, form="strong-duality")
    model = Model()
    model.hideOutput()
    model.readProblem(path)
    model.optimize()
    assert model.getObjVal() == pytest.approx(optimum, abs=2e-5)


def refusal(text: str, form: str) -> Diagnostic:
    with pytest.raises(DiagnosticError) as error:
        problem_of(compiled(text), form=form)
    (found,) = error.value.diagnostics
    assert found.code == "G710"
    assert found.span is not None
    assert found.hints
    return found


def test_strong_duality_is_refused_where_rounding_could_decide() -> None:
    """By hand: a unit more of `both` lets `x` be 1e6 larger, so 1e-6 of that row passes for 1 of an objective of 5."""
    assert "no largest value" in refusal(PRICED.replace("in [0, 100]", ">= 0"), "strong-duality").headline
    flat = "var x in [0, 5]  var w in [0, 1]  constraint both: w + 1e-6*x + 1e-6*y <= 1"
    (told,) = problem_of(compiled(BOUNDED.replace("var x <= 5", flat)), form="strong-duality").warnings
    assert (told.code, told.severity) == ("G714", Severity.WARNING)
    assert "tolerance of 1e-06 may be worth" in told.headline
    flatter = BOUNDED.replace("var x <= 5", flat.replace("1e-6", "1e-8"))
    assert "may be worth" in refusal(flatter, "strong-duality").headline
    assert problem_of(compiled(flatter)).warnings == ()


def test_squares_under_strong_duality_are_told() -> None:
    """The first on standard error, the second where the file is read without it."""
    single = problem_of(compiled(LEADER), form="strong-duality")
    assert [w.code for w in single.warnings] == ["G714", "G714"]
    assert all(w.severity is Severity.WARNING and w.span and w.hints for w in single.warnings)
    assert "LESS EXACT THAN THE SOLVER" in "\n".join(single.remarks)
    for text, form in ((LEADER, "kkt-sos1"), (BOUNDED, "strong-duality")):
        single = problem_of(compiled(text), form=form)
        assert single.warnings == ()
        assert "LESS EXACT" not in "\n".join(single.remarks)


def test_casadi_reads_strong_duality_as_an_nl_file(tmp_path: Path) -> None:
    """It has neither binaries nor sets, so IPOPT takes it. CasADi's reader takes no comments."""
    import casadi

    path = written(compiled(BOUNDED), "nl", tmp_path, form="strong-duality")
    Path(path).write_text(re.sub(r"[ \t]*#.*", "", Path(path).read_text("utf-8")), "utf-8")
    builder = casadi.NlpBuilder()
    builder.import_nl(path)
    problem = {"x": casadi.vertcat(*builder.x), "f": builder.f, "g": casadi.vertcat(*builder.g)}
    quiet = {"ipopt.print_level": 0, "print_time": False, "ipopt.sb": "yes"}
    solve = casadi.nlpsol("solve", "ipopt", problem, quiet)
    limits = {"lbx": builder.x_lb, "ubx": builder.x_ub, "lbg": builder.g_lb, "ubg": builder.g_ub}
    found = solve(x0=builder.x_init, **limits)
    assert solve.stats()["success"]
    assert float(found["f"]) == pytest.approx(92 / 15, rel=1e-5)


@pytest.mark.parametrize("kind", ["lp", "mps"])
def test_what_a_form_adds_has_names_and_places(kind: str) -> None:
    (text,) = problem_files(compiled(BOUNDED), PROBLEM_FORMATS[kind], form="kkt-big-m").values()
    assert "on_multiplier_of_follower.a" in text
    assert "park.game:6: multiplier of follower.a (eq. 4)" in text
    assert "park.game:6: slack of follower.a (eq. 4)" in text
    (text,) = problem_files(compiled(BOUNDED), PROBLEM_FORMATS[kind], form="strong-duality").values()
    assert "park.game:5: strong duality of follower" in text
    (text,) = problem_files(compiled(BOUNDED + RESELLER), PROBLEM_FORMATS[kind], form="kkt-big-m").values()
    assert "of reseller, whom nobody heeds, the constraints alone" in text


def test_binaries_without_a_bound_and_unknown_forms_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError) as error:
        written(compiled(PRICED.replace("in [0, 100]", ">= 0")), "lp", tmp_path, form="kkt-big-m")
    (found,) = error.value.diagnostics
    assert found.code == "G710"
    assert found.span is not None
    with pytest.raises(DiagnosticError) as error:
        written(compiled(BOUNDED), "lp", tmp_path, form="kkt-bigm")
    assert error.value.diagnostics[0].code == "G807"


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
