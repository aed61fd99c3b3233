"""A syntax error with its surroundings (`Trouble`), and what may be said about it (`Slip`) and done (`Repair`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grammar.diagnostics import Diagnostic, Edit
from grammar.source import LINE_BREAK, Source, Span
from grammar.tokens import Token
from grammar.words import END, STATEMENTS

CLOSER = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
RELATIONS = frozenset({"AT_MOST", "AT_LEAST", "EQUALS", "DIFFERS", "LESS", "MORE"})
REDUCERS = frozenset({"SUM", "PROD", "MEAN", "SMIN", "SMAX", "EXPECT", "CVAR"})
OPERANDS = frozenset({"NAME", "NUMBER", "STRING", "LPAR", "LBRACE", "NOT"}) | REDUCERS
"""Tokens with which an operand begins."""

OPERAND_ENDS = frozenset({"NAME", "NUMBER", "STRING", "RPAR", "RSQB", "RBRACE"})


@dataclass(frozen=True, slots=True)
class Repair:
    """What was probably meant, so that reading can go on: the tokens `first <= position < last` become `tokens`.

    It is tried on the tokens that follow, and dropped when they do not fit either, unless it is `sure`.
    """

    first: int
    last: int
    tokens: tuple[Token, ...]
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """The one diagnostic for one error (None: say nothing), and ways to read on, the likeliest first.

    `unbalanced` says that the braces do not match, so that what stands where cannot be judged.
    """

    diagnostic: Diagnostic | None
    repairs: tuple[Repair, ...] = ()
    unbalanced: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """Where the parser stands when it cannot take the token at `position`.

    `expected` are the terminals that could stand there, `opened` the brackets that are open, outermost first, `keyword`
    the position of the word that begins the statement being read, or None between statements. `spellings` gives the
    text of each terminal that is a word or sign.
    """

    source: Source
    tokens: list[Token]
    position: int
    expected: frozenset[str]
    opened: tuple[Token, ...]
    keyword: int | None
    spellings: Mapping[str, str]

    # ------------------------------------------------------------ what stands there

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    @property
    def before(self) -> Token | None:
        return self.tokens[self.position - 1] if self.position else None

    @property
    def after(self) -> Token:
        return self.tokens[min(self.position + 1, len(self.tokens) - 1)]

    @property
    def statement(self) -> str:
        """Terminal of the word that begins the statement being read; empty between statements."""
        return "" if self.keyword is None else self.tokens[self.keyword].kind

    @property
    def keyword_text(self) -> str:
        return self.spellings.get(self.statement, "")

    @property
    def since_keyword(self) -> list[Token]:
        """The tokens of the statement before the error, without its first word."""
        return [] if self.keyword is None else self.tokens[self.keyword + 1 : self.position]

    @property
    def bracket(self) -> Token | None:
        """The innermost open bracket, if it was opened in the statement being read."""
        if not self.opened or self.keyword is None or self.opened[-1].start < self.tokens[self.keyword].start:
            return None
        return self.opened[-1]

    @property
    def begins_line(self) -> bool:
        """Whether only blanks stand before the token on its line."""
        before = self.before
        return before is None or LINE_BREAK.search(self.source.text, before.end, self.token.start) is not None

    @property
    def ends_statement(self) -> bool:
        """Whether the token cannot belong to the statement being read."""
        return self.token.kind in STATEMENTS or self.token.kind in ("RBRACE", END)

    def rest(self) -> list[Token]:
        """The tokens after the error up to the next statement or brace that closes a block."""
        level = 0
        for k in range(self.position + 1, len(self.tokens)):
            kind = self.tokens[k].kind
            level += (kind == "LBRACE") - (kind == "RBRACE")
            if kind in STATEMENTS or kind == END or level < 0:
                return self.tokens[self.position + 1 : k]
        return []

    # ------------------------------------------------------------ places

    def written(self, token: Token) -> str:
        """The token as it stands in the text (not normalised)."""
        return self.source.text[token.start : token.end]

    def span_of(self, token: Token) -> Span:
        return Span(self.source, token.start, token.end)

    @property
    def span(self) -> Span:
        return self.span_of(self.token)

    def behind(self, token: Token) -> Span:
        """The place directly after a token, where something can be inserted."""
        return Span(self.source, token.end, token.end)

    # ------------------------------------------------------------ ways to read on

    def made(self, *kinds: str) -> tuple[Token, ...]:
        """Tokens of these kinds that nobody wrote, placed before the error."""
        at = self.token.start
        return tuple(Token(kind, self.spellings.get(kind, "_"), at, at) for kind in kinds)

    def drop(self) -> Repair:
        return Repair(self.position, self.position + 1, ())

    def replace(self, *kinds: str) -> Repair:
        return Repair(self.position, self.position + 1, self.made(*kinds))

    def insert(self, *kinds: str) -> Repair:
        return Repair(self.position, self.position, self.made(*kinds))

    def removal(self) -> Edit:
        """The edit that deletes the token, and the blank before it when one stands on either side."""
        text, start, end = self.source.text, self.token.start, self.token.end
        blank = start > 0 and text[start - 1] == " " and text[end : end + 1] in (" ", "")
        return Edit(Span(self.source, start - blank, end), "")
