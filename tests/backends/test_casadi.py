"""Nonlinear problems and games with followers in; CasADi scripts out that run alone and find the optimum known from
elsewhere, where their local search leads to it."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest

from compiler.backends.registry import emit
from compiler.backends.script_request import ScriptRequest
from compiler.pipeline import Compiled, compile_file, compile_source
from grammar.diagnostics import DiagnosticError
from grammar.source import Source
from runtime import session
from runtime.decisions import decisions
from runtime.methods.method import Request
from tests.backends import scripts

GOLDEN = Path(__file__).parent / "golden"
MODELS = Path(__file__).parents[2] / "models"
LITERATURE = Path(__file__).parents[1] / "literature"

GOLDENS = {"pump": GOLDEN / "casadi" / "pump.game", "tariff": GOLDEN / "bilevel" / "tariff.game"}


def script(compiled: Compiled, player: str = "") -> str:
    request = ScriptRequest(scripts.VERSION, player=player, decisions=lambda: decisions(compiled, Request()))
    return emit(compiled, "casadi", request)


def of_text(text: str, player: str = "", case: str | None = None) -> str:
    return script(compile_source(Source("model.game", text), scripts.no_files, case=case), player)


@pytest.mark.parametrize("name", GOLDENS)
def test_script_is_the_golden_one(name: str) -> None:
    found = script(compile_file(GOLDENS[name]))
    golden = GOLDEN / "casadi" / f"{name}.py"
    if os.environ.get("GAMEC_GOLDEN") == "write":
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", GOLDENS)
def test_script_says_what_gamec_says(name: str, tmp_path: Path) -> None:
    text = (GOLDEN / "casadi" / f"{name}.py").read_text("utf-8")
    code, found, error = scripts.run(scripts.alone(text), tmp_path)
    assert (code, error) == (0, "")
    expected = session.solve(GOLDENS[name]).objectives
    assert {k: found[k] for k in expected} == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_script_needs_only_casadi() -> None:
    tree = ast.parse((GOLDEN / "casadi" / "tariff.py").read_text("utf-8"))
    imported = [n.names[0].name for n in ast.walk(tree) if isinstance(n, ast.Import)]
    imported += [str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    assert set(imported) == {"random", "sys", "math", "types", "casadi"}


def optimum(path: Path) -> float:
    found = re.search(r"^# Optimum: ([-+.\de]+)", path.read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return float(found.group(1))


PUBLISHED = [
    *("bard_1984_1", "bard_1988_1", "bard_1998_5", "bialas_karwan_1984_1", "clark_westerberg_1988", "dempe_1992"),
    *("double_margin_two_shops", "exponential_answer", "gumus_floudas_2001_1", "kelly_price"),
    *("muu_quy_2003_1", "outrata_1990_2c", "pigou_toll", "power_answer", "shimizu_aiyoshi_1981_1", "yezza_1996"),
]
"""Problems of every class whose local search ends at the published optimum."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_problems(name: str, tmp_path: Path) -> None:
    path = LITERATURE / f"{name}.game"
    found = scripts.run_here(script(compile_file(path)), tmp_path)
    assert next(iter(found.values())) == pytest.approx(optimum(path), rel=1e-6, abs=1e-6)


ONE_LEVEL = {
    # By hand: derivatives zero, or a corner.
    "minimize f = exp(x) - 2*x": 2 - 2 * 0.6931471805599453,
    "maximize f = log(x) - x/4": 1.3862943611198906 - 1,
    "minimize f = (x - 3)^2 + (y + 1)^2  constraint c: x + y == 4": 2.0,
    "maximize f = sqrt(x*y)  constraint c: x + 2*y <= 8": 8**0.5,
    "minimize f = x/y + y  constraint c: x >= 4": 4.0,
    "minimize f = tanh(x) + y  constraint c: 1 <= x*y <= 9": 1.0,
    "minimize f = sum(t) (x - t)^2": 2.0,
}


