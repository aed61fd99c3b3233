"""What a hover says, at a cursor in a model."""

from __future__ import annotations

import pytest

from compiler.ir.functions import FUNCTIONS as KNOWN
from compiler.ir.functions import INDEX_FUNCTIONS
from gamec.language_server.hover import hover_text, word_text
from gamec.language_server.words import FUNCTIONS, KEYWORDS
from grammar.tables import load_tables
from tests.gamec.language_server.cursor import MODEL, at_cursor


def hover(text: str, facts: dict[tuple[str, str], str] | None = None) -> str:
    document, offset = at_cursor(text)
    occurrence = document.occurrence_at(offset)
    assert occurrence is not None
    return hover_text(occurrence.symbol, document.names, facts or {})


@pytest.mark.parametrize(
    ("place", "says"),
    [
        (
            "s‸ell[t]*p[k,t]\n}",
            ["**variable** `sell` of player `ess`", "CNY/kWh", "selling price", "`t` in `T` (hours)"],
        ),
        ("sum(u in T where u > 2) tariff‸[u]", ["**parameter** `tariff`", "grid tariff", "in `CNY/kWh`"]),
        ("sum(u‸ in T where", ["**index letter** `u` of set `T`"]),
        ("maximize revenue = sum(t‸,k)", ["**index letter** `t` of set `T`", "set T index t = 1..24", "hours"]),
        ("in [0, P‸] ", ["**parameter** `P` of component `battery`", "in `kW`"]),
        ("use batt‸ery", ["**component** `battery`"]),
        ("as ba‸t", ["**component in use** `bat` of player `grid`, component `battery`"]),
        ("follows e‸ss", ["**player** `ess`", "storage"]),
        ("grid[k].bi‸ll", ["**objective, minimized** `bill` of player `grid`"]),
        ("che‸ap.cost", ["**case** `cheap`", "half price"]),
        ("price va‸lue[t]", ["**shadow price** `value` of player `grid`, of constraint `balance`", "in `CNY`"]),
        ("cheap.co‸st", ["**report** `cost`"]),
        ("{WT‸, GT}", ["**element** `WT` of set `K`"]),
        ("param η‸ = 0.95", ["**parameter** `η`", "efficiency", "param η = 0.95"]),
    ],
)
def test_names(place: str, says: list[str]) -> None:
    assert place.replace("‸", "") in MODEL
    shown = hover(MODEL.replace(place.replace("‸", ""), place, 1))
    assert [words for words in says if words not in shown] == []


def test_units() -> None:
    assert "**unit** `CNY`" in hover(MODEL.replace(": CNY/kWh = 2", ": C‸NY/kWh = 2"))
    # 1 kWh is 3.6 MJ.
    assert "1 `kWh` = 3.6e+06" in hover(MODEL.replace(": CNY/kWh = 2", ": CNY/kW‸h = 2"))


def test_the_value_is_shown_where_it_is_known() -> None:
    text = MODEL.replace("param η", "param ‸η")
    assert "value: 0.95" in hover(text, {("", "η"): "value: 0.95"})


def test_doc_strings_cannot_write_markdown() -> None:
    shown = hover('param ‸a = 1 "<b>*bold*</b> [x](y)"')
    assert r"\<b\>\*bold\*" in shown


def test_the_tex_symbol_is_shown() -> None:
    assert "in print: `\\\\lambda_t`" in hover(MODEL.replace("var sell", "var s‸ell"))


def test_a_name_in_a_statement_with_a_slip_is_found_by_its_place() -> None:
    assert "`own` of player `grid`" in hover(
        MODEL.replace("var own in [0, 1]", "var own in [0, 1] constraint c: 2 + + o‸wn")
    )


def test_every_word_and_function_has_its_line() -> None:
    words = {spelling for spelling in load_tables().spellings.values() if spelling.isalpha()}
    assert set(KEYWORDS) == words
    assert set(FUNCTIONS) == {*KNOWN, *INDEX_FUNCTIONS, "piecewise", "tiers"}
    assert word_text("player") is not None
    assert word_text("nonsense") is None
