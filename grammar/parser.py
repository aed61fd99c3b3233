"""A source and a builder -> what the builder makes of it. Runs the LALR(1) tables; goes on after an error.

After a slip whose meaning is clear the parser reads on as if it had been written well; after any other it drops the
statement and goes on at the next word that begins one, or at the closing brace. So one run reports every slip that it
can be sure of. The number of errors is limited and each costs at most one pass over the text: the time is linear.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import Any, Protocol

from grammar.collector import collector_paused
from grammar.diagnostics import Findings
from grammar.slips import describe
from grammar.source import Source, Span
from grammar.tables import Tables, load_tables
from grammar.tokens import Token, tokenize
from grammar.trouble import Repair, Slip, Trouble
from grammar.words import BLOCK_STATEMENTS, END, ODD, STATEMENT_WORDS, STATEMENTS

__all__ = ["STATEMENT_WORDS", "TreeBuilder", "parse", "parse_tokens"]

MOST_ERRORS = 40
DEEPEST = 100
"""Nodes of the tree above one another; later stages walk the tree by recursion."""

LONGEST_STACK = 8 * DEEPEST
"""Symbols waiting on the parser's stack: no construct has more than eight for one level of the tree."""

PROOF = 3
"""A repair counts when the automaton takes this many tokens after it, or all up to another plain slip."""

FLAT = frozenset({"group", "body", "player", "case", "component", "start"})
"""Rules that do not count as a level: they hold statements, or leave no node."""

OPENERS = frozenset({"LPAR", "LSQB", "LBRACE"})
CLOSERS = frozenset({"RPAR", "RSQB", "RBRACE"})
Children = list[Any]


class TreeBuilder(Protocol):
    """What the parser calls: `begin` before each source, then one method per grammar rule, named as the rule,
    with its parts (tokens and what the rules of the parts gave); `unbalanced` when braces do not match."""

    def begin(self, source: Source, findings: Findings) -> None: ...

    def unbalanced(self) -> None: ...


def parse(source: Source, builder: TreeBuilder, findings: Findings) -> Any:
    """Parse `source`; syntax errors go to `findings`.

    Returns what the builder makes of rule `start` (for a text with errors, of what could be read), or None when there
    are too many errors. One builder serves one source at a time.
    """
    return parse_tokens(source, builder, findings)[0]


def parse_tokens(source: Source, builder: TreeBuilder, findings: Findings) -> tuple[Any, list[Token]]:
    """As `parse`, with the tokens, each of the kind that the grammar gave it (mended where there were errors)."""
    builder.begin(source, findings)
    with collector_paused():
        reading = _Reading(source, builder, findings)
        return reading.run(), reading.tokens


