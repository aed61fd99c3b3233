"""What a solved game is handed back as: `Result` with its `Status`, `Certificate` and labelled values; `Comparison`
of cases.

Everything here is data; `runtime.session` makes it. `Result.to_json` has the shape that the documentation promises.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from compiler.ground.sparse import Floats
from grammar.diagnostics import Diagnostic
from runtime.certificate import Bound, Certificate, Status, Tie
from runtime.history import Step

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame
    from xarray import Dataset

    from runtime.figures.chart import Chart
    from runtime.record import Record

__all__ = [
    "Bound",
    "Certificate",
    "Comparison",
    "Labelled",
    "Result",
    "Status",
    "Tie",
    "Value",
    "certificate_json",
    "plain",
]


@dataclass(frozen=True, eq=False)
class Labelled:
    """Values with their index: `index` the letters (or sets), `sets` the sets, `keys` one tuple of elements for each
    value."""

    index: tuple[str, ...]
    sets: tuple[str, ...]
    keys: tuple[tuple[object, ...], ...]
    values: Floats
    unit: str = ""
    doc: str = ""
    axes: tuple[tuple[object, ...], ...] = ()
    """All elements of each of the `sets`, in their order; without them, those that the keys name."""

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, key: object) -> float:
        """The value at an element (one index) or a tuple of elements. Raises KeyError."""
        wanted = key if isinstance(key, tuple) else (key,)
        try:
            return float(self.values[self._places[wanted]])
        except KeyError:
            raise KeyError(key) from None

    def to_dict(self) -> dict[tuple[object, ...], float]:
        return dict(zip(self.keys, self.values.tolist(), strict=True))

    def elements(self) -> tuple[tuple[object, ...], ...]:
        """The elements along each index: of the whole set where it is known."""
        return self.axes or tuple(tuple(dict.fromkeys(key[k] for key in self.keys)) for k in range(len(self.index)))

    @cached_property
    def _places(self) -> dict[tuple[object, ...], int]:
        return {key: k for k, key in enumerate(self.keys)}


Value = float | Labelled


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """A solved game. Keys of `objectives` are `player.objective`; keys of `value_of` and `price_of` are the bare name
    where it is unique in the file, else `player.name`; of `report_of` the report's name. An indexed player's own index
    comes first. `time` is in seconds by stage.
    `choice` says in a few words why the method was chosen, `other_methods` why each of the others was not. Without an
    answer, `value_of` and the like are empty.

    `values`, `prices` and `reports` are the same numbers as `xarray.Dataset`, made when first asked for: a dimension
    for each set (docs/python.md), `units` and `long_name` (the doc string) among the attributes of each array.
    """

    game: str
    status: Status
    method: str = ""
    solver: str = ""
    case: str = ""
    objectives: Mapping[str, float] = field(default_factory=dict)
    value_of: Mapping[str, Value] = field(default_factory=dict)
    price_of: Mapping[str, Value] = field(default_factory=dict)
    report_of: Mapping[str, Value] = field(default_factory=dict)
    certificate: Certificate = field(default_factory=lambda: Certificate(False))
    diagnostics: tuple[Diagnostic, ...] = ()
    time: Mapping[str, float] = field(default_factory=dict)
    choice: str = ""
    docs: Mapping[str, str] = field(default_factory=dict)
    """What the file says about each value, price, report and objective, by the same keys."""
    units: Mapping[str, str] = field(default_factory=dict)
    history: tuple[Step, ...] = ()
    """The iterations of a method that has them."""
    set_docs: Mapping[str, str] = field(default_factory=dict)
    """What the file says about its sets, by their names."""
    other_methods: Mapping[str, str] = field(default_factory=dict)
    """By their names; empty where a method was asked for."""
    record: Record | None = field(default=None, repr=False)
    """What the answer rests on, so that it can be kept (`save`) and certified anew."""

    def __repr__(self) -> str:
        case = f", case {self.case}" if self.case else ""
        certified = "certified" if self.certificate.verified else "not certified"
        numbers = "".join(f"; {name} = {value:.6g}" for name, value in self.objectives.items())
        return f"<Result {self.game}{case}: {self.status.value}, {certified}{numbers}>"

    @cached_property
    def values(self) -> Dataset:
        """The decisions."""
        return self._dataset(self.value_of)

    @cached_property
    def prices(self) -> Dataset:
        """Shadow prices and prices of markets; NaN where there is none."""
        return self._dataset(self.price_of)

    @cached_property
    def reports(self) -> Dataset:
        """What the file's `report` declarations evaluate to."""
        return self._dataset(self.report_of)

    def _dataset(self, values: Mapping[str, Value]) -> Dataset:
        from runtime.datasets import dataset

        facts = {"game": self.game, "case": self.case, "status": self.status.value}
        return dataset(values, self.docs, self.units, self.set_docs, facts)

    def to_dataframe(self, name: str | None = None) -> DataFrame:
        """One value, price or report as a table with its index; without a name, all of them in one long table with the
        columns `kind`, `name`, `index`, `value`, `unit`. Raises KeyError for a name that the result does not have."""
        from runtime.datasets import all_in_one, frame

        if name is None:
            kinds = {"objective": self.objectives, "value": self.value_of, "price": self.price_of}
            return all_in_one({**kinds, "report": self.report_of}, self.units)
        for values in (self.value_of, self.price_of, self.report_of, self.objectives):
            if name in values:
                return frame(name, values[name])
        raise KeyError(name)

    @cached_property
    def charts(self) -> dict[str, Chart]:
        """What can be drawn, by name: the file's plots, convergence, prices, balances, regrets."""
        from runtime.figures.of_result import charts_of

        return charts_of(self)

    def plot(self, name: str | None = None) -> Figure:
        """A matplotlib figure of one of the `charts`, or of a value, price or report with an index; without a name, of
        the first chart. Notebooks show it, `savefig` writes it. Raises KeyError for what cannot be drawn."""
        from runtime.figures.draw import draw
        from runtime.figures.of_result import chart_named

        return draw(chart_named(self, name))

    def save(
        self,
        folder: str | Path,
        *,
        force: bool = False,
        xlsx: bool = False,
        figures: Sequence[str] = ("png", "pdf"),
    ) -> Path:
        """Keep the answer and everything it rests on in a run folder, whole or not at all, and say where it is.

        `force` replaces a run that is there already, `xlsx` adds a workbook, `figures` names the formats (`png`, `svg`,
        `pdf`) in which every chart is drawn. Raises DiagnosticError (G003) where the folder cannot be written,
        ValueError for a result that was put together by hand.
        """
        from runtime.runs.save import save_run

        return save_run(self, folder, force=force, xlsx=xlsx, figures=figures)

    def to_json(self) -> dict[str, Any]:
        """The documented shape, of plain lists, strings and numbers; what is no finite number becomes None."""
        return {
            "status": self.status.value,
            "method": self.method,
            "solver": self.solver,
            "case": self.case,
            "choice": self.choice,
            "other_methods": dict(self.other_methods),
            "objectives": {name: plain(value) for name, value in self.objectives.items()},
            "values": {name: plain(value) for name, value in self.value_of.items()},
            "prices": {name: plain(value) for name, value in self.price_of.items()},
            "reports": {name: plain(value) for name, value in self.report_of.items()},
            "certificate": certificate_json(self.certificate),
            "time": {stage: plain(seconds) for stage, seconds in self.time.items()},
        }


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Cases side by side: a Result for each, and the values of the file's `compare` declarations."""

    game: str
    results: Mapping[str, Result]
    comparisons: Mapping[str, Value] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    docs: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        cases = ", ".join(f"{case or '(base)'}: {result.status.value}" for case, result in self.results.items())
        return f"<Comparison {self.game}; {cases}>"

    def single_numbers(self) -> dict[tuple[str, str], dict[str, float]]:
        """Objectives and reports without an index, by kind and name: case -> number."""
        found: dict[tuple[str, str], dict[str, float]] = {}
        for case, result in self.results.items():
            both: tuple[tuple[str, Mapping[str, Value]], ...] = (
                ("objective", result.objectives),
                ("report", result.report_of),
            )
            for kind, values in both:
                for name, value in values.items():
                    if not isinstance(value, Labelled):
                        found.setdefault((kind, name), {})[case] = float(value)
        return found

    @cached_property
    def charts(self) -> dict[str, Chart]:
        """What can be drawn, by name: objectives, reports and prices by case, the comparisons, regrets."""
        from runtime.figures.of_comparison import charts_of_comparison

        return charts_of_comparison(self)

    def plot(self, name: str | None = None) -> Figure:
        """A matplotlib figure of one of the `charts`, of the first without a name. Raises KeyError."""
        from runtime.figures.draw import draw

        return draw(self.charts[name if name is not None else next(iter(self.charts))])

    def to_dataframe(self) -> DataFrame:
        """Objectives and reports without an index, a row each, a column for each case."""
        from runtime.datasets import side_by_side

        return side_by_side(self)

    def save(
        self, folder: str | Path, *, force: bool = False, xlsx: bool = False, figures: Sequence[str] = ("png", "pdf")
    ) -> Path:
        """Keep all cases in a folder, whole or not at all: a run folder for each in `cases`, a table and figures of
        them side by side. Raises as `Result.save` does."""
        from runtime.runs.comparison_folder import save_comparison

        return save_comparison(self, folder, force=force, xlsx=xlsx, figures=figures)

    def to_json(self) -> dict[str, Any]:
        return {
            "cases": {case: result.to_json() for case, result in self.results.items()},
            "comparisons": {name: plain(value) for name, value in self.comparisons.items()},
        }


def certificate_json(certificate: Certificate) -> dict[str, Any]:
    """The documented part of a certificate."""
    return {
        "verified": certificate.verified,
        "regret": {name: plain(value) for name, value in certificate.regret.items()},
        "max_violation": plain(certificate.max_violation),
        "bounds": [
            {"of": b.of, "value": plain(b.value), "source": b.source, "slack": plain(b.slack)}
            for b in certificate.bounds
        ],
    }


def plain(value: Value) -> Any:
    """A number, or None where it is not finite, or the documented object of index, keys and values."""
    if isinstance(value, Labelled):
        return {
            "index": list(value.index),
            "keys": [[_element(e) for e in key] for key in value.keys],
            "values": [v if math.isfinite(v) else None for v in value.values.tolist()],
        }
    number = float(value)
    return number if math.isfinite(number) else None


def _element(element: object) -> object:
    if isinstance(element, np.generic):
        element = element.item()
    return element if isinstance(element, (int, float, str)) else str(element)
