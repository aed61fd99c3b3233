"""What documents say: the sentences and cells that a reader relies on."""

from __future__ import annotations

from compiler.backends.document_formats import document_of
from compiler.pipeline import compile_source
from grammar.source import Source
from tests.documents.models import WRITE, described, document


def markdown(text: str, derive: bool = False) -> str:
    return WRITE[".md"](described(text, derive).document)


def test_a_formula_that_is_overridden_is_said_not_to_count() -> None:
    text = """
    param a = 2
    param b = 3*a
    param c = a
    player p { param d = a + 1  var x in [0, b] minimize cost = c*d*x }
    """
    source = Source("test.game", text)
    compiled = compile_source(source, lambda name: "", overrides={"b": 7, "c": 8, "p.d": 9})
    shown = WRITE[".md"](document_of(compiled, "0").document)
    assert "| $b$ | `b` |  | $7$, given from outside |" in shown
    assert "| $c$ | `c` |  | $8$, given from outside |" in shown
    assert shown.count("does not count here: its values are given from outside") == 2
    plain = markdown(text)
    assert "| $b$ | `b` |  | $6$, (" in plain
    assert "| $c$ | `c` |  | $= a$ |" in plain


def test_a_range_is_shown_with_the_smaller_side_first() -> None:
    shown = markdown("player p { var x in [0, 9] minimize c = x constraint r: 4 >= x >= 1 }")
    assert "1 \\le x \\le 4" in shown


def test_what_holds_at_the_edges_is_said() -> None:
    text = """
    set T index t = 1..4
    player p {
      var a[t] in [0, 9] starts 2 ends >= 5
      var b[t] in [0, 9] cyclic
      minimize c = sum(t) (a[t] - a[t-1] + b[t-1])
    }
    """
    shown = markdown(text)
    assert "a_{t} = 2\\qquad\\forall t < \\operatorname{first}(\\mathcal{T})" in shown
    assert "a_{\\operatorname{last}(\\mathcal{T})} \\ge 5" in shown
    assert (
        "b_{\\operatorname{prev}(\\operatorname{first}(\\mathcal{T}))} = b_{\\operatorname{last}(\\mathcal{T})}"
        in shown
    )


def test_elements_stand_upright_and_letters_slanted() -> None:
    player = "player p { var x in [0, 9] minimize c = x*v[b]*(sum(n) v[n]) }"
    shown = markdown(f"set N index a, n = {{a, b}}\nparam v[n] = 1\n{player}")
    assert "v_{\\mathrm{b}}" in shown
    assert "v_{n}" in shown


def test_a_market_is_a_complementarity() -> None:
    text = """
    player firm { var q in [0, 9] maximize profit = lmp*q - q^2 }
    clear balance: q >= 3  price lmp
    clear capped: q <= 8  price cap_price in [0, 4]
    clear equal: q == 4  price free
    """
    shown = markdown(text)
    assert "0 \\le q - 3 \\perp \\mathrm{lmp} \\ge 0" in shown
    assert "0 \\le \\mathrm{cap}^{\\mathrm{price}} \\le 4 \\perp 8 - q" in shown
    assert "q - 4 = 0\\quad(\\mathrm{free})" in shown


def test_followers_and_ties_are_told() -> None:
    text = """
    player a "the first mover" { var x in [0, 1] minimize c = x + y }
    player b follows a pessimistic { var y in [0, 1] minimize d = y - x }
    """
    shown = markdown(text)
    assert "The first mover moves first and foresees the best answers of the others: a Stackelberg game." in shown
    assert "It follows the first mover, whose decisions it knows." in shown
    assert "gives the one that its leaders like least" in shown
    assert "| first mover | player b | $x$ |" in shown
    assert "| player b | first mover | $y$ |" in shown


def test_a_case_is_told_by_its_changes() -> None:
    shown = WRITE[".md"](document("zoo").document)
    row = next(line for line in shown.splitlines() if line.startswith("| `strict`"))
    assert row == (
        "| `strict` | More demand | $\\hat{D}_{1} = 20$, $\\hat{D}_{2} = 30$, $\\hat{D}_{3} = 20$, "
        "$\\hat{D}_{4} = 15$; "
        "fixed $\\mathrm{on}_{n,1} = 1$ $\\forall n \\in \\mathcal{N}$; without `range` (13) |"
    )
    row = next(line for line in shown.splitlines() if line.startswith("| `free`"))
    assert row == "| `free` | No tax | as `strict`, fixed $\\tau = 0$; `park` follows nobody |"


def test_strong_duality_of_the_toy() -> None:
    """By hand: the dual of min -x with x + y <= 8, 4x + y >= 8, 2x + y <= 13, 2x - 7y <= 0, x <= 5."""
    shown = WRITE[".md"](document("toy", derive=True).document)
    assert "| $\\mu^{\\text{lower\\_a}}$ | lower side of (5) | at least zero |" in shown
    stationarity = (
        "\\mu^{\\text{upper\\_a}} - 1 - 4\\mu^{\\text{lower\\_a}} + 2\\mu^{\\text{upper\\_b}} + "
        "2\\mu^{\\text{upper\\_c}} + \\overline{\\nu}^{\\mathrm{x}} = 0"
    )
    assert stationarity in shown
