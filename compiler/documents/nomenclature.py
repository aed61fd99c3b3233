"""A game -> the tables of its symbols: sets, parameters, and what each player decides: `nomenclature`."""

from __future__ import annotations

from compiler.documents import math as m
from compiler.documents.document import Code, Column, Formula, Inlines, Reference, Table, Text, words
from compiler.documents.equations import Statements
from compiler.documents.naming import player_name, unit_formula
from compiler.documents.symbols import letter
from compiler.documents.values import Known, from_outside, param_values, set_values
from compiler.ir import expr as ir
from compiler.ir.game import (
    ConstraintDef,
    Game,
    LetDef,
    ObjectiveDef,
    ParamDef,
    PlayerDef,
    SetDef,
    Signature,
    VarDef,
)
from compiler.ir.levels import ordered_players
from compiler.ir.numbering import is_alias, is_plain

_COLUMNS = (Column("Symbol"), Column("Description", 1.0), Column("Unit"), Column("Values"))

Rows = tuple[tuple[Inlines, ...], ...]


def nomenclature(game: Game, statements: Statements, known: Known | None) -> tuple[Table, ...]:
    """Sets and parameters, then the variables and defined quantities by player."""
    made = _Nomenclature(game, statements, known)
    groups = [
        ("Sets", tuple(made.set_row(s) for s in game.sets)),
        ("Parameters", tuple(made.param_row(p) for p in game.params)),
        ("Quantities defined for all", tuple(made.let_row(x) for x in game.lets)),
    ]
    for player in ordered_players(game):
        verb = "Price of" if player.market else "Decided by"
        groups.append((f"{verb} the {player_name(player)}", made.decisions(player)))
        groups.append((f"Data and quantities of the {player_name(player)}", made.quantities(player)))
    groups.append(
        ("Prices of shared constraints", tuple(made.price_row(c) for c in game.shared if c.price is not None))
    )
    kept = tuple((head, rows) for head, rows in groups if rows)
    return (Table("Symbols", _COLUMNS, kept),) if kept else ()


