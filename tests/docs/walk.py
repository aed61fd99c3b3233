"""A page of the documentation that is to be followed step by step -> its steps, and a walk through them in a folder.

A fence `text NAME` or `game NAME` is a file to write. `game NAME change` changes it: each declaration of the fence
replaces the one that begins with the same two words on the same level, else it is added at the end. A fence `console`
has commands behind `$ ` and what they print, standard error last; `...` in it stands for anything, and runs of spaces
for one another.
"""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.gamec.conftest import environment

_FENCE = re.compile(r"^```(text|game|console)(?: (\S+))?( change)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Text:
    """A file to write, or to change."""

    line: int
    name: str
    text: str
    change: bool


@dataclass(frozen=True)
class Command:
    line: int
    words: str
    printed: str


def steps(page: Path) -> Iterator[Text | Command]:
    """In the order of the page; `line` counts from 1."""
    text = page.read_text("utf-8")
    for fence in _FENCE.finditer(text):
        line = text.count("\n", 0, fence.start()) + 2
        if fence[1] != "console":
            assert fence[2] is not None, f"line {line}: a file needs a name"
            yield Text(line, fence[2], fence[4], fence[3] is not None)
            continue
        for command in _COMMAND.finditer(fence[4]):
            yield Command(line + fence[4].count("\n", 0, command.start()), command[1], command[2])


def walk(page: Path, folder: Path) -> list[str]:
    """What goes otherwise than the page says, by line. Each command runs in a process of its own, as readers run it."""
    wrong = []
    for step in steps(page):
        if isinstance(step, Text):
            file = folder / step.name
            file.write_text(changed(file.read_text("utf-8"), step.text) if step.change else step.text, "utf-8")
            continue
        program, *words = shlex.split(step.words)
        assert program == "gamec", f"line {step.line}: {program} is not ours to run"
        ran = subprocess.run(
            [sys.executable, "-m", "gamec", *words],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=folder,
            env=environment(),
            timeout=300,
            check=False,
        )
        shown = ran.stdout + ran.stderr
        if not doctest.OutputChecker().check_output(step.printed, shown, FLAGS):
            wrong.append(f"{page.name}:{step.line}: {step.words}\n--- says\n{step.printed}--- prints\n{shown}")
    return wrong


def changed(text: str, change: str) -> str:
    """The text with the declarations of `change` in place of those that begin alike, or behind them."""
    for key, declaration in _declarations(change):
        for old, there in _declarations(text):
            if old == key:
                text = text.replace(there, declaration, 1)
                break
        else:
            assert not key.startswith(" "), f"there is no {key!r} to change"
            text = f"{text}\n{declaration}"
    return text


def _declarations(text: str) -> Iterator[tuple[str, str]]:
    """First words with their indentation, and the lines up to the next declaration of that level; those inside a block
    by themselves too."""
    lines = text.splitlines(keepends=True)
    for k, line in enumerate(lines):
        head = re.match(r"( *)(\w+) +([\w.]+)", line)
        if head is None:
            continue
        deeper = re.compile(rf"{head[1]}( +\S|}})")
        end = k + 1
        while end < len(lines) and deeper.match(lines[end]):
            end += 1
        yield f"{head[1]}{head[2]} {head[3]}", "".join(lines[k:end])
