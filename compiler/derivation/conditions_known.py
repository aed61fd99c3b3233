"""Conditions -> those that say something: what is known to hold is left out, what cannot hold is found."""

from __future__ import annotations

from compiler.derivation.algebra import both, conjuncts, constant_steps
from compiler.ir import expr as ir
from grammar.source import Span


def known(condition: ir.Expr) -> bool | None:
    """Whether the text alone says that a condition holds or cannot hold; None where data do."""
    match condition:
        case ir.CompareIndex(op="==" | "!=" as op, left=ir.Element(value=a), right=ir.Element(value=b)):
            return (str(a) == str(b)) is (op == "==")
        case ir.CompareIndex(op="==" | "<=" | ">=", left=a, right=b) if a == b:
            return True
        case ir.CompareIndex(op="!=" | "<" | ">", left=a, right=b) if a == b:
            return False
        case ir.Logic(op="not", operands=(inner,)):
            found = known(inner)
            return None if found is None else not found
        case ir.Logic(op=op, operands=operands):
            listed = [known(o) for o in operands]
            decisive = op == "or"
            if decisive in listed:
                return decisive
            return None if None in listed else not decisive
        case _:
            return None


def known_false(where: ir.Expr | None) -> bool:
    return where is not None and known(where) is False


def without_implied(where: ir.Expr | None, given: tuple[ir.Expr, ...], span: Span) -> ir.Expr | None:
    """The condition without those parts that hold in any case, are `given`, or follow from an earlier part."""
    kept: list[ir.Expr] = []
    for part in conjuncts(where):
        if known(part) is not True and part not in given and not any(_implies(k, part) for k in kept):
            kept.append(part)
    return both(kept, span)


def _implies(given: ir.Expr, part: ir.Expr) -> bool:
    """`t+1 in T` says that t+1 is not the first of T, `t-1 in T` that t-1 is not the last, where T is the letter's
    own set."""
    if not (isinstance(given, ir.Member) and isinstance(part, ir.CompareIndex) and len(given.indices) == 1):
        return False
    index = given.indices[0]
    if part.left != index or not isinstance(part.right, ir.Edge) or part.right.over != given.over:
        return False
    if not isinstance(index, ir.Shift | ir.Step) or not isinstance(index.base, ir.Letter):
        return False
    if index.base.binder.over != given.over:
        return False
    steps = constant_steps(index.offset if isinstance(index, ir.Shift) else index.count)
    if steps is None or steps == 0:
        return False
    beyond = (">", "!=") if steps > 0 else ("<", "!=")
    return part.op in beyond and part.right.last is (steps < 0)
