"""What a reader is told: `Request`, with the ways to refuse a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grammar.diagnostics import Findings
from grammar.source import Span


@dataclass(frozen=True)
class Request:
    """A file named at `place` in the model: its path as written, its `sheet` ("" if none is named), and where to report
    what is wrong."""

    path: str
    sheet: str
    place: Span | None
    findings: Findings

    def refuse(self, why: str, hints: Sequence[str] = (), span: Span | None = None, label: str = "named here") -> None:
        """Report (G506) that the file is no table; `why` follows its name."""
        self.findings.add("G506", f"`{self.path}` {why}", span or self.place, label, hints=list(hints))

    def lacks(self, library: str) -> None:
        """Report (G803) that the library for this kind of file is not installed."""
        self.findings.add(
            "G803",
            f"reading `{self.path}` needs {library}, which is not installed",
            self.place,
            "named here",
            hints=['install it: `pip install "gamec[data]"`', "or save the data as CSV"],
        )
