"""A Program of optimality conditions in, what is needed to multiply them out: the stationarity row of every follower
column, the row behind every multiplier, and the weights with which their products cancel.

With g_j = the part of stationarity row j without multipliers, so that g_j = sum_i -e_ij y_i + dL_j - dU_j (e_ij the
entry of y_i), and `own_i` the part of row i in its owner's columns, there are weights tau_j > 0 such that for every V
    sum_j tau_j V_j g_j = sum_i sign_i y_i own_i(V) + sum_j tau_j V_j (dL_j - dU_j).                              (1)
At a complementary point v, with row i at `limit_i - rest_i(x)` wherever y_i is not 0,
    sum_j tau_j v_j g_j = sum_i sign_i y_i (limit_i - rest_i(x)) + sum_j tau_j (low_j dL_j - high_j dU_j).        (2)
(2) is strong duality; without complementarity its left side is the larger one (weak duality). (1) less (2) bounds the
multipliers. Everything is read off the rows of the Program, so it holds of the Program as it is, scales included.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Bools, Floats, Ints
from compiler.reformulations.program import Part, Program


@dataclass(frozen=True, eq=False)
class Duality:
    """J stationarity rows and Y multipliers of rows.

    `stationarity` (J,) row numbers, `column` (J,) the follower's column, `weight` (J,) the tau, `at` (k,) the place of
    a column in them or -1, `owner` (J,) the follower. `low`, `high` (J,) the columns of dL and dU, -1 where there is
    none. `multiplier` (Y,) columns, `row` (Y,) the Program's row, `sign` (Y,), `limit` (Y,), `slack` (Y,) the slack
    column or -1 for an equality, `row_owner` (Y,). `plain` (players,) marks the followers without products of
    columns with multipliers, of whom (1) and (2) can be used.
    """

    stationarity: Ints
    column: Ints
    weight: Floats
    at: Ints
    owner: Ints
    low: Ints
    high: Ints
    multiplier: Ints
    row: Ints
    sign: Floats
    limit: Floats
    slack: Ints
    row_owner: Ints
    plain: Bools

    @staticmethod
    def of(game: GroundGame, program: Program) -> Duality:
        n = program.columns
        stationarity, column = _rows_of(program.row_parts, "stationarity", True)
        at = np.full(n, -1, np.int64)
        at[column] = np.arange(len(column))
        owner = game.owner[column]

        bound_of = np.full(n, -1, np.int64)
        is_low = np.zeros(n, np.bool_)
        for part in program.column_parts:
            if part.of_column and part.role.startswith("reduced cost at the"):
                bound_of[part.start : part.stop] = part.source
                is_low[part.start : part.stop] = part.role.endswith("lower bound")
        low, high = np.full(len(column), -1, np.int64), np.full(len(column), -1, np.int64)
        reduced = np.flatnonzero(bound_of >= 0)
        low[at[bound_of[reduced[is_low[reduced]]]]] = reduced[is_low[reduced]]
        high[at[bound_of[reduced[~is_low[reduced]]]]] = reduced[~is_low[reduced]]

        multiplier, source = _rows_of(program.column_parts, "multiplier", False)
        row_number, row_source = _rows_of(program.row_parts, "row", False)
        row_at = np.full(game.rows, -1, np.int64)
        row_at[row_source] = row_number
        row = row_at[source]
        partner = np.full(n, -1, np.int64)
        partner[program.complementary[:, 0]] = program.complementary[:, 1]
        slack = partner[multiplier]
        limit = _limits(program, row, slack)

        sign, weight, plain = _signs(game, program, stationarity, column, at, multiplier, row)
        row_owner = game.row_owner[source]
        known = row >= 0
        plain[row_owner[~known]] = False
        return Duality(
            *(stationarity, column, weight, at, owner, low, high),
            *(multiplier[known], row[known], sign[known], limit[known], slack[known], row_owner[known], plain),
        )

    def duals(self, columns: int) -> Bools:
        """The mask (k,) of multipliers and reduced costs among the Program's columns."""
        mask = np.zeros(columns, np.bool_)
        mask[self.multiplier] = True
        for reduced in (self.low, self.high):
            mask[reduced[reduced >= 0]] = True
        return mask

    def slacks(self, columns: int) -> Bools:
        """The mask (k,) of slacks of rows."""
        mask = np.zeros(columns, np.bool_)
        mask[self.slack[self.slack >= 0]] = True
        return mask


