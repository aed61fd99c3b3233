"""One text as it is being typed -> its tokens, tree, names and occurrences, each made once and when first asked for."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from pathlib import PurePath

from compiler import library
from compiler.ground.tables import Read, as_text
from compiler.syntax import declarations
from compiler.syntax.builder import Builder
from compiler.syntax.imports import expand_imports
from gamec.language_server.names import Names
from gamec.language_server.occurrences import Occurrence, Occurrences
from gamec.language_server.place import Place, place_at
from grammar.diagnostics import Findings
from grammar.parser import parse
from grammar.source import Source, Span
from grammar.tables import load_tables
from grammar.tokens import Token, tokenize


class Document:
    """`read` gives the files that the text names, relative to its folder."""

    def __init__(self, source: Source, read: Read) -> None:
        self.source = source
        self.read = read

    @cached_property
    def tokens(self) -> list[Token]:
        return tokenize(self.source.text, load_tables())

    @cached_property
    def tree(self) -> declarations.Model | None:
        """The text alone; None where there are too many slips."""
        return tree_of(self.source, Findings())

    @cached_property
    def statements(self) -> tuple[declarations.Statement, ...]:
        """Those of the text, after those of all files that it imports."""
        if self.tree is None:
            return ()
        whole = with_imports(self.tree, self.read, Findings())
        return whole.statements

    @cached_property
    def names(self) -> Names:
        return Names(self.statements)

    @cached_property
    def occurrences(self) -> Occurrences:
        return Occurrences(self.statements, self.names)

    def place(self, offset: int) -> Place:
        return place_at(self.tokens, offset, load_tables())

    def token_at(self, offset: int) -> Token | None:
        """The token that the offset lies in; between two that touch, a word goes first."""
        touching = [t for t in self._near(offset) if t.start <= offset <= t.end and t.start < t.end]
        return next((t for t in touching if t.text[:1].isidentifier()), touching[-1] if touching else None)

    def _near(self, offset: int) -> list[Token]:
        k = bisect_right(self.tokens, offset, key=lambda t: t.start)
        return self.tokens[max(k - 2, 0) : k]

    def occurrence_at(self, offset: int) -> Occurrence | None:
        """The name at the offset with what it means; looked up by its place alone where its statement has a slip."""
        found = self.occurrences.at(self.source, offset)
        if found is not None:
            return found
        token = self.token_at(offset)
        if token is None or token.kind != "NAME":
            return None
        chain = dotted(self.tokens, self.tokens.index(token))
        symbol = self.names.chain([t.text for t in chain], self.place(token.start).owner, reports=True)[-1]
        return None if symbol is None else Occurrence(Span(self.source, token.start, token.end), symbol)


def dotted(tokens: list[Token], last: int) -> list[Token]:
    """The names of `a.b`, `a[i].b` that end with the name `tokens[last]`."""
    chain = [tokens[last]]
    k = last - 1
    while k >= 1 and tokens[k].kind == "DOT":
        k -= 1
        if tokens[k].kind == "RSQB":
            level = 0
            while k > 0:
                level += (tokens[k].kind == "RSQB") - (tokens[k].kind == "LSQB")
                k -= 1
                if level == 0:
                    break
        if tokens[k].kind != "NAME":
            break
        chain.insert(0, tokens[k])
        k -= 1
    return chain


def tree_of(source: Source, findings: Findings) -> declarations.Model | None:
    """The tree of one text, made by a builder of its own, so that threads do not share one."""
    tree = parse(source, Builder(), findings)
    return tree if isinstance(tree, declarations.Model) else None


def with_imports(tree: declarations.Model, read: Read, findings: Findings) -> declarations.Model:
    """The tree with the statements of all that it imports in front."""
    name = PurePath(tree.span.source.path).name
    return expand_imports(
        tree, name, lambda source: tree_of(source, findings), lambda file: as_text(read(file)), library, findings
    )
