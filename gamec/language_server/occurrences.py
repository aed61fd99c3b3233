"""The statements of a model and its `Names` -> every place where a name stands, with the symbol that it means there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from compiler.syntax import declarations, expressions
from gamec.language_server.names import Letters, Names, Symbol
from grammar.source import Source, Span


@dataclass(frozen=True, slots=True)
class Occurrence:
    span: Span
    symbol: Symbol

    @property
    def declares(self) -> bool:
        """Whether this is the place where the symbol is declared."""
        return self.symbol.span is not None and self.symbol.span == self.span


class Occurrences:
    """All occurrences, by source and place."""

    def __init__(self, statements: Iterable[declarations.Statement], names: Names) -> None:
        walk = _Walk(names)
        for statement in statements:
            walk.statement(statement, "", {})
        self.all = walk.found
        self._by_source: dict[int, list[Occurrence]] = {}
        for occurrence in walk.found:
            self._by_source.setdefault(id(occurrence.span.source), []).append(occurrence)
        for listed in self._by_source.values():
            listed.sort(key=lambda o: o.span.start)

    def at(self, source: Source, offset: int) -> Occurrence | None:
        """The occurrence that the offset lies in, or at whose end it is."""
        listed = self._by_source.get(id(source), [])
        k = bisect_right(listed, offset, key=lambda o: o.span.start) - 1
        return listed[k] if k >= 0 and offset <= listed[k].span.end else None

    def of(self, symbol: Symbol) -> list[Occurrence]:
        return [o for o in self.all if o.symbol is symbol]


class _Walk:
    """Goes through the tree with the block's owner and the letters that are bound where it is."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.found: list[Occurrence] = []
        self.builtin: dict[tuple[str, str], Symbol] = {}
        self.reports = False

    def note(self, span: Span, symbol: Symbol | None) -> None:
        if symbol is not None:
            self.found.append(Occurrence(span, symbol))

    def statement(self, s: declarations.Statement, owner: str, letters: Letters) -> None:
        self.reports = isinstance(s, declarations.ReportDecl) and s.kind == "compare"
        match s:
            case declarations.UseDecl():
                self._use(s, owner, letters)
            case declarations.FixDecl():
                for part in s.target.parts:
                    letters = self._bound(part.index, letters)
                self.names_in((s.target, s.value), owner, letters)
            case declarations.DropDecl():
                self.names_in((s.target,), owner, letters)
            case declarations.ImportDecl():
                pass
            case declarations.SolveDecl():
                for name, _ in s.options:
                    self.note(name.span, self._built_in("option", name.text))
            case _:
                self._headed(s, owner, self._head(s.head, owner, letters))

    def _head(self, head: declarations.Head, owner: str, letters: Letters) -> Letters:
        """The letters bound by the index of a head."""
        self.note(head.name.span, self.names.declared_at(head.name.span) or self.names.find(head.name.text, owner))
        inner = self._bound(head.index, letters)
        self.names_in((head.index, head.unit), owner, inner)
        return inner

    def _headed(self, s: declarations.Statement, owner: str, letters: Letters) -> None:
        """What follows the head, where the letters of its index are bound."""
        match s:
            case declarations.SetDecl() | declarations.ScenariosDecl():
                for letter in s.letters:
                    self.note(letter.span, self.names.declared_at(letter.span))
                if isinstance(s, declarations.SetDecl):
                    self.names_in((s.within, s.value), owner, letters)
            case declarations.UnitDecl():
                self.names_in((s.definition,), owner, letters)
            case declarations.ParamDecl():
                self.names_in((s.value, s.default, s.bounds), owner, letters)
                if s.scenarios is not None:
                    self.note(s.scenarios.span, self.names.find(s.scenarios.text))
            case declarations.LetDecl() | declarations.ObjectiveDecl() | declarations.ReportDecl():
                self.names_in((s.value,), owner, letters)
            case declarations.VarDecl():
                self.names_in((s.bounds, s.start, s.starts, s.ends), owner, letters)
            case declarations.ConstraintDecl():
                self.names_in((s.relation,), owner, letters)
                if s.price is not None:
                    self.names_in((s.price.bounds,), owner, self._head(s.price.head, owner, letters))
            case declarations.PlotDecl():
                self.names_in(s.series, owner, letters)
                if s.over is not None:
                    self.note(s.over.span, self.names.find(s.over.text))
            case declarations.PlayerDecl():
                for part in s.follows.leaders if s.follows else ():
                    self.note(part.name.span, self.names.find(part.name.text))
                for inner in s.body or ():
                    self.statement(inner, s.head.name.text, letters)
            case declarations.ComponentDecl():
                for inner in (*s.parameters, *s.body):
                    self.statement(inner, f"component {s.head.name.text}", letters)
            case declarations.CaseDecl():
                if s.extends is not None:
                    self.note(s.extends.span, self.names.cases.get(s.extends.text))
                for inner in s.changes:
                    self.statement(inner, owner, letters)
            case _:
                pass

    def _use(self, s: declarations.UseDecl, owner: str, letters: Letters) -> None:
        self.note(s.component.span, self.names.components.get(s.component.text))
        formals = self.names.members.get(f"component {s.component.text}", {})
        inner = self._bound(s.index, letters)
        for name, value in s.arguments:
            self.note(name.span, formals.get(name.text))
            self.names_in((value,), owner, inner)
        self.note(s.prefix.span, self.names.declared_at(s.prefix.span))
        self.names_in((s.index,), owner, inner)

    def names_in(self, parts: Iterable[Any], owner: str, letters: Letters) -> None:
        """Every name in these nodes, tuples of nodes and Nones."""
        stack: list[tuple[Any, Letters]] = [(part, letters) for part in parts]
        while stack:
            node, bound = stack.pop()
            match node:
                case None | Span() | str() | float() | int():
                    continue
                case tuple():
                    stack += [(child, bound) for child in node]
                    continue
                case expressions.Ref():
                    chain = self.names.chain([p.name.text for p in node.parts], owner, bound, self.reports)
                    for part, symbol in zip(node.parts, chain, strict=True):
                        self.note(part.name.span, symbol)
                    stack += [(part.index, bound) for part in node.parts]
                    continue
                case declarations.UnitFactor():
                    if node.name:
                        unit = self.names.units.get(node.name) or self._built_in("unit", node.name)
                        self.note(_without_power(node.span), unit)
                    continue
                case expressions.Call() | expressions.PiecewiseCall():
                    self.note(node.function.span, self._built_in("function", node.function.text))
                case expressions.Reduce():
                    bound = self._bound(node.items, bound)
                case expressions.IndexList():
                    bound = self._bound(node, bound)
                case expressions.Braces():
                    bound = _with_binders([e.key for e in node.entries], bound)
                case _:
                    pass
            for field in getattr(node, "__dataclass_fields__", ()):
                child = getattr(node, field)
                if not isinstance(child, str | expressions.Name):
                    stack.append((child, bound))

    def _bound(self, index: expressions.IndexList | None, letters: Letters) -> Letters:
        return letters if index is None else _with_binders(index.items, letters)

    def _built_in(self, kind: str, name: str) -> Symbol:
        return self.builtin.setdefault((kind, name), Symbol(name, kind))


def _with_binders(items: Iterable[expressions.Expr], letters: Letters) -> Letters:
    """The letters, and those that binders `u in T`, `(k,t) in Link` among the items bind."""
    found: dict[str, Symbol] = {}
    for item in items:
        if not (isinstance(item, expressions.Compare) and item.ops == ("in",)):
            continue
        left, right = item.operands
        for letter in left.items if isinstance(left, expressions.Tuple) else (left,):
            if isinstance(letter, expressions.Ref) and len(letter.parts) == 1 and letter.parts[0].index is None:
                name = letter.parts[0].name
                found[name.text] = Symbol(name.text, "letter", "", name.span, item.span, None, right.span.text)
    return {**letters, **found} if found else letters


def _without_power(span: Span) -> Span:
    """The name alone of a factor `name^2`."""
    length = len(span.text.partition("^")[0].rstrip())
    return Span(span.source, span.start, span.start + length)
