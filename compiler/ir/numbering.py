"""A game -> the numbers of its equations: `EquationNumbers`. One order for documents, for the comments of generated
scripts and for certificates.

Players come with leaders first; each with its objective, its named expressions, its constraints, then for each
variable its bounds and what holds at the edges of its index, then what a case fixes. Shared constraints, named
expressions of the whole model, computed data, reports and comparisons follow. Named expressions that are just another
name for data have no number; the nomenclature says what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import UnionType

from compiler.ir import expr as ir
from compiler.ir.game import (
    ConstraintDef,
    FixDef,
    Game,
    LetDef,
    ObjectiveDef,
    ParamDef,
    PlayerDef,
    ReportDef,
    SetDef,
    VarDef,
)
from compiler.ir.levels import ordered_players
from compiler.ir.walk import holds_variables
from grammar.source import Span

Statement = ObjectiveDef | LetDef | ConstraintDef | VarDef | FixDef | ParamDef | SetDef | ReportDef


@dataclass(frozen=True, eq=False, slots=True)
class Entry:
    """An equation of a document. `part` is "" for what the statement says; of a variable it is "bounds", "before" (the
    value before its first element), "cyclic" or "final" (what holds at its last element)."""

    number: int
    statement: Statement
    part: str = ""


@dataclass(frozen=True, eq=False)
class EquationNumbers:
    """All equations of a game in order, numbered from 1."""

    entries: tuple[Entry, ...]
    markets: Mapping[int, ObjectiveDef] = field(default_factory=dict)
    """By identity of a market's price, the objective that stands for its condition: it holds the price's bounds."""

    @staticmethod
    def of_game(game: Game) -> EquationNumbers:
        pairs = _ordered(game)
        entries = tuple(Entry(k, statement, part) for k, (statement, part) in enumerate(pairs, start=1))
        return EquationNumbers(entries, {id(v): p.objective for p in game.players if p.market for v in p.variables})

    def followed_by(self, statements: Iterable[Statement]) -> EquationNumbers:
        """These and further statements behind them, such as those of a derivation; of variables their bounds."""
        first = len(self.entries) + 1
        listed = enumerate(statements, start=first)
        further = tuple(Entry(k, s, "bounds" if isinstance(s, VarDef) else "") for k, s in listed)
        return EquationNumbers((*self.entries, *further), self.markets)

    def of(self, statement: Statement, part: str = "") -> int | None:
        """The number of a statement of this game; None for one that has no equation. Statements are known by
        identity."""
        if part == "bounds" and id(statement) in self.markets:
            return self.of(self.markets[id(statement)])
        return next((e.number for e in self.entries if e.statement is statement and e.part == part), None)

    def by_name(self, player: str, name: str, part: str = "") -> int | None:
        """The number of `player.name` (the player "" for what stands at the top), as certificates know it."""
        return next((e.number for e in self.entries if _name(e.statement) == (player, name) and e.part == part), None)

    def holding(
        self, span: Span, kind: type[Statement] | UnionType = ConstraintDef | LetDef | ObjectiveDef
    ) -> int | None:
        """The number of the one equation of this kind in whose text something stands; None where there are several, as
        of a component that is used twice, or none."""
        found = [
            e.number
            for e in self.entries
            if isinstance(e.statement, kind)
            and any(
                of.source is span.source and of.start <= span.start and span.end <= of.end for of in _said(e.statement)
            )
        ]
        return found[0] if len(found) == 1 else None

    def parts(self, statement: Statement) -> tuple[Entry, ...]:
        """Every equation of a statement."""
        return tuple(e for e in self.entries if e.statement is statement)


def is_plain(expression: ir.Expr) -> bool:
    """Whether an expression is a number or a name, perhaps with a sign."""
    inner = expression.operand if isinstance(expression, ir.Negate) else expression
    return isinstance(inner, ir.Number | ir.Use | ir.IndexValue | ir.Cardinality | ir.Ordinal)


def is_alias(let: LetDef) -> bool:
    """Whether a named expression is just another name for data, such as a component's parameter."""
    return is_plain(let.value) and not holds_variables(let.value)


def is_computed(definition: ParamDef | SetDef) -> bool:
    """Whether data come from a formula worth a line of its own."""
    if isinstance(definition, SetDef):
        return isinstance(definition.value, ir.SetFilter | ir.SetCombination)
    return definition.value is not None and not is_plain(definition.value)


def _said(statement: Statement) -> Iterator[Span]:
    """The places of a statement's expressions."""
    match statement:
        case ConstraintDef():
            parts = (statement.left, statement.middle, statement.right, *(statement.perp or ()))
            yield from (e.span for e in parts if e is not None)
        case LetDef() | ObjectiveDef():
            yield statement.value.span
        case _:
            return


def _name(statement: Statement) -> tuple[str, str]:
    if isinstance(statement, FixDef):
        return "", ""
    return getattr(statement, "player", ""), statement.name


def _ordered(game: Game) -> Iterator[tuple[Statement, str]]:
    for player in ordered_players(game):
        yield from _of_player(game, player)
    yield from ((c, "") for c in game.shared)
    yield from ((x, "") for x in game.lets if not is_alias(x))
    yield from ((s, "") for s in game.sets if is_computed(s))
    yield from ((p, "") for p in game.params if is_computed(p))
    yield from ((r, "") for r in (*game.reports, *game.comparisons) if not r.missing)


def _of_player(game: Game, player: PlayerDef) -> Iterator[tuple[Statement, str]]:
    yield player.objective, ""
    yield from ((x, "") for x in player.lets if not is_alias(x))
    yield from ((p, "") for p in player.params if is_computed(p))
    yield from ((c, "") for c in player.constraints)
    for variable in player.variables:
        if not player.market:
            yield variable, "bounds"
        if variable.before is not None:
            yield variable, "before"
        if variable.cyclic:
            yield variable, "cyclic"
        if variable.final is not None:
            yield variable, "final"
    yield from ((f, "") for f in game.fixes if any(f.variable is v for v in player.variables))
