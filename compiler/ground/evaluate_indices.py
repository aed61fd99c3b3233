"""Index expressions + data -> positions in sets: `IndexEvaluator`."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol, assert_never

import numpy as np

from compiler.ground.context import Context, IndexValue, Ungrounded, letter_key
from compiler.ground.ground_set import GroundSet, Layout
from compiler.ground.sparse import Floats
from compiler.ground.values import Dense, combine
from compiler.ir import expr as ir
from compiler.ir.game import ParamDef, VarDef
from compiler.ir.walk import outer_letters
from compiler.ir.words import some
from grammar.diagnostics import Findings
from grammar.source import Span


class Sets(Protocol):
    """Where evaluators get sets and parameters from (`compiler.ground.data`)."""

    def ground_set(self, expression: ir.SetExpr, context: Context) -> GroundSet: ...

    def param(self, definition: ParamDef) -> tuple[Layout, Floats]: ...


class IndexEvaluator:
    """Finds positions; what numbers are, a subclass says."""

    def __init__(self, data: Sets, findings: Findings) -> None:
        self.data = data
        self.findings = findings

    @abstractmethod
    def number(self, node: ir.Expr, context: Context) -> Dense:
        """A data expression."""

    def fail(self, code: str, headline: str, span: Span | None, label: str = "", **more: object) -> Ungrounded:
        self.findings.add(code, headline, span, label, **more)  # type: ignore[arg-type]
        return Ungrounded()

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
        if isinstance(base, ir.Letter) and moving(base.binder.over):
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


def moving(over: ir.SetExpr) -> bool:
    """Whether the set is made by a condition on letters from outside."""
    return isinstance(over, ir.SetFilter) and bool(outer_letters(over))


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
