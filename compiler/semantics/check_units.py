"""A game -> findings about units: sums, comparisons, assignments and functions of quantities that do not fit together.

What has no unit fits everywhere, and so does what is computed with it; a written number is plain in a product and
takes the other side's unit in a sum or comparison.
"""

from __future__ import annotations

from enum import Enum
from typing import assert_never

from compiler.ir import expr as ir
from compiler.ir.functions import FUNCTIONS
from compiler.ir.game import (
    BoundDef,
    CaseReport,
    ConstraintDef,
    Game,
    LetDef,
    ObjectiveDef,
    ParamDef,
    ReportDef,
    Signature,
)
from compiler.ir.units import ONE, Unit
from compiler.ir.words import short
from grammar.diagnostics import Findings, Label, Severity
from grammar.source import Span


class Open(Enum):
    """What an expression's unit is when it is no definite one: a written number, or anything (a quantity without
    unit)."""

    NUMBER = "a number"
    ANY = "any unit"


Known = Unit | Open


def check_units(game: Game, findings: Findings) -> None:
    """Add G401 and G403 for every slip of units in the game."""
    _Checker(findings).game(game)


def unit_of(e: ir.Expr) -> Unit | None:
    """The unit of a checked expression; None where it is no definite one."""
    found = _Checker(Findings()).unit(e)
    return found if isinstance(found, Unit) else None


