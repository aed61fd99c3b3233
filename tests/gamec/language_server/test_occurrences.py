"""Where a name is declared and used: the cursor `‸` on a use, the declaration marked «so»."""

from __future__ import annotations

import re

import pytest

from tests.gamec.language_server.cursor import MODEL, at_cursor


def declared_at(marked: str) -> tuple[int | None, int]:
    """(where the symbol at `‸` is declared, where the text has «»)."""
    bare = re.sub("[«»]", "", marked)
    document, offset = at_cursor(bare)
    occurrence = document.occurrence_at(offset)
    span = occurrence.symbol.span if occurrence is not None else None
    return (None if span is None else span.start), marked.replace("‸", "").index("«")


@pytest.mark.parametrize(
    "text",
    [
        "param «a» = 1 let b = ‸a",
        "let b = a‸ param «a» = 1",
        "set T index «t» = 1..3 param a[t‸] = 1",
        "set «T» index t = 1..3 param a = card(‸T)",
        "set T index t = 1..3 param a = sum(«u» in T) ‸u",
        "set T index t = 1..3 param a[«u» in T where ‸u > 1] = 1",
        "set T index t = 1..3 set L in T * T param a = sum((u,«v») in L) ord(v‸)",
        "set T index t = 1..3 set S in T = {«u» in T where ‸u > 1}",
        "player «a» { var x minimize c = x } player b follows ‸a { var y minimize d = y }",
        "player a { var «x» minimize c = x } player b { var x minimize c = a.‸x }",
        "player a { var x minimize c = x } player b { var «x» minimize c = ‸x }",
        "player a { var «x» minimize c = 1 } player b { var y minimize c = ‸x }",
        "set I index i = 1..2 player a[i] { var «x» minimize c = x } report r = a[1].‸x",
        "player a { var x minimize c = x constraint «d»: x >= 1 } case e { drop a.‸d }",
        "player a { var x minimize c = x constraint d: x >= 1 price «m» } report r = ‸m",
        "component «b»(P = 1) { var x } player a { use ‸b(P = 2) as e minimize c = e.x }",
        "component b(«P» = 1) { var x } player a { use b(‸P = 2) as e minimize c = e.x }",
        "component b(«P» = 1) { var x <= ‸P } player a { use b() as e minimize c = e.x }",
        "component b(P = 1) { var «x» } player a { use b(P = 2) as e minimize c = e.‸x }",
        "component b(P = 1) { var x } player a { use b(P = 2) as «e» minimize c = ‸e.x }",
        "component b(P = 1) { var «x» } player a { use b() as e minimize c = e.x } report r = a.e.‸x",
        "unit «CNY» param a : ‸CNY = 1",
        "param «a» = 1 case c { param ‸a = 2 }",
        "case «c» { } case d extends ‸c { }",
        "report «r» = 1 case c { } compare d = c.‸r",
        "case «c» { } report r = 1 compare d = ‸c.r",
        "set K index k = {«WT», GT} param a[k] = {‸WT: 1, GT: 2}",
        "set T index «t» = 1..3 param a[t] = 1 plot p: a[t] over ‸t",
        'scenarios «W» index w from "w.csv" param m[w] from ‸W',
    ],
)
def test_declarations(text: str) -> None:
    found, wanted = declared_at(text)
    assert found == wanted


@pytest.mark.parametrize(
    "text",
    [
        "let b = ‸unknown",
        "player a { var x minimize c = x } player b { var x minimize c = x } report r = ‸x",
        "player a { var x minimize c = x } report r = a.‸y",
        "param a : ‸kW = 1",
        "let b = ‸abs(1)",
    ],
)
def test_names_without_a_declaration(text: str) -> None:
    document, offset = at_cursor(text)
    occurrence = document.occurrence_at(offset)
    assert occurrence is None or occurrence.symbol.span is None


def test_all_uses_are_found() -> None:
    document, offset = at_cursor(MODEL.replace("param tariff", "param tar‸iff"))
    occurrence = document.occurrence_at(offset)
    assert occurrence is not None
    places = {o.span.start for o in document.occurrences.of(occurrence.symbol)}
    text = document.source.text
    assert places == {
        m.start() for m in re.finditer(r"\btariff\b(?! *\")", text) if text[m.start() - 5 : m.start()] != "grid "
    }


def test_a_declaration_in_an_imported_file() -> None:
    document, offset = at_cursor('import "b.game" let c = ‸a', {"b.game": "# first\nparam a = 1"})
    occurrence = document.occurrence_at(offset)
    assert occurrence is not None
    assert occurrence.symbol.span is not None
    assert (occurrence.symbol.span.source.path, occurrence.symbol.span.line) == ("b.game", 2)
