"""Statements of a game -> numbered equations: `Statements`."""

from __future__ import annotations

from typing import assert_never

from compiler.documents import math as m
from compiler.documents.document import Equation
from compiler.documents.formulas import Formulas
from compiler.documents.symbols import letter
from compiler.ir import expr as ir
from compiler.ir.game import (
    BoundDef,
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
from compiler.ir.numbering import Entry, EquationNumbers, Statement
from compiler.ir.steps import Steps


class Statements:
    """The equations of one game."""

    def __init__(self, game: Game, formulas: Formulas, numbers: EquationNumbers) -> None:
        self.game = game
        self.formulas = formulas
        self.numbers = numbers
        self._steps = Steps(game)
        self._markets = {p.name: p for p in game.players if p.market}

    def equations(self, *statements: object) -> tuple[Equation, ...]:
        """Every equation of these statements, in order."""
        wanted = {id(s) for s in statements}
        return tuple(self.of(e) for e in self.numbers.entries if id(e.statement) in wanted)

    def of(self, entry: Entry) -> Equation:
        statement = entry.statement
        formula, domain = self._stated(statement, entry.part)
        return Equation(entry.number, formula, domain)

    def _stated(self, s: Statement, part: str) -> tuple[m.Math, tuple[m.Math, ...]]:
        match s:
            case ObjectiveDef():
                if s.player in self._markets:
                    return self._market(self._markets[s.player])
                goal = m.row(m.Named("max" if s.maximize else "min"), m.Gap(1.0))
                return m.row(goal, self._defined(s)), self._own_domain(s)
            case LetDef() | ParamDef() | ReportDef():
                return self._defined(s), self.formulas.domain(s.domain)
            case SetDef():
                assert s.value is not None
                return m.row(self.formulas.symbols.of_set(s), m.Sign("=="), self.formulas.set(s.value)), ()
            case ConstraintDef():
                return self._constraint(s), self.formulas.domain(s.domain)
            case VarDef():
                return self._variable(s, part)
            case FixDef():
                symbol = self.formulas.symbols.of(s.variable, [self.formulas.index(i) for i in s.indices])
                return m.row(symbol, m.Sign("=="), self.formulas.of(s.value)), self.formulas.domain(s.domain)
        assert_never(s)

    def _own_domain(self, s: ObjectiveDef) -> tuple[m.Math, ...]:
        """An indexed player is introduced by its heading; its objective needs no domain again."""
        return ()

    def _defined(self, s: ObjectiveDef | LetDef | ParamDef | ReportDef) -> m.Math:
        assert s.value is not None
        return m.row(self.formulas.symbols.head(s), m.Sign("=="), self.formulas.of(s.value))

    def _market(self, player: PlayerDef) -> tuple[m.Math, tuple[m.Math, ...]]:
        """The price between its bounds, complementary to the excess of its market."""
        price = player.variables[0]
        excess = player.objective.value
        if isinstance(excess, ir.Reduce):
            excess = excess.body
        assert isinstance(excess, ir.Multiply)
        symbol = self.formulas.symbols.head(price)
        low, high = _side(price.bounds, ">="), _side(price.bounds, "<=")
        shown = self.formulas.of(excess.factors[1])
        zero = m.Digits("0")
        if low is None and high is None:
            return m.row(shown, m.Sign("=="), zero, self._dual(symbol)), self.formulas.domain(price.domain)
        if high is None and isinstance(low, ir.Number) and low.value == 0:
            relation = m.row(zero, m.Sign("<="), shown, m.Sign("perp"), symbol, m.Sign(">="), zero)
        else:
            relation = m.row(self._between(low, symbol, high), m.Sign("perp"), shown)
        return relation, self.formulas.domain(price.domain)

    def _between(self, low: ir.Expr | None, symbol: m.Math, high: ir.Expr | None) -> m.Math:
        parts = [symbol]
        if low is not None:
            parts = [self.formulas.of(low), m.Sign("<="), *parts]
        if high is not None:
            parts = [*parts, m.Sign("<="), self.formulas.of(high)]
        return m.row(*parts)

    def _dual(self, symbol: m.Math) -> m.Math:
        return m.row(m.Gap(1.0), m.Fenced("(", symbol, ")"))

    def _constraint(self, c: ConstraintDef) -> m.Math:
        f = self.formulas
        if c.perp is not None:
            zero = m.Digits("0")
            left, right = (f.of(e) for e in c.perp)
            body = m.row(zero, m.Sign("<="), left, m.Sign("perp"), right, m.Sign(">="), zero)
        elif c.middle is not None:
            body = m.row(f.of(c.left), m.Sign("<="), f.of(c.middle), m.Sign("<="), f.of(c.right))
        else:
            body = m.row(f.of(c.left), m.Sign(c.relation), f.of(c.right))
        if c.condition is not None:
            on = m.row(f.of(c.condition), m.Sign("=="), m.Digits("1" if c.holds_at else "0"))
            body = m.row(on, m.Sign("implies"), body)
        if c.price is not None:
            body = m.row(body, self._dual(f.symbols.head(c)))
        return body

    # ------------------------------------------------------------ variables

    def _variable(self, v: VarDef, part: str) -> tuple[m.Math, tuple[m.Math, ...]]:
        match part:
            case "bounds":
                return self._bounds(v), self.formulas.domain(v.domain)
            case "before":
                assert v.before is not None
                where = [
                    m.row(letter(name), m.Sign("<"), self._edge(v, k, last=False))
                    for k, name in self._stepped_letters(v)
                ]
                formula = m.row(self.formulas.symbols.head(v), m.Sign("=="), self.formulas.of(v.before))
                return formula, self._others(v, [k for k, _ in self._stepped_letters(v)], where)
            case "cyclic":
                return self._cyclic(v)
            case "final":
                assert v.final is not None
                at = self._steps.ending_position(v)
                indices = [letter(name) for name in v.domain.letters]
                indices[at] = self._edge(v, at, last=True)
                symbol = self.formulas.symbols.of(v, indices)
                formula = m.row(symbol, m.Sign(v.final.relation), self.formulas.of(v.final.value))
                return formula, self._others(v, [at], [])
            case _:
                raise AssertionError(part)

    def _bounds(self, v: VarDef) -> m.Math:
        symbol = self.formulas.symbols.head(v)
        low, high, equal = (_side(v.bounds, relation) for relation in (">=", "<=", "=="))
        if v.kind == "binary":
            return m.row(symbol, m.Sign("in"), m.Fenced("{", m.joined([m.Digits("0"), m.Digits("1")]), "}"))
        if v.kind == "semicontinuous":
            ends = [self.formulas.of(e) if e is not None else m.Sign("infinity") for e in (low, high)]
            zero = m.Fenced("{", m.Digits("0"), "}")
            return m.row(symbol, m.Sign("in"), zero, m.Sign("union"), m.Fenced("[", m.joined(ends), "]"))
        numbers = m.Ident("Z" if v.kind == "integer" else "R", "blackboard")
        if equal is not None:
            return m.row(symbol, m.Sign("=="), self.formulas.of(equal))
        if low is None and high is None:
            return m.row(symbol, m.Sign("in"), numbers)
        if low is not None and high is None:
            shown = m.row(symbol, m.Sign(">="), self.formulas.of(low))
        else:
            shown = self._between(low, symbol, high)
        if v.kind == "integer":
            shown = m.row(shown, m.Sign(","), m.Gap(1.0), symbol, m.Sign("in"), numbers)
        return shown

    def _cyclic(self, v: VarDef) -> tuple[m.Math, tuple[m.Math, ...]]:
        """What comes before the first element is the last one, and so on."""
        stepped = self._stepped_letters(v)
        indices = [letter(name) for name in v.domain.letters]
        behind = list(indices)
        for k, _ in stepped:
            first, last = self._edge(v, k, last=False), self._edge(v, k, last=True)
            indices[k] = m.row(m.Named("prev"), m.Fenced("(", first, ")"))
            behind[k] = last
        symbols = self.formulas.symbols
        formula = m.row(symbols.of(v, indices), m.Sign("=="), symbols.of(v, behind))
        return formula, self._others(v, [k for k, _ in stepped], [])

    def _stepped_letters(self, v: VarDef) -> list[tuple[int, str]]:
        positions = self._steps.of(v).positions or [len(v.domain.letters) - 1]
        return [(k, v.domain.letters[k]) for k in positions]

    def _edge(self, v: VarDef, position: int, last: bool) -> m.Math:
        definition = v.domain.sets[position]
        shown = self.formulas.symbols.of_set(definition)
        return m.row(m.Named("last" if last else "first"), m.Fenced("(", shown, ")"))

    def _others(self, v: VarDef, without: list[int], extra: list[m.Math]) -> tuple[m.Math, ...]:
        """The domain of a variable, some of its letters aside."""
        gone = {v.domain.letters[k] for k in without}
        binders = tuple(b for b in v.domain.binders if not gone & set(b.letters))
        shown = self.formulas.domain(ir.Domain(binders))
        if extra and not shown:
            return (m.row(m.Sign("forall"), extra[0]), *extra[1:])
        return (*shown, *extra)


def _side(bounds: tuple[BoundDef, ...], relation: str) -> ir.Expr | None:
    """The bound on one side, None where it is infinite."""
    found = next((b.value for b in bounds if b.relation == relation), None)
    inner = found.operand if isinstance(found, ir.Negate) else found
    return None if isinstance(inner, ir.Number) and inner.value == float("inf") else found
