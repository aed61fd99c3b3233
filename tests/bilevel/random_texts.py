"""Random leaders with whole numbers over followers that are linear, as texts; and what they are worth, by arithmetic.

Every expression is written twice, as text and as a Python function; followers are solved by scipy at each of the
leader's decisions, ties as the leader likes. Nothing is shared with the compiler."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

TOP = 4.0
"""The most that a follower's decision may be."""

Numbers = dict[int, float]
Seen = Callable[[Numbers, float], float]
"""Of the leader's x and b."""
Valued = Callable[[Numbers, float, Numbers, int], float]
"""Of x, b, the q of follower k, and k; affine in q."""


@dataclass
class Writer:
    """Draws sets, data, and expressions over them."""

    seed: int
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        rng = self.rng = random.Random(self.seed)
        self.j = range(1, rng.choice([2, 2, 3]) + 1)
        self.k = range(1, rng.choice([1, 1, 2]) + 1)
        self.binary = rng.random() < 0.5
        self.d = {j: rng.choice([-2, -1, 1, 1.5, 2, 3]) for j in self.j}
        self.e = {(k, j): rng.choice([-1, 0.5, 1, 2, 2.5]) for k in self.k for j in self.j}
        self.w = {(k, j): rng.choice([-2, -1, 0.5, 1, 2]) for k in self.k for j in self.j}
        self.curved = rng.random() < 0.6

    def decision(self) -> tuple[str, Seen]:
        """An expression of the leader's decisions alone; `curved` ones among them where the game may have them."""
        js, d = self.j, self.d
        weighted: Seen = lambda x, b: sum(d[j] * x[j] for j in js)  # noqa: E731
        plain: list[tuple[str, Seen]] = [
            ("x[1]", lambda x, b: x[1]),
            ("x[last(J)]", lambda x, b: x[js[-1]]),
            ("s", weighted),
            ("(sum(j) x[j])", lambda x, b: sum(x.values())),
            ("(sum(j where j > 1) d[j]*x[j])", lambda x, b: sum(d[j] * x[j] for j in js if j > 1)),
            ("b", lambda x, b: b),
            ("u[2]", lambda x, b: x[2] + x[1]),
            ("(sum(j where d[j] > 1) x[j])", lambda x, b: sum(x[j] for j in js if d[j] > 1)),
            ("(x[1] - b)", lambda x, b: x[1] - b),
            ("(sum(j) (x[j] - x[j-1])*j)", lambda x, b: sum((x[j] - x.get(j - 1, 0)) * j for j in js)),
        ]
        curved: list[tuple[str, Seen]] = [
            ("(sum(j) x[j])^2", lambda x, b: sum(x.values()) ** 2),
            ("b*x[2]", lambda x, b: b * x[2]),
            ("abs(x[1] - x[2])", lambda x, b: abs(x[1] - x[2])),
            ("max(x[1], 2*b)", lambda x, b: max(x[1], 2 * b)),
            ("b*s", lambda x, b: b * weighted(x, b)),
            ("(smax(j) d[j]*x[j])", lambda x, b: max(d[j] * x[j] for j in js)),
            ("s^2", lambda x, b: weighted(x, b) ** 2),
            ("(prod(j) (1 - b*d[j]))", lambda x, b: math.prod(1 - b * d[j] for j in js)),
            ("(sum(j) x[j]^2)", lambda x, b: sum(v * v for v in x.values())),
            ("min(x[1], x[2], 1)", lambda x, b: min(x[1], x[2], 1)),
            ("x[1]*s", lambda x, b: x[1] * weighted(x, b)),
        ]
        return self.rng.choice(plain + curved if self.curved else plain)

    def answer(self, products: bool) -> tuple[str, Valued]:
        """An expression linear in the follower's own decisions, with coefficients of the leader's in `products`."""
        js, j = self.j, self.rng.choice(self.j)
        found: list[tuple[str, Valued]] = [
            (f"q[{j}]", lambda x, b, q, k: q[j]),
            ("(sum(j) q[j])", lambda x, b, q, k: sum(q.values())),
            ("(sum(j) e[k, j]*q[j])", lambda x, b, q, k: sum(self.e[k, i] * q[i] for i in js)),
            (
                "(sum(j where j > 1) (d[j] + 1)*q[j])",
                lambda x, b, q, k: sum((self.d[i] + 1) * q[i] for i in js if i > 1),
            ),
            ("(sum(j) x[j]*q[j])", lambda x, b, q, k: sum(x[i] * q[i] for i in js)),
            ("b*q[1]", lambda x, b, q, k: b * q[1]),
        ]
        return self.rng.choice(found if products else found[:4])

    def sum_of(self, count: int, answers: bool, products: bool = False) -> tuple[str, Valued]:
        """A sum of `count` terms, in its text with a sign before each."""
        parts = list[tuple[int, str, Valued]]()
        for n in range(count):
            weight = self.rng.choice([-3, -2, -1, 1, 2, 3])
            if answers and (n == 0 or self.rng.random() < 0.5):
                text, value = self.answer(products)
            elif self.rng.random() < 0.8:
                text, seen = self.decision()
                value = lambda x, b, q, k, seen=seen: seen(x, b)  # noqa: E731
            else:
                text, value = "1", lambda x, b, q, k: 1.0
            parts.append((weight, text, value))
        text = " ".join(f"{'+' if weight > 0 else '-'} {abs(weight)}*{part}" for weight, part, _ in parts)
        return f"0 {text}", lambda x, b, q, k: sum(weight * value(x, b, q, k) for weight, _, value in parts)


