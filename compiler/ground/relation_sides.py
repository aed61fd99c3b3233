"""The relation of a constraint + data -> `low <= body <= high` over its instances, everything variable in `body`."""

from __future__ import annotations

import numpy as np

from compiler.ground.context import Context
from compiler.ground.evaluate import Evaluator
from compiler.ground.ground_set import Layout
from compiler.ground.sparse import Floats
from compiler.ground.values import Affine, add
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef


def relation_sides(
    d: ConstraintDef, layout: Layout, context: Context, evaluator: Evaluator
) -> tuple[Affine, Floats, Floats]:
    """The body and the ends (size,), infinite where there is none. Raises `Ungrounded` after reporting ends of a
    range that hold variables (G109) or leave nothing between them (G510)."""
    if d.relation != "range":
        body = add([(1, evaluator.expression(d.left, context)), (-1, evaluator.expression(d.right, context))])
        low = np.full(layout.size, -np.inf if d.relation == "<=" else 0.0)
        return body, low, np.full(layout.size, np.inf if d.relation == ">=" else 0.0)
    assert d.middle is not None
    low, high = (_end(e, layout, context, evaluator) for e in (d.left, d.right))
    if (low > high).any():
        at = layout.key(int(np.argmax(low > high)))
        raise evaluator.fail(
            "G510",
            f"the range of `{d.name}` is empty{at_words(d.domain, at)}",
            d.signature.span,
            "its lower end lies above its upper end",
            hints=["the lower end comes first, `a <= e <= b`; if it does, check the data of both"],
        )
    return evaluator.expression(d.middle, context), low, high


def _end(e: ir.Expr, layout: Layout, context: Context, evaluator: Evaluator) -> Floats:
    side = evaluator.expression(e, context)
    if not side.numeric:
        raise evaluator.fail(
            "G109",
            f"the ends of a range are data, `{e.span.text}` holds a variable",
            e.span,
            "not data",
            hints=["write two constraints"],
        )
    return np.array(side.constant.full(layout.axes), dtype=np.float64).reshape(-1)


def at_words(domain: ir.Domain, key: tuple[object, ...]) -> str:
    """` at t=3, k=WT` for an instance; nothing without index."""
    if not key:
        return ""
    return " at " + ", ".join(f"{letter}={element}" for letter, element in zip(domain.letters, key, strict=True))
