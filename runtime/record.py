"""What an answer rests on, kept beside it: the texts and data that were read, what was asked, and the point itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from compiler import library
from compiler.ground.sparse import Floats
from compiler.ground.tables import Read
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


@dataclass(frozen=True, eq=False)
class Record:
    """`x` (n,) and `prices` (m,) of the game, None without an answer, with the `claim` that was certified; `started`
    in UTC."""

    inputs: Inputs
    request: Request
    started: datetime
    x: Floats | None
    prices: Floats | None
    claim: Claim | None


def now() -> datetime:
    """The time in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
