"""Pages in a real browser: they draw, answer to hands and keys, fit a phone, and no script but their own runs."""

from __future__ import annotations

import math
import re
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

import gamec
from gamec.report_page.page import ASSETS, report_html
from gamec.report_page.subject import subject_of
from gamec.report_page.values import shown
from tests.report.browser import Browser, needs_browser, open_browser
from tests.report.samples import page
from tests.runs import market

pytestmark = needs_browser

PHONE, DESK = 375, 1100


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return market.written(tmp_path_factory.mktemp("market") / "model")


@pytest.fixture(scope="module")
def plants(model: Path) -> str:
    return report_html(subject_of(gamec.solve(model)))


@pytest.fixture(scope="module")
def cases(model: Path) -> str:
    return report_html(subject_of(gamec.compare(model)))


SEEN = """
return all('.panel svg[role=img]').map((s) => {
  const box = s.getBoundingClientRect();
  const marks = [...s.querySelectorAll('.line, .sign, .layer, .bar, .over')];
  const none = !marks.length && [...s.querySelectorAll('text.tick')].every((t) => t.textContent === '0');
  const sizes = marks.map((m) => m.getBoundingClientRect()).filter((b) => b.width + b.height > 0);
  return [box.width, box.height, sizes.length + none, s.getAttribute('aria-label')];
});
"""
"""Every panel: its width and height, how many marks in it can be seen (bars of 0 have none), and its name for those who
do not see it."""


@pytest.mark.parametrize("name", ["year", "one_period", "impossible", "iterated", "plants", "cases"])
def test_a_page_is_drawn_and_fits_a_phone(name: str, browser: Browser, request: pytest.FixtureRequest) -> None:
    text = request.getfixturevalue(name) if name in ("plants", "cases") else page(name)
    browser.show(text, width=PHONE)
    browser.draw_all()
    panels = browser.js(SEEN)
    assert bool(panels) == (name != "impossible")
    for width, height, marks, label in panels:
        assert 200 < width <= PHONE
        assert height > 20
        assert marks > 0, label
        assert label
    assert browser.js("return document.scrollingElement.scrollWidth") <= PHONE
    browser.size(DESK)
    browser.until("return all('svg[role=img]').every((s) => s.viewBox.baseVal.width > 500)")
    assert browser.js("return document.scrollingElement.scrollWidth") <= DESK
    assert browser.js("return performance.getEntriesByType('resource').length") == 0
    assert browser.js("return window.hacked") is None
    assert browser.complaints() == []


def test_a_page_reads_well_without_eyes(browser: Browser, cases: str) -> None:
    browser.show(cases)
    browser.draw_all()
    unnamed = browser.js(
        "return all('button, select, a').filter((b) => !(b.textContent.trim() || b.getAttribute('aria-label')"
        " || b.closest('label'))).map((b) => b.outerHTML)"
    )
    assert unnamed == []
    assert browser.js("return all('.told').every((t) => t.getAttribute('role') === 'status')")
    assert browser.js("return all('th').filter((t) => !t.scope && !t.closest('.document')).length") == 0
    ids = browser.js("return all('[id]').map((e) => e.id)")
    assert len(ids) == len(set(ids))


PLOT = "Output by plant"


def see_plot(browser: Browser) -> None:
    browser.until(f"figure('{PLOT}').scrollIntoView(); return !!drawing('{PLOT}').querySelector('.line')")


def test_a_legend_switches_lines(browser: Browser, plants: str) -> None:
    """The outputs of two plants, 10 at most, and the demand, 15 at most: three curves."""
    browser.show(plants)
    see_plot(browser)
    count = f"return all('.line', figure('{PLOT}')).length"
    ticks = f"return all('text.tick[text-anchor=end]', figure('{PLOT}')).map((t) => Number(t.textContent))"
    press = (
        f"const b = all('.legend button', figure('{PLOT}')).find((x) => x.dataset.line.startsWith('demand'));"
        "b.click(); return b.getAttribute('aria-pressed')"
    )
    assert browser.js(count) == 3
    assert max(browser.js(ticks)) >= 14
    assert browser.js(press) == "false"
    assert browser.js(count) == 2
    assert max(browser.js(ticks)) <= 10
    assert browser.js(press) == "true"
    assert browser.js(count) == 3
    dear = f"figure('{PLOT}').querySelector('.legend button[data-line$=dear]')"
    browser.js(f"{dear}.dispatchEvent(new MouseEvent('dblclick', {{ bubbles: true }}))")
    assert browser.js(count) == 1


