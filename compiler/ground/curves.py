"""Smooth functions of one variable: `Curve` families over columns, and `FUNCTIONS`, what is known of each function over
an interval: its values, range, slope, curvature and natural domain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from compiler.ground.sparse import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Curve:
    """`x[result[k]]  relation[k]  f(x[argument[k]])` for all k of one function f.

    `relation` (k,) is 1 for `>=`, -1 for `<=`, 0 for `==`; a family with 1 is convex where f is, one with -1 where f is
    concave: that is how they were chosen. `parameter` (k,) is the exponent of `power`, NaN for other functions. Both
    columns of a pair belong to the same player.
    """

    function: str
    argument: Ints
    result: Ints
    parameter: Floats
    relation: Ints

    def violations(self, x: Floats) -> Floats:
        """How far each pair is from its relation at `x`, at least 0, infinite outside the domain: (k,)."""
        with np.errstate(all="ignore"):
            over = x[self.result] - FUNCTIONS[self.function].value(x[self.argument], self.parameter)
        over = np.where(np.isnan(over), np.inf, over)
        return np.where(
            self.relation > 0, np.maximum(-over, 0.0), np.where(self.relation < 0, np.maximum(over, 0.0), np.abs(over))
        )

    def take(self, chosen: Bools) -> Curve:
        return Curve(
            self.function, self.argument[chosen], self.result[chosen], self.parameter[chosen], self.relation[chosen]
        )

    def moved(self, place: Ints) -> Curve:
        """The same over other column numbers: `place[old]` is the new one."""
        return Curve(self.function, place[self.argument], place[self.result], self.parameter, self.relation)


def curves_among(curves: tuple[Curve, ...], chosen: Bools, place: Ints) -> tuple[Curve, ...]:
    """The parts of the families whose columns are `chosen` (columns,), over new column numbers `place` (columns,)."""
    parts = (c.take(chosen[c.result]).moved(place) for c in curves)
    return tuple(c for c in parts if len(c.result))


@dataclass(frozen=True, eq=False)
class Traits:
    """What holds of a function on each of some intervals: all (k,)."""

    convex: Bools
    concave: Bools
    rising: Bools
    falling: Bools


@dataclass(frozen=True)
class Function:
    """Everything takes arrays (k,), `p` the parameters. `ends` gives the least and greatest value on intervals, and
    `domain` the interval nearest to the one given on which the function is defined without a gap; where there is none,
    its ends are NaN."""

    value: Callable[[Floats, Floats], Floats]
    traits: Callable[[Floats, Floats, Floats], Traits]
    ends: Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]
    domain: Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]


def _everywhere(low: Floats, high: Floats, p: Floats) -> tuple[Floats, Floats]:
    return np.full(len(low), -np.inf), np.full(len(low), np.inf)


def _from_zero(low: Floats, high: Floats, p: Floats) -> tuple[Floats, Floats]:
    return np.zeros(len(low)), np.full(len(low), np.inf)


def _rising(
    value: Callable[[Floats, Floats], Floats], least: float = -np.inf
) -> Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]:
    """The range of a rising function that is defined from `least` on."""

    def ends(low: Floats, high: Floats, p: Floats) -> tuple[Floats, Floats]:
        with np.errstate(all="ignore"):
            return _possible(value(np.maximum(low, least), p), value(np.maximum(high, least), p))

    return ends


def _possible(least: Floats, most: Floats) -> tuple[Floats, Floats]:
    """Ends without a greatest value of -inf or a least of inf, which `log` has where it is nowhere defined and `exp`
    where it overflows: as bounds, no number holds them."""
    return np.where(least == np.inf, -np.inf, least), np.where(most == -np.inf, np.inf, most)


def _fixed(convex: bool, concave: bool) -> Callable[[Floats, Floats, Floats], Traits]:
    """The traits of a rising function."""

    def traits(low: Floats, high: Floats, p: Floats) -> Traits:
        yes, no = np.ones(len(low), bool), np.zeros(len(low), bool)
        return Traits(yes if convex else no, yes if concave else no, yes, no)

    return traits


def _within(low: Floats, high: Floats, start: float, length: float, period: float) -> Bools:
    """Whether [low, high] lies in one of the intervals start + k*period + [0, length]."""
    with np.errstate(invalid="ignore"):
        base = start + np.floor((low - start) / period) * period
        inside = high <= base + length
    return np.isfinite(low) & np.isfinite(high) & inside


def _sine(shift: float) -> Function:
    """`sin(x + shift)`."""
    pi = np.pi

    def value(x: Floats, p: Floats) -> Floats:
        return np.asarray(np.sin(x + shift))

    def traits(low: Floats, high: Floats, p: Floats) -> Traits:
        a, b = low + shift, high + shift
        return Traits(
            convex=_within(a, b, -pi, pi, 2 * pi),
            concave=_within(a, b, 0.0, pi, 2 * pi),
            rising=_within(a, b, -pi / 2, pi, 2 * pi),
            falling=_within(a, b, pi / 2, pi, 2 * pi),
        )

    def ends(low: Floats, high: Floats, p: Floats) -> tuple[Floats, Floats]:
        known = traits(low, high, p)
        monotone = known.rising | known.falling
        a, b = np.where(monotone, low, 0.0), np.where(monotone, high, 0.0)
        first, last = value(a, p), value(b, p)
        return (
            np.where(monotone, np.minimum(first, last), -1.0),
            np.where(monotone, np.maximum(first, last), 1.0),
        )

    return Function(value, traits, ends, _everywhere)


def _tan_domain(low: Floats, high: Floats, p: Floats) -> tuple[Floats, Floats]:
    """The branch that holds the interval."""
    whole = _within(low, high, -np.pi / 2, np.pi, np.pi)
    with np.errstate(invalid="ignore"):
        start = -np.pi / 2 + np.floor((low + np.pi / 2) / np.pi) * np.pi
    return np.where(whole, start, np.nan), np.where(whole, start + np.pi, np.nan)


def _tan_traits(low: Floats, high: Floats, p: Floats) -> Traits:
    rising = _within(low, high, -np.pi / 2, np.pi, np.pi)
    return Traits(
        convex=_within(low, high, 0.0, np.pi / 2, np.pi),
        concave=_within(low, high, -np.pi / 2, np.pi / 2, np.pi),
        rising=rising,
        falling=np.zeros(len(low), bool),
    )


def _tan_ends(low: Floats, high: Floats, p: Floats) -> tuple[Floats, Floats]:
    inside = _within(low, high, -np.pi / 2, np.pi, np.pi)
    a, b = np.where(inside, low, 0.0), np.where(inside, high, 0.0)
    return np.where(inside, np.tan(a), -np.inf), np.where(inside, np.tan(b), np.inf)


def _tanh_traits(low: Floats, high: Floats, p: Floats) -> Traits:
    return Traits(high <= 0, low >= 0, np.ones(len(low), bool), np.zeros(len(low), bool))


def _power(x: Floats, p: Floats) -> Floats:
    return np.asarray(np.power(x, p))


def _power_traits(low: Floats, high: Floats, p: Floats) -> Traits:
    """By sign of the argument; a whole exponent is even or odd there, any other has only arguments from zero."""
    whole, even = p == np.round(p), np.mod(p, 2) == 0
    right, left = (low >= 0) | ~whole, (high <= 0) & whole
    linear = (p == 0) | (p == 1)
    curved_up = (p > 1) | (p < 0)
    convex = linear | (right & curved_up) | (left & even & curved_up) | (whole & even & (p > 0))
    concave = linear | (right & ~curved_up) | (left & ~even & curved_up)
    rising = (right & (p > 0)) | (left & ~even & (p > 0)) | (left & even & (p < 0)) | (whole & ~even & (p > 0))
    falling = (right & (p < 0)) | (left & even & (p > 0)) | (left & ~even & (p < 0))
    return Traits(convex, concave, rising, falling)


def _power_domain(low: Floats, high: Floats, p: Floats) -> tuple[Floats, Floats]:
    whole, negative = p == np.round(p), p < 0
    right = ~whole | (negative & (low >= 0))
    left = whole & negative & (high <= 0) & ~right
    # A negative power has a pole at zero: without a sign its argument runs over two branches.
    torn = whole & negative & ~right & ~left
    lower = np.where(torn, np.nan, np.where(right, 0.0, -np.inf))
    upper = np.where(torn, np.nan, np.where(left, 0.0, np.inf))
    return lower, upper


def _power_ends(low: Floats, high: Floats, p: Floats) -> tuple[Floats, Floats]:
    start, stop = _power_domain(low, high, p)
    low, high = np.fmax(low, start), np.fmin(high, stop)
    with np.errstate(all="ignore"):
        first, last = np.power(low, p), np.power(high, p)
    # At zero a negative power is infinite, with the sign of its branch.
    odd_left = (p < 0) & (high <= 0) & (np.mod(p, 2) != 0)
    first = np.where((p < 0) & (low == 0), np.inf, first)
    last = np.where((p < 0) & (high == 0), np.where(odd_left, -np.inf, np.inf), last)
    least, most = np.minimum(first, last), np.maximum(first, last)
    bowl = (p > 0) & (np.mod(p, 2) == 0) & (low < 0) & (high > 0)
    least = np.where(bowl, 0.0, least)
    return _possible(
        np.nan_to_num(least, nan=-np.inf, posinf=np.inf, neginf=-np.inf),
        np.nan_to_num(most, nan=np.inf, posinf=np.inf, neginf=-np.inf),
    )


def _of_one(function: Callable[[Floats], Floats]) -> Callable[[Floats, Floats], Floats]:
    return lambda x, p: np.asarray(function(x))


_exp, _log, _sqrt, _tan, _tanh = (_of_one(f) for f in (np.exp, np.log, np.sqrt, np.tan, np.tanh))

FUNCTIONS: dict[str, Function] = {
    "exp": Function(_exp, _fixed(True, False), _rising(_exp), _everywhere),
    "log": Function(_log, _fixed(False, True), _rising(_log, 0.0), _from_zero),
    "sqrt": Function(_sqrt, _fixed(False, True), _rising(_sqrt, 0.0), _from_zero),
    "sin": _sine(0.0),
    "cos": _sine(np.pi / 2),
    "tan": Function(_tan, _tan_traits, _tan_ends, _tan_domain),
    "tanh": Function(_tanh, _tanh_traits, _rising(_tanh), _everywhere),
    "power": Function(_power, _power_traits, _power_ends, _power_domain),
}
"""By the name that the language gives it; `power` is `x^p`."""
