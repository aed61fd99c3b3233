"""A ground game at a point of the user's columns: what its lifted columns leave possible, found by scipy's MILP solver.

A player's lifted columns are free within the rows that define them, so a value that is exact only where nothing
profits from another one is put to the test: rows are held as well as they can be, objectives are the best that can be.
Curves and products of two lifted columns are dealt with from the inside out, each once its argument is known.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from compiler.ground.ground_game import INTEGER, GroundGame, block_of

NEAR = 1e-6
ROOM = 50.0
"""How far along an endless side the value of a function is looked at."""

FUNCTIONS: dict[str, Callable[[float, float], float]] = {
    "exp": lambda x, p: math.exp(x),
    "log": lambda x, p: math.log(x),
    "sqrt": lambda x, p: math.sqrt(x),
    "sin": lambda x, p: math.sin(x),
    "cos": lambda x, p: math.cos(x),
    "tan": lambda x, p: math.tan(x),
    "tanh": lambda x, p: math.tanh(x),
    "power": lambda x, p: x**p,
}


class UnsettledError(Exception):
    """A product of lifted columns neither of which is known; such a model proves nothing here."""


@dataclass
class Form:
    """`constant + coefficient @ y + sum of products` over the lifted columns, at the point."""

    constant: float
    coefficient: np.ndarray
    products: list[tuple[int, int, float]]


@dataclass
class Completion:
    """`x` (columns,) has the user's values; what stands in lifted places is not read."""

    ground: GroundGame
    x: np.ndarray

    def __post_init__(self) -> None:
        g = self.ground
        self.lifted = np.zeros(g.columns, bool)
        for b in g.column_blocks:
            self.lifted[b.start : b.stop] |= b.lifted
        self.defining = np.zeros(g.rows, bool)
        for b in g.row_blocks:
            self.defining[b.start : b.stop] |= b.lifted
        self.row_forms = self._forms(g.matrix, g.row_quad, g.rows, np.zeros(g.rows))
        self.goal_forms = self._forms(g.objective, g.objective_quad, len(g.players), g.objective_constant)

    def _forms(self, linear, quad, count: int, constants: np.ndarray) -> list[Form]:  # type: ignore[no-untyped-def]
        forms = [Form(float(constants[k]), np.zeros(self.ground.columns), []) for k in range(count)]
        for r, c, v in zip(linear.row_numbers(), linear.indices, linear.data, strict=True):
            if self.lifted[c]:
                forms[r].coefficient[c] += v
            else:
                forms[r].constant += v * self.x[c]
        for r, i, j, v in zip(quad.row, quad.i, quad.j, quad.value, strict=True):
            if self.lifted[i] and self.lifted[j]:
                forms[r].products.append((int(i), int(j), float(v)))
            elif self.lifted[i] or self.lifted[j]:
                forms[r].coefficient[i if self.lifted[i] else j] += v * self.x[j if self.lifted[i] else i]
            else:
                forms[r].constant += v * self.x[i] * self.x[j]
        return forms

    def player(self, p: int, without: set[int], free: set[int]) -> System:
        """What defines the lifted values of player `p`, `without` some rows, the lower bounds of `free` columns left
        out."""
        return System(self, p, without, free)


