"""A sweep on disk: `run.json` says what it is a sweep of, `points/NUMBER.json` what came of each point, written whole
as soon as it is there, `runs/NUMBER` its answer as a run folder, if that is wanted. In: a folder and what is to be
swept; out: the points that are done, so that only others are solved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from compiler import library
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from grammar.source import Source
from runtime.runs.folder import DAMAGE, MANIFEST, is_kind, is_run, json_bytes, read_manifest
from runtime.runs.manifest import FORMAT, finite, solving_packages
from runtime.runs.save import REPLACED
from runtime.runs.whole_folder import free_place, keep_file, write_whole
from runtime.sweeps.axes import Axis
from runtime.sweeps.outcome import ERROR, Outcome, outcome_in, outcome_json
from runtime.version import version

SWEEP = "gamec sweep"

POINTS = "points"

RUNS = "runs"


def manifest_of(
    model: Source, game: str, axes: Sequence[Axis], given: Mapping[str, object], options: Mapping[str, object]
) -> dict[str, Any]:
    """What a sweep is of, in plain values."""
    document = {
        "kind": SWEEP,
        "format": FORMAT,
        "gamec": version(),
        "packages": solving_packages(),
        "game": game,
        "model": {"name": Path(model.path).name, "sha256": sha256(model.text.encode()).hexdigest()},
        "axes": [{"name": axis.name, "values": list(axis.values), "doc": axis.doc, "unit": axis.unit} for axis in axes],
        "data": finite(given),
        "options": finite(options),
    }
    # As it will be read again; what is no data at all is for the compiler to refuse, point by point.
    plain: dict[str, Any] = json.loads(json.dumps(document, default=repr))
    return plain


def begun(
    folder: str | Path, manifest: Mapping[str, Any], model: Source, force: bool, with_runs: bool = False
) -> tuple[Path, dict[int, Outcome]]:
    """The folder, made if need be, and the outcomes that it has by their numbers; left out, so that they are solved
    again, are those that ended in diagnostics and, `with_runs`, those whose answer was not kept.

    Raises DiagnosticError: G003 where the folder cannot be had, or holds a sweep of something else; G005 where one of
    its files is damaged. With `force`, a run or a sweep that is there is replaced.
    """
    place = Path(folder)
    if force or not is_kind(place, SWEEP):
        place = free_place(folder, lambda there: any(is_kind(there, kind) for kind in (*REPLACED, SWEEP)), force)
        write_whole(place, {MANIFEST: json_bytes(manifest)})
        return place, {}
    why = _difference(read_manifest(place, SWEEP), manifest)
    if why:
        raise _of_another(place, why)
    done: dict[int, Outcome] = {}
    read = _Hashes(Path(model.path).parent)
    for found in records(place, model):
        changed = next((e["name"] for e in found.inputs if read.hash(e) not in (None, e["sha256"])), None)
        if changed is not None:
            raise _of_another(place, f"`{changed}` has changed since")
        if found.status != ERROR and (not with_runs or is_run(run_of(place, found.number))):
            done[found.number] = found
    return place, done


def records(place: Path, model: Source) -> Iterator[Outcome]:
    """What came of each point that is done. Raises DiagnosticError (G005) for a record that is damaged."""
    for file in sorted((place / POINTS).glob("[0-9]*.json")):
        try:
            found = outcome_in(json.loads(file.read_bytes()), model)
            if file.name != Path(record_name(found.number)).name:
                raise ValueError(f"it is the record of point {found.number}")
        except (*DAMAGE, OSError, RecursionError) as error:
            hint = Hint("remove that file: its point is solved again then")
            words = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            headline = f"`{place}` is damaged: `{POINTS}/{file.name}`: {words}"
            raise DiagnosticError([Diagnostic("G005", headline, hints=(hint,))]) from None
        yield found


def run_of(place: Path, number: int) -> Path:
    """Where the answer of a point is kept, if it is."""
    return place / RUNS / f"{number:06}"


def record_name(number: int) -> str:
    """The path of a point's record in the folder."""
    return f"{POINTS}/{number:06}.json"


def keep(place: Path, outcome: Outcome) -> None:
    """Write the record of a point, whole or not at all, behind its run folder if there is one. Raises DiagnosticError
    (G003)."""
    if outcome.run:
        write_whole(run_of(place, outcome.number).resolve(), outcome.run)
    keep_file(place, record_name(outcome.number), json_bytes(outcome_json(outcome)))


class _Hashes:
    """SHA-256 of what points have read, as it is now; None for the model, which the manifest has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[tuple[str, str], str | None] = {}

    def hash(self, entry: Mapping[str, str]) -> str | None:
        key = entry["role"], entry["name"]
        if key not in self.known:
            self.known[key] = self._now(*key)
        return self.known[key]

    def _now(self, role: str, name: str) -> str | None:
        if role == "model":
            return None
        try:
            content = (
                (self.folder / name).read_bytes() if role == "file" else (library.library_text(name) or "").encode()
            )
        except (OSError, ValueError):
            return ""
        return sha256(content).hexdigest()


def _difference(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """In words; empty where there is none."""
    if there.get("game") != wanted["game"]:
        return f"it holds a sweep of another model, `{there.get('game')}`"
    if there.get("model", {}).get("sha256") != wanted["model"]["sha256"]:
        return "it holds a sweep of this model as it was before its text changed"
    if _swept(there) != _swept(wanted):
        over = "; ".join(f"{name}={','.join(map(str, values))}" for name, values in _swept(there))
        return f"it holds a sweep over other values: {over}"
    if there.get("data") != wanted["data"]:
        return "it holds a sweep with other data"
    if there.get("options") != wanted["options"]:
        old, new = there.get("options") or {}, wanted["options"]
        other = ", ".join(name for name in new if old.get(name) != new[name])
        return f"it holds a sweep with other options ({other})"
    for what, old, new in (
        ("gamec", there.get("gamec"), wanted["gamec"]),
        *((name, there.get("packages", {}).get(name), now) for name, now in wanted["packages"].items()),
    ):
        if old != new:
            return f"it holds a sweep made by {what} {old}, and here is {new}"
    return ""


def _swept(manifest: Mapping[str, Any]) -> list[tuple[str, list[object]]]:
    return [(str(a["name"]), list(a["values"])) for a in manifest.get("axes", [])]


def _of_another(place: Path, why: str) -> DiagnosticError:
    hints = (Hint("name another folder"), Hint("`--force` throws its points away and begins anew"))
    return DiagnosticError([Diagnostic("G003", f"the sweep in `{place}` cannot go on: {why}", hints=hints)])
