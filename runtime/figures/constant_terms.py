"""An equation -> the terms of data in it, numbers by row: `load[t]` and `sun[t]` of `sun[t] + drawn[t] == load[t]`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compiler.ground.context import Ungrounded
from compiler.ground.evaluate import Evaluator
from compiler.ground.ground_game import Block
from compiler.ground.plotting import label_of
from compiler.ground.sparse import Floats
from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef
from compiler.ir.walk import holds_variables
from compiler.pipeline import Compiled
from grammar.diagnostics import Findings

EXACT = 1e-9
"""Relative. Terms that do not add up to the right-hand side of their rows are not those of the equation."""


def constant_terms(compiled: Compiled, block: Block, d: ConstraintDef, level: Floats) -> list[tuple[str, Floats]]:
    """Label and values (rows of the block,) of each term without variables, with the sign that it has on the right;
    their sum is `level`. One term, `constant side`, where the text does not tell them apart."""
    evaluator = Evaluator(compiled.grounded.data, Findings())
    layout, context = evaluator.layout(d.domain)
    together = [("constant side", level)] if level.any() else []
    if not np.array_equal(layout.all_coords(), block.positions()):
        return together
    found: list[tuple[str, Floats]] = []
    try:
        for sign, term in (*_added(d.right, 1), *_added(d.left, -1)):
            if not holds_variables(term):
                values = np.array(evaluator.number(term, context).full(layout.axes), dtype=np.float64).reshape(-1)
                found += [(label_of(term), sign * values)] if values.any() else []
    except Ungrounded:
        return together
    total = np.sum([values for _, values in found], axis=0) if found else np.zeros(len(level))
    size = max((float(np.abs(values).max()) for _, values in found), default=0.0)
    if total.shape != level.shape or not np.allclose(total, level, rtol=0.0, atol=EXACT * size):
        return together
    return found


def _added(node: ir.Expr, sign: int) -> Iterator[tuple[int, ir.Expr]]:
    """The terms of a sum, with their signs."""
    match node:
        case ir.Add():
            for own, term in zip(node.signs, node.terms, strict=True):
                yield from _added(term, sign * own)
        case ir.Negate():
            yield from _added(node.operand, -sign)
        case _:
            yield sign, node
