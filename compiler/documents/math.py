"""Formulas as trees, in no output language: what LaTeX, MathML and Markdown are printed from. Plain data.

Characters are Unicode: `Ident("η")` is the letter eta, `Sign("<=")` the relation. A writer knows what it prints for
each node and for each row of `SIGNS`; line breaks are chosen in `compiler.documents.breaking`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Font = Literal["italic", "roman", "script", "bold", "blackboard"]
Kind = Literal["binary", "relation", "prefix", "ordinary", "comma"]


@dataclass(frozen=True, slots=True)
class Ident:
    """A letter or a word as a symbol. `italic` is for single letters, `roman` for words."""

    text: str
    font: Font = "italic"


@dataclass(frozen=True, slots=True)
class Digits:
    """A number without sign, as written in text: `0.95`."""

    text: str


@dataclass(frozen=True, slots=True)
class Sign:
    """A row of `SIGNS`."""

    name: str


@dataclass(frozen=True, slots=True)
class Words:
    """Text inside a formula: `if`, `otherwise`."""

    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """A function or operator with a name: `exp`, `CVaR`; what follows is its argument."""

    text: str


@dataclass(frozen=True, slots=True)
class Row:
    parts: tuple[Math, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """The place between two factors: a thin gap (`wide`), a dot between numbers (`dot`), or nothing; a dot where a line
    breaks."""

    space: Literal["none", "thin", "dot"] = "none"


@dataclass(frozen=True, slots=True)
class Scripts:
    base: Math
    below: Math | None = None
    above: Math | None = None
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Accent:
    """`kind` is a key of `ACCENTS`."""

    kind: str
    base: Math


@dataclass(frozen=True, slots=True)
class Fraction:
    above: Math
    below: Math


@dataclass(frozen=True, slots=True)
class Root:
    inside: Math


@dataclass(frozen=True, slots=True)
class Fenced:
    """`left` and `right` among ( ) [ ] { } | and the empty string."""

    left: str
    inside: Math
    right: str


@dataclass(frozen=True, slots=True)
class Delimiter:
    """One side of a fence, where lines may break inside it. `size` from 0 (as the text) to 3; `side` says where the
    inside is."""

    char: str
    size: int
    side: Literal["open", "close"]


@dataclass(frozen=True, slots=True)
class Large:
    """A sum, product, minimum ... over what stands below, line by line. `name` is sum, prod, or a word (`max`)."""

    name: str
    under: tuple[Math, ...] = ()


@dataclass(frozen=True, slots=True)
class Branches:
    """Values by condition, each row a value (of one or more lines) and its condition."""

    rows: tuple[tuple[tuple[Math, ...], Math], ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Space of `quads` em."""

    quads: float = 1.0


@dataclass(frozen=True, slots=True)
class Raw:
    """TeX that we take as it is, with its width in em and words that stand for it elsewhere."""

    tex: str
    plain: str


Math = (
    Ident
    | Digits
    | Sign
    | Words
    | Named
    | Row
    | Times
    | Scripts
    | Accent
    | Fraction
    | Root
    | Fenced
    | Delimiter
    | Large
    | Branches
    | Gap
    | Raw
)


@dataclass(frozen=True, slots=True)
class SignRow:
    """How a sign is written. `width` is that of Computer Modern at its own size, in em, without the space around it."""

    tex: str
    char: str
    kind: Kind
    width: float


SIGNS: dict[str, SignRow] = {
    "+": SignRow("+", "+", "binary", 0.778),
    "-": SignRow("-", "−", "binary", 0.778),
    "negative": SignRow("-", "−", "prefix", 0.778),
    "cdot": SignRow(r"\cdot", "·", "binary", 0.278),
    "times": SignRow(r"\times", "×", "binary", 0.778),
    "union": SignRow(r"\cup", "∪", "binary", 0.667),
    "inter": SignRow(r"\cap", "∩", "binary", 0.667),
    "diff": SignRow(r"\setminus", "∖", "binary", 0.5),
    "and": SignRow(r"\wedge", "∧", "binary", 0.667),
    "or": SignRow(r"\vee", "∨", "binary", 0.667),
    "not": SignRow(r"\neg", "¬", "prefix", 0.667),
    "<=": SignRow(r"\le", "≤", "relation", 0.778),
    ">=": SignRow(r"\ge", "≥", "relation", 0.778),
    "<": SignRow("<", "<", "relation", 0.778),
    ">": SignRow(">", ">", "relation", 0.778),
    "==": SignRow("=", "=", "relation", 0.778),
    "!=": SignRow(r"\ne", "≠", "relation", 0.778),
    ":=": SignRow(r":=", "≔", "relation", 1.056),
    "in": SignRow(r"\in", "∈", "relation", 0.667),
    "subset": SignRow(r"\subseteq", "⊆", "relation", 0.778),
    "perp": SignRow(r"\perp", "⊥", "relation", 0.778),
    "implies": SignRow(r"\Rightarrow", "⇒", "relation", 1.0),
    "such that": SignRow(":", ":", "relation", 0.278),
    "to": SignRow(r"\to", "→", "relation", 1.0),
    "forall": SignRow(r"\forall", "∀", "prefix", 0.556),
    "infinity": SignRow(r"\infty", "∞", "ordinary", 1.0),
    "dots": SignRow(r"\dots", "…", "ordinary", 1.172),
    "partial": SignRow(r"\partial", "∂", "ordinary", 0.531),
    "nabla": SignRow(r"\nabla", "∇", "ordinary", 0.833),
    "empty": SignRow(r"\emptyset", "∅", "ordinary", 0.5),
    "star": SignRow(r"\ast", "∗", "ordinary", 0.5),
    "star5": SignRow(r"\star", "⋆", "ordinary", 0.5),
    "circ": SignRow(r"\circ", "∘", "ordinary", 0.5),
    "dagger": SignRow(r"\dagger", "†", "ordinary", 0.444),
    "percent": SignRow(r"\%", "%", "ordinary", 0.833),
    "slash": SignRow("/", "/", "ordinary", 0.5),
    "pm": SignRow(r"\pm", "±", "binary", 0.778),
    "colon": SignRow(r"\colon", ":", "comma", 0.278),
    ",": SignRow(",", ",", "comma", 0.278),
    ";": SignRow(";", ";", "comma", 0.278),
}

ACCENTS: dict[str, tuple[str, str]] = {
    "overline": (r"\overline", "‾"),
    "bar": (r"\bar", "¯"),
    "hat": (r"\hat", "^"),
    "widehat": (r"\widehat", "^"),
    "tilde": (r"\tilde", "~"),
    "widetilde": (r"\widetilde", "~"),
    "dot": (r"\dot", "˙"),
    "ddot": (r"\ddot", "¨"),
    "vec": (r"\vec", "→"),
    "check": (r"\check", "ˇ"),
    "underline": (r"\underline", "_"),
}
"""Accents: the TeX command, and the character that MathML sets above (below for underline)."""

NOTHING = Row(())


def row(*parts: Math) -> Math:
    """The parts side by side; rows among them are opened."""
    flat: list[Math] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Row) else (part,))
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def joined(parts: Sequence[Math], sign: str = ",") -> Math:
    """The parts with a sign between them."""
    flat: list[Math] = []
    for k, part in enumerate(parts):
        flat += [Sign(sign), part] if k else [part]
    return row(*flat)


def integer(number: int) -> Math:
    return row(Sign("negative"), Digits(str(-number))) if number < 0 else Digits(str(number))
