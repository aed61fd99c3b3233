"""A document and an offset -> what may be typed there: words by place, names in scope, members, units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compiler import library
from compiler.ir.units import builtin_units
from gamec.language_server.document import Document, dotted
from gamec.language_server.hover import detail
from gamec.language_server.names import Symbol
from gamec.language_server.place import Place
from gamec.language_server.words import FUNCTIONS, KEYWORDS, OPTIONS
from grammar.tables import load_tables
from grammar.tokens import Token
from grammar.words import STATEMENT_WORDS

BY_BLOCK: dict[str, tuple[str, ...]] = {
    "": tuple(
        w for w in STATEMENT_WORDS if w not in ("var", "minimize", "maximize", "constraint", "use", "fix", "drop")
    ),
    "PLAYER": ("var", "let", "param", "minimize", "maximize", "constraint", "use"),
    "COMPONENT": ("var", "let", "param", "constraint", "use"),
    "CASE": ("param", "fix", "drop", "player"),
    "SOLVE": (),
}
"""Words that begin a statement in each kind of block."""

DECLARING = frozenset(
    [
        "GAME",
        "UNIT",
        "SET",
        "SCENARIOS",
        "PARAM",
        "LET",
        "PLAYER",
        "VAR",
        "MINIMIZE",
        "MAXIMIZE",
        "CONSTRAINT",
        "CLEAR",
        "SHARED",
        "CASE",
        "REPORT",
        "COMPARE",
        "PLOT",
        "COMPONENT",
        "INDEX",
        "PRICE",
        "AS",
        "PROBABILITY",
    ]
)
"""After these a new name is expected, which only the writer knows."""

COMMON_UNITS = ("kW", "MW", "kWh", "MWh", "h", "1", "%", "GJ", "kg", "t", "m^3", "°C")

QUANTITIES = frozenset({"param", "let", "var", "price", "minimize", "maximize", "report"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """`kind` is one of `Names`' kinds, or "keyword", "file"; `rank` orders, the lowest first."""

    text: str
    kind: str
    detail: str = ""
    doc: str = ""
    rank: int = 5


def proposals(document: Document, offset: int) -> list[Proposal]:
    """Everything that fits at the offset; the word being typed there does not narrow it down."""
    if _in_comment(document, offset):
        return []
    token = document.token_at(offset)
    if token is not None and token.text.startswith('"') and token.start < offset:
        return []
    place = document.place(offset)
    return list({p.text: p for p in reversed(_fitting(document, place))}.values())[::-1]


def word_start(document: Document, offset: int) -> int:
    """Where the word begins that a proposal at `offset` replaces."""
    typed = document.place(offset).typed
    return offset if typed is None else typed.start


def _fitting(document: Document, place: Place) -> list[Proposal]:
    last = place.before()
    if last == "DOT":
        return _members(document, place)
    if last == "NUMBER" and place.statement[-1].end == place.offset:
        return []
    if last in DECLARING and not (place.block == "CASE" and last in ("PARAM", "PLAYER")):
        return []
    special = _after(document, place)
    if special is not None:
        return special
    found = _keywords(place, _first_on_line(document, place))
    if place.expected is None or "NAME" in place.expected:
        found = _names(document, place) + found
    return found


def _after(document: Document, place: Place) -> list[Proposal] | None:
    """What words such as `follows` and signs such as the colon before a unit ask for; None elsewhere."""
    names, kinds = document.names, place.kinds
    last = place.before()
    if place.expected is not None and "UNIT_SYMBOL" in place.expected and last != "UNIT":
        return _units(document)
    if last == "FOLLOWS" or (last == "COMMA" and "FOLLOWS" in kinds):
        own = place.statement[1].text if len(place.statement) > 1 else ""
        return _symbols((p for p in names.players() if p.name != own), 0)
    if last == "EXTENDS":
        return _symbols(names.cases.values(), 0)
    if last == "USE":
        return _symbols(names.components.values(), 0)
    if last == "OVER":
        return _symbols((s for s in names.top.values() if s.kind == "letter"), 0)
    if last == "FROM":
        return _symbols((s for s in names.top.values() if s.kind == "scenarios"), 0)
    if last == "IMPORT":
        return [Proposal("std", "keyword", "the library of gamec")]
    if last == "DROP":
        return _droppable(document)
    if place.block == "CASE" and last == "PARAM":
        return _symbols((s for s in names.top.values() if s.kind == "param"), 0)
    if place.block == "CASE" and last == "PLAYER":
        return _symbols(names.players(), 0)
    if place.block == "SOLVE":
        # Options come in pairs: a name, then its value.
        return [Proposal(n, "option", doc=d) for n, d in OPTIONS.items()] if len(place.statement) % 2 == 0 else []
    if kinds[:1] == ("USE",) and "LPAR" in kinds and "RPAR" not in kinds and last in ("LPAR", "COMMA"):
        formals = names.members.get(f"component {place.statement[1].text}", {})
        component = names.components.get(place.statement[1].text)
        if component is not None and component.head is not None:
            return _symbols(_formals(formals.values(), component), 0)
    return None


def _formals(members: Iterable[Symbol], component: Symbol) -> Iterable[Symbol]:
    """The members that are parameters in the parentheses: those before the brace."""
    assert component.whole is not None
    brace = component.whole.start + component.whole.text.index("{") if "{" in component.whole.text else 0
    return (m for m in members if m.span is not None and m.span.start < brace)


