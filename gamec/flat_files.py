"""Files of one format in, texts on disk or on standard output: all files of it or none."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from gamec.terminal import write
from gamec.text_files import write_together, write_whole
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint


def check_name(name: str, endings: Sequence[str], output: str | None) -> None:
    """Raises DiagnosticError (G807) where the format `name` has several files, and `output` is no name for them."""
    if len(endings) > 1 and (output is None or output == "-"):
        files = " and ".join(f"NAME{e}" for e in endings)
        words = f"`--to {name}` writes {files}, which need a name"
        raise DiagnosticError([Diagnostic("G807", words, hints=(Hint("add `-o NAME`"),))])


def write_files(texts: Mapping[str, str], output: str | None) -> None:
    """Write `texts`, by their endings: one under the very name `output`, or to standard output; several beside each
    other under that name with or without one of their endings, all of them or none. Raises DiagnosticError: G003."""
    if len(texts) == 1:
        (text,) = texts.values()
        if output is None or output == "-":
            write(sys.stdout, text)
        else:
            write_whole(output, text)
        return
    assert output is not None, "the name was checked"
    stem = str(Path(output).with_suffix("")) if Path(output).suffix in texts else output
    write_together({f"{stem}{ending}": text for ending, text in texts.items()})
