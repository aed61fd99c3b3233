"""A checked game -> its document. `describe` takes the game, what is known of its data, and its cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from compiler.derivation import SingleLevel
from compiler.documents.cases import case_table
from compiler.documents.derivation import derivation, derived
from compiler.documents.diagram import diagram
from compiler.documents.document import (
    Block,
    Code,
    Document,
    Equations,
    Inline,
    Inlines,
    Paragraph,
    Reference,
    Section,
    Text,
    references,
)
from compiler.documents.equations import Statements
from compiler.documents.formulas import Formulas
from compiler.documents.naming import player_title
from compiler.documents.nomenclature import nomenclature
from compiler.documents.notation import notation
from compiler.documents.overview import exchange, introduced, kind_of_game
from compiler.documents.symbols import Symbols
from compiler.documents.uncertainty import uncertainty
from compiler.documents.values import Known, consecutive, from_outside
from compiler.ir.game import ConstraintDef, Game, ParamDef, PlayerDef, SetDef, Signature, VarDef
from compiler.ir.levels import ordered_players
from compiler.ir.numbering import EquationNumbers, is_alias, is_computed


@dataclass(frozen=True)
class Described:
    """A document, with what could not be done as the user asked: symbols (`tex`) that cannot be printed, and why."""

    document: Document
    numbers: EquationNumbers
    symbols: Symbols
    refused: list[tuple[Signature, str]] = field(default_factory=list)


def describe(
    game: Game,
    *,
    known: Known | None = None,
    cases: Mapping[str, Game] | None = None,
    file: str = "",
    version: str = "",
    single: SingleLevel | None = None,
    player: str = "",
) -> Described:
    """The document of a game with one case applied.

    `known` has the data of the case (without it values are left out), `cases` every case's game by name, `file` the
    name of the model's file; `single` are the optimality conditions of its players, for a document that derives them;
    `player` is whose problem in a game of more this is, what others decide being parameters.
    """
    symbols = Symbols(game, _made(single))
    formulas = Formulas(symbols, partial(consecutive, known))
    numbers = EquationNumbers.of_game(game)
    if single is not None:
        numbers = numbers.followed_by(derived(single))
    statements = Statements(game, formulas, numbers)
    sections = [_overview(game, statements)]
    sections += [_player(game, p, statements, known) for p in ordered_players(game)]
    sections += [*_shared(game, statements), *_definitions(game, statements, known), *uncertainty(game, formulas)]
    table = case_table(game, cases or {}, formulas, numbers)
    if table is not None:
        sections.append(Section("Cases", (table,)))
    sections += _reports(game, statements)
    sections += derivation(single, statements) if single is not None else ()
    said = notation(sections, any(c.price is not None for p in game.players for c in p.constraints))
    if said:
        sections.append(Section("Notation", (Paragraph(said[0]), *(Paragraph(s) for s in said[1:]))))
    tables = nomenclature(game, statements, known)
    if tables:
        sections.insert(1, Section("Nomenclature", tables))
    title = game.doc or game.name.replace("_", " ") or file.removesuffix(".game") or "A model"
    about = f"Made by gamec {version} from {file}".replace("  ", " ") if file else ""
    document = Document(title, _abstract(game, player), tuple(s for s in sections if s.blocks or s.sections), about)
    return Described(document, numbers, symbols, symbols.refused)


def _made(single: SingleLevel | None) -> list[VarDef]:
    """The variables of a derivation."""
    if single is None:
        return []
    lifted = [v for f in single.followers for x in f.lifted for v in x.variables]
    return [*(m.definition for m in single.multipliers), *lifted]


def _abstract(game: Game, player: str) -> Inlines:
    found: list[Inline] = [Text(kind_of_game(game))]
    if player:
        found = [Text("The problem of "), Code(player), Text(": what others decide is data. "), *found]
    case = next((c for c in game.cases if c.name == game.case), None)
    if case is not None:
        found += [Text(" This is the case "), Code(case.name), Text(f": {case.doc}." if case.doc else ".")]
    return tuple(found)


def _overview(game: Game, statements: Statements) -> Section:
    blocks: list[Block] = []
    shown = diagram(game, statements.formulas)
    if shown is not None:
        blocks.append(shown)
    table = exchange(game, statements)
    if table is not None:
        blocks.append(table)
    return Section("The game", tuple(blocks))


def _player(game: Game, player: PlayerDef, statements: Statements, known: Known | None) -> Section:
    blocks: list[Block] = [Paragraph(introduced(game, player, statements))]
    eq = statements.equations
    blocks.append(Equations(eq(player.objective)))
    defined = eq(*(x for x in player.lets if not is_alias(x)), *(p for p in player.params if is_computed(p)))
    if defined:
        blocks += [_said("where"), Equations(defined), *_given(player.params, statements, known)]
    if player.constraints:
        blocks += [_said("subject to"), Equations(eq(*player.constraints))]
    variables = () if player.market else player.variables
    bounds = eq(*variables)
    if bounds:
        blocks += [_said("and subject to" if player.constraints else "subject to"), Equations(bounds)]
    fixed = eq(*(f for f in game.fixes if any(f.variable is v for v in player.variables)))
    if fixed:
        blocks += [_said("This case sets, in place of the bounds above,"), Equations(fixed)]
    blocks += _names(player.constraints, statements)
    return Section(player_title(player), tuple(blocks))


def _said(text: str) -> Paragraph:
    return Paragraph((Text(text),))


def _names(constraints: tuple[ConstraintDef, ...], statements: Statements) -> Iterator[Block]:
    """What the constraints are called in the file and what they say."""
    found: list[Inline] = []
    for c in constraints:
        number = statements.numbers.of(c)
        if number is None:
            continue
        found += [Text("; " if found else "Names in the model's file: "), Reference(number), Text(" "), Code(c.name)]
        if c.signature.doc:
            found.append(Text(f", {c.signature.doc}"))
    if found:
        yield Paragraph((*found, Text(".")))


def _shared(game: Game, statements: Statements) -> Iterator[Section]:
    if not game.shared:
        return
    text = "Each of these constraints binds every player whose decisions stand in it."
    if any(not c.individual for c in game.shared):
        text += (
            " One more unit of room is worth the same to all of them: the answer is the variational equilibrium "
            "(Rosen, Econometrica 33 (1965) 520)."
        )
    own = [c.name for c in game.shared if c.individual]
    if own:
        text += f" Of {' and '.join(own)} each player has a multiplier of its own."
    blocks: list[Block] = [_said(text), Equations(statements.equations(*game.shared)), *_names(game.shared, statements)]
    yield Section("Shared constraints", tuple(blocks))


def _definitions(game: Game, statements: Statements, known: Known | None) -> Iterator[Section]:
    lets = statements.equations(*(x for x in game.lets if not is_alias(x)))
    if lets:
        yield Section("Quantities defined for all", (Equations(lets),))
    computed: tuple[SetDef | ParamDef, ...] = (*game.sets, *game.params)
    data = statements.equations(*(d for d in computed if is_computed(d)))
    if data:
        yield Section("Computed data", (Equations(data), *_given(game.params, statements, known)))


def _given(params: tuple[ParamDef, ...], statements: Statements, known: Known | None) -> Iterator[Block]:
    """Which formulas do not count, since their values come from outside."""
    replaced = [p for p in params if is_computed(p) and from_outside(known, p)]
    numbers = [n for p in replaced if (n := statements.numbers.of(p)) is not None]
    if numbers:
        verb = "do not count here: their values are" if len(numbers) > 1 else "does not count here: its values are"
        yield Paragraph((*references(numbers), Text(f" {verb} given from outside.")))


def _reports(game: Game, statements: Statements) -> Iterator[Section]:
    shown = statements.equations(*game.reports)
    compared = statements.equations(*game.comparisons)
    blocks: list[Block] = []
    if shown:
        blocks += [_said("From the answer the model reports"), Equations(shown)]
    if compared:
        blocks += [
            _said("and compares its cases by" if shown else "The model compares its cases by"),
            Equations(compared),
        ]
    if blocks:
        yield Section("Reported quantities", tuple(blocks))
