"""The text of a source -> its tokens, in one pass; nothing is refused here.

What the language does not know becomes a token of kind `ODD`, so that the parser can report it with its surroundings.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

from grammar.tables import Tables
from grammar.words import END, ODD, RESERVED


class Token:
    """One word, sign, number or string of the text.

    `kind` is the terminal of `game.lark`, `text` the characters (names in Unicode form NFC), `start` and `end` the
    place.
    A word that is not reserved is a name at first, with the terminal that it may turn out to be in `soft`.
    """

    __slots__ = ("end", "kind", "soft", "start", "text")

    def __init__(self, kind: str, text: str, start: int, end: int, soft: str = "") -> None:
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end
        self.soft = soft

    def __repr__(self) -> str:
        return f"Token({self.kind}, {self.text!r}, {self.start})"


_ODD_SIGNS = r"\.\.\.|&&?|\|\|?|\*\*|:=|<>|===|=<"
_ODD_NUMBER = r"\.?[0-9][\w.]*?(?=\.\.|[^\w.]|\Z)|\.?[0-9]\w*"
_ODD_STRING = r'"[^"\r\n]*|[“”„][^“”"\r\n]*[“”"]|[‘’][^‘’\'\r\n]*[‘’\']|\'[^\'\r\n]*\''


@lru_cache(maxsize=2)
def _pattern(tables: Tables) -> re.Pattern[str]:
    patterns = tables.patterns
    signs = sorted((s for s in tables.spellings.values() if not s[0].isalpha()), key=len, reverse=True)
    skipped = rf"(?:{patterns['WHITESPACE']}|{patterns['COMMENT']})*+"
    kinds = {
        "NAME": patterns["NAME"],
        "NUMBER": patterns["NUMBER"],
        ODD: rf"{_ODD_SIGNS}|{_ODD_NUMBER}",
        "SIGN": "|".join(map(re.escape, signs)),
        "STRING": patterns["STRING"],
        "ODD_STRING": _ODD_STRING,
        "UNIT_SYMBOL": patterns["UNIT_SYMBOL"],
        "END": r"\Z",
        "ODD_CHARACTER": r".",
    }
    return re.compile(skipped + "(?:" + "|".join(f"(?P<{k}>{p})" for k, p in kinds.items()) + ")", re.DOTALL)


def tokenize(text: str, tables: Tables) -> list[Token]:
    """All tokens of `text`; the last is of kind `$END`. Whitespace and comments lie between them."""
    words = {spelling: kind for kind, spelling in tables.spellings.items()}
    tokens: list[Token] = []
    add = tokens.append
    for match in _pattern(tables).finditer(text):
        group = match.lastgroup
        start, end = match.span(match.lastindex or 0)
        found = text[start:end]
        if group == "NAME":
            kind = words.get(found)
            if kind is None:
                add(Token("NAME", found if found.isascii() else identifier(found), start, end))
            elif kind in RESERVED:
                add(Token(kind, found, start, end))
            else:
                add(Token("NAME", found, start, end, kind))
        elif group == "SIGN":
            add(Token(words[found], found, start, end))
        elif group == "NUMBER" or group == "STRING" or group == "UNIT_SYMBOL":
            add(Token(group, found, start, end))
        elif group == "END":
            add(Token(END, "", len(text), len(text)))
            break
        else:
            add(Token(ODD, found, start, end))
    return tokens


def identifier(written: str) -> str:
    """The form in which names are compared: Unicode NFC, so that an accent typed as a separate mark is the same letter;
    and the micro sign is the letter mu, which looks the same in print."""
    return normalize("NFC", written).replace("\u00b5", "\u03bc")
