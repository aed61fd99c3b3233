"""Games of the literature whose constraints hold several players' decisions, twice: as a text, and as plain functions
of all decisions, by which the tests see whether a player could gain.

Sources: [FK] Facchinei and Kanzow, "Penalty methods for the solution of generalized Nash equilibrium problems", SIAM
J. Optim. 20 (2010) 2228, appendix A; [H] Harker, "Generalized Nash games and quasi-variational inequalities", European
J. Oper. Res. 54 (1991) 81; [MSS] Murphy, Sherali and Soyster, Math. Programming 24 (1982) 92.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

Vector = np.ndarray


@dataclass(frozen=True)
class Known:
    """`objectives[p]` of all decisions is what player p minimises over its decisions `own[p]`, within `box`, and with
    all of `limits` at least 0. `names` are the values of the result, in the order of the decisions. `expected` (n,) is
    the equilibrium where there is one only, or the variational one."""

    name: str
    text: str
    names: tuple[str, ...]
    own: tuple[tuple[int, ...], ...]
    objectives: tuple[Callable[[Vector], float], ...]
    box: tuple[tuple[float, float], ...]
    limits: Callable[[Vector], Vector] = field(default=lambda x: np.zeros(0))
    expected: tuple[float, ...] | None = None
    methods: tuple[str, ...] = ("auto", "best_response")


def _switch(low: float, high: float) -> str:
    """[FK] A.1 and A.2: ten users of a switch; the first has bounds of its own."""
    return f"""
set N index n, m = 1..10
param low[n] default 0.01 = {{1: {low}}}
param high[n] default 1 = {{1: {high}}}
player user[n] {{
  var x in [low[n], high[n]]
  let s = sum(m) user[m].x
  minimize loss = x - x/s
  constraint line: s <= 1
}}"""


def _user(n: int) -> Callable[[Vector], float]:
    return lambda x: float(x[n] - x[n] / x.sum())


def _capacity(limit: float) -> str:
    """[FK] A.16: the five firms of [MSS] with a limit on what all of them make."""
    cap = f"  constraint cap: total <= {limit}" if np.isfinite(limit) else ""
    return f"""
