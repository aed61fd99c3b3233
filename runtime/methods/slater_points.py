"""A GroundGame and a player in; out whether, for every decision of the others, the player has a point that holds its
nonlinear constraints with room. Then its optimality conditions are necessary.

One point v is looked for that serves all decisions of the others within their bounds: maximise t over v with
  linear rows, bounds, and own terms of each row plus the largest that the others can add, within the limit;
  the same with t to spare in rows that are quadratic in own columns, in curves, and in arguments at the end of their
  domain.
Terms `x*v` of others enter by the ends of x's range: `max(low*v, high*v)`. The problem is convex; what the solver finds
is checked with numpy.
Reference: Slater's condition, refined for linear constraints: Rockafellar, Convex Analysis (1970), theorem 28.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from compiler.ground.curves import FUNCTIONS, Curve, curves_among
from compiler.ground.ground_game import INTEGER, GroundGame
from compiler.ground.propagate import product_ends, propagate
from compiler.ground.sparse import Csr, Floats, Ints, Quad
from compiler.reformulations.program import Program
from runtime.solvers.scip import Scip
from runtime.solvers.solver import Options

ROOM = 1e-4
"""Least room, in units in which coefficients are near 1 and over the size of the limits: a hundred times what the point
may violate."""

HELD = 1e-6
ENOUGH = 1.0
PATIENCE = 5.0


_FOUND: WeakKeyDictionary[GroundGame, dict[int, bool]] = WeakKeyDictionary()


def has_slater_point(game: GroundGame, player: int) -> bool:
    """See the module. `game` in scaled units; the player's problem convex. False also where there is none that serves
    all decisions at once, or none was found in time. Each player of a game is looked at once."""
    found = _FOUND.setdefault(game, {})
    if player not in found:
        found[player] = _looked_for(game, player)
    return found[player]


def _looked_for(game: GroundGame, player: int) -> bool:
    program = _problem(game, player)
    if program is None:
        return False
    z = Scip().solve(program, Options(PATIENCE)).z
    limits = np.concatenate([program.row_lower, program.row_upper])
    # `violation` is relative to the limits, so room must be too.
    size = 1.0 + float(np.max(np.abs(limits[np.isfinite(limits)]), initial=0.0))
    return z is not None and bool(z[-1] >= ROOM * size) and program.violation(z) <= HELD


@dataclass
class _Rows:
    """Rows `lower <= entries <= upper` as they are gathered."""

    lower: Floats
    upper: Floats
    row: list[Ints] = field(default_factory=list)
    column: list[Ints] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)

    def add(self, row: Ints, column: Ints, value: Floats) -> None:
        self.row.append(row)
        self.column.append(column)
        self.value.append(np.asarray(value, np.float64))

    def at_least(self, limit: Floats, *terms: tuple[Ints, Floats]) -> None:
        """New rows `sum of terms >= limit` (k,): each term's columns and coefficients (k,)."""
        new = len(self.lower) + np.arange(len(limit))
        self.lower = np.concatenate([self.lower, limit])
        self.upper = np.concatenate([self.upper, np.full(len(limit), np.inf)])
        for column, value in terms:
            self.add(new, column, value)


