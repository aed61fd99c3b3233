"""Models in; scripts out that read as the files in `golden/` and say, run alone, what gamec says."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest

from compiler.backends.registry import emit
from compiler.pipeline import compile_file
from grammar.diagnostics import DiagnosticError
from runtime import session
from runtime.result import Labelled, Status
from tests.backends import scripts

GOLDEN = Path(__file__).parent / "golden"
MODELS = Path(__file__).parents[2] / "models"

CASES = {
    "storage": ("storage.game", None),
    "plant": ("plant.game", None),
    "plant_strict": ("plant.game", "strict"),
    "portfolio": ("portfolio.game", None),
    "names": ("names.game", None),
    "curves": ("curves.game", None),
    "curves_windless": ("curves.game", "windless"),
    "switches": ("switches.game", None),
}

UNIQUE = {"storage", "portfolio"}
"""Models with one optimum and one set of prices: all that is printed can be compared."""

SPOT = [None, *(f"{kind}_{study}" for study in "abc" for kind in ("flexible", "rigid", "priced", "average", "full"))]


@pytest.mark.parametrize("name", CASES)
def test_script_is_the_golden_one(name: str) -> None:
    file, case = CASES[name]
    script = scripts.script_of(GOLDEN / file, case)
    golden = GOLDEN / f"{name}.py"
    if os.environ.get("GAMEC_GOLDEN") == "write":
        golden.write_text(script, encoding="utf-8")
    assert script == golden.read_text(encoding="utf-8")


def test_every_golden_has_its_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.py")} == set(CASES)
    assert {path.name for path in GOLDEN.glob("*.game")} == {file for file, _ in CASES.values()}


@pytest.mark.parametrize("name", CASES)
def test_script_says_what_gamec_says(name: str, tmp_path: Path) -> None:
    file, case = CASES[name]
    code, found, error = scripts.run(scripts.script_of(GOLDEN / file, case), tmp_path)
    assert (code, error) == (0, "")
    result = session.solve(GOLDEN / file, case=case)
    assert result.status is Status.OPTIMAL
    expected = dict(result.objectives)
    if name not in UNIQUE:
        assert {k: found[k] for k in expected} == pytest.approx(expected, rel=1e-6, abs=1e-6)
        return
    for label, value in {**result.report_of, **result.price_of}.items():
        if isinstance(value, Labelled):
            expected |= {
                f"{label}[{', '.join(map(str, k))}]": float(v) for k, v in zip(value.keys, value.values, strict=True)
            }
        else:
            expected[label] = value
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("case", SPOT)
def test_spot_market_agrees_in_every_case(case: str | None, tmp_path: Path) -> None:
    path = MODELS / "spot_market_vpp" / "spot_market_vpp.game"
    code, found, error = scripts.run(scripts.script_of(path, case), tmp_path)
    assert (code, error) == (0, "")
    result = session.solve(path, case=case)
    assert found["market.welfare"] == pytest.approx(result.objectives["market.welfare"], rel=1e-6)
    assert found["welfare"] == pytest.approx(result.objectives["market.welfare"], rel=1e-6)
    assert found["buyers_value"] - found["sellers_ask"] == pytest.approx(found["welfare"], rel=1e-6)


def test_script_needs_only_pyomo() -> None:
    tree = ast.parse(scripts.script_of(GOLDEN / "storage.game"))
    imported = [n.names[0].name for n in ast.walk(tree) if isinstance(n, ast.Import)]
    imported += [str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    assert set(imported) == {"sys", "types", "pyomo.environ", "pyomo.version"}


@pytest.mark.parametrize("name", ["portfolio", "plant", "curves"])
def test_script_runs_without_scipy_and_gamec(name: str, tmp_path: Path) -> None:
    script = scripts.script_of(GOLDEN / CASES[name][0])
    script = f"import sys\nsys.modules['scipy'] = None\n{script}"
    code, found, error = scripts.run(scripts.alone(script), tmp_path)
    assert (code, error) == (0, "")
    assert found


def test_same_model_gives_the_same_script_wherever_it_lies(tmp_path: Path) -> None:
    text = (GOLDEN / "plant.game").read_text("utf-8")
    (tmp_path / "plant.game").write_text(text, "utf-8")
    assert scripts.script_of(tmp_path / "plant.game") == scripts.script_of(GOLDEN / "plant.game")


def test_every_statement_names_its_line() -> None:
    lines = (GOLDEN / "storage.game").read_text("utf-8").splitlines()
    script = scripts.script_of(GOLDEN / "storage.game")
    for number, line in enumerate(lines, 1):
        first = line.split()[0] if line.split() else ""
        if first in ("set", "param", "var", "let", "minimize", "constraint", "report"):
            said = re.escape(f"{first} {line.split()[1].split(':')[0]}")
            assert re.search(rf"# line {number}(, eq\. \d+)?: {said}", script)


PRICES = {
    # By hand: one more unit on the right-hand side changes the optimum by so much.
    "minimize z = 2*x  constraint c: x >= 3  price v": 2.0,
    "minimize z = 2*x  constraint c: x >= 3 - 0*y  price v": 2.0,
    "minimize z = 2*x + y  constraint c: x >= 3 - y  price v": 2.0,
    "minimize z = 2*x  constraint c: 3 <= x  price v": -2.0,
    "minimize z = 2*x  constraint c: 3 == x  price v": -2.0,
    "maximize z = 2*x  constraint c: x + y <= 4  price v": 2.0,
    "maximize z = 2*x  constraint c: x - 4 <= -y  price v": 2.0,
    "maximize z = 2*x  constraint c: 4 >= x + y  price v": -2.0,
    "maximize z = 2*x - y  constraint c: y == x + 1  price v": -2.0,
    "minimize z = (x - 5)^2  constraint c: x <= 3  price v": -4.0,
    "minimize z = 2*x + 7*on  constraint c: x + on >= 3.5  price v": 2.0,
}


@pytest.mark.parametrize("body", PRICES)
def test_price_is_the_change_for_one_more_unit_on_the_right(body: str, tmp_path: Path) -> None:
    text = f"player p {{ var x in [-9, 9] var y in [0, 9] var on binary {body} }}"
    if "^2" in body:
        text = text.replace("var on binary", "")
    found = scripts.run_here(scripts.script_of_text(text), tmp_path)
    assert found["v"] == pytest.approx(PRICES[body], abs=1e-5)


def test_numbers_from_outside_stand_in_the_script(tmp_path: Path) -> None:
    path = tmp_path / "m.game"
    path.write_text("param a = 1 player p { var x in [0, 10] maximize z = a*x }", "utf-8")
    script = scripts.script_of(path, None, a=3)
    assert "# line 1: param a = 1   (given from outside)" in script
    assert scripts.run_here(script, tmp_path)["p.z"] == 30


def test_fixes_hold_against_bounds_and_ends(tmp_path: Path) -> None:
    text = """
        set T index t = 1..3
        player p { var x[t] in [0, 5] ends 4   var on integer in [0, 9]  maximize z = sum(t) x[t]*on }
        case c { fix x[t where t > 1] = 7  fix on = 2 }
    """
    assert scripts.run_here(scripts.script_of_text(text, "c"), tmp_path)["p.z"] == 2 * (5 + 7 + 7)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("player p { var x in [0, 1] minimize z = x constraint c: x >= 2 }", "infeasible"),
        ("player p { var x minimize z = x }", "unbounded"),
    ],
)
def test_no_optimum_is_told_and_exits_with_1(text: str, word: str, tmp_path: Path) -> None:
    code, found, error = scripts.run(scripts.script_of_text(text), tmp_path)
    assert (code, found) == (1, {})
    assert error.startswith("not solved to optimality: ")
    assert word in error.lower()
    assert "Traceback" not in error


def test_rows_that_data_leave_empty(tmp_path: Path) -> None:
    text = """
        set K index k = {a, b}  set T index t = 1..2
        param on[k] = {a: 1, b: 0}
        player p {
          var x[k,t] in [0, 4]
          maximize z = sum(k,t) x[k,t]
          constraint c[t]: (sum(k where on[k] > 1) x[k,t]) <= 3
          constraint d[k]: 0 <= (sum(t where on[k] > 0) x[k,t]) <= 5
          constraint e[k]: (if on[k] > 0 then x[k,1] else 1) == 1
        }
    """
    # By hand: d binds for a (5), b is free (8).
    assert scripts.run_here(scripts.script_of_text(text), tmp_path)["p.z"] == pytest.approx(13)


EXACT = {
    # By hand: each curve has its optimum at a corner.
    "minimize z = max(x, 4 - x)": 2.0,
    "maximize z = max(x, 4 - x) - 0.3*x": 9 - 0.3 * 9,
    "maximize z = min(x, 4, 10 - 2*x)": 10 / 3,
    "minimize z = min(x, 3) - 0.4*x": 3 - 0.4 * 9,
    "minimize z = abs(x - 3) + 0.5*x": 1.5,
    "maximize z = abs(max(x, y) - 4) - 0.2*x - y": 4.0,
    "minimize z = x + y  constraint c: abs(x - y) >= 2": 2.0,
    "minimize z = piecewise(x; (0, 0), (2, 1), (4, 3)) + 0.9*y  constraint c: x + y >= 6": 1 + 0.9 * 4,
    "minimize z = piecewise(x; (0, 0), (2, 4), (4, 5)) + 0.9*y  constraint c: x + y >= 9": 5 + 0.5 * 5,
    "minimize z = piecewise(x; (1, 1), (3, 7)) + 4*y  constraint c: x + y >= 1": 1.0,
    "minimize z = tiers(x; 2: 0.5, 4: 0.6, rest: 2) + y  constraint c: x + y >= 6": 1 + 1.2 + 2,
    "minimize z = tiers(x; 2: 2, rest: 0.25) + 0.8*y  constraint c: x + y >= 9": 4 + 0.25 * 7,
    "maximize z = x - 3*on  constraint c: not on => x <= 2": 6.0,
    "maximize z = x - 3*on  constraint c: on => x == 4  constraint d: not on => 0 <= x <= 0.5": 1.0,
    "minimize z = s + 0.7*y  constraint c: s + y >= 2": 1.4,
    "minimize z = s + 3*y  constraint c: s + y >= 2": 3.0,
    "minimize z = (sum(t) (if t > 2 then abs(x - t) else 0)) + x": 3.0,
    "maximize z = x - (sum(t) max(0, x - t))": 1.0,
    "minimize z = (smax(t) (t*x - 2*t)) - 0.5*x": -2.0,
    "maximize z = (smax(t where t < 3) (x - t*y)) - 0.5*x - y": 4.5,
    "maximize z = y + (smin(t) (4*t - y))": 4.0,
    "minimize z = x  constraint c[t]: (smax(s in {1, 2} where s <= t) abs(x - 2*s - t)) >= 4 - t": 0.0,
}


@pytest.mark.parametrize("body", EXACT)
def test_curves_and_switches_are_exact(body: str, tmp_path: Path) -> None:
    variables = "var x in [0, 9] var y in [0, 9] var on binary var s semicontinuous in [3, 8]"
    text = f"set T index t = 1..3\nplayer p {{ {variables} {body} }}\nreport r = p.z"
    found = scripts.run_here(scripts.script_of_text(text), tmp_path)
    assert found == pytest.approx({"p.z": EXACT[body], "r": EXACT[body]}, abs=1e-6)


def test_a_fixed_variable_may_lie_beyond_its_bounds_inside_a_curve(tmp_path: Path) -> None:
    text = "player p { var x in [0, 9] maximize z = max(x, 4 - x) - 0.1*x } case c { fix x = 20 }"
    assert scripts.run_here(scripts.script_of_text(text, "c"), tmp_path)["p.z"] == pytest.approx(18)


def test_a_shared_constraint_binds_the_only_player(tmp_path: Path) -> None:
    text = "player p { var x in [0, 5] maximize z = 2*x } shared line: x <= 4 price μ"
    assert scripts.run_here(scripts.script_of_text(text), tmp_path) == pytest.approx({"p.z": 8, "μ": 2})


def test_reports_compute_curves_of_the_answer(tmp_path: Path) -> None:
    text = """
        player p { var x in [0, 5] let far = abs(x - 9) maximize z = x }
        report a = far  report b = max(p.x, 7) + tiers(p.x; 2: 1, rest: 3) + piecewise(p.x; (0, 0), (1, 1), (2, 1))
    """
    assert scripts.run_here(scripts.script_of_text(text), tmp_path) == pytest.approx(
        {"p.z": 5, "a": 4, "b": 7 + 11 + 1}
    )


REFUSED = {
    "functions": (
        "player a { var x in [1, 2] var y in [1, 2]\nminimize f = exp(x) + y }",
        ["G704 2:exp(x): the Pyomo script calls solvers that prove what they find; the problem of `a` is a NLP"],
    ),
    "a shadow price beside a product": (
        "player a { var x in [-1, 1] var y in [-1, 1] minimize f = x*y\nconstraint c: x + y >= 1 price v }",
        ["G704 2:v: the shadow price `v` needs a linear or convex quadratic problem, this is a nonconvex QP"],
    ),
    "choice without bounds": (
        "player a { var x minimize f = x constraint d: -8 <= x <= 7\nconstraint c: max(x, 3) >= 4 }",
        ["G107 2:max(x, 3): `max(x, 3)`, which needs bounds of `x` that the script can see, cannot be written"],
    ),
    "implication without bounds": (
        "player a { var x var on binary minimize f = 3*on - x constraint d: -8 <= x <= 7\n"
        "constraint c: not on => x <= 2 }",
        ["G107 2:c: the implication `c`, which needs bounds of `x` that the script can see, cannot be written"],
    ),
    "a curve under a condition without index": (
        "set T index t = 1..3 player a { var x in [0, 9] minimize f = if card(T) > 2 then\nabs(x - 3) else 0 }",
        ["G107 2:abs(x - 3): `abs(x - 3)` under the condition `card(T) > 2`, cannot be written in Pyomo"],
    ),
    "a step inside a let": (
        "set T index t = 1..3 player a { var x[t] in [0, 9] let d[t] =\nabs(x[t] - x[t-1])"
        " minimize f = sum(t where t > 1) d[t] }",
        ["G107 2:abs(x[t] - x[t-1]): `abs(x[t] - x[t-1])`, which steps along a set inside a `let`, cannot be written"],
    ),
    "curve of an end": (
        "set T index t = 1..2 player a { var y in [-3, 2] var x[t] in [0, 9] starts 1 ends\nabs(y)"
        " maximize f = sum(t) x[t] constraint c[t]: x[t] <= x[t-1] + 1 }",
        ["G107 2:abs(y): `abs(y)` in this place cannot be written in Pyomo"],
    ),
    "order of a set without a name": (
        "set T index t = 1..4\nplayer a { var x[t] in [0, 9] minimize f = sum(u in {1, 3} where\nord(u) > 1) x[u] }",
        ["G107 3:ord(u): the order of a set without a name, asked for by `ord(u)`, cannot be written in Pyomo"],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_script_cannot_hold_is_refused_at_its_place(name: str) -> None:
    text, expected = REFUSED[name]
    found = scripts.refused(text)
    assert len(found) >= len(expected)
    for line, start in zip(found, expected, strict=False):
        assert line.startswith(start)


GLOBAL = {
    # By hand: the corner (1, -1); the root; the whole number nearest to 0.4; y = 3 and x = 5 - y, then x = 4 - y.
    "var x in [-1, 1] var y in [-1, 1] minimize f = x*y": -1.0,
    "var x in [-1, 1] minimize f = x  constraint c: x^2 <= 0.25": -0.5,
    "var x integer in [-1, 1] minimize f = (x - 0.4)^2": 0.16,
    "var x in [0, 4] var y in [0, 3] maximize f = x + 2*y  constraint c: 0 <= x perp 5 - y - x >= 0": 8.0,
    "var x in [0, 4] var y in [0, 3] maximize f = 2*x + y  constraint c: 0 <= x - 1 perp 4 - y - x >= 0": 8.0,
}


@pytest.mark.parametrize("body", GLOBAL)
def test_what_highs_does_not_take_goes_to_scip(body: str, tmp_path: Path) -> None:
    found = scripts.run_here(scripts.script_of_text(f"player p {{ {body} }}"), tmp_path)
    assert found["p.f"] == pytest.approx(GLOBAL[body], abs=2e-6)


def test_a_language_that_does_not_exist() -> None:
    with pytest.raises(DiagnosticError) as caught:
        emit(compile_file(GOLDEN / "portfolio.game"), "pyom")
    assert [d.code for d in caught.value.diagnostics] == ["G807"]
    assert "pyomo" in caught.value.diagnostics[0].hints[0].text
