"""The primal-dual inequality of every follower: a valid cut that ties its decisions to its multipliers.

From: a Program of optimality conditions, with bounds of its columns.
To: one row more for each follower, (2) of `duality` with `<= 0` and every product relaxed from below by its McCormick
    envelope: a multiplier times `rest_i(x)`, what others do to its row, and a follower's column times what others do to
    its slope. A convex quadratic part is at least 0 and left out. Each such product is a new column at the end.
Requires: finite ranges of one factor of each product; a follower without them gets no cut. Followers with products of
    columns in their rows get none either.
Exact or bound: a relaxation of strong duality, valid at every complementary point.
Way back: the new columns come last; the others keep their numbers.
Reference: Kleinert, Labbe, Plein and Schmidt, Optim. Lett. 15 (2021) 1625 (with the bound `y >= 0` alone);
    McCormick, Math. Program. 10 (1976) 147.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.propagate import product_range
from compiler.ground.sparse import Csr, Floats, Ints
from compiler.reformulations.column_bounds import ColumnBounds
from compiler.reformulations.duality import Duality
from compiler.reformulations.duality_gap import gap_linear, gap_products
from compiler.reformulations.program import Part, Program


def primal_dual_cut(game: GroundGame, program: Program, duality: Duality, bounds: ColumnBounds) -> Program:
    """The Program with a cut for each follower that can have one."""
    for follower in np.unique(duality.owner).tolist():
        if duality.plain[follower]:
            program = _with_cut(game, program, duality, bounds, follower)
    return program


def _with_cut(game: GroundGame, program: Program, duality: Duality, bounds: ColumnBounds, follower: int) -> Program:
    own = np.zeros(program.columns, np.bool_)
    own[duality.column[duality.owner == follower]] = True
    cut = _Terms()
    for column, value in gap_linear(game, program, duality, follower):
        cut.linear(column, value)
    for factor, column, value in gap_products(program, duality, follower):
        # The part that is quadratic in the follower's own columns is convex and 0 where they are.
        apart = ~(own[factor] & own[column])
        cut.products(factor[apart], column[apart], value[apart])
    return cut.added(program, bounds, follower)


class _Terms:
    """The cut `linear + sum_k factor_k * (sum_l value_l z_l) <= 0` as it is gathered."""

    def __init__(self) -> None:
        self.column: list[Ints] = []
        self.value: list[Floats] = []
        self.factor: list[Ints] = []
        self.entry: list[Ints] = []
        self.of: list[Ints] = []
        self.weight: list[Floats] = []
        self.count = 0

    def linear(self, column: Ints, value: Floats) -> None:
        self.column.append(column)
        self.value.append(value)

    def products(self, factor: Ints, column: Ints, value: Floats) -> None:
        """`value * z[factor] * z[column]` for every entry; entries of one factor are one product."""
        used, flat = np.unique(factor, return_inverse=True)
        self.factor.append(used)
        self.of.append(flat + self.count)
        self.entry.append(column)
        self.weight.append(value)
        self.count += len(used)

    def added(self, program: Program, bounds: ColumnBounds, follower: int) -> Program:
        factor, of = np.concatenate(self.factor), np.concatenate(self.of)
        entry, weight = np.concatenate(self.entry), np.concatenate(self.weight)
        least, most = product_range(bounds.lower[entry], bounds.upper[entry], weight, weight)
        with np.errstate(invalid="ignore"):
            s_low, s_high = np.bincount(of, least, self.count), np.bincount(of, most, self.count)
        s_low, s_high = np.where(np.isnan(s_low), -np.inf, s_low), np.where(np.isnan(s_high), np.inf, s_high)
        f_low, f_high = bounds.lower[factor], bounds.upper[factor]
        fixed = s_low == s_high
        # m >= f_low*s + s_low*f - f_low*s_low and m >= f_high*s + s_high*f - f_high*s_high, each where it is finite.
        first = np.isfinite(f_low) & np.isfinite(s_low) & ~fixed
        second = np.isfinite(f_high) & np.isfinite(s_high) & ~fixed
        if np.any(~fixed & ~first & ~second):
            return program
        new = np.flatnonzero(~fixed)
        at = np.full(self.count, -1, np.int64)
        at[new] = program.columns + np.arange(len(new))

        column = [*self.column, factor[fixed], at[new]]
        value = [*self.value, s_low[fixed], np.ones(len(new))]
        row = [np.zeros(len(c), np.int64) for c in column]
        limits = [np.zeros(1)]
        count = 1
        for chosen, f, s in ((first, f_low, s_low), (second, f_high, s_high)):
            numbers = np.full(self.count, -1, np.int64)
            numbers[chosen] = count + np.arange(int(chosen.sum()))
            count += int(chosen.sum())
            here = chosen[of]
            row += [numbers[of[here]], numbers[chosen], numbers[chosen]]
            column += [entry[here], factor[chosen], at[chosen]]
            value += [f[of[here]] * weight[here], s[chosen], -np.ones(int(chosen.sum()))]
            limits.append(f[chosen] * s[chosen])
        total = np.concatenate(value)
        lines = np.concatenate(row)
        # Rows of a size near 1, by a power of two.
        size = np.zeros(count)
        np.maximum.at(size, lines, np.abs(total))
        scale = np.exp2(-np.round(np.log2(np.where(size > 0, size, 1.0))))
        matrix = Csr.from_coo(
            np.concatenate([program.matrix.row_numbers(), program.rows + lines]),
            np.concatenate([program.matrix.indices, *column]),
            np.concatenate([program.matrix.data, scale[lines] * total]),
            program.rows + count,
            program.columns + len(new),
        )
        whose = np.full(count, follower)
        return replace(
            program,
            lower=np.concatenate([program.lower, np.full(len(new), -np.inf)]),
            upper=np.concatenate([program.upper, np.full(len(new), np.inf)]),
            integer=np.concatenate([program.integer, np.zeros(len(new), np.bool_)]),
            cost=np.concatenate([program.cost, np.zeros(len(new))]),
            matrix=matrix,
            row_lower=np.concatenate([program.row_lower, np.full(count, -np.inf)]),
            row_upper=np.concatenate([program.row_upper, scale * np.concatenate(limits)]),
            column_parts=(*program.column_parts, _derived(program.columns, len(new))),
            row_parts=(*program.row_parts, Part("cut", program.rows, program.rows + count, 0 * whose, True)),
        )


def _derived(start: int, count: int) -> Part:
    return Part("product in a cut", start, start + count, np.zeros(count, np.int64), True)
