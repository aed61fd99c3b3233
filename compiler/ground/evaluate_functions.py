"""Functions, reductions, curves and risk + data -> values: `FunctionEvaluator`. Of variables they are lifted,
exactly."""

from __future__ import annotations

from abc import abstractmethod
from itertools import pairwise

import numpy as np

from compiler.ground.context import Context
from compiler.ground.evaluate_domains import DomainEvaluator
from compiler.ground.evaluate_indices import Sets
from compiler.ground.lifting import Lifting
from compiler.ground.pieces import piecewise, tiers
from compiler.ground.risk import cvar_columns, cvar_number
from compiler.ground.smooth import smooth
from compiler.ground.sparse import Floats
from compiler.ground.values import UNIT, Affine, Axis, Dense, add, combine, sum_over, union, with_own_axes
from compiler.ir import expr as ir
from compiler.ir.words import short
from grammar.diagnostics import Findings
from grammar.source import Span


class FunctionEvaluator(DomainEvaluator):
    """Evaluates everything that is more than a sum or a product; what uses mean, its subclass says."""

    def __init__(self, data: Sets, findings: Findings) -> None:
        super().__init__(data, findings)
        self.lifting: Lifting | None = None
        """Models what is nonlinear in variables; None where only numbers can stand."""

    @abstractmethod
    def expression(self, node: ir.Expr, context: Context) -> Affine:
        """The value over the axes that it depends on."""

    @abstractmethod
    def product(self, a: Affine, b: Affine, span: Span, context: Context) -> Affine:
        """The product of two values."""

    def _apply(self, node: ir.Apply, context: Context) -> Affine:
        arguments = [self.expression(a, context) for a in node.arguments]
        if not all(v.numeric for v in arguments):
            return self._lifted(node, arguments, context)
        numbers = [v.constant for v in arguments]
        function = _FUNCTIONS.get(node.function)
        with np.errstate(all="ignore"):
            if function is not None:
                return Affine(self._finite(combine(function, numbers[0]), node, context))
            pick = np.minimum if node.function == "min" else np.maximum
            result = numbers[0]
            for other in numbers[1:]:
                result = combine(pick, result, other)
        return Affine(result)

    def _finite(self, value: Dense, node: ir.Expr, context: Context) -> Dense:
        bad, at = context.first(Dense(value.axes, ~np.isfinite(value.array)))
        if bad:
            raise self.fail(
                "G508",
                f"`{short(node.span)}` has no finite value{at}",
                node.span,
                "undefined or too large",
                hints=["mend the data, or leave the instance out with `where` or `if`"],
            )
        return value

    def _reduce(self, node: ir.Reduce, context: Context) -> Affine:
        inner, axes, mask = self.domain(node.domain, context)
        body = self.expression(node.body, inner)
        if node.op == "sum":
            return sum_over(body, axes, mask)
        if node.op == "mean":
            total = sum_over(body, axes, mask)
            count = sum_over(Affine(UNIT), axes, mask).constant
            self._check_some(node, Dense(count.axes, count.array == 0), context, "no element to take the mean of")
            return total.scaled(combine(lambda c: 1.0 / np.maximum(c, 1), count))
        if not body.numeric:
            if node.op == "prod":
                return self._product_over(body, axes, mask, context, node.span)
            return self._extreme_over(node, body, inner, axes, mask, context)
        whole = union(
            body.constant, *([mask] if mask is not None else []), *(Dense((a,), np.zeros(a.size)) for a in axes)
        )
        start = {"prod": 1.0, "smin": np.inf, "smax": -np.inf}[node.op]
        values = body.constant.full(whole)
        if mask is not None:
            values = np.where(mask.full(whole), values, start)
        over = tuple(k for k, a in enumerate(whole) if a in set(axes))
        function = {"prod": np.multiply, "smin": np.minimum, "smax": np.maximum}[node.op]
        reduced = Dense(
            tuple(a for a in whole if a not in set(axes)), function.reduce(values, axis=over, initial=start)
        )
        if node.op != "prod":
            self._check_some(node, Dense(reduced.axes, np.isinf(reduced.array)), context, "no element to choose from")
        return Affine(reduced)

    def _check_some(self, node: ir.Reduce, none: Dense, context: Context, label: str) -> None:
        """Report (G508) a reduction that has no element at an instance where `none` holds."""
        bad, at = context.first(none)
        if bad:
            raise self.fail(
                "G508",
                f"`{node.op}` over nothing{at}",
                node.span,
                label,
                hints=["leave the instance out with `where` or `if`"],
            )

    def _extreme_over(
        self,
        node: ir.Reduce,
        body: Affine,
        inner: Context,
        axes: tuple[Axis, ...],
        mask: Dense | None,
        context: Context,
    ) -> Affine:
        """`smin` and `smax` of variables."""
        body = self._linear(body, node.body, inner)
        count = sum_over(Affine(UNIT), axes, mask).constant
        self._check_some(node, Dense(count.axes, count.array == 0), context, "no element to choose from")
        lifting = self._lifting(node.span, context)
        return lifting.extreme_over(node.op == "smax", body, axes, mask, inner, context, node.span)

    def _product_over(
        self, body: Affine, axes: tuple[Axis, ...], mask: Dense | None, context: Context, span: Span
    ) -> Affine:
        """`prod` of variables: one factor after the other, each at all instances around it."""
        result = Affine(UNIT)
        for place in np.ndindex(*(a.size for a in axes)):
            at = dict(zip(axes, place, strict=True))
            # Every factor sums over axes of its own.
            factor = with_own_axes(body.at(at), context.axes)
            if mask is not None:
                counts = mask.at(at)
                one = Affine(Dense(counts.axes, (~counts.array).astype(np.float64)))
                factor = add([(1, factor.where(counts)), (1, one)])
            result = self.product(result, factor, span, context)
        return result

    # ------------------------------------------------------------ functions of variables

    def _lifted(self, node: ir.Apply, arguments: list[Affine], context: Context) -> Affine:
        lifting = self._lifting(node.span, context)
        if node.function not in ("abs", "min", "max"):
            return smooth(lifting, node.function, arguments[0], context, node.span)
        straight = [self._linear(v, a, context) for v, a in zip(arguments, node.arguments, strict=True)]
        if node.function == "abs":
            both = (straight[0], straight[0].scaled(Dense.scalar(-1.0)))
            return lifting.extreme(True, both, context, node.span, least=0.0)
        return lifting.extreme(node.function != "min", tuple(straight), context, node.span)

    def _linear(self, value: Affine, node: ir.Expr, context: Context) -> Affine:
        """The value without products of variables: a column stands for one that has them."""
        return smooth(self._lifting(node.span, context), "", value, context, node.span) if value.pairs else value

    def _lifting(self, span: Span, context: Context) -> Lifting:
        """Where nonlinear values go; only a player's statement can have columns of its own."""
        assert self.lifting is not None  # Without it variables are numbers, or were refused as not data.
        if context.owner is None:
            raise self.fail(
                "G701",
                f"`{short(span)}` of variables stands in a constraint that belongs to nobody",
                span,
                "not linear",
                hints=["give it to a player: `var z >= ...` there, and use `z` here"],
            )
        return self.lifting

    def _piecewise(self, node: ir.Piecewise, context: Context) -> Affine:
        subject = self.expression(node.subject, context)
        x = [self.number(e, context) for e in node.x]
        y = [self.number(e, context) for e in node.y]
        self._check_ascending(x, node.x, node, "points", context)
        if subject.numeric:
            return Affine(_curve_at(subject.constant, x, y))
        subject = self._linear(subject, node.subject, context)
        return piecewise(self._lifting(node.span, context), subject, x, y, context, node.span)

    def _tiers(self, node: ir.Tiers, context: Context) -> Affine:
        subject = self.expression(node.subject, context)
        limits = [self.number(e, context) for e in node.limits]
        rates = [self.expression(e, context) for e in node.rates]
        zero = ir.Number(0.0, node.span)
        self._check_ascending([Dense.scalar(0.0), *limits], (zero, *node.limits), node, "limits", context)
        if subject.numeric and all(r.numeric for r in rates):
            return Affine(_tiers_at(subject.constant, limits, [r.constant for r in rates]))
        subject = self._linear(subject, node.subject, context)
        rates = [self._linear(rate, e, context) for rate, e in zip(rates, node.rates, strict=True)]
        return tiers(self._lifting(node.span, context), subject, limits, rates, context, node.span)

    def _risk(self, node: ir.Risk, context: Context) -> Affine:
        level = self.number(node.level, context)
        bad, at = context.first(Dense(level.axes, ~((level.array >= 0.0) & (level.array < 1.0))))
        if bad:
            raise self.fail(
                "G512",
                f"the level of `cvar` is a number from 0 to below 1{at}",
                node.level.span,
                "not a level",
                hints=["0.95 is the mean of the worst 5 %"],
            )
        inner, axes, mask = self.domain(node.domain, context)
        if mask is not None:
            raise self.fail(
                "G303",
                "the scenarios of `cvar` cannot depend on other letters",
                node.domain.span,
                "a condition on letters from outside",
            )
        loss = self.expression(node.body, inner)
        probability = self.number(node.probability, inner)
        if loss.numeric:
            return Affine(cvar_number(loss.constant, probability, level, axes))
        loss = self._linear(loss, node.body, inner)
        lifting = self._lifting(node.span, context)
        return cvar_columns(lifting, loss, probability, level, inner, context, axes, node.span)

    def _check_ascending(
        self, values: list[Dense], nodes: tuple[ir.Expr, ...], node: ir.Expr, word: str, context: Context
    ) -> None:
        for k, (before, after) in enumerate(pairwise(values)):
            bad, at = context.first(combine(np.greater_equal, before, after))
            if bad:
                raise self.fail(
                    "G512",
                    f"the {word} of `{short(node.span)}` do not ascend{at}",
                    nodes[k + 1].span,
                    "not beyond the one before",
                    hints=[f"write the {word} from the smallest to the largest; limits of tiers count from zero"],
                )