@dataclass
class System:
    whole: Completion
    p: int
    without: set[int]
    free: set[int]
    known: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Bounds of columns that were found out."""
    feasible: bool = True

    def __post_init__(self) -> None:
        g = self.whole.ground
        mine, given, telling = self.whole.lifted & (g.owner == self.p), *self._given()
        self.columns = np.flatnonzero(mine | given)
        self.place = {int(c): k for k, c in enumerate(self.columns)}
        self.extra: list[tuple[Form, float, float]] = []
        defining = self.whole.defining & ((g.row_owner == self.p) | telling)
        self.rows = [int(r) for r in np.flatnonzero(defining) if int(r) not in self.without]
        if len(self.columns):
            self._settle()

    def _given(self) -> tuple[np.ndarray, np.ndarray]:
        """Masks of the lifted columns of others that the player's problem sees, as values of what these decide, with
        all that they are made of, and of the rows that say what they are."""
        g, whole = self.whole.ground, self.whole
        inside = [f.coefficient != 0 for f in whole.row_forms]
        for form, mask in zip(whole.row_forms, inside, strict=True):
            mask[[c for i, j, _ in form.products for c in (i, j)]] = True
        goal = whole.goal_forms[self.p]
        seen = goal.coefficient != 0
        seen[[c for i, j, _ in goal.products for c in (i, j)]] = True
        for r in np.flatnonzero(g.row_owner == self.p):
            seen |= inside[r]
        theirs = whole.lifted & (g.owner != self.p)
        given, telling = seen & theirs, np.zeros(g.rows, bool)
        while True:
            before = int(given.sum())
            for family in g.curves:
                given[family.argument[given[family.result]]] = True
            for r in np.flatnonzero(whole.defining & (g.row_owner != self.p)):
                if (inside[r] & given).any():
                    telling[r] = True
                    given |= inside[r] & theirs
            given &= theirs
            if int(given.sum()) == before:
                return given, telling

    # ------------------------------------------------------------ from the inside out

    def _settle(self) -> None:
        g = self.whole.ground
        curves = []
        for family in g.curves:
            for k in range(len(family.argument)):
                if int(family.argument[k]) in self.place:
                    holding = [r for r in self.rows if self.whole.row_forms[r].coefficient[family.argument[k]]]
                    curves.append((min(holding) + 0.5, family, k))
        waiting = [(float(r), None, r) for r in self.rows if self.whole.row_forms[r].products]
        self.rows = [r for r in self.rows if not self.whole.row_forms[r].products]
        for _, family, k in sorted([*curves, *waiting], key=lambda w: w[0]):
            if family is None:
                self._products(self.whole.row_forms[k])
                self.rows.append(k)
            else:
                self._curve(family, k)
            if not self.feasible:
                return
        self.feasible = self.least(np.zeros(g.columns)) < math.inf

    def _curve(self, family, k: int) -> None:  # type: ignore[no-untyped-def]
        low, high = self.range_of(int(family.argument[k]))
        if low == math.inf:
            self.feasible = False
            return
        relation = int(family.relation[k])
        ends = {low, high} if low > -math.inf and high < math.inf else {low, low + ROOM}
        if low == -math.inf:
            ends = {high, high - ROOM}
        same = one_value(low, high)
        assert same or relation != 0, "an equation whose argument is open"
        values = []
        for end in {(low + high) / 2} if same else ends:
            try:
                value = FUNCTIONS[family.function](end, float(family.parameter[k]))
            except (ArithmeticError, ValueError):
                continue
            values += [] if isinstance(value, complex) else [value]
        if not values:
            self.feasible = False
            return
        value = min(values) if relation > 0 else max(values)
        result = int(family.result[k])
        self.known[result] = (value if relation >= 0 else -math.inf, value if relation <= 0 else math.inf)

    def _products(self, form: Form) -> None:
        """Make the first factor of each product of a defining row known."""
        for i, _, _ in form.products:
            low, high = self.range_of(i)
            if low == math.inf:
                self.feasible = False
                return
            if not one_value(low, high):
                if low > -math.inf and high < math.inf:
                    raise UnsettledError
                high = low = low if low > -math.inf else high
            if not math.isfinite(low):
                raise UnsettledError
            self.known[i] = ((low + high) / 2,) * 2

    # ------------------------------------------------------------ problems

    def range_of(self, column: int) -> tuple[float, float]:
        """Least and greatest value of a lifted column; infinite and -infinite if nothing is possible."""
        unit = np.zeros(self.whole.ground.columns)
        unit[column] = 1.0
        return self.least(unit), -self.least(-unit)

    def least(self, cost: np.ndarray, also: list[int] | None = None) -> float:
        """The least `cost @ y`, infinite if no y is possible; `also` names further rows to hold."""
        g = self.whole.ground
        forms = [(self.whole.row_forms[r], g.row_lower[r], g.row_upper[r]) for r in [*self.rows, *(also or [])]]
        lower, upper = g.lower[self.columns].copy(), g.upper[self.columns].copy()
        for c in self.free:
            if c in self.place:
                lower[self.place[c]] = -np.inf
        fixed = np.zeros(len(self.columns))
        for c, (low, high) in self.known.items():
            k = self.place[c]
            lower[k], upper[k] = max(lower[k], low), min(upper[k], high)
            fixed[k] = low
        with np.errstate(invalid="ignore"):
            crossed = lower > upper + NEAR * np.maximum(1.0, np.abs(upper))
        if crossed.any():
            return math.inf
        lower = np.minimum(lower, upper)
        A, low, high = [], [], []
        for form, start, stop in forms:
            a, constant = form.coefficient[self.columns].copy(), form.constant
            for i, j, v in form.products:
                known, other = (i, j) if self._fixed(i) else (j, i)
                if not self._fixed(known):
                    raise UnsettledError
                a[self.place[other]] += v * self.known[known][0]
            if not a.any():
                if constant < start - NEAR * max(1, abs(start)) or constant > stop + NEAR * max(1, abs(stop)):
                    return math.inf
                continue
            A.append(a)
            low.append(start - constant)
            high.append(stop - constant)
        if not len(self.columns):
            return 0.0
        rows = LinearConstraint(np.array(A), np.array(low), np.array(high)) if A else None
        kind = (g.kind[self.columns] == INTEGER).astype(int)
        c = cost[self.columns]
        found = milp(c, constraints=rows, bounds=Bounds(lower, upper), integrality=kind)
        if found.status == 0:
            return float(found.fun)
        if found.status == 2 or not c.any():
            return math.inf
        return -math.inf if self.least(np.zeros(g.columns), also) < math.inf else math.inf

    def _fixed(self, column: int) -> bool:
        low, high = self.known.get(column, (-math.inf, math.inf))
        return low == high

    def best(self, form: Form, sign: int) -> float:
        """The least (sign 1) or greatest (-1) value of a form that the lifted columns can give it."""
        factors = sorted({i for i, _, _ in form.products} if len(form.products) else set())
        if not factors:
            return form.constant + (sign * self.least(sign * form.coefficient) if form.coefficient.any() else 0.0)
        options = []
        for i in factors:
            low, high = self.range_of(i)
            if low == -math.inf and high == math.inf:
                raise UnsettledError
            if one_value(low, high):
                options.append([(low + high) / 2])
            else:
                ends = [low, high] if low > -math.inf and high < math.inf else [low, low + ROOM]
                options.append([high, high - ROOM] if low == -math.inf else ends)
        if math.prod(map(len, options)) > 16:
            raise UnsettledError
        before, results = dict(self.known), []
        for values in itertools.product(*options):
            self.known = before | {i: (v, v) for i, v in zip(factors, values, strict=True)}
            cost, constant = form.coefficient.copy(), form.constant
            for i, j, v in form.products:
                cost[j] += v * self.known[i][0]
            results.append(constant + sign * self.least(sign * cost))
        self.known = before
        return sign * min(sign * r for r in results)


def one_value(low: float, high: float) -> bool:
    return math.isfinite(low) and high - low <= NEAR * max(1.0, abs(low))


def row_keys(ground: GroundGame) -> dict[tuple[int, str, tuple[object, ...]], int]:
    """(player's number, declaration, elements) -> row, for the rows of the user's constraints."""
    found = {}
    for r in range(ground.rows):
        block = block_of(ground.row_blocks, r)
        if not block.lifted:
            found[int(ground.row_owner[r]), block.name, block.key(r)] = r
    return found
