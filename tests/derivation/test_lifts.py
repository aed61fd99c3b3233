"""Followers with values that have no derivative in; conditions, with decisions that stand for them, out: scripts of
both forms find the optimum known by hand, and documents show what stands for what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiler.backends.document_formats import document_of
from compiler.backends.latex import write_latex
from compiler.backends.registry import emit
from compiler.backends.script_request import ScriptRequest
from compiler.pipeline import Compiled, compile_source
from grammar.diagnostics import DiagnosticError
from grammar.source import Source
from runtime.pair_limits import pair_limits
from runtime.session import solve
from tests.backends import scripts

DATA = "w,prob,rate\n1,0.5,-1\n2,0.5,2\n"
GAME = """
scenarios W index w from "w.csv" probability prob
set T index t = 1..3
param rate[w] from "w.csv"
param steep = 3
player leader {{ var y in [0, 4]  maximize f = y - 0.5*x }}
player follower follows leader {{ var x in [0, 10] {body} }}
"""
TRACKS = 2.0
"""By hand: the follower is best off at x = y, where the leader has y/2, most at y = 4."""

BODIES = {
    "max": ("minimize g = max(x - y, 2*(y - x))", TRACKS),
    "three": ("minimize g = max(x - y, 2*(y - x), 0.5*(x - y))", TRACKS),
    "abs": ("minimize g = abs(x - y) + 0.1*x", TRACKS),
    "min": ("maximize g = min(x, 2*y - x)", TRACKS),
    "smax": ("minimize g = (smax(t) (t*x - t*y)) + (smax(t) (t*y - t*x))", TRACKS),
    "smin": ("maximize g = 1.5*x + (smin(t) (t*y - t*x))", TRACKS),
    "smax_where": ("minimize g = (smax(t where t > 1) (t*x - t*y)) + (smax(t where t > 1) (t*y - t*x))", TRACKS),
    "convex": ("minimize g = piecewise(x - y; (-1, 2), (0, 0), (1, steep))", TRACKS),
    "concave": ("maximize g = piecewise(x - y; (-1, -2), (0, 0), (1, -3))", TRACKS),
    "cvar": ("minimize g = cvar(w, 0.5) (rate[w]*(x - y))", TRACKS),
    "nested": ("minimize g = max(abs(x - y), 0.5*(x - y))", TRACKS),
    "let": ("let off = abs(x - y)  minimize g = off + 0.1*off", TRACKS),
    "summed": ("minimize g = sum(t where t >= 2) t*abs(x - y)", TRACKS),
    # Up to 2 another unit gains 1, beyond it costs 1.
    "tiers": ("minimize g = tiers(x; 2: 1, rest: steep) - 2*x", 3.0),
    # 2x <= 8 where x is at least y.
    "constraint": ("maximize g = x  constraint c: max(x, y) + abs(x) <= 8", TRACKS),
    # Whatever y, x is at most 5 - y in two hours and more, and wants to be large: y - (5 - y)/2 at y = 4.
    "domain": ("maximize g = x  constraint c[t where t >= 2]: abs(x) + max(y, 0.5*x) <= 5", 3.5),
}


def compiled(body: str) -> Compiled:
    return compile_source(Source("lifted.game", GAME.format(body=body)), lambda name: DATA)


def script(game: Compiled, form: str) -> str:
    return emit(game, "pyomo", ScriptRequest("0", form, limits=lambda multipliers: pair_limits(game, multipliers)))


@pytest.mark.parametrize("name", BODIES)
def test_both_forms_find_the_optimum(name: str, tmp_path: Path) -> None:
    body, best = BODIES[name]
    for form in ("kkt-sos1", "strong-duality"):
        found = scripts.run_here(script(compiled(body), form), tmp_path)
        assert found["leader.f"] == pytest.approx(best, rel=1e-6), form


@pytest.mark.parametrize("name", BODIES)
def test_gamec_finds_the_same(name: str, tmp_path: Path) -> None:
    body, best = BODIES[name]
    (tmp_path / "w.csv").write_text(DATA, "utf-8")
    (tmp_path / "m.game").write_text(GAME.format(body=body), "utf-8")
    assert solve(tmp_path / "m.game").objectives["leader.f"] == pytest.approx(best, rel=1e-6)


INDEXED = """
set I index i = {a, b}
set T index t = 1..2
param k[i] = {a: 1, b: 2}
player leader { var y in [0, 4]  maximize f = y - 0.125*sum(i, t) follower[i].x[t] }
player follower[i] follows leader {
  var x[t] in [0, 10]
  minimize g = (sum(t) abs(x[t] - k[i]*y)) + max(0, (sum(t) x[t]) - 100)
}
"""


def test_each_of_an_indexed_player_has_its_own(tmp_path: Path) -> None:
    """By hand: x is y and 2y in both hours, so f is y - 0.125*6y, most at y = 4."""
    game = compile_source(Source("lifted.game", INDEXED), scripts.no_files)
    for form in ("kkt-sos1", "strong-duality"):
        text = script(game, form)
        found = scripts.run_here(text, tmp_path)
        assert found["leader.f"] == pytest.approx(1.0, rel=1e-6), form
        assert "m.g_abs = pe.Var(m.I, m.T)" in text
        assert "m.g_max = pe.Var(m.I)" in text


@pytest.mark.parametrize(
    "body", ["minimize g = -abs(x - y)", "maximize g = max(x, y)", "minimize g = min(x, y)"], ids=["abs", "max", "min"]
)
def test_what_is_not_convex_is_refused(body: str) -> None:
    with pytest.raises(DiagnosticError) as error:
        script(compiled(body), "kkt-sos1")
    assert {d.code for d in error.value.diagnostics} <= {"G702", "G712"}
    assert all(d.hints for d in error.value.diagnostics)


def test_binaries_for_them_have_no_bound() -> None:
    with pytest.raises(DiagnosticError) as error:
        script(compiled("minimize g = abs(x - y)"), "kkt-big-m")
    assert {d.code for d in error.value.diagnostics} == {"G710"}


def test_the_document_shows_what_stands_for_what() -> None:
    described = document_of(compiled(BODIES["cvar"][0] + " + abs(x - y)"), "0", derive=True)
    text = write_latex(described.document)
    assert r"stands $z^{\text{g abs}}$ with" in text
    assert r"stands the quantile $z^{\text{g quantile}}$" in text
    for name in ("g_quantile", "g_excess", "g_abs"):
        assert described.numbers.by_name("follower", f"stationarity_{name}") is not None
    row = described.numbers.by_name("follower", "g_abs_side1")
    pair = described.numbers.by_name("follower", "complementarity_mu_g_abs_side1")
    assert row is not None
    assert pair is not None
    assert row < pair
    labels = [int(n) for n in re.findall(r"\\label\{eq:(\d+)\}", text)]
    assert labels == list(range(1, len(labels) + 1))
    assert rf"lower side of \eqref{{eq:{row}}}" in text
    commented = script(compiled(BODIES["cvar"][0] + " + abs(x - y)"), "kkt-sos1")
    assert f"eq. {row}: `g_abs` is at least a side of `abs(x - y)`" in commented
    assert f"eq. {pair}: one of m.mu_g_abs_side1 and m.gap_mu_g_abs_side1 is zero" in commented
