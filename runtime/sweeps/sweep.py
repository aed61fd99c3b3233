"""`sweep`: a model solved at every combination of values of its parameters. In: a path and what to go over; out: a
`Sweep` of outcomes, in the order of the points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from compiler.pipeline import check_game, read_source
from grammar.source import Source
from runtime.asked import SolveOptions, request_of
from runtime.given_data import plain_data
from runtime.methods.method import Request
from runtime.result import Labelled, plain
from runtime.runs.whole_folder import keep_file
from runtime.sweeps.axes import Axis, axes_of, combinations
from runtime.sweeps.folder import begun, keep, manifest_of
from runtime.sweeps.outcome import Outcome, Question
from runtime.sweeps.workers import check_executor, outcomes

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

    from runtime.figures.chart import Chart

Told = Callable[[Outcome, int, int], None]
"""Hears of each point: what came of it, how many points are done, of how many."""


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """A model at many points. `axes` are what was swept, `outcomes` what came of each combination of their values, the
    last axis changing fastest. `docs` and `units` by the names of objectives, reports and swept parameters."""

    game: str
    axes: tuple[Axis, ...]
    outcomes: tuple[Outcome, ...]

    def __repr__(self) -> str:
        over = " × ".join(f"{axis.name} ({len(axis.values)})" for axis in self.axes)
        good = sum(o.certified for o in self.outcomes)
        return f"<Sweep {self.game} over {over}: {good} of {len(self.outcomes)} points certified>"

    @property
    def certified(self) -> bool:
        """Whether all points are."""
        return all(o.certified for o in self.outcomes)

    @cached_property
    def docs(self) -> dict[str, str]:
        found = {axis.name: axis.doc for axis in self.axes if axis.doc}
        return found | {name: doc for o in self.outcomes for name, doc in o.docs.items()}

    @cached_property
    def units(self) -> dict[str, str]:
        found = {axis.name: axis.unit for axis in self.axes if axis.unit}
        return found | {name: unit for o in self.outcomes for name, unit in o.units.items()}

    def single_numbers(self) -> dict[tuple[str, str], tuple[float, ...]]:
        """Objectives and reports without an index, by kind and name: a number for each point, NaN where it has none."""
        names = [("objective", n) for n in dict.fromkeys(n for o in self.outcomes for n in o.objectives)]
        indexed = set(self.indexed_reports())
        names += [("report", n) for n in dict.fromkeys(n for o in self.outcomes for n in o.reports) if n not in indexed]
        return {
            (kind, name): tuple(
                _number((o.objectives if kind == "objective" else o.reports).get(name)) for o in self.outcomes
            )
            for kind, name in names
        }

    def indexed_reports(self) -> list[str]:
        return list(dict.fromkeys(n for o in self.outcomes for n, v in o.reports.items() if isinstance(v, Labelled)))

    def to_dataframe(self, name: str | None = None) -> DataFrame:
        """A row for each point: what was swept, status, whether it is certified, objectives and reports without an
        index. With the name of a report, a row for each of its numbers at each point. Raises KeyError."""
        from runtime.sweeps.tables import points_frame, reports_frame

        if name is None:
            return points_frame(self)
        if not any(name in o.reports for o in self.outcomes):
            raise KeyError(name)
        return reports_frame(self, [name])

    @cached_property
    def charts(self) -> dict[str, Chart]:
        """What can be drawn, by name: every objective and report against what was swept."""
        from runtime.figures.of_sweep import charts_of_sweep

        return charts_of_sweep(self)

    def plot(self, name: str | None = None) -> Figure:
        """A matplotlib figure of one of the `charts`, or of a report or objective by its own name; of the first chart
        without a name. Raises KeyError."""
        from runtime.figures.draw import draw

        wanted = next(iter(self.charts), "") if name is None else name
        for key in (wanted, f"report_{wanted}", f"objective_{wanted}"):
            if key in self.charts:
                return draw(self.charts[key])
        raise KeyError(wanted)

    def to_json(self) -> dict[str, Any]:
        """The documented shape."""
        return {
            "game": self.game,
            "axes": {axis.name: list(axis.values) for axis in self.axes},
            "points": [
                {
                    "at": dict(o.at),
                    "status": o.status,
                    "certified": o.certified,
                    "code": o.code,
                    "method": o.method,
                    "solver": o.solver,
                    "objectives": {name: plain(value) for name, value in o.objectives.items()},
                    "reports": {name: plain(value) for name, value in o.reports.items()},
                    "regret": plain(o.regret),
                    "violation": plain(o.violation),
                    "seconds": o.seconds,
                }
                for o in self.outcomes
            ],
        }


def sweep(
    path: str | Path | Source,
    over: Mapping[str, object],
    *,
    data: Mapping[str, object] | None = None,
    output: str | Path | None = None,
    force: bool = False,
    figures: Sequence[str] = ("png", "pdf"),
    keep_runs: bool = False,
    told: Told | None = None,
    **options: Unpack[SolveOptions],
) -> Sweep:
    """Solve a model at every combination of the values in `over`, several points at once, and certify each.

    `over` maps parameters, and `case`, to their values: a list, an array, or a text as on the command line
    (`"0.80..0.95:7"`, `"a,b"`). `data` replaces parameters at all points. Each point is solved alone, by one worker
    and the same `seed`, so that numbers do not depend on how many `workers` solve points at once (None: one for each
    processor); `executor` is `processes` or `dask:ADDRESS`. Other options are those of `solve`, `watch` excepted. What
    goes wrong at a point is recorded as its outcome.

    With `output`, a folder keeps a record of each point as soon as it is there, and in the end tables (`sweep.parquet`)
    and figures; called again, it goes on with the points that are left. With `keep_runs` each point's answer is kept
    too, as a run folder, so that it can be shown and certified anew.

    Raises DiagnosticError: a model that does not parse, wrong names and values (G504, G507, G605, G807), G003 for a
    folder that cannot be had or holds another sweep, G004 where Parquet cannot be written, G005 for a damaged record.
    """
    if "watch" in options:
        raise TypeError("a sweep is watched by `told`, a point has no `watch`")
    if keep_runs and output is None:
        raise TypeError("`keep_runs` needs a folder, `output`")
    workers, executor = options.pop("workers", None), options.pop("executor", "auto")
    check_executor(executor)
    # A search at a point works alone: the points are what is done at once.
    options["workers"] = 1
    request = request_of(**options)
    given = plain_data(data or {})
    model = read_source(path)[0]
    game = check_game(model)
    axes = axes_of(over, game, given)
    questions = [Question(k, at, model, given, options, keep_runs) for k, at in enumerate(combinations(axes), start=1)]
    done: dict[int, Outcome] = {}
    place: Path | None = None
    if output is not None:
        from runtime.runs.save import check_formats
        from runtime.sweeps.tables import require_parquet

        check_formats(figures)
        require_parquet()
        manifest = manifest_of(model, game.name, axes, given, _plain(request))
        place, done = begun(output, manifest, model, force, keep_runs)
    left = [question for question in questions if question.number not in done]
    for outcome in outcomes(left, workers, executor) if left else ():
        if place is not None:
            keep(place, outcome)
            outcome = replace(outcome, run={})
        done[outcome.number] = outcome
        if told is not None:
            told(outcome, len(done), len(questions))
    found = Sweep(game.name, axes, tuple(done[question.number] for question in questions))
    if place is not None:
        _keep_tables(found, place, figures)
    return found


def _keep_tables(found: Sweep, place: Path, figures: Sequence[str]) -> None:
    from runtime.figures.files import figure_files
    from runtime.sweeps.tables import table_files

    for name, content in {**table_files(found), **figure_files(found.charts, figures)}.items():
        keep_file(place, name, content)


def _plain(request: Request) -> dict[str, object]:
    """The choices by name, what only watches left out."""
    found = {f.name: getattr(request, f.name) for f in fields(request) if f.compare}
    return {
        name: asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
        for name, value in found.items()
    }


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
