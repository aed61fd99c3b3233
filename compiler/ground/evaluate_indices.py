"""Domains, index expressions and conditions + data -> axes, positions and masks: `IndexEvaluator`."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Protocol, assert_never

import numpy as np

from compiler.ground.context import Context, IndexValue, Ungrounded, letter_key
from compiler.ground.ground_set import GroundSet, Layout
from compiler.ground.sparse import Floats
from compiler.ground.values import Axis, Dense, combine
from compiler.ir import expr as ir
from compiler.ir.game import ParamDef, VarDef
from compiler.ir.walk import index_set, outer_letters
from compiler.ir.words import short, some
from grammar.diagnostics import Findings
from grammar.source import Span

MOST_INSTANCES = 50_000_000
"""Beyond this an array of one column fills the memory of an ordinary computer; a slip in an index gets there fast."""


class Sets(Protocol):
    """Where the evaluator gets sets and parameters from (`compiler.ground.data`)."""

    def ground_set(self, expression: ir.SetExpr, context: Context) -> GroundSet: ...

    def param(self, definition: ParamDef) -> tuple[Layout, Floats]: ...


class IndexEvaluator:
    """Opens axes for binders and finds positions; what numbers are, its subclass says."""

    def __init__(self, data: Sets, findings: Findings) -> None:
        self.data = data
        self.findings = findings

    @abstractmethod
    def number(self, node: ir.Expr, context: Context) -> Dense:
        """A data expression."""

    def fail(self, code: str, headline: str, span: Span | None, label: str = "", **more: object) -> Ungrounded:
        self.findings.add(code, headline, span, label, **more)  # type: ignore[arg-type]
        return Ungrounded()

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
        if _moving(binder.over):
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

    # ------------------------------------------------------------ indices

    def index(self, node: ir.Index, context: Context, target: GroundSet | None) -> IndexValue:
        """Positions of an index expression, in `target` where one is asked for."""
        match node:
            case ir.Letter():
                return self._into(context.letters[letter_key(node)], target)
            case ir.Shift():
                base = self.index(node.base, context, target)
                if not base.of.consecutive:
                    raise self.fail(
                        "G307",
                        f"`{node.span.text}` steps along `{base.of.name}`, which is no set of consecutive integers",
                        node.span,
                        "no number to add to",
                        hints=["use `prev(t)` and `next(t)`, which step along any set"],
                    )
                offset = self._whole(self.number(node.offset, context), node, context)
                return IndexValue(base.of, combine(np.add, base.position, offset), base.missing)
            case ir.Step():
                self.check_fixed(node.base, node.span)
                base = self.index(node.base, context, None)
                count = self._whole(self.number(node.count, context), node, context)
                stepped = combine(np.add, base.position, count)
                return self._into(IndexValue(base.of, stepped, base.missing), target)
            case ir.Edge():
                of = self.data.ground_set(node.over, context)
                if not of.size and context.first(Dense.scalar(True))[0]:
                    raise self.fail(
                        "G308",
                        f"`{node.span.text}` of a set without elements",
                        node.span,
                        "the set is empty",
                        hints=["mend what the set is made from, or ask first: `if card(T) > 0 then ... else ...`"],
                    )
                return self._into(IndexValue(of, Dense.scalar(of.size - 1 if node.last else 0)), target)
            case ir.Element():
                return self._element(node, target)
            case ir.ElementOf():
                return self._element_of(node, context, target)
        assert_never(node)

    def _whole(self, steps: Dense, node: ir.Shift | ir.Step, context: Context) -> Dense:
        """Numbers of steps as integers."""
        rounded = np.rint(steps.array)
        with np.errstate(invalid="ignore"):
            far = ~(np.abs(rounded) < 1e15)
            stray, at = context.first(Dense(steps.axes, far | (np.abs(steps.array - rounded) > 1e-9)))
        if stray:
            raise self.fail(
                "G307",
                f"the step of `{node.span.text}` is no whole number{at}",
                node.span,
                "steps are counted",
                hints=["step by a whole number, or by a parameter that is one"],
            )
        return Dense(steps.axes, np.where(far, 0, rounded).astype(np.int64))

    def check_fixed(self, base: ir.Index, span: Span) -> None:
        """A place in a set that depends on other letters is none that one could step from or count."""
        if isinstance(base, ir.Letter) and _moving(base.binder.over):
            raise self.fail(
                "G313",
                f"`{span.text}` asks for a place in `{base.binder.over.span.text}`, another set at each instance",
                span,
                f"`{base.name}` has no fixed place",
                hints=[
                    f"take the condition out: `{base.name} in {base.set.name} where ...` steps along `{base.set.name}`"
                ],
            )

    def _element(self, node: ir.Element, target: GroundSet | None) -> IndexValue:
        if target is None:
            return IndexValue(GroundSet("", (node.value,)), Dense.scalar(0))
        at = target.place.get(node.value)
        if at is None:
            at = target.spelled.get(str(node.value))
        if at is None:
            near = [e for e in target.elements if str(e).casefold() == str(node.value).casefold()]
            hints = [f"did you mean `{near[0]}`?"] if near else [f"`{target.name}` has {some(target.elements)}"]
            raise self.fail(
                "G304",
                f"`{node.value}` is not an element of `{target.name}`",
                node.span,
                "unknown element",
                hints=hints,
            )
        return IndexValue(target, Dense.scalar(at))

    def _element_of(self, node: ir.ElementOf, context: Context, target: GroundSet | None) -> IndexValue:
        value = self.number(node.value, context)
        if target is None or target.numbers is None:
            raise self.fail(
                "G312",
                f"`{node.span.text}` is a number, the elements here are names",
                node.span,
                "an element is expected",
                hints=[
                    f"elements of `{target.name}`: {some(target.elements)}" if target else "write a letter of the set"
                ],
            )
        if target.consecutive and target.size:
            raw = value.array - target.numbers[0]
            position = np.rint(raw).astype(np.int64)
            missing = (np.abs(raw - position) > 1e-9) | (position < 0) | (position >= target.size)
        else:
            order = np.argsort(target.numbers, kind="stable")
            ranked = target.numbers[order]
            at = np.minimum(np.searchsorted(ranked, value.array), max(target.size - 1, 0))
            missing = ranked[at] != value.array if target.size else np.ones(value.array.shape, bool)
            position = order[at] if target.size else np.zeros(value.array.shape, np.int64)
        return IndexValue(target, Dense(value.axes, np.where(missing, 0, position)), Dense(value.axes, missing))

    def _into(self, value: IndexValue, target: GroundSet | None) -> IndexValue:
        """The same elements as positions in `target`."""
        if target is None or value.of is target:
            return value
        table = value.of.map_to(target)
        size, position = value.of.size, value.position.array
        if not size:
            return IndexValue(target, value.position, Dense(value.position.axes, np.ones(position.shape, bool)))
        inside = table[np.clip(position, 0, size - 1)]
        found = np.where(
            position < 0, position, np.where(position >= size, target.size + position - size, np.maximum(inside, 0))
        )
        gone = (inside < 0) & (position >= 0) & (position < size)
        missing = Dense(value.position.axes, gone)
        if value.missing is not None:
            missing = combine(np.logical_or, missing, value.missing)
        return IndexValue(target, Dense(value.position.axes, found), missing)

    def located(self, use: ir.Use, sets: tuple[GroundSet, ...], context: Context) -> list[Dense]:
        """Positions of a use's indices, checked for elements that are not there; steps off the edge are left in."""
        found = []
        for node, of in zip(use.indices, sets, strict=True):
            value = self.index(node, context, of)
            if value.missing is not None:
                bad, at = context.first(value.missing)
                if bad:
                    raise self.fail(
                        "G304",
                        f"`{node.span.text}` is not an element of `{of.name}`{at}",
                        node.span,
                        f"`{of.name}` lacks this element",
                        hints=["restrict the letter with `where`, or add the element to the set"],
                    )
            found.append(value.position)
        return found

    def _inside(
        self, use: ir.Use, positions: list[Dense], sets: tuple[GroundSet, ...], context: Context
    ) -> list[Dense]:
        """Positions clipped into the sets, after reporting a step off the edge (G305)."""
        clipped = []
        for node, position, of in zip(use.indices, positions, sets, strict=True):
            out = Dense(position.axes, (position.array < 0) | (position.array >= of.size))
            bad, at = context.first(out)
            if bad:
                raise self._off_edge(use, node, of, at)
            clipped.append(
                Dense(position.axes, np.clip(position.array, 0, max(of.size - 1, 0))) if out.array.any() else position
            )
        return clipped

    def _off_edge(self, use: ir.Use, node: ir.Index, of: GroundSet, at: str) -> Ungrounded:
        back = _steps_back(node)
        hints = [f"leave the instance out: `where {_guard_words(node, of)}`"]
        if isinstance(use.target, VarDef):
            way = "`cyclic`" if back is not None and back < 0 else "`starts VALUE` or `cyclic`"
            hints.append(f"or say what `{use.target.name}` is there: {way} in its declaration")
        if isinstance(use.target, VarDef) and use.target.before is not None:
            hints.append("`starts` is the value before the first element: step back, as in `x[t] == x[t-1] + ...`")
        return self.fail(
            "G305",
            f"`{use.span.text}` steps off the edge of `{of.name}`{at}",
            node.span,
            f"`{of.name}` has no such element",
            hints=hints,
        )

    def _components(self, binder: ir.Binder, context: Context) -> tuple[GroundSet, ...]:
        if _moving(binder.over):
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
        simple = all(len(b.letters) == 1 and not _moving(b.over) for b in domain.binders)
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


