"""Rows of whole numbers in, out by how much at least one of them is violated where it is violated at all.

From: a row `sum a_j z_j <= b` of whole columns z with coefficients that are multiples of some g > 0.
To: the least positive value of `sum a_j z_j - b`.
Exact: yes, up to rounding; 0 where no g is found, where columns are real, and where there are products.
Reference: Savelsbergh, ORSA J. Computing 6 (1994) 445, on such coefficients.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import INTEGER, GroundGame
from compiler.ground.sparse import Floats, Ints
from compiler.reformulations.held_columns import Held

DECIMALS = 6
"""Places after the point that coefficients may have."""

LARGEST = 2.0**40
"""Coefficients beyond this, in units of the last place, are not looked at: double precision has 53 bits."""

ROUNDING = 1e-9
"""What a coefficient or limit may miss a whole number by, relative to its size."""

SMALLEST = 1e-4
"""A violation below this part of the row's largest coefficient is not told from none: solvers hold rows to 1e-6."""


def least_violation(game: GroundGame, body: Held, row: Ints, sign: float, limit: Floats) -> Floats:
    """Of the conditions `sign*body <= sign*limit` (s,) on the rows numbered `row` of `body`, whose first columns are
    those of the game: the least violation (s,), 0 where there is none."""
    part = body.linear.take_rows(row)
    line, column, value = part.row_numbers(), part.indices, part.data
    count = len(row)
    usable = np.diff(part.indptr) > 0
    usable[line[column >= game.columns]] = False
    inside = column < game.columns
    usable[line[inside][game.kind[column[inside]] != INTEGER]] = False
    usable[np.isin(row, body.products.row)] = False
    found = np.zeros(count)
    for places in range(DECIMALS + 1):
        unit = 10.0**-places
        units = np.abs(value) / unit
        whole = (np.abs(units - np.round(units)) <= ROUNDING * np.maximum(1.0, units)) & (units <= LARGEST)
        fits = usable & (found == 0)
        fits[line[~whole]] = False
        chosen = fits[line]
        if chosen.any():
            starts = np.flatnonzero(np.diff(line[chosen], prepend=-1))
            common = np.gcd.reduceat(np.round(units[chosen]).astype(np.int64), starts)
            found[line[chosen][starts]] = common * unit
    steps = np.where(found > 0, sign * limit / np.where(found > 0, found, 1.0), 0.0)
    nearest = np.round(steps)
    steps = np.where(np.abs(steps - nearest) <= ROUNDING * np.maximum(1.0, np.abs(steps)), nearest, steps)
    least = found * (np.floor(steps) + 1.0 - steps)
    return np.where(least >= SMALLEST * body.row_sizes()[row], least, 0.0)
