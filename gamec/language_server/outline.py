"""A syntax tree -> document symbols: players, components and cases hold their declarations."""

from __future__ import annotations

from lsprotocol.types import DocumentSymbol, SymbolKind

from compiler.syntax import declarations, expressions
from gamec.language_server.positions import Positions
from grammar.source import Span

SYMBOL_KINDS: dict[str, SymbolKind] = {
    "game": SymbolKind.Module,
    "unit": SymbolKind.Key,
    "set": SymbolKind.Enum,
    "scenarios": SymbolKind.Enum,
    "param": SymbolKind.Constant,
    "let": SymbolKind.Function,
    "player": SymbolKind.Class,
    "var": SymbolKind.Variable,
    "minimize": SymbolKind.Event,
    "maximize": SymbolKind.Event,
    "constraint": SymbolKind.Operator,
    "clear": SymbolKind.Interface,
    "shared": SymbolKind.Interface,
    "use": SymbolKind.Object,
    "case": SymbolKind.Namespace,
    "report": SymbolKind.Number,
    "compare": SymbolKind.Number,
    "plot": SymbolKind.Array,
    "component": SymbolKind.Struct,
}
"""By the word that begins the statement."""


def outline(tree: declarations.Model, positions: Positions) -> list[DocumentSymbol]:
    """The symbols of the statements that declare something, in the order of the text."""
    return [symbol for s in tree.statements if (symbol := _symbol(s, positions)) is not None]


def _symbol(s: declarations.Statement, positions: Positions) -> DocumentSymbol | None:
    word = s.span.text.split(None, 1)[0] if s.span.text.strip() else ""
    kind = SYMBOL_KINDS.get(word)
    name = _name(s)
    if kind is None or name is None or not name.text:
        return None
    inner: tuple[declarations.Statement, ...] = ()
    match s:
        case declarations.PlayerDecl() | declarations.ComponentDecl():
            inner = s.body or ()
        case declarations.CaseDecl():
            inner = s.changes
        case _:
            pass
    children = [child for i in inner if (child := _symbol(i, positions)) is not None]
    whole = Span(s.span.source, min(s.span.start, name.span.start), max(s.span.end, name.span.end))
    head = getattr(s, "head", None)
    return DocumentSymbol(
        name=name.text,
        kind=kind,
        range=positions.range(whole),
        selection_range=positions.range(name.span),
        detail=(head.doc or None) if isinstance(head, declarations.Head) else None,
        children=children,
    )


def _name(s: declarations.Statement) -> expressions.Name | None:
    match s:
        case declarations.UseDecl():
            return s.prefix
        case declarations.FixDecl() | declarations.DropDecl() | declarations.ImportDecl() | declarations.SolveDecl():
            return None
        case _:
            return s.head.name
