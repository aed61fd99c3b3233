"""A table of a document -> LaTeX: a `longtable` with the lines of booktabs, its columns as wide as the page allows."""

from __future__ import annotations

from collections.abc import Callable

from compiler.backends.latex_text import escaped
from compiler.documents.document import Code, Formula, Inlines, Reference, Strong, Table, Text
from compiler.documents.widths import text_width, width

PAGE = 41.0
"""Em of 11 pt that the text is wide; tables are set at 10 pt, so this leaves room."""
BETWEEN = 1.2
"""Em between two columns."""
WIDEST = 11.0
"""Em for a column that does not wrap; a wider one wraps after all."""


def table(t: Table, inlines: Callable[[Inlines], str]) -> str:
    widths = _widths(t)
    columns = "".join(rf"L{{{w:.2f}em}}" for w in widths)
    head = " & ".join(escaped(c.head) for c in t.columns)
    rows: list[str] = []
    for k, (title, cells) in enumerate(t.groups):
        if title:
            space = r"\addlinespace " if k else ""
            rows.append(rf"{space}\multicolumn{{{len(t.columns)}}}{{@{{}}l@{{}}}}{{\itshape {escaped(title)}}} \\*")
        rows += [" & ".join(inlines(c) for c in cell) + r" \\" for cell in cells]
    body = "\n".join(rows)
    return (
        f"\\begingroup\\small\n\\begin{{longtable}}{{@{{}}{columns}@{{}}}}\n"
        f"\\caption{{{escaped(t.caption)}}} \\\\\n\\toprule\n{head} \\\\\n\\midrule\n\\endfirsthead\n"
        f"\\toprule\n{head} \\\\\n\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n\\bottomrule\n\\endlastfoot\n"
        f"{body}\n\\end{{longtable}}\n\\endgroup"
    )


def _widths(t: Table) -> list[float]:
    """Of each column in em: those that wrap share what the others leave."""
    cells = [cell for _, rows in t.groups for cell in rows]
    natural = [max([text_width(c.head), *(_wide(row[k]) for row in cells)]) + 0.6 for k, c in enumerate(t.columns)]
    room = PAGE - BETWEEN * (len(t.columns) - 1)
    fixed = [min(natural[k], WIDEST) if not c.share else 0.0 for k, c in enumerate(t.columns)]
    left = room - sum(fixed)
    shares = sum(c.share for c in t.columns)
    if not shares:
        return fixed
    return [f if not c.share else left * c.share / shares for f, c in zip(fixed, t.columns, strict=True)]


def _wide(parts: Inlines) -> float:
    found = 0.0
    for part in parts:
        match part:
            case Text() | Strong():
                found += text_width(part.text)
            case Code():
                found += 0.525 * len(part.text)
            case Formula():
                found += width(part.math)
            case Reference():
                found += 1.8
    return found
