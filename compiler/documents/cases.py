"""The cases of a game -> a table of what each changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.documents import math as m
from compiler.documents.document import Code, Column, Formula, Inline, Inlines, Reference, Table, Text, words
from compiler.documents.formulas import Formulas, spread
from compiler.documents.symbols import element
from compiler.ir.game import ConstraintDef, Game, ParamDef
from compiler.ir.numbering import EquationNumbers


def case_table(game: Game, cases: Mapping[str, Game], formulas: Formulas, numbers: EquationNumbers) -> Table | None:
    """Each case with what it changes in the case that it extends, or in the model as it stands.

    `cases` has every case's game by name, and under "" the model without a case.
    """
    rows: list[tuple[Inlines, ...]] = []
    for case in game.cases:
        if case.name not in cases:
            continue
        changed = list(_changes(cases[case.extends], cases[case.name], formulas, numbers))
        extends: Inlines = (Text("as "), Code(case.extends), Text(", ")) if case.extends else ()
        said = [part for k, c in enumerate(changed) for part in ((Text("; "), *c) if k else c)]
        if not said:
            said = [Text("nothing changed" if case.extends else "the model as it stands")]
        rows.append(((Code(case.name),), words(case.doc), (*extends, *said)))
    if not rows:
        return None
    columns = (Column("Case"), Column("What it is", 0.4), Column("What it changes", 0.6))
    return Table("Cases", columns, (("", tuple(rows)),))


def _changes(before: Game, after: Game, formulas: Formulas, numbers: EquationNumbers) -> Iterator[Inlines]:
    old = {(p.player, p.name): p for p in before.all_params()}
    for p in after.all_params():
        known = old.get((p.player, p.name))
        if known is None or _source(known) != _source(p):
            yield tuple(_value(p, formulas))
    seen = {(f.span.source.path, f.span.start) for f in before.fixes}
    for f in after.fixes:
        if (f.span.source.path, f.span.start) not in seen:
            symbol = formulas.symbols.of(f.variable, [formulas.index(i) for i in f.indices])
            parts = m.row(symbol, m.Sign("=="), formulas.of(f.value))
            yield (Text("fixed "), Formula(parts), *_where(formulas.domain(f.domain)))
    left = {p.name for p in after.players}
    for player in before.players:
        if player.name not in left:
            yield (Text("without "), Code(player.name))
            continue
        kept = {c.name for c in after.player(player.name).constraints}
        for c in player.constraints:
            if c.name not in kept:
                yield (Text("without "), *_constraint(c, numbers))
        leaders = after.player(player.name).leaders
        if leaders != player.leaders and not player.market:
            yield (Code(player.name), Text(f" follows {' and '.join(leaders) if leaders else 'nobody'}"))
    shared = {c.name for c in after.shared}
    for c in before.shared:
        if c.name not in shared:
            yield (Text("without "), *_constraint(c, numbers))


def _constraint(c: ConstraintDef, numbers: EquationNumbers) -> Iterator[Inline]:
    found = numbers.by_name(c.player, c.name)
    yield Code(c.name)
    if found is not None:
        yield Text(" ")
        yield Reference(found)


def _source(p: ParamDef) -> object:
    """Where the values come from: places in the text."""
    places = (
        p.value.span if p.value is not None else None,
        p.literal.span if p.literal is not None else None,
        p.file_span,
        p.default.span if p.default is not None else None,
    )
    return tuple((s.source.path, s.start, s.end) if s is not None else None for s in places)


def _where(domain: tuple[m.Math, ...]) -> Iterator[Inline]:
    if domain:
        yield Text(" ")
        yield Formula(spread(domain))


def _value(p: ParamDef, formulas: Formulas) -> Iterator[Inline]:
    symbol = formulas.symbols.head(p)
    if p.value is not None:
        yield Formula(m.row(symbol, m.Sign("=="), formulas.of(p.value)))
    elif p.literal is not None:
        for k, entry in enumerate(p.literal.entries):
            at = formulas.symbols.of(p, [element(e) for e in entry.key])
            yield Text(", " if k else "")
            yield Formula(m.row(at, m.Sign("=="), formulas.of(entry.value)))
        if p.default is not None:
            yield Text(", otherwise ")
            yield Formula(formulas.of(p.default))
    elif p.file is not None:
        yield Formula(symbol)
        yield Text(" from ")
        yield Code(p.file)
    elif p.default is not None:
        yield Formula(m.row(symbol, m.Sign("=="), formulas.of(p.default)))
