"""What has no symbolic optimality conditions: `Underivable`, raised inside the derivation and reported by it (G712)."""

from __future__ import annotations

from grammar.diagnostics import Findings
from grammar.source import Span


class Underivable(Exception):  # noqa: N818 - a way out of a declaration, not an error of its own
    """A construct that the derivation cannot differentiate: what, where, a few words for the caret, the way out."""

    def __init__(self, what: str, span: Span, label: str, hint: str) -> None:
        super().__init__(what)
        self.what, self.span, self.label, self.hint = what, span, label, hint

    def report(self, findings: Findings) -> None:
        findings.add("G712", self.what, self.span, self.label, hints=[self.hint])
