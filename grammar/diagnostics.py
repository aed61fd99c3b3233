"""Diagnostics as values: what is wrong, where, and the way out. Nothing here prints or raises.

A stage collects all of its diagnostics and the next stage starts only when none is an error. `DiagnosticError`
carries them through the public API.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from enum import Enum

from grammar.codes import CODES
from grammar.source import Span


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Label:
    """A place with a few words about it."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement that is sure to be what was meant: `span` becomes `text`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Hint:
    """A way out in words, with an edit where one is sure."""

    text: str
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `code` is a key of `grammar.codes.CODES`; `headline` stands alone in one line.

    `span` is the narrowest place that is wrong (None where no text is concerned, e.g. a missing solver), `label` a few
    words under its caret, `others` further places, `notes` facts, `hints` ways out.
    """

    code: str
    headline: str
    span: Span | None = None
    label: str = ""
    others: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    hints: tuple[Hint, ...] = ()
    severity: Severity = Severity.ERROR

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise KeyError(f"unregistered diagnostic code {self.code}")

    @property
    def slug(self) -> str:
        return CODES[self.code].slug


class DiagnosticError(Exception):
    """A stage found errors. `diagnostics` holds all of them, warnings included, in source order."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(f"{d.code} {d.headline}" for d in self.diagnostics[:5]))


class Findings:
    """What one stage has found so far; the stage adds, its driver asks `errors` at the end."""

    def __init__(self) -> None:
        self.items: list[Diagnostic] = []

    def add(
        self,
        code: str,
        headline: str,
        span: Span | None = None,
        label: str = "",
        *,
        others: Iterable[Label] = (),
        notes: Iterable[str] = (),
        hints: Iterable[Hint | str] = (),
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """Add one diagnostic; plain strings among `hints` become hints without an edit.

        The same finding at the same place is kept once.
        """
        found = Diagnostic(
            code,
            headline,
            span,
            label,
            tuple(others),
            tuple(notes),
            tuple(Hint(h) if isinstance(h, str) else h for h in hints),
            severity,
        )
        if found not in self.items:
            self.items.append(found)
        return found

    @property
    def errors(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self.items)

    def raise_errors(self) -> None:
        """Raise `DiagnosticError` with all findings when one of them is an error."""
        if self.errors:
            raise DiagnosticError(self.sorted())

    def sorted(self) -> tuple[Diagnostic, ...]:
        return tuple(
            sorted(self.items, key=lambda d: ("", -1) if d.span is None else (d.span.source.path, d.span.start))
        )


def near_names(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Known names that look like `name`, best first: close spelling, or the same but for case."""
    pool = sorted(set(known))
    same = [k for k in pool if k.casefold() == name.casefold() and k != name]
    close = get_close_matches(name, pool, n=most, cutoff=0.6)
    return list(dict.fromkeys([*same, *close]))[:most]


def did_you_mean(name: str, known: Iterable[str], span: Span | None = None) -> tuple[Hint, ...]:
    """A hint that offers near names, with an edit at `span` when there is just one and the slip is one of a letter or
    two (`grid` is near to `grid_max` but another word); empty when nothing is near."""
    near = near_names(name, known)
    if not near:
        return ()
    words = " or ".join(f"`{n}`" for n in near)
    edit = Edit(span, near[0]) if span is not None and len(near) == 1 and _slip(name, near[0]) else None
    return (Hint(f"did you mean {words}?", edit),)


def _slip(name: str, near: str) -> bool:
    """Whether three quarters of the letters agree, or all but for case."""
    return name.casefold() == near.casefold() or SequenceMatcher(None, name, near).ratio() >= 0.75
