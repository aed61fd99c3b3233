"""A product of a player's binary and an expression of its variables -> a column and rows, exact and linear.

`w = b*e` with `lo <= e <= hi`, ends that the model implies, is what these rows leave where b is 0 or 1 (Glover 1975,
"Improved linear integer programming formulations of nonlinear integer problems"):

    lo*b <= w <= hi*b,    e - hi*(1 - b) <= w <= e - lo*(1 - b).

Only products of the player's own variables count: to a player what others decide is data, and a product with data is
linear as it stands. A square that is written as one stays, as it may be what makes a problem convex.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field

import numpy as np

from compiler.ground.context import Context
from compiler.ground.lifting import Columns, Lifting, over
from compiler.ground.sparse import Bools, Floats, Ints
from compiler.ground.values import UNIT, ZERO, Affine, Axis, Dense, Pair, Term, add, combine, multiply
from compiler.ir.words import short
from grammar.source import Span


@dataclass(eq=False)
class BinaryProduct:
    """`columns` stand for `switch * subject` at the instances that are `live`; elsewhere they are fixed at zero.

    Rows are written by `hold`, those below the value where something profits from less and those above it where
    something profits from more: they are numbered `rows`.
    """

    lifting: Lifting
    switch: Affine
    subject: Affine
    columns: Columns
    live: Bools
    span: Span
    rows: list[tuple[int, int]] = field(default_factory=list)
    open_below: Bools = field(init=False)
    """Where no row keeps the value from lying below the product yet: (columns,)."""
    open_above: Bools = field(init=False)

    def __post_init__(self) -> None:
        size = self.columns.layout.size
        self._low, self._high = np.zeros(size), np.zeros(size)
        self.open_below, self.open_above = self.live.copy(), self.live.copy()

    def tighten(self, lower: Floats, upper: Floats) -> None:
        """The product is zero or within the ends of its subject."""
        low, high = self._ends(lower, upper)
        here = slice(self.columns.base, self.columns.base + self.columns.layout.size)
        lower[here] = np.fmax(lower[here], np.minimum(low, 0.0))
        upper[here] = np.fmin(upper[here], np.maximum(high, 0.0))

    def write(self, lower: Floats, upper: Floats) -> None:
        """Bounds of the columns; the rows wait until it is known which of them are needed."""
        self._low, self._high = self._ends(lower, upper)
        self.lifting.narrow(self.columns, np.minimum(self._low, 0.0), np.maximum(self._high, 0.0))

    def _ends(self, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """Least and greatest value of the subject, zero where nothing is live: (columns,)."""
        low, high = self.lifting.interval(self.subject, self.columns.layout, lower, upper)
        return np.where(self.live, low, 0.0), np.where(self.live, high, 0.0)

    def hold(self, raised: Bools, lowered: Bools) -> None:
        """Something profits from a larger (smaller) value at these columns: write the rows that forbid it."""
        below, above = self.open_below & lowered, self.open_above & raised
        self.open_below &= ~below
        self.open_above &= ~above
        endless = (below | above) & ~(np.isfinite(self._low) & np.isfinite(self._high))
        if endless.any():
            self.lifting.no_bound(
                self.span,
                self.columns.block,
                int(np.argmax(endless)),
                "a product with a binary, of which the other factor has no bounds",
            )
            return
        for chosen, near, far, ends, word in (
            (below, self._low, self._high, (0.0, np.inf), "at least"),
            (above, self._high, self._low, (-np.inf, 0.0), "at most"),
        ):
            self._rows(f"{word}, on or off", self.switch.scaled(self._dense(near)), chosen & (near != 0), ends)
            off = add([(1, Affine(UNIT)), (-1, self.switch)]).scaled(self._dense(far))
            self._rows(f"{word}, where on", add([(1, self.subject), (-1, off)]), chosen, ends)

    def _rows(self, word: str, side: Affine, chosen: Bools, ends: tuple[float, float]) -> None:
        """The product beyond, or below, one side."""
        if chosen.any():
            body = add([(1, self.columns.value), (-1, side)])
            name = f"{self.columns.block.name} ({word})"
            base = self.lifting.rows(name, body, self.columns, *ends, self.span, chosen)
            self.rows.append((base, base + int(chosen.sum())))

    def _dense(self, values: Floats) -> Dense:
        axes = self.columns.layout.axes
        finite = np.where(np.isfinite(values), values, 0.0)
        return Dense(axes, finite.reshape(tuple(a.size for a in axes)))


def times(lifting: Lifting, a: Affine, b: Affine, context: Context, span: Span) -> Affine:
    """The product of two affine values. Of a binary and an expression of the same player's, whose statement it is, it
    becomes a column; all else stays a product."""
    if a.numeric or b.numeric or context.owner is None or not (_switched(lifting, a) or _switched(lifting, b)):
        return multiply(a, b)
    linear = (*b.scaled(a.constant).terms, *a.scaled(b.constant).terms)
    constant = combine(np.multiply, a.constant, b.constant)
    parts = [Affine(constant, tuple(t for t in linear if t.coefficient.array.any()))]
    rest = []
    for term in a.terms:
        on, other = _split(term, _own(lifting, term, context, lifting.switch))
        if on is not None:
            parts.append(_switch_times(lifting, on, b.terms, context, span))
        if other is not None:
            rest.append(other)
    for term in b.terms if rest else ():
        on, other = _split(term, _own(lifting, term, context, lifting.switch))
        if on is not None:
            parts.append(_switch_times(lifting, on, tuple(rest), context, span))
        if other is not None:
            parts.append(multiply(Affine(ZERO, tuple(rest)), Affine(ZERO, (other,))))
    return add([(1, part) for part in parts])


def zero_or_one(lifting: Lifting, value: Affine, kept: Set[Axis]) -> bool:
    """Whether the value is one binary `b`, or `1 - b`, everywhere: a sum over an axis that is not `kept` is neither."""
    if value.pairs or len(value.terms) != 1:
        return False
    term = value.terms[0]
    if set(term.axes) - (kept & set(term.column.axes)):
        return False
    if not _kinds(lifting.switch, term.column.array).all():
        return False
    sign, start = term.coefficient.array, value.constant.array
    return bool(((sign == 1).all() and (start == 0).all()) or ((sign == -1).all() and (start == 1).all()))


def own_switch(lifting: Lifting, value: Affine, context: Context) -> bool:
    """Whether the value has only binaries of the player whose statement is evaluated."""
    return not value.pairs and all(_own(lifting, t, context, lifting.switch).array.all() for t in value.terms)


def own(lifting: Lifting, value: Affine, context: Context) -> bool:
    """Whether the value has only variables of the player whose statement is evaluated."""
    return not value.pairs and all(_own(lifting, t, context, lifting.movable).array.all() for t in value.terms)


def _switched(lifting: Lifting, value: Affine) -> bool:
    return any(_kinds(lifting.switch, t.column.array).any() for t in value.terms)


def _own(lifting: Lifting, term: Term, context: Context, kind: Bools) -> Dense:
    """Where the term's column is of a kind (columns,) and belongs to the player whose statement it is."""
    assert context.owner is not None
    owners = np.append(lifting.owner, -1)
    return combine(
        lambda c, o: (owners[np.minimum(c, len(kind))] == o) & _kinds(kind, c), term.column, context.owner.number
    )


