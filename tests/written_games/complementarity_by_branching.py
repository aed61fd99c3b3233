"""Linear programs with whole numbers and complementary pairs, by branching on the pairs (Bard and Moore, SIAM J. Sci.
Stat. Comput. 11 (1990) 281): scipy's MILPs, no bounds on multipliers. Nothing of gamec."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

Form = tuple[dict[int, float], float]
"""Coefficients by column, and a constant."""

MET = 1e-7
MOST = 20_000
"""Nodes; games here take some dozens."""


class TooLongError(Exception):
    """More nodes than `MOST`."""


@dataclass
class Optimum:
    """`ending`: optimal, infeasible or unbounded."""

    ending: str
    value: float = math.nan
    point: np.ndarray = field(default_factory=lambda: np.zeros(0))


class Complementarities:
    """Columns, rows and pairs of forms that are at least zero, one of each pair zero."""

    def __init__(self) -> None:
        self.lower, self.upper, self.whole = list[float](), list[float](), list[bool]()
        self.rows = list[tuple[dict[int, float], float, float]]()
        self.pairs = list[tuple[Form, Form]]()

    def column(self, lower: float = -math.inf, upper: float = math.inf, whole: bool = False) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.lower) - 1

    def row(self, form: Form, lower: float, upper: float) -> None:
        self.rows.append((form[0], lower - form[1], upper - form[1]))

    def pair(self, one: Form, two: Form) -> None:
        self.row(one, 0, math.inf)
        self.row(two, 0, math.inf)
        self.pairs.append((one, two))

    def least(self, cost: dict[int, float]) -> Optimum:
        """The least cost."""
        if not self.lower:
            self.column(0, 0)
        matrix = np.array([self._dense(terms) for terms, _, _ in self.rows]).reshape(len(self.rows), len(self.lower))
        lower, upper = np.array([r[1] for r in self.rows]), np.array([r[2] for r in self.rows])
        sides = [[(self._dense(form[0]), form[1]) for form in pair] for pair in self.pairs]
        best, open_, seen = Optimum("infeasible", math.inf), [dict[int, int]()], 0
        while open_:
            fixed, seen = open_.pop(), seen + 1
            if seen > MOST:
                raise TooLongError
            zero = [sides[pair][side] for pair, side in fixed.items()]
            found = self._linear(
                self._dense(cost),
                np.vstack([matrix, *(terms for terms, _ in zero)]),
                np.concatenate([lower, [-constant for _, constant in zero]]),
                np.concatenate([upper, [-constant for _, constant in zero]]),
            )
            left = [pair for pair in range(len(sides)) if pair not in fixed]
            if found.ending == "infeasible" or found.value >= best.value - 1e-9 * max(1.0, abs(best.value)):
                continue
            if found.ending == "unbounded":
                if not left:
                    return found
                pair = left[0]
            else:
                breach = {p: min(float(t @ found.point) + c for t, c in sides[p]) for p in left}
                pair = max(breach, key=lambda p: breach[p], default=-1)
                if pair < 0 or breach[pair] <= MET:
                    best = found
                    continue
            open_ += [{**fixed, pair: 1}, {**fixed, pair: 0}]
        return best

    def _dense(self, terms: dict[int, float]) -> np.ndarray:
        found = np.zeros(len(self.lower))
        for column, value in terms.items():
            found[column] += value
        return found

    def _linear(self, cost: np.ndarray, matrix: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> Optimum:
        kept = [LinearConstraint(matrix, lower, upper)] if len(matrix) else []
        bounds, whole = Bounds(self.lower, self.upper), np.array(self.whole, int)
        found = milp(cost, constraints=kept, bounds=bounds, integrality=whole)
        if found.status == 0:
            return Optimum("optimal", float(found.fun), found.x)
        if found.status == 2 or milp(0 * cost, constraints=kept, bounds=bounds, integrality=whole).status != 0:
            return Optimum("infeasible")
        return Optimum("unbounded")