set F index f, g = 1..5
param c[f] = {{1: 10, 2: 8, 3: 6, 4: 4, 5: 2}}
param b[f] = {{1: 1.2, 2: 1.1, 3: 1.0, 4: 0.9, 5: 0.8}}
player firm[f] {{
  var q in [1, 150]
  let total = sum(g) firm[g].q
  maximize profit = (5000/total)^(1/1.1)*q - c[f]*q - b[f]/(b[f] + 1)*5^(-1/b[f])*q^((b[f] + 1)/b[f])
{cap}
}}"""


def _firm(f: int) -> Callable[[Vector], float]:
    c, b = (10.0, 8.0, 6.0, 4.0, 2.0)[f], (1.2, 1.1, 1.0, 0.9, 0.8)[f]

    def loss(x: Vector) -> float:
        price = (5000 / x.sum()) ** (1 / 1.1)
        return float(c * x[f] + b / (b + 1) * 5 ** (-1 / b) * x[f] ** ((b + 1) / b) - price * x[f])

    return loss


A3 = (
    (((20, 5, 3), (5, 5, -5), (3, -5, 15)), ((-6, 10, 11, 20), (10, -4, -17, 9), (15, 8, -22, 21)), (1, -1, 1)),
    (((11, -1), (-1, 9)), ((20, 1, -3, 12, 1), (10, -4, 8, 16, 21)), (1, 0)),
    (((48, 39), (39, 53)), ((10, -2, 22, 12, 16), (9, 19, 21, -4, 20)), (-1, 2)),
)
OWN3 = ((0, 1, 2), (3, 4), (5, 6))


def _quadratic(p: int) -> Callable[[Vector], float]:
    a, b, c = (np.array(part, np.float64) for part in A3[p])
    own = list(OWN3[p])
    rest = [k for k in range(7) if k not in own]
    return lambda x: float(0.5 * x[own] @ a @ x[own] + x[own] @ (b @ x[rest] + c))


RIVER = np.array([[0.10, 0.01, 0.5, 6.5, 4.583], [0.12, 0.05, 0.25, 5.0, 6.250], [0.15, 0.01, 0.75, 5.5, 3.750]])


def _mill(f: int) -> Callable[[Vector], float]:
    return lambda x: float((RIVER[f, 0] + RIVER[f, 1] * x[f] - 3 + 0.01 * x.sum()) * x[f])


UNITS = np.array([[0.04, 2], [0.035, 1.75], [0.125, 1], [0.0166, 3.25], [0.05, 3], [0.05, 3]])


def _producer(units: tuple[int, ...]) -> Callable[[Vector], float]:
    k = list(units)
    return lambda x: float(
        np.sum(0.5 * UNITS[k, 0] * x[k] ** 2 + UNITS[k, 1] * x[k]) - (378.4 - 2 * x.sum()) * x[k].sum()
    )


def _exponential(f: int) -> Callable[[Vector], float]:
    return lambda x: float((f + 1) * np.exp(x[f] / 4) - (20 - x.sum()) * x[f])


_TOP = 1e3
"""In place of no bound, where the equilibria are far below."""

KNOWN = (
    Known(
        "FK_A1",
        _switch(0.01, 1),
        ("x",),
        tuple((n,) for n in range(10)),
        tuple(_user(n) for n in range(10)),
        ((0.01, 1),) * 10,
        lambda x: np.array([1 - x.sum()]),
        (0.09,) * 10,
        ("auto",),
    ),
    Known(
        "FK_A2",
        _switch(0.3, 0.5),
        ("x",),
        tuple((n,) for n in range(10)),
        tuple(_user(n) for n in range(10)),
        ((0.3, 0.5),) + ((0.01, 1),) * 9,
        lambda x: np.array([1 - x.sum()]),
        # The others' first-order condition s^2 - s + x = 0 with s = 0.3 + 9*x.
        (0.3,) + ((2.6 + (2.6**2 + 4 * 81 * 0.21) ** 0.5) / 162,) * 9,
        ("auto",),
    ),
    Known(
        "FK_A3",
        """
player one {
  var a in [-10, 10]  var b in [-10, 10]  var c in [-10, 10]
  minimize f = 10*a^2 + 2.5*b^2 + 7.5*c^2 + 5*a*b + 3*a*c - 5*b*c + a*(-6*d + 10*e + 11*g + 20*h + 1)
    + b*(10*d - 4*e - 17*g + 9*h - 1) + c*(15*d + 8*e - 22*g + 21*h + 1)
  constraint most: a + b + c <= 20
  constraint sees: a + b - c <= d - h + 5
}
player two {
  var d in [-10, 10]  var e in [-10, 10]
  minimize f = 5.5*d^2 + 4.5*e^2 - d*e + d*(20*a + b - 3*c + 12*g + h + 1) + e*(10*a - 4*b + 8*c + 16*g + 21*h)
  constraint sees: d - e <= b + c - g + 7
}
player three {
  var g in [-10, 10]  var h in [-10, 10]
  minimize f = 24*g^2 + 26.5*h^2 + 39*g*h + g*(10*a - 2*b + 22*c + 12*d + 16*e - 1)
    + h*(9*a + 19*b + 21*c - 4*d + 20*e + 2)
  constraint sees: h <= a + c - d + 4
}""",
        ("a", "b", "c", "d", "e", "g", "h"),
        OWN3,
        tuple(_quadratic(p) for p in range(3)),
        ((-10, 10),) * 7,
        lambda x: np.array(
            [
                20 - x[0] - x[1] - x[2],
                x[3] - x[6] + 5 - x[0] - x[1] + x[2],
                x[1] + x[2] - x[5] + 7 - x[3] + x[4],
                x[0] + x[2] - x[3] + 4 - x[6],
            ]
        ),
    ),
    Known(
        "FK_A8",
        """
