"""Bounds on every multiplier of a follower by one LP each, from a decision of the follower that keeps its rows
whatever the others decide.

From: a Program of optimality conditions with its `Duality`, ranges of its columns.
To: with V the decision and t >= 0, (1) less t times (2) of `duality` gives for the multiplier y of a row that V keeps
    with room 1, and all others without violation,
      y <= sum_j tau_j V_j g_j - t sum_j tau_j v_j g_j <= sum_j max(gmin_j V_j, gmax_j V_j) tau_j - t z,
    with [gmin, gmax] the range of the slopes and z a lower bound of the follower's own terms. The least right-hand
    side over V and t is an LP (Charnes and Cooper). An equality is moved by 1 up and down.
Requires: linear rows in own columns; a V with room in the row (Slater); rows in which the ranges of the others' part
    leave room. Where there is none, there is no bound.
Exact or bound: valid for every multiplier vector at every complementary point.
Reference: Hiriart-Urruty and Lemarechal, Convex Analysis and Minimization Algorithms I (1993), VII.2.3; Charnes and
    Cooper, Naval Res. Logist. Q. 9 (1962) 181.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.propagate import product_range
from compiler.ground.sparse import Csr, Floats, Ints, Quad
from compiler.reformulations.basis_bounds import gradient_ranges
from compiler.reformulations.column_bounds import ColumnBounds, Source
from compiler.reformulations.duality import Duality
from compiler.reformulations.program import Program
from runtime.methods.counted_work import CountedWork
from runtime.solvers.highs import HighsModel
from runtime.solvers.solver import Ending, Options

MARGIN = 1e-6
"""What is added to an LP's value, relative: HiGHS's tolerance is 1e-7."""

GoOn = Callable[[bool], bool]
"""Whether there is time for one more bound, of a multiplier that has a finite one already (True) or none."""

Least = Callable[[Floats], float]
"""Cost (k,) in, a lower bound of `cost @ z` over the Program's points out."""


def slater_bounds(
    game: GroundGame,
    program: Program,
    duality: Duality,
    bounds: ColumnBounds,
    least: Least,
    go_on: GoOn,
    work: CountedWork,
) -> ColumnBounds:
    """`bounds` with those of all multipliers of followers for which there are any, as long as `go_on`; the LPs are
    counted in `work`."""
    slopes = gradient_ranges(program, duality, bounds)
    for follower in np.unique(duality.owner).tolist():
        if duality.plain[follower] and go_on(False):
            bounds = _of_follower(game, program, duality, bounds, slopes, least, follower, go_on, work)
    return bounds


