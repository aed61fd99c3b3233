"""What a figure shows, as plain data: `Chart`, panels one below the other over one axis. Nothing here draws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from compiler.ground.sparse import Floats


class Kind(Enum):
    """How the lines of a panel are drawn."""

    LINES = "lines"
    """A curve each."""
    STACK = "stack"
    """One upon the other: what is above zero upwards, what is below downwards."""
    BARS = "bars"
    """Bars side by side at each place of the axis."""


@dataclass(frozen=True, eq=False)
class Line:
    """`values` (places,), NaN where there is none. Where places were taken together, `values` are means, and `low` and
    `high` (places,) the smallest and the largest."""

    label: str
    values: Floats
    low: Floats | None = None
    high: Floats | None = None


@dataclass(frozen=True, eq=False)
class Panel:
    """`lines` as `kind` says, and `over` as curves above them. `y` says what is measured, with its unit; `title` what
    tells this panel from the others. `log`: on a logarithmic axis. `mark` is a value with a line across, which
    `mark_label` explains."""

    kind: Kind
    y: str
    lines: tuple[Line, ...]
    over: tuple[Line, ...] = ()
    title: str = ""
    log: bool = False
    mark: float | None = None
    mark_label: str = ""

    @property
    def everything(self) -> tuple[Line, ...]:
        return (*self.lines, *self.over)


@dataclass(frozen=True, eq=False)
class Chart:
    """`name` becomes the file's; `x` says what runs along the axis, `at` holds its places: numbers, or names. `note`
    says what is left out."""

    name: str
    title: str
    x: str
    at: tuple[object, ...]
    panels: tuple[Panel, ...]
    note: str = ""

    @property
    def numeric(self) -> bool:
        """Whether the places are numbers that rise, so that distances along the axis mean something."""
        if not all(isinstance(p, int | float) and not isinstance(p, bool) for p in self.at):
            return False
        return bool(np.all(np.diff(np.array(self.at, dtype=np.float64)) > 0))

    @property
    def empty(self) -> bool:
        """Whether there is no number to draw."""
        return not any(np.isfinite(line.values).any() for panel in self.panels for line in panel.everything)


def measured(what: str, unit: str) -> str:
    """An axis label: `Power in kW`, `kW`, `Power`, or `Value` where nothing is known."""
    unit = "" if unit == "1" else unit
    return f"{what} in {unit}" if what and unit else what or unit or "Value"


def by_unit(lines: Iterable[tuple[str, Line]], kind: Kind) -> tuple[Panel, ...]:
    """Lines with their units -> a panel for each unit: two scales on one panel would invite wrong comparisons."""
    groups: dict[str, list[Line]] = {}
    for unit, line in lines:
        groups.setdefault("" if unit == "1" else unit, []).append(line)
    return tuple(
        Panel(kind, measured(mine[0].label if len(mine) == 1 else "", unit), tuple(mine))
        for unit, mine in groups.items()
    )


def same_name_once(charts: Iterable[Chart]) -> dict[str, Chart]:
    """Charts by name; a name that is taken gets a number."""
    found: dict[str, Chart] = {}
    for chart in charts:
        name, k = chart.name, 1
        while name in found:
            k += 1
            name = f"{chart.name}_{k}"
        found[name] = replace(chart, name=name)
    return found
