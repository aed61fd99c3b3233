"""An expression and indices for some of its letters -> the expression at these indices: `substituted`, `at_fresh`.

Place-sensitive nodes (`prev(t)`, `ord(t)`, an order of names) mean a place in the set of their letter. Where an index
of another set would stand there, `PlaceLost` is raised instead of an expression that says something else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar, assert_never

from compiler.derivation.algebra import shifted, stepped
from compiler.ir import expr as ir
from compiler.ir.game import SetDef

Letters = Mapping[tuple[int, int], ir.Index]
"""Indices for letters, by identity of the binder and place in it."""

Node = TypeVar("Node", bound=ir.Expr)


class PlaceLost(Exception):  # noqa: N818 - a way out of one substitution, not an error of its own
    """An index of another set would stand where the place in a letter's own set is meant."""


def set_of(over: ir.SetExpr, place: int) -> SetDef | None:
    """The declared set of the letter at `place` of a binder over `over`; None for a set without a name."""
    if not isinstance(over, ir.SetName):
        return None
    return over.set.components[place] if over.set.components else over.set


def home(index: ir.Index) -> SetDef | None:
    """The declared set whose places an index speaks of."""
    match index:
        case ir.Letter():
            return set_of(index.binder.over, index.place)
        case ir.Shift() | ir.Step():
            return home(index.base)
        case ir.Edge():
            return set_of(index.over, 0)
        case ir.Element() | ir.ElementOf():
            return None
    assert_never(index)


def substituted(node: ir.Expr, letters: Letters) -> ir.Expr:
    """The expression with these indices in place of letters. Raises `PlaceLost`."""
    if not letters:
        return node
    match node:
        case ir.Number():
            return node
        case ir.Cardinality():
            return ir.Cardinality(in_set(node.over, letters), node.span)
        case ir.IndexValue():
            return ir.IndexValue(in_index(node.index, letters), node.span)
        case ir.Ordinal():
            _keep_place(node.index, letters)
            return ir.Ordinal(in_index(node.index, letters), node.span)
        case ir.Use():
            return ir.Use(node.target, tuple(in_index(i, letters) for i in node.indices), node.span)
        case ir.CompareIndex():
            if node.op not in ("==", "!="):
                _keep_place(node.left, letters)
                _keep_place(node.right, letters)
            return ir.CompareIndex(node.op, in_index(node.left, letters), in_index(node.right, letters), node.span)
        case ir.Member():
            indices = tuple(in_index(i, letters) for i in node.indices)
            return ir.Member(indices, in_set(node.over, letters), node.span)
        case ir.Reduce():
            domain, inner = in_domain(node.domain, letters)
            return ir.Reduce(node.op, domain, substituted(node.body, inner), node.span)
        case ir.Risk():
            domain, inner = in_domain(node.domain, letters)
            probability, body = substituted(node.probability, inner), substituted(node.body, inner)
            return ir.Risk(domain, substituted(node.level, letters), probability, body, node.span)
        case _:
            return rebuilt(node, lambda part: substituted(part, letters))


def any_part(node: ir.Expr, asked: Callable[[ir.Expr], bool]) -> bool:
    """Whether the node or an expression in it is one that is asked for."""
    found = False

    def look(part: ir.Expr) -> ir.Expr:
        nonlocal found
        if asked(part):
            found = True
        elif not found:
            rebuilt(part, look)
        return part

    look(node)
    return found


def rebuilt(node: ir.Expr, part: Callable[[ir.Expr], ir.Expr]) -> ir.Expr:
    """The node with `part` of each expression in it; domains stay."""
    match node:
        case ir.Number() | ir.Cardinality() | ir.IndexValue() | ir.Ordinal() | ir.Use():
            return node
        case ir.CompareIndex() | ir.Member():
            return node
        case ir.Add():
            return ir.Add(node.signs, tuple(part(t) for t in node.terms), node.span)
        case ir.Multiply():
            return ir.Multiply(node.ops, tuple(part(f) for f in node.factors), node.span)
        case ir.Negate():
            return ir.Negate(part(node.operand), node.span)
        case ir.Power():
            return ir.Power(part(node.base), part(node.exponent), node.span)
        case ir.Compare():
            return ir.Compare(node.ops, tuple(part(o) for o in node.operands), node.span)
        case ir.Logic():
            return ir.Logic(node.op, tuple(part(o) for o in node.operands), node.span)
        case ir.Choose():
            return ir.Choose(part(node.condition), part(node.then), part(node.otherwise), node.span)
        case ir.Apply():
            return ir.Apply(node.function, tuple(part(a) for a in node.arguments), node.span)
        case ir.Reduce():
            return ir.Reduce(node.op, node.domain, part(node.body), node.span)
        case ir.Piecewise():
            x, y = tuple(part(e) for e in node.x), tuple(part(e) for e in node.y)
            return ir.Piecewise(part(node.subject), x, y, node.span)
        case ir.Tiers():
            limits, rates = tuple(part(e) for e in node.limits), tuple(part(e) for e in node.rates)
            return ir.Tiers(part(node.subject), limits, rates, node.span)
        case ir.Risk():
            return ir.Risk(node.domain, part(node.level), part(node.probability), part(node.body), node.span)
    assert_never(node)


