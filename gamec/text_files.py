"""Texts from and to disk, with diagnostics. In: a path (`-` is standard input); out: `Source`, or a whole file."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from grammar.diagnostics import Diagnostic, DiagnosticError, Hint, did_you_mean
from grammar.source import Source


def model_file(path: str) -> str | Source:
    """What the pipeline takes as the model: the path, or for `-` the text of standard input, read just once.

    Data files of a text from standard input are relative to the working folder. Raises DiagnosticError (G002).
    """
    return read_text(path) if path == "-" else path


def read_text(path: str) -> Source:
    """The text of a file. Raises DiagnosticError: G001 where it cannot be read, G002 where it is not UTF-8."""
    try:
        content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except FileNotFoundError:
        folder = Path(path).parent
        near: tuple[Hint, ...] = ()
        with suppress(OSError):
            near = did_you_mean(Path(path).name, (p.name for p in folder.iterdir()))
        raise DiagnosticError([Diagnostic("G001", f"there is no file `{path}`", hints=near)]) from None
    except IsADirectoryError:
        hint = Hint("name the file in it that is meant")
        raise DiagnosticError([Diagnostic("G001", f"`{path}` is a folder, not a file", hints=(hint,))]) from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        words = getattr(error, "strerror", None) or str(error)
        raise DiagnosticError([Diagnostic("G001", f"`{path}` cannot be read: {words}")]) from None
    try:
        return Source(path, content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DiagnosticError(
            [
                Diagnostic(
                    "G002",
                    f"`{path}` is not UTF-8 text: byte 0x{content[error.start]:02x} in line {line}",
                    hints=(Hint("save the file with the encoding UTF-8"),),
                )
            ]
        ) from None


def write_whole(path: str, content: str | bytes) -> None:
    """Write a file whole or not at all: under another name first, then renamed. Text in UTF-8 with line feeds. Raises
    DiagnosticError (G003)."""
    write_together({path: content})


def write_together(contents: Mapping[str, str | bytes]) -> None:
    """Write files by their paths, each whole or not at all, and none where one of them cannot be written. Raises
    DiagnosticError (G003)."""
    import tempfile

    ready: list[tuple[str, Path]] = []
    path = ""
    try:
        for path, content in contents.items():
            target = Path(path)
            raw = content.encode("utf-8") if isinstance(content, str) else content
            if target.is_dir():
                raise IsADirectoryError(21, "it is a folder")
            if (
                target.exists() and not target.is_file()
            ):  # a device such as /dev/null, or a pipe: not to be renamed over
                target.write_bytes(raw)
                continue
            place = target.resolve()
            number, hidden = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
            ready.append((hidden, place))
            with open(number, "wb") as file:
                file.write(raw)
            os.chmod(hidden, _mode(place))
        while ready:
            os.replace(*ready[0])
            ready.pop(0)
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        hint = Hint("name another file with `-o`, or make the folder first")
        raise DiagnosticError([Diagnostic("G003", f"`{path}` cannot be written: {words}", hints=(hint,))]) from None
    finally:
        for hidden, _ in ready:
            with suppress(OSError):
                os.unlink(hidden)


def _mode(place: Path) -> int:
    """Permissions of the file that is replaced, or those that a new file gets here (temporary files are private)."""
    if place.exists():
        return place.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
