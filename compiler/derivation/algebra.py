"""Sums, products, conditions and steps of expressions -> expressions without what says nothing: `x + 0`, `1*x`,
`(t+1)-1`."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.ir import expr as ir
from grammar.source import Span


def number(value: float, span: Span) -> ir.Number:
    return ir.Number(float(value), span)


def is_number(node: ir.Expr, value: float) -> bool:
    return isinstance(node, ir.Number) and node.value == value


def total(parts: Iterable[tuple[int, ir.Expr]], span: Span) -> ir.Expr:
    """The signed sum, sums inside it opened; 0 for no part."""
    signs: list[int] = []
    terms: list[ir.Expr] = []
    for sign, part in parts:
        for inner, term in _summands(sign, part):
            if not is_number(term, 0):
                signs.append(inner)
                terms.append(term)
    if not terms:
        return number(0, span)
    if len(terms) == 1:
        return terms[0] if signs[0] > 0 else negative(terms[0])
    if signs[0] < 0 and 1 in signs:
        # A sum begins with what is added.
        k = signs.index(1)
        signs.insert(0, signs.pop(k))
        terms.insert(0, terms.pop(k))
    return ir.Add(tuple(signs), tuple(terms), span)


def _summands(sign: int, part: ir.Expr) -> Iterable[tuple[int, ir.Expr]]:
    match part:
        case ir.Add():
            for inner, term in zip(part.signs, part.terms, strict=True):
                yield from _summands(sign * inner, term)
        case ir.Negate():
            yield from _summands(-sign, part.operand)
        case ir.Number(value=value) if value < 0:
            yield -sign, number(-value, part.span)
        case ir.Multiply(factors=(ir.Negate(), *_)):
            inner, bare = product(zip(part.ops, part.factors, strict=True), part.span)
            yield sign * inner, bare
        case ir.Reduce(op="sum", body=ir.Negate(operand=body)):
            yield -sign, ir.Reduce("sum", part.domain, body, part.span)
        case _:
            yield sign, part


def negative(node: ir.Expr) -> ir.Expr:
    match node:
        case ir.Negate():
            return node.operand
        case ir.Number():
            return number(-node.value, node.span)
        case ir.Add():
            return total([(-1, node)], node.span)
        case _:
            return ir.Negate(node, node.span)


def product(factors: Iterable[tuple[str, ir.Expr]], span: Span) -> tuple[int, ir.Expr]:
    """The sign of a product, and the product without it; `factors` are pairs of "*" or "/" and a factor. Products
    inside it are opened, numbers multiplied in front."""
    sign, front = 1, 1.0
    ops: list[str] = []
    kept: list[ir.Expr] = []
    stack = list(factors)
    while stack:
        op, factor = stack.pop(0)
        match factor:
            case ir.Negate():
                sign = -sign
                stack.insert(0, (op, factor.operand))
            case ir.Number(value=value) if op == "*":
                front *= value
            case ir.Multiply() if op == "*":
                stack[:0] = list(zip(factor.ops, factor.factors, strict=True))
            case _:
                ops.append(op)
                kept.append(factor)
    if front == 0:
        return 1, number(0, span)
    if front < 0:
        sign, front = -sign, -front
    if front != 1 or not kept or "*" not in ops:
        ops.insert(0, "*")
        kept.insert(0, number(front, span))
    if ops[0] == "/":
        k = ops.index("*")
        ops.insert(0, ops.pop(k))
        kept.insert(0, kept.pop(k))
    return sign, kept[0] if len(kept) == 1 else ir.Multiply(tuple(ops), tuple(kept), span)


def times(*factors: ir.Expr) -> ir.Expr:
    """The product, its sign in front."""
    sign, bare = product([("*", f) for f in factors], factors[0].span)
    return bare if sign > 0 else negative(bare)


def chosen(condition: ir.Expr, then: ir.Expr, otherwise: ir.Expr, span: Span) -> ir.Expr:
    """`if condition then ... else ...`; one of them where they are the same."""
    return then if then == otherwise else ir.Choose(condition, then, otherwise, span)


def both(conditions: Iterable[ir.Expr], span: Span) -> ir.Expr | None:
    """The conjunction in this order, each condition once; None where nothing is asked."""
    flat: list[ir.Expr] = []
    for condition in conditions:
        parts = condition.operands if isinstance(condition, ir.Logic) and condition.op == "and" else (condition,)
        flat += [p for p in parts if p not in flat]
    if not flat:
        return None
    return flat[0] if len(flat) == 1 else ir.Logic("and", tuple(flat), span)


def conjuncts(condition: ir.Expr | None) -> tuple[ir.Expr, ...]:
    """The conditions that one consists of."""
    if condition is None:
        return ()
    if isinstance(condition, ir.Logic) and condition.op == "and":
        return tuple(c for operand in condition.operands for c in conjuncts(operand))
    return (condition,)


_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def opposite(condition: ir.Expr) -> ir.Expr:
    if isinstance(condition, ir.Logic) and condition.op == "not":
        return condition.operands[0]
    if isinstance(condition, ir.CompareIndex):
        return ir.CompareIndex(_OPPOSITE[condition.op], condition.left, condition.right, condition.span)
    return ir.Logic("not", (condition,), condition.span)


def letters_of(domain: ir.Domain) -> tuple[ir.Letter, ...]:
    """The letters of a declaration as indices."""
    return tuple(ir.Letter(b, k, b.span) for b in domain.binders for k in range(len(b.letters)))


# ---------------------------------------------------------------- steps


def back(index: ir.Shift | ir.Step, at: ir.Index) -> ir.Index:
    """The element from which `index` steps to `at`: the step undone."""
    if isinstance(index, ir.Shift):
        return shifted(at, negated_steps(index.offset), index.span)
    return stepped(at, negated_steps(index.count), index.span)


def negated_steps(steps: ir.Expr) -> ir.Expr:
    return negative(steps) if not isinstance(steps, ir.Add) else total([(-1, steps)], steps.span)


def constant_steps(steps: ir.Expr) -> int | None:
    """The number of steps where the text says it; None where data do."""
    match steps:
        case ir.Number(value=value) if value == int(value):
            return int(value)
        case ir.Negate(operand=operand):
            inner = constant_steps(operand)
            return None if inner is None else -inner
        case ir.Add():
            parts = [constant_steps(t) for t in steps.terms]
            if None in parts:
                return None
            return sum(s * p for s, p in zip(steps.signs, parts, strict=True) if p is not None)
        case _:
            return None


def shifted(base: ir.Index, offset: ir.Expr, span: Span) -> ir.Index:
    """`base + offset`, as the language writes it: the letter and signed terms."""
    if isinstance(base, ir.Shift):
        return shifted(base.base, total([(1, base.offset), (1, offset)], span), span)
    known = constant_steps(offset)
    if known == 0:
        return base
    if known is not None:
        return ir.Shift(base, ir.Add((1 if known > 0 else -1,), (number(abs(known), span),), span), span)
    if isinstance(offset, ir.Negate):
        return ir.Shift(base, ir.Add((-1,), (offset.operand,), span), span)
    return ir.Shift(base, offset if isinstance(offset, ir.Add) else ir.Add((1,), (offset,), span), span)


def stepped(base: ir.Index, count: ir.Expr, span: Span) -> ir.Index:
    """`next(base, count)`."""
    if isinstance(base, ir.Step):
        return stepped(base.base, total([(1, base.count), (1, count)], span), span)
    known = constant_steps(count)
    if known == 0:
        return base
    if known is not None:
        size = number(abs(known), span)
        return ir.Step(base, size if known > 0 else ir.Negate(size, span), span)
    return ir.Step(base, count, span)
