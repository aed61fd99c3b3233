"""A document -> LaTeX for pdfLaTeX with amsmath, booktabs, longtable, TikZ and hyperref: `write_latex`."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from compiler.backends.latex_equations import equations
from compiler.backends.latex_math import latex
from compiler.backends.latex_tables import table
from compiler.backends.latex_text import escaped
from compiler.documents.document import (
    Arrow,
    Block,
    Code,
    Diagram,
    Document,
    Equations,
    Figure,
    Formula,
    Inline,
    Inlines,
    Listing,
    Node,
    Paragraph,
    Reference,
    Section,
    Strong,
    Table,
    Text,
)

TEXT_WIDTH = 16.0
"""Width of the text in cm."""
LONG_NAME = 16


def write_latex(document: Document) -> str:
    """The whole text of a `.tex` file."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    return environment.get_template("document.tex.j2").render(
        title=escaped(document.title),
        plain_title=escaped("".join(c for c in document.title if c.isascii() and c.isprintable())),
        abstract=inlines(document.abstract),
        about=escaped(document.about),
        sections=[_section(s) for s in document.sections],
        text_width=TEXT_WIDTH,
    )


def _section(section: Section) -> dict[str, object]:
    return {
        "title": escaped(section.title),
        "blocks": _blocks(section.blocks),
        "opens_with_table": bool(section.blocks) and isinstance(section.blocks[0], Table),
        "sections": [_section(s) for s in section.sections],
    }


def _blocks(blocks: tuple[Block, ...]) -> list[str]:
    """Paragraphs of LaTeX. Equations belong to the sentence before them, and the sentence behind them goes on."""
    found: list[str] = []
    for k, part in enumerate(blocks):
        text = table(part, inlines, first=not k) if isinstance(part, Table) else block(part)
        if (k and isinstance(part, Equations) and isinstance(blocks[k - 1], Paragraph)) or (
            k and isinstance(part, Paragraph) and isinstance(blocks[k - 1], Equations)
        ):
            found[-1] += f"\n{text}"
        else:
            found.append(text)
    return found


def block(part: Block) -> str:
    """One block."""
    match part:
        case Paragraph():
            return inlines(part.inlines)
        case Listing():
            items = "\n".join(rf"  \item {inlines(i)}" for i in part.items)
            return f"\\begin{{itemize}}\n{items}\n\\end{{itemize}}"
        case Table():
            return table(part, inlines)
        case Equations():
            return equations(part)
        case Diagram():
            return _diagram(part)
        case Figure():
            return (
                "\\begin{figure}[htbp]\n\\centering\n"
                f"\\includegraphics[width=\\linewidth,height=0.4\\textheight,keepaspectratio]{{\\detokenize{{{part.path}}}}}\n"
                f"\\caption{{{escaped(part.caption)}}}\n\\end{{figure}}"
            )
    assert_never(part)


def inlines(parts: Inlines) -> str:
    return "".join(map(_inline, parts))


def _inline(part: Inline) -> str:
    match part:
        case Text():
            return escaped(part.text)
        case Formula():
            return f"${latex(part.math)}$"
        case Reference():
            first = rf"\eqref{{eq:{part.number}}}"
            return first if part.last is None else rf"{first}--\eqref{{eq:{part.last}}}"
        case Code():
            return rf"\code{{{_breakable(part.text)}}}"
        case Strong():
            return rf"\textbf{{{escaped(part.text)}}}"
    assert_never(part)


def _breakable(text: str) -> str:
    """Names may break behind points and slashes, long ones behind underscores too."""
    shown = escaped(text)
    for sign in (".", "/", r"\_") if len(text) > LONG_NAME else (".", "/"):
        shown = shown.replace(sign, sign + r"\allowbreak{}")
    return shown


# ---------------------------------------------------------------- the diagram


def _diagram(d: Diagram) -> str:
    scale = min(1.0, (TEXT_WIDTH - 3.0) / d.width)
    lines = [
        r"\begin{figure}[htbp]",
        r"\centering",
        rf"\begin{{tikzpicture}}[x={scale:.3g}cm, y={-scale:.3g}cm, >=stealth]",
        *(_node(n, scale) for n in d.nodes),
        *(_arrow(a) for a in d.arrows),
        r"\end{tikzpicture}",
        rf"\caption{{{escaped(d.caption)}}}",
        r"\end{figure}",
    ]
    return "\n".join(lines)


def _node(n: Node, scale: float) -> str:
    style = "market" if n.market else "player"
    text = r" \\ ".join(inlines(line) for line in n.lines)
    return (
        rf"\node[{style}, text width={n.width * scale - 0.3:.2f}cm, minimum height={n.height * scale:.2f}cm] "
        rf"at ({n.x:.2f}, {n.y:.2f}) {{{text}}};"
    )


def _arrow(a: Arrow) -> str:
    path = " -- ".join(f"({x:.2f}, {y:.2f})" for x, y in a.points)
    style = "leads" if a.leads else "answers"
    drawn = rf"\draw[{style}] {path};"
    if not a.label:
        return drawn
    anchor = {"left": "east", "right": "west", "above": "south"}[a.side]
    return drawn + f"\n\\node[sent, anchor={anchor}] at ({a.at[0]:.2f}, {a.at[1]:.2f}) {{{inlines(a.label)}}};"
