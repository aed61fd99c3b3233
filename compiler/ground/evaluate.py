"""Resolved expressions + data -> arrays: `Evaluator` turns an indexed expression into `Affine` values by broadcasting.

Every index set becomes an axis; no Python loop runs over instances. Data-only parts come out as plain numbers. Faults
that only data can show (a step off the edge, a missing element, a division by zero) are reported with the first
instance concerned.
"""

from __future__ import annotations

from typing import Protocol, assert_never

import numpy as np

from compiler.ground.binary_products import BinaryProduct, own, own_switch, times, zero_or_one
from compiler.ground.context import Context, IndexValue
from compiler.ground.evaluate_functions import FunctionEvaluator
from compiler.ground.evaluate_indices import Sets
from compiler.ground.ground_set import Layout
from compiler.ground.lifting import Lifting
from compiler.ground.smooth import smooth
from compiler.ground.sparse import Floats
from compiler.ground.values import UNIT, Affine, Dense, add, combine, multiply, with_own_axes
from compiler.ir import expr as ir
from compiler.ir.game import CaseReport, ConstraintDef, LetDef, ObjectiveDef, ParamDef, ReportDef, VarDef
from compiler.ir.words import short
from grammar.diagnostics import Findings
from grammar.source import Span


class Quantities(Protocol):
    """What variables and shadow prices are: columns while a game is grounded, numbers once it is solved."""

    def layout(self, definition: VarDef | ConstraintDef) -> Layout: ...

    def value(self, definition: VarDef | ConstraintDef, instance: Dense) -> Affine: ...

    def case_report(self, target: CaseReport) -> tuple[Layout, Floats]: ...