class _Checker:
    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self._inferred: dict[int, Known] = {}
        self._reported: set[tuple[str, int, int]] = set()

    # ------------------------------------------------------------ declarations

    def game(self, game: Game) -> None:
        for param in game.all_params():
            self._declared(param.signature, param.value, "value")
            self._declared(param.signature, param.default, "default")
            for entry in param.literal.entries if param.literal else ():
                self._declared(param.signature, entry.value, "value")
            self._domain(param.domain)
        for let in game.all_lets():
            self._declared(let.signature, let.value, "value")
        for player in game.players:
            for variable in player.variables:
                self._domain(variable.domain)
                bounds = [*variable.bounds, *([variable.final] if variable.final else [])]
                for bound in bounds:
                    self._bound(variable.signature, bound)
                self._declared(variable.signature, variable.start, "starting value")
                self._declared(variable.signature, variable.before, "value before the first element")
            for constraint in player.constraints:
                self._constraint(constraint, player.objective)
            if player.objective is not None:
                self._declared(player.objective.signature, player.objective.value, "value")
        for constraint in game.shared:
            self._constraint(constraint, None)
        for fix in game.fixes:
            self._declared(fix.variable.signature, fix.value, "value")
        for report in (*game.reports, *game.comparisons):
            if not report.missing:
                self._declared(report.signature, report.value, "value")

    def _domain(self, domain: ir.Domain) -> None:
        if domain.where is not None:
            self.unit(domain.where)

    def _declared(self, signature: Signature, value: ir.Expr | None, what: str) -> None:
        if value is None:
            return
        found = self.unit(value)
        wanted = signature.unit
        if wanted is None or isinstance(found, Open) or found.fits(wanted):
            return
        self._report(
            f"`{signature.name}` is declared in {wanted.text}, its {what} is in {found.text}",
            value.span,
            f"is in {found.text}",
            [Label(signature.span, f"declared in {wanted.text}")],
            _way_out(wanted, found, short(value.span)),
        )

    def _bound(self, signature: Signature, bound: BoundDef) -> None:
        self._declared(
            signature, bound.value, {"<=": "upper bound", ">=": "lower bound"}.get(bound.relation, "final value")
        )

    def _constraint(self, constraint: ConstraintDef, objective: ObjectiveDef | None) -> None:
        self._domain(constraint.domain)
        if constraint.perp is not None:
            for expression in constraint.perp:
                self.unit(expression)
            return
        sides = [s for s in (constraint.left, constraint.middle, constraint.right) if s is not None]
        unit = self._alike(sides, "compared")
        price = constraint.price
        if price is None or price.unit is None or objective is None or not isinstance(unit, Unit):
            return
        of = objective.signature.unit or self._target(objective)
        if not isinstance(of, Unit) or (right := of.times(unit, -1)).fits(price.unit):
            return
        others = [
            Label(objective.signature.span, f"the objective is in {of.text}"),
            Label(constraint.left.span, f"the constraint is in {unit.text}"),
        ]
        headline = f"the shadow price `{price.name}` is declared in {price.unit.text}, it is {right.text}"
        hint = f"a shadow price is the objective's unit per unit of the constraint: write `: {right.text}`"
        if set(dict(price.unit.times(right, -1).dimension)) == {"s"}:
            # A price per energy for a balance of powers: right where a period lasts one unit of time, as mostly.
            self.findings.add(
                "G404",
                headline,
                price.span,
                f"declared in {price.unit.text}",
                others=others,
                hints=[hint, "or multiply the constraint by the length of a period"],
                severity=Severity.WARNING,
            )
            return
        self._report(headline, price.span, f"declared in {price.unit.text}", others, [hint])

    # ------------------------------------------------------------ expressions

    def unit(self, e: ir.Expr) -> Known:
        """The unit of an expression; slips inside are reported."""
        match e:
            case ir.Number() | ir.IndexValue() | ir.Ordinal() | ir.Cardinality():
                return Open.NUMBER
            case ir.Use():
                return self._target(e.target)
            case ir.Add():
                return self._alike(list(e.terms), "added")
            case ir.Negate():
                return self.unit(e.operand)
            case ir.Multiply():
                return self._product(e)
            case ir.Power():
                return self._power(e)
            case ir.Compare():
                self._alike(list(e.operands), "compared")
                return Open.NUMBER
            case ir.Logic():
                for operand in e.operands:
                    self.unit(operand)
                return Open.NUMBER
            case ir.CompareIndex() | ir.Member():
                return Open.NUMBER
            case ir.Choose():
                self.unit(e.condition)
                return self._alike([e.then, e.otherwise], "chosen between")
            case ir.Apply():
                return self._function(e)
            case ir.Reduce():
                self._domain(e.domain)
                body = self.unit(e.body)
                if e.op == "prod" and isinstance(body, Unit) and not body.plain:
                    self._not_allowed("prod", body, e.body.span)
                    return Open.ANY
                return body
            case ir.Piecewise():
                self._alike([e.subject, *e.x], "compared")
                return self._alike(list(e.y), "compared")
            case ir.Tiers():
                amount = self._alike([e.subject, *e.limits], "compared")
                rate = self._alike(list(e.rates), "compared")
                if isinstance(amount, Unit) and isinstance(rate, Unit):
                    return amount.times(rate)
                return amount if rate is Open.NUMBER else rate if amount is Open.NUMBER else Open.ANY
            case ir.Risk():
                self._domain(e.domain)
                return self.unit(e.body)
        assert_never(e)

    def _target(self, target: object) -> Known:
        if isinstance(target, CaseReport):
            return self._target(target.report)
        if isinstance(target, ConstraintDef):
            return target.price.unit if target.price is not None and target.price.unit is not None else Open.ANY
        if isinstance(target, ParamDef) and target.weights:
            return ONE
        signature: Signature = target.signature  # type: ignore[attr-defined]
        if signature.unit is not None:
            return signature.unit
        if not isinstance(target, LetDef | ObjectiveDef | ReportDef | ParamDef) or target.value is None:
            return Open.ANY
        if id(target) not in self._inferred:
            self._inferred[id(target)] = Open.ANY  # a circle ends here; it is reported elsewhere
            found = self.unit(target.value)
            self._inferred[id(target)] = Open.ANY if found is Open.NUMBER and isinstance(target, ParamDef) else found
        return self._inferred[id(target)]

    def _alike(self, operands: list[ir.Expr], verb: str) -> Known:
        known = [(operand, self.unit(operand)) for operand in operands]
        definite = [(operand, unit) for operand, unit in known if isinstance(unit, Unit)]
        if not definite:
            return Open.ANY if any(unit is Open.ANY for _, unit in known) else Open.NUMBER
        first, unit = definite[0]
        for operand, other in definite[1:]:
            if not other.fits(unit):
                self._report(
                    f"{unit.text} and {other.text} cannot be {verb}: "
                    f"`{short(first.span)}` is in {unit.text}, `{short(operand.span)}` in {other.text}",
                    operand.span,
                    f"is in {other.text}",
                    [Label(first.span, f"is in {unit.text}")],
                    _way_out(unit, other, short(operand.span)),
                )
                return Open.ANY
        return unit

    def _product(self, e: ir.Multiply) -> Known:
        units = [self.unit(f) for f in e.factors]
        if Open.ANY in units:
            return Open.ANY
        if all(unit is Open.NUMBER for unit in units):
            return Open.NUMBER
        result = ONE
        for op, unit in zip(e.ops, units, strict=True):
            if isinstance(unit, Unit):
                result = result.times(unit, 1.0 if op == "*" else -1.0)
        return result

    def _power(self, e: ir.Power) -> Known:
        base, exponent = self.unit(e.base), self.unit(e.exponent)
        if isinstance(exponent, Unit) and not exponent.plain:
            self._not_allowed("^", exponent, e.exponent.span)
            return Open.ANY
        if isinstance(base, Open) or base.plain:
            return base
        value = _constant(e.exponent)
        if value is None:
            self._report(
                f"`{short(e.base.span)}` has the unit {base.text}; its power must be a written number",
                e.exponent.span,
                "the result's unit depends on data",
                [Label(e.base.span, f"is in {base.text}")],
                ["divide by a reference value first, so that the base has no unit"],
                code="G403",
            )
            return Open.ANY
        return base.to_power(value)

    def _function(self, e: ir.Apply) -> Known:
        kind = FUNCTIONS[e.function].unit
        if kind == "same":
            return self._alike(list(e.arguments), "compared")
        unit = self.unit(e.arguments[0])
        if kind == "root":
            return unit.to_power(0.5) if isinstance(unit, Unit) else unit
        if isinstance(unit, Unit) and not unit.plain:
            self._not_allowed(e.function, unit, e.arguments[0].span)
        return Open.NUMBER

    # ------------------------------------------------------------ messages

    def _not_allowed(self, what: str, unit: Unit, span: Span) -> None:
        self._report(
            f"`{what}` needs a number without unit, not {unit.text}",
            span,
            f"is in {unit.text}",
            [],
            ["divide by a reference value of the same unit"],
            code="G403",
        )

    def _report(
        self, headline: str, span: Span, label: str, others: list[Label], hints: list[str], code: str = "G401"
    ) -> None:
        key = (span.source.path, span.start, span.end)
        if key not in self._reported:
            self._reported.add(key)
            self.findings.add(code, headline, span, label, others=others, hints=hints)