def _kinds(mask: Bools, columns: Ints) -> Bools:
    """The mask at columns. A variable over an empty set has none: what names it names the next ones, at no instance."""
    found: Bools = np.append(mask, False)[np.minimum(columns, len(mask))]
    return found


def _split(term: Term, chosen: Dense) -> tuple[Term | None, Term | None]:
    """The term where `chosen` holds, and elsewhere."""
    if chosen.array.all():
        return term, None
    if not chosen.array.any():
        return None, term
    on, off = (
        combine(lambda m, v: np.where(m, v, 0.0), Dense(chosen.axes, mask), term.coefficient)
        for mask in (chosen.array, ~chosen.array)
    )
    return Term(term.column, on), Term(term.column, off)


def _switch_times(lifting: Lifting, switch: Term, others: tuple[Term, ...], context: Context, span: Span) -> Affine:
    """`switch`, of own binaries, times the sum of `others`: what is own in these is lifted, the rest stays."""
    mine: list[Term] = []
    linear: list[Term] = []
    pairs: list[Pair] = []
    for term in others:
        part, foreign = _split(term, _own(lifting, term, context, lifting.movable))
        if foreign is not None:
            pairs.append(
                Pair(switch.column, foreign.column, combine(np.multiply, switch.coefficient, foreign.coefficient))
            )
        if part is None:
            continue
        if part.column.axes == switch.column.axes and np.array_equal(part.column.array, switch.column.array):
            # The square of a binary is itself.
            linear.append(Term(part.column, combine(np.multiply, switch.coefficient, part.coefficient)))
        else:
            mine.append(part)
    if mine:
        factor = UNIT
        if len(mine) == 1 and set(mine[0].column.axes) <= context.axes:
            factor, mine = mine[0].coefficient, [Term(mine[0].column, UNIT)]
        column = _column(lifting, switch, mine, context, span).column
        linear.append(Term(column, combine(np.multiply, switch.coefficient, factor)))
    return Affine(ZERO, tuple(linear), tuple(pairs))


def _column(lifting: Lifting, switch: Term, mine: list[Term], context: Context, span: Span) -> Columns:
    subject = Affine(ZERO, tuple(mine))
    live = _own(lifting, switch, context, lifting.switch)
    if context.guard is not None:
        subject = subject.where(context.guard)
        live = combine(np.logical_and, live, context.guard)
    inside = lifting.layout((subject, Affine(live)), context)
    # A binary that is summed over an index has a product for each element.
    layout = over({*inside.axes, *switch.column.axes})
    alive = np.array(live.full(layout.axes), dtype=bool).reshape(-1)
    found = lifting.new_columns(short(span, 24), layout, context, span)
    lifting.narrow(found, np.where(alive, -np.inf, 0.0), np.where(alive, np.inf, 0.0))
    if zero_or_one(lifting, Affine(ZERO, tuple(mine)), set(layout.axes)):
        lifting.switch[found.base : found.base + layout.size] = True
    value = Affine(ZERO, (Term(switch.column, UNIT),))
    lifting.steps.append(BinaryProduct(lifting, value, subject, found, alive, span))
    return found