player one { var x >= 0  minimize f = -x }
player two { var y >= 0  minimize f = (y - 0.5)^2 }
player three { var z in [0, 2]  minimize f = (z - 1.5)^2 }
shared low: z <= x + y  price first individual
shared high: x + y <= 1  price second individual
""",
        ("x", "y", "z"),
        ((0,), (1,), (2,)),
        (lambda x: -x[0], lambda x: (x[1] - 0.5) ** 2, lambda x: (x[2] - 1.5) ** 2),
        ((0, _TOP), (0, _TOP), (0, 2)),
        lambda x: np.array([x[0] + x[1] - x[2], 1 - x[0] - x[1]]),
        methods=("auto", "best_response", "mpcc"),
    ),
    Known(
        "disc",  # Ours. At (1, 1) both have the multiplier m of 2*(1 - 3) + 1 + 2*m = 0.
        """
player one { var x in [0, 10]  minimize f = (x - 3)^2 + x*y }
player two { var y in [0, 10]  minimize f = (y - 3)^2 + x*y }
shared disc: x^2 + y^2 <= 2  price common
""",
        ("x", "y"),
        ((0,), (1,)),
        (lambda x: (x[0] - 3) ** 2 + x[0] * x[1], lambda x: (x[1] - 3) ** 2 + x[0] * x[1]),
        ((0, 10),) * 2,
        lambda x: np.array([2 - x @ x]),
        (1, 1),
        ("auto", "mpcc"),
    ),
    Known(
        "exponential costs",
        """
set F index f, g = 1..3
param c[f] = {1: 1, 2: 2, 3: 3}
player firm[f] { var q in [0, 10]  minimize loss = c[f]*exp(q/4) - (20 - sum(g) firm[g].q)*q }
shared cap: sum(f) firm[f].q <= 11  price common
""",
        ("q",),
        ((0,), (1,), (2,)),
        tuple(_exponential(f) for f in range(3)),
        ((0, 10),) * 3,
        lambda x: np.array([11 - x.sum()]),
        methods=("auto", "mpcc"),
    ),
    Known(
        "FK_A11",
        """
player one { var x  minimize f = (x - 1)^2 }
player two { var y  minimize f = (y - 0.5)^2 }
shared both: x + y <= 1  price common
""",
        ("x", "y"),
        ((0,), (1,)),
        (lambda x: (x[0] - 1) ** 2, lambda x: (x[1] - 0.5) ** 2),
        ((-_TOP, _TOP),) * 2,
        lambda x: np.array([1 - x[0] - x[1]]),
        (0.75, 0.25),
        ("auto", "mpcc"),
    ),
    Known(
        "FK_A12",
        """
player one { var x in [-10, 10]  minimize f = x*(x + y - 16) }
player two { var y in [-10, 10]  minimize f = y*(x + y - 16) }
""",
        ("x", "y"),
        ((0,), (1,)),
        (lambda x: x[0] * (x[0] + x[1] - 16), lambda x: x[1] * (x[0] + x[1] - 16)),
        ((-10, 10),) * 2,
        expected=(16 / 3, 16 / 3),
        methods=("auto", "best_response", "mpcc"),
    ),
    Known(
        "FK_A13",  # River basin pollution; Haurie and Krawczyk (1997), in Rosen's normalised equilibrium.
        """
set F index f, g = 1..3
param c[f] = {1: 0.10, 2: 0.12, 3: 0.15}
param k[f] = {1: 0.01, 2: 0.05, 3: 0.01}
param e[f] = {1: 0.5, 2: 0.25, 3: 0.75}
param u[f] = {1: 6.5, 2: 5.0, 3: 5.5}
param v[f] = {1: 4.583, 2: 6.250, 3: 3.750}
player mill[f] { var x >= 0  minimize loss = (c[f] + k[f]*x - 3 + 0.01*(sum(g) mill[g].x))*x }
shared first: sum(f) u[f]*e[f]*mill[f].x <= 100  price one
shared second: sum(f) v[f]*e[f]*mill[f].x <= 100  price two
""",
        ("x",),
        ((0,), (1,), (2,)),
        tuple(_mill(f) for f in range(3)),
        ((0, _TOP),) * 3,
        lambda x: 100 - RIVER[:, 3:].T @ (RIVER[:, 2] * x),
        (21.144796, 16.027853, 2.725963),
        ("auto", "mpcc"),
    ),
    Known(
        "FK_A15",  # Contreras, Klusch and Krawczyk, IEEE Trans. Power Systems 19 (2004) 195.
        """
