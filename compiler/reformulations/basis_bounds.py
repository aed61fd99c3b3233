"""Bounds on the multipliers of small followers, as one of their basic multiplier vectors will do.

From: a Program of optimality conditions, ranges of its columns.
To: for each connected block of stationarity rows `S y = g(x, v)` (y: multipliers and reduced costs), the largest entry
    of `S_B^-1 g` over all bases B and all g within its range.
Requires: nothing but the stationarity rows sees these multipliers, so that they may be chosen; those whose price is
    used count as part of g, and need bounds of their own. Few enough bases to list them.
Exact or bound: valid bounds. Wherever there are multipliers there are some with independent columns, and the
    Program loses no decision when only these remain.
Reference: Caratheodory's theorem for cones; for the use, Pineda, Bylling and Morales, Comput. Manag. Sci. 15 (2018)
    377.
"""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from compiler.ground.curvature import components
from compiler.ground.propagate import product_range
from compiler.ground.sparse import Bools, Floats, Ints
from compiler.reformulations.column_bounds import ColumnBounds, Source
from compiler.reformulations.duality import Duality
from compiler.reformulations.program import Program

MOST = 4000
"""Bases of a block that are listed; more cost more than they are worth."""

REGULAR = 1e-9
"""Smallest singular value, over the largest, of a basis that counts as one: others have no inverse to speak of, and a
block that has such a basis gets no bound."""


def gradient_ranges(
    program: Program, duality: Duality, bounds: ColumnBounds, given: Bools | None = None
) -> tuple[Floats, Floats]:
    """Least and largest g_j (J,) of every stationarity row; multipliers in the mask `given` (k,) count as part of
    it."""
    dual = duality.duals(program.columns)
    if given is not None:
        dual &= ~given
    part = program.matrix.take_rows(duality.stationarity)
    row = part.row_numbers()
    keep = ~dual[part.indices]
    column, value = part.indices[keep], part.data[keep]
    least, most = product_range(bounds.lower[column], bounds.upper[column], value, value)
    with np.errstate(invalid="ignore"):
        count = len(duality.stationarity)
        rhs = program.row_lower[duality.stationarity]
        low = np.bincount(row[keep], least, count) - rhs
        high = np.bincount(row[keep], most, count) - rhs
    return np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)


def basis_bounds(program: Program, duality: Duality, bounds: ColumnBounds) -> ColumnBounds:
    """`bounds` with those of the multipliers of every block that is small enough."""
    if not len(duality.stationarity):
        return bounds
    inside = np.zeros(program.rows, np.bool_)
    inside[duality.stationarity] = True
    seen = _seen_elsewhere(program, inside)
    low, high = gradient_ranges(program, duality, bounds, seen)
    dual = np.concatenate([duality.multiplier, duality.low[duality.low >= 0], duality.high[duality.high >= 0]])
    dual = dual[~seen[dual]]
    place = np.full(program.columns, -1, np.int64)
    place[dual] = np.arange(len(dual))
    part = program.matrix.take_rows(duality.stationarity)
    keep = place[part.indices] >= 0
    j, i, value = part.row_numbers()[keep], place[part.indices[keep]], -part.data[keep]
    count = len(duality.stationarity)
    label = components(j, i + count, count + len(dual))
    order = np.argsort(label[:count], kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        members = np.flatnonzero(label[count:] == label[rows[0]])
        owners = duality.owner[rows]
        if not len(members) or not duality.plain[owners].all():
            continue
        if not (np.isfinite(low[rows]).all() and np.isfinite(high[rows]).all()):
            continue
        if len(members) < len(rows) or comb(len(members), len(rows)) > MOST:
            continue
        here = np.isin(j, rows)
        S = np.zeros((len(rows), len(members)))
        S[np.searchsorted(np.sort(rows), j[here]), np.searchsorted(members, i[here])] = value[here]
        rows = np.sort(rows)
        free = ~np.isfinite(program.lower[dual[members]])
        found = _over_all_bases(S, low[rows], high[rows], free)
        if found is not None:
            bounds = bounds.tightened(dual[members], Source.BY_BASES, np.where(free, found[0], -np.inf), found[1])
    return bounds


def _seen_elsewhere(program: Program, inside: Bools) -> Bools:
    """Columns that the objective, a product or a row outside the stationarity conditions holds."""
    seen: Bools = program.cost != 0
    outside = ~inside[program.matrix.row_numbers()]
    seen[program.matrix.indices[outside]] = True
    for quad in (program.row_quad, program.cost_quad):
        seen[quad.i] = seen[quad.j] = True
    return seen


def _over_all_bases(S: Floats, low: Floats, high: Floats, free: Bools) -> tuple[Floats, Floats] | None:
    """Least and largest entry of every column over the basic solutions of `S y = g`, y >= 0 but for the `free`;
    None where a basis is nearly singular or there is none."""
    n, k = S.shape
    listed: Ints = np.array(list(combinations(range(k), n)), np.int64).reshape(-1, n)
    bases = np.moveaxis(S[:, listed], 1, 0)
    spread = np.linalg.svd(bases, compute_uv=False)
    ratio = spread[:, -1] / np.where(spread[:, 0] > 0, spread[:, 0], 1.0)
    if np.any((ratio > 1e-14) & (ratio < REGULAR)):
        return None
    regular = ratio >= REGULAR
    if not regular.any():
        return None
    listed, inverse = listed[regular], np.linalg.inv(bases[regular])
    one, two = inverse * low, inverse * high
    least, most = np.minimum(one, two).sum(axis=2), np.maximum(one, two).sum(axis=2)
    margin = 1e-9 * np.maximum(1.0, np.maximum(np.abs(least), np.abs(most)))
    least, most = least - margin, most + margin
    possible = np.all((most >= 0) | free[listed], axis=1)
    if not possible.any():
        return None
    bottom, top = np.zeros(k), np.zeros(k)
    np.minimum.at(bottom, listed[possible], least[possible])
    np.maximum.at(top, listed[possible], most[possible])
    return bottom, top
