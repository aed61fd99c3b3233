"""Intervals of real numbers, rounded outward: what arithmetic on any of their members gives lies in the result.

Zero stays zero, and 0 times an infinite end is 0. Ends are Python floats; an interval may be infinite on either side.
Reference: Moore, Kearfott and Cloud, Introduction to Interval Analysis (2009).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

Interval = tuple[float, float]

ZERO: Interval = (0.0, 0.0)
EVERYTHING: Interval = (-math.inf, math.inf)


def down(x: float) -> float:
    return x if x == 0.0 else math.nextafter(x, -math.inf)


def up(x: float) -> float:
    return x if x == 0.0 else math.nextafter(x, math.inf)


def plus(a: Interval, b: Interval) -> Interval:
    if a == ZERO:
        return b
    if b == ZERO:
        return a
    return _below(a[0] + b[0]), _above(a[1] + b[1])


def minus(a: Interval) -> Interval:
    return -a[1], -a[0]


def times(a: Interval, b: Interval) -> Interval:
    if ZERO in (a, b):
        return ZERO
    ends = [_product(x, y) for x in a for y in b]
    return down(min(ends)), up(max(ends))


def square(a: Interval) -> Interval:
    """Of one number: never below zero."""
    low, high = times(a, a)
    if a[0] <= 0.0 <= a[1]:
        return 0.0, high
    return max(low, 0.0), high


def total(parts: Iterable[Interval]) -> Interval:
    found = ZERO
    for part in parts:
        found = plus(found, part)
    return found


def within(a: Interval, limits: Interval) -> Interval:
    """What of `a` lies within `limits`; `limits` where nothing does."""
    low, high = max(a[0], limits[0]), min(a[1], limits[1])
    return (low, high) if low <= high else limits


def _product(x: float, y: float) -> float:
    return 0.0 if x == 0.0 or y == 0.0 else x * y


def _below(x: float) -> float:
    # Opposite infinities say nothing.
    return -math.inf if math.isnan(x) else down(x)


def _above(x: float) -> float:
    return math.inf if math.isnan(x) else up(x)
