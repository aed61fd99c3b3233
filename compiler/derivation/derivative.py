"""An indexed expression and a variable -> its derivative with respect to the variable at given indices: `derivative`.

Every occurrence `x[j]` of the variable gives one term: the product of what stands beside it (product and chain rule),
summed over the reductions around it, where `j` is the instance asked for. Such a sum collapses (`collapse.py`): the
letter of the reduction that gives `j` is replaced by the index asked for, steps turned round.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from compiler.derivation.algebra import conjuncts, is_number, letters_of, number, opposite, times, total
from compiler.derivation.collapse import Term, collapsed
from compiler.derivation.faults import Underivable
from compiler.derivation.substitution import any_part, opened, substituted
from compiler.ir import expr as ir
from compiler.ir.game import VarDef
from compiler.ir.words import short
from grammar.source import Span


def derivative(expression: ir.Expr, variable: VarDef, at: tuple[ir.Index, ...] | None = None) -> ir.Expr:
    """d expression / d variable[at]; `at` defaults to the letters of the variable's own declaration.

    The expression must be `expanded`. Raises `Underivable` at what has no derivative: `max` of variables and its like.
    """
    pivot = letters_of(variable.domain) if at is None else at
    known = conjuncts(variable.domain.where) if at is None else ()
    parts = []
    for term in _Terms(variable, pivot).of(expression, Term()):
        parts += collapsed(term, variable, known)
    return total(parts, expression.span)


def holds(node: ir.Expr, variable: VarDef) -> bool:
    """Whether the variable stands in the (expanded) expression."""
    return any_part(node, lambda part: isinstance(part, ir.Use) and part.target is variable)


@dataclass
class _Terms:
    variable: VarDef
    pivot: tuple[ir.Index, ...]

    def of(self, node: ir.Expr, around: Term) -> list[Term]:
        """The terms of every occurrence of the variable in `node`; `around` is what multiplies and sums it."""
        if not holds(node, self.variable):
            return []
        match node:
            case ir.Use():
                deltas = tuple(zip(node.indices, self.pivot, strict=True))
                return [replace(around, deltas=deltas, span=node.span)]
            case ir.Add():
                found = []
                for sign, term in zip(node.signs, node.terms, strict=True):
                    found += self.of(term, around.signed(sign))
                return found
            case ir.Negate():
                return self.of(node.operand, around.signed(-1))
            case ir.Multiply():
                return self._product(node, around)
            case ir.Power():
                return self._power(node, around)
            case ir.Choose():
                yes = self.of(node.then, around.where(node.condition))
                return yes + self.of(node.otherwise, around.where(opposite(node.condition)))
            case ir.Reduce():
                return self._reduction(node, around)
            case ir.Apply():
                (argument,) = node.arguments if len(node.arguments) == 1 else (None,)
                if argument is None or node.function == "abs":
                    raise _not_smooth(node, f"`{node.function}`")
                return self.of(argument, around.with_factors(*_slope(node.function, argument, node.span)))
            case ir.Piecewise(x=(a, b), y=(c, d)):
                rise = total([(1, d), (-1, c)], node.span)
                run = total([(1, b), (-1, a)], node.span)
                return self.of(node.subject, around.with_factors(("*", rise), ("/", run)))
            case ir.Piecewise():
                raise _not_smooth(node, "`piecewise`")
            case ir.Tiers():
                raise _not_smooth(node, "`tiers`")
            case ir.Risk():
                raise _not_smooth(node, "`cvar`")
            case _:
                raise TypeError(type(node))

    def _product(self, node: ir.Multiply, around: Term) -> list[Term]:
        found = []
        pairs = list(zip(node.ops, node.factors, strict=True))
        for k, (op, factor) in enumerate(pairs):
            others = [pair for j, pair in enumerate(pairs) if j != k]
            if op == "*":
                found += self.of(factor, around.with_factors(*others))
            else:
                square = ir.Power(factor, number(2, factor.span), factor.span)
                found += self.of(factor, around.signed(-1).with_factors(*others, ("/", square)))
        return found

    def _power(self, node: ir.Power, around: Term) -> list[Term]:
        base, exponent = node.base, node.exponent
        if is_number(exponent, 1):
            return self.of(base, around)
        if is_number(exponent, 2):
            return self.of(base, around.with_factors(("*", number(2, node.span)), ("*", base)))
        less = total([(1, exponent), (-1, number(1, exponent.span))], exponent.span)
        if isinstance(exponent, ir.Number):
            less = number(exponent.value - 1, exponent.span)
        lower = ir.Power(base, less, node.span)
        return self.of(base, around.with_factors(("*", exponent), ("*", lower)))

    def _reduction(self, node: ir.Reduce, around: Term) -> list[Term]:
        if node.op not in ("sum", "mean"):
            raise _not_smooth(node, f"`{node.op}`")
        binders, conditions, letters = opened(node.domain)
        inner = around.inside(binders, conditions)
        if node.op == "mean":
            inner = inner.with_factors(("/", ir.Reduce("sum", node.domain, number(1, node.span), node.span)))
        return self.of(substituted(node.body, letters), inner)


def _slope(function: str, u: ir.Expr, span: Span) -> tuple[tuple[str, ir.Expr], ...]:
    """The derivative of a smooth function at `u`, as factors."""

    def of(name: str) -> ir.Expr:
        return ir.Apply(name, (u,), span)

    def square(e: ir.Expr) -> ir.Expr:
        return ir.Power(e, number(2, span), span)

    one = number(1, span)
    match function:
        case "exp":
            return (("*", of("exp")),)
        case "log":
            return (("/", u),)
        case "sqrt":
            return (("/", times(number(2, span), of("sqrt"))),)
        case "sin":
            return (("*", of("cos")),)
        case "cos":
            return (("*", number(-1, span)), ("*", of("sin")))
        case "tan":
            return (("*", total([(1, one), (1, square(of("tan")))], span)),)
        case "tanh":
            return (("*", total([(1, one), (-1, square(of("tanh")))], span)),)
        case _:
            raise _not_smooth(ir.Apply(function, (u,), span), f"`{function}`")


def _not_smooth(node: ir.Expr, what: str) -> Underivable:
    return Underivable(
        f"{what} of variables has no derivative where its pieces meet: `{short(node.span)}`",
        node.span,
        "not smooth",
        "formulas need a value that nothing profits from exceeding, as `max` in a cost; `gamec solve` takes others too",
    )
