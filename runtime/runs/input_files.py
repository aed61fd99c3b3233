"""What a compilation read <-> copies of it in the folder `inputs` of a run, and where each stands there.

Files keep their place beside the model, so that `gamec solve RUN/inputs/park.game` works; those that lie elsewhere go
to `inputs/elsewhere`, library files to `inputs/std`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from hashlib import sha256
from pathlib import PurePath, PureWindowsPath
from typing import Any

from grammar.source import Source
from runtime.record import Inputs
from runtime.runs.file_names import file_names

ROLES = ("model", "file", "library")


def packed(inputs: Inputs) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    """Files of the folder by name, and what each is: `role` (`model`, `file`, `library`), `name` (as the model has it),
    `stored` (as the folder has it), `sha256`."""
    files: dict[str, bytes] = {}
    listed: list[dict[str, Any]] = []

    def keep(role: str, name: str, stored: str, content: bytes) -> None:
        files[stored] = content
        listed.append({"role": role, "name": name, "stored": stored, "sha256": sha256(content).hexdigest()})

    keep("model", inputs.model.path, f"inputs/{_model_name(inputs.model)}", inputs.model.text.encode())
    apart = file_names(n for n in inputs.files if not _beside(n))
    for name, content in inputs.files.items():
        beside = f"inputs/{posixpath.normpath(name)}"
        free = _beside(name) and beside not in files
        # Numbered: two files that lie elsewhere may have one name.
        keep("file", name, beside if free else f"inputs/elsewhere/{len(listed)}_{_last(name, apart)}", content)
    for name, text in inputs.library.items():
        keep("library", name, f"inputs/std/{name}.game", text.encode())
    return files, listed


def unpacked(listed: list[dict[str, Any]], files: Mapping[str, bytes], given: Mapping[str, object]) -> Inputs:
    """Raises KeyError, TypeError, ValueError for another shape, or texts that are none."""
    models = [entry for entry in listed if entry["role"] == "model"]
    if len(models) != 1 or any(entry["role"] not in ROLES for entry in listed):
        raise ValueError("the inputs are not those of one model")
    return Inputs(
        Source(str(models[0]["name"]), files[models[0]["stored"]].decode()),
        dict(given),
        {str(e["name"]): files[e["stored"]] for e in listed if e["role"] == "file"},
        {str(e["name"]): files[e["stored"]].decode() for e in listed if e["role"] == "library"},
    )


def _beside(name: str) -> bool:
    """Whether the path leads to a file below the model's folder, on every system."""
    plain = posixpath.normpath(name)
    windows = PureWindowsPath(name)
    return not (plain.startswith(("..", "/")) or windows.drive or windows.root or "\\" in name or "\0" in name)


def _last(name: str, apart: Mapping[str, str]) -> str:
    return PurePath(apart.get(name, name)).name


def _model_name(model: Source) -> str:
    """The model's own file name; of a text without a file, one to tell that."""
    name = PurePath(model.path).name
    return name if name.endswith(".game") and not name.startswith((".", "<")) else "model.game"
