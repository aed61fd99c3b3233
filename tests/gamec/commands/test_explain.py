"""`gamec explain`: codes and their names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grammar.codes import CODES
from tests.gamec.conftest import Ran

Gamec = Callable[..., Ran]


@pytest.mark.parametrize("word", ["G401", "g401", "unit-mismatch", "UNIT-MISMATCH"])
def test_a_code(gamec: Gamec, word: str) -> None:
    ran = gamec("explain", word)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[:4] == ["G401 unit-mismatch", "==================", "", CODES["G401"].meaning]
    assert "    param power : kW = 40" in lines
    assert lines[-1] == "family: units"


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_its_page(gamec: Gamec, code: str) -> None:
    ran = gamec("explain", code)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{code} {CODES[code].slug}\n")
    assert "```" not in ran.out
    assert "](" not in ran.out


def test_all_codes(gamec: Gamec) -> None:
    lines = gamec("explain", "all").out.splitlines()
    assert [line.partition(" ")[0] for line in lines] == list(CODES)


@pytest.mark.parametrize(("word", "near"), [("G40", "G40"), ("unit-mismach", "unit-mismatch")])
def test_an_unknown_code_offers_near_ones(gamec: Gamec, word: str, near: str) -> None:
    ran = gamec("explain", word)
    assert ran.code == 2
    assert "G807" in ran.err
    assert f"did you mean `{near}" in ran.err
