"""The language reference: every model in it compiles, and solves where it says so, or fails on the lines marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import LANGUAGE, ROOT, Block, blocks_of, checked, errors, places, solved, written

PAGES = sorted(LANGUAGE.glob("*.md"))
BLOCKS = [block for page in [ROOT / "docs" / "index.md", *PAGES] for block in blocks_of(page)]
PRECISION = 1e-6
"""Relative; pages write at least seven digits or whole numbers. Where the optimum is flat, a block gives its values
`within` more than that; its objective must be as sharp."""


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_says_what_the_compiler_says(block: Block, tmp_path: Path) -> None:
    model = written(block, tmp_path)
    found = checked(model)
    if "future" in block.options:
        assert {d.code for d in found} == {"G107"}, "compiles by now: take the mark `future` away"
        return
    assert places(found) == block.expected, errors(found)


def unindexed(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if isinstance(value, float)}


@pytest.mark.parametrize("block", [b for b in BLOCKS if "solve" in b.options], ids=str)
def test_a_block_solves_to_its_values(block: Block, tmp_path: Path) -> None:
    options = dict(block.options)
    case = options.pop("case", None)
    objective = float(options.pop("solve"))
    within = float(options.pop("within", PRECISION))
    result, found = solved(written(block, tmp_path), case)
    assert result is not None, errors(found)
    assert errors(found) == []
    assert result.certificate is not None
    assert result.certificate.verified
    assert next(iter(result.objectives.values())) == pytest.approx(objective, rel=PRECISION, abs=PRECISION)
    known = {**unindexed(result.value_of), **unindexed(result.price_of), **unindexed(result.report_of)}
    for name, value in options.items():
        assert known[name] == pytest.approx(float(value), rel=within, abs=within), name


def test_every_page_is_in_the_table_of_contents() -> None:
    index = (LANGUAGE / "index.md").read_text("utf-8").splitlines()
    assert [p.stem for p in PAGES if p.stem != "index" and p.stem not in index] == []


def test_every_page_shows_what_runs() -> None:
    assert [p.name for p in PAGES if p.name != "index.md" and not blocks_of(p)] == []