def test_keys_and_pointers_tell_values(browser: Browser, plants: str) -> None:
    browser.show(plants)
    see_plot(browser)
    told, press = f"return told('{PLOT}')", f"press('{PLOT}', arguments[0])"
    for hour, values in {1: ["8", "0", "8"], 2: ["10", "5", "15"], 3: ["10", "2", "12"]}.items():
        browser.js(press, "ArrowRight")
        words = browser.js(told)
        assert words.startswith(f"hour: {hour} "), words
        assert re.findall(r"(?<= )\d+(?= |$)", words.removeprefix(f"hour: {hour} ")) == values, words
    browser.js(press, "Escape")
    assert browser.js(f"return drawing('{PLOT}').querySelector('.told').hidden")
    browser.js(f"point('{PLOT}', 'pointermove', 0.98)")
    assert browser.js(told).startswith("hour: 3 ")


def test_a_year_is_shown_in_means_and_further_in_hour_by_hour(browser: Browser) -> None:
    """Demand alternates 8 and 12, so every mean over an even number of hours is 10."""
    browser.show(page("year"))
    see_plot(browser)
    told, press, seen = f"return told('{PLOT}')", f"press('{PLOT}', arguments[0])", f"return range('{PLOT}')"
    assert browser.js("return all('*').length") < 5000
    assert re.fullmatch(
        r"means of \d*[02468] places each, bands from least to greatest: zoom in for single values", browser.js(seen)
    )
    browser.js(press, "ArrowRight")
    assert re.search(r"hour of the year: 1 to \d+, means", browser.js(told))
    assert re.search(r"demand\S* 10 \(8 to 12\)", browser.js(told)), browser.js(told)
    for _ in range(7):
        browser.js(press, "+")
    assert "means" not in browser.js(seen)
    assert browser.js(f"return all('.band', figure('{PLOT}')).length") == 0
    browser.js(press, "ArrowRight")
    assert re.search(r"demand\S* (8|12)$", browser.js(told)), browser.js(told)
    browser.js(press, "0")
    assert "means" in browser.js(seen)
    for kind, x in (("pointerdown", 0.5), ("pointermove", 0.6), ("pointerup", 0.6)):
        browser.js(f"point('{PLOT}', arguments[0], arguments[1])", kind, x)
    first, last = map(int, re.findall(r"(\d+) to (\d+)", browser.js(seen))[0])
    assert 3900 < first < 4600
    assert 700 < last - first < 1100


def test_long_tables_come_in_parts_and_sort(browser: Browser) -> None:
    """The price is 10 in odd hours, where demand is 8, and 30 in even ones."""
    browser.show(page("year"))
    browser.js("entry('worth').open = true")
    browser.until("return !!entry('worth').querySelector('.paged')")
    assert browser.js("return all('*').length") < 5000
    assert browser.js("return all('tbody tr', entry('worth')).length") == 50
    where = "return entry('worth').querySelector('.pager span').textContent"
    assert browser.js(where) == "rows 1 to 50 of 8760"
    rows = "return all('tbody tr', entry('worth')).slice(0, 2).map((r) => r.innerText.split(/\\s+/).map(Number))"
    by_price = "all('thead button', entry('worth'))[1].click()"
    assert browser.js(rows) == [[1, 10], [2, 30]]
    browser.js(by_price)
    assert browser.js(rows) == [[1, 10], [3, 10]]
    browser.js(by_price)
    assert browser.js(rows) == [[2, 30], [4, 30]]
    assert browser.js("return all('th', entry('worth'))[1].getAttribute('aria-sort')") == "descending"
    browser.js("entry('worth').querySelector('[aria-label=\"last rows\"]').click()")
    assert browser.js(where) == "rows 8751 to 8760 of 8760"


def test_what_is_saved_has_all_digits(browser: Browser) -> None:
    browser.show(page("one_period"))
    browser.js("URL.createObjectURL = (blob) => { window.blob = blob; return '#'; }; entry('value').open = true")
    browser.until("return !!entry('value').querySelector('.pager')")
    browser.js(
        "all('.pager button', entry('value')).pop().click(); window.blob.text().then((t) => { window.text = t; })"
    )
    browser.until("return window.text")
    assert browser.js("return window.text").splitlines()[1:] == [
        "the_very_first_of_all_places_that_have_long_names,2.5",
        "b,-1234567.891",
        "a 'quoted' <i>place</i>,0.00001",
    ]


