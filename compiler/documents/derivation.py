"""The optimality conditions of a game's players -> the sections that derive the single-level problem.

Numbers come after those of the model: for each follower its Lagrangian, stationarity, complementarity and, where there
is one, strong duality (`derived`). What the conditions say and their signs: `compiler.derivation.optimality`.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derivation import Optimality, SingleLevel
from compiler.documents.document import (
    Block,
    Column,
    Equations,
    Formula,
    Inline,
    Inlines,
    Listing,
    Paragraph,
    Reference,
    Section,
    Table,
    Text,
    listed,
    references,
    words,
)
from compiler.documents.equations import Statements
from compiler.documents.naming import player_name, player_title
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, LetDef, PlayerDef, Signature, VarDef
from compiler.ir.numbering import EquationNumbers, Statement


def derived(single: SingleLevel) -> Iterator[Statement]:
    """What the derivation adds to the numbered equations, in order. Each call makes new Lagrangians; rows stay."""
    for f in single.followers:
        for x in f.lifted:
            yield from x.rows
            yield from (v for v in x.variables if v.bounds)
        yield _lagrangian(f, len(single.followers) == 1)
        yield from (s.row for s in f.stationarity)
        yield from (c.row for c in f.complementarity)
        if f.duality is not None:
            yield f.duality


def _lagrangian(f: Optimality, alone: bool) -> LetDef:
    """`L`, with the player's name where there are several."""
    tex = r"\mathcal{L}" if alone else rf"\mathcal{{L}}^{{\mathrm{{{f.player.name.replace('_', ' ')}}}}}"
    signature = Signature(f"lagrangian_{f.player.name}", f.player.signature.span, None, "Lagrangian", tex)
    return LetDef(signature, f.player.name, f.player.domain, len(f.player.domain.letters), f.lagrangian)


def derivation(single: SingleLevel, statements: Statements) -> tuple[Section, ...]:
    """A section with the conditions of each follower, and one with the problem that they make."""
    conditions = tuple(_conditions(f, statements) for f in single.followers)
    return (
        Section("Optimality conditions", (Paragraph(words(_opening(single))),), conditions),
        _single_level(single, statements.numbers),
    )


def _opening(single: SingleLevel) -> str:
    if single.leader is None:
        return (
            "No player foresees another. Each one's problem is replaced by its optimality conditions, in which the "
            "decisions of the others are data; together they are the conditions of an equilibrium. Where a problem is "
            "convex they are necessary and sufficient for its optimum."
        )
    return (
        f"The {player_name(single.leader)} foresees the answers. Each follower's problem is replaced by its optimality "
        "conditions, in which the decisions of the others are data. Where a problem is convex they are necessary and "
        "sufficient for its optimum."
    )


def _conditions(f: Optimality, statements: Statements) -> Section:
    numbers = statements.numbers
    letter = next(e for e in numbers.entries if _is_lagrangian(e.statement, f))
    verb = "minimising" if f.sense > 0 else "minimising the negative of"
    name = player_name(f.player)
    opening = (
        Text(f"With a multiplier for each constraint and bound, the Lagrangian of the {name}, {verb} "),
        *_objective(f, statements),
        Text(", is"),
    )
    blocks: list[Block] = [*_lifted(f, statements), Paragraph(opening), Equations((statements.of(letter),))]
    if f.multipliers:
        blocks.append(_multipliers(f, statements))
    if f.stationarity:
        blocks += [
            Paragraph(tuple(_stationary(f, statements))),
            _rows(statements, *(s.row for s in f.stationarity)),
        ]
    equal = [n for m in f.multipliers if m.role == "equal" and (n := numbers.of(m.of, m.part)) is not None]
    if f.complementarity:
        blocks += [
            _said("Each inequality holds, and its multiplier is zero unless it holds with equality:"),
            _rows(statements, *(c.row for c in f.complementarity)),
        ]
    if equal:
        blocks.append(Paragraph((Text("The equalities "), *references(equal), Text(" hold as they stand."))))
    if f.duality is not None:
        blocks += [
            _said("In place of complementarity, strong duality may ask that the problem and its dual have one value:"),
            _rows(statements, f.duality),
        ]
    return Section(player_title(f.player), tuple(blocks))


def _lifted(f: Optimality, statements: Statements) -> Iterator[Block]:
    """Values without a derivative, what stands for them, and why that is the same."""
    if not f.lifted:
        return
    yield _said(
        "Some values have no derivative where their pieces meet. Further decisions stand for them, held at their "
        "sides; as nothing in this problem profits from a value beyond these, the optimum is the same."
    )
    formulas = statements.formulas
    for x in f.lifted:
        heads = [Formula(formulas.symbols.head(v)) for v in x.variables]
        said: list[Inline] = [Text("For "), Formula(formulas.of(x.node)), Text(" stands ")]
        if isinstance(x.node, ir.Risk):
            said += [Text("the quantile "), heads[0], Text(" with the weighted mean of the excess "), heads[1]]
            said.append(Text(" over it, divided by the share of the tail,"))
        else:
            said.append(heads[0])
        said.append(Text(" with"))
        yield Paragraph(tuple(said))
        yield Equations(statements.equations(*x.rows, *(v for v in x.variables if v.bounds)))


