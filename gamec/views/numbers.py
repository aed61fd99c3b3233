"""Numbers for people. In: floats; out: short texts that agree within a table."""

from __future__ import annotations

import math
from collections.abc import Iterable

SHOWN_DIGITS = 6
NOISE = 1e-10
"""A value this small beside the largest one of its table is the solver's rounding, and shown as 0."""


def number(value: float, scale: float = 0.0) -> str:
    """`value` with six significant digits; what is below `NOISE * scale` is 0, what is NaN a dash."""
    if math.isnan(value):
        return "–"
    if abs(value) <= NOISE * scale:
        return "0"
    text = f"{value:.{SHOWN_DIGITS}g}"
    return "0" if text == "-0" else text


def scale_of(values: Iterable[float]) -> float:
    """The largest finite size among `values`."""
    return max((abs(v) for v in values if math.isfinite(v)), default=0.0)


def seconds(value: float) -> str:
    return f"{value:.3f} s" if value < 10 else f"{value:.1f} s"
