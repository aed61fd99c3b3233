"""Expressions, indices and domains of a checked game -> formulas: `Formulas`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal, assert_never

from compiler.documents import math as m
from compiler.documents.symbols import Symbols, element, letter
from compiler.documents.widths import width
from compiler.ir import expr as ir
from compiler.ir.game import SetDef

_LOOSE, _LOGIC, _COMPARED, _SUM, _PRODUCT, _SIGN, _POWER, _TIGHT = range(8)
"""How tightly an operator binds, loosest first."""

Consecutive = Callable[[SetDef], bool]
"""Whether the elements of a set are consecutive integers, so that `prev(t)` is t - 1."""

_FUNCTIONS = {"exp": "exp", "log": "ln", "sin": "sin", "cos": "cos", "tan": "tan", "tanh": "tanh"}
_EXTREMES = {"min": "min", "max": "max", "smin": "min", "smax": "max"}
_LARGE = {"sum": "sum", "prod": "prod", "mean": "mean", **_EXTREMES}
_SETS = {"union": "union", "inter": "inter", "diff": "diff", "*": "times"}

LONG_FRACTION = 26.0
"""A fraction cannot be broken, so a wider one (in em) is written in a line."""


class Formulas:
    """Prints expressions of one game."""

    def __init__(self, symbols: Symbols, consecutive: Consecutive) -> None:
        self.symbols = symbols
        self.consecutive = consecutive

    # ------------------------------------------------------------ expressions

    def of(self, expression: ir.Expr) -> m.Math:
        """The formula of a number, condition or expression of variables."""
        return self._bound(expression)[0]

    def at(self, expression: ir.Expr, tightness: int) -> m.Math:
        found, own = self._bound(expression)
        return found if own >= tightness else m.Fenced("(", found, ")")

    def _bound(self, e: ir.Expr) -> tuple[m.Math, int]:
        """The formula and how tightly its outermost operator binds."""
        match e:
            case ir.Number():
                return number(e.value), _TIGHT if e.value >= 0 else _SIGN
            case ir.IndexValue():
                return self.index(e.index), _SUM if isinstance(e.index, ir.Shift | ir.Step) else _TIGHT
            case ir.Ordinal():
                return m.row(m.Named("ord"), m.Fenced("(", self.index(e.index), ")")), _TIGHT
            case ir.Cardinality():
                return m.Fenced("|", self.set(e.over), "|"), _TIGHT
            case ir.Use():
                return self.symbols.of(e.target, [self.index(i) for i in e.indices]), _TIGHT
            case ir.Add():
                return self._sum(e), _SUM
            case ir.Multiply():
                return self._product(e)
            case ir.Negate():
                return m.row(m.Sign("negative"), self._unsigned(e.operand)), _SIGN
            case ir.Power():
                return self._power(e), _POWER
            case ir.Compare():
                first, *rest = [self.at(o, _SUM) for o in e.operands]
                return m.row(first, *(p for op, o in zip(e.ops, rest, strict=True) for p in (m.Sign(op), o))), _COMPARED
            case ir.CompareIndex():
                return m.row(self.index(e.left), m.Sign(e.op), self.index(e.right)), _COMPARED
            case ir.Member():
                shown = m.joined([self.index(i) for i in e.indices])
                shown = m.Fenced("(", shown, ")") if len(e.indices) > 1 else shown
                return m.row(shown, m.Sign("in"), self.set(e.over)), _COMPARED
            case ir.Logic():
                if e.op == "not":
                    return m.row(m.Sign("not"), self.at(e.operands[0], _TIGHT)), _COMPARED
                sides = [self.at(o, _COMPARED) for o in e.operands]
                return m.joined(sides, e.op), _LOGIC
            case ir.Choose():
                return self._branches(e), _TIGHT
            case ir.Apply():
                return self._function(e)
            case ir.Reduce():
                return self._reduction(e), _PRODUCT
            case ir.Piecewise():
                points = [m.Fenced("(", m.joined([self.of(x), self.of(y)]), ")") for x, y in zip(e.x, e.y, strict=True)]
                return self._call("pwl", self.of(e.subject), points), _TIGHT
            case ir.Tiers():
                limits = [*map(self.of, e.limits), m.Words("rest")]
                pieces = [m.row(x, m.Sign("colon"), self.of(r)) for x, r in zip(limits, e.rates, strict=True)]
                return self._call("tiers", self.of(e.subject), pieces), _TIGHT
            case ir.Risk():
                under = m.joined([*self._ranges(e.domain), self.of(e.level)])
                body = m.Fenced("[", self.of(e.body), "]")
                return m.row(m.Scripts(m.Named("CVaR"), below=under), body), _TIGHT
        assert_never(e)

    def _call(self, name: str, subject: m.Math, pieces: Sequence[m.Math]) -> m.Math:
        return m.row(m.Named(name), m.Fenced("(", m.row(subject, m.Sign(";"), m.joined(pieces)), ")"))

    def _sum(self, e: ir.Add) -> m.Math:
        parts: list[m.Math] = []
        for k, (sign, term) in enumerate(zip(e.signs, e.terms, strict=True)):
            if k:
                parts.append(m.Sign("+" if sign > 0 else "-"))
            elif sign < 0:
                parts.append(m.Sign("negative"))
            parts.append(self._unsigned(term) if parts else self.at(term, _PRODUCT))
        return m.row(*parts)

    def _unsigned(self, expression: ir.Expr) -> m.Math:
        """As a term behind a sign: one with a sign of its own stands in parentheses."""
        found, own = self._bound(expression)
        return m.Fenced("(", found, ")") if own < _PRODUCT or own == _SIGN else found

    def _power(self, e: ir.Power) -> m.Math:
        base = self.at(e.base, _TIGHT)
        if isinstance(base, m.Scripts) and (base.above is not None or base.primes):
            base = m.Fenced("(", base, ")")
        if isinstance(e.exponent, ir.Number) and e.exponent.value == 0.5:
            return m.Root(self.of(e.base))
        exponent = self.of(e.exponent)
        if isinstance(base, m.Scripts):
            return m.Scripts(base.base, base.below, exponent)
        if not isinstance(base, m.Ident | m.Digits | m.Fenced) or (isinstance(base, m.Fenced) and base.left != "("):
            base = m.Fenced("(", base, ")")
        return m.Scripts(base, above=exponent)

    def _product(self, e: ir.Multiply) -> tuple[m.Math, int]:
        """Factors from the left; what is divided stands in a fraction with the factors before it: `a*b/c*d` is
        (ab/c)d."""
        groups: list[tuple[list[ir.Expr], list[ir.Expr]]] = [([], [])]
        for op, factor in zip(e.ops, e.factors, strict=True):
            if op == "*" and groups[-1][1]:
                groups.append(([], []))
            groups[-1][op == "/"].append(factor)
        shown: list[m.Math] = []
        for k, (above, below) in enumerate(groups):
            if below:
                shown.append(self._fraction(above, below))
            else:
                shown += [
                    self._factor(f, first=k == 0 and f is above[0], last=k == len(groups) - 1 and f is above[-1])
                    for f in above
                ]
        signed = self._bound(e.factors[0])[1] == _SIGN and not groups[0][1]
        fraction = len(groups) == 1 and bool(groups[0][1]) and isinstance(shown[0], m.Fraction)
        return times(shown), _SIGN if signed else _TIGHT if fraction else _PRODUCT

    def _fraction(self, above: list[ir.Expr], below: list[ir.Expr]) -> m.Math:
        top, under = (
            self.of(side[0])
            if len(side) == 1
            else times([self._factor(f, first=f is side[0], last=f is side[-1]) for f in side])
            for side in (above, below)
        )
        whole = m.Fraction(top, under)
        if width(whole) <= LONG_FRACTION:
            return whole
        return m.row(_enclosed(top, above), m.Sign("slash"), _enclosed(under, below))

    def _factor(self, factor: ir.Expr, first: bool, last: bool) -> m.Math:
        """One of several factors: a sum stands in parentheses unless it is the last, what has a sign unless it is the
        first."""
        found, own = self._bound(factor)
        opened = isinstance(factor, ir.Reduce) and not last
        signed = own == _SIGN and not first
        return m.Fenced("(", found, ")") if opened or signed or own < _PRODUCT else found

    def _function(self, e: ir.Apply) -> tuple[m.Math, int]:
        arguments = [self.of(a) for a in e.arguments]
        if e.function == "abs":
            return m.Fenced("|", arguments[0], "|"), _TIGHT
        if e.function == "sqrt":
            return m.Root(arguments[0]), _TIGHT
        if e.function in _EXTREMES:
            return m.row(m.Named(e.function), m.Fenced("{", m.joined(arguments), "}")), _TIGHT
        name = m.Named(_FUNCTIONS.get(e.function, e.function))
        return m.row(name, m.Fenced("(", m.joined(arguments), ")")), _TIGHT

    def _reduction(self, e: ir.Reduce) -> m.Math:
        body = self.at(e.body, _PRODUCT)
        if self._bound(e.body)[1] == _SIGN:
            body = m.Fenced("(", body, ")")
        return m.row(m.Large(_LARGE[e.op], self.under(e.domain)), body)

    def _branches(self, e: ir.Choose) -> m.Math:
        rows: list[tuple[tuple[m.Math, ...], m.Math]] = []
        rest: ir.Expr = e
        while isinstance(rest, ir.Choose):
            rows.append(((self.of(rest.then),), m.row(m.Words("if "), self.of(rest.condition))))
            rest = rest.otherwise
        rows.append(((self.of(rest),), m.Words("otherwise")))
        return m.Branches(tuple(rows))

    # ------------------------------------------------------------ indices and sets

    def index(self, index: ir.Index) -> m.Math:
        match index:
            case ir.Letter():
                return letter(index.name)
            case ir.Shift():
                return self._shifted(index.base, index.offset, 1)
            case ir.Step():
                base = index.base
                if isinstance(base, ir.Letter) and self.consecutive(base.set):
                    return self._shifted(base, index.count, 1)
                return self._stepped(base, index.count)
            case ir.Edge():
                return m.row(m.Named("last" if index.last else "first"), m.Fenced("(", self.set(index.over), ")"))
            case ir.Element():
                return element(index.value)
            case ir.ElementOf():
                return self.of(index.value)
        assert_never(index)

    def _shifted(self, base: ir.Index, offset: ir.Expr, sign: int) -> m.Math:
        shown = self.index(base)
        match offset:
            case ir.Add(signs=(one,), terms=(term,)):
                return self._shifted(base, term, sign * one)
            case ir.Negate():
                return self._shifted(base, offset.operand, -sign)
            case ir.Number() if offset.value < 0:
                return self._shifted(base, ir.Number(-offset.value, offset.span), -sign)
        return m.row(shown, m.Sign("+" if sign > 0 else "-"), self.at(offset, _PRODUCT))

    def _stepped(self, base: ir.Index, count: ir.Expr) -> m.Math:
        """`prev(k, n)` along a set whose elements are no consecutive integers."""
        sign = 1
        while True:
            match count:
                case ir.Add(signs=(one,), terms=(term,)):
                    sign, count = sign * one, term
                    continue
                case ir.Negate():
                    sign, count = -sign, count.operand
                    continue
                case ir.Number() if count.value < 0:
                    sign, count = -sign, ir.Number(-count.value, count.span)
                    continue
            break
        shown = [self.index(base)]
        if not (isinstance(count, ir.Number) and count.value == 1):
            shown.append(self.of(count))
        return m.row(m.Named("next" if sign > 0 else "prev"), m.Fenced("(", m.joined(shown), ")"))

    def set(self, over: ir.SetExpr) -> m.Math:
        match over:
            case ir.SetName():
                return self.symbols.of_set(over.set)
            case ir.SetLiteral():
                return m.Fenced("{", m.joined([element(e) for e in over.elements]), "}")
            case ir.SetRange():
                return self._range(over)
            case ir.SetFilter():
                inside = m.joined(self._ranges(over.domain))
                if over.domain.where is not None:
                    inside = m.row(inside, m.Sign("such that"), self.of(over.domain.where))
                return m.Fenced("{", inside, "}")
            case ir.SetCombination():
                sides = [self.set(o) for o in over.operands]
                sides = [
                    m.Fenced("(", s, ")") if isinstance(o, ir.SetCombination) else s
                    for s, o in zip(sides, over.operands, strict=True)
                ]
                return m.joined(sides, _SETS[over.op])
        assert_never(over)

    def _range(self, over: ir.SetRange) -> m.Math:
        low, high = self.of(over.low), self.of(over.high)
        if over.step is None:
            return m.Fenced("{", m.joined([low, m.Sign("dots"), high]), "}")
        second = m.row(low, m.Sign("+"), self.at(over.step, _PRODUCT))
        if isinstance(over.low, ir.Number) and isinstance(over.step, ir.Number):
            second = number(over.low.value + over.step.value)
        return m.Fenced("{", m.joined([low, second, m.Sign("dots"), high]), "}")

    # ------------------------------------------------------------ domains

    def _ranges(self, domain: ir.Domain) -> list[m.Math]:
        """`t ∈ T` for each binder; letters over one set together."""
        found: list[m.Math] = []
        k = 0
        binders = domain.binders
        while k < len(binders):
            group = [binders[k]]
            while (
                k + len(group) < len(binders)
                and len(group[0].letters) == 1 == len(binders[k + len(group)].letters)
                and isinstance(group[0].over, ir.SetName)
                and binders[k + len(group)].over == group[0].over
            ):
                group.append(binders[k + len(group)])
            letters = m.joined([letter(name) for b in group for name in b.letters])
            if len(group[0].letters) > 1:
                letters = m.Fenced("(", letters, ")")
            found.append(m.row(letters, m.Sign("in"), self.set(group[0].over)))
            k += len(group)
        return found

    def under(self, domain: ir.Domain) -> tuple[m.Math, ...]:
        """What stands under a sum, line by line: the ranges, then the conditions."""
        lines = [spread(self._ranges(domain))] if domain.binders else []
        conditions = [self.of(c) for c in conjuncts(domain.where)]
        if conditions and lines:
            lines[-1] = m.row(lines[-1], m.Sign("such that"))
        return (*lines, *conditions)

    def domain(self, domain: ir.Domain) -> tuple[m.Math, ...]:
        """`∀ t ∈ T: condition`, its ranges and conditions one by one; empty where there is none."""
        ranges = self.ranges(domain)
        return (m.row(m.Sign("forall"), ranges[0]), *ranges[1:]) if domain.binders else ranges

    def ranges(self, domain: ir.Domain) -> tuple[m.Math, ...]:
        """`t ∈ T: condition`, one by one."""
        parts = self._ranges(domain)
        conditions = [self.of(c) for c in conjuncts(domain.where)]
        if conditions and parts:
            parts[-1] = m.row(parts[-1], m.Sign("such that"), conditions.pop(0))
        elif conditions:
            conditions[0] = m.row(m.Words("if "), conditions[0])
        return (*parts, *conditions)


def spread(parts: Sequence[m.Math]) -> m.Math:
    """Ranges or conditions with commas and a little room between them."""
    shown: list[m.Math] = []
    for k, part in enumerate(parts):
        shown += [m.Sign(","), m.Gap(1 / 6), part] if k else [part]
    return m.row(*shown)


def conjuncts(condition: ir.Expr | None) -> list[ir.Expr]:
    """The conditions that `and` ties together."""
    if condition is None:
        return []
    if isinstance(condition, ir.Logic) and condition.op == "and":
        return [c for o in condition.operands for c in conjuncts(o)]
    return [condition]


def number(value: float) -> m.Math:
    """A number as in print: digits, a power of ten where it is very large or small, ∞."""
    if value != value or value in (float("inf"), float("-inf")):
        sign = (m.Sign("negative"),) if value < 0 else ()
        return m.row(*sign, m.Sign("infinity") if value == value else m.Words("undefined"))
    if value < 0:
        return m.row(m.Sign("negative"), number(-value))
    digits = Decimal(f"{abs(value):.15g}")
    if value == 0 or 1e-4 <= value < 1e7:
        return m.Digits(f"{digits:f}".rstrip("0").rstrip(".") if "." in f"{digits:f}" else f"{digits:f}")
    exponent = digits.adjusted()
    mantissa = f"{digits.scaleb(-exponent):f}"
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    power = m.Scripts(m.Digits("10"), above=m.integer(exponent))
    return power if mantissa == "1" else m.row(m.Digits(mantissa), m.Times("dot"), power)


def times(factors: list[m.Math]) -> m.Math:
    """Factors side by side: a dot before a number, a thin gap beside a word or a sum, nothing between letters."""
    parts: list[m.Math] = []
    for factor in factors:
        if parts:
            parts.append(m.Times(_between(parts[-1], factor)))
        parts.append(factor)
    return m.row(*parts)


def _between(left: m.Math, right: m.Math) -> Literal["none", "thin", "dot"]:
    first = right.parts[0] if isinstance(right, m.Row) and right.parts else right
    if isinstance(first, m.Scripts):
        first = first.base
    last = left.parts[-1] if isinstance(left, m.Row) and left.parts else left
    several = any(isinstance(x, m.Row) and all(isinstance(p, m.Ident) for p in x.parts) for x in (left, right))
    if isinstance(first, m.Digits) or (_word(last) and _word(first)):
        return "dot"
    if isinstance(last, m.Digits) and not _word(first):
        return "thin" if isinstance(first, m.Large | m.Named) else "none"
    if isinstance(last, m.Fenced) or isinstance(first, m.Fenced):
        return "thin" if _word(first) or _word(last.base if isinstance(last, m.Scripts) else last) else "none"
    single = all(isinstance(x, m.Ident) and len(x.text) == 1 for x in (last, first))
    return "none" if single and not several else "thin"


def _word(node: m.Math) -> bool:
    return isinstance(node, m.Ident) and len(node.text) > 1


def _enclosed(shown: m.Math, factors: list[ir.Expr]) -> m.Math:
    plain = len(factors) == 1 and isinstance(factors[0], ir.Use | ir.Number | ir.Cardinality)
    return shown if plain else m.Fenced("(", shown, ")")
