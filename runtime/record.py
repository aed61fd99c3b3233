"""What an answer rests on, kept beside it: the texts and data that were read, what was asked, and the point itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from compiler import library
from compiler.ground.sparse import Floats
from compiler.ground.tables import Read
from compiler.pipeline import Compiled, compile_source
from compiler.syntax.imports import Library
from grammar.source import Source

if TYPE_CHECKING:
    from runtime.certify import Claim
    from runtime.methods.method import Request


@dataclass
class Inputs:
    """Everything that a compilation reads: `model`, data files and imports in `files` by the names that the model has
    for them, `library` files by name. `given` replaces parameters."""

    model: Source
    given: Mapping[str, object]
    files: dict[str, bytes] = field(default_factory=dict)
    library: dict[str, str] = field(default_factory=dict)

    def remembering(self, read: Read) -> Callable[[str], bytes]:
        """`read`, each file once."""

        def remembered(name: str) -> bytes:
            if name not in self.files:
                content = read(name)
                self.files[name] = content.encode() if isinstance(content, str) else content
            return self.files[name]

        return remembered

    # What `compiler.syntax.imports.Library` asks for.

    def library_names(self) -> list[str]:
        return library.library_names()

    def library_text(self, name: str) -> str | None:
        text = library.library_text(name)
        if text is not None:
            self.library[name] = text
        return text


class Copies(Library):
    """Gives the compiler what was read before, and nothing else."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs

    def read(self, name: str) -> bytes:
        """Raises FileNotFoundError for what was not read."""
        if name not in self.inputs.files:
            raise FileNotFoundError(2, "there is no copy of it", name)
        return self.inputs.files[name]

    def library_names(self) -> list[str]:
        return sorted({*library.library_names(), *self.inputs.library})

    def library_text(self, name: str) -> str | None:
        return self.inputs.library.get(name)


@dataclass(frozen=True, eq=False)
class Record:
    """`x` (n,) and `prices` (m,) of the game, None without an answer, with the `claim` that was certified; `started`
    in UTC."""

    inputs: Inputs
    case: str
    request: Request
    started: datetime
    x: Floats | None
    prices: Floats | None
    claim: Claim | None
    made: Compiled | None = field(default=None, repr=False)
    """The model as it was compiled for this answer, where it still is at hand."""

    def compiled(self) -> Compiled:
        """The model, compiled again from what was read then, if need be. Raises DiagnosticError as compiling does."""
        return self.made if self.made is not None else self.compiled_again()

    def compiled_again(self) -> Compiled:
        """From what was read then. Raises DiagnosticError."""
        return compiled_copies(self.inputs, self.case)

    def __getstate__(self) -> dict[str, object]:
        """To other processes goes what is small; the rest can be compiled again."""
        return {**self.__dict__, "made": None}


def compiled_copies(inputs: Inputs, case: str) -> Compiled:
    """The model compiled from what was read before. Raises DiagnosticError."""
    copies = Copies(inputs)
    return compile_source(inputs.model, copies.read, case=case or None, overrides=inputs.given, std=copies)


def now() -> datetime:
    """The time in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
