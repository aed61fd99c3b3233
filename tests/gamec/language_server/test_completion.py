"""What is proposed at a cursor in a model: what must be there, and what must not."""

from __future__ import annotations

import pytest

from compiler import library
from gamec.language_server.completion import proposals, word_start
from tests.gamec.language_server.cursor import MODEL, at_cursor


def proposed(text: str) -> list[str]:
    document, offset = at_cursor(text)
    return [p.text for p in sorted(proposals(document, offset), key=lambda p: (p.rank, p.text))]


def inserted(place: str) -> list[str]:
    """What is proposed when `place` is typed at the end of the block of player `grid`."""
    return proposed(MODEL.replace("price value[t] : CNY\n", f"price value[t] : CNY\n  {place}\n"))


@pytest.mark.parametrize(
    ("place", "there", "not_there"),
    [
        ("con‸", ["constraint", "var", "minimize"], ["set", "fix", "player", "game"]),
        (
            "constraint c: ‸",
            ["p", "own", "sell", "tariff", "η", "t", "sum", "abs"],
            ["var", "balance", "cheap", "bill2"],
        ),
        ("constraint c: p[‸", ["t", "k", "WT"], ["var"]),
        ("constraint c[u in T]: p[u‸", ["u"], []),
        ("constraint c: sum((a,b) in T * T) ‸", ["a", "b"], []),
        ("constraint c: own ‸", ["price", "in", "perp"], ["own", "tariff"]),
        ("constraint c: ess.‸", ["sell", "revenue"], ["p", "own", "sum"]),
        ("constraint c: bat.‸", ["ch", "P", "E"], ["limit", "p"]),
        ("constraint c: grid[WT].‸", ["p", "bill", "bat", "value"], ["balance"]),
        ("constraint c: bat.c‸", ["ch"], ["own"]),
        ("let a : ‸", ["CNY", "kW", "MWh"], ["tariff", "own"]),
        ("let a : CNY/‸", ["kWh"], ["tariff"]),
        ("let a : CNY ‸", ["tex"], ["kWh"]),
        ("var ‸", [], ["tariff", "kW", "sum"]),
        ("var x ‸", ["in", "integer", "binary", "starts", "cyclic"], ["table", "tariff"]),
        ("use ‸", ["battery"], ["tariff"]),
        ("use battery(‸", ["P", "E"], ["ch", "tariff"]),
        ("use battery(P = ‸", ["tariff", "own"], ["E"]),
        ("constraint c: 2 * * ‸", ["own", "constraint"], []),
        ("constraint c: own <= 1 constraint d: ‸", ["own"], []),
        ("# con‸", [], ["constraint", "own"]),
        ('let a "con‸"', [], ["constraint", "own"]),
        ("let a = 12‸", [], ["own", "sum"]),
    ],
)
def test_inside_a_player(place: str, there: list[str], not_there: list[str]) -> None:
    found = inserted(place)
    assert [word for word in there if word not in found] == []
    assert [word for word in not_there if word in found] == []


@pytest.mark.parametrize(
    ("place", "there", "not_there"),
    [
        ("‸", ["player", "set", "param", "case", "clear", "import"], ["var", "constraint", "fix"]),
        ("player x follows ‸", ["ess", "grid"], ["tariff", "x"]),
        ("player x follows ess, ‸", ["grid"], ["tariff"]),
        ("player ess follows ‸", ["grid"], ["ess"]),
        ("case c extends ‸", ["cheap"], ["tariff", "ess"]),
        ("case c { ‸ }", ["fix", "drop", "param", "player"], ["var", "set"]),
        ("case c { drop ‸ }", ["grid.balance", "ess", "grid"], ["tariff"]),
        ("case c { drop grid.‸ }", ["balance"], ["p", "own"]),
        ("case c { param ‸ }", ["tariff", "η"], ["own", "ess"]),
        ("case c { fix ‸ }", ["p", "own", "grid"], []),
        ("case c { fix grid.‸ }", ["p", "own"], ["balance"]),
        ("report r = ‸", ["own", "cost", "grid", "tariff", "sum"], ["cheap", "player"]),
        ("compare r = ‸", ["cheap"], []),
        ("compare r = cheap.‸", ["cost"], ["tariff", "own"]),
        ("plot f: tariff[t] over ‸", ["t", "k"], ["tariff"]),
        ("solve { ‸ }", ["method", "solver", "time_limit"], ["player", "tariff"]),
        ("solve { method kkt ‸ }", ["solver", "seed"], ["player"]),
        ("set S in ‸", ["T", "K"], []),
        ("param c[‸", ["t", "k"], []),
        ("import ‸", ["std"], ["tariff"]),
        ("import std.‸", library.library_names(), ["tariff"]),
    ],
)
def test_at_the_top(place: str, there: list[str], not_there: list[str]) -> None:
    found = proposed(MODEL + place)
    assert [word for word in there if word not in found] == []
    assert [word for word in not_there if word in found] == []


def test_statements_come_first_on_a_new_line() -> None:
    assert inserted("‸")[0] in ("constraint", "let", "maximize", "minimize", "param", "use", "var")


def test_what_is_ones_own_comes_before_what_is_others() -> None:
    found = inserted("constraint c: ‸")
    assert found.index("own") < found.index("tariff") < found.index("sell") < found.index("abs")


def test_names_of_imported_files_are_proposed() -> None:
    document, offset = at_cursor('import "b.game" player a { let x = ‸ }', {"b.game": "param from_b = 1"})
    assert "from_b" in [p.text for p in proposals(document, offset)]


def test_the_word_being_typed_is_replaced() -> None:
    document, offset = at_cursor("let a = η_d‸")
    assert document.source.text[word_start(document, offset) : offset] == "η_d"


def test_nothing_is_proposed_twice() -> None:
    found = inserted("constraint c: ‸")
    assert len(found) == len(set(found))
