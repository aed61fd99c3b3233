"""The page about Python and its notebook: every example gives what stands below it."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from tests.docs.blocks import ROOT, blocks_of

PAGE = ROOT / "docs" / "python.md"
NOTEBOOK = ROOT / "docs" / "notebooks" / "two_plants.ipynb"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


def test_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All blocks in order, in one session, beside the page's model."""
    text = PAGE.read_text("utf-8")
    (model,) = blocks_of(PAGE)
    (tmp_path / "plants.game").write_text(next(iter(model.files.values())), "utf-8")
    monkeypatch.chdir(tmp_path)
    blocks = [
        (match[1], text.count("\n", 0, match.start(1)))
        for match in re.finditer(r"^```python\n(.*?)^```$", text, re.M | re.S)
    ]
    assert len(blocks) > 8
    names: dict[str, object] = {}
    told: list[str] = []
    for block, line in blocks:
        example = doctest.DocTestParser().get_doctest(block, names, PAGE.name, str(PAGE), line)
        runner = doctest.DocTestRunner(optionflags=FLAGS)
        runner.run(example, out=told.append, clear_globs=False)
        names = example.globs
    assert "".join(told) == ""


def cells() -> list[dict[str, object]]:
    return [c for c in json.loads(NOTEBOOK.read_text("utf-8"))["cells"] if c["cell_type"] == "code"]


def outputs(cell: dict[str, object]) -> list[str]:
    """What is stored as texts: a result by its plain form, what was printed as it is."""
    found = []
    for output in cell["outputs"]:  # type: ignore[attr-defined]
        assert output["output_type"] != "error"
        found.append("".join(output["text"] if "text" in output else output["data"]["text/plain"]))
    return found


def test_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every cell runs, and numbers are those that are stored with it."""
    monkeypatch.chdir(tmp_path)
    shell = InteractiveShell.instance()
    try:
        for cell in cells():
            ran = shell.run_cell("".join(cell["source"]))  # type: ignore[arg-type]
            ran.raise_error()
            printed = capsys.readouterr().out
            for text in outputs(cell):
                if re.search(r"^\s*(time|Size|<(Figure|xarray))", text, re.M):
                    continue  # seconds and sizes in memory are those of the machine
                assert "".join(text.split()) in "".join((printed + repr(ran.result)).split())
    finally:
        InteractiveShell.clear_instance()


def test_the_notebook_shows_pictures() -> None:
    shown = [o["data"] for c in cells() for o in c["outputs"] if "data" in o]  # type: ignore[attr-defined]
    assert sum("image/png" in data for data in shown) >= 3
