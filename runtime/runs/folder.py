"""A `Result` <-> a run folder: `run.json`, arrays as NetCDF, tables as CSV, copies of all inputs, a log, figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from compiler.ground.sparse import Floats
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint, did_you_mean
from grammar.source import Source
from runtime.record import Inputs, Record
from runtime.result import Labelled, Result, Value
from runtime.runs.arrays import KINDS, stored, values_in, variables
from runtime.runs.csv_files import csv_text, facts_csv, labelled_csv
from runtime.runs.file_names import file_names
from runtime.runs.input_files import packed, unpacked
from runtime.runs.log_text import log_text
from runtime.runs.manifest import (
    FORMAT,
    claim_json,
    claim_of,
    environment,
    options_json,
    request_of,
    result_json,
    result_of,
)

MANIFEST = "run.json"
KIND = "gamec run"
ESSENTIAL = (MANIFEST, "answer.nc", *(f"{kind}.nc" for kind in KINDS))
"""Files without which there is no run; others may be missing, which `verify` tells."""

UNFINISHED = "unfinished"
"""The folder in a run folder that is there as long as the run is not finished; see `runtime.runs.unfinished`."""

DAMAGE = (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError)
"""What reading another shape raises."""


def run_files(result: Result, more: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Every file of the run folder by its path in it, `more` (figures, a workbook) included. `result` must come from
    `solve`, or from a run folder: raises ValueError for one that was put together by hand."""
    record = result.record
    if record is None:
        raise ValueError("only results that `solve` gave know what they rest on")
    kept = stored(result, record.x, record.prices)
    files = dict(kept.files)
    tables: dict[str, dict[str, str]] = {}
    for kind, values in (("values", result.value_of), ("prices", result.price_of), ("reports", result.report_of)):
        indexed = {name: value for name, value in values.items() if isinstance(value, Labelled)}
        tables[kind] = {name: f"{kind}/{file}.csv" for name, file in file_names(indexed).items()}
        files |= {tables[kind][name]: labelled_csv(name, value) for name, value in indexed.items()}
    files["scalars.csv"] = scalars_csv(result)
    if result.history:
        files["history.csv"] = history_csv(result)
    inputs, listed = packed(record.inputs)
    files |= inputs
    files["log.txt"] = log_text(result, record, environment(), listed).encode()
    files |= more or {}
    manifest = {
        "kind": KIND,
        "format": FORMAT,
        "started": record.started.isoformat(),
        **environment(),
        "options": options_json(record),
        "data": record.inputs.given,
        "inputs": listed,
        "result": result_json(result),
        "claim": None if record.claim is None else claim_json(record.claim),
        "arrays": kept.layouts,
        "axes": kept.axes,
        "tables": tables,
        "files": {name: sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    files[MANIFEST] = json_bytes(manifest)
    return files


def json_bytes(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def scalars_csv(result: Result) -> bytes:
    """All single numbers of a result."""
    kinds: dict[str, Mapping[str, Value]] = {
        "objective": result.objectives,
        "value": result.value_of,
        "price": result.price_of,
        "report": result.report_of,
    }
    return facts_csv(
        {
            kind: [
                (name, float(value), result.units.get(name, ""), result.docs.get(name, ""))
                for name, value in values.items()
                if not isinstance(value, Labelled)
            ]
            for kind, values in kinds.items()
        }
    )


def history_csv(result: Result) -> bytes:
    names = list(dict.fromkeys(name for step in result.history for name in step.objectives))
    rows = (
        (s.iteration, *(s.objectives.get(name, float("nan")) for name in names), s.residual, s.seconds, s.note)
        for s in result.history
    )
    return csv_text(("iteration", *names, "residual", "seconds", "note"), rows)


@dataclass(frozen=True, eq=False)
class Run:
    """A run folder that was read: `manifest` is its `run.json`, `result` the answer, with its record."""

    folder: Path
    manifest: Mapping[str, Any]
    result: Result
    tables: Mapping[str, tuple[str, Labelled]]
    """The CSV file of each indexed value: path -> name and value."""

    @property
    def record(self) -> Record:
        assert self.result.record is not None
        return self.result.record


def is_run(folder: Path) -> bool:
    """Whether gamec wrote this folder as a run, be it damaged since."""
    return is_kind(folder, KIND)


def is_unfinished(folder: str | Path) -> bool:
    """Whether a run was begun in this folder that is not finished."""
    return (Path(folder) / UNFINISHED / MANIFEST).is_file()


def is_kind(folder: Path, kind: str) -> bool:
    """Whether the `run.json` of a folder begins by saying that it is of this kind."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            head = file.read(200)
    except (OSError, ValueError):
        return False
    return f'"kind": "{kind}"'.encode() in head


def read_run(folder: str | Path) -> Run:
    """Raises DiagnosticError: G001 where there is no folder, G005 where it is no whole run of a version that this gamec
    reads."""
    folder = Path(folder)
    manifest = read_manifest(folder, KIND)
    files = {name: read_file(folder, name) for name in ESSENTIAL[1:]}
    try:
        files |= {entry["stored"]: read_file(folder, entry["stored"]) for entry in manifest["inputs"]}
        inputs = unpacked(manifest["inputs"], files, manifest["data"])
        bare = result_of(manifest["result"], sources_of(inputs))
        claimed = manifest["claim"]
    except DAMAGE as error:
        raise damaged(folder, MANIFEST, error) from None
    arrays = {}
    for name in ESSENTIAL[1:]:
        try:
            arrays[name] = variables(files[name])
        except ValueError as error:
            raise damaged(folder, name, error) from None
    answer = arrays["answer.nc"]
    x, prices = _numbers(answer, "x"), _numbers(answer, "price")
    named = {}
    for kind in KINDS:
        try:
            named[kind] = values_in(
                *(arrays[f"{kind}.nc"], answer, manifest["arrays"][kind], manifest["axes"], bare.docs, bare.units)
            )
        except DAMAGE as error:
            raise damaged(folder, f"{kind}.nc", error) from None
    from datetime import datetime

    try:
        if (claimed is None) != (x is None):
            raise ValueError("the answer and what is claimed of it do not go together")
        record = Record(
            inputs,
            bare.case,
            request_of(manifest["options"]),
            datetime.fromisoformat(manifest["started"]),
            x,
            prices,
            None if claimed is None else claim_of(claimed, x, prices),
        )
    except DAMAGE as error:
        raise damaged(folder, MANIFEST, error) from None
    result = replace(
        bare, value_of=named["values"], price_of=named["prices"], report_of=named["reports"], record=record
    )
    try:
        tables = _tables(manifest["tables"], result)
    except DAMAGE as error:
        raise damaged(folder, MANIFEST, error) from None
    return Run(folder, manifest, result, tables)


def _tables(told: Mapping[str, Mapping[str, str]], result: Result) -> dict[str, tuple[str, Labelled]]:
    found: dict[str, tuple[str, Labelled]] = {}
    for kind, values in (("values", result.value_of), ("prices", result.price_of), ("reports", result.report_of)):
        indexed = {name: value for name, value in values.items() if isinstance(value, Labelled)}
        if told[kind].keys() != indexed.keys():
            raise ValueError(f"the tables of {kind} are not those of its arrays")
        found |= {str(told[kind][name]): (name, value) for name, value in indexed.items()}
    return found


def read_manifest(folder: Path, kind: str) -> dict[str, Any]:
    """`run.json`, if it is of this kind and of a version that this gamec reads. Raises DiagnosticError (G001, G005)."""
    if not folder.is_dir():
        beside = folder.parent.iterdir() if folder.parent.is_dir() else ()
        near = did_you_mean(folder.name, (p.name for p in beside if p.is_dir()))
        hints = near or (Hint("`-o DIR` of `gamec solve`, `compare` and `sweep` makes one"),)
        what = f"`{folder}` is a file, not a folder" if folder.exists() else f"there is no folder `{folder}`"
        raise DiagnosticError([Diagnostic("G001", what, hints=hints)])
    if is_unfinished(folder) and not (folder / MANIFEST).exists():
        hint = Hint(f"`gamec solve {folder}` goes on with it")
        raise DiagnosticError([Diagnostic("G005", f"the run in `{folder}` is not finished", hints=(hint,))])
    inside = _kept_in(folder)
    if inside:
        hint = Hint(f"name one of them: {', '.join(f'`{place}`' for place in inside)}")
        headline = f"`{folder}` is no run folder: `{MANIFEST}` is missing; it holds folders of runs"
        raise DiagnosticError([Diagnostic("G005", headline, hints=(hint,))])
    content = read_file(folder, MANIFEST)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise damaged(folder, MANIFEST, error) from None
    if not isinstance(found, dict) or found.get("kind") != kind:
        raise damaged(folder, MANIFEST, ValueError(f"it does not say that this is a `{kind}`"))
    if found.get("format") != FORMAT:
        made = found.get("gamec", "another version")
        raise DiagnosticError(
            [
                Diagnostic(
                    "G005",
                    f"`{folder}` has the format {found.get('format')}, this gamec reads {FORMAT}",
                    notes=(f"it was written by gamec {made}",),
                    hints=(Hint("read it with that version, or solve its `inputs` again with this one"),),
                )
            ]
        )
    return found


def _kept_in(folder: Path) -> list[Path]:
    """Folders of runs that lie in a folder that is none itself, a few of them."""
    if (folder / MANIFEST).exists():
        return []
    with suppress(OSError):
        return [place for place in sorted(folder.iterdir()) if (place / MANIFEST).is_file()][:8]
    return []


def read_file(folder: Path, name: str) -> bytes:
    """A file of the folder. Raises DiagnosticError (G005) where it is missing, cannot be read, or would lie outside."""
    path = folder / name
    if ".." in Path(name).parts or Path(name).is_absolute():
        raise damaged(folder, MANIFEST, ValueError(f"`{name}` lies outside the folder"))
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        words = "it is missing" if missing else getattr(error, "strerror", None) or str(error)
        raise damaged(folder, name, ValueError(words)) from None


def damaged(folder: Path, name: str, error: Exception) -> DiagnosticError:
    """G005, with what is wrong with one file."""
    words = f"it has no {error}" if isinstance(error, KeyError) else str(error)
    return DiagnosticError(
        [
            Diagnostic(
                "G005",
                f"`{folder}` is no whole run folder: `{name}`: {words}",
                hints=(Hint("name a folder that `-o` made, or make it again with `gamec solve FILE -o DIR`"),),
            )
        ]
    )


def sources_of(inputs: Inputs) -> dict[str, Source]:
    """The texts that diagnostics point into, by path."""
    texts = {inputs.model.path: inputs.model}
    for name, content in inputs.files.items():
        texts[name] = Source(name, content.decode("utf-8-sig", errors="replace"))
    for name, text in inputs.library.items():
        texts[f"std/{name}.game"] = Source(f"std/{name}.game", text)
    return texts


def _numbers(answer: Mapping[str, Any], name: str) -> Floats | None:
    return np.asarray(answer[name], dtype=np.float64) if name in answer else None
