"""Cells in aligned columns. In: rows of texts; out: lines."""

from __future__ import annotations

from collections.abc import Sequence

from gamec.cells import clipped, padded, width


def aligned(rows: Sequence[Sequence[str]], right: Sequence[bool], total: int, indent: str = "  ") -> list[str]:
    """Lines of `rows`, columns two spaces apart, those with `right[k]` right-aligned; cut at `total` cells."""
    if not rows:
        return []
    widths = [max(width(row[k]) for row in rows) for k in range(len(right))]
    kept = [k for k, w in enumerate(widths) if w]
    lines = []
    for row in rows:
        line = indent + "  ".join(padded(row[k], widths[k], right[k]) for k in kept)
        lines.append(clipped(line.rstrip(), total))
    return lines


def banded(
    head: Sequence[str], columns: Sequence[Sequence[str]], total: int, indent: str = "  ", bands: int | None = None
) -> list[str]:
    """A table with a column of names `head` and right-aligned `columns`, each with as many texts as `head`.

    Columns that do not fit into `total` go into further bands below. With a limit of `bands`, columns before the last
    two are left out so that the rest fits, and a column of `…` stands for them.
    """
    first = max(map(width, head), default=0)
    widths = [max(map(width, column), default=0) for column in columns]
    if bands is not None and len(_split(widths, total - len(indent) - first)) > bands:
        columns = _thinned(columns, widths, total - len(indent) - first, bands)
        widths = [max(map(width, column), default=0) for column in columns]
    lines: list[str] = []
    for start, stop in _split(widths, total - len(indent) - first):
        if lines and len(head) > 2:
            lines.append("")
        for k, name in enumerate(head):
            cells = [padded(columns[c][k], widths[c], right=True) for c in range(start, stop)]
            lines.append((indent + "  ".join([padded(name, first), *cells])).rstrip())
    return lines


def _split(widths: Sequence[int], room: int) -> list[tuple[int, int]]:
    """Ranges of columns that fit into `room` cells, two spaces before each; a column that is too wide stands alone."""
    out: list[tuple[int, int]] = []
    start, used = 0, 0
    for k, w in enumerate(widths):
        if k > start and used + 2 + w > room:
            out.append((start, k))
            start, used = k, 0
        used += 2 + w
    return [*out, (start, len(widths))]


def _thinned(columns: Sequence[Sequence[str]], widths: Sequence[int], room: int, bands: int) -> list[Sequence[str]]:
    """The first columns, one of ellipses, and the last two, as many as fit into `bands` bands."""
    gap = ["…"] * len(columns[0])
    low, high = 1, max(1, len(columns) - 3)
    while low < high:
        middle = (low + high + 1) // 2
        trial = [*widths[:middle], 1, *widths[-2:]]
        low, high = (middle, high) if len(_split(trial, room)) <= bands else (low, middle - 1)
    return [*columns[:low], gap, *columns[-2:]]
