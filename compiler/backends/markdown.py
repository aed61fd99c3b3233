"""A document -> Markdown with LaTeX formulas between dollar signs, as GitHub, Jupyter and Pandoc read it:
`write_markdown`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import assert_never

from compiler.backends.latex_equations import fitted
from compiler.backends.latex_math import latex
from compiler.documents import math as m
from compiler.documents.breaking import broken, broken_list
from compiler.documents.document import (
    Block,
    Code,
    Diagram,
    Document,
    Equation,
    Equations,
    Figure,
    Formula,
    Inline,
    Inlines,
    Listing,
    Paragraph,
    Reference,
    Section,
    Strong,
    Table,
    Text,
)
from compiler.documents.formulas import spread
from compiler.documents.widths import width

LINE = 44.0
"""Em of a line of formulas."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|$~])")


def write_markdown(document: Document) -> str:
    """The whole text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return environment.get_template("document.md.j2").render(
        title=escaped(document.title),
        abstract=inlines(document.abstract),
        sections=[_section(s) for s in document.sections],
    )


def _section(section: Section) -> dict[str, object]:
    return {
        "title": escaped(section.title),
        "blocks": [text for b in section.blocks if (text := block(b))],
        "sections": [_section(s) for s in section.sections],
    }


def escaped(text: str) -> str:
    """Text in which Markdown sees no signs of its own."""
    return _SPECIAL.sub(r"\\\1", text)


def block(part: Block) -> str:
    match part:
        case Paragraph():
            return inlines(part.inlines)
        case Listing():
            return "\n".join(f"- {inlines(i)}" for i in part.items)
        case Table():
            return _table(part)
        case Equations():
            return "\n\n".join(map(_equation, part.equations))
        case Diagram():
            return ""  # the table of what players send each other says the same
        case Figure():
            return f"![{escaped(part.caption)}](<{part.path}>)"
    assert_never(part)


def inlines(parts: Inlines) -> str:
    return "".join(map(_inline, parts))


def _inline(part: Inline) -> str:
    match part:
        case Text():
            return escaped(part.text)
        case Formula():
            return f"${_plain(part.math)}$"
        case Reference():
            return f"({part.number})" + ("" if part.last is None else f"–({part.last})")
        case Code():
            return f"`{part.text}`"
        case Strong():
            return f"**{escaped(part.text)}**"
    assert_never(part)


def _plain(node: m.Math) -> str:
    """LaTeX in one line, as MathJax and KaTeX take it."""
    return " ".join(latex(node).split())


def _equation(equation: Equation) -> str:
    lines = list(broken(fitted(equation.formula, LINE), LINE, LINE - 2))
    domain = spread(equation.domain)
    if equation.domain and width(lines[-1]) + width(domain) + 2 <= LINE:
        lines[-1] = m.row(lines[-1], m.Gap(2.0), domain)
    elif equation.domain:
        lines += broken_list(equation.domain, LINE - 2, LINE - 2)
    shown = [_plain(line) for line in lines]
    if len(shown) == 1:
        return f"$$\n{shown[0]} \\tag{{{equation.number}}}\n$$"
    body = " \\\\\n".join([f"& {shown[0]}", *(rf"& \qquad {{}}{line}" for line in shown[1:])])
    return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}} \\tag{{{equation.number}}}\n$$"


def _table(t: Table) -> str:
    head = "| " + " | ".join(inlines(c.title) for c in t.columns) + " |"
    rule = "|" + "".join(" ---: |" if c.numbers else " --- |" for c in t.columns)
    rows: list[str] = []
    for title, cells in t.groups:
        if title:
            rows.append(f"| *{escaped(title)}* |" + "  |" * (len(t.columns) - 1))
        rows += ["| " + " | ".join(inlines(c) for c in row) + " |" for row in cells]
    return "\n".join([f"{escaped(t.caption)}:", "", head, rule, *rows])
