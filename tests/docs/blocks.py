"""Pages of the documentation -> the models in them, with what the compiler must say about each line.

A fence of the language `game` holds one model. `# error: G401` at the end of a line says that an error with this code
begins on that line, `# warning: G608` the same of a warning; on a line of its own it means a diagnostic without a
place. `# file: NAME` begins the text of a data file beside the model, in which such marks are taken away before it is
written. A block without a player is completed by one that changes nothing.

Words behind `game` ask for more: `solve=6.1333` for the first player's objective, `NAME=VALUE` for a value, price or
report without index (`within=0.001` of it), `case=NAME` for the case that is solved, `future` for a model that this
version refuses with G107.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from compiler.pipeline import check_file
from grammar.diagnostics import Diagnostic, DiagnosticError, Severity
from runtime.result import Result
from runtime.session import solve

ROOT = Path(__file__).resolve().parents[2]
LANGUAGE = ROOT / "docs" / "language"
CODE_PAGES = ROOT / "gamec" / "pages" / "codes"

Found = tuple[str, int, str]
"""Name of the file ("" for a diagnostic without a place), line from 1 (0 without a place), code."""

_FENCE = re.compile(r"^```game([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"[ \t]*#[ \t]*(?:error|warning):[ \t]*(G\d{3}(?:,[ \t]*G\d{3})*)[ \t]*$")
_FILE = re.compile(r"^# file: (\S+)$")
_PLAYER = re.compile(r"^\s*player\b", re.MULTILINE)
NOBODY = "\nplayer somebody { var somebodys_choice in [0, 1] minimize somebodys_cost = somebodys_choice }\n"
MODEL = "model.game"


@dataclass(frozen=True)
class Block:
    """One model of a page. `files` holds the texts by name, `MODEL` among them; `expected` what must be found."""

    page: Path
    line: int
    heading: str
    options: dict[str, str]
    files: dict[str, str]
    expected: tuple[Found, ...]

    def __str__(self) -> str:
        return f"{self.page.stem}-line-{self.line}"

    @property
    def codes(self) -> list[str]:
        return [code for _, _, code in self.expected]


def blocks_of(page: Path) -> list[Block]:
    """Every `game` fence of a page, in order."""
    text = page.read_text("utf-8")
    found = []
    for match in _FENCE.finditer(text):
        words = match[1].split()
        options = {name: value for name, _, value in (word.partition("=") for word in words)}
        headings = re.findall(r"^#+ (.+)$", re.sub(_FENCE, "", text[: match.start()]), re.MULTILINE)
        files, expected = _parts(match[2])
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page, line, headings[-1] if headings else "", options, files, tuple(sorted(expected))))
    return found


def _parts(text: str) -> tuple[dict[str, str], list[Found]]:
    files: dict[str, list[str]] = {MODEL: []}
    expected: list[Found] = []
    name = MODEL
    for line in text.splitlines():
        begins = _FILE.match(line)
        if begins is not None:
            name = begins[1]
            files[name] = []
            continue
        mark = _MARK.search(line)
        bare = line if mark is None else line[: mark.start()]
        files[name].append(bare)
        if mark is not None:
            place = (name, len(files[name])) if bare.strip() else ("", 0)
            expected += [(*place, code) for code in re.findall(r"G\d{3}", mark[1])]
    texts = {name: "\n".join(lines) + "\n" for name, lines in files.items()}
    if not _PLAYER.search(texts[MODEL]) and not any(code == "G604" for _, _, code in expected):
        texts[MODEL] += NOBODY
    return texts, expected


def written(block: Block, folder: Path) -> Path:
    """The block's files in `folder`; the path of its model."""
    for name, text in block.files.items():
        (folder / name).write_text(text, "utf-8")
    return folder / MODEL


def checked(model: Path) -> list[Diagnostic]:
    """What `gamec check` finds, cases included."""
    try:
        return list(check_file(model).warnings)
    except DiagnosticError as error:
        return list(error.diagnostics)


def solved(model: Path, case: str | None = None) -> tuple[Result | None, list[Diagnostic]]:
    """What `gamec solve` gives: an answer if there is one, and everything found."""
    try:
        result = solve(model, case=case)
    except DiagnosticError as error:
        return None, list(error.diagnostics)
    return result, list(result.diagnostics)


def places(diagnostics: list[Diagnostic]) -> tuple[Found, ...]:
    """Diagnostics as a block states them."""
    found: list[Found] = []
    for d in diagnostics:
        if d.span is None:
            found.append(("", 0, d.code))
        else:
            source = d.span.source
            found.append((Path(source.path).name, source.line_column(d.span.start)[0], d.code))
    return tuple(sorted(found))


def errors(diagnostics: list[Diagnostic]) -> list[str]:
    return [f"{d.code} {d.headline}" for d in diagnostics if d.severity is Severity.ERROR]
