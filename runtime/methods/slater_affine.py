"""A part of a player's problem in, out a point that follows the others' decisions and holds all sides of the part, the
bent ones with room: `following_point`, a `Policy`.

Looked for: y = y0 + K xi with the others at x = middle + half*xi, xi in [-1, 1]^q, that maximises t:
  where a side is linear in all decisions, `a y + b x <= u`, its worst decision of the others is known:
    a y0 + b middle + sum |K'a + half*b| <= u;
  other sides become cuts, linear in y0, K and t, at the decisions where they are worst, until none is violated.
What is found is proved afresh: linear sides by that sum, others at all corners of the decisions they hang on (where
they leave a convex set of all decisions) or by intervals of values and slopes over boxes of these.
Exact or bound: what is given holds at every decision of the others; where nothing is there may be such a point.
Reference: Ben-Tal, Goryashko, Guslitzer and Nemirovski, Math. Programming 99 (2004) 351 (affine rules, robust
    counterparts); Kelley, J. SIAM 8 (1960) 703 (cuts).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from compiler.ground.hidden_convexity import Convexity
from compiler.ground.own_functions import OwnFunctions, Shaped
from compiler.ground.sparse import Csr, Floats, Ints, Quad
from compiler.reformulations.program import Program
from runtime.methods.slater_points import ENOUGH, HELD, PATIENCE, ROOM
from runtime.methods.slater_sides import OwnPart, Side, convex_together
from runtime.solvers.highs import Highs
from runtime.solvers.solver import Options

ENTRIES = 20_000
"""The most entries |K'a + half*b| of all linear sides: an LP of a second or so."""

ROUNDS, CUTS = 40, 600
"""How often cuts are added, and how many may be looked for: each takes milliseconds."""

BOXES = 64
"""The most corners, and the most boxes, for which one side is looked at."""

FAR = 1e6
"""Where a point without bounds is looked for."""

FLAT = 1e-3
"""What |K| costs, so that a point follows no more decisions than it gains by."""


def following_point(convexity: Convexity, part: OwnPart, lower: Floats, upper: Floats, wide: Ints) -> Policy | None:
    """See the module; `lower` and `upper` (columns,) are the bounds of everybody, finite for `wide`, the columns of the
    others that have more than one value."""
    functions = convexity.functions
    own = np.flatnonzero(part.own)
    if not len(wide) or max(len(own), len(part.sides)) * len(wide) > ENTRIES:
        return None
    policy = _Search.of(functions, part, lower, upper, own, wide).found()
    return policy if policy is not None and policy.holds(functions, part, lower, upper) else None