class _Reading:
    """One run over one source. `states[k + 1]`, `values[k]` and `depths[k]` belong to the same symbol of the stack."""

    def __init__(self, source: Source, builder: TreeBuilder, findings: Findings) -> None:
        self.source = source
        self.builder = builder
        self.findings = findings
        self.tables: Tables = load_tables()
        self.tokens = tokenize(source.text, self.tables)
        self.position = 0
        self.states = [self.tables.start]
        self.values: list[Any] = []
        self.depths: list[int] = []
        self.reported = 0
        self.stumbles = 0
        self.ended = False
        self.repaired = -1  # the statement (position of its keyword) in which a repair was made
        self.repaired_code = ""
        self.forgiven = 0  # closing braces that may follow without an opening one, because recovery dropped that

    def run(self) -> Any:
        actions, gotos = self.tables.actions, self.tables.gotos
        states, values, depths, end = self.states, self.values, self.depths, self.tables.end
        renamings: dict[tuple[int, int, str], int] = {}
        makers = [(symbol, size, self._maker(symbol)) for symbol, size in self.tables.rules]
        while True:
            token = self.tokens[self.position]
            kind = token.kind
            row = actions[states[-1]]
            if token.soft:
                token.kind = kind = token.soft if token.soft in row else "NAME"
            step = row.get(kind)
            while step is not None and step < 0:
                symbol, size, make = makers[~step]
                if size == 1 and make is None:  # the value stays as it is: take all such steps at once
                    key = states[-2], states[-1], kind
                    states[-1] = renamings[key] if key in renamings else renamings.setdefault(key, self._renamed(*key))
                else:
                    depth = max(depths[-size:]) if size else 0
                    if make is not None and symbol not in FLAT:
                        depth += 1
                        if depth > DEEPEST:
                            break
                    value = _flat(values[-size:]) if size else []
                    if make is not None:
                        value = make(value)
                    if size:
                        del states[-size:], values[-size:], depths[-size:]
                    states.append(gotos[states[-1]][symbol])
                    values.append(value)
                    depths.append(depth)
                if states[-1] == end:
                    return values[-1]
                step = actions[states[-1]].get(kind)
            if step is not None and step >= 0 and len(states) < LONGEST_STACK:
                states.append(step)
                values.append(token)
                depths.append(0)
                self.position += 1
            elif not (self._stumble() if step is None else self._too_deep()):
                return None

    def _renamed(self, below: int, state: int, kind: str) -> int:
        """The state on top after all reductions, before a token of this kind, that only rename the topmost symbol."""
        tables = self.tables
        while True:
            step = tables.actions[state].get(kind)
            if step is None or step >= 0:
                return state
            symbol, size = tables.rules[~step]
            if size != 1 or not symbol.startswith("_"):
                return state
            state = tables.gotos[below][symbol]

    def _maker(self, symbol: str) -> Callable[[Children], Any] | None:
        """The builder's method for a rule; None for a rule without a node, whose parts go to the rule above."""
        return None if symbol.startswith("_") else getattr(self.builder, symbol)

    # ------------------------------------------------------------ errors

    def _too_deep(self) -> bool:
        token = self.tokens[max(self.position - 1, 0)]
        self.findings.add(
            "G111",
            "this is nested too deeply",
            Span(self.source, token.start, token.end),
            f"more than {DEEPEST} levels",
            hints=["name a part of the expression: `let part = ...`, and use the name"],
        )
        self.reported += 1
        if self.reported >= MOST_ERRORS or self._statement_depth() is None:
            return False
        return self._drop_statement(blocks=False)

    def _stumble(self) -> bool:
        """Report the error at the current token, mend tokens and stack; False when reading cannot go on."""
        self.stumbles += 1
        if self.stumbles > 10 * MOST_ERRORS:
            return False
        if self.ended:
            return self._drop_statement()
        self.ended = self.tokens[self.position].kind == END
        trouble = self._trouble()
        slip = describe(trouble, self.forgiven > 0)
        if slip.unbalanced:
            self.builder.unbalanced()
        if slip.diagnostic is None:
            self.forgiven -= 1
        repair = next((r for r in slip.repairs if self._holds(r)), None)
        first_here = trouble.keyword is None or trouble.keyword != self.repaired
        if slip.diagnostic is not None:
            again = repair is not None and slip.diagnostic.code in (self.repaired_code, "G105")
            if first_here or again:
                self._report(slip)
        if self.reported >= MOST_ERRORS:
            return False
        if repair is None:
            self.repaired = -1
            return self._drop_statement()
        if trouble.keyword is not None and slip.diagnostic is not None:
            self.repaired, self.repaired_code = trouble.keyword, slip.diagnostic.code
        depth = self._depth_of(repair.first)
        if depth is not None:
            self._cut(depth)
        self.tokens[repair.first : repair.last] = repair.tokens
        self.position = repair.first
        return True

    def _report(self, slip: Slip) -> None:
        found = slip.diagnostic
        assert found is not None
        self.reported += 1
        self.findings.add(
            found.code,
            found.headline,
            found.span,
            found.label,
            others=found.others,
            notes=found.notes,
            hints=found.hints,
        )

    def _trouble(self) -> Trouble:
        row = self.tables.actions[self.states[-1]]
        expected = frozenset(kind for kind in row if self._shifts(self.states.copy(), kind))
        depth = self._statement_depth()
        keyword = None if depth is None else self._position_of(self.values[depth])
        return Trouble(
            self.source, self.tokens, self.position, expected, self._opened(), keyword, self.tables.spellings
        )

    def _holds(self, repair: Repair) -> bool:
        """Whether the automaton takes the repaired tokens and some more; nothing is built."""
        states = self.states.copy()
        if repair.first < self.position:
            depth = self._depth_of(repair.first)
            if depth is None:
                return False
            del states[depth + 1 :]
        if not all(self._shifts(states, t.kind, t.soft) for t in repair.tokens):
            return False
        for token in () if repair.sure else self.tokens[repair.last : repair.last + PROOF]:
            if token.kind in (ODD, "SEMICOLON"):
                return True
            if not self._shifts(states, token.kind if not token.soft else "NAME", token.soft):
                return False
            if token.kind in STATEMENTS or token.kind == END:
                return True
        return True

    def _drop_statement(self, blocks: bool = True) -> bool:
        """Panic: drop the statement, resume at a word that begins one, at a closing brace or at the end of the text."""
        depth = self._statement_depth()
        header = depth if blocks and depth is not None and self.values[depth].kind in BLOCK_STATEMENTS else None
        lost = () if depth is None else self.values[depth:]
        skipped = sum(isinstance(v, Token) and v.kind == "LBRACE" for v in lost)  # braces open in what is dropped
        while True:
            token = self.tokens[self.position]
            if token.kind == END or token.kind in STATEMENTS or (token.kind == "RBRACE" and not skipped):
                break
            if token.kind == "LBRACE":
                if header is not None and self._resume_block(header):
                    return True
                if not self._skip_block():
                    skipped += 1
            elif token.kind == "RBRACE":
                skipped -= 1
            self.position += 1
        if depth is not None:
            self._cut(depth)
        if not self._resume(self.tokens[self.position]):
            return False
        self.forgiven += skipped
        return True

    def _resume(self, token: Token) -> bool:
        """Cut the stack so that it takes `token`: a statement, `}`, or the end, which first closes open blocks."""
        for depth in range(len(self.values), -1, -1):
            if self._shifts(self.states[: depth + 1], token.kind):
                self._cut(depth)
                return True
            if token.kind == END and self._shifts(self.states[: depth + 1], "RBRACE"):
                self._cut(depth)
                self.builder.unbalanced()
                self.tokens.insert(self.position, Token("RBRACE", "}", token.start, token.start))
                return True
        if token.kind == "RBRACE":  # closes nothing, and something else has been reported here
            self.tokens.pop(self.position)
            return True
        return False

    def _resume_block(self, header: int) -> bool:
        """Go on at the `{` of a block whose head is not in order, so that what stands inside is read in its place."""
        for depth in range(len(self.values), header, -1):
            if self._shifts(self.states[: depth + 1], "LBRACE"):
                self._cut(depth)
                return True
        at = self.tokens[self.position].start
        for missing in (("NAME",), ("NAME", "LPAR", "RPAR")):
            states = self.states[: header + 2]
            if all(self._shifts(states, kind) for kind in (*missing, "LBRACE")):
                self._cut(header + 1)
                made = [Token(kind, self.tables.spellings.get(kind, "_"), at, at) for kind in missing]
                self.tokens[self.position : self.position] = made
                return True
        return False

    def _skip_block(self) -> bool:
        """At the `{` of a block of statements that belongs to nothing known: move to its `}` if there is one."""
        if self.tokens[self.position + 1].kind not in STATEMENTS:
            return False
        level = 0
        for k in range(self.position, len(self.tokens)):
            kind = self.tokens[k].kind
            level += (kind == "LBRACE") - (kind == "RBRACE")
            if level == 0:
                self.position = k
                return True
        return False

    # ------------------------------------------------------------ the stack

    def _cut(self, depth: int) -> None:
        """Keep the lowest `depth` symbols."""
        del self.states[depth + 1 :], self.values[depth:], self.depths[depth:]

    def _statement_depth(self) -> int | None:
        """Index on the stack of the word that begins the statement being read; None between statements."""
        for depth in range(len(self.values) - 1, -1, -1):
            value = self.values[depth]
            if isinstance(value, Token):
                if value.kind in STATEMENTS:
                    return depth
                if value.kind == "LBRACE" and "PARAM" in self.tables.actions[self.states[depth + 1]]:
                    return None
        return None

    def _position_of(self, token: Token) -> int:
        """Index of a token in the list; several that nobody wrote may stand at one place."""
        k = bisect_left(self.tokens, token.start, key=lambda t: t.start)
        while self.tokens[k] is not token:
            k += 1
        return k

    def _depth_of(self, position: int) -> int | None:
        """Index on the stack of the token at `position`; None when it is part of something larger, or still to come."""
        token = self.tokens[position]
        return next((k for k, value in enumerate(self.values) if value is token), None)

    def _opened(self) -> tuple[Token, ...]:
        """The brackets on the stack that are open, outermost first."""
        opened: list[Token] = []
        for value in self.values:
            if isinstance(value, Token):
                if value.kind in OPENERS:
                    opened.append(value)
                elif value.kind in CLOSERS:
                    opened.pop()
        return tuple(opened)

    def _shifts(self, states: list[int], kind: str, soft: str = "") -> bool:
        """Whether the automaton takes a token of this kind after its reductions; moves `states`, builds nothing."""
        tables = self.tables
        if soft and soft in tables.actions[states[-1]]:
            kind = soft
        while True:
            step = tables.actions[states[-1]].get(kind)
            if step is None:
                return False
            if step >= 0:
                states.append(step)
                return True
            symbol, size = tables.rules[~step]
            if size:
                del states[-size:]
            states.append(tables.gotos[states[-1]][symbol])
            if states[-1] == tables.end:
                return True


def _flat(values: list[Any]) -> list[Any]:
    """The parts of a rule, with those of rules without a node in their place; the first such list is used on."""
    first = values[0]
    if type(first) is list:
        parts = first
        values = values[1:]
    elif list in map(type, values):
        parts = []
    else:
        return values
    for value in values:
        if type(value) is list:
            parts += value
        else:
            parts.append(value)
    return parts
