"""The tutorial: every command prints what the page says, its pictures are those that the commands draw."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT
from tests.docs.tutorial_pictures import PICTURES
from tests.docs.walk import changed, walk

PAGE = ROOT / "docs" / "tutorial.md"
MODEL = ROOT / "docs" / "tutorial" / "park.game"


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("tutorial")
    return folder, walk(PAGE, folder)


def test_every_command_prints_what_the_page_says(walked: tuple[Path, list[str]]) -> None:
    assert "\n".join(walked[1]) == ""


def test_the_model_at_its_end_is_there_to_compare_with(walked: tuple[Path, list[str]]) -> None:
    assert MODEL.read_text("utf-8") == (walked[0] / "park.game").read_text("utf-8")
    assert (MODEL.parent / "day.csv").read_bytes() == (walked[0] / "day.csv").read_bytes()


def test_its_pictures_are_drawn_by_its_commands(walked: tuple[Path, list[str]]) -> None:
    named = re.findall(r"!\[.+\]\((tutorial/.+\.png)\)", PAGE.read_text("utf-8"))
    assert [Path(name).name for name in named] == list(PICTURES)
    for name, source in PICTURES.items():
        assert (walked[0] / source).is_file(), source
        assert (PAGE.parent / "tutorial" / name).read_bytes().startswith(b"\x89PNG")
    assert {p.name for p in MODEL.parent.glob("*.png")} == set(PICTURES)


def test_its_numbers_are_those_of_the_story(walked: tuple[Path, list[str]]) -> None:
    """The community alone pays what the grid asks for what it lacks, and gets what the exchange pays for the rest."""
    rows = [line.split(",") for line in (walked[0] / "day.csv").read_text("utf-8").splitlines()[1:]]
    lacks = [(float(load) - float(sun), float(spot)) for _, load, sun, spot in rows]
    bill = sum(kw * (spot + 0.12 if kw > 0 else spot) for kw, spot in lacks)
    assert f"{bill:.6g}" == "530.19"
    assert {t for (t, *_), (kw, _) in zip(rows, lacks, strict=True) if kw < 0} == {str(t) for t in range(10, 17)}


def test_declarations_are_replaced_or_added() -> None:
    text = "set T index t = 1..2\nplayer p {\n  var x in [0, 1]\n  minimize c =\n    x\n}\n"
    assert changed(text, "  minimize c = 2*x\n") == text.replace("=\n    x", "= 2*x")
    assert changed(text, "player p {\n}\ncase a { }\n") == "set T index t = 1..2\nplayer p {\n}\n\ncase a { }\n"
