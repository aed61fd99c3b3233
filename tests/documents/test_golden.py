"""Documents read as the files in `golden/`. `GAMEC_GOLDEN=write` writes these anew; read the difference before you keep
it."""

from __future__ import annotations

import os

import pytest

from tests.documents.models import GOLDEN, WRITE, document

CASES = [
    ("toy", ".tex", False),
    ("toy", ".html", False),
    ("toy", ".md", True),
    ("zoo", ".tex", False),
    ("zoo", ".md", False),
    ("storage_alliance", ".md", False),
]


@pytest.mark.parametrize(("name", "suffix", "derive"), CASES)
def test_document_is_the_golden_one(name: str, suffix: str, derive: bool) -> None:
    text = WRITE[suffix](document(name, derive).document)
    golden = GOLDEN / f"{name}{suffix}"
    if os.environ.get("GAMEC_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_golden_has_its_case() -> None:
    known = {f"{name}{suffix}" for name, suffix, _ in CASES} | {"zoo.game", "prices.csv"}
    assert {p.name for p in GOLDEN.iterdir()} == known
