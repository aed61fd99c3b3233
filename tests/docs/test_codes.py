"""The page of each diagnostic code: its wrong model gives exactly that code, its mended one nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grammar.codes import CODES
from tests.docs.blocks import CODE_PAGES, ROOT, Block, blocks_of, checked, errors, places, solved, written

PAGES = sorted(CODE_PAGES.glob("*.md"))
BLOCKS = [block for page in PAGES for block in blocks_of(page)]

NOT_SHOWN_BY_A_MODEL = {
    "G002": "a file that is no text",
    "G003": "a place on the disk that cannot be written",
    "G004": "an installation without a part",
    "G005": "a folder that no run made",
    "G006": "a run folder that somebody changed",
    "G007": "a document",
    "G008": "a run folder of another run",
    "G107": "a command that writes the model in another language",
    "G111": "a hundred levels",
    "G605": "a case that the command line names",
    "G712": "a command that writes formulas",
    "G713": "a command that writes the game in another format",
    "G714": "a command that writes the game in another format",
    "G803": "an installation without a solver",
    "G804": "a solver that gives up",
    "G805": "a limit",
    "G806": "an answer that a solver got wrong",
    "G807": "an option of the command line",
    "G901": "a fault of gamec",
}
"""Codes whose pages have no model, and what it takes to see them."""

KEPT = ("G609", "G705")
"""Codes that nothing gives at present. They stay registered: what a code means never changes."""


def needs_solving(block: Block) -> bool:
    """Codes of reformulation and solving appear when the model is solved."""
    return block.page.stem.startswith(("G7", "G8"))


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_an_example_gives_its_code_or_nothing(block: Block, tmp_path: Path) -> None:
    model = written(block, tmp_path)
    found = checked(model)
    if needs_solving(block) and not found:
        found = solved(model)[1]
    assert places(found) == block.expected, errors(found)


@pytest.mark.parametrize("code", KEPT)
def test_a_kept_code_is_given_nowhere(code: str) -> None:
    """Once something gives it, its page shows a model."""
    sources = [p for folder in ("compiler", "gamec", "grammar", "runtime") for p in (ROOT / folder).rglob("*.py")]
    assert [p.name for p in sources if f'"{code}"' in p.read_text("utf-8") and p.name != "codes.py"] == []


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert [page.stem for page in PAGES] == sorted(CODES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_built_like_the_others(page: Path) -> None:
    code = page.stem
    text = page.read_text("utf-8")
    assert text.startswith(f"# {code} {CODES[code].slug}\n\n{CODES[code].meaning}\n\n"), (
        "title and meaning as registered"
    )
    shown = code not in NOT_SHOWN_BY_A_MODEL and code not in KEPT
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["Wrong", "Mended", "Why", "Ways out"] if shown else ["What happens", "Why", "Ways out"]
    examples = blocks_of(page)
    wrong = [b for b in examples if b.heading == "Wrong"]
    mended = [b for b in examples if b.heading == "Mended"]
    assert bool(wrong) == bool(mended) == shown
    assert all(set(b.codes) == {code} for b in wrong)
    assert all(b.codes == [] for b in mended)
