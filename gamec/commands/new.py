"""`gamec new NAME`: a folder with a model of one's own that runs at once, made from a template."""

from __future__ import annotations

import os
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gamec.exit_codes import CERTIFIED
from gamec.terminal import write
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from grammar.words import RESERVED

PLACEHOLDER = "template_name"
"""In names and texts of template files this word stands for the model's name."""


class Template(StrEnum):
    """The folders of `gamec/templates`."""

    STACKELBERG = "stackelberg"
    MARKET = "market"
    EPEC = "epec"
    RETAIL = "retail"
    STORAGE = "storage"


def run(
    *,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The folder to make; its last part names the model.")],
    template: Annotated[
        Template,
        typer.Option(
            "--template",
            metavar="NAME",
            help="stackelberg: a leader sets prices, a follower answers; market: bids from CSV files; epec: two"
            " producers above a market; retail: tariffs for households; storage: batteries that move the price.",
        ),
    ] = Template.STACKELBERG,
) -> int:
    target = Path(name)
    identifier = _identifier(target.name)
    try:
        if target.exists() or target.is_symlink():
            hint = Hint("choose another name")
            raise DiagnosticError([Diagnostic("G003", f"`{name}` exists already and stays as it is", hints=(hint,))])
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(template, target, identifier)
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise DiagnosticError([Diagnostic("G003", f"`{name}` cannot be made: {words}")]) from None
    model = target / f"{identifier}.game"
    write(sys.stdout, f"made {target}{os.sep}\n\n  gamec check {_quoted(model)}\n  gamec solve {_quoted(model)}")
    return CERTIFIED


def _identifier(folder: str) -> str:
    """The folder's name as a name of the language: other characters than letters, digits and _ become _."""
    words = "".join(c if f"a{c}".isidentifier() else "_" for c in folder)
    if words and (not words.isidentifier() or words.upper() in RESERVED):
        words = f"my_{words}"
    if not words.strip("_"):
        hint = Hint("use at least one letter, for example `gamec new my_game`")
        raise DiagnosticError([Diagnostic("G807", f"`{folder}` gives no name for a model", hints=(hint,))])
    return words


def _copy(template: Template, target: Path, identifier: str) -> None:
    """Write the folder under another name, then rename it: it comes whole or not at all."""
    import tempfile

    source = Path(__file__).resolve().parent.parent / "templates" / template.value
    hidden = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        for file in sorted(source.rglob("*")):
            place = hidden / str(file.relative_to(source)).replace(PLACEHOLDER, identifier)
            if file.is_dir():
                place.mkdir()
            else:
                text = file.read_text(encoding="utf-8").replace(PLACEHOLDER, identifier)
                place.write_text(text, encoding="utf-8", newline="\n")
        # Temporary folders are private; this one shall be as if made by hand.
        mask = os.umask(0)
        os.umask(mask)
        hidden.chmod(0o777 & ~mask)
        hidden.rename(target)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))
