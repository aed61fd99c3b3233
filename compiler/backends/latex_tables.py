"""A table of a document -> LaTeX: a `longtable` with the lines of booktabs, its columns as wide as the page allows."""

from __future__ import annotations

from collections.abc import Callable

from compiler.backends.latex_text import escaped
from compiler.documents.document import Inlines, Table
from compiler.documents.inline_widths import inlines_width

PAGE = 41.0
"""Em of 11 pt that the text is wide; tables are set at 10 pt, so this leaves room."""
BETWEEN = 1.2
"""Em between two columns."""
WIDEST = (18.0, 11.0)
"""Em for a column that does not wrap; a wider one wraps after all. The first where that leaves room for the others."""
LEAST = 9.0
"""Em for each column that wraps."""


KEPT = 8
"""Lines of a table that a page break does not part from its head."""


def table(t: Table, inlines: Callable[[Inlines], str], first: bool = False) -> str:
    """`first` says that it stands behind a heading, which has asked for room itself."""
    widths = _widths(t)
    kinds = ["R" if c.numbers else "L" for c in t.columns]
    columns = "".join(rf"{kind}{{{w:.2f}em}}" for kind, w in zip(kinds, widths, strict=True))
    head = " & ".join(inlines(c.title) for c in t.columns)
    rows: list[str] = []
    for k, (title, cells) in enumerate(t.groups):
        if title:
            space = r"\addlinespace " if k else ""
            rows.append(rf"{space}\multicolumn{{{len(t.columns)}}}{{@{{}}l@{{}}}}{{\itshape {escaped(title)}}} \\*")
        rows += [" & ".join(inlines(c) for c in cell) + r" \\" for cell in cells]
    body = "\n".join(rows)
    room = "" if first else f"\\roomfor{{{5 + min(KEPT, len(rows))}}}\n"
    return room + (
        f"\\begingroup\\small\n\\begin{{longtable}}{{@{{}}{columns}@{{}}}}\n"
        f"\\caption{{{escaped(t.caption)}}} \\\\\n\\toprule\n{head} \\\\\n\\midrule\n\\endfirsthead\n"
        f"\\toprule\n{head} \\\\\n\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n\\bottomrule\n\\endlastfoot\n"
        f"{body}\n\\end{{longtable}}\n\\endgroup"
    )


def _widths(t: Table) -> list[float]:
    """Of each column in em: those that wrap share what the others leave."""
    cells = [cell for _, rows in t.groups for cell in rows]
    natural = [
        max([inlines_width(c.title), *(inlines_width(row[k]) for row in cells)]) + 0.6 for k, c in enumerate(t.columns)
    ]
    room = PAGE - BETWEEN * (len(t.columns) - 1)
    wrapping = sum(1 for c in t.columns if c.share)
    fixed: list[float] = []
    for most in WIDEST:
        fixed = [min(natural[k], most) if not c.share else 0.0 for k, c in enumerate(t.columns)]
        if room - sum(fixed) >= LEAST * wrapping:
            break
    left = room - sum(fixed)
    shares = sum(c.share for c in t.columns)
    if not shares:
        return fixed
    return [f if not c.share else left * c.share / shares for f, c in zip(fixed, t.columns, strict=True)]
