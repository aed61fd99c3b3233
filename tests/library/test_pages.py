"""The reference of the library: every file has its page, whose tables are the file's and whose models run."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler import library
from compiler.syntax import declarations
from compiler.syntax.format import format_text
from tests.docs.blocks import ROOT, Block, blocks_of, checked, errors, places, solved, written
from tests.library.reference import PAGES, components_of, declaration_row, parameter_row

NAMES = library.library_names()
BLOCKS = [block for page in sorted(PAGES.glob("*.md")) for block in blocks_of(page)]
PRECISION = 1e-6


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_model_of_a_page_does_what_the_page_says(block: Block, tmp_path: Path) -> None:
    model = written(block, tmp_path)
    assert places(checked(model)) == block.expected
    if block.expected:
        return
    options = dict(block.options)
    objective, within = float(options.pop("solve")), float(options.pop("within", PRECISION))
    result, found = solved(model)
    assert result is not None, errors(found)
    assert result.certificate is not None
    assert result.certificate.verified
    assert next(iter(result.objectives.values())) == pytest.approx(objective, rel=PRECISION)
    for name, value in options.items():
        assert result.report_of[name] == pytest.approx(float(value), rel=within)


def test_every_file_has_its_page_and_every_page_its_file() -> None:
    assert sorted(page.stem for page in PAGES.glob("*.md") if page.stem != "index") == NAMES


def test_the_contents_name_every_page() -> None:
    index = (PAGES / "index.md").read_text("utf-8")
    contents = index[index.index("```{toctree}") :].splitlines()
    assert sorted(line for line in contents[3:] if line not in ("", "```")) == NAMES
    for name in NAMES:
        components = ", ".join(f"`{c.head.name.text}`" for c in components_of(name))
        assert f"| [`std.{name}`]({name}.md) | {components} |" in index
    assert "library/index" in (ROOT / "docs" / "index.md").read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_lists_what_its_file_declares(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text("utf-8")
    sections = [line.removeprefix("## ").strip("`") for line in page.splitlines() if line.startswith("## `")]
    assert sections == [c.head.name.text for c in components_of(name)]
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    said = []
    for component in components_of(name):
        said += [parameter_row(p) for p in component.parameters]
        said += [
            declaration_row(s) for s in component.body if isinstance(s, declarations.VarDecl | declarations.LetDecl)
        ]
    assert sorted(set(rows)) == sorted(set(said))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_formatted(name: str) -> None:
    text = library.library_text(name)
    assert text is not None
    assert format_text(text) == text
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("name", NAMES)
def test_a_file_says_where_its_equations_are_from_and_what_it_takes(name: str) -> None:
    text = library.library_text(name)
    assert text is not None
    head = text[: text.index("\ncomponent")]
    assert "# Source: " in head
    assert "# Takes from the model: the letter `t`" in head
    assert "`dt`" in head


@pytest.mark.parametrize("name", NAMES)
def test_everything_carries_a_unit_a_doc_string_and_a_symbol(name: str) -> None:
    """Money alone has no unit: the library does not know the currency."""
    money = {"cost", "wear", "om", "gas_price", "buy_price", "sell_price", "compensation", "a", "b", "c"}
    money |= {f"{word}_{k}" for word in ("rate", "cost") for k in range(4)}
    for component in components_of(name):
        assert component.head.doc
        declared = [s for s in component.body if isinstance(s, declarations.VarDecl | declarations.LetDecl)]
        for s in (*component.parameters, *declared):
            assert s.head.doc, s.head.name.text
            assert s.head.tex, s.head.name.text
            binary = isinstance(s, declarations.VarDecl) and s.kind == "binary"
            assert (s.head.unit is None) == (s.head.name.text in money or binary), s.head.name.text
        for s in component.body:
            assert not isinstance(s, declarations.ConstraintDecl) or s.head.doc