def test_cases_as_differences(browser: Browser, cases: str) -> None:
    """Of 35 MWh the dear plant makes what the cheap one has no room for, at 20 EUR/MWh more: 7 and 4 of room 8."""
    browser.show(cases)
    heads = browser.js("return all('#cases thead th').map((c) => c.innerText)")
    assert heads == ["case", "tight", "impossible", "loose"]
    loose = 35 * 10 - 0.001 * 4 + 0.01 * (2 - 5)
    tight = loose + 20 * (7 + 4)
    row = (
        "const row = all('#cases tbody tr').find((x) => x.innerText.startsWith('total_cost'));"
        "return all('td', row).map((c) => c.textContent)"
    )
    choose = (
        "const how = document.getElementById('how'); how.value = arguments[0]; how.dispatchEvent(new Event('change'))"
    )
    assert browser.js(row) == [shown(tight), "–", shown(loose)]
    browser.js(choose, "2")
    assert browser.js(row) == ["+220", "–", "0"]
    browser.js(choose, "2%")
    assert browser.js(row) == [f"+{100 * 220 / loose:.4g} %", "–", "0 %"]
    browser.js(choose, "")
    assert browser.js(row)[0] == shown(tight)
    verdicts = browser.js("return all('#cases td.verdict').map((c) => c.innerText)")
    assert verdicts == ["✓ optimal, certified", "✗ infeasible", "✓ optimal, certified"]


def test_a_link_opens_what_it_leads_to(browser: Browser, cases: str) -> None:
    browser.show(cases, at="#model-1-eq-2")
    assert browser.js("return document.getElementById('model-1-eq-2').checkVisibility()")
    browser.js("document.querySelector('nav a[href=\"#case-3\"]').click()")
    browser.until("return document.getElementById('case-3').open")


def test_dark_and_on_paper(browser: Browser, plants: str) -> None:
    """What is read stands out from the paper by 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    for dark in (True, False):
        browser.show(plants, dark=dark)
        ink, paper = browser.js("return colours(document.body, 'color', 'backgroundColor')")
        assert (_luminance(ink) > _luminance(paper)) == dark
        for name in ("quiet", "link", "good", "open", "bad"):
            browser.js("document.body.append(document.createElement('p'))")
            (hue,) = browser.js(
                "const p = document.body.lastChild; p.style.color = `var(--${arguments[0]})`;"
                "return colours(p, 'color')",
                name,
            )
            dim, bright = sorted((_luminance(hue), _luminance(paper)))
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, name
    printed = b64decode(browser.driver.execute_cdp_cmd("Page.printToPDF", {})["data"])
    assert printed.startswith(b"%PDF")
    assert browser.js("return all('figure.chart').every((f) => f.dataset.drawn)")


def _luminance(rgb: list[int]) -> float:
    """WCAG 2.2, definition of relative luminance."""
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


DIFFERENT = [0.0, 1 / 3, -2.5, 0.1 + 0.2, 123456.7, 999999.6, 1e6, 1234567.891, -2.9e9, 1e-4, 9.99999e-5, 9.999999e-5]
DIFFERENT += [1.5e18, 2.5e-300, 65504.0, math.pi * 1e5]


def test_python_and_the_page_write_numbers_alike(browser: Browser) -> None:
    browser.show(page("impossible"))
    script = (ASSETS / "numbers.js").read_text("utf-8")
    assert browser.js(f"{script}; return arguments[0].map((v) => shown(v))", DIFFERENT) == list(map(shown, DIFFERENT))


def test_axes_have_round_numbers(browser: Browser) -> None:
    browser.show(page("impossible"))
    script = (ASSETS / "scales.js").read_text("utf-8")
    ask = f"{script}; const t = roundNumbers(...arguments); return tickWords(t.at, t.step)"
    assert browser.js(ask, 0, 10, 5, False) == {"words": ["0", "2", "4", "6", "8", "10"], "power": 0}
    assert browser.js(ask, -0.03, 0.07, 4, False)["words"] == ["−0.025", "0.000", "0.025", "0.050"]
    assert browser.js(ask, 1, 3, 9, True)["words"] == ["1", "2", "3"]
    assert browser.js(ask, 0, 3e6, 3, False) == {"words": ["0", "1", "2", "3"], "power": 6}
    assert browser.js(ask, 0, 2e-5, 2, False) == {"words": ["0", "10", "20"], "power": -6}
