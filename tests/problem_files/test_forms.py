"""Files of single levels in every form of complementarity: one optimum, named and placed, or a refusal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyscipopt import Model

from compiler.pipeline import compile_file
from grammar.diagnostics import Diagnostic, DiagnosticError, Severity
from runtime.answer import answer
from runtime.methods.method import Request
from runtime.problem_files.pair_forms import FORMS
from runtime.problem_files.registry import PROBLEM_FORMATS, problem_files, problem_of
from tests.problem_files.reading import BOUNDED, LEADER, PRICED, by_highs, by_scip, compiled, written

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
