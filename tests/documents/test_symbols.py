"""Names and `tex` to symbols: expected are the symbols that a paper prints."""

from __future__ import annotations

import pytest

from compiler.backends.latex_math import latex
from compiler.documents import math as m
from compiler.documents.symbols import Symbols, letter
from compiler.documents.tex_symbol import UnknownTexError, tex_symbol
from tests.documents.models import compiled

PLAYER = "player p { var x in [0, 1] minimize c = x }"


def symbols(text: str) -> dict[str, str]:
    """The symbol of everything declared, by `player.name`, with its own letters."""
    game = compiled(text).game
    found = Symbols(game)
    declared = [*game.all_params(), *game.all_lets(), *(v for p in game.players for v in p.variables)]
    return {f"{d.player}.{d.name}".removeprefix("."): latex(found.head(d)) for d in declared}


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("x", "x"),
        ("load", r"\mathrm{load}"),
        ("p_buy", r"p^{\mathrm{buy}}"),
        ("P_max", r"P^{\max}"),
        ("P_ch_max", r"P^{\mathrm{ch},\max}"),
        ("η", r"\eta"),
        ("η_dis", r"\eta^{\mathrm{dis}}"),
        ("theta", r"\theta"),
        ("Delta_p", r"\Delta^{\mathrm{p}}"),
        ("x1", "x_{1}"),
        ("x_2", "x_{2}"),
        ("c₃", "c_{3}"),
        ("level_1", r"\mathrm{level}_{1}"),
        ("dt", r"\Delta t"),
        ("COP", r"\mathrm{COP}"),
        ("Ä", r"\textit{Ä}"),
    ],
)
def test_a_symbol_is_made_from_the_name(name: str, symbol: str) -> None:
    assert symbols(f"param {name} = 1\n{PLAYER}")[name] == symbol


@pytest.mark.parametrize(
    ("head", "tex", "symbol"),
    [
        ("a[i,t]", r"P^{\mathrm{load}}_{i,t}", r"P_{i,t}^{\mathrm{load}}"),
        ("a[i,t]", r"P_{t,i}", "P_{t,i}"),
        ("a[i]", r"\overline{P}", r"\overline{P}_{i}"),
        ("a[i]", r"P^{\max}_{\mathrm{GT},i}", r"P_{\mathrm{GT},i}^{\max}"),
        ("a[t]", r"U^t_{\mathrm{char}}", r"U_{\mathrm{char}}^{t}"),
        ("a[i,t]", "Q'_{j,s}", "Q'_{i,t}"),  # other letters, as many: each in its turn
        ("a[i]", "F_{0,i}", "F_{0,i}"),
        ("a[i]", "G_4", "G_{4,i}"),
        ("a", r"SOC_{\max}", r"SOC_{\max}"),
        ("a[t]", r"\Delta L_t", r"\Delta L_{t}"),
        ("a", r"\hat{\mathbf{x}}", r"\hat{\mathbf{x}}"),
    ],
)
def test_a_users_symbol_keeps_its_form_and_opens_its_indices(head: str, tex: str, symbol: str) -> None:
    sets = "set I index i, j = 1..2\nset T index t, s = 1..3\n"
    assert symbols(f'{sets}param {head} = 1 tex "{tex}"\n{PLAYER}')["a"] == symbol


def test_a_shifted_index_goes_where_the_letter_is() -> None:
    variable = 'var x[t] in [0, 1] starts 0 tex "E^{\\mathrm{a}}_{1,t}"'
    text = f"set T index t = 1..3\nplayer p {{ {variable} minimize c = sum(t) x[t-1] }}"
    game = compiled(text).game
    x = game.players[0].variables[0]
    assert latex(Symbols(game).of(x, [m.row(letter("t"), m.Sign("-"), m.Digits("1"))])) == r"E_{1,t - 1}^{\mathrm{a}}"


def test_two_of_one_component_are_told_apart() -> None:
    text = """
    component store(P) { var p in [0, P] tex "P_t"  var only in [0, 1] tex "E" }
    player park { use store(P = 1) as a  use store(P = 2) as b_c  minimize c = a.p + b_c.p }
    """
    found = symbols(text)
    assert found["park.a.p"] == "P_{t}^{\\mathrm{a}}"
    assert found["park.b_c.p"] == r"P_{t}^{\text{b c}}"
    assert found["park.a.P"] == r"P^{\mathrm{a}}"


def test_players_with_one_name_are_told_apart_and_others_left_alone() -> None:
    text = (
        "player left { var q in [0, 1] var r in [0, 1] minimize c = q } player right { var q in [0, 1] minimize d = q }"
    )
    found = symbols(text)
    assert found["left.q"] == r"q^{\mathrm{left}}"
    assert found["right.q"] == r"q^{\mathrm{right}}"
    assert found["left.r"] == "r"


def test_symbols_with_other_indices_are_no_clash() -> None:
    text = f'set K index k = 1..2\nset S index s = 1..2\nparam a[k] = 1 tex "c_k"\nparam b[s] = 1 tex "c_s"\n{PLAYER}'
    found = symbols(text)
    assert (found["a"], found["b"]) == ("c_{k}", "c_{s}")


@pytest.mark.parametrize("tex", [r"\foo", "x_", "{x", "x}", "x_1_2", "", r"\mathrm{", r"x^\alpha^2", "#", r"\cite{a}"])
def test_what_latex_would_not_take_is_refused(tex: str) -> None:
    with pytest.raises(UnknownTexError):
        tex_symbol(tex)


def test_a_refused_symbol_is_made_from_the_name_and_said() -> None:
    game = compiled(f'param p_buy = 1 tex "\\foo"\n{PLAYER}').game
    found = Symbols(game)
    assert latex(found.head(game.params[0])) == r"p^{\mathrm{buy}}"
    assert [(s.name, why) for s, why in found.refused] == [("p_buy", r"`\foo`")]


@pytest.mark.parametrize(
    ("name", "shown"), [("t", "t"), ("kk", "k'"), ("i2", "i_{2}"), ("ω", r"\omega"), ("hour", r"\mathit{hour}")]
)
def test_letters(name: str, shown: str) -> None:
    assert latex(letter(name)) == shown


def test_sets_get_script_letters_of_their_own() -> None:
    sets = ["T index t = 1..2", "Hour index h = 1..2", "Night in T = {1}", "House index h2 = 1..3", "H = 1..2"]
    game = compiled("\n".join(f"set {s}" for s in sets) + f"\n{PLAYER}").game
    found = Symbols(game)
    assert {s.name: latex(found.of_set(s)) for s in game.sets} == {
        "T": r"\mathcal{T}",
        "Hour": r"\mathrm{Hour}",
        "Night": r"\mathcal{T}^{\mathrm{Night}}",
        "House": r"\mathrm{House}",
        "H": r"\mathcal{H}",
    }