def _members(document: Document, place: Place) -> list[Proposal]:
    tokens = document.tokens
    k = next(k for k, t in enumerate(tokens) if t is place.statement[-1])
    if place.kinds[:1] == ("IMPORT",):
        return [Proposal(name, "file", "of the library") for name in library.library_names()]
    # The name to come belongs to the chain, so that what it makes of the names before it is right.
    chain = dotted([*tokens[: k + 1], Token("NAME", "", place.offset, place.offset)], k + 1)
    reports = place.kinds[:1] == ("COMPARE",)
    symbols = document.names.chain([t.text for t in chain], place.owner, reports=reports)
    base = symbols[-2] if len(symbols) > 1 else None
    if base is None:
        return []
    members = document.names.members_of(base).values()
    if place.kinds[:1] == ("DROP",):
        return _symbols((m for m in members if m.kind == "constraint"), 0)
    return _symbols((m for m in members if m.kind != "constraint"), 0)


def _droppable(document: Document) -> list[Proposal]:
    names = document.names
    found = _symbols((s for s in names.top.values() if s.kind in ("player", "clear", "shared")), 0)
    for player in names.players():
        inner = (m for m in names.members[player.name].values() if m.kind == "constraint")
        found += [Proposal(f"{player.name}.{m.name}", "constraint", detail(m), rank=1) for m in inner]
    return found


def _units(document: Document) -> list[Proposal]:
    declared = [Proposal(u.name, "unit", u.head.doc if u.head else "", rank=0) for u in document.names.units.values()]
    common = [Proposal(name, "unit", rank=1) for name in COMMON_UNITS]
    return declared + common + [Proposal(name, "unit", rank=2) for name in builtin_units()]


def _keywords(place: Place, first: bool) -> list[Proposal]:
    """Words that the grammar takes here; those that begin a statement only where the block has it. On a new line those
    come first."""
    spellings = load_tables().spellings
    if place.expected is None:
        words = set(BY_BLOCK.get(place.block, ()))
    else:
        words = {spellings[kind] for kind in place.expected if kind in spellings and spellings[kind].isalpha()}
    words -= set(STATEMENT_WORDS) - set(BY_BLOCK.get(place.block, ()))
    if place.block == "PLAYER" and place.expected is not None and "VAR" not in place.expected:
        words -= set(STATEMENT_WORDS)
    return [
        Proposal(
            word, "keyword", doc=KEYWORDS.get(word, ""), rank=(3 if first else 6) if word in STATEMENT_WORDS else 4
        )
        for word in sorted(words)
    ]


def _names(document: Document, place: Place) -> list[Proposal]:
    """Names that may stand in an expression, and functions."""
    names = document.names
    found = [Proposal(letter, "letter", "index letter", rank=0) for letter in _local_letters(place)]
    reporting = place.kinds[:1] in (("REPORT",), ("COMPARE",))
    for symbol in names.in_scope(place.owner).values():
        if symbol.kind in ("constraint", "compare", "plot", "clear", "shared") or (
            symbol.kind == "report" and not reporting
        ):
            continue
        near = symbol.owner == place.owner
        found.append(_proposal(symbol, 1 if near and symbol.kind in QUANTITIES else 2 if symbol.owner == "" else 3))
    if place.kinds[:1] == ("COMPARE",):
        found += _symbols(names.cases.values(), 0)
    found += _symbols(names.elements.values(), 4)
    found += [Proposal(name, "function", "function", about, 5) for name, about in FUNCTIONS.items()]
    return found


def _local_letters(place: Place) -> list[str]:
    """Letters that binders `u in T` and `(k,t) in Link` of this statement bind."""
    found = []
    for k, kind in enumerate(place.kinds):
        if kind != "IN" or k == 0:
            continue
        if place.kinds[k - 1] == "NAME":
            found.append(place.statement[k - 1].text)
        j = k - 1
        if place.kinds[j] == "RPAR":
            while j > 0 and place.kinds[j] != "LPAR":
                found += [place.statement[j].text] if place.kinds[j] == "NAME" else []
                j -= 1
    return list(dict.fromkeys(found))


def _symbols(symbols: Iterable[Symbol], rank: int) -> list[Proposal]:
    return [_proposal(symbol, rank) for symbol in symbols]


def _proposal(symbol: Symbol, rank: int) -> Proposal:
    doc = symbol.head.doc if symbol.head is not None and symbol.kind != "letter" else ""
    return Proposal(symbol.name, symbol.kind, detail(symbol), doc, rank)


def _first_on_line(document: Document, place: Place) -> bool:
    start = place.offset if place.typed is None else place.typed.start
    column = document.source.line_column(start)[1]
    return not document.source.text[start - column + 1 : start].strip()


def _in_comment(document: Document, offset: int) -> bool:
    """Whether a `#` stands before the offset on its line, outside tokens (so not in a string)."""
    column = document.source.line_column(offset)[1]
    start = offset - column + 1
    at = document.source.text.find("#", start, offset)
    while at >= 0:
        token = document.token_at(at)
        if token is None or not token.start < at < token.end:
            return True
        at = document.source.text.find("#", at + 1, offset)
    return False
