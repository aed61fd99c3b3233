"""A `Comparison` <-> a folder: `run.json`, a table of all cases, figures, and a run folder for each case. Runs of
several folders side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from compiler.ground.reporting import ReportValue
from compiler.pipeline import Compiled
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.figures.files import figure_files
from runtime.figures.of_comparison import BASE, charts_of_comparison
from runtime.figures.of_result import plots_of
from runtime.result import Comparison, Labelled, Result, Value, plain
from runtime.runs.csv_files import csv_text
from runtime.runs.file_names import file_names
from runtime.runs.folder import (
    DAMAGE,
    MANIFEST,
    Run,
    damaged,
    is_kind,
    json_bytes,
    read_manifest,
    read_run,
    run_files,
)
from runtime.runs.manifest import FORMAT, environment
from runtime.runs.save import COMPARISON, check_formats, place_for_run
from runtime.runs.whole_folder import write_whole
from runtime.runs.workbook import workbook
from runtime.session import comparison, reports_at


@dataclass(frozen=True, eq=False)
class ComparisonFolder:
    """A folder that was read: a run for each case."""

    folder: Path
    manifest: Mapping[str, Any]
    runs: Mapping[str, Run]
    comparison: Comparison


def save_comparison(
    found: Comparison,
    folder: str | Path,
    *,
    force: bool = False,
    xlsx: bool = False,
    figures: Sequence[str] = ("png", "pdf"),
) -> Path:
    """Write the folder whole or not at all, and say where it is. Raises as `save_run` does."""
    check_formats(figures)
    place = place_for_run(folder, force)
    names = file_names(case or "base" for case in found.results)
    folders = {case: f"cases/{names[case or 'base']}" for case in found.results}
    files: dict[str, bytes] = {}
    for case, result in found.results.items():
        more = {"results.xlsx": workbook(result)} if xlsx else {}
        more |= figure_files(plots_of(result), figures)
        files |= {f"{folders[case]}/{name}": content for name, content in run_files(result, more).items()}
    own = {"comparison.csv": table(found), **figure_files(charts_of_comparison(found), figures)}
    manifest = {
        "kind": COMPARISON,
        "format": FORMAT,
        **environment(),
        "game": found.game,
        "cases": folders,
        "comparisons": {name: plain(value) for name, value in found.comparisons.items()},
        "docs": dict(found.docs),
        "units": dict(found.units),
        "files": {name: sha256(content).hexdigest() for name, content in own.items()},
    }
    write_whole(place, {MANIFEST: json_bytes(manifest), **own, **files})
    return place


def table(found: Comparison) -> bytes:
    """One row for each objective and each report without an index, one column for each case."""
    units = {name: unit for r in found.results.values() for name, unit in r.units.items() if unit}
    rows: list[Sequence[object]] = [
        (kind, name, units.get(name, ""), *(by_case.get(case, float("nan")) for case in found.results))
        for (kind, name), by_case in found.single_numbers().items()
    ]
    for name, value in found.comparisons.items():
        if not isinstance(value, Labelled):
            rows.append(("comparison", name, found.units.get(name, ""), float(value)))
    return csv_text(("kind", "name", "unit", *(case or BASE for case in found.results)), rows)


def read_comparison(folder: str | Path) -> ComparisonFolder:
    """Raises DiagnosticError as `read_run` does."""
    folder = Path(folder)
    manifest = read_manifest(folder, COMPARISON)
    try:
        places = {str(case): str(place) for case, place in manifest["cases"].items()}
        if any(".." in Path(p).parts or Path(p).is_absolute() for p in places.values()):
            raise ValueError("a case lies outside the folder")
        docs, units = dict(manifest["docs"]), dict(manifest["units"])
        values = {
            str(name): _unpacked(value, units.get(name, ""), docs.get(name, ""))
            for name, value in manifest["comparisons"].items()
        }
    except DAMAGE as error:
        raise damaged(folder, MANIFEST, error) from None
    runs = {case: read_run(folder / place) for case, place in places.items()}
    results = {case: run.result for case, run in runs.items()}
    game = str(manifest.get("game", ""))
    found = Comparison(game, results, values, _all_diagnostics(results), docs, units)
    return ComparisonFolder(folder, manifest, runs, found)


def is_comparison(folder: Path) -> bool:
    return is_kind(folder, COMPARISON)


def compared_runs(folders: Sequence[str | Path]) -> Comparison:
    """The answers of several folders side by side, those of a comparison one by one. They are called as their cases
    where these differ, else as their folders. Raises DiagnosticError as `read_run` does.

    The file's `compare` declarations are evaluated where all are cases of one model with the same data.
    """
    runs: list[tuple[str, Run]] = []
    for folder in map(Path, folders):
        if is_comparison(folder):
            inside = read_comparison(folder).runs
            runs += [(f"{folder.name}/{case or BASE}", run) for case, run in inside.items()]
        else:
            runs.append((folder.resolve().name, read_run(folder)))
    cases = [run.result.case for _, run in runs]
    names = cases if len(set(cases)) == len(cases) else _different([name for name, _ in runs])
    results = {name: run.result for name, (_, run) in zip(names, runs, strict=True)}
    if names is cases and len({_made_of(run) for _, run in runs}) == 1:
        reports: dict[str, Mapping[str, ReportValue]] = {}
        compiled: Compiled | None = None
        for name, (_, run) in zip(names, runs, strict=True):
            compiled = run.record.compiled()
            values = reports_at(compiled, run.record.x, run.record.prices)
            if values:
                reports[name] = values
        assert compiled is not None
        return comparison(compiled, results, reports)
    games = list(dict.fromkeys(r.game for r in results.values()))
    return Comparison(", ".join(games), results, diagnostics=_all_diagnostics(results))


def require_runs(folders: Sequence[str]) -> None:
    """Raises DiagnosticError (G001) where one is no folder."""
    for folder in folders:
        if not Path(folder).is_dir():
            hint = Hint("give one model, or several folders made by `-o`")
            raise DiagnosticError([Diagnostic("G001", f"`{folder}` is no run folder", hints=(hint,))])


def _made_of(run: Run) -> tuple[object, ...]:
    """The same for two runs of one model with the same data: cases may read different files."""
    model = next(e["sha256"] for e in run.manifest["inputs"] if e["role"] == "model")
    return model, json_bytes({"data": run.manifest["data"]})


def _all_diagnostics(results: Mapping[str, Result]) -> tuple[Diagnostic, ...]:
    return tuple(dict.fromkeys(d for r in results.values() for d in r.diagnostics))


def _different(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        other, k = name, 1
        while other in found:
            k += 1
            other = f"{name} ({k})"
        found.append(other)
    return found


def _unpacked(value: Any, unit: str, doc: str) -> Value:
    if isinstance(value, dict):
        index = tuple(map(str, value["index"]))
        keys = tuple(tuple(key) for key in value["keys"])
        numbers = np.array([np.nan if v is None else float(v) for v in value["values"]])
        if len(keys) != len(numbers) or any(len(key) != len(index) for key in keys):
            raise ValueError("a comparison has other indices than values")
        return Labelled(index, index, keys, numbers, unit, doc)
    return float("nan") if value is None else float(value)
