"""`cvar(w, a) e`: the mean of the largest share 1 - a of a loss, as columns and rows, or as a number of a solved game.

Rockafellar and Uryasev (2000), "Optimization of conditional value-at-risk", eq. (6) and theorem 10: the least over q of
`q + sum_w p_w max(e_w - q, 0) / (1 - a)`.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.context import Context
from compiler.ground.lifting import Epigraph, Lifting
from compiler.ground.sparse import Floats
from compiler.ground.values import Affine, Axis, Dense, add, combine, sum_over, union
from compiler.ir.words import short
from grammar.source import Span


def cvar_columns(
    lifting: Lifting,
    loss: Affine,
    probability: Dense,
    level: Dense,
    inner: Context,
    outer: Context,
    axes: tuple[Axis, ...],
    span: Span,
) -> Affine:
    """A column `z >= q + sum_w p_w s_w / (1 - a)` with `s_w >= e_w - q`, `s_w >= 0`: exact where nothing profits from
    a larger z. `level` may differ between the instances around the scenarios."""
    name = short(span, 24)
    base = lifting.layout((sum_over(loss, axes, None), Affine(level)), outer)
    quantile = lifting.new_columns(f"{name} (quantile)", base, outer, span)
    z = lifting.new_columns(name, base, outer, span)
    layout = lifting.layout((loss, Affine(probability), Affine(level)), inner)
    excess = lifting.new_columns(f"{name} (excess)", layout, inner, span, 0.0)
    lifting.rows(
        f"{name} (excess)", add([(1, excess.value), (1, quantile.value), (-1, loss)]), excess, 0.0, np.inf, span
    )
    weighted = excess.value.scaled(combine(lambda p, a: p / (1.0 - a), probability, level))
    body = add([(1, z.value), (-1, quantile.value), (-1, sum_over(weighted, axes, None))])
    row = lifting.rows(f"{name} (mean of the tail)", body, z, 0.0, np.inf, span)
    rows = ((row, row + z.layout.size),)
    lifting.steps.append(_TailMean(lifting, z, (loss,), True, rows, span, excess, exact=False))
    return z.value


class _TailMean(Epigraph):
    """The mean of the tail of one argument, over the scenarios of `places`."""

    def ends(self, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """It lies between the least and the greatest loss."""
        low, high = self.ranges(lower, upper)[0]
        return self.reduced(low, False), self.reduced(high, True)


def cvar_number(loss: Dense, probability: Dense, level: Dense, axes: tuple[Axis, ...]) -> Dense:
    """The mean of the largest share `1 - level` of the loss: sorted, each outcome with the part of its probability in
    the tail."""
    whole = union(loss, probability, level, *(Dense((a,), np.zeros(a.size)) for a in axes))
    rest = tuple(a for a in whole if a not in set(axes))
    order = [whole.index(a) for a in (*rest, *axes)]
    size = int(np.prod([a.size for a in axes]))
    values = np.transpose(loss.full(whole), order).reshape(*(a.size for a in rest), size)
    weights = np.transpose(probability.full(whole), order).reshape(*(a.size for a in rest), size)
    ranks = np.argsort(-values, axis=-1, kind="stable")
    values, weights = np.take_along_axis(values, ranks, -1), np.take_along_axis(weights, ranks, -1)
    tail = 1.0 - level.full(rest)
    before = np.cumsum(weights, axis=-1) - weights
    part = np.clip(tail[..., None] - before, 0.0, weights)
    return Dense(rest, (values * part).sum(axis=-1) / tail)
