"""The tokens before a cursor -> `Place`: the block and statement that it stands in, and what may come next.

The parser's own tables say what may come: the automaton is run over the tokens of the top statement that holds the
cursor. After a slip the statement counts as unreadable up to the next word that begins one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from grammar.tables import Tables
from grammar.tokens import Token
from grammar.words import BLOCK_STATEMENTS, END, STATEMENTS

OPENING = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
CLOSING = frozenset(OPENING.values())


@dataclass(frozen=True, slots=True)
class Block:
    """A block of statements that is open: the word that begins it (`PLAYER` ...) and its name."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """`typed` is the word being typed at the cursor, if any; everything else is about what stands before it.

    `expected` holds the terminals that the grammar takes next, None where the statement cannot be read. `statement`
    has the tokens of the statement so far and `kinds` the terminals that they turned out to be.
    """

    offset: int
    typed: Token | None
    expected: frozenset[str] | None
    blocks: tuple[Block, ...]
    statement: tuple[Token, ...]
    kinds: tuple[str, ...]

    @property
    def block(self) -> str:
        """The kind of the innermost block; "" at the top."""
        return self.blocks[-1].kind if self.blocks else ""

    @property
    def owner(self) -> str:
        """The key in `Names.members` of the player or component whose block this is; "" elsewhere."""
        for block in reversed(self.blocks):
            if block.kind == "PLAYER":
                return block.name
            if block.kind == "COMPONENT":
                return f"component {block.name}"
        return ""

    def before(self, back: int = 1) -> str:
        """The kind of the token `back` places before the cursor; "" where there is none in this statement."""
        return self.kinds[-back] if len(self.kinds) >= back else ""


def place_at(tokens: list[Token], offset: int, tables: Tables) -> Place:
    """Where `offset` is; a word that ends there counts as being typed."""
    before = [t for t in tokens if t.end <= offset and t.kind != END]
    typed = None
    if before and before[-1].end == offset and before[-1].text[:1].isidentifier():
        typed = before.pop()
    return _Run(tables).over(before[_top_statement(before) :], offset, typed)


def _top_statement(tokens: list[Token]) -> int:
    """Index of the last word that begins a statement outside all braces."""
    level, found = 0, 0
    for k, token in enumerate(tokens):
        if token.kind == "LBRACE":
            level += 1
        elif token.kind == "RBRACE":
            level = max(level - 1, 0)
        elif level == 0 and token.kind in STATEMENTS:
            found = k
    return found


@dataclass
class _Run:
    tables: Tables
    states: list[int] = field(default_factory=list)
    anchor: list[int] = field(default_factory=list)
    """The automaton's stack at the beginning of the statement."""
    statement: list[Token] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    blocks: list[tuple[Block, list[int]]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    broken: bool = False

    def over(self, tokens: list[Token], offset: int, typed: Token | None) -> Place:
        self.states = [self.tables.start]
        self.anchor = self.states.copy()
        for token in tokens:
            self._take(token)
        expected = None
        if not self.broken:
            row = self.tables.actions[self.states[-1]]
            expected = frozenset(kind for kind in row if self._shift(self.states.copy(), kind))
        blocks = tuple(block for block, _ in self.blocks)
        return Place(offset, typed, expected, blocks, tuple(self.statement), tuple(self.kinds))

    def _take(self, token: Token) -> None:
        kind = token.kind
        if kind in STATEMENTS:
            self._begin(token)
        elif kind == "LBRACE" and self._opens_block():
            self._open_block()
        elif kind == "RBRACE" and not self.opened and self.blocks:
            self._close_block()
        else:
            self._bracket(kind)
            self._inside(token)

    def _begin(self, token: Token) -> None:
        states = self.states.copy()
        if self.broken or not self._shift(states, token.kind):
            self.states = self.anchor.copy()
            states = self.states.copy()
            self._shift(states, token.kind)
        self.anchor = self.states
        self.states = states
        self.statement, self.kinds, self.opened, self.broken = [token], [token.kind], [], False

    def _opens_block(self) -> bool:
        return bool(self.kinds) and self.kinds[0] in BLOCK_STATEMENTS and not self.opened

    def _open_block(self) -> None:
        name = next((t.text for t, kind in zip(self.statement, self.kinds, strict=True) if kind == "NAME"), "")
        outer, keyword = self.anchor, self.kinds[0]
        if self.broken or not self._shift(self.states, "LBRACE"):
            for head in ((), ("NAME",), ("NAME", "LPAR", "RPAR")):
                states = outer.copy()
                if all(self._shift(states, kind) for kind in (keyword, *head, "LBRACE")):
                    self.states = states
                    break
        self.blocks.append((Block(keyword, name), outer))
        self.anchor = self.states.copy()
        self.statement, self.kinds, self.broken = [], [], False

    def _close_block(self) -> None:
        _, outer = self.blocks.pop()
        if self.broken or not self._shift(self.states, "RBRACE"):
            self.states = self.anchor
            if not self._shift(self.states, "RBRACE"):
                self.states = outer
        self.anchor = self.states.copy()
        self.statement, self.kinds, self.broken = [], [], False

    def _bracket(self, kind: str) -> None:
        if kind in OPENING:
            self.opened.append(OPENING[kind])
        elif kind in CLOSING and self.opened and self.opened[-1] == kind:
            self.opened.pop()

    def _inside(self, token: Token) -> None:
        kind = token.kind
        if token.soft:
            kind = token.soft if token.soft in self.tables.actions[self.states[-1]] else "NAME"
        self.statement.append(token)
        self.kinds.append(kind)
        if not self.broken:
            states = self.states.copy()
            self.broken = not self._shift(states, kind)
            self.states = states

    def _shift(self, states: list[int], kind: str) -> bool:
        """Move `states` over one token of this kind; whether the automaton takes it."""
        while True:
            step = self.tables.actions[states[-1]].get(kind)
            if step is None:
                return False
            if step >= 0:
                states.append(step)
                return True
            symbol, size = self.tables.rules[~step]
            if size:
                del states[-size:]
            states.append(self.tables.gotos[states[-1]][symbol])
            if states[-1] == self.tables.end:
                return False