def _problem(game: GroundGame, player: int) -> Program | None:
    """Minimise -t over own columns v, a bound e of each product with another's column, a value of each curve with t to
    spare, and t. None where no point can serve all decisions of the others."""
    lower, upper = propagate(
        game.matrix, game.row_quad, game.row_lower, game.row_upper, game.lower, game.upper, game.kind == INTEGER
    )
    own, rows = np.flatnonzero(game.owner == player), np.flatnonzero(game.row_owner == player)
    n, m = len(own), len(rows)
    place = np.full(game.columns, -1, np.int64)
    place[own] = np.arange(n)
    part = game.matrix.take_rows(rows)
    row, column, value = part.row_numbers(), part.indices, part.data
    mine = place[column] >= 0
    quad = game.row_quad.take_rows(rows)
    first, second = place[quad.i] >= 0, place[quad.j] >= 0
    bent, one, none = quad.take(first & second), first ^ second, ~(first | second)
    touched = np.zeros(m, np.bool_)
    touched[row[mine]] = touched[bent.row] = touched[quad.row[one]] = True

    # What the others add to each row, at least and at most.
    with np.errstate(invalid="ignore"):
        ends = np.stack([value * lower[column], value * upper[column]])[:, ~mine]
        least, most = product_ends(quad.i[none], quad.j[none], quad.value[none], lower, upper)
        added = [np.bincount(row[~mine], e, m) for e in (ends.min(axis=0), ends.max(axis=0))]
        added = [a + np.bincount(quad.row[none], e, m) for a, e in zip(added, (least, most), strict=True)]
        row_lower, row_upper = game.row_lower[rows] - added[0], game.row_upper[rows] - added[1]
    row_lower[~touched], row_upper[~touched] = -np.inf, np.inf
    below, above = np.isfinite(game.row_lower[rows]) & touched, np.isfinite(game.row_upper[rows]) & touched
    if not (np.isfinite(row_lower[below]).all() and np.isfinite(row_upper[above]).all()):
        return None
    if np.any(row_lower > row_upper):
        return None

    other, free = np.where(first, quad.j, quad.i)[one], place[np.where(first, quad.i, quad.j)[one]]
    weight, of = quad.value[one], quad.row[one]
    if np.any(below[of] & above[of]) or not np.isfinite(lower[other] + upper[other]).all():
        return None
    curves = curves_among(game.curves, game.owner == player, place)
    k, c = len(of), sum(len(curve.result) for curve in curves)
    e, spare, t = n + np.arange(k), n + k + np.arange(c), n + k + c
    found = _Rows(row_lower, row_upper)
    found.add(row[mine], place[column[mine]], value[mine])
    # In a row `<=` a product counts as its largest value e, in a row `>=` as its least, -e.
    sign = np.where(above[of], 1.0, -1.0)
    found.add(of, e, sign)
    for end in (lower[other], upper[other]):
        found.at_least(np.zeros(k), (e, np.ones(k)), (free, -sign * weight * end))
    strict = np.unique(bent.row)
    found.add(strict, np.full(len(strict), t), np.where(above[strict], 1.0, -1.0))
    moved, done = [], 0
    for curve in curves:
        here = spare[done : done + len(curve.result)]
        done += len(here)
        moved.append(_with_room(found, curve, here, t, game.lower[own], game.upper[own]))
    columns = t + 1
    return Program(
        lower=np.concatenate([game.lower[own], np.full(k + c, -np.inf), [0.0]]),
        upper=np.concatenate([game.upper[own], np.full(k + c, np.inf), [ENOUGH]]),
        integer=np.zeros(columns, np.bool_),
        cost=np.append(np.zeros(t), -1.0),
        cost_constant=0.0,
        cost_quad=Quad.empty(),
        matrix=Csr.from_coo(
            np.concatenate(found.row),
            np.concatenate(found.column),
            np.concatenate(found.value),
            len(found.lower),
            columns,
        ),
        row_lower=found.lower,
        row_upper=found.upper,
        row_quad=Quad.from_entries(bent.row, place[bent.i], place[bent.j], bent.value, columns),
        curves=tuple(moved),
    )


def _with_room(rows: _Rows, curve: Curve, spare: Ints, t: int, lower: Floats, upper: Floats) -> Curve:
    """The curve with `spare` columns for its results, from which the results themselves keep t, and its arguments t
    from the ends of the domain."""
    k = len(spare)
    ones, side, at = np.ones(k), np.where(curve.relation > 0, 1.0, -1.0), np.full(k, t)
    rows.at_least(np.zeros(k), (curve.result, side), (spare, -side), (at, -ones))
    a = curve.argument
    start, stop = FUNCTIONS[curve.function].domain(lower[a], upper[a], curve.parameter)
    for limit, way in ((start, 1.0), (-stop, -1.0)):
        ends = np.isfinite(limit)
        rows.at_least(limit[ends], (a[ends], way * ones[ends]), (at[ends], -ones[ends]))
    return Curve(curve.function, a, spare, curve.parameter, curve.relation)