def _curve_at(subject: Dense, x: list[Dense], y: list[Dense]) -> Dense:
    """The curve through the points, at numbers; the end pieces go on."""
    result: Dense | None = None
    for k in range(len(x) - 1):
        line = combine(_line, subject, x[k], x[k + 1], y[k], y[k + 1])
        result = line if result is None else combine(_from, subject, x[k], result, line)
    assert result is not None
    return result


def _tiers_at(subject: Dense, limits: list[Dense], rates: list[Dense]) -> Dense:
    """What numbers cost by tiers."""
    total = combine(np.multiply, rates[0], subject)
    for k, limit in enumerate(limits):
        total = combine(_dearer, total, subject, limit, rates[k], rates[k + 1])
    return total


def _line(e: Floats, x0: Floats, x1: Floats, y0: Floats, y1: Floats) -> Floats:
    return np.asarray(y0 + (y1 - y0) * (e - x0) / (x1 - x0), dtype=np.float64)


def _from(e: Floats, x0: Floats, before: Floats, after: Floats) -> Floats:
    return np.where(e > x0, after, before)


def _dearer(total: Floats, e: Floats, limit: Floats, rate: Floats, beyond: Floats) -> Floats:
    return np.asarray(total + np.maximum(e - limit, 0.0) * (beyond - rate), dtype=np.float64)


_FUNCTIONS: dict[str, np.ufunc] = {
    "abs": np.absolute,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "tanh": np.tanh,
}
