"""Files in memory -> a folder on disk, whole or not at all: built under another name beside its place, then renamed."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from grammar.diagnostics import Diagnostic, DiagnosticError, Hint


def free_place(folder: str | Path, replaceable: Callable[[Path], bool], force: bool) -> Path:
    """Where the folder is to be, with all links followed. Raises DiagnosticError (G003) where something else is, or
    something that may be replaced but is not to be (`force`)."""
    given = str(folder)
    try:
        place = Path(folder).resolve()
        if place == Path.cwd():
            raise _refused(given, "it is the folder you are in", "name a folder that gamec is to make")
        if place.exists() and not place.is_dir():
            raise _refused(given, "it is a file", "name a folder that gamec is to make")
        if place.is_dir() and any(place.iterdir()):
            if not replaceable(place):
                raise _refused(given, "it holds what gamec did not write", "name another folder, or empty this one")
            if not force:
                raise _refused(given, "it holds a run already", "add `--force` to replace that, or name another folder")
        above = next(p for p in place.parents if p.exists())
        if not (above.is_dir() and os.access(above, os.W_OK)):
            raise _refused(given, f"`{above}` cannot be written", "name another folder")
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        raise _refused(given, getattr(error, "strerror", None) or str(error), "name another folder") from None
    return place


def write_whole(place: Path, files: Mapping[str, bytes]) -> None:
    """Write the folder, which `free_place` gave; what is there is replaced. Raises DiagnosticError (G003); then, as
    when it is interrupted, all is as before."""
    made: list[Path] = []
    built = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        for folder in reversed([p for p in place.parents if not p.exists()]):
            folder.mkdir()
            made.append(folder)
        built.mkdir()
        for name, content in files.items():
            path = built.joinpath(*PurePosixPath(name).parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        _put(built, place)
        made.clear()
    except OSError as error:
        words = error.strerror or str(error)
        raise _refused(str(place), words, "make room, or name a folder elsewhere") from None
    finally:
        shutil.rmtree(built, ignore_errors=True)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()


def keep_file(place: Path, name: str, content: bytes) -> None:
    """Write or replace a file of the folder, whole or not at all. Raises DiagnosticError (G003)."""
    path = place / name
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        why = error.strerror or str(error)
        raise _refused(str(path), why, "make room; the same command then goes on with what is left") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _put(built: Path, place: Path) -> None:
    """Rename; what was there goes only when the new one stands."""
    if not place.exists():
        built.rename(place)
        return
    old = place.with_name(built.name.removesuffix(".part") + ".old")
    try:
        place.rename(old)
        built.rename(place)
    finally:
        if place.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(place)


def _refused(folder: str, why: str, hint: str) -> DiagnosticError:
    return DiagnosticError([Diagnostic("G003", f"`{folder}` cannot be written: {why}", hints=(Hint(hint),))])
