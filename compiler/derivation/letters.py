"""Expressions -> the same in which no letter has the name of another that is bound around it: `distinct_letters`.

Letters are known by their binders, so the derivation may nest sums over the same letter. A text needs names: the inner
letter takes another letter of its set, or a prime.
"""

from __future__ import annotations

from compiler.derivation.substitution import in_set, rebuilt, substituted
from compiler.ir import expr as ir
from compiler.ir.game import SetDef
from compiler.ir.walk import outer_letters


def distinct_letters(node: ir.Expr, taken: frozenset[str] = frozenset()) -> ir.Expr:
    """`taken` are the names of the letters bound around the expression."""
    match node:
        case ir.Reduce():
            domain, inner, names = _renamed(node.domain, taken, node.body)
            where = None if domain.where is None else distinct_letters(domain.where, names)
            body = distinct_letters(substituted(node.body, inner), names)
            return ir.Reduce(node.op, ir.Domain(domain.binders, where, domain.span), body, node.span)
        case ir.Risk():
            domain, inner, names = _renamed(node.domain, taken, node.body)
            where = None if domain.where is None else distinct_letters(domain.where, names)
            probability = distinct_letters(substituted(node.probability, inner), names)
            body = distinct_letters(substituted(node.body, inner), names)
            return ir.Risk(ir.Domain(domain.binders, where, domain.span), node.level, probability, body, node.span)
        case _:
            return rebuilt(node, lambda part: distinct_letters(part, taken))


def _renamed(
    domain: ir.Domain, taken: frozenset[str], body: ir.Expr
) -> tuple[ir.Domain, dict[tuple[int, int], ir.Index], frozenset[str]]:
    """The domain with new binders where names repeat, what to replace inside it, and all names bound there."""
    mine = {id(b) for b in domain.binders}
    around = [x for e in (body, domain.where) if e is not None for x in outer_letters(e) if id(x.binder) not in mine]
    names = set(taken) | {x.name for x in around}
    letters: dict[tuple[int, int], ir.Index] = {}
    binders = []
    for binder in domain.binders:
        over = in_set(binder.over, letters)
        chosen = []
        for name, of in zip(binder.letters, binder.components, strict=True):
            chosen.append(_free(name, of, names))
            names.add(chosen[-1])
        if tuple(chosen) == binder.letters and over == binder.over:
            binders.append(binder)
            continue
        new = ir.Binder(tuple(chosen), over, binder.components, binder.span)
        binders.append(new)
        letters |= {(id(binder), k): ir.Letter(new, k, binder.span) for k in range(len(chosen))}
    where = None if domain.where is None else substituted(domain.where, letters)
    return ir.Domain(tuple(binders), where, domain.span), letters, frozenset(names)


def _free(name: str, of: SetDef, taken: set[str]) -> str:
    for candidate in (name, *of.letters):
        if candidate not in taken:
            return candidate
    while name in taken:
        name += "'"
    return name
