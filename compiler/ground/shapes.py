"""What is known of a function of a player's decisions over a box: range, slopes, second slopes, convexity. Rules of
composition in, proofs out.

A `Shape` says, besides `convex` and `concave`, how strongly: a function f >= 0 is r-convex if f^r is convex (r > 0),
log f is (r = 0), or f^r is concave (r < 0), and likewise r-concave. x^2 is 1/2-convex, exp(x) is 0-convex, 1/x is
-1-convex; x is 1-concave, x*y is 1/2-concave. What is r-convex is s-convex for s >= r, what is r-concave is s-concave
for s <= r. Products obey Hoelder's inequality, 1/t = 1/r + 1/s, sums Minkowski's. Where rules end, interval
arithmetic may still show that no matrix of second slopes has a negative eigenvalue.
Exact or bound: what is called convex is so on the whole box (up to the rounding of `curvature.ROUNDING`); what is not
called so may be.
Reference: Avriel, Diewert, Schaible and Zang, Generalized Concavity (1988), chapter 8 (r-convexity, products); Grant,
    Boyd and Ye, Disciplined Convex Programming (2006); Adjiman, Dallwig, Floudas and Neumaier, Comput. Chem. Eng. 22
    (1998) 1137 (interval Hessians); Rohn, SIAM J. Matrix Anal. Appl. 15 (1994) 175 (the vertices that decide).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from compiler.ground.curvature import ROUNDING, components
from compiler.ground.curves import FUNCTIONS
from compiler.ground.outward import EVERYTHING, ZERO, Interval, down, minus, plus, square, times, up
from compiler.ground.sparse import Floats

Slopes = dict[int, Interval]
Bends = dict[tuple[int, int], Interval]
"""Second derivatives by pairs of columns (i, j), i <= j; what is missing is zero."""

VERTICES = 9
"""Order up to which an interval matrix is decided by all its vertices, of which there are 2^(order-1)."""

K = TypeVar("K")

ULPS = 4
"""By how many steps of double precision a library's function may be off; the best are off by one."""


@dataclass(frozen=True)
class Shape:
    """Of one function: `reach` holds its values; its `slopes` and `bends` are by the columns it depends on;
    `power_convex` is the least r for which it is known to be r-convex (inf: none), `power_concave` the greatest for
    which it is r-concave (-inf: none), both for functions that are nowhere negative. No slopes: it depends on nothing
    that is decided here."""

    reach: Interval
    slopes: Slopes = field(default_factory=dict)
    bends: Bends = field(default_factory=dict)
    convex: bool = True
    concave: bool = True
    power_convex: float = math.inf
    power_concave: float = -math.inf

    @property
    def affine(self) -> bool:
        return self.convex and self.concave

    @property
    def known(self) -> bool:
        """Whether it depends on nothing that is decided here."""
        return not self.slopes

    @property
    def negative(self) -> Shape:
        """Minus the function."""
        return _finished(
            minus(self.reach),
            {k: minus(v) for k, v in self.slopes.items()},
            {k: minus(v) for k, v in self.bends.items()},
            self.concave,
            self.convex,
        )


def constant(reach: Interval) -> Shape:
    """A number within `reach`: what others decide."""
    return _finished(reach, {}, {}, True, True)


def variable(column: int, reach: Interval) -> Shape:
    return _finished(reach, {column: (1.0, 1.0)}, {}, True, True)


def _finished(
    reach: Interval,
    slopes: Slopes,
    bends: Bends,
    convex: bool,
    concave: bool,
    power_convex: float = math.inf,
    power_concave: float = -math.inf,
) -> Shape:
    """With what follows from signs: a convex function that is nowhere negative is 1-convex, and so on."""
    if reach[0] >= 0:
        if not slopes:
            power_convex, power_concave = -math.inf, math.inf
        # Exponents such as 0.3 and 0.7 are meant to add up to 1.
        convex, concave = convex or power_convex <= 1 + ROUNDING, concave or power_concave >= 1 - ROUNDING
        power_convex = min(power_convex, 1.0) if convex else power_convex
        power_concave = max(power_concave, 1.0) if concave else power_concave
    else:
        power_convex, power_concave = math.inf, -math.inf
    return Shape(reach, slopes, bends, convex, concave, power_convex, power_concave)