def in_index(index: ir.Index, letters: Letters) -> ir.Index:
    match index:
        case ir.Letter():
            return letters.get((id(index.binder), index.place), index)
        case ir.Shift():
            base, offset = in_index(index.base, letters), substituted(index.offset, letters)
            if base == index.base:
                return ir.Shift(base, offset, index.span)
            if isinstance(base, ir.Step | ir.Edge):
                raise PlaceLost
            return shifted(base, offset, index.span)
        case ir.Step():
            _keep_place(index.base, letters)
            return stepped(in_index(index.base, letters), substituted(index.count, letters), index.span)
        case ir.Edge():
            return ir.Edge(in_set(index.over, letters), index.component, index.last, index.span)
        case ir.Element():
            return index
        case ir.ElementOf():
            return ir.ElementOf(substituted(index.value, letters), index.span)
    assert_never(index)


def in_set(over: ir.SetExpr, letters: Letters) -> ir.SetExpr:
    match over:
        case ir.SetName() | ir.SetLiteral():
            return over
        case ir.SetRange():
            step = None if over.step is None else substituted(over.step, letters)
            return ir.SetRange(substituted(over.low, letters), substituted(over.high, letters), step, over.span)
        case ir.SetFilter():
            return ir.SetFilter(in_domain(over.domain, letters)[0], over.span)
        case ir.SetCombination():
            return ir.SetCombination(over.op, tuple(in_set(o, letters) for o in over.operands), over.span)
    assert_never(over)


def in_domain(domain: ir.Domain, letters: Letters) -> tuple[ir.Domain, Letters]:
    """The domain, and the letters to replace inside it. Binders stay where nothing about them changes, as they are
    known by identity."""
    binders: list[ir.Binder] = []
    inner: Letters = letters
    for binder in domain.binders:
        over = in_set(binder.over, inner)
        if over == binder.over:
            binders.append(binder)
            continue
        new = ir.Binder(binder.letters, over, binder.components, binder.span)
        binders.append(new)
        inner = {**inner, **{(id(binder), k): ir.Letter(new, k, binder.span) for k in range(len(binder.letters))}}
    where = None if domain.where is None else substituted(domain.where, inner)
    return ir.Domain(tuple(binders), where, domain.span), inner


def _keep_place(index: ir.Index, letters: Letters) -> None:
    """That the place of an index in its set stays what it is."""
    replaced = in_index(index, letters)
    if replaced == index or (home(index) is not None and home(replaced) is home(index)):
        return
    match index, replaced:
        case ir.Letter(), ir.Letter():
            same = index.place == replaced.place and index.binder.over == replaced.binder.over
        case _:
            same = False
    if not same:
        raise PlaceLost


def opened(domain: ir.Domain) -> tuple[tuple[ir.Binder, ...], tuple[ir.Expr, ...], dict[tuple[int, int], ir.Index]]:
    """New binders for those of a reduction, its conditions, and the new letters for the old: a body that is opened
    twice has letters of its own each time. A set made by a condition on letters from outside is taken apart."""
    binders: list[ir.Binder] = []
    conditions: list[ir.Expr] = []
    letters: dict[tuple[int, int], ir.Index] = {}
    for binder in domain.binders:
        _open(binder, binders, conditions, letters)
    if domain.where is not None:
        conditions.append(domain.where)
    return tuple(binders), tuple(substituted(c, letters) for c in conditions), letters


def _open(
    binder: ir.Binder,
    binders: list[ir.Binder],
    conditions: list[ir.Expr],
    letters: dict[tuple[int, int], ir.Index],
) -> None:
    if isinstance(binder.over, ir.SetFilter):
        inner = binder.over.domain
        for b in inner.binders:
            _open(b, binders, conditions, letters)
        if inner.where is not None:
            conditions.append(inner.where)
        own = [(id(b), k) for b in inner.binders for k in range(len(b.letters))]
        for place, key in enumerate(own):
            letters[id(binder), place] = letters[key]
        return
    new = ir.Binder(binder.letters, binder.over, binder.components, binder.span)
    binders.append(new)
    for place in range(len(binder.letters)):
        letters[id(binder), place] = ir.Letter(new, place, binder.span)
