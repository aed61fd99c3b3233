"""Values by name -> what the page lists: `Single` numbers in a table, `Entry`s with an index, whose chart and table are
drawn when a reader opens them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gamec.report_page.charts import Charts
from gamec.views.labelled import facts
from gamec.views.numbers import number
from runtime.figures.chart import Chart
from runtime.figures.of_result import along_index
from runtime.result import Labelled, Result, Value


@dataclass(frozen=True)
class Single:
    """A number as it is shown, and in full. `unit` is empty for what has none."""

    name: str
    shown: str
    exact: str
    unit: str
    doc: str


@dataclass(frozen=True)
class Entry:
    """Values with an index in one line, `facts`; `chart` is the name of their chart in the page, empty where there is
    nothing to draw; `file` the CSV file that has all of them."""

    name: str
    index: str
    facts: str
    doc: str
    chart: str
    file: str


@dataclass(frozen=True)
class Listed:
    """A section of values: `word` what one of them is called."""

    title: str
    word: str
    singles: tuple[Single, ...]
    entries: tuple[Entry, ...]


def listed(
    title: str, word: str, values: Mapping[str, Value], result: Result, charts: Charts, files: Mapping[str, str]
) -> Listed:
    """All values of one kind, in order."""
    singles = [single(name, value, result) for name, value in values.items() if not isinstance(value, Labelled)]
    entries = [
        entry(name, value, result, charts, files.get(name, ""))
        for name, value in values.items()
        if isinstance(value, Labelled)
    ]
    return Listed(title, word, tuple(singles), tuple(entries))


def single(name: str, value: float, result: Result) -> Single:
    return Single(name, shown(value), exact(value), unit_of(result.units.get(name, "")), result.docs.get(name, ""))


def entry(name: str, value: Labelled, result: Result, charts: Charts, file: str = "") -> Entry:
    """The chart is that of the result's figures, if there is one."""
    doc = result.docs.get(name, value.doc)
    index = ",".join(value.index)
    drawn = result.charts.get(f"price_{name}") if name in result.price_of else None
    return Entry(name, index, facts(value, shown), doc, charts.add(drawn or _chart(name, value, result)), file)


def _chart(name: str, value: Labelled, result: Result) -> Chart:
    if not len(value):
        return Chart(name, name, "", (), ())
    return along_index(name, name, value, result)


def unit_of(unit: str) -> str:
    return "" if unit == "1" else unit


def shown(value: float, scale: float = 0.0) -> str:
    """Six digits, as the page's scripts write them: what is large is written out, the sign is that of print."""
    if math.isfinite(value) and 1e6 <= abs(float(f"{value:.6g}")) < 1e15:
        text = f"{value:.0f}"
    elif math.isinf(value):
        text = "∞" if value > 0 else "-∞"
    else:
        text = number(value, scale).replace("e-0", "e-").replace("e+0", "e+").replace("e+", "e")
    return text.replace("-", "−")


def exact(value: float) -> str:
    """All digits, as Python and spreadsheets read them."""
    return repr(float(value))
