"""A run that is not finished, in the folder `unfinished` of its run folder: what it is a run of, and a journal of what
its iterations have found, so that it goes on after a kill.

`run.json` says what is solved, `inputs` holds copies of the model and its data, and `000001` and so on are parts of the
journal, each written whole after `EVERY` seconds at least. The folder is there once there is something to keep, and
gone when the run is finished.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from compiler.ground.sparse import Floats
from compiler.pipeline import Compiled
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.journal import Entry, Journal, digest
from runtime.methods.method import Request
from runtime.record import Inputs
from runtime.runs.entries import Part, chained, part_bytes
from runtime.runs.folder import DAMAGE, MANIFEST, UNFINISHED, is_unfinished, json_bytes, read_file, read_manifest
from runtime.runs.input_files import packed, unpacked
from runtime.runs.manifest import FORMAT, finite, request_json, request_of, solving_packages
from runtime.runs.whole_folder import keep_file, write_whole
from runtime.version import version

try:
    import fcntl
except ImportError:  # Windows, where nothing keeps two from one folder
    fcntl = None  # type: ignore[assignment]

KIND = "gamec unfinished run"

EVERY = 2.0
"""Seconds between two parts of the journal, at least: what a kill costs at most, beside the solve that it meets."""

FREE = {"search": ("workers", "executor")}
"""Choices that change no answer, by the part of a Request that holds them: a run may go on with others."""


def begun_in(folder: str | Path) -> tuple[Inputs, str, Request]:
    """What the unfinished run in a folder is a run of: what was read, the case, the request. Raises DiagnosticError:
    G001 and G005 where there is no such run."""
    place = Path(folder) / UNFINISHED
    found = read_manifest(place, KIND)
    try:
        stored = {entry["stored"]: read_file(place, entry["stored"]) for entry in found["inputs"]}
        for entry in found["inputs"]:
            if sha256(stored[entry["stored"]]).hexdigest() != entry["sha256"]:
                raise ValueError(f"`{entry['stored']}` is not the file that was written")
        return unpacked(found["inputs"], stored, found["data"]), str(found["case"]), request_of(found["options"])
    except DAMAGE as error:
        raise _damaged(place, str(error)) from None


class Unfinished(Journal):
    """See the module."""

    keeps = True

    def __init__(self, folder: str | Path, anew: bool = False, every: float | None = None) -> None:
        """`anew`: what was begun in the folder is not looked at, and replaced once there is something to keep. Parts
        are written `every` so many seconds, at least (None: `EVERY`)."""
        self.place = Path(folder) / UNFINISHED
        self.anew, self.every = anew, EVERY if every is None else every
        self.may_go_on = False
        """Whether the method was interrupted, and enough is kept to go on."""
        self.resumed = 0
        """Entries that were there."""
        self._first: dict[str, bytes] = {}
        self._read: list[tuple[str, Entry]] = []
        self._new: list[tuple[str, Entry]] = []
        self._parts = 0
        self._last = ""
        self._taken = self._ended = False
        self._held: int | None = None
        self._begun = self._kept = time.perf_counter()

    def opened(self, inputs: Inputs, case: str, request: Request, compiled: Compiled) -> None:
        """Raises DiagnosticError: G003 where somebody is at work in the folder, G008 where another run was begun there,
        G005 where it is damaged."""
        files, listed = packed(inputs)
        manifest = {
            "kind": KIND,
            "format": FORMAT,
            "gamec": version(),
            "packages": solving_packages(),
            "game": compiled.ground.name,
            "case": case,
            "options": request_json(request),
            "data": finite(inputs.given),
            "inputs": listed,
        }
        head = json_bytes(manifest)
        if not self.anew and is_unfinished(self.place.parent):
            there = read_manifest(self.place, KIND)
            why = _difference(there, json.loads(head))
            if why:
                raise _of_another(self.place.parent, why)
            self._lock()
            head = read_file(self.place, MANIFEST)
            self._read_parts(head)
        self._first = {MANIFEST: head, **files}
        self._last = self._last or sha256(head).hexdigest()
        self._kept = time.perf_counter()

    def taken(self) -> Journal:
        if self._taken:
            return Journal()
        self._taken = True
        return self

    def known(self, question: Sequence[Floats]) -> Entry | None:
        if self._ended or not self._read:
            return None
        asked, entry = self._read.pop()
        if asked != digest(question):
            raise _of_another(self.place.parent, "what it asked then is not what is asked now")
        return entry

    def add(self, question: Sequence[Floats], entry: Entry) -> None:
        if self._ended:
            return
        self._new.append((digest(question), entry))
        if time.perf_counter() - self._kept >= self.every:
            self._keep()

    def end(self, interrupted: bool) -> None:
        if self._ended:
            return
        if interrupted:
            self._keep()
        self._ended, self.may_go_on = True, interrupted and self._parts > 0

    def close(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def begun(self) -> float:
        return self._begun

    def files(self) -> dict[str, bytes]:
        """All that is kept, by paths in the run folder; nothing where there is nothing to go on with."""
        if not self.may_go_on:
            return {}
        return {
            path.relative_to(self.place.parent).as_posix(): path.read_bytes()
            for path in sorted(self.place.rglob("*"))
            if path.is_file()
        }

    def _keep(self) -> None:
        """Write what is new. Where that cannot be, it is tried again later: no full disk ends hours of work."""
        self._kept = time.perf_counter()
        if not self._new:
            return
        content = part_bytes(Part(self._last, time.perf_counter() - self._begun, tuple(self._new)))
        name = _name(self._parts + 1)
        with suppress(DiagnosticError):
            if self._parts:
                keep_file(self.place, name, content)
            else:
                if is_unfinished(self.place.parent) and not self.anew:
                    # Somebody else has begun there since: one of both may keep its way.
                    self._ended = True
                    return
                write_whole(self.place, {**self._first, name: content})
                self._lock()
            self._parts, self._last, self._new = self._parts + 1, sha256(content).hexdigest(), []

    def _lock(self) -> None:
        """Until `close`, or until the process ends, however it does. Raises DiagnosticError (G003)."""
        if fcntl is None:
            return
        self._held = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            hint = Hint("wait for it, or name another folder")
            headline = f"somebody is at work on the run in `{self.place.parent}`"
            raise DiagnosticError([Diagnostic("G003", headline, hints=(hint,))]) from None
        except OSError:
            # A disk in the net that knows no locks.
            self.close()

    def _read_parts(self, head: bytes) -> None:
        names = sorted(path.name for path in self.place.glob("[0-9]*") if path.is_file())
        try:
            if names != [_name(k) for k in range(1, len(names) + 1)]:
                raise ValueError("a part of the journal is missing")
            parts = [(name, read_file(self.place, name)) for name in names]
            found, self._last = chained(parts, sha256(head).hexdigest())
        except ValueError as error:
            raise _damaged(self.place, str(error)) from None
        self._parts = len(found)
        self._read = [entry for part in found for entry in part.entries][::-1]
        self.resumed = len(self._read)
        self._begun = time.perf_counter() - (found[-1].seconds if found else 0.0)


def _name(number: int) -> str:
    return f"{number:06}"


def _difference(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """In words; empty where there is none."""
    if there.get("game") != wanted["game"]:
        return f"it is one of another model, `{there.get('game')}`"
    read, reads = _inputs(there), _inputs(wanted)
    if [one[:2] for one in read] != [one[:2] for one in reads]:
        return "it read other files"
    changed = next((one[:2] for one, before in zip(reads, read, strict=True) if one != before), None)
    if changed is not None:
        return f"{'the text of the model' if changed[0] == 'model' else f'`{changed[1]}`'} has changed since"
    for what in ("case", "data"):
        if there.get(what) != wanted[what]:
            return f"it has other data ({what})" if what == "data" else f"it is one of the case `{there.get(what)}`"
    old, new = _binding(there.get("options") or {}), _binding(wanted["options"])
    other = ", ".join(name for name in new if old.get(name) != new[name])
    if other:
        return f"it has other options ({other})"
    packages = there.get("packages") or {}
    for name, was, now in (
        ("gamec", there.get("gamec"), wanted["gamec"]),
        *((name, packages.get(name), now) for name, now in wanted["packages"].items()),
    ):
        if was != now:
            return f"it was begun by {name} {was}, and here is {now}"
    return ""


def _inputs(manifest: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Role, name and sum of everything that is read; of a model the name says nothing."""
    return sorted(
        (e["role"], "" if e["role"] == "model" else e["name"], e["sha256"]) for e in manifest.get("inputs", ())
    )


def _binding(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options by name, those in parts as well, without the `FREE` ones."""
    found: dict[str, Any] = {}
    for name, value in options.items():
        inner = value.items() if isinstance(value, Mapping) else [("", value)]
        found |= {key or name: one for key, one in inner if key not in FREE.get(name, ())}
    return found


def _of_another(folder: Path, why: str) -> DiagnosticError:
    hints = (
        Hint(f"`gamec solve {folder}` goes on with it as it was begun"),
        Hint("name another folder, or begin anew with `--force`"),
    )
    return DiagnosticError(
        [Diagnostic("G008", f"the run that was begun in `{folder}` cannot go on with this: {why}", hints=hints)]
    )


def _damaged(place: Path, why: str) -> DiagnosticError:
    hint = Hint("begin anew with `--force`: what is left of it cannot be trusted")
    return DiagnosticError(
        [Diagnostic("G005", f"the run that was begun in `{place.parent}` is damaged: {why}", hints=(hint,))]
    )