def powered(shape: Shape, reach: Interval, power_convex: float = math.inf, power_concave: float = -math.inf) -> Shape:
    """The same function with what else is known of it."""
    return _finished(
        reach,
        shape.slopes,
        shape.bends,
        shape.convex,
        shape.concave,
        min(shape.power_convex, power_convex),
        max(shape.power_concave, power_concave),
    )


def known_to_be(shape: Shape, convex: bool, concave: bool) -> Shape:
    """The same function, of which more is known."""
    return _finished(
        shape.reach,
        shape.slopes,
        shape.bends,
        shape.convex or convex,
        shape.concave or concave,
        shape.power_convex,
        shape.power_concave,
    )


# ------------------------------------------------------------ sums


def weighted(weight: Interval, shape: Shape) -> Shape:
    """The function times a number within the interval."""
    if weight[1] <= 0 and weight != ZERO:
        return weighted(minus(weight), shape).negative
    signed = weight[0] >= 0
    return _finished(
        times(weight, shape.reach),
        {k: times(weight, v) for k, v in shape.slopes.items()},
        {k: times(weight, v) for k, v in shape.bends.items()},
        shape.affine or (signed and shape.convex),
        shape.affine or (signed and shape.concave),
        shape.power_convex if signed else math.inf,
        shape.power_concave if signed else -math.inf,
    )


def added(parts: Sequence[Shape]) -> Shape:
    """The sum. Where some part is not convex, the second slopes of all that are not, then of all, may still be."""
    moving = [p for p in parts if not p.known]
    reach = ZERO
    slopes: Slopes = {}
    bends: Bends = {}
    for part in parts:
        reach = plus(reach, part.reach)
        _gather(slopes, part.slopes)
        _gather(bends, part.bends)
    convex = _sum_is_convex(moving, bends)
    concave = _sum_is_convex([p.negative for p in moving], {k: minus(v) for k, v in bends.items()})
    power_convex, power_concave = math.inf, -math.inf
    if all(p.reach[0] >= 0 for p in parts):
        strongest = max((p.power_convex for p in parts), default=-math.inf)
        power_convex = strongest if strongest <= 1 else math.inf
        weakest = min((p.power_concave for p in parts), default=math.inf)
        power_concave = weakest if weakest >= 1 else -math.inf
    return _finished(reach, slopes, bends, convex, concave, power_convex, power_concave)


def _gather(into: dict[K, Interval], more: dict[K, Interval]) -> None:
    for key, value in more.items():
        into[key] = plus(into.get(key, ZERO), value)


def _sum_is_convex(parts: list[Shape], bends: Bends) -> bool:
    open_parts = [p for p in parts if not p.convex]
    if not open_parts:
        return True
    rest: Bends = {}
    for part in open_parts:
        _gather(rest, part.bends)
    return no_negative_eigenvalue(rest) or (len(open_parts) < len(parts) and no_negative_eigenvalue(bends))


# ------------------------------------------------------------ products and functions


def product(a: Shape, b: Shape) -> Shape:
    """Of two functions that may depend on each other."""
    if a.known or b.known:
        return weighted(a.reach, b) if a.known else weighted(b.reach, a)
    if a.reach[0] < 0 >= a.reach[1]:
        return product(a.negative, b).negative
    if b.reach[0] < 0 >= b.reach[1]:
        return product(a, b.negative).negative
    slopes: Slopes = {}
    _gather(slopes, {k: times(v, b.reach) for k, v in a.slopes.items()})
    _gather(slopes, {k: times(v, a.reach) for k, v in b.slopes.items()})
    bends: Bends = {}
    _gather(bends, {k: times(v, b.reach) for k, v in a.bends.items()})
    _gather(bends, {k: times(v, a.reach) for k, v in b.bends.items()})
    for i, left in a.slopes.items():
        for j, right in b.slopes.items():
            twice = 2.0 if i == j else 1.0
            _gather(bends, {(min(i, j), max(i, j)): times((twice, twice), times(left, right))})
    power_convex, power_concave = math.inf, -math.inf
    if a.reach[0] >= 0 and b.reach[0] >= 0:
        power_convex = _hoelder(a.power_convex, b.power_convex)
        power_concave = -_hoelder(-a.power_concave, -b.power_concave)
    return _proved(times(a.reach, b.reach), slopes, bends, power_convex, power_concave)


