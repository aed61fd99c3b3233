"""The page of a sweep: every point in its table, figures at all points to one scale, each kept answer in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gamec
from gamec.report_page import subject as subjects
from gamec.report_page.page import report_html
from gamec.report_page.subject import subject_in, subject_of
from tests.report.browser import Browser, needs_browser, open_browser
from tests.report.test_page import Read, numbers, shared
from tests.runs import market

ROOMS = (5, 8, 10)
"""With room for 5 MW in each of two plants the demand of 15 is out of reach; with 8 it takes both; with 10 see
`market.OUT`."""

TOTALS = (24 * 10 + 11 * 30 - 0.001 * 4 + 0.01 * (2 - 5), market.TOTAL)
"""With 8 MW the cheap plant gives 8 in each hour, the dear one 7 and 4."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    gamec.sweep(
        market.written(folder / "model"),
        {"room": list(ROOMS)},
        output=folder / "rooms",
        keep_runs=True,
        workers=1,
        figures=(),
    )
    return folder / "rooms"


@pytest.fixture(scope="module")
def text(kept: Path) -> str:
    return report_html(subject_in(kept))


def table_of(data: dict[str, Any]) -> dict[str, Any]:
    (table,) = [t for t in data["tables"].values() if t["file"] == "sweep"]
    return {column["head"]: column for column in table["columns"]}


def words(column: dict[str, Any]) -> list[str]:
    return [column["names"][k] for k in column["which"]]


def test_every_point_stands_in_the_table(text: str) -> None:
    data = shared(text)
    table = table_of(data)
    assert numbers(data, table["room (MW)"]["numbers"]).tolist() == list(ROOMS)
    assert words(table["certified"]) == ["no", "yes", "yes"]
    assert words(table["code"]) == ["G801", "", ""]
    totals = numbers(data, table["operator.total (EUR)"]["numbers"])
    assert np.isnan(totals[0])
    assert totals[1:] == pytest.approx(TOTALS)
    assert table["point"]["links"] == ["", "point-2", "point-3"]
    read = Read(text)
    assert read.faults == []
    assert {"point-2", "point-3"} <= {a.get("id") for _, a in read.elements}
    assert "2 of 3 points certified" in text
    assert "At point 1." in text


def test_figures_of_points_have_one_scale(text: str) -> None:
    """Out of the plants comes at most 10, at room 8 only 8; the demand is 8, 15, 12."""
    charts = [c for c in shared(text)["charts"].values() if c["title"] == "Output by plant"]
    side_by_side = [c for c in charts if c["panels"][0]["within"] is not None]
    assert [c["panels"][0]["within"] for c in side_by_side] == [[pytest.approx(0), pytest.approx(15)]] * 2
    assert len(charts) == 4  # and each point's own, to its own scale


def test_points_beyond_the_limit_are_named(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "POINTS", 1)
    page = report_html(subject_in(kept))
    assert "1 of the 2 answers that are kept stand here" in page
    assert table_of(shared(page))["point"]["links"] == ["", "point-2", ""]


def test_a_sweep_in_hand_has_no_answers_to_show(kept: Path, tmp_path: Path) -> None:
    found = gamec.sweep(kept.parent / "model" / "plants.game", {"room": [10]}, workers=1)
    assert gamec.report(found, tmp_path / "r.html") == tmp_path / "r.html"
    page = report_html(subject_of(found))
    assert Read(page).faults == []
    assert "--keep-runs" in page
    data = shared(page)
    assert numbers(data, table_of(data)["operator.total (EUR)"]["numbers"]) == pytest.approx(TOTALS[1:])


def test_a_damaged_point_is_told_as_show_tells_it(kept: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "rooms"
    shutil.copytree(kept, copy)
    (copy / "runs" / "000002" / "values.nc").write_bytes(b"none")
    with pytest.raises(gamec.DiagnosticError, match="G005"):
        gamec.report(copy, tmp_path / "r.html")
    assert not (tmp_path / "r.html").exists()


def test_the_command(kept: Path, gamec_main: Callable[..., tuple[int, str, str]], text: str) -> None:
    assert gamec_main("report", str(kept), "-o", "-") == (0, text, "")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


@needs_browser
@pytest.mark.parametrize("width", [375, 1100], ids=["phone", "desk"])
def test_it_is_drawn_and_fits(text: str, browser: Browser, width: int) -> None:
    browser.show(text, width=width)
    browser.draw_all()
    side_by_side = browser.js("return all('.multiples figure').map((f) => f.getBoundingClientRect().left)")
    assert len(set(side_by_side)) == (1 if width == 375 else 2)
    assert browser.js("return all('.panel svg[role=img]').every((s) => s.getBoundingClientRect().width > 150)")
    assert browser.js("return document.scrollingElement.scrollWidth") <= width
    assert browser.complaints() == []


@needs_browser
def test_a_points_number_leads_to_its_answer(text: str, browser: Browser) -> None:
    browser.show(text)
    link = "all('#summary .paged td a, #summary .paged th a').find((a) => a.textContent === '3')"
    assert not browser.js("return document.getElementById('point-3').open")
    browser.js(f"{link}.click()")
    browser.until("return document.getElementById('point-3').open")
    opened = browser.js("return document.getElementById('point-3').innerText")
    assert opened.startswith("room=10 ")
    assert "optimal, certified" in opened