class Evaluator(FunctionEvaluator):
    """Evaluates expressions over data; `quantities` None means that only data can stand in them."""

    def __init__(self, data: Sets, findings: Findings, quantities: Quantities | None = None) -> None:
        super().__init__(data, findings)
        self.quantities = quantities

    # ------------------------------------------------------------ numbers

    def number(self, node: ir.Expr, context: Context) -> Dense:
        """A data expression."""
        value = self.expression(node, context)
        if not value.numeric:
            raise self.fail(
                "G509", f"`{node.span.text}` holds a variable; data are expected here", node.span, "not data"
            )
        return value.constant

    def expression(self, node: ir.Expr, context: Context) -> Affine:
        """The value over the axes that it depends on; what is nonlinear in variables is lifted."""
        match node:
            case ir.Number():
                return Affine(Dense.scalar(node.value))
            case ir.IndexValue():
                return Affine(self._index_number(node.index, context, node.span))
            case ir.Ordinal():
                return Affine(self._ordinal(node, context))
            case ir.Cardinality():
                return Affine(Dense.scalar(float(self.data.ground_set(node.over, context).size)))
            case ir.Use():
                return self._use(node, context)
            case ir.Add():
                return add([(s, self.expression(t, context)) for s, t in zip(node.signs, node.terms, strict=True)])
            case ir.Negate():
                return self.expression(node.operand, context).scaled(Dense.scalar(-1.0))
            case ir.Multiply():
                return self._multiply(node, context)
            case ir.Power():
                return self._power(node, context)
            case ir.Choose():
                held = self.condition(node.condition, context)
                other = Dense(held.axes, ~held.array)
                then = self.expression(node.then, context.guarded(held)).where(held)
                return add([(1, then), (1, self.expression(node.otherwise, context.guarded(other)).where(other))])
            case ir.Apply():
                return self._apply(node, context)
            case ir.Reduce():
                return self._reduce(node, context)
            case ir.Piecewise():
                return self._piecewise(node, context)
            case ir.Tiers():
                return self._tiers(node, context)
            case ir.Risk():
                return self._risk(node, context)
            case ir.Compare() | ir.CompareIndex() | ir.Member() | ir.Logic():
                held = self.condition(node, context)
                return Affine(Dense(held.axes, held.array.astype(np.float64)))
        assert_never(node)

    def _ordinal(self, node: ir.Ordinal, context: Context) -> Dense:
        self.check_fixed(node.index, node.span)
        value = self.index(node.index, context, None)
        position = value.position
        bad, at = context.first(Dense(position.axes, (position.array < 0) | (position.array >= value.of.size)))
        if bad:
            raise self.fail(
                "G305",
                f"`{node.index.span.text}` steps off the edge of `{value.of.name}`{at}",
                node.index.span,
                "no such element",
                hints=[
                    "count from the letter itself: `ord(...) - 1`, "
                    f"or ask first: `{node.index.span.text} in {value.of.name}`"
                ],
            )
        return Dense(position.axes, position.array + 1.0)

    def _index_number(self, node: ir.Index, context: Context, span: Span) -> Dense:
        value = self.index(node, context, None)
        numbers = value.of.numbers
        if numbers is None:
            raise self.fail(
                "G312",
                f"`{span.text}` is an element of `{value.of.name}`, whose elements are names",
                span,
                "used as a number",
                hints=[f"its place in the set is `ord({span.text})`"],
            )
        position = value.position
        out = Dense(position.axes, (position.array < 0) | (position.array >= value.of.size))
        bad, at = context.first(out)
        if bad:
            raise self.fail(
                "G305",
                f"`{span.text}` steps off the edge of `{value.of.name}`{at}",
                span,
                "no such element",
                hints=[f"ask first whether it is there: `{span.text} in {value.of.name} and ...`"],
            )
        return Dense(
            position.axes,
            numbers[np.clip(position.array, 0, max(value.of.size - 1, 0))]
            if value.of.size
            else np.zeros(position.array.shape),
        )

    def _use(self, use: ir.Use, context: Context) -> Affine:
        target = use.target
        match target:
            case ParamDef():
                layout, values = self.data.param(target)
                return Affine(self._gather(use, layout, values, context))
            case LetDef() | ObjectiveDef() | ReportDef():
                return self.expression(target.value, self._enter(use, target.domain, context))
            case VarDef() | ConstraintDef():
                return self._quantity(use, target, context)
            case CaseReport():
                if self.quantities is None:
                    raise self.fail("G509", f"`{use.span.text}` is known only after solving", use.span)
                layout, values = self.quantities.case_report(target)
                return Affine(self._gather(use, layout, values, context))
        raise TypeError(type(target))

    def _gather(self, use: ir.Use, layout: Layout, values: Floats, context: Context) -> Dense:
        if not layout.sets:
            return Dense.scalar(values[0])
        positions = self._inside(use, self.located(use, layout.sets, context), layout.sets, context)
        instance = self._existing(use, layout, positions, context)
        if not layout.size:
            return Dense(instance.axes, np.zeros(instance.array.shape))
        return Dense(instance.axes, values[instance.array])

    def _existing(self, use: ir.Use, layout: Layout, positions: list[Dense], context: Context) -> Dense:
        """Instance numbers, after reporting uses outside the declared combinations (G310)."""
        instance = layout.locate(positions)
        if layout.coords is None:
            return instance
        bad, at = context.first(Dense(instance.axes, instance.array < 0))
        if bad:
            raise self.fail(
                "G310",
                f"`{use.span.text}` is not declared{at}",
                use.span,
                "outside the index of its declaration",
                hints=[
                    "restrict the letters as the declaration does: with `where`, or by summing over the set of pairs"
                ],
            )
        return Dense(instance.axes, np.maximum(instance.array, 0))

    def _enter(self, use: ir.Use, domain: ir.Domain, context: Context) -> Context:
        """The context in which a named expression's own letters take the indices of this use."""
        inner = context.fresh()
        k = 0
        for binder in domain.binders:
            values = []
            for component in self._components(binder, context):
                value = self.index(use.indices[k], context, component)
                if value.missing is not None and context.first(value.missing)[0]:
                    self.located(use, tuple(c for b in domain.binders for c in self._components(b, context)), context)
                position = self._inside(
                    ir.Use(use.target, (use.indices[k],), use.span), [value.position], (component,), context
                )[0]
                values.append(IndexValue(component, position))
                k += 1
            inner = inner.bound(binder, tuple(values))
        inner = inner.known()
        if domain.where is not None:
            held = self.condition(domain.where, inner)
            bad, at = inner.first(Dense(held.axes, ~held.array))
            if bad:
                raise self.fail(
                    "G310", f"`{use.span.text}` is not declared{at}", use.span, "outside the index of its declaration"
                )
        return inner

    def _quantity(self, use: ir.Use, target: VarDef | ConstraintDef, context: Context) -> Affine:
        if self.quantities is None:
            raise self.fail(
                "G509", f"`{use.span.text}` is decided by a player; data are expected here", use.span, "not data"
            )
        layout = self.quantities.layout(target)
        positions = self.located(use, layout.sets, context)
        if isinstance(target, VarDef) and (target.cyclic or target.before is not None):
            return self._stepped(use, target, layout, positions, context)
        positions = self._inside(use, positions, layout.sets, context)
        return self.quantities.value(target, self._existing(use, layout, positions, context))

    def _stepped(self, use: ir.Use, target: VarDef, layout: Layout, positions: list[Dense], context: Context) -> Affine:
        """A variable that says what is beyond its edge: `cyclic` wraps, `starts` gives the value before the first
        element."""
        assert self.quantities is not None
        if target.cyclic:
            wrapped = [
                Dense(p.axes, np.mod(p.array, max(s.size, 1))) for p, s in zip(positions, layout.sets, strict=True)
            ]
            return self.quantities.value(target, self._existing(use, layout, wrapped, context))
        below = combine(lambda *p: np.logical_or.reduce([q < 0 for q in np.broadcast_arrays(*p)]), *positions)
        above = context if not below.array.any() else context.guarded(Dense(below.axes, ~below.array))
        inside = self._inside(use, positions, layout.sets, above)
        value = self.quantities.value(target, self._existing(use, layout, inside, above))
        if not below.array.any():
            return value
        assert target.before is not None
        inner = context.fresh()
        k = 0
        for binder in target.domain.binders:
            width = len(binder.letters)
            inner = inner.bound(binder, tuple(IndexValue(layout.sets[j], inside[j]) for j in range(k, k + width)))
            k += width
        before = self.expression(target.before, inner.guarded(below))
        return add([(1, value.where(Dense(below.axes, ~below.array))), (1, before.where(below))])

    def _multiply(self, node: ir.Multiply, context: Context) -> Affine:
        values = [self._factor(op, f, context) for op, f in zip(node.ops, node.factors, strict=True)]
        if self.lifting is not None:
            values = _own_first(self.lifting, values, context)
            # Written out, a square is the square that it is.
            if len(values) == 2 and node.ops == ("*", "*") and node.factors[0] == node.factors[1]:
                if zero_or_one(self.lifting, values[0], context.axes):
                    return values[0]
                if not values[0].pairs:
                    return multiply(*values)
        result, made = values[0], self._steps()
        for value in values[1:]:
            result = self.product(result, value, node.span, context)
        if self.lifting is not None and any(isinstance(s, BinaryProduct) for s in self.lifting.steps[made:]):
            self.lifting.products.add(id(node))
        return result

    def _steps(self) -> int:
        return 0 if self.lifting is None else len(self.lifting.steps)

    def _factor(self, op: str, factor: ir.Expr, context: Context) -> Affine:
        """The value of a factor, or one over it where it divides."""
        if op == "/" and isinstance(factor, ir.Power):
            base, exponent = self.expression(factor.base, context), self.number(factor.exponent, context)
            if not base.numeric and (exponent.array > 0).all():
                # What keeps `z + y` from zero keeps its square, of which less is known once it is written out.
                lifting, falling = self._lifting(factor.span, context), Dense(exponent.axes, -exponent.array)
                return smooth(lifting, "power", base, context, factor.span, falling)
        value = self.expression(factor, context)
        if op == "*":
            return value
        if not value.numeric:
            lifting = self._lifting(factor.span, context)
            return smooth(lifting, "power", value, context, factor.span, Dense.scalar(-1.0))
        bad, at = context.first(Dense(value.constant.axes, value.constant.array == 0))
        if bad:
            raise self.fail(
                "G508",
                f"a division by zero{at}: `{short(factor.span)}` is 0",
                factor.span,
                "zero here",
                hints=["mend the data, or leave the instance out with `where` or `if`"],
            )
        safe = Dense(value.constant.axes, np.where(value.constant.array == 0, 1.0, value.constant.array))
        return Affine(combine(np.divide, UNIT, safe))

    def _power(self, node: ir.Power, context: Context) -> Affine:
        base = self.expression(node.base, context)
        exponent = self.number(node.exponent, context)
        if base.numeric:
            with np.errstate(all="ignore"):
                value = combine(lambda b, e: np.power(b.astype(np.float64), e), base.constant, exponent)
            return Affine(self._finite(value, node, context))
        if not exponent.axes and exponent.array == 0:
            return Affine(UNIT)
        if not exponent.axes and exponent.array == 1:
            return base
        if self.lifting is not None and (exponent.array > 0).all() and zero_or_one(self.lifting, base, context.axes):
            return base
        if not exponent.axes and exponent.array == 2 and not base.pairs:
            # The second factor sums over axes of its own.
            return multiply(base, with_own_axes(base, context.axes))
        return smooth(self._lifting(node.span, context), "power", base, context, node.span, exponent)

    def product(self, a: Affine, b: Affine, span: Span, context: Context) -> Affine:
        """The product; columns stand for factors that have products themselves."""
        if a.numeric or b.numeric or self.lifting is None:
            return multiply(a, b)
        if a.pairs or b.pairs:
            lifting = self._lifting(span, context)
            a, b = (smooth(lifting, "", v, context, span) if v.pairs else v for v in (a, b))
        return times(self.lifting, a, b, context, span)


def _own_first(lifting: Lifting, values: list[Affine], context: Context) -> list[Affine]:
    """Factors in the order in which their product is simplest to the player: numbers and its own binaries, what else is
    its own, what others decide. So `price*on*p` is another's price times a column of its own that is linear."""
    if context.owner is None or sum(not v.numeric for v in values) < 3:
        return values
    return sorted(values, key=lambda v: 0 if own_switch(lifting, v, context) else 1 if own(lifting, v, context) else 2)
