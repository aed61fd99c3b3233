"""A symbol or word -> Markdown for a hover: kind, declaration, unit, index, doc string, value."""

from __future__ import annotations

import re

from compiler.ir.units import builtin_units
from gamec.language_server.checks import Facts
from gamec.language_server.names import KINDS, Names, Symbol
from gamec.language_server.words import FUNCTIONS, KEYWORDS, OPTIONS

LONGEST = 200
"""Characters of a declaration that are shown."""


def hover_text(symbol: Symbol, names: Names, facts: Facts) -> str:
    """Markdown about a symbol; `facts` are values known from the last check with data."""
    blocks = [_title(symbol)]
    if symbol.whole is not None and symbol.kind != "element":
        blocks.insert(0, f"```game\n{declaration(symbol)}\n```")
    if symbol.kind == "unit" and symbol.span is None:
        blocks.append(_builtin_unit(symbol.name))
    if symbol.kind in ("function", "option"):
        blocks.append({**FUNCTIONS, **OPTIONS}.get(symbol.name, ""))
    if symbol.head is not None:
        if symbol.head.doc:
            blocks.append(escaped(symbol.head.doc))
        details = [*_index(symbol, names), *_symbol_in_print(symbol)]
        blocks.append("  \n".join(details))
    about = facts.get((symbol.owner.removeprefix("component "), symbol.of if symbol.kind == "letter" else symbol.name))
    if about and not symbol.owner.startswith("component "):
        blocks.append(escaped(about))
    return "\n\n".join(block for block in blocks if block)


def word_text(word: str) -> str | None:
    """Markdown about a word of the language; None for what is none."""
    about = KEYWORDS.get(word)
    return None if about is None else f"**{word}**: {about}"


def detail(symbol: Symbol) -> str:
    """One line: kind and unit."""
    unit = _unit(symbol)
    return KINDS[symbol.kind] + (f" : {unit}" if unit else "")


def declaration(symbol: Symbol) -> str:
    """The declaration as typed, in one line, without its block, doc string and symbol."""
    assert symbol.whole is not None
    text = symbol.whole.text
    if symbol.kind in ("player", "case", "component"):
        text = text.partition("{")[0]
    text = " ".join(re.sub(r'#[^\r\n]*|\btex\s*"[^"\r\n]*"', " ", text).split())
    if symbol.head is not None and symbol.head.doc:
        text = text.replace(f'"{" ".join(symbol.head.doc.split())}"', "").rstrip()
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def escaped(text: str) -> str:
    """The text without meaning to Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]()#+!|~<>&$-])", r"\\\1", text)


def _title(symbol: Symbol) -> str:
    words = f"**{KINDS[symbol.kind]}** `{symbol.name}`"
    if symbol.owner.startswith("component "):
        words += f" of component `{symbol.owner.removeprefix('component ')}`"
    elif symbol.owner:
        words += f" of player `{symbol.owner}`"
    match symbol.kind:
        case "letter" | "element":
            words += f" of set `{symbol.of}`"
        case "price":
            words += f", of constraint `{symbol.of}`"
        case "use":
            words += f", component `{symbol.of}`"
        case _:
            pass
    unit = _unit(symbol)
    return words + (f", in `{unit}`" if unit else "")


def _unit(symbol: Symbol) -> str:
    if symbol.kind == "letter" or symbol.head is None or symbol.head.unit is None:
        return ""
    return "".join(symbol.head.unit.span.text.split())


def _index(symbol: Symbol, names: Names) -> list[str]:
    """What each letter of the index runs over."""
    if symbol.kind == "letter" or symbol.head is None or symbol.head.index is None:
        return []
    found = []
    for item in symbol.head.index.items:
        written = " ".join(item.span.text.split())
        letter = names.top.get(written)
        if letter is None or letter.kind != "letter":
            found.append(f"`{written}`")
            continue
        doc = names.top[letter.of].head.doc if letter.of in names.top and names.top[letter.of].head else ""  # type: ignore[union-attr]
        found.append(f"`{written}` in `{letter.of}`" + (f" ({escaped(doc)})" if doc else ""))
    where = symbol.head.index.where
    return ["index: " + ", ".join(found) + (f" where `{' '.join(where.span.text.split())}`" if where else "")]


def _symbol_in_print(symbol: Symbol) -> list[str]:
    tex = symbol.head.tex if symbol.head is not None and symbol.kind != "letter" else ""
    return [f"in print: `{tex}`"] if tex else []


def _builtin_unit(name: str) -> str:
    unit = builtin_units().get(name)
    if unit is None:
        return "not known; declare it: `unit " + name + "`"
    base = " ".join(n + (f"^{p:g}" if p != 1 else "") for n, p in unit.dimension) or "1"
    return f"built in: 1 `{name}` = {unit.scale:g} `{base}`"
