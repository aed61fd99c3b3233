"""`piecewise(e; (0, 0), (100, 50))` and `tiers(e; 100: 0.5, rest: 0.8)`: columns and rows that are exact.

A convex (concave) curve is the largest (smallest) of its lines. Any other has a binary for each piece; tiers whose
rates are variables have one for each boundary, so that a tier is used only when the one before is full.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from compiler.ground.binary_products import times
from compiler.ground.context import Context
from compiler.ground.given_values import in_decided_hands
from compiler.ground.ground_game import INTEGER
from compiler.ground.ground_set import Layout
from compiler.ground.lifting import ZERO_AFFINE, Columns, Lifting
from compiler.ground.sparse import Floats
from compiler.ground.values import Affine, Dense, add, combine
from compiler.ir.words import short
from grammar.source import Span


def piecewise(
    lifting: Lifting, subject: Affine, x: list[Dense], y: list[Dense], context: Context, span: Span
) -> Affine:
    """The curve through the points (x ascending), its end pieces going on."""
    if context.guard is not None:
        # Where the curve does not count its points may be anything.
        x = [combine(lambda held, at, k=k: np.where(held, at, float(k)), context.guard, v) for k, v in enumerate(x)]
        y = [combine(lambda held, at: np.where(held, at, 0.0), context.guard, v) for v in y]
    slopes = [
        combine(lambda y0, y1, x0, x1: (y1 - y0) / (x1 - x0), y[k], y[k + 1], x[k], x[k + 1]) for k in range(len(x) - 1)
    ]
    offsets = [combine(lambda y0, m, x0: y0 - m * x0, y[k], slopes[k], x[k]) for k in range(len(slopes))]
    lines = tuple(add([(1, subject.scaled(m)), (1, Affine(b))]) for m, b in zip(slopes, offsets, strict=True))
    if len(lines) == 1:
        return lines[0]
    steps = [combine(np.subtract, b, a) for a, b in pairwise(slopes)]
    if all((s.array >= 0).all() for s in steps):
        return lifting.extreme(True, lines, context, span)
    if all((s.array <= 0).all() for s in steps):
        return lifting.extreme(False, lines, context, span)
    return _any_curve(lifting, subject, x, slopes, offsets, context, span)


def _any_curve(
    lifting: Lifting,
    subject: Affine,
    x: list[Dense],
    slopes: list[Dense],
    offsets: list[Dense],
    context: Context,
    span: Span,
) -> Affine:
    """Disaggregated pieces: `e = sum e_k`, `low_k d_k <= e_k <= high_k d_k`, `sum d = 1` (Croxton, Gendron and
    Magnanti 2003, "A comparison of mixed-integer programming models for nonconvex piecewise linear cost minimization
    problems")."""
    if context.guard is not None:
        subject = subject.where(context.guard)
    layout = lifting.layout((subject, *(Affine(d) for d in (*x, *slopes))), context)
    context = in_decided_hands(lifting, subject, layout, context)
    name = short(span, 24)
    parts = [lifting.new_columns(f"{name} (part {k + 1})", layout, context, span) for k in range(len(slopes))]
    picks = [
        lifting.new_columns(f"{name} (piece {k + 1})", layout, context, span, 0.0, 1.0, INTEGER)
        for k in range(len(slopes))
    ]
    whole, one, value = ZERO_AFFINE, ZERO_AFFINE, ZERO_AFFINE
    for part, pick, slope, offset in zip(parts, picks, slopes, offsets, strict=True):
        whole = add([(1, whole), (1, part.value)])
        one = add([(1, one), (1, pick.value)])
        value = add([(1, value), (1, part.value.scaled(slope)), (1, pick.value.scaled(offset))])
    lifting.rows(f"{name} (whole)", add([(1, whole), (-1, subject)]), parts[0], 0.0, 0.0, span)
    lifting.rows(f"{name} (one piece)", one, parts[0], 1.0, 1.0, span)

    lifting.steps.append(_Pieces(lifting, subject, parts[0].layout, tuple(x[1:-1]), tuple(parts), tuple(picks), span))
    return value


@dataclass(frozen=True, eq=False)
class _Pieces:
    """The ends of the first and last piece of a curve are those of its subject."""

    lifting: Lifting
    subject: Affine
    layout: Layout
    corners: tuple[Dense, ...]
    parts: tuple[Columns, ...]
    picks: tuple[Columns, ...]
    span: Span

    def _ends(self, lower: Floats, upper: Floats) -> list[Dense]:
        low, high = self.lifting.interval(self.subject, self.layout, lower, upper)
        shape = tuple(a.size for a in self.layout.axes)
        return [
            Dense(self.layout.axes, low.reshape(shape)),
            *self.corners,
            Dense(self.layout.axes, high.reshape(shape)),
        ]

    def tighten(self, lower: Floats, upper: Floats) -> None:
        ends = self._ends(lower, upper)
        for part, (low, high) in zip(self.parts, pairwise(ends), strict=True):
            here = slice(part.base, part.base + self.layout.size)
            lower[here] = np.maximum(lower[here], np.minimum(low.full(self.layout.axes).reshape(-1), 0.0))
            upper[here] = np.minimum(upper[here], np.maximum(high.full(self.layout.axes).reshape(-1), 0.0))

    def write(self, lower: Floats, upper: Floats) -> None:
        ends = self._ends(lower, upper)
        bad = ~(np.isfinite(ends[0].array) & np.isfinite(ends[-1].array)).reshape(-1)
        if bad.any():
            self.lifting.no_bound(self.span, self.parts[0].block, int(np.argmax(bad)))
            return
        for part, pick, (low, high) in zip(self.parts, self.picks, pairwise(ends), strict=True):
            _switch(self.lifting, part, pick, low, high, self.span)


def _switch(lifting: Lifting, part: Columns, pick: Columns, low: Dense, high: Dense, span: Span) -> None:
    """`low * pick <= part <= high * pick`."""
    name = part.block.name
    lifting.rows(f"{name}, upper end", add([(1, part.value), (-1, pick.value.scaled(high))]), part, -np.inf, 0.0, span)
    lifting.rows(f"{name}, lower end", add([(1, part.value), (-1, pick.value.scaled(low))]), part, 0.0, np.inf, span)


def tiers(
    lifting: Lifting, subject: Affine, limits: list[Dense], rates: list[Affine], context: Context, span: Span
) -> Affine:
    """What `subject >= 0` costs when each unit up to `limits[0]` costs `rates[0]`, up to `limits[1]` `rates[1]`, ...,
    the rest the last rate.

    `limits` ascend and have one entry less than `rates`.
    """
    if all(r.numeric for r in rates):
        zero = Dense.scalar(0.0)
        x = [zero, *limits, combine(lambda last: last + 1.0, limits[-1])]
        y = [zero]
        for k, rate in enumerate(rates):
            y.append(combine(lambda before, r, x0, x1: before + r * (x1 - x0), y[-1], rate.constant, x[k], x[k + 1]))
        value = piecewise(lifting, subject, x, y, context, span)
        subject = _guarded(subject, context)
        layout = lifting.layout((subject,), context)
        context = in_decided_hands(lifting, subject, layout, context)
        amount = lifting.new_columns(f"{short(span, 24)} (amount)", layout, context, span, 0.0)
        body = add([(1, amount.value), (-1, subject)])
        lifting.rows(f"{short(span, 24)} (amount)", body, amount, 0.0, 0.0, span)
        return value
    subject = _guarded(subject, context)
    layout = lifting.layout((subject, *rates, *(Affine(d) for d in limits)), context)
    name = short(span, 24)
    amounts = [lifting.new_columns(f"{name} (tier {k + 1})", layout, context, span, 0.0) for k in range(len(rates))]
    full = [
        lifting.new_columns(f"{name} (tier {k + 1} full)", layout, context, span, 0.0, 1.0, INTEGER)
        for k in range(len(limits))
    ]
    whole, value = ZERO_AFFINE, ZERO_AFFINE
    for amount, rate in zip(amounts, rates, strict=True):
        whole = add([(1, whole), (1, amount.value)])
        value = add([(1, value), (1, times(lifting, rate, amount.value, context, span))])
    lifting.rows(f"{name} (amount)", add([(1, whole), (-1, subject)]), amounts[0], 0.0, 0.0, span)
    before = Dense.scalar(0.0)
    widths: list[Dense] = []
    for limit in limits:
        widths.append(combine(np.subtract, limit, before))
        before = limit
    for k, width in enumerate(widths):
        lifting.rows(
            f"{name} (tier {k + 1} width)",
            add([(1, amounts[k].value), (-1, Affine(width))]),
            amounts[0],
            -np.inf,
            0.0,
            span,
        )
        body = add([(1, amounts[k].value), (-1, full[k].value.scaled(width))])
        lifting.rows(f"{name} (tier {k + 1} full)", body, amounts[0], 0.0, np.inf, span)

    lifting.steps.append(_Tiers(lifting, subject, layout, tuple(widths), before, tuple(amounts), tuple(full), span))
    return value


@dataclass(frozen=True, eq=False)
class _Tiers:
    """A tier is used only when the one before is full; the last has room for what is left of the subject's range."""

    lifting: Lifting
    subject: Affine
    layout: Layout
    widths: tuple[Dense, ...]
    last_limit: Dense
    amounts: tuple[Columns, ...]
    full: tuple[Columns, ...]
    span: Span

    def _rooms(self, lower: Floats, upper: Floats) -> list[Dense]:
        _, high = self.lifting.interval(self.subject, self.layout, lower, upper)
        most = Dense(self.layout.axes, high.reshape(tuple(a.size for a in self.layout.axes)))
        return [*self.widths, combine(lambda h, b: np.maximum(h - b, 0.0), most, self.last_limit)]

    def tighten(self, lower: Floats, upper: Floats) -> None:
        for amount, room in zip(self.amounts, self._rooms(lower, upper), strict=True):
            here = slice(amount.base, amount.base + self.layout.size)
            upper[here] = np.minimum(upper[here], room.full(self.layout.axes).reshape(-1))

    def write(self, lower: Floats, upper: Floats) -> None:
        rooms = self._rooms(lower, upper)
        bad = ~np.isfinite(rooms[-1].full(self.layout.axes)).reshape(-1)
        if bad.any():
            self.lifting.no_bound(self.span, self.amounts[0].block, int(np.argmax(bad)))
            return
        for k, after in enumerate(rooms[1:]):
            body = add([(1, self.amounts[k + 1].value), (-1, self.full[k].value.scaled(after))])
            name = f"{short(self.span, 24)} (tier {k + 2} after {k + 1})"
            self.lifting.rows(name, body, self.amounts[0], -np.inf, 0.0, self.span)


def _guarded(value: Affine, context: Context) -> Affine:
    return value if context.guard is None else value.where(context.guard)
