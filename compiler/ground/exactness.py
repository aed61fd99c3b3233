"""Lifted values + the whole game -> exact ones: bounds are derived, the rows that need them written, and binaries added
where something may profit from a value beyond an epigraph.

Constants come from the bounds and the players' own rows; where none can be derived the model is refused (G710), never
guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from compiler.ground.binary_products import BinaryProduct
from compiler.ground.given_values import GivenValues
from compiler.ground.lifting import ZERO_AFFINE, Columns, Epigraph, Lifting
from compiler.ground.propagate import propagate
from compiler.ground.smooth import Smooth
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from compiler.ground.values import Affine, Dense, add
from compiler.ir.words import short

Value = Epigraph | Smooth | BinaryProduct
"""What stands for a value and may lie beyond it where nothing profits from that."""


@dataclass(frozen=True, eq=False)
class System:
    """The game so far, over all columns that were made until now; names as in `GroundGame`, `sense` (players,)."""

    matrix: Csr
    row_lower: Floats
    row_upper: Floats
    row_owner: Ints
    row_quad: Quad
    owner: Ints
    objective: Csr
    objective_quad: Quad
    sense: Ints
    lower: Floats
    upper: Floats
    integer: Bools


def make_exact(lifting: Lifting, assemble: Callable[[], System]) -> System:
    """Finish everything lifted; gives the system with all that was added. `assemble` makes it anew from what has been
    written until then."""
    system = assemble()
    if not lifting.steps:
        return system
    lower, upper = derived_bounds(lifting, system)
    rows = len(system.row_lower)
    for step in lifting.steps:
        step.write(lower, upper)
    values = [step for step in lifting.steps if isinstance(step, Value)]
    exact = [np.zeros(v.columns.layout.size, bool) for v in values]
    if any(isinstance(v, Smooth | BinaryProduct) for v in values):
        # Their rows and bounds changed as they were written.
        system = assemble()
        rows = lifting.flat.rows
    given = GivenValues.of(lifting, [None if isinstance(v, BinaryProduct) else v for v in values])
    if given.some:
        given.want_functions(lower, upper)
        players = np.arange(len(system.sense))
        given.want_factors([(system.row_quad, system.row_owner), (system.objective_quad, players)], lower, upper)
    while True:
        # What makes one value exact may lean on another from the other side, so the question is asked again.
        system = assemble() if lifting.flat.rows > rows else system
        rows = lifting.flat.rows
        changed = False
        raised, lowered = _profits(values, system, lower, upper)
        for k, v in enumerate(values):
            here = slice(v.columns.base, v.columns.base + v.columns.layout.size)
            if isinstance(v, Smooth):
                changed |= given.hand_over(k, given.wanted[k], lower, upper)
                changed |= v.harm(raised[here], lowered[here])
                continue
            if isinstance(v, BinaryProduct):
                v.hold(raised[here], lowered[here])
                continue
            harmed = ((raised if v.largest else lowered)[here] | given.wanted[k]) & ~exact[k]
            if harmed.any():
                given.hand_over(k, harmed, lower, upper)
                _binaries(lifting, v, harmed, lower, upper)
                exact[k] |= harmed
        if changed:
            system = assemble()
        elif lifting.flat.rows == rows:
            return system


def derived_bounds(lifting: Lifting, system: System) -> tuple[Floats, Floats]:
    """Bounds (columns,) that every point of the game satisfies at which the lifted values are exact."""
    # A player's rows bound what it decides itself; another's do not bind its deviations from the answer.
    own = system.row_owner[system.matrix.row_numbers()] == system.owner[system.matrix.indices]
    lower, upper = system.lower, system.upper
    while True:
        lower, upper = propagate(
            system.matrix, system.row_quad, system.row_lower, system.row_upper, lower, upper, system.integer, own
        )
        unknown = _unknown(lower, upper)
        for step in lifting.steps:
            step.tighten(lower, upper)
        if _unknown(lower, upper) == unknown:
            return lower, upper


def _unknown(lower: Floats, upper: Floats) -> int:
    return int(np.isinf(lower).sum() + np.isinf(upper).sum())


def _profits(values: Sequence[Value], system: System, lower: Floats, upper: Floats) -> tuple[Bools, Bools]:
    """Where a row or a player may profit from a larger, and from a smaller value of a column: both (columns,). The
    rows that define a value do not count for its own columns."""
    count = len(system.owner)
    column_of, row_of = np.full(count, -1), np.full(len(system.row_lower), -2)
    for k, e in enumerate(values):
        column_of[e.columns.base : e.columns.base + e.columns.layout.size] = k
        for start, stop in e.rows:
            row_of[start:stop] = k
    raised, lowered = np.zeros(count, bool), np.zeros(count, bool)

    def mark(column: Ints, up: Bools, down: Bools) -> None:
        raised[column[up]] = True
        lowered[column[down]] = True

    matrix, row, column = system.matrix, system.matrix.row_numbers(), system.matrix.indices
    other = row_of[row] != column_of[column]
    low, high = np.isfinite(system.row_lower), np.isfinite(system.row_upper)
    rising = matrix.data > 0
    mark(
        column,
        other & np.where(rising, low[row], high[row]),
        other & np.where(rising, high[row], low[row]),
    )
    weight = system.objective.data * system.sense[system.objective.row_numbers()]
    mark(system.objective.indices, weight < 0, weight > 0)

    known_lower, known_upper = np.full(count, -np.inf), np.full(count, np.inf)
    known_lower[: len(lower)], known_upper[: len(upper)] = lower, upper
    for e in values:
        # The far end of a value holds only where it is exact, which is what is asked here.
        here = slice(e.columns.base, e.columns.base + e.columns.layout.size)
        known_upper[here][e.open_above] = np.inf
        known_lower[here][e.open_below] = -np.inf
    quad, products = system.row_quad, system.objective_quad
    for one, partner in ((quad.i, quad.j), (quad.j, quad.i)):
        up, down = _slopes(quad.value, known_lower[partner], known_upper[partner])
        mark(
            one,
            (up & low[quad.row]) | (down & high[quad.row]),
            (up & high[quad.row]) | (down & low[quad.row]),
        )
    for one, partner in ((products.i, products.j), (products.j, products.i)):
        value = products.value * system.sense[products.row]
        up, down = _slopes(value, known_lower[partner], known_upper[partner])
        mark(one, down, up)
    return raised, lowered


def _slopes(value: Floats, lower: Floats, upper: Floats) -> tuple[Bools, Bools]:
    """Whether `value * x` can be above zero, and below, for x within its bounds."""
    return (
        np.where(value > 0, upper > 0, lower < 0),
        np.where(value > 0, lower < 0, upper > 0),
    )


def _binaries(lifting: Lifting, e: Epigraph, harmed: Bools, lower: Floats, upper: Floats) -> None:
    """`z <= a_k + M_k (1 - d_k)`, `sum d = 1`: the value is one of the arguments (for `min` with the signs turned)."""
    if not e.exact:
        lifting.findings.add(
            "G711",
            f"`{short(e.span)}` is rewarded where it is large: its problem has no convex form",
            e.span,
            "a risk that raises the objective",
            hints=["`cvar` is of a loss: maximise `... - weight*cvar(w, a) loss`, with `loss` = -profit"],
        )
        return
    layout, name = e.places.layout, e.columns.block.name
    chosen = e.spread(harmed) if e.live is None else e.spread(harmed) & e.live
    sign = 1 if e.largest else -1
    ranges = e.ranges(lower, upper)
    extreme = e.spread(e.ends(lower, upper)[1 if e.largest else 0])
    gaps = [extreme - low if e.largest else high - extreme for low, high in ranges]
    unbounded = chosen & ~np.all([np.isfinite(gap) for gap in gaps], axis=0)
    if unbounded.any():
        lifting.no_bound(e.span, e.places.block, int(np.argmax(unbounded)))
        return
    shape = tuple(a.size for a in layout.axes)
    one = ZERO_AFFINE
    for k, (argument, gap) in enumerate(zip(e.arguments, gaps, strict=True)):
        choice: Columns = lifting.binaries(e.places, f"{name} (choice {k + 1})", chosen)
        big = Dense(layout.axes, np.where(chosen, np.maximum(gap, 0.0), 0.0).reshape(shape))
        body = add([(sign, e.columns.value), (-sign, argument), (1, choice.value.scaled(big)), (-1, Affine(big))])
        lifting.rows(f"{name} (reached {k + 1})", body, e.places, -np.inf, 0.0, e.span, chosen)
        one = add([(1, one), (1, choice.value)])
    lifting.rows(f"{name} (one choice)", one, e.columns, 1.0, 1.0, e.span, harmed)