def _moving(over: ir.SetExpr) -> bool:
    """Whether the set is made by a condition on letters from outside."""
    return isinstance(over, ir.SetFilter) and bool(outer_letters(over))


_COMPARE = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def _guard_words(node: ir.Index, of: GroundSet) -> str:
    """A condition that keeps a step inside its set, in the words of the language."""
    if isinstance(node, ir.Shift | ir.Step) and isinstance(node.base, ir.Letter):
        letter, back = node.base.name, _steps_back(node)
        match back:
            case 1:
                return f"{letter} > first({of.name})"
            case -1:
                return f"{letter} < last({of.name})"
            case int() if back > 0:
                return f"ord({letter}) > {back}"
            case int():
                return f"ord({letter}) <= card({of.name}) - {-back}"
            case None:
                return f"{node.span.text} in {of.name}"
    return "..."


def _steps_back(node: ir.Index) -> int | None:
    """By how many elements an index steps back, negative for forward; None where data decide."""
    match node:
        case ir.Shift(offset=ir.Add(signs=(sign,), terms=(ir.Number(value=value),))):
            return -int(sign * value)
        case ir.Step(count=ir.Number(value=value)):
            return -int(value)
        case ir.Step(count=ir.Negate(operand=ir.Number(value=value))):
            return int(value)
        case _:
            return None
