"""The statements of a file and its imports -> `Names`: what is declared where, and what a name means at a place.

This looks at the syntax tree alone, so that it serves a text that is still being written. Where the checked model would
report an ambiguous or unknown name, there is no symbol here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from compiler.syntax import declarations, expressions
from grammar.source import Span


@dataclass(frozen=True, eq=False, slots=True)
class Symbol:
    """Something with a name. `kind` is a key of `KINDS`; `owner` the player or component that declares it ("" at the
    top).

    `span` is the place of the name, `whole` of the declaration; both None for what is built in. `of` is, for a letter
    or an element, the set as written; for a component in use, the component.
    """

    name: str
    kind: str
    owner: str = ""
    span: Span | None = None
    whole: Span | None = None
    head: declarations.Head | None = None
    of: str = ""


KINDS: dict[str, str] = {
    "game": "game",
    "unit": "unit",
    "set": "set",
    "scenarios": "scenarios",
    "letter": "index letter",
    "element": "element",
    "param": "parameter",
    "let": "named expression",
    "var": "variable",
    "minimize": "objective, minimized",
    "maximize": "objective, maximized",
    "constraint": "constraint",
    "clear": "market",
    "shared": "shared constraint",
    "price": "shadow price",
    "player": "player",
    "component": "component",
    "use": "component in use",
    "case": "case",
    "report": "report",
    "compare": "comparison",
    "plot": "plot",
    "function": "function",
    "option": "hint for solving",
}
"""What each kind of symbol is called."""

Letters = Mapping[str, Symbol]
"""Letters bound by a binder at a place, by name; those of set declarations are in `Names.top`."""


class Names:
    """All names of a model. Of two declarations of one name the first counts."""

    def __init__(self, statements: Iterable[declarations.Statement]) -> None:
        self.top: dict[str, Symbol] = {}
        self.members: dict[str, dict[str, Symbol]] = {}
        self.components: dict[str, Symbol] = {}
        self.cases: dict[str, Symbol] = {}
        self.units: dict[str, Symbol] = {}
        self.elements: dict[str, Symbol] = {}
        self._places: dict[tuple[int, int], Symbol] = {}
        for statement in statements:
            self._declare_top(statement)

    # ------------------------------------------------------------ looking up

    def declared_at(self, span: Span) -> Symbol | None:
        """The symbol whose declaration has its name at this place."""
        return self._places.get((id(span.source), span.start))

    def players(self) -> Iterator[Symbol]:
        return (s for s in self.top.values() if s.kind == "player")

    def find(self, name: str, owner: str = "", letters: Letters | None = None) -> Symbol | None:
        """What `name` means in the block of `owner`: a bound letter, its own, the top's, or the only one elsewhere."""
        if letters and name in letters:
            return letters[name]
        own = self.members.get(owner, {}).get(name)
        if own is not None:
            return own
        if name in self.top:
            return self.top[name]
        others = [self.members[p.name][name] for p in self.players() if name in self.members[p.name]]
        if others:
            return others[0] if len(others) == 1 else None
        return self.elements.get(name)

    def chain(
        self, names: Sequence[str], owner: str = "", letters: Letters | None = None, reports: bool = False
    ) -> list[Symbol | None]:
        """What each part of a dotted name means; `reports` where `case.report` may be written."""
        first = self.find(names[0], owner, letters)
        if len(names) > 1 and reports and names[0] in self.cases:
            first = self.cases[names[0]]
        found = [first]
        for name in names[1:]:
            before = found[-1]
            found.append(None if before is None else self.members_of(before).get(name))
        return found

    def members_of(self, symbol: Symbol) -> dict[str, Symbol]:
        """What may stand after `symbol.`; empty for what has no members."""
        match symbol.kind:
            case "player":
                return self.members.get(symbol.name, {})
            case "use":
                return self.members.get(f"component {symbol.of}", {})
            case "case":
                return {n: s for n, s in self.top.items() if s.kind == "report"}
            case _:
                return {}

    def in_scope(self, owner: str) -> dict[str, Symbol]:
        """Everything that may be written bare in the block of `owner`, its own first."""
        found = {**self.members.get(owner, {})}
        for name, symbol in self.top.items():
            found.setdefault(name, symbol)
        others: dict[str, list[Symbol]] = {}
        for player in self.players():
            for name, symbol in self.members[player.name].items():
                others.setdefault(name, []).append(symbol)
        for name, symbols in others.items():
            if len(symbols) == 1:
                found.setdefault(name, symbols[0])
        return found

    # ------------------------------------------------------------ declaring

    def _enter(self, table: dict[str, Symbol], symbol: Symbol) -> None:
        known = table.setdefault(symbol.name, symbol)
        if known is symbol and symbol.span is not None:
            self._places[id(symbol.span.source), symbol.span.start] = symbol

    def _symbol(self, kind: str, head: declarations.Head, whole: Span, owner: str = "", of: str = "") -> Symbol:
        return Symbol(head.name.text, kind, owner, head.name.span, whole, head, of)

    def _declare_top(self, s: declarations.Statement) -> None:
        match s:
            case declarations.GameDecl():
                symbol = self._symbol("game", s.head, s.span)
                self._places[id(s.span.source), s.head.name.span.start] = symbol
            case declarations.UnitDecl():
                self._enter(self.units, self._symbol("unit", s.head, s.span))
            case declarations.SetDecl() | declarations.ScenariosDecl():
                self._declare_set(s)
            case declarations.PlayerDecl():
                player = self._symbol("player", s.head, s.span)
                if s.head.name.text not in self.top:
                    self._enter(self.top, player)
                    self._declare_body(s.head.name.text, s.body or ())
            case declarations.ComponentDecl():
                if s.head.name.text not in self.components:
                    self._enter(self.components, self._symbol("component", s.head, s.span))
                    self._declare_body(f"component {s.head.name.text}", (*s.parameters, *s.body))
            case declarations.CaseDecl():
                self._enter(self.cases, self._symbol("case", s.head, s.span))
            case declarations.PlotDecl():
                self._enter({}, self._symbol("plot", s.head, s.span))
            case _:
                self._declare_in(self.top, s, "")

    def _declare_set(self, s: declarations.SetDecl | declarations.ScenariosDecl) -> None:
        name = s.head.name.text
        self._enter(
            self.top, self._symbol("set" if isinstance(s, declarations.SetDecl) else "scenarios", s.head, s.span)
        )
        for letter in s.letters:
            self._enter(self.top, Symbol(letter.text, "letter", "", letter.span, s.span, s.head, name))
        if isinstance(s, declarations.SetDecl) and isinstance(s.value, expressions.Braces) and s.value.where is None:
            for entry in s.value.entries:
                key = entry.key
                if entry.value is None and isinstance(key, expressions.Ref) and len(key.parts) == 1:
                    element = key.parts[0].name
                    self._enter(self.elements, Symbol(element.text, "element", "", element.span, s.span, None, name))

    def _declare_body(self, owner: str, body: Iterable[declarations.Statement]) -> None:
        table = self.members.setdefault(owner, {})
        for s in body:
            self._declare_in(table, s, owner)

    def _declare_in(self, table: dict[str, Symbol], s: declarations.Statement, owner: str) -> None:
        match s:
            case declarations.ParamDecl():
                self._enter(table, self._symbol("param", s.head, s.span, owner))
            case declarations.LetDecl():
                self._enter(table, self._symbol("let", s.head, s.span, owner))
            case declarations.VarDecl():
                self._enter(table, self._symbol("var", s.head, s.span, owner))
            case declarations.ObjectiveDecl():
                self._enter(table, self._symbol("maximize" if s.maximize else "minimize", s.head, s.span, owner))
            case declarations.ReportDecl():
                self._enter(table, self._symbol(s.kind, s.head, s.span, owner))
            case declarations.ConstraintDecl():
                self._enter(table, self._symbol(s.kind, s.head, s.span, owner))
                if s.price is not None:
                    self._enter(table, self._symbol("price", s.price.head, s.price.span, owner, s.head.name.text))
            case declarations.UseDecl():
                self._enter(table, Symbol(s.prefix.text, "use", owner, s.prefix.span, s.span, None, s.component.text))
            case _:
                pass
