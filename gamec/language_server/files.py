"""URIs of the editor <-> files on disk: what a model reads, texts open in the editor first, and where a source lies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pygls.uris import from_fs_path, to_fs_path

from compiler import library
from compiler.ground.tables import Read
from grammar.source import Source


def path_of(uri: str) -> Path | None:
    """The file of a URI; None for a text that is no file, such as one not saved yet."""
    if not uri.startswith("file:"):
        return None
    try:
        path = to_fs_path(uri)
    except ValueError:
        return None
    return Path(path) if path else None


def uri_of(path: Path) -> str:
    return from_fs_path(str(path)) or path.as_uri()


def reader(model: Path | None, opened: Mapping[Path, str]) -> Read:
    """Reads what a model names, relative to its folder; `opened` has the texts of the editor. Raises OSError."""

    def read(name: str) -> str | bytes:
        if model is None:
            raise FileNotFoundError(2, "save this text as a file first, files are looked for beside it")
        path = Path(model.parent, name)
        text = opened.get(path.resolve())
        return path.read_bytes() if text is None else text

    return read


def source_path(source: Source, model: Path | None) -> Path | None:
    """The file that a source of the model came from: beside the model, or in gamec's library."""
    if source.path.startswith("std/") and source.path.endswith(".game"):
        name = source.path.removeprefix("std/").removesuffix(".game")
        if library.library_text(name) == source.text:
            return Path(library.__file__).parent / f"{name}.game"
    return None if model is None else Path(model.parent, source.path)
