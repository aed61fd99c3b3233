"""Random leaders over followers that are convex and curved, as texts; and what they are worth, by nested sections.

Every expression is a text that Python reads too, once `^` is `**`. A follower's answer at a decision of the leader is
found by golden sections in sections, which needs no slope and nothing but convexity, which the pieces have by hand.
Nothing is shared with the compiler."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ALONE = [
    "exp({a}*y - {b}*x)",
    "(y - x)^2",
    "{a}*y^4",
    "{a}/(y + {b} + 1.7)",
    "({b} + 1 - x/2)/(y + 2.5)",
    "-{a}*log(y + {b} + 1.7)",
    "-{a}*sqrt(y + {b} + 1.7)",
    "{a}*abs(y - x)",
    "max(y, x, {b})",
    "max(2*y - x, {a}, -y)",
    "(1 + x)*y^2",
    "-x*log(y + 3)",
    "(y + {b} + 1.6)^1.5",
    "{a}*(y + 2.5)*log(y + 2.5)",
    "max(y, 0)^2",
    "exp(max(y, x))",
    "log(exp(y) + exp(x))",
    "log(1 + exp(y - x))",
    "sqrt(1 + (y - x)^2)",
    "piecewise(y; (-2, 3), (0, 1), (2, {b} + 2))",
    "tan((y + 2)/4)",
    "(y - x)^2/(y + 2.5)",
    "exp(y^2/4)",
    "{a}*y*exp((y + 2)/4)",
]
"""Convex in y on [-2, 2] for x in [0, 2]; `a`, `b` are positive numbers."""

TOGETHER = [
    "y^2/(z + {b} + 2.1)",
    "(y - x)^2/(z + 2.5)",
    "-sqrt((y + 2.1)*(z + {b} + 2.1))",
    "log(exp(y) + exp(z))",
    "log(exp(y) + exp(z) + exp(x))",
    "x*y*z + 2*y^2 + 2*z^2",
    "exp(y + z - x)",
    "sqrt(y^2 + z^2 + 1)",
    "abs(y - z)",
    "max(y, z, x)",
    "(y + z - x)^4",
    "1/(y + 2.2)/(z + 2.2)",
    "(y + z)^2 + y*z/2 + y^2",
    "exp(y*z/4 + y^2/4 + z^2/4)",
    "max(y + z, 0)^2",
    "-log(y + z + 4.5)",
    "(y + 2.2)*log((y + 2.2)/(z + 2.3))",
    "-(y + 2.2)^0.3*(z + 2.2)^0.6",
    "(y^2 + z^2 + 1)/(z + 2.5)",
]
"""Convex in (y, z) on [-2, 2]^2."""

LIMITS = [
    ("(y - x)^2", "1"),
    ("(y - x)^2 + z^2", "1 + x/4"),
    ("y^2 + z^2", "x + {b}"),
    ("y^2", "x + {b}"),
    ("exp(y) + z", "{b} + 1 + x"),
    ("y^2/(z + 2.5)", "{a}"),
    ("log(exp(y) + exp(z))", "{b} + 1"),
    ("1/(y + 2.2)", "z + {b} + 1"),
    ("abs(y - x) + abs(z)", "{a}"),
    ("max(y, z)", "x"),
    ("y + z", "{a}"),
    ("y - x", "z"),
    ("sqrt(y^2 + z^2 + 1)", "{a} + 1"),
    ("(1 + x)*y^2", "{a} + z"),
]
"""Convex in (y, z), at most the number or decision beside it."""


@dataclass
class CurvedText:
    """One leader with x in [0, 2], one follower with y and z in [-2, 2]."""

    seed: int
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        rng = self.rng = random.Random(self.seed)
        chosen = [(rng.choice([0.5, 1, 2]), rng.choice(ALONE + TOGETHER)) for _ in range(rng.choice([1, 1, 2, 3]))]
        parts = [f"{weight}*({self._filled(text)})" for weight, text in chosen]
        # A strictly convex part leaves one answer; another pulls where the leader likes.
        parts += ["0.3*y^2 + 0.2*z^2", f"{rng.choice([-1, -0.5, 0.5, 1])}*y + ({rng.choice(['x - 1', '-x', '0.5'])})*z"]
        self.cost = " + ".join(parts)
        limits = [rng.choice(LIMITS) for _ in range(rng.choice([0, 0, 1, 1, 2]))]
        self.limits = [(self._filled(left), self._filled(right)) for left, right in limits]
        self.goal = rng.choice(
            [
                "(y - 1)^2 + (z + 0.5)^2 + x/4",
                "x - 2*y",
                "y + z + (x - 1)^2",
                "-y - z/2 + x^2/2",
                "x*y + z",
                "(x - 1.5)^2 + 2*y",
            ]
        )
        self.sense = rng.choice(["minimize", "maximize"])

    def _filled(self, text: str) -> str:
        return text.format(a=self.rng.choice([0.5, 1, 2]), b=self.rng.choice([0.5, 1, 1.5]))

    @property
    def text(self) -> str:
        rows = "".join(f"\n  constraint c{k}: {left} <= {right}" for k, (left, right) in enumerate(self.limits))
        objective = f"minimize c = {self.cost}" if self.sense == "minimize" else f"maximize c = -({self.cost})"
        return (
            f"player L {{ var x in [0, 2] minimize goal = {self.goal} }}\n"
            f"player f follows L {{\n  var y in [-2, 2] var z in [-2, 2]\n  {objective}{rows}\n}}\n"
        )

    # ------------------------------------------------------------ arithmetic

    def answers(self, x: Floats) -> tuple[Floats, Floats, Floats]:
        """The follower's y and z at each x, and how much it violates its constraints at least: all (x,)."""

        def inner(y: Floats) -> tuple[tuple[Floats, Floats], Floats]:
            def at(z: Floats) -> tuple[Floats, Floats]:
                return self._order(x, y, z)

            z = least(at, np.full_like(x, -2.0), np.full_like(x, 2.0))
            return at(z), z

        y = least(lambda y: inner(y)[0], np.full_like(x, -2.0), np.full_like(x, 2.0))
        (violation, _), z = inner(y)
        return y, z, violation

    def _order(self, x: Floats, y: Floats, z: Floats) -> tuple[Floats, Floats]:
        """Smaller is better: first the violation, then the cost."""
        violation = np.zeros_like(x)
        for left, right in self.limits:
            violation = np.maximum(violation, value(left, x, y, z) - value(right, x, y, z))
        # What rounding leaves of a violation must not count for more than the cost.
        return np.where(violation <= 1e-10, 0.0, violation), value(self.cost, x, y, z)

    def best(self) -> tuple[float, float]:
        """The least value of the leader's goal on a grid that is refined where it is least, and its x; infinite where
        the follower never has a feasible point."""
        grid = np.linspace(0, 2, 201)
        for _ in range(3):
            y, z, violation = self.answers(grid)
            goal = np.where(violation <= 1e-9, value(self.goal, grid, y, z), np.inf)
            k = int(np.argmin(goal))
            found = float(goal[k]), float(grid[k])
            grid = np.clip(np.linspace(grid[max(k - 1, 0)], grid[min(k + 1, 200)], 201), 0, 2)
        return found


