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
    assert ran.out == f"G401 unit-mismatch (units)\n\n{CODES['G401'].meaning}\n"


def test_all_codes(gamec: Gamec) -> None:
    lines = gamec("explain", "all").out.splitlines()
    assert [line.partition(" ")[0] for line in lines] == list(CODES)


@pytest.mark.parametrize(("word", "near"), [("G40", "G40"), ("unit-mismach", "unit-mismatch")])
def test_an_unknown_code_offers_near_ones(gamec: Gamec, word: str, near: str) -> None:
    ran = gamec("explain", word)
    assert ran.code == 2
    assert "G807" in ran.err
    assert f"did you mean `{near}" in ran.err
