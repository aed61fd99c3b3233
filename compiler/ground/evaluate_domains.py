"""Domains and conditions + data -> axes, masks and the layouts of declarations: `DomainEvaluator`."""

from __future__ import annotations

import math

import numpy as np

from compiler.ground.context import Context, IndexValue
from compiler.ground.evaluate_indices import IndexEvaluator, moving
from compiler.ground.ground_set import GroundSet, Layout
from compiler.ground.values import Axis, Dense, combine
from compiler.ir import expr as ir
from compiler.ir.walk import index_set
from compiler.ir.words import short

MOST_INSTANCES = 50_000_000
"""Beyond this an array of one column fills the memory of an ordinary computer; a slip in an index gets there fast."""


class DomainEvaluator(IndexEvaluator):
    """Opens axes for binders and says where conditions hold."""

    # ------------------------------------------------------------ domains

    def domain(self, domain: ir.Domain, context: Context) -> tuple[Context, tuple[Axis, ...], Dense | None]:
        """Open new axes for the binders. Returns the inner context, its new axes, and a mask where the condition
        depends on letters from outside; a condition on the new letters alone picks instances at once, in one axis."""
        inner = context
        axes: list[Axis] = []
        conditions: list[ir.Expr] = []
        for binder in domain.binders:
            inner = self._bind(binder, inner, axes, conditions)
        if domain.where is not None:
            conditions.append(domain.where)
        instances = math.prod(axis.size for axis in axes)
        if instances > MOST_INSTANCES:
            raise self.fail(
                "G308",
                f"the index `{short(domain.span or domain.binders[0].span)}` has {instances:.4g} combinations",
                domain.span or domain.binders[0].span,
                "more than fifty million",
                hints=['list the combinations that exist: `set Link in A * B from "links.csv"`, `x[(a,b) in Link]`'],
            )
        mask: Dense | None = None
        for condition in conditions:
            held = self.condition(condition, inner if mask is None else inner.guarded(mask))
            mask = held if mask is None else combine(np.logical_and, mask, held)
        if mask is None:
            return inner, tuple(axes), None
        if not set(mask.axes) <= set(axes):
            return inner.guarded(mask), tuple(axes), mask
        picked = np.flatnonzero(mask.full(tuple(axes)))
        axis = Axis(len(picked))
        places = dict(zip(axes, np.unravel_index(picked, tuple(a.size for a in axes)), strict=True)) if axes else {}
        letters = dict(inner.letters)
        for key, value in inner.letters.items():
            if value.position.axes and set(value.position.axes) <= set(axes):
                at = tuple(places[a] for a in value.position.axes)
                letters[key] = IndexValue(value.of, Dense((axis,), value.position.array[at]))
        return Context(letters, inner.names, context.guard, context.owner), (axis,), None

    def _bind(self, binder: ir.Binder, context: Context, axes: list[Axis], conditions: list[ir.Expr]) -> Context:
        if moving(binder.over):
            assert isinstance(binder.over, ir.SetFilter)
            inner = context
            for b in binder.over.domain.binders:
                inner = self._bind(b, inner, axes, conditions)
            if binder.over.domain.where is not None:
                conditions.append(binder.over.domain.where)
            own = [(id(b), k) for b in binder.over.domain.binders for k in range(len(b.letters))]
            return inner.bound(binder, tuple(inner.letters[key] for key in own))
        of = self.data.ground_set(binder.over, context)
        axis = Axis(of.size)
        axes.append(axis)
        if of.coords is None:
            return context.bound(binder, (IndexValue(of, Dense((axis,), np.arange(of.size))),))
        return context.bound(
            binder,
            tuple(IndexValue(c, Dense((axis,), of.coords[:, k])) for k, c in enumerate(of.components)),
        )

    def _components(self, binder: ir.Binder, context: Context) -> tuple[GroundSet, ...]:
        if moving(binder.over):
            assert isinstance(binder.over, ir.SetFilter)
            return tuple(c for b in binder.over.domain.binders for c in self._components(b, context))
        of = self.data.ground_set(binder.over, context)
        return of.components or (of,)

    # ------------------------------------------------------------ layouts

    def layout(self, domain: ir.Domain) -> tuple[Layout, Context]:
        """The instances of a declaration and the context in which its bodies are evaluated."""
        context, axes, mask = self.domain(domain, Context())
        assert mask is None
        sets = tuple(c for b in domain.binders for c in self._components(b, context))
        simple = all(len(b.letters) == 1 and not moving(b.over) for b in domain.binders)
        if domain.where is None and simple:
            return Layout(sets, axes, int(np.prod([a.size for a in axes], dtype=np.int64)) if axes else 1), context
        size = int(np.prod([a.size for a in axes], dtype=np.int64)) if axes else 1
        keys = [(id(b), k) for b in domain.binders for k in range(len(b.letters))]
        coords = (
            np.stack([context.letters[key].position.full(axes).ravel() for key in keys], axis=1)
            if keys
            else np.zeros((size, 0), np.int64)
        )
        return Layout(sets, axes, size, coords.astype(np.int64)), context

    # ------------------------------------------------------------ conditions

    def condition(self, node: ir.Expr, context: Context) -> Dense:
        """True or false over the axes that the condition depends on. `and`, `or` guard their later operands by the
        earlier ones."""
        match node:
            case ir.Logic(op="not"):
                held = self.condition(node.operands[0], context)
                return Dense(held.axes, ~held.array)
            case ir.Logic():
                result: Dense | None = None
                for operand in node.operands:
                    if result is None:
                        result = self.condition(operand, context)
                        continue
                    open_ = result if node.op == "and" else Dense(result.axes, ~result.array)
                    held = self.condition(operand, context.guarded(open_))
                    result = combine(np.logical_and if node.op == "and" else np.logical_or, result, held)
                assert result is not None
                return result
            case ir.Compare():
                left, right = (self.number(o, context) for o in node.operands)
                return combine(_COMPARE[node.ops[0]], left, right)
            case ir.CompareIndex():
                return self._compare_elements(node, context)
            case ir.Member():
                return self._member(node, context)
            case _:
                value = self.number(node, context)
                return Dense(value.axes, value.array != 0)

    def _compare_elements(self, node: ir.CompareIndex, context: Context) -> Dense:
        left, right = self.index(node.left, context, None), self.index(node.right, context, None)
        for side, index in ((left, node.left), (right, node.right)):
            off = Dense(side.position.axes, (side.position.array < 0) | (side.position.array >= side.of.size))
            bad, at = context.first(off)
            if bad:
                raise self.fail(
                    "G305",
                    f"`{index.span.text}` steps off the edge of `{side.of.name}`{at}",
                    index.span,
                    "compared with nothing",
                    hints=[f"ask first whether it is there: `{index.span.text} in {side.of.name} and ...`"],
                )
        if left.of.numbers is not None and right.of.numbers is not None and left.of.size and right.of.size:
            values = [
                Dense(v.position.axes, v.of.numbers[np.clip(v.position.array, 0, v.of.size - 1)])  # type: ignore[index]
                for v in (left, right)
            ]
            return combine(_COMPARE[node.op], *values)
        if isinstance(node.left, ir.Element):
            right = self._around(node.left, node.right, right)
            left = self._element(node.left, right.of)
        else:
            if isinstance(node.right, ir.Element):
                left = self._around(node.right, node.left, left)
            right = (
                self._into(right, left.of)
                if not isinstance(node.right, ir.Element)
                else self._element(node.right, left.of)
            )
        held = combine(_COMPARE[node.op], left.position, right.position)
        if right.missing is not None:
            bad, _ = context.first(right.missing)
            if bad and node.op not in ("==", "!="):
                raise self.fail(
                    "G303", f"`{node.span.text}` compares places in different sets", node.span, "no common order"
                )
            held = combine(lambda h, m: np.where(m, node.op == "!=", h), held, right.missing)
        return held

    def _around(self, element: ir.Element, index: ir.Index, value: IndexValue) -> IndexValue:
        """The index in the set that its own is part of, where only that one holds the element it is compared with."""
        of = index_set(index)
        while of is not None and element.value not in value.of.place and isinstance(of.parent, ir.SetName):
            of = of.parent.set
            value = self._into(value, self.data.ground_set(ir.SetName(of, index.span), Context()))
        return value

    def _member(self, node: ir.Member, context: Context) -> Dense:
        of = self.data.ground_set(node.over, context)
        components = of.components or (of,)
        values = []
        for index, component in zip(node.indices, components, strict=True):
            values.append(self._soft(index, context, component))
        outside = combine(
            lambda *masks: np.logical_or.reduce(np.broadcast_arrays(*masks)),
            *(
                combine(lambda p, m, n=c.size: m | (p < 0) | (p >= n), v.position, v.missing or Dense.scalar(False))
                for v, c in zip(values, components, strict=True)
            ),
        )
        if of.coords is None:
            return Dense(outside.axes, ~outside.array)
        layout = Layout(of.components, (), of.size, of.coords)
        inside = [
            Dense(v.position.axes, np.clip(v.position.array, 0, max(c.size - 1, 0)))
            for v, c in zip(values, components, strict=True)
        ]
        found = layout.locate(inside)
        return combine(lambda o, f: ~o & (f >= 0), outside, found)

    def _soft(self, index: ir.Index, context: Context, component: GroundSet) -> IndexValue:
        """Positions for a question of membership: an element that is not there is no fault."""
        if isinstance(index, ir.Element):
            at = component.place.get(index.value, component.spelled.get(str(index.value), -1))
            return IndexValue(component, Dense.scalar(at))
        if isinstance(index, ir.Shift) and component.numbers is not None:
            return self._sought(index, context, component)
        return self.index(index, context, component)

    def _sought(self, index: ir.Shift, context: Context, component: GroundSet) -> IndexValue:
        """`t-1 in P` asks for a number, whatever lies between."""
        base = self.index(index.base, context, None)
        if base.of.numbers is None or not base.of.size:
            return self.index(index, context, component)
        outside = Dense(base.position.axes, (base.position.array < 0) | (base.position.array >= base.of.size))
        start = Dense(base.position.axes, base.of.numbers[np.clip(base.position.array, 0, base.of.size - 1)])
        number = combine(np.add, start, self.number(index.offset, context))
        known = np.array(component.numbers)
        order = np.argsort(known, kind="stable")
        at = np.minimum(np.searchsorted(known[order], number.array), max(component.size - 1, 0))
        if not component.size:
            return IndexValue(component, number, Dense(number.axes, np.ones(number.array.shape, bool)))
        gone = Dense(number.axes, known[order][at] != number.array)
        return IndexValue(component, Dense(number.axes, order[at]), combine(np.logical_or, gone, outside))


_COMPARE = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