@dataclass
class RandomText:
    """A game by its seed: `text`, and `best`, the leader's objective at its best; None where nothing is feasible."""

    seed: int
    text: str = field(init=False)

    def __post_init__(self) -> None:
        w = self._writer = Writer(self.seed)
        rng = w.rng
        self._sign, self._follower_sign = rng.choice([1, -1]), rng.choice([1, -1])
        self._rows = [(*w.sum_of(2, False), rng.choice([1, 2, 3, 4])) for _ in range(rng.randrange(2))]
        self._goal = w.sum_of(2, False)
        self._moved = rng.random() < 0.3
        self._coupling = (rng.choice([1, -1]), rng.choice([1, 2, 3])) if rng.random() < 0.35 else None
        products = rng.random() < 0.5
        self._limits = [(*w.sum_of(3, True, products), rng.choice([2, 4, 6])) for _ in range(rng.choice([0, 1, 1, 2]))]
        self._cost = w.sum_of(4, True, products)
        curved, w.curved = w.curved, False
        self._largest = [(w.sum_of(2, True), w.sum_of(2, True)) for _ in range(rng.choice([0, 0, 1]))]
        w.curved = curved
        self.text = self._written()

    def _written(self) -> str:
        w = self._writer
        leader = [f"  constraint own{n}: {text} <= {limit}" for n, (text, _, limit) in enumerate(self._rows)]
        if self._coupling is not None:
            sign, limit = self._coupling
            leader.append(f"  constraint coupled: sum(k) ({sign}*F[k].q[1] + F[k].q[2]) <= {limit} + x[1]")
        goal = f"{self._goal[0]} + sum(k, j) w[k, j]*F[k].q[j]" + (" + sum(k) x[1]*F[k].q[2]" if self._moved else "")
        follower = [f"  constraint limit{n}: {text} <= {limit}" for n, (text, _, limit) in enumerate(self._limits)]
        cost = self._cost[0]
        for one, two in self._largest:
            cost += f" {'+' if self._follower_sign > 0 else '-'} max({one[0]}, {two[0]})"
        sense = {1: "minimize", -1: "maximize"}
        pairs = {
            name: ", ".join(f"({k}, {j}): {v}" for (k, j), v in of.items()) for name, of in (("e", w.e), ("w", w.w))
        }
        return "\n".join(
            [
                "game random",
                f"set J index j = 1..{w.j[-1]}",
                f"set K index k = 1..{w.k[-1]}",
                f"param d[j] = {{{', '.join(f'{j}: {v}' for j, v in w.d.items())}}}",
                *(f"param {name}[k, j] = {{{values}}}" for name, values in pairs.items()),
                "player L {",
                f"  var x[j] {'binary' if w.binary else 'integer in [0, 2]'} starts 0",
                "  var b binary",
                "  let s = sum(j) d[j]*x[j]",
                "  let u[j] = x[j] + x[j-1]",
                *leader,
                f"  {sense[self._sign]} goal = {goal}",
                "}",
                "player F[k] follows L {",
                f"  var q[j] in [0, {TOP:g}]",
                *follower,
                f"  {sense[self._follower_sign]} cost = {cost}",
                "}",
                "",
            ]
        )

    def best(self) -> float | None:
        w = self._writer
        values = range(2 if w.binary else 3)
        found = [
            value
            for chosen in itertools.product(values, repeat=len(w.j))
            for b in (0.0, 1.0)
            if (value := self._worth(dict(zip(w.j, map(float, chosen), strict=True)), b)) is not None
        ]
        return self._sign * min(self._sign * v for v in found) if found else None

    def _worth(self, x: Numbers, b: float) -> float | None:
        """The leader's objective at its decision; None where it, or a follower, has no feasible point."""
        w, own = self._writer, len(self._writer.j) + len(self._largest)
        if any(value(x, b, {}, 0) > limit + 1e-9 for _, value, limit in self._rows):
            return None
        total, rows, limits = np.zeros(own * len(w.k)), list[np.ndarray](), list[float]()
        for n, k in enumerate(w.k):
            mine, right = self._problem(x, b, k)
            cost = np.append(self._follower_sign * self._slopes(self._cost[1], x, b, k)[1], np.ones(len(self._largest)))
            answer = linprog(cost, mine if len(mine) else None, right if len(mine) else None, bounds=self._bounds(1))
            if answer.status != 0:
                return None
            place = slice(n * own, (n + 1) * own)
            for row, limit in [*zip(mine, right, strict=True), (cost, answer.fun + 1e-8)]:
                rows.append(np.zeros(len(total)))
                rows[-1][place] = row
                limits.append(limit)
            for at, j in enumerate(w.j):
                total[n * own + at] = w.w[k, j] + (x[1] if self._moved and j == 2 else 0.0)
        if self._coupling is not None:
            sign, limit = self._coupling
            rows.append(np.zeros(len(total)))
            rows[-1][0::own], rows[-1][1::own] = sign, 1.0
            limits.append(limit + x[1])
        settled = linprog(self._sign * total, np.array(rows), limits, bounds=self._bounds(len(w.k)))
        if settled.status != 0:
            return None
        return self._goal[1](x, b, {}, 0) + self._sign * settled.fun

    def _problem(self, x: Numbers, b: float, k: int) -> tuple[np.ndarray, list[float]]:
        """Rows and limits of follower k over its q and a column for each of the largest."""
        rows, limits = list[np.ndarray](), list[float]()
        for _, value, limit in self._limits:
            constant, slopes = self._slopes(value, x, b, k)
            rows.append(np.append(slopes, np.zeros(len(self._largest))))
            limits.append(limit - constant)
        for n, two in enumerate(self._largest):
            for _, value in two:
                constant, slopes = self._slopes(value, x, b, k)
                rows.append(np.append(slopes, -np.eye(len(self._largest))[n]))
                limits.append(-constant)
        return np.array(rows), limits

    def _slopes(self, value: Valued, x: Numbers, b: float, k: int) -> tuple[float, np.ndarray]:
        """The constant and the coefficients of an expression that is affine in q."""
        js = self._writer.j
        constant = value(x, b, dict.fromkeys(js, 0.0), k)
        ones = [{i: float(i == j) for i in js} for j in js]
        return constant, np.array([value(x, b, one, k) - constant for one in ones])

    def _bounds(self, followers: int) -> list[tuple[float | None, float | None]]:
        return ([(0.0, TOP)] * len(self._writer.j) + [(None, None)] * len(self._largest)) * followers
