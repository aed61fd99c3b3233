"""A document -> one HTML page that needs nothing else: formulas in MathML, the diagram in SVG: `write_html`; for pages
that hold more than a document, its parts alone: `parts_html`."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import assert_never

from compiler.backends.html_diagram import svg
from compiler.backends.laid_out import laid_out
from compiler.backends.mathml import mathml, segments
from compiler.documents.document import (
    Block,
    Code,
    Column,
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
from compiler.documents.math import Gap, Math, Sign, row

COMMA = Sign(",")


def write_html(document: Document) -> str:
    """The whole page."""
    return laid_out(
        "document.html.j2",
        title=escape(document.title),
        abstract=inlines(document.abstract),
        about=escape(document.about),
        sections=[_section(s, f"{k}") for k, s in enumerate(document.sections, start=1)],
    )


def parts_html(sections: tuple[Section, ...], level: int) -> str:
    """The sections alone, numbered from 1, their headings from `level` (2 is `<h2>`) on."""
    return laid_out(
        "document_parts.html.j2",
        sections=[_section(s, f"{k}") for k, s in enumerate(sections, start=1)],
        level=level,
    )


def parts_style() -> str:
    """The rules of style that `parts_html` needs; they use the colours `--ink`, `--quiet`, `--paper` and `--link`."""
    return laid_out("document_parts.css.j2")


def _section(section: Section, number: str) -> dict[str, object]:
    return {
        "title": escape(section.title),
        "number": number,
        "blocks": [block(b) for b in section.blocks],
        "sections": [_section(s, f"{number}.{k}") for k, s in enumerate(section.sections, start=1)],
    }


def block(part: Block) -> str:
    match part:
        case Paragraph():
            return f"<p>{inlines(part.inlines)}</p>"
        case Listing():
            return "<ul>" + "".join(f"<li>{inlines(i)}</li>" for i in part.items) + "</ul>"
        case Table():
            return _table(part)
        case Equations():
            return '<div class="equations">\n' + "\n".join(map(_equation, part.equations)) + "\n</div>"
        case Diagram():
            return f"<figure>{svg(part)}<figcaption>{escape(part.caption)}</figcaption></figure>"
        case Figure():
            return _figure(part)
    assert_never(part)


def inlines(parts: Inlines) -> str:
    return "".join(map(_inline, parts))


def _inline(part: Inline) -> str:
    match part:
        case Text():
            return escape(part.text)
        case Formula():
            return mathml(part.math)
        case Reference():
            return _link(part.number) + ("" if part.last is None else f"–{_link(part.last)}")
        case Code():
            return f"<code>{escape(part.text)}</code>"
        case Strong():
            return f"<strong>{escape(part.text)}</strong>"
    assert_never(part)


def _link(number: int) -> str:
    return f'<a href="#eq-{number}">({number})</a>'


def _equation(equation: Equation) -> str:
    """A formula whose pieces flow like words, its domain and its number at the right."""
    formula = "<wbr>".join(segments(equation.formula))
    domain = _flowing(equation.domain)
    shown = f'<span class="domain">{domain}</span>' if equation.domain else ""
    return (
        f'<div class="equation" id="eq-{equation.number}"><span class="formula">{formula}</span>{shown}'
        f'<span class="number">({equation.number})</span></div>'
    )


def _flowing(domain: tuple[Math, ...]) -> str:
    """Ranges and conditions, each in one piece."""
    last = len(domain) - 1
    return "<wbr>".join(mathml(part if k == last else row(part, COMMA, Gap(1 / 6))) for k, part in enumerate(domain))


def _table(t: Table) -> str:
    head = "".join(f"<th{_side(c)}>{inlines(c.title)}</th>" for c in t.columns)
    body: list[str] = []
    for title, rows in t.groups:
        if title:
            body.append(f'<tr class="group"><th colspan="{len(t.columns)}">{escape(title)}</th></tr>')
        for cells_of_row in rows:
            cells = (f"<td{_side(c)}>{inlines(cell)}</td>" for c, cell in zip(t.columns, cells_of_row, strict=True))
            body.append(f"<tr>{''.join(cells)}</tr>")
    lines = "\n".join(body)
    return (
        f'<div class="table"><table><caption>{escape(t.caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>"
    )


def _side(column: Column) -> str:
    return ' class="number"' if column.numbers else ""


def _figure(figure: Figure) -> str:
    """The picture inside the page, apart from its names: a drawing has marks that others have too."""
    source = f"data:image/svg+xml;base64,{b64encode(figure.svg).decode()}" if figure.svg else escape(figure.path)
    caption = escape(figure.caption)
    return f'<figure><img src="{source}" alt="{caption}"/><figcaption>{caption}</figcaption></figure>'
