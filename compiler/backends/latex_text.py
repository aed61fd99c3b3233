r"""Text -> LaTeX text. `escaped("λ in %")` is `\ensuremath{\lambda} in \%`; `unprintable(text)` lists what pdfLaTeX
lacks."""

from __future__ import annotations

from unicodedata import normalize

from compiler.documents.greek import COMMANDS, LIKE_LATIN

_SPECIAL = {
    "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_", "{": r"\{", "}": r"\}", "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", "`": r"\textasciigrave{}",
}  # fmt: skip
_MATH = {
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "×": r"\times", "·": r"\cdot", "⋅": r"\cdot", "±": r"\pm",
    "−": "-", "∈": r"\in", "∀": r"\forall", "∑": r"\sum", "∞": r"\infty", "→": r"\rightarrow", "←": r"\leftarrow",
    "↔": r"\leftrightarrow", "⇒": r"\Rightarrow", "∂": r"\partial", "√": r"\surd", "⊥": r"\perp", "∅": r"\emptyset",
    "∪": r"\cup", "∩": r"\cap", "⊆": r"\subseteq", "′": "{}'", "″": "{}''", "∝": r"\propto", "≡": r"\equiv",
    "∼": r"\sim", "÷": r"\div", "∇": r"\nabla", "ℓ": r"\ell", "Δ": r"\Delta", "∆": r"\Delta", "¬": r"\neg",
    "∧": r"\wedge", "∨": r"\vee", "∫": r"\int", "⌈": r"\lceil", "⌉": r"\rceil", "⌊": r"\lfloor", "⌋": r"\rfloor",
}  # fmt: skip
_TEXT = {
    "°": r"\textdegree{}", "€": r"\texteuro{}", "£": r"\pounds{}", "¥": r"\textyen{}", "…": r"\dots{}", "–": "--",
    "—": "---", "“": "``", "”": "''", "‘": "`", "’": "'", "„": r"\quotedblbase{}", "«": r"\guillemotleft{}",
    "»": r"\guillemotright{}", "•": r"\textbullet{}", "§": r"\S{}", "©": r"\textcopyright{}", "®": r"\textregistered{}",
    "™": r"\texttrademark{}", "‰": r"\textperthousand{}", "\u00a0": "~", "\u202f": r"\,", "\u2009": r"\,",
    "\u2011": "-", "\u00ad": r"\-", "¿": r"\textquestiondown{}", "¡": r"\textexclamdown{}",
}  # fmt: skip
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-", strict=True))
_T1 = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "ĂăĄąĆćČčĎďĐđĘęĚěĞğĹĺĽľŁłŃńŇňŐőŒœŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽž"
)
"""Letters of the encoding T1, which LaTeX prints from UTF-8 as they are."""


def escaped(text: str) -> str:
    """The text with what LaTeX reads as commands written out."""
    return _quotes("".join(map(_character, text)))


def unprintable(text: str) -> frozenset[str]:
    """Characters for which the fonts of a document have no sign; they are printed as their number in a frame."""
    return frozenset(c for c in text if _known(c) is None)


def _character(c: str) -> str:
    found = _known(c)
    return rf"\missing{{{ord(c):04X}}}" if found is None else found


def _known(c: str) -> str | None:
    if c in _SPECIAL:
        return _SPECIAL[c]
    if c.isascii():
        return c if c.isprintable() else " "
    if c in _T1:
        return c
    if c in _TEXT:
        return _TEXT[c]
    if c in COMMANDS or c in LIKE_LATIN or c in _MATH:
        return rf"\ensuremath{{{COMMANDS.get(c) or LIKE_LATIN.get(c) or _MATH[c]}}}"
    if c in _SUPERSCRIPTS:
        return rf"\ensuremath{{^{{{_SUPERSCRIPTS[c]}}}}}"
    if c in _SUBSCRIPTS:
        return rf"\ensuremath{{_{{{_SUBSCRIPTS[c]}}}}}"
    plain = "".join(x for x in normalize("NFKD", c) if x.isascii())
    return escaped(plain) if plain else None


def _quotes(text: str) -> str:
    """Straight quotes as printed ones."""
    pieces = text.split('"')
    return "".join(p + ("``" if k % 2 == 0 else "''") * (k < len(pieces) - 1) for k, p in enumerate(pieces))
