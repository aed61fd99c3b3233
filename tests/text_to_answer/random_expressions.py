"""Random expressions of the language over arrays and binaries, each as its text and as a Python function of the
decisions: sums with conditions, pairs and steps, `prod`, `abs`, `max`, `piecewise`, `tiers`, `expect`, `cvar`. Nothing
of gamec."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

Decisions = dict[str, tuple[int, ...]]
"""By player: its x[1], x[2] and b."""
Value = Callable[[Decisions], float]
Term = tuple[str, Value]

PLACES = (1, 2)
WEIGHTS = (-3, -2, -1, -0.5, 1, 2, 3)


@dataclass(frozen=True)
class Data:
    """What the file declares beside players; `text` and the scenarios' file."""

    d: dict[int, float]
    links: dict[tuple[int, int], float]
    z: dict[str, float]

    @staticmethod
    def of(r: random.Random) -> Data:
        pairs = [(i, j) for i in PLACES for j in PLACES if r.random() < 0.4] or [(1, 2)]
        return Data(
            {j: r.choice([-2, -1, 1, 1.5, 2]) for j in PLACES},
            {pair: r.choice([-1, 0.5, 1, 2]) for pair in pairs},
            {w: r.choice([-1, 0, 1, 2, 3]) for w in ("low", "high")},
        )

    def text(self) -> str:
        return "\n".join(
            [
                "set J index j, i = 1..2",
                f"param d[j] = {{1: {self.d[1]}, 2: {self.d[2]}}}",
                f"set Link in J * J = {{{', '.join(f'({i}, {j})' for i, j in self.links)}}}",
                f"param g[(i, j) in Link] = {{{', '.join(f'({i}, {j}): {v}' for (i, j), v in self.links.items())}}}",
                'scenarios W index w from "w.csv" probability p',
                'param z[w] from "w.csv"',
            ]
        )

    def scenarios(self) -> str:
        return f"w,p,z\nlow,0.25,{self.z['low']}\nhigh,0.75,{self.z['high']}\n"


@dataclass(frozen=True)
class Expressions:
    """Of the decisions of these players, each with `x_NAME[j]`, which starts at 1, and the binary `b_NAME`."""

    r: random.Random
    data: Data
    players: tuple[str, ...]

    def linear(self) -> Term:
        r, d, p = self.r, self.data.d, self.r.choice(self.players)
        links, x = self.data.links, f"x_{p}"
        mean = 0.25 * self.data.z["low"] + 0.75 * self.data.z["high"]
        choices: list[Term] = [
            (f"b_{p}", lambda at: at[p][2]),
            (f"{x}[{1}]", lambda at: at[p][0]),
            (f"(sum(j) d[j]*{x}[j])", lambda at: sum(d[j] * at[p][j - 1] for j in PLACES)),
            (f"(sum(j where d[j] > 1) {x}[j])", lambda at: sum(at[p][j - 1] for j in PLACES if d[j] > 1)),
            (
                f"(sum((i, j) in Link) g[i, j]*({x}[i] - 2*{x}[j]))",
                lambda at: sum(v * (at[p][i - 1] - 2 * at[p][j - 1]) for (i, j), v in links.items()),
            ),
            (f"(sum(j) j*({x}[j] - {x}[j-1]))", lambda at: at[p][0] - 1 + 2 * (at[p][1] - at[p][0])),
            (f"(mean(j) {x}[j])", lambda at: (at[p][0] + at[p][1]) / 2),
            (f"(expect(w) z[w]*{x}[2])", lambda at: mean * at[p][1]),
            (
                f"(sum(i, j where i < j) (d[i]*{x}[j] - {x}[prev(j)]))",
                lambda at: d[1] * at[p][1] - at[p][0],
            ),
            (f"({x}[first(J)] - {x}[last(J)])", lambda at: at[p][0] - at[p][1]),
        ]
        return r.choice(choices)

    def bent(self) -> Term:
        r, z, p = self.r, self.data.z, self.r.choice(self.players)
        (s, one), (t, two), k, x = self.linear(), self.linear(), r.choice([-1, 0, 1, 2]), f"x_{p}"
        points = [(a, r.choice([-2, -1, 0, 1, 2, 4])) for a in sorted(r.sample(range(-3, 6), 3))]
        rates = [r.choice([-1, 0.5, 1, 2]) for _ in range(3)]
        level = r.choice([0, 0.5, 0.75, 0.9])
        curve = f"piecewise({s}; {', '.join(str(point) for point in points)})"
        choices: list[Term] = [
            (f"abs({s} - {t})", lambda at: abs(one(at) - two(at))),
            (f"max({s}, {t}, {k})", lambda at: max(one(at), two(at), k)),
            (f"min({s}, {k} + {t})", lambda at: min(one(at), k + two(at))),
            (f"({s})^2", lambda at: one(at) ** 2),
            (f"{s}*{t}", lambda at: one(at) * two(at)),
            (f"(prod(j) (1 - {x}[j]))", lambda at: (1 - at[p][0]) * (1 - at[p][1])),
            (f"(smax(j) j*{x}[j])", lambda at: max(at[p][0], 2 * at[p][1])),
            (curve, lambda at: _piecewise(one(at), points)),
            (
                f"tiers(({x}[1] + 2*{x}[2]); 1: {rates[0]}, 3: {rates[1]}, rest: {rates[2]})",
                lambda at: _tiers(at[p][0] + 2 * at[p][1], rates),
            ),
            (
                f"(cvar(w, {level}) (z[w]*{s} - {t}))",
                lambda at: _tail([(z["low"] * one(at) - two(at), 0.25), (z["high"] * one(at) - two(at), 0.75)], level),
            ),
        ]
        return r.choice(choices)

    def some(self, count: int, bent: float) -> Term:
        """A weighted sum; each term is bent with this probability."""
        parts = [
            (self.r.choice(WEIGHTS), *(self.bent() if self.r.random() < bent else self.linear())) for _ in range(count)
        ]
        return weighted(parts)


def weighted(parts: list[tuple[float, str, Value]]) -> Term:
    text = "0" + "".join(f" {'+' if c > 0 else '-'} {abs(c)}*{t}" for c, t, _ in parts)
    return text, lambda at: sum(c * value(at) for c, _, value in parts)


def _piecewise(e: float, points: list[tuple[int, int]]) -> float:
    k = 0 if e <= points[1][0] else 1
    (a, b), (c, d) = points[k], points[k + 1]
    return b + (d - b) * (e - a) / (c - a)


def _tiers(e: float, rates: list[float]) -> float:
    ends = (0, 1, 3, math.inf)
    return sum(rate * max(0.0, min(e, ends[k + 1]) - ends[k]) for k, rate in enumerate(rates))


def _tail(cases: list[tuple[float, float]], level: float) -> float:
    left, total = 1 - level, 0.0
    for loss, weight in sorted(cases, reverse=True):
        total += min(weight, left) * loss
        left -= min(weight, left)
    return total / (1 - level)
