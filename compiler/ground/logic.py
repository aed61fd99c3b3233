"""Implications, complementarities and semicontinuous variables: columns and rows that are exact, their constants from
bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.context import Context
from compiler.ground.ground_game import INTEGER
from compiler.ground.lifting import Columns, Lifting
from compiler.ground.spaces import Place
from compiler.ground.sparse import Floats, Ints
from compiler.ground.values import UNIT, ZERO, Affine, Dense, Term, add
from compiler.ir.game import Signature
from grammar.source import Span


def implied(
    lifting: Lifting,
    switch: Affine,
    holds_at: bool,
    body: Affine,
    low: Floats,
    high: Floats,
    place: Place,
    signature: Signature,
) -> None:
    """`switch = 1 => low <= body <= high` (with `holds_at` False: `switch = 0`). The constant of each row is the most
    by which its body can exceed the bound; a row that cannot be exceeded needs none."""
    off = add([(1, Affine(UNIT)), (-1, switch)]) if holds_at else switch
    anchor = lifting.anchor(signature.name, place.layout, place.context, signature.span)
    lifting.steps.append(_Implied(lifting, off, body, low, high, anchor, signature))


@dataclass(frozen=True, eq=False)
class _Implied:
    """`off = 0 => low <= body <= high`."""

    lifting: Lifting
    off: Affine
    body: Affine
    low: Floats
    high: Floats
    anchor: Columns
    signature: Signature

    def tighten(self, lower: Floats, upper: Floats) -> None:
        """Nothing: whether the relation holds is open."""

    def write(self, lower: Floats, upper: Floats) -> None:
        layout, span = self.anchor.layout, self.signature.span
        shape = tuple(a.size for a in layout.axes)
        least, most = self.lifting.interval(self.body, layout, lower, upper)
        for bound, reach, sign, word in ((self.high, most, 1, "upper side"), (self.low, least, -1, "lower side")):
            binding = np.isfinite(bound)
            excess = np.where(binding, sign * (reach - np.where(binding, bound, 0.0)), 0.0)
            live = binding & (excess > 0)
            if not live.any():
                continue
            if np.isinf(excess[live]).any():
                self.lifting.no_bound(span, self.anchor.block, int(np.argmax(live & np.isinf(excess))))
                return
            big = Dense(layout.axes, np.where(live, excess, 0.0).reshape(shape))
            at = Dense(layout.axes, np.where(live, bound, 0.0).reshape(shape))
            inside = add([(sign, self.body), (-sign, Affine(at)), (-1, self.off.scaled(big))])
            name = self.signature.name if word == "upper side" else f"{self.signature.name} ({word})"
            self.lifting.rows(name, inside, self.anchor, -np.inf, 0.0, span, live)


def complementary_columns(lifting: Lifting, sides: list[Affine], context: Context, span: Span) -> Ints:
    """A column at least zero for each side of `0 <= f perp g >= 0`, equal to it: the pairs (instances, 2)."""
    layout = lifting.layout(tuple(sides), context)
    columns = []
    for number, side in enumerate(sides):
        column = lifting.new_columns(f"perp (side {number + 1})", layout, context, span, 0.0)
        lifting.rows(f"perp (side {number + 1})", add([(1, column.value), (-1, side)]), column, 0.0, 0.0, span)
        columns.append(np.arange(column.base, column.base + layout.size))
    return np.stack(columns, axis=1)


def semicontinuous(lifting: Lifting, place: Place, lower: Floats, upper: Floats, signature: Signature) -> None:
    """`x = 0`, or within its bounds: `low * on <= x <= high * on` with a binary. The bounds in place are replaced by
    rows."""
    layout, span = place.layout, signature.span
    here = slice(place.base, place.base + layout.size)
    low, high = lower[here].copy(), upper[here].copy()
    on = lifting.new_columns(f"{signature.name} (on)", layout, place.context, span, 0.0, 1.0, INTEGER)
    unbounded = ~(np.isfinite(low) & np.isfinite(high))
    if unbounded.any():
        lifting.no_bound(span, on.block, int(np.argmax(unbounded)))
        return
    shape = tuple(a.size for a in layout.axes)
    x = Affine(ZERO, (Term(Dense(layout.axes, np.arange(here.start, here.stop).reshape(shape)), UNIT),))
    for limit, ends, word in ((low, (0.0, np.inf), "least"), (high, (-np.inf, 0.0), "most")):
        body = add([(1, x), (-1, on.value.scaled(Dense(layout.axes, limit.reshape(shape))))])
        lifting.rows(f"{signature.name} ({word})", body, on, *ends, span)
    lower[here], upper[here] = np.minimum(low, 0.0), np.maximum(high, 0.0)