def _stationary(f: Optimality, statements: Statements) -> Iterator[Inline]:
    """`Its derivative is zero, that by x in (10), by y in (11):`"""
    yield Text("Its derivative by each decision is zero: ")
    for k, s in enumerate(f.stationarity):
        number = statements.numbers.of(s.row)
        yield Text(("" if not k else " and " if k == len(f.stationarity) - 1 else ", ") + "by ")
        yield Formula(statements.formulas.symbols.head(s.variable))
        if number is not None:
            yield Text(" in ")
            yield Reference(number)
    yield Text(".")


def _is_lagrangian(statement: Statement, f: Optimality) -> bool:
    return isinstance(statement, LetDef) and statement.value is f.lagrangian


def _objective(f: Optimality, statements: Statements) -> Iterator[Inline]:
    number = statements.numbers.of(f.player.objective)
    yield Formula(statements.formulas.symbols.head(f.player.objective))
    if number is not None:
        yield Text(" of ")
        yield Reference(number)


def _rows(statements: Statements, *rows: ConstraintDef) -> Equations:
    return Equations(statements.equations(*rows))


def _multipliers(f: Optimality, statements: Statements) -> Table:
    """Each family with what it belongs to."""
    shown: list[tuple[Inlines, ...]] = []
    for m in f.multipliers:
        number = statements.numbers.of(m.of, m.part)
        side = {"equal": "equality", "lower": "lower side", "upper": "upper side"}[m.role]
        if isinstance(m.of, VarDef) and m.role != "equal":
            side = {"lower": "lower bound", "upper": "upper bound"}[m.role]
        belongs: Inlines = (Text(f"{side} of "), Reference(number)) if number is not None else words(side)
        symbol = Formula(statements.formulas.symbols.head(m.definition))
        shown.append(((symbol,), belongs, words("any sign" if m.free else "at least zero")))
    columns = (Column("Multiplier"), Column("Belongs to", 1.0), Column("Sign"))
    return Table(f"Multipliers of the {player_name(f.player)}", columns, (("", tuple(shown)),))


def _single_level(single: SingleLevel, numbers: EquationNumbers) -> Section:
    """The whole problem, by the numbers of its parts."""
    leader = single.leader
    items: list[Inlines] = []
    if leader is not None:
        own = _own_numbers(leader, numbers)
        if own:
            items.append((Text(f"the constraints and bounds of the {player_name(leader)}: "), *references(own)))
    for f in single.followers:
        equal = [n for m in f.multipliers if m.role == "equal" and (n := numbers.of(m.of, m.part)) is not None]
        stationary = [n for s in f.stationarity if (n := numbers.of(s.row)) is not None]
        pairs = [n for c in f.complementarity if (n := numbers.of(c.row)) is not None]
        parts: list[Inlines] = []
        if equal:
            parts.append((Text("equalities "), *references(equal)))
        if stationary:
            parts.append((Text("stationarity "), *references(stationary)))
        if pairs:
            parts.append((Text("complementarity "), *references(pairs)))
        items.append((Text(f"the answer of the {player_name(f.player)}: "), *listed(parts)))
    opening: list[Inline] = []
    if leader is not None:
        objective = numbers.of(leader.objective)
        verb = "maximises" if leader.objective.maximize else "minimises"
        opening = [Text(f"The {player_name(leader)} {verb} its objective ")]
        opening += [Reference(objective)] if objective is not None else []
        opening.append(Text(", over its own decisions, those of its followers, and the multipliers, subject to"))
    else:
        opening = [Text("An equilibrium is a point that satisfies")]
    blocks: list[Block] = [Paragraph(tuple(opening)), Listing(tuple(items))]
    dual = [n for f in single.followers if f.duality is not None and (n := numbers.of(f.duality)) is not None]
    if dual:
        closing = (
            Text("The complementarity conditions of a follower may be replaced by its inequalities, the signs of the "
                 "multipliers, and strong duality "),
            *references(dual),
            Text("."),
        )  # fmt: skip
        blocks.append(Paragraph(closing))
    return Section("Single-level problem" if leader is not None else "Joint conditions", tuple(blocks))


def _own_numbers(player: PlayerDef, numbers: EquationNumbers) -> list[int]:
    own = {id(s) for s in (*player.constraints, *player.variables)}
    return [e.number for e in numbers.entries if id(e.statement) in own]


def _said(text: str) -> Paragraph:
    return Paragraph(words(text))
