"""A document in no output language: sections of paragraphs, tables, numbered equations and a diagram. Plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from compiler.documents.math import Ident, Math, Named, Words


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula in a line of text."""

    math: Math


@dataclass(frozen=True, slots=True)
class Reference:
    """The number of an equation, `(7)`; with `last` of several in a row, `(7)-(9)`."""

    number: int
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """A name as it stands in the model's file."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    text: str


Inline = Text | Formula | Reference | Code | Strong
Inlines = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    inlines: Inlines


@dataclass(frozen=True, slots=True)
class Listing:
    """Points, one below the other."""

    items: tuple[Inlines, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`share` is the part of the page's width that the column may take, where it wraps; 0 for as wide as its widest
    cell. `symbol` stands in the head in place of words; `numbers` stand at the right."""

    head: str
    share: float = 0.0
    numbers: bool = False
    symbol: Inlines = ()

    @property
    def title(self) -> Inlines:
        return self.symbol or words(self.head)


@dataclass(frozen=True, slots=True)
class Table:
    """`groups` are rows under a heading each; the heading "" is left out."""

    caption: str
    columns: tuple[Column, ...]
    groups: tuple[tuple[str, tuple[tuple[Inlines, ...], ...]], ...]


@dataclass(frozen=True, slots=True)
class Equation:
    """A numbered formula and where it holds: the ranges and conditions, one by one. `lead` stands before it (`min`)."""

    number: int
    formula: Math
    domain: tuple[Math, ...] = ()


@dataclass(frozen=True, slots=True)
class Equations:
    equations: tuple[Equation, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A player in the diagram. Centre and size in cm, y downwards."""

    name: str
    lines: tuple[Inlines, ...]
    x: float
    y: float
    width: float
    height: float
    market: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """From `start` to `end`, through the points between (cm). `leads` is the solid arrow of who moves first; others are
    dashed. `label` stands at `at`."""

    points: tuple[tuple[float, float], ...]
    leads: bool
    label: Inlines
    at: tuple[float, float]
    side: str


@dataclass(frozen=True, slots=True)
class Diagram:
    caption: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: its `path` as the document names it, or what it holds, as SVG, for documents of one file."""

    caption: str
    path: str = ""
    svg: bytes = b""


Block = Paragraph | Listing | Table | Equations | Diagram | Figure


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """`about` says from which file and by which version it was made."""

    title: str
    abstract: Inlines
    sections: tuple[Section, ...]
    about: str = ""


def words(text: str) -> Inlines:
    return (Text(text),) if text else ()


def listed(items: list[Inlines], last: str = " and ") -> Inlines:
    """Items with commas, the last with `and`."""
    found: list[Inline] = []
    for k, item in enumerate(items):
        if k:
            found.append(Text(last if k == len(items) - 1 else ", "))
        found += item
    return tuple(found)


def references(numbers: list[int]) -> Inlines:
    """The numbers in order, runs of more than two as `(4)-(7)`."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown: list[Inlines] = []
    for run in runs:
        shown += [(Reference(run[0], run[-1]),)] if len(run) > 2 else [(Reference(n),) for n in run]
    return listed(shown)


def parts_of(item: object) -> Iterator[object]:
    """Every part of a piece of a document, formulas and their parts included."""
    stack = [item]
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            stack.extend(part)
        elif is_dataclass(part) and not isinstance(part, type):
            yield part
            stack.extend(getattr(part, f.name) for f in fields(part))


def texts(item: object) -> Iterator[str]:
    """Every text of a piece of a document: words, names and letters."""
    for part in parts_of(item):
        match part:
            case Text() | Code() | Strong() | Ident() | Named() | Words():
                yield part.text
            case Document() | Section():
                yield part.title
            case Column():
                yield part.head
            case Table() | Diagram() | Figure():
                yield part.caption
                if isinstance(part, Table):
                    yield from (title for title, _ in part.groups)
            case _:
                pass
