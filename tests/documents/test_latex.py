"""Documents in LaTeX compile: no error, no line beyond the margin, no reference without its label."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest

from compiler.backends.document_formats import document_of
from compiler.pipeline import compile_file
from grammar.diagnostics import DiagnosticError
from tests.docs.blocks import CODE_PAGES, LANGUAGE, ROOT, blocks_of, written
from tests.documents.latex_runs import faults, joined, needs_tex
from tests.documents.models import ALL, WRITE, described, document

PAGES = [ROOT / "docs" / "index.md", *sorted(LANGUAGE.glob("*.md"))]
MORE_PAGES = [*sorted((ROOT / "docs" / "library").glob("*.md")), *sorted(CODE_PAGES.glob("*.md"))]


def latex(name: str, derive: bool = False) -> str:
    return WRITE[".tex"](document(name, derive).document)


def of_pages(pages: list[Path], folder: Path, derive: bool) -> dict[str, str]:
    """The documents of all models on these pages, by place; with `derive` of those that have optimality conditions."""
    found = {}
    for page in pages:
        for block in blocks_of(page):
            if block.expected:
                continue
            model = compile_file(written(block, folder))
            with suppress(*([DiagnosticError] if derive else [])):
                found[str(block)] = WRITE[".tex"](document_of(model, "0", derive).document)
    return found


@needs_tex
def test_all_models_compile_and_keep_their_margins(tmp_path: Path) -> None:
    assert faults(joined({name: latex(name) for name in ALL}), tmp_path) == []


@needs_tex
def test_every_construct_of_the_reference_compiles(tmp_path: Path) -> None:
    texts = of_pages(PAGES, tmp_path, derive=False)
    assert len(texts) > 50
    assert faults(joined(texts), tmp_path) == []


OTHER_SCRIPTS = """game g "负荷 und Größe, Привет → ≤ λ² % & _ # {x} ~ ^ \\ <ä> “é” 'x'"
set T index t = 1..2 "小时"
param 负荷[t] : kW = 3 "электрическая нагрузка"
player игрок "参与者 λ_1 & co" { var мощность in [0, 1] var Größe in [0, 2] minimize c = мощность + Größe*负荷[1] }
"""


@needs_tex
def test_letters_of_other_scripts_stop_nothing(tmp_path: Path) -> None:
    assert faults(WRITE[".tex"](described(OTHER_SCRIPTS).document), tmp_path, runs=2) == []


@pytest.mark.slow
@needs_tex
def test_derivations_compile(tmp_path: Path) -> None:
    texts = of_pages([*PAGES, *MORE_PAGES], tmp_path, derive=True)
    for name in ("toy", "storage_alliance", "industrial_park_market"):
        texts[name] = latex(name, derive=True)
    assert len(texts) > 100
    assert faults(joined(texts), tmp_path, runs=2) == []


@pytest.mark.slow
@needs_tex
@pytest.mark.parametrize(
    ("name", "derive"),
    [
        ("toy", True),
        ("zoo", False),
        ("spot_market_vpp", False),
        ("storage_alliance", True),
        ("industrial_park_market", True),
    ],
)
def test_numbers_are_those_that_latex_gives(tmp_path: Path, name: str, derive: bool) -> None:
    made = document(name, derive)
    assert faults(WRITE[".tex"](made.document), tmp_path, runs=3) == []
    labels = re.findall(r"\\newlabel\{eq:(\d+)\}\{\{(\d+)\}", (tmp_path / "model.aux").read_text("utf-8"))
    assert [(int(a), int(b)) for a, b in labels] == [(e.number, e.number) for e in made.numbers.entries]


def test_only_the_packages_that_come_with_base() -> None:
    packages = set(re.findall(r"\\usepackage(?:\[.*?\])?\{(.*?)\}", latex("toy")))
    assert packages <= {
        "inputenc", "fontenc", "textcomp", "lmodern", "amsmath", "array", "booktabs", "longtable", "tikz", "hyperref"
    }  # fmt: skip


@pytest.mark.parametrize("derive", [False, True])
def test_every_reference_has_its_label(derive: bool) -> None:
    for name in ("toy", "storage_alliance") if derive else ALL:
        text = latex(name, derive)
        labels = re.findall(r"\\label\{(eq:\d+)\}", text)
        assert len(labels) == len(set(labels))
        assert set(re.findall(r"\\eqref\{(eq:\d+)\}", text)) <= set(labels), name
