"""Tokens that the language does not have -> their diagnostics: `2x`, an open quotation mark, `≤`, `&&`, a stray `@`."""

from __future__ import annotations

import re
from unicodedata import category, name

from grammar.diagnostics import Diagnostic, Edit, Hint
from grammar.source import Span
from grammar.tokens import Token
from grammar.trouble import Repair, Slip, Trouble
from grammar.words import ODD

SPELLINGS = {
    "≤": "<=", "≦": "<=", "⩽": "<=", "=<": "<=", "≥": ">=", "≧": ">=", "⩾": ">=", "≠": "!=", "<>": "!=", "===": "==",
    ":=": "=", "−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "∙": "*", "÷": "/", "∕": "/", "**": "^", "⇒": "=>",
    "⟹": "=>", "∈": "in", "∪": "union", "∩": "inter", "∖": "diff", "∞": "inf", "∑": "sum", "∧": "and", "∨": "or",
    "¬": "not", "&": "and", "&&": "and", "|": "or", "||": "or", "!": "not", "⊥": "perp", "…": "..", "...": "..",
    "（": "(", "）": ")",
    "，": ",", "：": ":", "；": ";",
}  # fmt: skip
"""What is typed elsewhere -> how it is written here."""

SUPERSCRIPTS = {"⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9"}


def odd_token(t: Trouble) -> Slip | None:
    """The slip for a token of kind `ODD`, None for any other."""
    if t.token.kind != ODD:
        return None
    text = t.written(t.token)
    if text[0] in "\"'“”„‘’":
        return _quotation(t, text)
    if text == "..." and (t.before is None or t.begins_line):
        hint = Hint("write what was left out")
        return Slip(Diagnostic("G102", "`...` is no statement", t.span, hints=(hint,)), (t.drop(),))
    if text[0] in "0123456789." and text != "...":
        return _number(t, text)
    if text in SPELLINGS:
        return _spelling(t, text)
    if text in SUPERSCRIPTS:
        return _superscript(t, text)
    return _character(t, text)


def _quotation(t: Trouble, text: str) -> Slip:
    if text[0] == '"':
        hint = Hint('close it with `"`')
        found = Diagnostic("G103", "a quoted text is not closed on its line", t.span, "opened here", hints=(hint,))
        return Slip(found, (_put(t, "STRING", f'{text}"'),))
    hint = Hint('write `"text"`, with straight double quotes')
    repairs: tuple[Repair, ...] = ()
    if len(text) > 1:
        straight = f'"{text[1:-1]}"'
        hint = Hint(f"write `{straight}`", Edit(t.span, straight))
        repairs += (_put(t, "STRING", straight),)
    return Slip(Diagnostic("G102", f"`{text[0]}` does not begin a quoted text", t.span, hints=(hint,)), repairs)


def _number(t: Trouble, text: str) -> Slip:
    code, headline = "G102", f"`{text}` is neither a number nor a name"
    plain = text.replace("_", "")
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", plain):
        hint = Hint(f"write `{plain}`: numbers have no separators", Edit(t.span, plain))
        return Slip(Diagnostic(code, headline, t.span, hints=(hint,)), (_put(t, "NUMBER", plain),))
    split = re.fullmatch(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([^\W\d]\w*)", text)
    if split is None:
        return Slip(Diagnostic(code, headline, t.span, hints=(Hint("numbers look like `12`, `0.5` or `1.5e3`"),)))
    number, word = split.groups()
    if "NUMBER" not in t.expected and "NAME" in t.expected:
        hint = Hint(f"a name begins with a letter or `_`: for example `{word}{number}`")
        return Slip(Diagnostic(code, headline, t.span, hints=(hint,)), (_put(t, "NAME", word),))
    start, middle, end = t.token.start, t.token.start + len(number), t.token.end
    tokens = (
        Token("NUMBER", number, start, middle),
        Token("TIMES", "*", middle, middle),
        Token("NAME", word, middle, end),
    )
    hints = (
        Hint(f"for a product write `{number}*{word}`", Edit(t.span, f"{number}*{word}")),
        Hint("a unit is no part of a number: it follows a colon in the declaration"),
    )
    found = Diagnostic(code, headline, t.span, hints=hints)
    return Slip(found, (Repair(t.position, t.position + 1, tokens), Repair(t.position, t.position + 1, tokens[:1])))


def _spelling(t: Trouble, text: str) -> Slip:
    right = SPELLINGS[text]
    kind = next((k for k, spelling in t.spellings.items() if spelling == right), "NAME")
    hint = Hint(f"write `{right}`", Edit(t.span, _apart(t, right)))
    return Slip(
        Diagnostic("G102", f"`{text}` is written `{right}` here", t.span, hints=(hint,)), (_put(t, kind, right),)
    )


def _apart(t: Trouble, word: str) -> str:
    """A word with the blanks that keep it apart from what stands beside it."""
    text = t.source.text
    if not word.isalpha():
        return word
    left = " " if t.token.start and text[t.token.start - 1].isalnum() else ""
    right = " " if text[t.token.end : t.token.end + 1].isalnum() else ""
    return f"{left}{word}{right}"


def _superscript(t: Trouble, text: str) -> Slip:
    last = t.position
    while t.tokens[last + 1].start == t.tokens[last].end and t.written(t.tokens[last + 1]) in SUPERSCRIPTS:
        last += 1
    span = Span(t.source, t.token.start, t.tokens[last].end)
    digits = "".join(SUPERSCRIPTS[c] for c in span.text)
    tokens = (Token("POWER", "^", span.start, span.start), Token("NUMBER", digits, span.start, span.end))
    hint = Hint(f"write `^{digits}`", Edit(span, f"^{digits}"))
    return Slip(
        Diagnostic("G102", "a power is written with `^`", span, hints=(hint,)), (Repair(t.position, last + 1, tokens),)
    )


def _character(t: Trouble, text: str) -> Slip:
    headline = f"the character `{text}` has no meaning here"
    hints: tuple[Hint, ...] = ()
    if not text.isprintable() or text.isspace():
        title = name(text, "").lower()
        headline = f"an invisible character, U+{ord(text):04X}" + (f" ({title})" if title else "")
        hints = (Hint("delete it", Edit(t.span, "")),)
    elif category(text) == "Nd":
        hints = (Hint("numbers are written with the digits 0 to 9"),)
    elif text == "\\":
        hints = (Hint('TeX stands in quotes: `tex "\\lambda"`; names may hold Greek letters: `λ`'),)
    elif text == "'":
        hints = (Hint('quoted text stands between double quotes: `"text"`; a name may not hold `\'`'),)
    found = Diagnostic("G102", headline, t.span, "not part of the language", hints=hints)
    return Slip(found, (Repair(t.position, t.position + 1, ()),))


def _put(t: Trouble, kind: str, text: str) -> Repair:
    return Repair(t.position, t.position + 1, (Token(kind, text, t.token.start, t.token.end),))
