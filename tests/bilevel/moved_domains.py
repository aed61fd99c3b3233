"""Random leaders over curved followers of one decision each, whose domains and limits the leader moves; and what they
are worth, by golden sections.

Roots, logarithms, powers and quotients whose arguments hold the leader's x; limits with and without an equation beside
them; whole numbers above; decisions in units of 1e-5 to 1e5; prices that the leader uses. Every expression is a text
that Python reads too, once `^` is `**`. Nothing is shared with the compiler."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

import numpy as np
from curved_texts import Floats, least, value

COSTS = [
    ("-{a}*log(y - x + {b})", "y - x + {b}"),
    ("-{a}*log(x - y + {b})", "x - y + {b}"),
    ("-{a}*sqrt(y - x + {b})", "y - x + {b}"),
    ("-{a}*sqrt(x - y + {b})", "x - y + {b}"),
    ("-(y - x + {b})^0.3", "y - x + {b}"),
    ("-{a}*sqrt((x + 1)*(y + 3))", ""),
    ("-x*sqrt(y + 2.1)", ""),
    ("-x*log(y + 2 + {b})", ""),
    ("{a}/(y + 2 + {b})", ""),
    ("(x + {b})/(y + 3)^2", ""),
    ("1/((x + {b})*(y + 3))", ""),
    ("y^2/(x + {b})", ""),
    ("(y + 2)^1.5", ""),
    ("(y - x)^4", ""),
    ("exp(x*y)", ""),
    ("{a}*abs(y - x)^1.5", ""),
    ("max(y - x, 0)^2", ""),
    ("(y - x + 4)*log(y - x + 4)", ""),
    ("(y + 3)*log((y + 3)/(x + {b}))", ""),
    ("sqrt((y - x)^2 + {b})", ""),
    ("log(1 + exp(x*y))", ""),
    ("exp(y^2/4 - x)", ""),
]
"""Convex in y for x in [0, 2], with what must not be negative besides the bounds."""

LIMITS = [
    ("y^2", "x + {b}"),
    ("(y - x)^2", "{b}"),
    ("exp(y)", "1.2 + x"),
    ("exp(y - x)", "{b}"),
    ("1/(y + 3)", "{b} + 0.2"),
    ("-log(y + 2.2)", "x"),
    ("-sqrt(y + 3)", "-x/2 - 0.5"),
    ("y^2 + y*x", "{b} + 1"),
    ("y^4", "{a} + x"),
    ("y + x*y", "1"),
    ("y^2/(x + 1)", "{b}"),
    ("sqrt(1 + y^2)", "1.2 + x/3"),
]

GOALS = [
    "(y - 1)^2 + x/4",
    "x - 2*y",
    "y + (x - 1)^2",
    "-y + x^2/2",
    "x*y",
    "exp(y) - 2*x",
    "-sqrt(y + 2.5) + x/3",
    "abs(y) + x/5",
    "1/(y + 3) + x/4",
]
TOLD = ["{w}*m + x", "{w}*m + (x - 1)^2", "{w}*m*x + y", "(m - 0.5)^2 + x/9", "{w}*m - y"]
"""Goals with the worth `m` of the limit."""

STEP = 1e-4
"""Of the limits, for slopes of the follower's least cost."""