set U index k = 1..6
param c[k] = {1: 0.04, 2: 0.035, 3: 0.125, 4: 0.0166, 5: 0.05, 6: 0.05}
param d[k] = {1: 2, 2: 1.75, 3: 1, 4: 3.25, 5: 3, 6: 3}
param top[k] = {1: 80, 2: 80, 3: 50, 4: 55, 5: 30, 6: 40}
set A in U = {1}
set B in U = {2, 3}
set C in U = {4, 5, 6}
let price = 378.4 - 2*(sum(k in A) one.x[k] + sum(k in B) two.x[k] + sum(k in C) three.x[k])
player one { var x[k in A] in [0, top[k]]  maximize f = sum(k in A) (price*x[k] - 0.5*c[k]*x[k]^2 - d[k]*x[k]) }
player two { var x[k in B] in [0, top[k]]  maximize f = sum(k in B) (price*x[k] - 0.5*c[k]*x[k]^2 - d[k]*x[k]) }
player three { var x[k in C] in [0, top[k]]  maximize f = sum(k in C) (price*x[k] - 0.5*c[k]*x[k]^2 - d[k]*x[k]) }
""",
        ("one.x", "two.x", "three.x"),
        ((0,), (1, 2), (3, 4, 5)),
        (_producer((0,)), _producer((1, 2)), _producer((3, 4, 5))),
        ((0, 80), (0, 80), (0, 50), (0, 55), (0, 30), (0, 40)),
        expected=(46.661622, 32.154030, 15.003129, 22.107190, 12.339587, 12.339587),
        methods=("auto", "best_response", "mpcc"),
    ),
    Known(
        "FK_A16_75",
        _capacity(75),
        ("q",),
        tuple((f,) for f in range(5)),
        tuple(_firm(f) for f in range(5)),
        ((1, 150),) * 5,
        lambda x: np.array([75 - x.sum()]),
        methods=("auto",),
    ),
    Known(
        "FK_A17",
        """
player one { var a >= 0  var b >= 0  minimize f = a^2 + a*b + b^2 + (a + b)*z - 25*a - 38*b }
player two { var z >= 0  minimize f = z^2 + (a + b)*z - 25*z }
shared first: a + 2*b - z <= 14  price one_price
shared second: 3*a + 2*b + z <= 30  price two_price
""",
        ("a", "b", "z"),
        ((0, 1), (2,)),
        (
            lambda x: x[0] ** 2 + x[0] * x[1] + x[1] ** 2 + (x[0] + x[1]) * x[2] - 25 * x[0] - 38 * x[1],
            lambda x: x[2] ** 2 + (x[0] + x[1]) * x[2] - 25 * x[2],
        ),
        ((0, _TOP),) * 3,
        lambda x: np.array([14 - x[0] - 2 * x[1] + x[2], 30 - 3 * x[0] - 2 * x[1] - x[2]]),
        (0, 11, 8),
        ("auto", "mpcc"),
    ),
    Known(
        "Harker",
        """
player one { var x in [0, 10]  minimize f = x^2 + 8/3*x*y - 34*x }
player two { var y in [0, 10]  minimize f = y^2 + 5/4*x*y - 24.25*y }
shared both: x + y <= 15  price common
""",
        ("x", "y"),
        ((0,), (1,)),
        (
            lambda x: x[0] ** 2 + 8 / 3 * x[0] * x[1] - 34 * x[0],
            lambda x: x[1] ** 2 + 5 / 4 * x[0] * x[1] - 24.25 * x[1],
        ),
        ((0, 10),) * 2,
        lambda x: np.array([15 - x.sum()]),
        (5, 9),
        ("auto", "mpcc"),
    ),
    Known(
        "MSS",
        _capacity(np.inf),
        ("q",),
        tuple((f,) for f in range(5)),
        tuple(_firm(f) for f in range(5)),
        ((1, 150),) * 5,
        # 36.93, 41.82, 43.71, 42.66, 39.18 in the paper; these digits by `test_the_five_firms_by_newton`.
        expected=(36.932511, 41.818142, 43.706579, 42.659240, 39.178953),
        methods=("auto",),
    ),
)
