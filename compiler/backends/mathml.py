"""A formula of a document -> MathML Core. `mathml(formula)` for one piece, `segments(formula)` for pieces between which
a browser may break the line."""

from __future__ import annotations

from html import escape
from typing import assert_never
from unicodedata import lookup

from compiler.documents import math as m
from compiler.documents.breaking import pieces
from compiler.documents.greek import CAPITAL
from compiler.documents.widths import size

_SIZES = ("1", "1.2", "1.8", "2.4")
"""Heights of parentheses in em: as the text, `\\big`, `\\Big`, `\\bigg`."""
_SCRIPT_EXCEPTIONS = dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True))
_LARGE = {"sum": "∑", "prod": "∏"}


def mathml(node: m.Math, display: bool = False) -> str:
    """A `math` element. In a display, sums are large and their ranges stand below."""
    style = ' display="block"' if display else ""
    return f"<math{style}>{_mrow(node)}</math>"


def segments(formula: m.Math) -> list[str]:
    """`math` elements side by side, of which each stays in one line."""
    groups: list[list[m.Math]] = [[]]
    for piece in pieces(formula):
        if piece.penalty is not None and groups[-1]:
            groups.append([])
        groups[-1].append(piece.node)
    return [f'<math displaystyle="true">{_mrow(m.Row(tuple(g)))}</math>' for g in groups]


def _mrow(node: m.Math) -> str:
    return "".join(map(_of, node.parts)) if isinstance(node, m.Row) else _of(node)


def _one(node: m.Math) -> str:
    """As a single element, for scripts and fractions."""
    if isinstance(node, m.Row):
        return f"<mrow>{''.join(map(_of, node.parts))}</mrow>"
    return _of(node)


def _of(node: m.Math) -> str:
    match node:
        case m.Ident():
            return _ident(node)
        case m.Digits():
            return f"<mn>{escape(node.text)}</mn>"
        case m.Sign():
            return _sign(node)
        case m.Words():
            return f"<mtext>{escape(node.text).replace(' ', '&#160;')}</mtext>"
        case m.Named():
            return f'<mi>{escape(node.text)}</mi><mo lspace="0" rspace="0.1em">&#8289;</mo>'
        case m.Row():
            return _one(node)
        case m.Times():
            dot = '<mo lspace="0.22em" rspace="0.22em">·</mo>'
            return {"none": "", "thin": '<mspace width="0.17em"/>', "dot": dot}[node.space]
        case m.Scripts():
            return _scripts(node)
        case m.Accent():
            char = escape(m.ACCENTS[node.kind][1])
            if node.kind == "underline":
                return f'<munder accentunder="true">{_one(node.base)}<mo>{char}</mo></munder>'
            return f'<mover accent="true">{_one(node.base)}<mo>{char}</mo></mover>'
        case m.Fraction():
            return f"<mfrac>{_one(node.above)}{_one(node.below)}</mfrac>"
        case m.Root():
            return f"<msqrt>{_mrow(node.inside)}</msqrt>"
        case m.Fenced():
            sides = size(node.inside)
            left, right = m.Delimiter(node.left, sides, "open"), m.Delimiter(node.right, sides, "close")
            return f"<mrow>{_of(left)}{_mrow(node.inside)}{_of(right)}</mrow>"
        case m.Delimiter():
            if not node.char:
                return ""
            form = "prefix" if node.side == "open" else "postfix"
            high = f' minsize="{_SIZES[node.size]}em" maxsize="{_SIZES[node.size]}em"' if node.size else ""
            stretchy = "true" if node.size else "false"
            return f'<mo form="{form}" fence="true" stretchy="{stretchy}"{high}>{node.char}</mo>'
        case m.Large():
            return _large(node)
        case m.Branches():
            rows = []
            for lines, condition in node.rows:
                value = "".join(map(_mrow, lines))
                cells = f"<mtd>{value}</mtd><mtd>{_mrow(condition)}</mtd>"
                rows.append(f"<mtr>{cells}</mtr>")
            brace = '<mo form="prefix" fence="true" stretchy="true">{</mo>'
            return f'<mrow>{brace}<mtable class="branches">{"".join(rows)}</mtable></mrow>'
        case m.Gap():
            return f'<mspace width="{node.quads:.3g}em"/>'
        case m.Raw():
            return f"<mtext>{escape(node.plain)}</mtext>"
    assert_never(node)


def _ident(node: m.Ident) -> str:
    text = node.text
    if node.font == "script" and len(text) == 1 and "A" <= text <= "Z":
        return f'<mi mathvariant="normal">{script(text)}</mi>'
    if node.font in ("bold", "blackboard") and len(text) == 1 and text.isascii() and text.isalpha():
        style = "BOLD" if node.font == "bold" else "DOUBLE-STRUCK"
        exceptions = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)) if style == "DOUBLE-STRUCK" else {}
        case = "CAPITAL" if text.isupper() else "SMALL"
        shown = exceptions.get(text) or lookup(f"MATHEMATICAL {style} {case} {text.upper()}")
        return f'<mi mathvariant="normal">{shown}</mi>'
    if len(text) == 1 and (node.font != "italic" or text in CAPITAL.values()):
        return f'<mi mathvariant="normal">{escape(text)}</mi>'
    return f"<mi>{escape(text).replace(' ', '&#160;')}</mi>"


def script(letter: str) -> str:
    """A capital letter in script."""
    return _SCRIPT_EXCEPTIONS.get(letter) or lookup(f"MATHEMATICAL SCRIPT CAPITAL {letter}")


def _sign(node: m.Sign) -> str:
    row = m.SIGNS[node.name]
    char = escape(row.char)
    match row.kind:
        case "binary":
            return f'<mo form="infix" lspace="0.22em" rspace="0.22em">{char}</mo>'
        case "relation":
            return f'<mo form="infix" lspace="0.28em" rspace="0.28em">{char}</mo>'
        case "comma":
            return f'<mo form="infix" lspace="0" rspace="0.17em" separator="true">{char}</mo>'
        case "prefix":
            return f'<mo form="prefix" lspace="0" rspace="0">{char}</mo>'
        case "ordinary":
            return f"<mi>{char}</mi>"
    assert_never(row.kind)


def _scripts(node: m.Scripts) -> str:
    base = _one(node.base)
    if isinstance(node.base, m.Named):
        base = f"<mi>{escape(node.base.text)}</mi>"
    above = None if node.above is None else _one(node.above)
    if node.primes:
        primes = f"<mo>{'′' * node.primes}</mo>"
        above = primes if above is None else f"<mrow>{primes}{above}</mrow>"
    if node.below is None and above is None:
        return base
    if node.below is None:
        return f"<msup>{base}{above}</msup>"
    if above is None:
        return f"<msub>{base}{_one(node.below)}</msub>"
    return f"<msubsup>{base}{_one(node.below)}{above}</msubsup>"


def _large(node: m.Large) -> str:
    if node.name in _LARGE:
        name = f'<mo largeop="true" movablelimits="true" lspace="0" rspace="0.1em">{_LARGE[node.name]}</mo>'
    else:
        name = f'<mo movablelimits="true" lspace="0" rspace="0.17em">{escape(node.name)}</mo>'
    if not node.under:
        return name
    if len(node.under) == 1:
        under = _one(node.under[0])
    else:
        rows = "".join(f"<mtr><mtd>{_mrow(u)}</mtd></mtr>" for u in node.under)
        under = f'<mtable class="under">{rows}</mtable>'
    return f"<munder>{name}{under}</munder>"