@dataclass(frozen=True, eq=False)
class Policy:
    """`own` (p,) = `start` (p,) + `slope` (p, q) @ xi, at the decisions `middle` + `half` * xi of `wide`, (q,) each."""

    own: Ints
    wide: Ints
    start: Floats
    slope: Floats
    middle: Floats
    half: Floats

    def holds(self, functions: OwnFunctions, part: OwnPart, lower: Floats, upper: Floats) -> bool:
        """Whether it is proved to; bounds as in `following_point`."""
        reach = np.abs(self.slope).sum(axis=1)
        low, high = lower[self.own], upper[self.own]
        if np.any(self.start - reach < low - HELD * (1.0 + np.abs(low))):
            return False
        if np.any(self.start + reach > high + HELD * (1.0 + np.abs(high))):
            return False
        variables = functions.free.copy()
        variables[self.wide] = True
        together = Shaped(functions, lower, upper, variables)
        return all(self._side_holds(side, functions, together) for side in part.sides)

    def _side_holds(self, side: Side, functions: OwnFunctions, together: Shaped) -> bool:
        line = linear(side, together)
        if line is not None:
            constant, coefficient = line
            sign = 1.0 if side.above else -1.0
            worst = sign * (constant + coefficient[self.own] @ self.start + coefficient[self.wide] @ self.middle)
            worst += np.abs(coefficient[self.own] @ self.slope + coefficient[self.wide] * self.half).sum()
            return bool(sign * side.limit - worst >= -HELD * (1.0 + abs(side.limit)))
        needed = ROOM if side.bent else -HELD
        seen = together.expression(side.expression).slopes
        moving = np.isin(self.wide, list(seen)) | (self.slope[np.isin(self.own, list(seen))] != 0).any(axis=0)
        at = np.flatnonzero(moving)
        if 2 ** len(at) <= BOXES and convex_together(side, together):
            return all(self._room(side, functions, together, xi, xi) >= needed for xi in corners(at, len(self.wide)))
        left, count = [(-moving.astype(np.float64), moving.astype(np.float64))], 1
        while left:
            low, high = left.pop()
            if self._room(side, functions, together, low, high) >= needed:
                continue
            count += 1
            if count > BOXES or not len(at):
                return False
            k = at[int(np.argmax((high - low)[at]))]
            first, second = high.copy(), low.copy()
            first[k] = second[k] = (low[k] + high[k]) / 2
            left += [(low, first), (second, high)]
        return True

    def _room(self, side: Side, functions: OwnFunctions, together: Shaped, low: Floats, high: Floats) -> float:
        """At most the least over all xi between the two: by intervals, or from the middle along the steepest slopes."""
        shape = Shaped(functions, *self.box(together, low, high), together.variables).expression(side.expression)
        middle = (low + high) / 2
        at = Shaped(functions, *self.box(together, middle, middle), together.variables).expression(side.expression)
        ends = np.zeros((2, len(together.lower)))
        for c, reach in shape.slopes.items():
            ends[:, c] = reach
        if not np.isfinite(ends).all():
            return side.room(shape)
        # What an entry of xi moves: own columns by K, the others by half their range.
        by_own = ends[:, self.own][:, :, None] * self.slope
        least = by_own.min(axis=0).sum(axis=0) + self.half * ends[0][self.wide]
        most = by_own.max(axis=0).sum(axis=0) + self.half * ends[1][self.wide]
        moved = np.maximum(np.abs(least), np.abs(most)) * (high - low) / 2
        return max(side.room(shape), side.room(at) - float(moved.sum()) / (1.0 + abs(side.limit)))

    def box(self, together: Shaped, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Bounds (columns,) of all columns while xi is between these."""
        lower, upper = together.lower.copy(), together.upper.copy()
        ends = np.stack([self.slope * low, self.slope * high])
        lower[self.own] = self.start + ends.min(axis=0).sum(axis=1)
        upper[self.own] = self.start + ends.max(axis=0).sum(axis=1)
        lower[self.wide], upper[self.wide] = self.middle + self.half * low, self.middle + self.half * high
        return lower, upper


def corners(at: Ints, count: int) -> Floats:
    """All points (2^k, count) that are -1 or 1 at these k places and zero elsewhere."""
    found = np.zeros((2 ** len(at), count))
    found[:, at] = 2.0 * ((np.arange(2 ** len(at))[:, None] >> np.arange(len(at))[None, :]) & 1) - 1.0
    return found


def linear(side: Side, together: Shaped) -> tuple[float, Floats] | None:
    """The side's constant and coefficients (columns,), with the values of what is fixed; None if it is not linear in
    the decisions that `together` counts."""
    shape = together.expression(side.expression)
    known = together.linear(side.expression)
    if side.bent or not shape.affine or not known:
        return None
    coefficient = np.zeros(len(together.lower))
    columns = np.array([c for c in known if c >= 0], np.int64)
    coefficient[columns] = [known[c] for c in columns.tolist()]
    fixed = np.flatnonzero(~together.variables & (coefficient != 0))
    constant = known.get(-1, 0.0) + float(coefficient[fixed] @ together.lower[fixed])
    coefficient[fixed] = 0.0
    return constant, coefficient


@dataclass(eq=False)
class _Search:
    """The LP over y0 (p), the parts of K above and below zero (p, q each), t, and one column for each |entry|, as rows
    are gathered."""

    functions: OwnFunctions
    together: Shaped
    curved: list[Side]
    own: Ints
    wide: Ints
    low: Floats
    high: Floats
    middle: Floats
    half: Floats
    columns: int
    ends: list[float] = field(default_factory=list)
    """Rows `entries <= end`."""
    row: list[Ints] = field(default_factory=list)
    column: list[Ints] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)

    @staticmethod
    def of(functions: OwnFunctions, part: OwnPart, lower: Floats, upper: Floats, own: Ints, wide: Ints) -> _Search:
        p, q = len(own), len(wide)
        variables = functions.free.copy()
        variables[wide] = True
        together = Shaped(functions, lower, upper, variables)
        middle, half = (upper[wide] + lower[wide]) / 2, (upper[wide] - lower[wide]) / 2
        found = _Search(functions, together, [], own, wide, lower[own], upper[own], middle, half, p + 2 * p * q + 1)
        for i in range(p):
            along = np.concatenate([np.array([i]), found.slopes(i)])
            for sign, end in ((1.0, upper[own[i]]), (-1.0, -lower[own[i]])):
                if np.isfinite(end):
                    found.at_most(float(end), along, np.concatenate([[sign], np.ones(2 * q)]))
        for side in part.sides:
            line = linear(side, together)
            if line is None:
                found.curved.append(side)
            else:
                found.hold(side, *line)
        return found

    @property
    def room(self) -> int:
        return len(self.own) * (1 + 2 * len(self.wide))

    def slopes(self, i: int) -> Ints:
        """The columns of the parts of row i of K, those above zero first."""
        p, q = len(self.own), len(self.wide)
        return np.concatenate([p + i * q + np.arange(q), p + p * q + i * q + np.arange(q)])

    def at_most(self, end: float, columns: Ints, values: Floats) -> None:
        self.row.append(np.full(len(columns), len(self.ends)))
        self.column.append(columns)
        self.value.append(np.asarray(values, np.float64))
        self.ends.append(float(end))

    def hold(self, side: Side, constant: float, coefficient: Floats) -> None:
        """A linear side at its worst."""
        sign = 1.0 if side.above else -1.0
        a, b = sign * coefficient[self.own], sign * coefficient[self.wide] * self.half
        touched = np.flatnonzero(a).tolist()
        q = len(self.wide)
        entries = self.columns + np.arange(q)
        self.columns += q
        for j in range(q):
            parts = np.concatenate([self.slopes(i)[[j, q + j]] for i in touched] + [entries[j : j + 1]])
            values = np.concatenate([[a[i], -a[i]] for i in touched] + [[-1.0]])
            self.at_most(-b[j], parts, values)
            self.at_most(b[j], parts, np.concatenate([-values[:-1], [-1.0]]))
        end = sign * (side.limit - constant - float(coefficient[self.wide] @ self.middle))
        here = np.array(touched, np.int64)
        self.at_most(end, np.concatenate([here, entries]), np.concatenate([a[here], np.ones(q)]))

    def found(self) -> Policy | None:
        """The policy with most room, as far as the cuts say; None where there is none."""
        for _ in range(min(ROUNDS, CUTS // max(1, len(self.curved)))):
            policy, room = self.solved()
            if policy is None or room < ROOM:
                return None
            cut = [self.cut(side, policy, room) for side in self.curved]
            if not any(cut):
                return policy
        return None

    def solved(self) -> tuple[Policy | None, float]:
        p, q = len(self.own), len(self.wide)
        lower = np.zeros(self.columns)
        upper = np.full(self.columns, np.inf)
        lower[:p], upper[:p] = np.fmax(self.low, -FAR), np.fmin(self.high, FAR)
        upper[p : self.room] = FAR
        upper[self.room] = ENOUGH
        cost = np.zeros(self.columns)
        cost[p : self.room] = FLAT / max(1, q)
        cost[self.room] = -1.0
        program = Program(
            lower=lower,
            upper=upper,
            integer=np.zeros(self.columns, np.bool_),
            cost=cost,
            cost_constant=0.0,
            cost_quad=Quad.empty(),
            matrix=Csr.from_coo(
                np.concatenate(self.row),
                np.concatenate(self.column),
                np.concatenate(self.value),
                len(self.ends),
                self.columns,
            ),
            row_lower=np.full(len(self.ends), -np.inf),
            row_upper=np.array(self.ends),
            row_quad=Quad.empty(),
        )
        z = Highs().solve(program, Options(PATIENCE)).z
        if z is None:
            return None, 0.0
        slope = (z[p : p + p * q] - z[p + p * q : self.room]).reshape(p, q)
        return Policy(self.own, self.wide, z[:p], slope, self.middle, self.half), float(z[self.room])

    def cut(self, side: Side, policy: Policy, room: float) -> bool:
        """A cut where the side has less than half the room promised, at the decisions of the others where slopes say
        that it is worst. Says whether there was one."""
        sign = 1.0 if side.above else -1.0
        xi = np.zeros(len(self.wide))
        worst: tuple[float, Floats, Floats] | None = None
        for _ in range(4):
            lower, upper = policy.box(self.together, xi, xi)
            shape = Shaped(self.functions, lower, upper, self.together.variables).expression(side.expression)
            value = sign * shape.reach[1 if side.above else 0]
            slope = np.zeros(len(lower))
            for c, (low, high) in shape.slopes.items():
                slope[c] = sign * (low + high) / 2
            if not np.isfinite(value) or not np.isfinite(slope).all():
                break
            if worst is not None and value <= worst[0]:
                break
            worst = (value, slope[self.own], xi)
            xi = np.where(slope[self.own] @ policy.slope + slope[self.wide] * self.half > 0, 1.0, -1.0)
        if worst is None:
            return False
        value, gradient, xi = worst
        unit = 1.0 + abs(side.limit)
        if value <= sign * side.limit - room / 2 * unit:
            return False
        touched = np.flatnonzero(gradient).tolist()
        now = policy.start + policy.slope @ xi
        columns = np.concatenate([np.array(touched, np.int64), *(self.slopes(i) for i in touched), [self.room]])
        values = np.concatenate(
            [gradient[touched], *(np.concatenate([gradient[i] * xi, -gradient[i] * xi]) for i in touched), [unit]]
        )
        self.at_most(sign * side.limit - value + float(gradient @ now), columns, values)
        return True
