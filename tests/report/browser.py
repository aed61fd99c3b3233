"""Chromium without a window, driven by selenium: `open_browser`; `needs_browser` marks tests that are skipped
without."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

needs_browser = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None,
    reason="chromium or chromedriver is not installed: no page was looked at in a browser",
)

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)

PATIENCE = 60.0
"""Seconds: a page takes less than one, on a machine that has nothing else to do."""


WORDS = """
const all = (what, from = document) => [...from.querySelectorAll(what)];
const figure = (title) => all('figure.chart').find((f) => f.innerText.startsWith(title));
const drawing = (title) => figure(title).querySelector('.drawing');
const told = (title) => drawing(title).querySelector('.told').innerText.replaceAll('\\n', ' ');
const press = (title, key) => drawing(title).dispatchEvent(new KeyboardEvent('keydown', { key }));
const range = (title) => drawing(title).querySelector('.range').textContent;
const point = (title, kind, x) => {
  const svg = drawing(title).querySelector('svg[role=img]');
  svg.setPointerCapture = () => {};
  svg.hasPointerCapture = () => true;
  const box = svg.getBoundingClientRect();
  const at = { clientX: box.left + x * box.width, clientY: box.top + 60 };
  svg.dispatchEvent(new PointerEvent(kind, { ...at, bubbles: true, pointerId: 1, button: 0 }));
};
const entry = (name) => all('details').find((d) => d.dataset.file === name);
const rgb = (words) => words.match(/\\d+/g).slice(0, 3).map(Number);
const colours = (element, ...names) => names.map((n) => rgb(getComputedStyle(element)[n]));
"""
"""What every script that is run in the page may say."""


class Browser:
    """One window. `show` opens a page; what scripts complain of is in `complaints`."""

    def __init__(self, driver: Any, folder: Path) -> None:
        self.driver = driver
        self.folder = folder

    def show(self, page: str, *, width: int = 1100, dark: bool = False, at: str = "") -> None:
        """Draws all figures by scrolling to each, as a reader does."""
        self.size(width)
        value = "dark" if dark else "light"
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": value}]}
        )
        file = self.folder / "page.html"
        file.write_text(page, encoding="utf-8")
        self.driver.get_log("browser")
        self.driver.get("about:blank")
        self.driver.get(file.as_uri() + at)

    def size(self, width: int) -> None:
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500},
        )

    def draw_all(self) -> None:
        """Every figure by scrolling to it, as a reader does, and everything that opens."""
        self.js("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        self.until(
            "const left = [...document.querySelectorAll('figure.chart')].find((f) => !f.dataset.drawn);"
            "if (left) left.scrollIntoView(); return !left;"
        )
        self.until(
            "return [...document.querySelectorAll('[data-open-chart] .opened')].every((d) => d.childElementCount)"
        )

    def js(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(WORDS + script, *arguments)

    def until(self, script: str, *arguments: object) -> None:
        """Waits for a script to return something true."""
        end = time.monotonic() + PATIENCE
        while not self.js(script, *arguments):
            assert time.monotonic() < end, f"in vain for {script}"
            time.sleep(0.02)

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]


@contextmanager
def open_browser(folder: Path) -> Iterator[Browser]:
    """`folder` is where pages lie."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = Options()
        options.binary_location = str(CHROMIUM)
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
        try:
            yield Browser(driver, folder)
        finally:
            driver.quit()