def _rows_of(parts: tuple[Part, ...], role: str, of_column: bool) -> tuple[Ints, Ints]:
    """Numbers of the rows or columns that play `role`, and the numbers of what they come from."""
    chosen = [p for p in parts if p.role == role and p.of_column == of_column]
    none = np.zeros(0, np.int64)
    numbers = np.concatenate([none, *(np.arange(p.start, p.stop) for p in chosen)])
    return numbers, np.concatenate([none, *(p.source for p in chosen)])


def _limits(program: Program, row: Ints, slack: Ints) -> Floats:
    """What the row without its slack equals where the slack is 0: its right-hand side, or that and the width of the
    range, where the slack stands in another row."""
    n = program.columns
    numbers, entries = program.matrix.row_numbers(), program.matrix.indices
    own_row = np.full(n, -1, np.int64)
    listed = np.zeros(n, np.bool_)
    listed[slack[slack >= 0]] = True
    ranged = np.full(n, 0.0)
    ranges, _ = _rows_of(program.row_parts, "range", False)
    in_range = np.zeros(program.rows, np.bool_)
    in_range[ranges] = True
    here = listed[entries] & ~in_range[numbers]
    own_row[entries[here]] = numbers[here]
    there = listed[entries] & in_range[numbers]
    ranged[entries[there]] = program.row_lower[numbers[there]]
    limit = np.where(row >= 0, program.row_lower[row], np.nan)
    other = (slack >= 0) & (own_row[slack] != row)
    limit[other] += ranged[slack[other]]
    return limit


def _signs(
    game: GroundGame, program: Program, stationarity: Ints, column: Ints, at: Ints, multiplier: Ints, row: Ints
) -> tuple[Floats, Floats, Bools]:
    """`sign` of each multiplier, `weight` of each stationarity row, and which players are `plain`."""
    n = program.columns
    plain = np.ones(len(game.players) + 1, np.bool_)
    in_stationarity = np.full(program.rows, -1, np.int64)
    in_stationarity[stationarity] = np.arange(len(stationarity))
    quad = program.row_quad
    place = in_stationarity[quad.row]
    plain[game.owner[column[place[place >= 0]]]] = False
    number = np.full(n, -1, np.int64)
    number[multiplier] = np.arange(len(multiplier))

    matrix = program.matrix
    entry_row, entry_column = matrix.row_numbers(), matrix.indices
    j, i = in_stationarity[entry_row], number[entry_column]
    chosen = (j >= 0) & (i >= 0)
    chosen[chosen] &= row[i[chosen]] >= 0
    j, i, e = j[chosen], i[chosen], matrix.data[chosen]
    # The entry of column j in the row of multiplier i, found by its place in the matrix.
    key = entry_row * np.int64(n) + entry_column
    place = np.minimum(np.searchsorted(key, row[i] * np.int64(n) + column[j]), len(key) - 1)
    found = key[place] == row[i] * np.int64(n) + column[j] if len(key) else np.zeros(0, np.bool_)
    plain[game.owner[column[j[~found]]]] = False
    j, i, e, a = j[found], i[found], e[found], matrix.data[place[found]]
    sign = np.ones(len(multiplier))
    sign[i] = np.sign(-e * a)
    weight = np.ones(len(stationarity))
    weight[j] = np.abs(a / e)
    exact = np.abs(weight[j] * e + sign[i] * a) <= 1e-9 * np.abs(a)
    plain[game.owner[column[j[~exact]]]] = False
    return sign, weight, plain[:-1]
