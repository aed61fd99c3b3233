"""A text -> its pieces with the role that each plays. What the grammar makes of the text decides, so a parameter called
`price` is a name and the `price` of a constraint a word of the language.

In statements with a slip, which have no place in the tree, the neighbours of a word decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

from grammar.diagnostics import Findings
from grammar.parser import parse_tokens
from grammar.source import Source
from grammar.tables import load_tables
from grammar.tokens import Token, tokenize
from grammar.words import END, ODD, RESERVED, STATEMENTS


class Role(StrEnum):
    STATEMENT = "statement"  # a word that begins a statement
    KEYWORD = "keyword"  # a reserved word of expressions
    WORD = "word"  # a word of the language in its place, elsewhere a name
    DECLARED = "declared"  # a name where it is declared
    NAME = "name"
    FUNCTION = "function"
    UNIT = "unit"
    OPTION = "option"
    NUMBER = "number"
    STRING = "string"
    DOC = "doc"
    COMMENT = "comment"
    OPERATOR = "operator"
    PUNCTUATION = "punctuation"
    WRONG = "wrong"
    BLANK = "blank"


_BY_RULE: dict[str, Role] = {
    "call": Role.FUNCTION,
    "piecewise": Role.FUNCTION,
    "unit_power": Role.UNIT,
    "unit_name": Role.UNIT,
    "option": Role.OPTION,
    "doc": Role.DOC,
    "letters": Role.DECLARED,
    "formal": Role.DECLARED,
    "price": Role.DECLARED,
    **dict.fromkeys((s.lower() for s in STATEMENTS), Role.DECLARED),
    "set_": Role.DECLARED,
    "objective": Role.DECLARED,
    "import_": Role.NAME,
}
"""What a name (or string) is that is a part of this rule, where it is not plainly that."""

_FIRST_ONLY = frozenset({"option", "call", "piecewise"})

_PUNCTUATION = frozenset({"LPAR", "RPAR", "LSQB", "RSQB", "LBRACE", "RBRACE", "COMMA", "COLON", "SEMICOLON", "DOT"})


def highlight(text: str) -> Iterator[tuple[int, int, Role]]:
    """Pieces (start, end, role) in code points, which follow each other without gaps from 0 to the end."""
    roles = _Roles()
    # The parser mends its own tokens; these are the text's.
    parse_tokens(Source("", text), roles, Findings())
    tokens = [t for t in tokenize(text, load_tables()) if t.kind != END]
    at = 0
    for k, token in enumerate(tokens):
        yield from _between(text, at, token.start)
        yield token.start, token.end, roles.known.get((token.start, token.end)) or _guess(tokens, k)
        at = token.end
    yield from _between(text, at, len(text))


class _Roles:
    """A builder that makes nothing and notes what each token turned out to be."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, int], Role] = {}

    def begin(self, source: Source, findings: Findings) -> None:
        pass

    def unbalanced(self) -> None:
        pass

    def __getattr__(self, rule: str) -> Callable[[list[Any]], Any]:
        if rule.startswith("__"):
            raise AttributeError(rule)
        role = _BY_RULE.get(rule)

        def note(children: list[Any]) -> Any:
            special = role
            for child in children:
                if isinstance(child, Token) and child.start < child.end:
                    self.known[child.start, child.end] = _of_kind(child.kind, special)
                    if child.kind == "NAME" and rule in _FIRST_ONLY:
                        special = None
            return None

        return note


def _of_kind(kind: str, special: Role | None) -> Role:
    if kind in STATEMENTS:
        return Role.STATEMENT
    if kind in RESERVED:
        return Role.KEYWORD
    if kind == "NAME":
        return special or Role.NAME
    if kind == "UNIT_SYMBOL":
        return Role.UNIT
    if kind == "NUMBER":
        return Role.NUMBER
    if kind == "STRING":
        return Role.DOC if special is Role.DOC else Role.STRING
    if kind == ODD:
        return Role.WRONG
    if kind in _PUNCTUATION:
        return Role.PUNCTUATION
    return Role.WORD if load_tables().spellings.get(kind, "").isalpha() else Role.OPERATOR


def _guess(tokens: list[Token], k: int) -> Role:
    """The role of a token that has no place in the tree."""
    token = tokens[k]
    if not token.soft:
        return _of_kind(token.kind, None)
    before = tokens[k - 1].kind if k else ""
    after = tokens[k + 1].kind if k + 1 < len(tokens) else ""
    named = before in STATEMENTS or before in ("DOT", "PLUS", "MINUS", "TIMES", "OVER_SIGN", "POWER", "LPAR", "COMMA")
    used = after in ("LSQB", "DOT", "PLUS", "TIMES", "OVER_SIGN", "POWER", "RPAR", "COMMA", "RSQB", "EQUAL")
    return Role.NAME if named or used else Role.WORD


_COMMENT = re.compile(r"#[^\r\n]*")


def _between(text: str, start: int, end: int) -> Iterator[tuple[int, int, Role]]:
    """Comments and blanks."""
    at = start
    for comment in _COMMENT.finditer(text, start, end):
        if at < comment.start():
            yield at, comment.start(), Role.BLANK
        yield comment.start(), comment.end(), Role.COMMENT
        at = comment.end()
    if at < end:
        yield at, end, Role.BLANK
