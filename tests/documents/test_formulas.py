"""Expressions to formulas: expected is what one writes by hand; what it means is checked by computing it."""

from __future__ import annotations

import pytest

from compiler.backends.latex_math import latex
from compiler.documents.formulas import Formulas, number
from compiler.documents.symbols import Symbols
from tests.documents.models import compiled

SETS = """
set T index t, s = 1..4
set K index k = {WT, PV}
set Y index y = 2020..2030 by 5
param a = 1
param b = 2
param c = 3
param v[t] = t
param u[y] = 1
param w[k] = 1
"""


def printed(expression: str, declared: str = "") -> str:
    player = "player p { var x in [0, 1] var z[t] in [0, 1] starts 0 minimize goal = x }"
    game = compiled(f"{SETS}{declared}\n{player}\nreport r = {expression}").game
    formulas = Formulas(Symbols(game), lambda s: s.name == "T")
    return latex(formulas.of(game.reports[0].value))


@pytest.mark.parametrize(
    ("expression", "formula"),
    [
        ("a + b - c", "a + b - c"),
        ("a - (b - c)", "a - (b - c)"),
        ("a - (-b)", "a - (- b)"),
        ("-(a + b)", "- (a + b)"),
        ("a*(-b)", "a(- b)"),
        ("-a*b", "- ab"),
        ("2*3*a", r"2\cdot3a"),
        ("a*2", r"a\cdot2"),
        ("a/b*c", r"\frac{a}{b}\,c"),
        ("a/(b*c)", r"\frac{a}{bc}"),
        ("a*b/c/2", r"\frac{ab}{c\cdot2}"),
        ("(a + b)/c", r"\frac{a + b}{c}"),
        ("1/a^2", r"\frac{1}{a^{2}}"),
        ("a^b^c", "a^{b^{c}}"),
        ("(a^b)^c", r"\bigl(a^{b}\bigr)^{c}"),
        ("(-a)^2", "(- a)^{2}"),
        ("-a^2", "- a^{2}"),
        ("v[2]^2", "v_{2}^{2}"),
        ("a^0.5", r"\sqrt{a}"),
        ("sum(t) v[t]*a + b", r"\sum_{t \in \mathcal{T}}v_{t}\,a + b"),
        ("sum(t) (v[t] + b)", r"\sum_{t \in \mathcal{T}}(v_{t} + b)"),
        ("(sum(t) v[t])*a", r"\Bigl(\sum_{t \in \mathcal{T}}v_{t}\Bigr)a"),
        ("sum(t) (-v[t])", r"\sum_{t \in \mathcal{T}}(- v_{t})"),
        ("2*sum(t) v[t]/4", r"2\,\sum_{t \in \mathcal{T}}\frac{v_{t}}{4}"),
        ("prod(t where t > 2) v[t]", r"\prod_{\substack{t \in \mathcal{T} : \\ t > 2}}v_{t}"),
        ("sum(t,s) v[t]*v[s]", r"\sum_{t,s \in \mathcal{T}}v_{t}\,v_{s}"),
        ("smax(t,k) v[t]*w[k]", r"\max_{t \in \mathcal{T},\,k \in \mathcal{K}}v_{t}\,w_{k}"),
        ("max(a, b, 0)", r"\max\{a,b,0\}"),
        ("abs(a - b)", r"\lvert a - b\rvert"),
        ("log(a) + exp(b) + tanh(c)", r"\ln(a) + \exp(b) + \tanh(c)"),
        ("card(T) + a", r"\lvert\mathcal{T}\rvert + a"),
        ("v[last(T)] + v[first(T)]", r"v_{\operatorname{last}(\mathcal{T})} + v_{\operatorname{first}(\mathcal{T})}"),
        ("sum(t where t > 1) v[t-1]", r"\sum_{\substack{t \in \mathcal{T} : \\ t > 1}}v_{t - 1}"),
        ("sum(t where t > 2) v[prev(t, 2)]", r"\sum_{\substack{t \in \mathcal{T} : \\ t > 2}}v_{t - 2}"),
        (
            "sum(y where y > first(Y)) u[prev(y)]",
            r"\sum_{\substack{y \in \mathcal{Y} : \\ y > \operatorname{first}(\mathcal{Y})}}u_{\operatorname{prev}(y)}",
        ),
        ("sum(k where k == WT) w[k]", r"\sum_{\substack{k \in \mathcal{K} : \\ k = \mathrm{WT}}}w_{k}"),
        (
            "sum(t where t in {1, 2} or not t == 3) 1",
            r"\sum_{\substack{t \in \mathcal{T} : \\ t \in \{1,2\} \vee \neg(t = 3)}}1",
        ),
        ("a*goal", r"a\,\mathrm{goal}"),
        ("goal*goal", r"\mathrm{goal} \cdot \mathrm{goal}"),
    ],
)  # fmt: skip
def test_formula(expression: str, formula: str) -> None:
    squeezed = printed(expression).replace(" ", "")
    assert squeezed == formula.replace(" ", "")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"), (-0.0, "0"), (3.0, "3"), (-2.5, "-2.5"), (1e-6, "10^{-6}"), (2.5e7, r"2.5\cdot10^{7}"),
        (120000.0, "120000"), (1.2e-5, r"1.2\cdot10^{-5}"), (float("inf"), r"\infty"), (1 / 3, "0.333333333333333"),
    ],
)  # fmt: skip
def test_numbers(value: float, shown: str) -> None:
    assert latex(number(value)).replace(" ", "") == shown.replace(" ", "")


def test_branches() -> None:
    shown = printed("if a > 1 then b else if a > 0 then c else 0")
    rows = ["b & \\text{if }a > 1 \\\\", "c & \\text{if }a > 0 \\\\", "0 & \\text{otherwise}"]
    assert shown == "\n".join(["\\begin{cases}", *rows, "\\end{cases}"])