@pytest.mark.parametrize("body", ONE_LEVEL)
def test_one_player(body: str, tmp_path: Path) -> None:
    text = f"set T index t = 1..3 player p {{ var x in [0.01, 9] var y in [-1, 9] {body} }}"
    if "tanh" in body or "/y" in body or "sqrt" in body:
        text = text.replace("[-1, 9]", "[0.01, 9]")
    found = scripts.run_here(of_text(text), tmp_path)
    expected = ONE_LEVEL[body]
    if "tanh" in body:
        result = session.solve(Source("model.game", text))
        expected = result.objectives["p.f"]
    assert found["p.f"] == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_prices_are_the_change_for_one_more_unit(tmp_path: Path) -> None:
    text = "player p { var x in [0, 9] maximize f = log(1 + x)  constraint c: 2*x <= 6 price v }"
    # By hand: x = 3, d log(1 + b/2)/db = 1/(2 + b) = 1/8.
    assert scripts.run_here(of_text(text), tmp_path)["v"] == pytest.approx(1 / 8, rel=1e-6)


def test_rivals_one_by_one_and_together(tmp_path: Path) -> None:
    text = """
      set I index i = {a, b}
      param cost[i] = {a: 1, b: 2}
      player firm[i] {
        var q in [0, 50]
        let rival = sum(j in I where j != i) firm[j].q
        maximize profit = (30 - q - rival)*q - cost[i]*q
      }"""
    # Cournot by hand: q_a = (30 - 2 + 2)/3 = 10, q_b = 9, profits q^2.
    found = scripts.run_here(of_text(text), tmp_path)
    assert (found["firm[a].profit"], found["firm[b].profit"]) == pytest.approx((100, 81), rel=1e-6)
    assert scripts.run_here(of_text(text, "firm[a]"), tmp_path)["firm[a].profit"] == pytest.approx(100, rel=1e-6)


def test_fixed_by_a_case(tmp_path: Path) -> None:
    text = "set T index t = 1..2 player p { var x[t] in [0, 5] maximize f = sum(t) x[t]*x[1] } case c { fix x[1] = 3 }"
    assert scripts.run_here(of_text(text, case="c"), tmp_path)["p.f"] == pytest.approx(3 * 3 + 5 * 3, rel=1e-6)


def test_no_optimum_is_told(tmp_path: Path) -> None:
    code, found, error = scripts.run(
        of_text("player p { var x in [0, 1] minimize f = x constraint c: x >= 2 }"), tmp_path
    )
    assert (code, found) == (1, {})
    assert error.startswith("not solved: ")
    assert "Traceback" not in error


REFUSED = {
    "player p { var x integer in [0, 9] minimize f = exp(x) }": "the integer `x`, which IPOPT does not take,",
    "player p { var x in [0, 9] minimize f = max(x, 3 - x) }": "`max(x, 3 - x)` in this place",
    "player p { var x in [0, 9] var on binary minimize f = x constraint c: on => x >= 2 }": "the binary `on`",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_ipopt_does_not_take_is_refused(text: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        of_text(text)
    first = caught.value.diagnostics[0]
    assert first.code == "G107"
    assert first.headline.startswith(REFUSED[text])
    assert first.hints


def test_there_are_no_forms() -> None:
    with pytest.raises(DiagnosticError) as caught:
        emit(compile_file(MODELS / "toy" / "toy.game"), "casadi", ScriptRequest(form="kkt-sos1"))
    assert [d.code for d in caught.value.diagnostics] == ["G807"]


def test_models(tmp_path: Path) -> None:
    found = scripts.run_here(script(compile_file(MODELS / "toy" / "toy.game")), tmp_path)
    assert found == pytest.approx({"leader.cost": 92 / 15, "follower.effort": -28 / 15}, rel=1e-6)
    for name, code in (("storage_alliance", "G107"), ("retail_packages", "G704"), ("spot_market_vpp", "G107")):
        with pytest.raises(DiagnosticError) as caught:
            script(compile_file(MODELS / name / f"{name}.game"))
        assert caught.value.diagnostics[0].code == code