def _hoelder(r: float, s: float) -> float:
    """The t for which the product of an r-convex and an s-convex function is t-convex, inf for none: 1/t = 1/r + 1/s
    where both are negative, or where one is and t > 0."""
    r, s = min(r, s), max(r, s)
    if math.isinf(s) or math.isinf(r):
        return math.inf
    if s <= 0:
        return 0.0 if s == 0 else 1 / (1 / r + 1 / s)
    inverse = 1 / r + 1 / s if r < 0 else 0.0
    return 1 / inverse if inverse > 0 else math.inf


def squared(a: Shape) -> Shape:
    """The square of one function."""
    return applied("power", 2.0, a)


def applied(function: str, parameter: float, a: Shape) -> Shape:
    """`function` of `curves.FUNCTIONS` of the function, `parameter` as there; outside of its domain nothing is known.
    Where the argument leaves the domain, what is said holds where it does not."""
    if function == "sqrt":
        function, parameter = "power", 0.5
    start, stop = (float(e[0]) for e in FUNCTIONS[function].domain(*_arrays(a.reach, parameter)))
    if math.isnan(start) or a.reach[0] < start or a.reach[1] > stop:
        return Shape(EVERYTHING, dict.fromkeys(a.slopes, EVERYTHING), _all_pairs(a.slopes), False, False)
    if function == "power" and parameter == round(parameter) and parameter % 2 == 0 and a.reach[1] <= 0:
        a = a.negative
    reach = _ends(function, parameter, a.reach)
    if a.known:
        return constant(reach)
    known = FUNCTIONS[function].traits(*_arrays(a.reach, parameter))
    convex, concave, rising, falling = (bool(t[0]) for t in (known.convex, known.concave, known.rising, known.falling))
    up_or_straight = a.affine or (rising and a.convex) or (falling and a.concave)
    down_or_straight = a.affine or (rising and a.concave) or (falling and a.convex)
    first, second = _derivatives(function, parameter, a.reach, reach)
    slopes = {k: times(first, v) for k, v in a.slopes.items()}
    bends: Bends = {k: times(first, v) for k, v in a.bends.items()}
    columns = sorted(a.slopes)
    for place, i in enumerate(columns):
        for j in columns[place:]:
            both = square(a.slopes[i]) if i == j else times(a.slopes[i], a.slopes[j])
            _gather(bends, {(i, j): times(second, both)})
    power_convex, power_concave = math.inf, -math.inf
    proved_convex, proved_concave = convex and up_or_straight, concave and down_or_straight
    if function == "exp":
        power_convex, power_concave = 0.0 if a.convex else math.inf, 0.0 if a.concave else -math.inf
    elif function == "log" and a.reach[0] >= 0:
        proved_convex, proved_concave = proved_convex or a.power_convex <= 0, proved_concave or a.power_concave >= 0
    elif function == "power" and a.reach[0] >= 0:
        strong, weak = (a.power_convex, a.power_concave) if parameter > 0 else (a.power_concave, a.power_convex)
        power_convex, power_concave = _over(strong, parameter, math.inf), _over(weak, parameter, -math.inf)
    elif function == "power" and parameter > 0 and parameter % 2 == 0 and a.affine:
        power_convex = 1 / parameter
    shape = _proved(reach, slopes, bends, power_convex, power_concave)
    convex, concave = shape.convex or proved_convex, shape.concave or proved_concave
    return _finished(reach, slopes, bends, convex, concave, power_convex, power_concave)


def _over(index: float, parameter: float, none: float) -> float:
    return none if math.isinf(index) else index / parameter


def _proved(reach: Interval, slopes: Slopes, bends: Bends, power_convex: float, power_concave: float) -> Shape:
    """Convex or concave by the second slopes, where the indices do not say so."""
    nonnegative = reach[0] >= 0
    convex = (nonnegative and power_convex <= 1 + ROUNDING) or no_negative_eigenvalue(bends)
    concave = (nonnegative and power_concave >= 1 - ROUNDING) or no_negative_eigenvalue(
        {k: minus(v) for k, v in bends.items()}
    )
    return _finished(reach, slopes, bends, convex, concave, power_convex, power_concave)


def _all_pairs(slopes: Slopes) -> Bends:
    columns = sorted(slopes)
    return {(i, j): EVERYTHING for place, i in enumerate(columns) for j in columns[place:]}