class _Nomenclature:
    def __init__(self, game: Game, statements: Statements, known: Known | None) -> None:
        self.game = game
        self.statements = statements
        self.formulas = statements.formulas
        self.known = known

    # ------------------------------------------------------------ rows

    def set_row(self, s: SetDef) -> tuple[Inlines, ...]:
        symbol = self.formulas.symbols.of_set(s)
        letters = self._letters(s)
        values = set_values(self.known, s) if self.known is not None else self._set_formula(s)
        number = self.statements.numbers.of(s)
        if number is not None:
            values = (*values, Text(", "), Reference(number)) if values else (Reference(number),)
        described = described_as(s.signature)
        if letters is not None:
            described = (*described, Text(", index "), Formula(letters))
        return (Formula(symbol),), described, (), values

    def _letters(self, s: SetDef) -> m.Math | None:
        return m.joined([letter(name) for name in s.letters]) if s.letters and s.arity == 1 else None

    def _set_formula(self, s: SetDef) -> Inlines:
        if isinstance(s.value, ir.SetRange | ir.SetLiteral):
            return (Formula(self.formulas.set(s.value)),)
        return (Text("from "), Code(s.file)) if s.file is not None else ()

    def param_row(self, p: ParamDef) -> tuple[Inlines, ...]:
        values: Inlines = ()
        number = self.statements.numbers.of(p)
        if self.known is not None and from_outside(self.known, p):
            values = (*param_values(self.known, p), Text(", given from outside"))
            number = None
        elif p.value is not None and is_plain(p.value) and not isinstance(p.value, ir.Number):
            values = (Formula(m.row(m.Sign("=="), self.formulas.of(p.value))),)
        elif self.known is not None:
            values = param_values(self.known, p)
        elif isinstance(p.value, ir.Number):
            values = (Formula(self.formulas.of(p.value)),)
        elif p.file is not None:
            values = (Text("from "), Code(p.file))
        if number is not None:
            values = (*values, Text(", "), Reference(number)) if values else (Reference(number),)
        return self._row(p, values)

    def let_row(self, x: LetDef) -> tuple[Inlines, ...]:
        if is_alias(x):
            return self._row(x, (Formula(m.row(m.Sign("=="), self.formulas.of(x.value))),))
        return self._row(x, self._number(x))

    def price_row(self, c: ConstraintDef) -> tuple[Inlines, ...]:
        assert c.price is not None
        number = self.statements.numbers.of(c)
        what: Inlines = (Text("shadow price of "), Reference(number)) if number is not None else ()
        described = (Text(f"{c.price.doc}, "), *what) if c.price.doc else what
        return (Formula(self.formulas.symbols.head(c)),), described, unit_of(c.price), ()

    def decisions(self, player: PlayerDef) -> Rows:
        if player.market:
            return tuple(self._row(v, self._number(player.objective), "price") for v in player.variables)
        return tuple(self._row(v, self._range(v)) for v in player.variables)

    def quantities(self, player: PlayerDef) -> Rows:
        """The player's own data, defined quantities, objective and shadow prices."""
        rows = [self.param_row(p) for p in player.params]
        rows += [self.let_row(x) for x in player.lets]
        if not player.market:
            rows.append(self._row(player.objective, self._number(player.objective), "objective"))
        rows += [self.price_row(c) for c in player.constraints if c.price is not None]
        return tuple(rows)

    # ------------------------------------------------------------ cells

    def _row(
        self, d: ParamDef | LetDef | VarDef | ObjectiveDef, values: Inlines, otherwise: str = ""
    ) -> tuple[Inlines, ...]:
        described = described_as(d.signature, otherwise)
        return (Formula(self.formulas.symbols.head(d)),), described, unit_of(d.signature), values

    def _number(self, d: LetDef | ObjectiveDef) -> Inlines:
        number = self.statements.numbers.of(d)
        return (Reference(number),) if number is not None else ()

    def _range(self, v: VarDef) -> Inlines:
        """The range of a variable where it is made of numbers, else where its bounds stand."""
        if v.kind == "binary":
            return (Formula(m.Fenced("{", m.joined([m.Digits("0"), m.Digits("1")]), "}")),)
        number = self.statements.numbers.of(v, "bounds")
        if all(isinstance(b.value, ir.Number) for b in v.bounds) and v.kind != "semicontinuous":
            found = {b.relation: b.value for b in v.bounds}
            if "==" in found:
                return (Formula(self.formulas.of(found["=="])),)
            low, high = found.get(">="), found.get("<=")
            kind = "integer, " if v.kind == "integer" else ""
            if low is None and high is None:
                return words("integer" if kind else "real")
            ends = [
                self.formulas.of(low) if low is not None else m.row(m.Sign("negative"), m.Sign("infinity")),
                self.formulas.of(high) if high is not None else m.Sign("infinity"),
            ]
            interval = m.Fenced("[" if low is not None else "(", m.joined(ends), "]" if high is not None else ")")
            return (*words(kind), Formula(interval))
        return (Reference(number),) if number is not None else ()


def described_as(signature: Signature, otherwise: str = "") -> Inlines:
    """The doc string, or the name as it stands in the file; of a component's part with the component's name."""
    component = signature.name.rpartition(".")[0]
    if not signature.doc:
        return (Text(f"{otherwise} "), Code(signature.name)) if otherwise else (Code(signature.name),)
    return (Text(f"{signature.doc} ("), Code(component), Text(")")) if component else (Text(signature.doc),)


def unit_of(signature: Signature) -> Inlines:
    """The unit as in print."""
    return unit_inlines(signature.unit.text) if signature.unit is not None else ()


def unit_inlines(text: str) -> Inlines:
    """`CNY/(kW^2*h)` with its powers raised."""
    formula = unit_formula(text)
    return (Formula(formula),)
