"""A formula of a document -> LaTeX with amsmath. `latex(formula)`; the text of words comes from `latex_text`."""

from __future__ import annotations

from typing import assert_never

from compiler.backends.latex_text import escaped
from compiler.documents import math as m
from compiler.documents.greek import COMMANDS, LIKE_LATIN
from compiler.documents.widths import size

_FONTS = {"roman": "mathrm", "script": "mathcal", "bold": "mathbf", "blackboard": "mathbf"}
_FENCES = {"(": "(", ")": ")", "[": "[", "]": "]", "{": r"\{", "}": r"\}", "|": r"\vert", "": "."}
_SIZES = {"open": ("", r"\bigl", r"\Bigl", r"\biggl"), "close": ("", r"\bigr", r"\Bigr", r"\biggr")}
_FUNCTIONS = ("max", "min", "exp", "ln", "log", "sin", "cos", "tan", "tanh", "inf", "sup", "lim", "det", "dim", "arg")
_LETTERS = {"ℓ": r"\ell", "ħ": r"\hbar", "ı": r"\imath", "ȷ": r"\jmath", "ℜ": r"\Re", "ℑ": r"\Im", "′": r"\prime"}


def latex(node: m.Math) -> str:
    """The formula in math mode, displayed or in text."""
    match node:
        case m.Ident():
            return _ident(node)
        case m.Digits():
            return node.text
        case m.Sign():
            return m.SIGNS[node.name].tex
        case m.Words():
            return rf"\text{{{escaped(node.text)}}}"
        case m.Named():
            return rf"\{node.text}" if node.text in _FUNCTIONS else rf"\operatorname{{{escaped(node.text)}}}"
        case m.Row():
            return spaced([latex(p) for p in node.parts])
        case m.Times():
            return {"none": "", "thin": r"\,", "dot": r"\cdot"}[node.space]
        case m.Scripts():
            base = latex(node.base)
            base = base if _takes_scripts(node.base) else f"{{{base}}}"
            below = "" if node.below is None else f"_{{{latex(node.below)}}}"
            above = "" if node.above is None else f"^{{{latex(node.above)}}}"
            if node.primes and above:
                return f"{base}{below}^{{{_primes(node.primes)} {above[2:]}"
            return f"{base}{chr(39) * node.primes}{below}{above}"
        case m.Accent():
            return f"{m.ACCENTS[node.kind][0]}{{{latex(node.base)}}}"
        case m.Fraction():
            return rf"\frac{{{latex(node.above)}}}{{{latex(node.below)}}}"
        case m.Root():
            return rf"\sqrt{{{latex(node.inside)}}}"
        case m.Fenced():
            sides = size(node.inside)
            left, right = m.Delimiter(node.left, sides, "open"), m.Delimiter(node.right, sides, "close")
            return spaced([latex(left), latex(node.inside), latex(right)])
        case m.Delimiter():
            char = {"open": r"\lvert", "close": r"\rvert"}[node.side] if node.char == "|" else _FENCES[node.char]
            if not node.char:
                return ""
            command = _SIZES[node.side][node.size]
            return f"{command}{char}" if command else char
        case m.Large():
            return _large(node)
        case m.Branches():
            rows = []
            tall = any(size(line) > 1 for lines, _ in node.rows for line in lines)
            style = r"\displaystyle " if tall else ""
            for lines, condition in node.rows:
                shown = [style + latex(line) for line in lines]
                shown[1:] = [rf"\quad {{}}{line}" for line in shown[1:]]
                rows += [*(f"{line} \\\\" for line in shown[:-1]), f"{shown[-1]} & {latex(condition)}"]
            end = r"\\[1.2ex]" if tall else r"\\"
            body = "\n".join(row if row.endswith(r"\\") else f"{row} {end}" for row in rows).removesuffix(f" {end}")
            return f"\\begin{{cases}}\n{body}\n\\end{{cases}}"
        case m.Gap():
            return _gap(node.quads)
        case m.Raw():
            return node.tex
    assert_never(node)


def _takes_scripts(base: m.Math) -> bool:
    """Whether scripts may follow as they are: they go to the last letter of a row."""
    if isinstance(base, m.Row):
        return all(isinstance(p, m.Ident) for p in base.parts)
    return isinstance(base, m.Ident | m.Digits | m.Sign | m.Named | m.Fenced | m.Accent)


def spaced(parts: list[str]) -> str:
    r"""Side by side; a command that ends in a letter is kept apart from a letter behind it (`\eta x`)."""
    text = ""
    for part in parts:
        if not part:
            continue
        relation = part in _SPREAD
        if text and (relation or (_ends_in_command(text) and part[0].isalpha())):
            text += " "
        text += part + (" " if relation else "")
    return text.replace("  ", " ").strip()


_SPREAD = {row.tex for row in m.SIGNS.values() if row.kind in ("binary", "relation")}


def _ends_in_command(text: str) -> bool:
    stem = text.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    return stem != text and stem.endswith("\\")


def _ident(node: m.Ident) -> str:
    text = node.text
    if text in _LETTERS:
        return _LETTERS[text]
    if len(text) == 1 and (text in COMMANDS or text in LIKE_LATIN):
        letter = COMMANDS.get(text) or LIKE_LATIN[text]
        return rf"\boldsymbol{{{letter}}}" if node.font == "bold" else letter
    if node.font == "italic" and len(text) == 1 and text.isascii():
        return text
    if node.font == "roman" and text in ("max", "min"):
        return rf"\{text}"
    if text.isascii() and text.isalnum():
        return rf"\{_FONTS.get(node.font, 'mathit')}{{{text}}}"
    if node.font == "italic" and text.isalpha():
        return rf"\textit{{{escaped(text)}}}"
    return rf"\text{{{escaped(text)}}}"


def _primes(count: int) -> str:
    return r"\prime" * count


def _large(node: m.Large) -> str:
    name = (
        rf"\{node.name}" if node.name in ("sum", "prod", "max", "min") else rf"\operatorname*{{{escaped(node.name)}}}"
    )
    if not node.under:
        return name
    lines = [latex(u) for u in node.under]
    under = lines[0] if len(lines) == 1 else r"\substack{" + r" \\ ".join(lines) + "}"
    return f"{name}_{{{under}}}"


def _gap(quads: float) -> str:
    return {1.0: r"\quad", 2.0: r"\qquad", 1 / 6: r"\,", 2 / 9: r"\:", 5 / 18: r"\;", 1 / 3: r"\ ", -1 / 6: r"\!"}.get(
        quads, rf"\hspace{{{quads:.3g}em}}"
    )