def _constant(e: ir.Expr) -> float | None:
    match e:
        case ir.Number():
            return e.value
        case ir.Negate(operand=ir.Number() as number):
            return -number.value
        case ir.Multiply(ops=("*", "/"), factors=(ir.Number() as a, ir.Number() as b)) if b.value:
            return a.value / b.value
        case _:
            return None


def _way_out(wanted: Unit, found: Unit, name: str) -> list[str]:
    """How to bring `found` to `wanted`: by a factor where only the scale differs, by a quantity where the dimension
    does."""
    if wanted.dimension == found.dimension:
        factor, unit = found.scale / wanted.scale, wanted.times(found, -1).text
        way = f"multiply `{name}` by a factor with a unit, `param factor : {unit} = {factor:g}`"
        return [f"1 {found.text} = {factor:g} {wanted.text}: {way}, or declare both in one unit"]
    ratio = wanted.times(found, -1)
    if ratio.dimension == (("s", 1.0),):
        return [f"multiply `{name}` by the length of a period (a parameter in h, such as `dt`)"]
    if ratio.dimension == (("s", -1.0),):
        return [f"divide `{name}` by the length of a period (a parameter in h, such as `dt`)"]
    return [f"a factor in {ratio.text} is missing, or one of the two is declared in the wrong unit"]
