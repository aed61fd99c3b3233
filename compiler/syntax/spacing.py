"""Tokens of a right program -> what each bracket is for, and whether a blank stands before each token."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from grammar.tokens import Token
from grammar.words import BLOCK_STATEMENTS, STATEMENTS

TIGHT = frozenset({"TIMES", "OVER_SIGN", "POWER", "DOTS", "DOT"})
OPERAND_ENDS = frozenset({"NAME", "NUMBER", "STRING", "UNIT_SYMBOL", "RPAR", "RSQB", "RBRACE"})
REDUCERS = frozenset({"SUM", "PROD", "MEAN", "SMIN", "SMAX", "EXPECT", "CVAR"})


class Role(Enum):
    """What a pair of brackets holds; NONE for tokens that are no brackets."""

    NONE = "none"
    BODY = "statements or options"
    TABLE = "cells"
    ELEMENTS = "elements of a set or of data"
    INDEX = "index"
    INTERVAL = "bounds"
    REDUCTION = "indices of a reduction"
    CALL = "arguments"
    FORMALS = "parameters of a component"
    GROUP = "an expression"


@dataclass(slots=True)
class Placed:
    """A token, the blank before it, its role if it is a bracket, and the position of its partner."""

    token: Token
    blank: bool
    role: Role = Role.NONE
    partner: int = -1


OPENING = frozenset({"LPAR", "LSQB", "LBRACE"})
CLOSING = frozenset({"RPAR", "RSQB", "RBRACE"})


def place(tokens: list[Token]) -> list[Placed]:
    """One entry for each token but the last, which is the end of the text."""
    placer = _Placer(tokens)
    for k in range(len(tokens) - 1):
        placer.take(k)
    return placer.placed


class _Placer:
    """Walks along the tokens; `opened` are the positions of the brackets that are open."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.placed: list[Placed] = []
        self.opened: list[int] = []
        self.behind_where: set[int] = set()  # opening brackets whose `where` has been passed
        self.close_lists: dict[int, bool] = {}
        self.statement = ""
        self.has_body = self.has_colon = False  # the statement being read
        self.sign = False  # the token before is a sign of one operand

    @property
    def before(self) -> Placed:
        return self.placed[-1]

    @property
    def inside(self) -> Role:
        return self.placed[self.opened[-1]].role if self.opened else Role.NONE

    @property
    def at_statement_level(self) -> bool:
        return self.inside in (Role.NONE, Role.BODY)

    def take(self, k: int) -> None:
        token = self.tokens[k]
        kind = token.kind
        if kind in STATEMENTS:
            self.statement, self.has_body, self.has_colon = kind, False, False
        entry = Placed(token, False)
        if kind in OPENING:
            entry.role = self._role(kind)
        if kind in CLOSING:
            entry.partner = self.opened.pop()
            opening = self.placed[entry.partner]
            entry.role, opening.partner = opening.role, k
        entry.blank = bool(self.placed) and self._blank(entry)
        sign = kind in ("PLUS", "MINUS") and not self._two_operands()
        if kind == "WHERE" and self.opened:
            self.behind_where.add(self.opened[-1])
        self.has_colon |= kind == "COLON"
        self.placed.append(entry)
        if kind in OPENING:
            self.opened.append(k)
            self.has_body |= entry.role is Role.BODY
        elif entry.role is Role.BODY:
            self.statement, self.has_body = "", True
        self.sign = sign

    def _role(self, kind: str) -> Role:
        last = self.before.token.kind
        if kind == "LBRACE":
            if last == "TABLE":
                return Role.TABLE
            body = self.statement in BLOCK_STATEMENTS and not self.has_body and self.at_statement_level
            return Role.BODY if body else Role.ELEMENTS
        if kind == "LSQB":
            return Role.INTERVAL if last == "IN" else Role.INDEX
        if last in REDUCERS:
            return Role.REDUCTION
        if last == "NAME":
            formals = self.statement == "COMPONENT" and self.at_statement_level
            return Role.FORMALS if formals else Role.CALL
        return Role.GROUP

    def _blank(self, entry: Placed) -> bool:
        """Whether a blank stands before this token; `self.before` is its neighbour on the left."""
        kind, last = entry.token.kind, self.before.token.kind
        if kind in STATEMENTS:
            return True
        if last == "COMMA" and kind not in CLOSING:
            return not self._close_list()
        if kind in CLOSING:
            return entry.role is Role.BODY
        if kind in ("COMMA", "SEMICOLON") or entry.role in (Role.INDEX, Role.CALL, Role.REDUCTION, Role.FORMALS):
            return False
        if kind == "COLON":
            return self._unit_colon()
        if kind == "TIMES" or last == "TIMES":
            return self.statement == "SET" and self.at_statement_level
        if kind in TIGHT or last in TIGHT or self.sign:
            return False
        if last in OPENING and self.before.role is not Role.BODY:
            return False
        shift = self.inside is Role.INDEX and self.opened[-1] not in self.behind_where
        if kind in ("PLUS", "MINUS") and self._two_operands():
            return not shift
        return not (shift and last in ("PLUS", "MINUS"))

    def _two_operands(self) -> bool:
        """Whether a `+` or `-` at this place stands between two operands."""
        if not self.placed:
            return False
        closes_reduction = self.before.token.kind == "RPAR" and self.before.role is Role.REDUCTION
        return self.before.token.kind in OPERAND_ENDS and not closes_reduction

    def _unit_colon(self) -> bool:
        """A colon before a unit has blanks on both sides, one after a key or a name only behind it."""
        if self.inside in (Role.ELEMENTS, Role.CALL):
            return False
        return self.has_colon or self.statement not in ("CONSTRAINT", "CLEAR", "SHARED", "PLOT")

    def _close_list(self) -> bool:
        """`[i,t]`, `sum(i,t)`, `[(k,t) in Link]`: index letters stand close together, other lists are spaced."""
        if not self.opened:
            return False
        opening = self.opened[-1]
        if opening not in self.close_lists:
            outer = self.placed[self.opened[-2]].role if len(self.opened) > 1 else Role.NONE
            self.close_lists[opening] = self._only_letters(opening, self.placed[opening].role, outer)
        return self.close_lists[opening]

    def _only_letters(self, opening: int, role: Role, outer: Role) -> bool:
        if role is Role.GROUP and outer not in (Role.INDEX, Role.REDUCTION):
            return False
        if role is Role.REDUCTION and opening and self.placed[opening - 1].token.kind == "CVAR":
            return False  # Its level is no letter, even where it is a name.
        if role not in (Role.INDEX, Role.REDUCTION, Role.GROUP):
            return False
        plain = {"NAME", "COMMA"} | ({"NUMBER", "STRING", "PLUS", "MINUS"} if role is Role.INDEX else set())
        level = 0
        for token in self.tokens[opening + 1 :]:
            level += (token.kind in OPENING) - (token.kind in CLOSING)
            if level < 0 or (level == 0 and token.kind == "WHERE"):
                return True
            if level == 0 and token.kind not in plain | CLOSING:
                return False
        return True