def _of_follower(
    game: GroundGame,
    program: Program,
    duality: Duality,
    bounds: ColumnBounds,
    slopes: tuple[Floats, Floats],
    least: Least,
    follower: int,
    go_on: GoOn,
    work: CountedWork,
) -> ColumnBounds:
    mine = np.flatnonzero(duality.owner == follower)
    column, weight = duality.column[mine], duality.weight[mine]
    place = np.full(program.columns, -1, np.int64)
    place[column] = np.arange(len(mine))
    chosen = np.flatnonzero(duality.row_owner == follower)
    # The room of a row, `sign*(own V - t*(limit - rest))`, at its least over the others' part.
    own, room = _rooms(program, duality, bounds, chosen, place)
    sign = duality.sign[chosen]
    equal = duality.slack[chosen] < 0
    lowest = np.where(room[0] <= room[1], room[0], np.nan)
    moving = equal & (np.abs(room[1] - room[0]) > 1e-9 * np.maximum(1.0, np.abs(room[0])))
    z = least_own_terms(program, duality, bounds, mine, least)
    steady = bool(np.isfinite(lowest).all() and not moving.any() and np.isfinite(z))

    n, m = len(mine), len(chosen)
    low, high = game.lower[column], game.upper[column]
    below, above = np.flatnonzero(duality.low[mine] >= 0), np.flatnonzero(duality.high[mine] >= 0)
    gmin, gmax = slopes[0][mine], slopes[1][mine]
    falling, rising = np.flatnonzero(np.isfinite(gmin)), np.flatnonzero(np.isfinite(gmax))
    V, E, t = np.arange(n), n + np.arange(n), 2 * n
    sizes = [m, len(below), len(above), len(falling), len(rising)]
    ends = np.cumsum(sizes)
    rows, at_low, at_high, at_fall, at_rise = (np.arange(e - s, e) for e, s in zip(ends, sizes, strict=True))
    line = own.row_numbers()
    shift = np.where(np.isfinite(lowest), lowest, 0.0)
    with np.errstate(invalid="ignore"):
        entries = [
            (rows[line], V[own.indices], sign[line] * own.data),
            (rows, np.full(m, t), shift),
            (at_low, V[below], weight[below]),
            (at_low, np.full(len(below), t), -weight[below] * low[below]),
            (at_high, V[above], -weight[above]),
            (at_high, np.full(len(above), t), weight[above] * high[above]),
            (at_fall, E[falling], np.ones(len(falling))),
            (at_fall, V[falling], -weight[falling] * gmin[falling]),
            (at_rise, E[rising], np.ones(len(rising))),
            (at_rise, V[rising], -weight[rising] * gmax[rising]),
        ]
    matrix = Csr.from_coo(
        np.concatenate([e[0] for e in entries]),
        np.concatenate([e[1] for e in entries]),
        np.concatenate([e[2] for e in entries]),
        int(ends[-1]),
        2 * n + 1,
    )
    row_upper = np.full(int(ends[-1]), np.inf)
    row_upper[rows[equal]] = 0.0
    cost = np.concatenate([np.zeros(n), np.ones(n), [-z if steady else 0.0]])
    # An open end of a slope's range leaves only decisions that do not use it.
    V_low = np.where(np.isfinite(gmin), -np.inf, 0.0)
    V_high = np.where(np.isfinite(gmax), np.inf, 0.0)
    E_low = np.where(np.isfinite(gmin) | np.isfinite(gmax), -np.inf, 0.0)
    lp = Program(
        lower=np.concatenate([V_low, E_low, [0.0]]),
        upper=np.concatenate([V_high, np.full(n, np.inf), [np.inf if steady else 0.0]]),
        integer=np.zeros(2 * n + 1, np.bool_),
        cost=cost,
        cost_constant=0.0,
        cost_quad=Quad.empty(),
        matrix=matrix,
        row_lower=np.zeros(int(ends[-1])),
        row_upper=row_upper,
        row_quad=Quad.empty(),
    )
    model = HighsModel(lp)

    def room_of_one(row: int, way: float, again: float) -> float:
        one = np.array([row])
        model.change_row_limits(one, np.array([way]), np.array([way if equal_row(row) else np.inf]))
        outcome = model.solve(Options())
        work.add_lp(outcome, model)
        model.change_row_limits(one, np.zeros(1), np.array([again]))
        if outcome.ending is not Ending.OPTIMAL:
            return float("inf")
        return max(0.0, outcome.objective) * (1 + MARGIN) + MARGIN

    def equal_row(row: int) -> bool:
        return row < m and bool(equal[row])

    found = [
        *((int(c), int(r), bool(e)) for c, r, e in zip(duality.multiplier[chosen], rows, equal, strict=True)),
        *((int(duality.low[mine[k]]), int(r), False) for k, r in zip(below, at_low, strict=True)),
        *((int(duality.high[mine[k]]), int(r), False) for k, r in zip(above, at_high, strict=True)),
    ]
    numbers, lower, upper = [], [], []
    known = np.isfinite(bounds.upper)
    known[duality.multiplier[chosen[equal]]] &= np.isfinite(bounds.lower[duality.multiplier[chosen[equal]]])
    for number, row, both in sorted(found, key=lambda f: bool(known[f[0]])):
        if not go_on(bool(known[number])):
            break
        numbers.append(number)
        upper.append(room_of_one(row, 1.0, 0.0 if both else np.inf))
        lower.append(-room_of_one(row, -1.0, 0.0) if both else -np.inf)
    return bounds.tightened(np.array(numbers, np.int64), Source.BY_LP, np.array(lower), np.array(upper))


def _rooms(
    program: Program, duality: Duality, bounds: ColumnBounds, chosen: Ints, place: Ints
) -> tuple[Csr, tuple[Floats, Floats]]:
    """The own part of the chosen multipliers' rows in the columns of `place`, and least and largest of
    `sign*(rest - limit)`."""
    part = program.matrix.take_rows(duality.row[chosen])
    row = part.row_numbers()
    slack = duality.slacks(program.columns)
    mine = place[part.indices] >= 0
    rest = ~mine & ~slack[part.indices]
    sign = duality.sign[chosen]
    column, value = part.indices[rest], sign[row[rest]] * part.data[rest]
    least, most = product_range(bounds.lower[column], bounds.upper[column], value, value)
    count = len(chosen)
    with np.errstate(invalid="ignore"):
        low = np.bincount(row[rest], least, count) - sign * duality.limit[chosen]
        high = np.bincount(row[rest], most, count) - sign * duality.limit[chosen]
    own = Csr.from_coo(row[mine], place[part.indices[mine]], part.data[mine], count, int((place >= 0).sum()))
    return own, (np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high))


def least_own_terms(program: Program, duality: Duality, bounds: ColumnBounds, mine: Ints, least: Least) -> float:
    """A lower bound of `sum_j tau_j v_j g_j` over the stationarity rows `mine`. Products with others' columns by their
    ranges, convex squares of own ones by 0."""
    column, weight = duality.column[mine], duality.weight[mine]
    cost = np.zeros(program.columns)
    cost[column] = -weight * program.row_lower[duality.stationarity[mine]]
    part = program.matrix.take_rows(duality.stationarity[mine])
    j = part.row_numbers()
    own = np.zeros(program.columns, np.bool_)
    own[column] = True
    other = ~own[part.indices] & ~duality.duals(program.columns)[part.indices]
    value = weight[j[other]] * part.data[other]
    k = part.indices[other]
    s_low, s_high = product_range(bounds.lower[k], bounds.upper[k], value, value)
    low, high = np.zeros(len(mine)), np.zeros(len(mine))
    with np.errstate(invalid="ignore"):
        np.add.at(low, j[other], s_low)
        np.add.at(high, j[other], s_high)
        fixed = low == high
        cost[column] += np.where(fixed, low, 0.0)
        products, _ = product_range(bounds.lower[column], bounds.upper[column], low, high)
    if np.any(~np.isfinite(np.where(fixed, 0.0, products))):
        return float("-inf")
    return least(cost) + float(np.where(fixed, 0.0, products).sum())