@dataclass
class MovedDomain:
    """One leader with x in [0.1, 2] or in {0, 1, 2}; one follower with y in [-2, 2] units. `priced`: the leader's goal
    holds the worth of the follower's only limit."""

    seed: int
    priced: bool = False
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        rng = self.rng = random.Random(self.seed)
        self.whole = not self.priced and rng.random() < 0.3
        chosen = [rng.choice(COSTS) for _ in range(rng.choice([1, 1, 2]))]
        parts, self.limits = [f"{rng.choice([0.1, 0.3, 1])}*y^2 + ({rng.choice([-2, -1, -0.5, 0.5, 1])})*y"], []
        for cost, domain in chosen:
            filled = self._filled(f"{cost};{domain}").split(";")
            parts.append(f"{rng.choice([0.5, 1, 2])}*({filled[0]})")
            # The text says it by the function alone, and the arithmetic by a limit.
            self.limits += [(f"-({filled[1]})", "0")] if domain else []
        self.cost, self.implied = " + ".join(parts), len(self.limits)
        for _ in range(1 if self.priced else rng.choice([0, 1, 1, 2])):
            left, right = self._filled(" <= ".join(rng.choice(LIMITS))).split(" <= ")
            self.limits.append((left, right))
        self.goal = rng.choice(TOLD).format(w=rng.choice([1, -1, 2])) if self.priced else rng.choice(GOALS)
        self.senses = rng.choice(["minimize", "maximize"]), rng.choice(["minimize", "maximize"])
        # A unit of y, of the cost, of the limits; y stands for w - x in some places, an equation tying the two.
        self.unit = rng.choice([1, 1, 1e-5, 1e-3, 1e3, 1e5])
        self.money, self.size = rng.choice([1, 1, 1e-3, 1e4]), rng.choice([1, 1, 1e-3, 1e3])
        self.tied = not self.priced and rng.random() < 0.3

    def _filled(self, text: str) -> str:
        return text.format(a=self.rng.choice([0.5, 1, 2]), b=self.rng.choice([0.5, 1, 1.5]))

    def _written(self, text: str) -> str:
        text = re.sub(r"\by\b", f"(y/{self.unit:g})", text) if self.unit != 1 else text
        place = text.rfind("(y/" if self.unit != 1 else "y")
        if self.tied and place >= 0:
            length = len(f"(y/{self.unit:g})") if self.unit != 1 else 1
            text = f"{text[:place]}(w - x){text[place + length :]}"
        return text

    @property
    def text(self) -> str:
        lead, answer = self.senses
        goal, cost = self.goal, f"{self.money:g}*({self._written(self.cost)})"
        if self.priced:
            # What one more on the right saves a follower that minimises is minus its price.
            sign = -1 if answer == "minimize" else 1
            goal = re.sub(r"\bm\b", f"({sign * self.size / self.money:g}*p)", goal)
        goal = re.sub(r"\by\b", f"(y/{self.unit:g})", goal)
        rows = [
            f"\n  constraint c{k}: {self.size:g}*({self._written(left)}) <= {self.size:g}*({right})"
            for k, (left, right) in enumerate(self.limits[self.implied :])
        ]
        tie = f"\n  var w in [-20, 20] constraint tie: w == y/{self.unit:g} + x" if self.tied else ""
        return (
            f"player L {{ var x {'integer in [0, 2]' if self.whole else 'in [0.1, 2]'}\n"
            f"  {lead} goal = {goal if lead == 'minimize' else f'-({goal})'} }}\n"
            f"player f follows L {{\n  var y in [{-2 * self.unit:g}, {2 * self.unit:g}]{tie}\n"
            f"  {answer} c = {cost if answer == 'minimize' else f'-({cost})'}{''.join(rows)}"
            f"{' price p' if self.priced else ''}\n}}\n"
        )

    # ------------------------------------------------------------ arithmetic

    def answers(self, x: Floats, more: float = 0.0) -> tuple[Floats, Floats]:
        """The follower's y at each x, in units, its last limit wider by `more`; and its least violation: both (x,)."""

        def order(y: Floats) -> tuple[Floats, Floats]:
            violation, cost = np.zeros_like(x), value(self.cost, x, y, y)
            for k, (left, right) in enumerate(self.limits):
                wider = more if k == len(self.limits) - 1 else 0.0
                violation = np.maximum(violation, value(left, x, y, y) - value(right, x, y, y) - wider)
            # At its end a logarithm is infinite, which no decision is.
            violation = np.where(np.isfinite(cost), violation, np.maximum(violation, 1e-8))
            violation = np.where(np.isnan(violation), np.inf, violation)
            return np.where(violation <= 1e-12, 0.0, violation), np.where(np.isfinite(cost), cost, np.inf)

        y = least(order, np.full_like(x, -2.0), np.full_like(x, 2.0))
        # Sections end beside an end of the bounds, not at it.
        for end in (-2.0, 2.0):
            there, here = order(np.full_like(x, end)), order(y)
            y = np.where((there[0] < here[0]) | ((there[0] == here[0]) & (there[1] < here[1])), end, y)
        return y, order(y)[0]

    def worth(self, x: Floats) -> tuple[Floats, Floats]:
        """What the least cost falls by per unit of the last limit, to its right and to its left: both (x,)."""

        def cost(more: float) -> Floats:
            return value(self.cost, x, self.answers(x, more)[0], x)

        here, half = cost(0.0), STEP / 2
        right, left = cost(STEP) - 4 * cost(half), cost(-STEP) - 4 * cost(-half)
        return (right + 3 * here) / STEP, -(left + 3 * here) / STEP

    def goals(self, x: Floats) -> Floats:
        """What the leader minimises; infinite where the follower has no point, and where a price has two values."""
        y, violation = self.answers(x)
        if not self.priced:
            return np.where(violation <= 1e-9, value(self.goal, x, y, y), np.inf)
        right, left = self.worth(x)
        goal = value(re.sub(r"\bm\b", "z", self.goal), x, y, (right + left) / 2)
        return np.where((violation <= 1e-9) & (np.abs(right - left) < 1e-3), goal, np.inf)

    def best(self) -> tuple[float, float]:
        """The least goal on a grid that is refined where it is least, and its x."""
        grid = np.arange(3.0) if self.whole else np.linspace(0.1, 2, 301)
        for _ in range(1 if self.whole else 4):
            goal = self.goals(grid)
            k = int(np.argmin(goal))
            found = float(goal[k]), float(grid[k])
            grid = np.clip(np.linspace(grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)], 301), 0.1, 2)
        return found
