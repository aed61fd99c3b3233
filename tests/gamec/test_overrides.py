"""`--set` words and `--data` files in; values by parameter, or diagnostics with the place in the file, out."""

from __future__ import annotations

from pathlib import Path

import pytest

from gamec.overrides import overrides
from grammar.diagnostics import Diagnostic, DiagnosticError


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("a=5", 5),
        ("a = 5.5 ", 5.5),
        ("a=.5", 0.5),
        ("a=+5e3", 5000.0),
        ("a=true", True),
        ('a="WT"', "WT"),
        ("a=WT", "WT"),
        ("a=b=c", "b=c"),
        ("a=[1, 2]", [1, 2]),
        ('a={"1": 2}', {"1": 2}),
    ],
)
def test_set(words: str, value: object) -> None:
    assert overrides([words], None) == {"a": value}


def test_names_of_the_language_may_be_set() -> None:
    assert overrides(["η_dis=0.9", "park.cap=3"], None) == {"η_dis": 0.9, "park.cap": 3}


def test_set_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "data.json"
    file.write_text('\ufeff{"a": 1, "b": 2}', encoding="utf-8")
    assert overrides(["a=3"], str(file)) == {"a": 3, "b": 2}


def failed(sets: list[str], data: str | None = None) -> list[Diagnostic]:
    with pytest.raises(DiagnosticError) as error:
        overrides(sets, data)
    return list(error.value.diagnostics)


@pytest.mark.parametrize(
    ("sets", "code"),
    [
        (["a"], "G507"),
        (["=5"], "G507"),
        (["5=a"], "G507"),
        (["a b=5"], "G507"),
        (["a="], "G507"),
        (["a=1", "a=2"], "G507"),
        (["a=nan"], "G504"),
        (["a=NaN"], "G504"),
        (["a=-inf"], "G504"),
        (["a=Infinity"], "G504"),
        (["a=1e999"], "G504"),
    ],
)
def test_wrong_set(sets: list[str], code: str) -> None:
    assert [d.code for d in failed(sets)] == [code]


def test_all_wrong_sets_are_told_at_once() -> None:
    assert [d.code for d in failed(["a", "b=", "c=inf"])] == ["G507", "G507", "G504"]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("{", "G506", (1, 2)),
        ("", "G506", (1, 1)),
        ('{"a": 1,\n "b": }', "G506", (2, 7)),
        ("[1, 2]", "G506", (1, 1)),
        ('{"a": 1,\n "a": 2}', "G502", (2, 2)),
        ('{"a": NaN}', "G504", (1, 7)),
        ('{"a": 1,\n"b": -Infinity}', "G504", (2, 6)),
        ('{"a": 1e999}', "G504", (1, 7)),
        ("[" * 100_000, "G506", (1, 1)),
    ],
)
def test_wrong_data_file(tmp_path: Path, text: str, code: str, place: tuple[int, int]) -> None:
    file = tmp_path / "data.json"
    file.write_text(text, encoding="utf-8")
    [found] = failed([], str(file))
    assert found.code == code
    assert found.span is not None
    assert (found.span.line, found.span.column) == place


def test_missing_data_file_offers_near_names(tmp_path: Path) -> None:
    (tmp_path / "prices.json").write_text("{}", encoding="utf-8")
    [found] = failed([], str(tmp_path / "price.json"))
    assert found.code == "G001"
    assert "prices.json" in found.hints[0].text
