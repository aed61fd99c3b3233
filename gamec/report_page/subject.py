"""What a report is about: `Subject`, one answer, several side by side, or a sweep, with what each was made from and by.

Read from a folder (`subject_in`) or made of an answer in hand (`subject_of`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from compiler.pipeline import Compiled
from runtime.figures.of_comparison import BASE
from runtime.result import Comparison, Result

if TYPE_CHECKING:
    from runtime.runs.folder import Run
    from runtime.sweeps.outcome import Outcome
    from runtime.sweeps.sweep import Sweep

POINTS = 24
"""So many points of a sweep are shown in full: more, and nobody finds one, while the page grows by each."""


@dataclass(frozen=True, eq=False)
class Answered:
    """One answer. `name` is that of its case (`(base)` without one); `compiled` the model it belongs to, None where
    that is not known; `made` what `run.json` says about how it came about. `tables` are the CSV files of its values by
    name, relative to the folder."""

    name: str
    result: Result
    compiled: Compiled | None = None
    made: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Subject:
    """`answers` in order; `comparison` where they were solved to be compared. `folder` is where they are kept, empty
    for what is not. Of a `sweep` the answers are those of the points with the numbers `points`, of so many that are
    `kept`; so many points are `missing`, not solved yet. Only a sweep may have no answers."""

    answers: tuple[Answered, ...]
    comparison: Comparison | None = None
    folder: str = ""
    sweep: Sweep | None = None
    points: tuple[int, ...] = ()
    kept: int = 0
    missing: int = 0


def subject_in(folder: str | Path) -> Subject:
    """Raises DiagnosticError as `gamec.read_run` does, and where the copies of the model do not compile."""
    from runtime.runs.comparison_folder import is_comparison, read_comparison
    from runtime.runs.folder import read_run
    from runtime.sweeps.kept import is_sweep

    place = Path(folder)
    if is_sweep(place):
        return _of_sweep_folder(place)
    if not is_comparison(place):
        return Subject((_of_run("", read_run(place)),), folder=place.as_posix())
    read = read_comparison(place)
    answers = tuple(_of_run(case or BASE, run, f"{read.manifest['cases'][case]}/") for case, run in read.runs.items())
    results = {case: answer.result for case, answer in zip(read.runs, answers, strict=True)}
    return Subject(answers, replace(read.comparison, results=results), place.as_posix())


def subject_of(answer: Result | Comparison | Sweep) -> Subject:
    """Of what `solve`, `compare` or `sweep` gave, or of one put together by hand, whose model is not known."""
    if isinstance(answer, Result):
        return Subject((_of_result("", answer),))
    if not isinstance(answer, Comparison):
        return Subject((), sweep=answer)
    return Subject(tuple(_of_result(case or BASE, r) for case, r in answer.results.items()), answer)


def _of_sweep_folder(place: Path) -> Subject:
    """With the answers of `POINTS` points at equal distances, or of all that are kept where they are fewer."""
    from runtime.runs.folder import read_run
    from runtime.sweeps.folder import run_of
    from runtime.sweeps.kept import read_sweep

    found = read_sweep(place)
    kept = [o for o in found.sweep.outcomes if o.objectives and found.run(o.number) is not None]
    shown = [kept[k] for k in np.unique(np.linspace(0, len(kept) - 1, min(POINTS, len(kept))).round().astype(int))]
    below = {o.number: run_of(place, o.number).relative_to(place).as_posix() for o in shown}
    answers = tuple(
        _of_run(_at(found.sweep, o), read_run(place / below[o.number]), f"{below[o.number]}/") for o in shown
    )
    return Subject(answers, None, place.as_posix(), found.sweep, tuple(below), len(kept), found.missing)


def _at(sweep: Sweep, outcome: Outcome) -> str:
    """`eta=0.8, case=winter`: what tells a point from the others."""
    told = [axis.name for axis in sweep.axes if len(axis.values) > 1] or [axis.name for axis in sweep.axes]
    return ", ".join(f"{name}={_value(outcome.at[name])}" for name in told)


def _value(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _of_run(name: str, run: Run, below: str = "") -> Answered:
    from runtime.runs.verify import compiled_again

    compiled = compiled_again(run)
    # Figures need the model, too: it is compiled once.
    result = replace(run.result, record=replace(run.record, made=compiled))
    tables = {n: f"{below}{path}" for path, (n, _) in run.tables.items()}
    return Answered(name, result, compiled, run.manifest, tables)


def _of_result(name: str, result: Result) -> Answered:
    from runtime.runs.input_files import packed
    from runtime.runs.manifest import environment, options_json

    record = result.record
    if record is None:
        return Answered(name, result)
    made = {
        "started": record.started.isoformat(),
        **environment(),
        "options": options_json(record),
        "data": record.inputs.given,
        "inputs": packed(record.inputs)[1],
    }
    compiled = record.compiled()
    return Answered(name, replace(result, record=replace(record, made=compiled)), compiled, made)