def least(order, low: Floats, high: Floats) -> Floats:  # type: ignore[no-untyped-def]
    """The minimiser of a convex function, ordered by pairs, between `low` and `high`."""
    part = (np.sqrt(5) - 1) / 2
    a, b = high - part * (high - low), low + part * (high - low)
    at_a, at_b = order(a), order(b)
    for _ in range(60):
        left = (at_a[0] < at_b[0]) | ((at_a[0] == at_b[0]) & (at_a[1] <= at_b[1]))
        low, high = np.where(left, low, a), np.where(left, b, high)
        kept, at_kept = np.where(left, a, b), [np.where(left, p, q) for p, q in zip(at_a, at_b, strict=True)]
        new = np.where(left, high - part * (high - low), low + part * (high - low))
        at_new = order(new)
        a, b = np.where(left, new, kept), np.where(left, kept, new)
        at_a = tuple(np.where(left, p, q) for p, q in zip(at_new, at_kept, strict=True))
        at_b = tuple(np.where(left, p, q) for p, q in zip(at_kept, at_new, strict=True))
    # A point that was looked at: between the two, a constraint may be violated.
    left = (at_a[0] < at_b[0]) | ((at_a[0] == at_b[0]) & (at_a[1] <= at_b[1]))
    return np.where(left, a, b)


def value(text: str, x: Floats, y: Floats, z: Floats) -> Floats:
    """The expression by numpy."""
    names = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs, "tan": np.tan, "x": x, "y": y, "z": z}
    if "piecewise" in text:
        text = text.replace("piecewise(y; (-2, 3), (0, 1), (2, ", "bent(y, (")
    with np.errstate(all="ignore"):
        found = eval(text.replace("^", "**"), names | {"max": _largest, "bent": _bent})
    return np.broadcast_to(np.asarray(found, np.float64), x.shape)


def _largest(*values: Floats) -> Floats:
    return np.asarray(np.maximum.reduce(np.broadcast_arrays(*values)))


def _bent(y: Floats, end: float) -> Floats:
    return np.interp(y, [-2, 0, 2], [3, 1, end])