def _arrays(reach: Interval, parameter: float) -> tuple[Floats, Floats, Floats]:
    return np.array([reach[0]]), np.array([reach[1]]), np.array([parameter])


def _ends(function: str, parameter: float, reach: Interval) -> Interval:
    low, high = (float(e[0]) for e in FUNCTIONS[function].ends(*_arrays(reach, parameter)))
    low = -math.inf if math.isnan(low) else low
    high = math.inf if math.isnan(high) else high
    floor = 0.0 if function == "exp" or (function == "power" and low >= 0) else -math.inf
    for _ in range(ULPS):
        low, high = down(low), up(high)
    return max(low, floor), high


def _derivatives(function: str, p: float, reach: Interval, value: Interval) -> tuple[Interval, Interval]:
    """The first and the second derivative over `reach`."""
    match function:
        case "exp":
            return value, value
        case "log":
            slope = _ends("power", -1.0, reach)
            return slope, minus(square(slope))
        case "sin" | "cos":
            other = _ends("cos" if function == "sin" else "sin", math.nan, reach)
            return (other if function == "sin" else minus(other)), minus(value)
        case "tan" | "tanh":
            sign = 1.0 if function == "tan" else -1.0
            slope = plus((1.0, 1.0), times((sign, sign), square(value)))
            return slope, times((2 * sign, 2 * sign), times(value, slope))
        case _:
            once, twice = (p, p), _span(p * (p - 1))
            return times(once, _power(reach, p - 1)), times(twice, _power(reach, p - 2))


def _span(x: float) -> Interval:
    return (x, x) if x == round(x) else (down(x), up(x))


def _power(reach: Interval, p: float) -> Interval:
    return (1.0, 1.0) if p == 0 else _ends("power", p, reach)


# ------------------------------------------------------------ interval matrices


def no_negative_eigenvalue(bends: Bends) -> bool:
    """Whether every symmetric matrix with entries within these intervals is positive semidefinite, block by block: by
    its vertices where a block is small, by the smallest eigenvalue of its middle and the largest of its radius else."""
    used = {k: v for k, v in bends.items() if v != ZERO}
    if not used:
        return True
    if any(math.isinf(e) or math.isnan(e) for v in used.values() for e in v):
        return False
    names = sorted({i for pair in used for i in pair})
    place = {name: k for k, name in enumerate(names)}
    diagonal = np.zeros(len(names))
    for (i, j), v in used.items():
        if i == j:
            diagonal[place[i]] = v[0]
    if np.any(diagonal < 0):
        return False
    off = [(place[i], place[j], v) for (i, j), v in used.items() if i != j]
    if any(diagonal[a] == 0 or diagonal[b] == 0 for a, b, _ in off):
        return False
    if not off:
        return True
    first, second = np.array([a for a, _, _ in off]), np.array([b for _, b, _ in off])
    scale = 1 / np.sqrt(diagonal[first] * diagonal[second])
    low, high = np.array([v[0] for *_, v in off]) * scale, np.array([v[1] for *_, v in off]) * scale
    label = components(first, second, len(names))
    for root in np.unique(label[first]).tolist():
        inside = label[first] == root
        nodes = np.flatnonzero(label == root)
        a, b = np.searchsorted(nodes, first[inside]), np.searchsorted(nodes, second[inside])
        if not _block_is_tame(len(nodes), a, b, low[inside], high[inside]):
            return False
    return True


def _block_is_tame(n: int, a: np.ndarray, b: np.ndarray, low: Floats, high: Floats) -> bool:
    """With ones on its diagonal."""
    middle, radius = np.eye(n), np.zeros((n, n))
    middle[a, b] = middle[b, a] = (low + high) / 2
    radius[a, b] = radius[b, a] = (high - low) / 2
    if n <= VERTICES:
        signs = 1.0 - 2.0 * ((np.arange(2 ** (n - 1))[:, None] >> np.arange(n)[None, :]) & 1)
        vertices = middle[None] - signs[:, :, None] * radius[None] * signs[:, None, :]
        return bool(np.linalg.eigvalsh(vertices)[:, 0].min() >= -ROUNDING * n)
    return bool(np.linalg.eigvalsh(middle)[0] - np.linalg.eigvalsh(radius)[-1] >= -ROUNDING * n)
