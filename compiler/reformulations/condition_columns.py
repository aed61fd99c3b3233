"""What in a game is the followers' own, at which scale, and the columns that their optimality conditions add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.fixed_columns import fixed_columns
from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Bools, Floats, Ints
from compiler.reformulations.program import Part


@dataclass(frozen=True, eq=False)
class FollowersPart:
    """What in the game is the followers' own, and the scales: goal (p,), row (m,), column (n,), all powers of two."""

    inner: Bools
    """(n,): the followers' columns whose bounds leave them room."""
    touched: Bools
    """(m,): rows of followers that hold a column of their owner; the others are mere conditions on the leader."""
    own_entry: Bools
    """Entries of the matrix that are in an own row and an own column of a follower."""
    quad_first: Bools
    quad_second: Bools
    """Products in followers' rows whose first, or second, column is of the row's owner."""
    goal_first: Bools
    goal_second: Bools
    """The same of products in objectives."""
    sense: Floats
    """(p,): 1 minimises, -1 maximises."""
    goal_scale: Floats
    row_scale: Floats
    column_scale: Floats

    @staticmethod
    def of(game: GroundGame, followers: Bools) -> FollowersPart:
        """Of the `followers` (p,). Raises ValueError where a row holds a product of two own columns."""
        inner = (game.owner >= 0) & followers[game.owner] & ~fixed_columns(game)
        inner_row = (game.row_owner >= 0) & followers[game.row_owner]
        entry_row = game.matrix.row_numbers()
        entry_column = game.matrix.indices
        mine = game.owner[entry_column] == game.row_owner[entry_row]
        own_entry = inner[entry_column] & inner_row[entry_row] & mine
        quad, goal = game.row_quad, game.objective_quad
        in_quad = inner_row[quad.row]
        quad_first = inner[quad.i] & in_quad & (game.owner[quad.i] == game.row_owner[quad.row])
        quad_second = inner[quad.j] & in_quad & (game.owner[quad.j] == game.row_owner[quad.row])
        if np.any(quad_first & quad_second):
            raise ValueError("a follower's row holds a product of two of its own columns")
        goal_first = inner[goal.i] & (game.owner[goal.i] == goal.row)
        goal_second = inner[goal.j] & (game.owner[goal.j] == goal.row)

        touched = np.zeros(game.rows, np.bool_)
        touched[entry_row[own_entry]] = True
        touched[quad.row[quad_first | quad_second]] = True

        entry_player = game.objective.row_numbers()
        own_goal = inner[game.objective.indices] & (game.owner[game.objective.indices] == entry_player)
        goal_size, row_size = np.zeros(len(game.players)), np.zeros(game.rows)
        np.maximum.at(goal_size, entry_player[own_goal], np.abs(game.objective.data[own_goal]))
        in_goal = goal_first | goal_second
        np.maximum.at(goal_size, goal.row[in_goal], np.abs(goal.value[in_goal]))
        np.maximum.at(row_size, entry_row[own_entry], np.abs(game.matrix.data[own_entry]))
        in_row = quad_first | quad_second
        np.maximum.at(row_size, quad.row[in_row], np.abs(quad.value[in_row]))
        goal_scale, row_scale = _power_of_two(goal_size), 1 / _power_of_two(row_size)

        column_size = np.zeros(game.columns)
        goal_entry = np.abs(game.objective.data[own_goal]) / goal_scale[entry_player[own_goal]]
        np.maximum.at(column_size, game.objective.indices[own_goal], goal_entry)
        row_entry = np.abs(game.matrix.data[own_entry]) * row_scale[entry_row[own_entry]]
        np.maximum.at(column_size, entry_column[own_entry], row_entry)
        for mask, column in ((goal_first, goal.i), (goal_second, goal.j)):
            np.maximum.at(column_size, column[mask], np.abs(goal.value[mask]) / goal_scale[goal.row[mask]])
        for mask, column in ((quad_first, quad.i), (quad_second, quad.j)):
            np.maximum.at(column_size, column[mask], np.abs(quad.value[mask]) * row_scale[quad.row[mask]])
        return FollowersPart(
            inner,
            touched,
            own_entry,
            quad_first,
            quad_second,
            goal_first,
            goal_second,
            np.array([p.sense for p in game.players], np.float64),
            goal_scale,
            row_scale,
            1 / _power_of_two(column_size),
        )


def _power_of_two(size: Floats) -> Floats:
    """The power of two nearest to each size, 1 for 0: scaling by it rounds nothing."""
    scale: Floats = np.exp2(np.round(np.log2(np.where(size > 0, size, 1.0))))
    return scale


@dataclass(frozen=True, eq=False)
class ConditionColumns:
    """Columns of the Program: those of the game, then multipliers y and slacks w of rows, reduced costs d and slacks b
    of bounds. `*_of` are game rows or columns, the rest Program columns."""

    columns: int
    lower_of: Ints
    upper_of: Ints
    equal_of: Ints
    y_lower: Ints
    y_upper: Ints
    y_equal: Ints
    w_lower: Ints
    w_upper: Ints
    low_of: Ints
    high_of: Ints
    d_low: Ints
    d_high: Ints
    shifted: Bools
    """Which of `low_of` have a bound other than 0, and so a slack column of their own."""
    b_low: Ints
    b_high: Ints

    @staticmethod
    def of(game: GroundGame, theirs: FollowersPart) -> ConditionColumns:
        below, above = np.isfinite(game.row_lower), np.isfinite(game.row_upper)
        equal = below & above & (game.row_lower == game.row_upper)
        lower_of = np.flatnonzero(theirs.touched & below & ~equal)
        upper_of = np.flatnonzero(theirs.touched & above & ~equal)
        equal_of = np.flatnonzero(theirs.touched & equal)
        low_of = np.flatnonzero(theirs.inner & np.isfinite(game.lower))
        high_of = np.flatnonzero(theirs.inner & np.isfinite(game.upper))
        shifted = game.lower[low_of] != 0
        sizes = [
            *(len(lower_of), len(upper_of), len(equal_of), len(lower_of), len(upper_of)),
            *(len(low_of), len(high_of), int(shifted.sum()), len(high_of)),
        ]
        ends = game.columns + np.cumsum(sizes)
        numbers = [np.arange(end - size, end) for size, end in zip(sizes, ends.tolist(), strict=True)]
        y_lower, y_upper, y_equal, w_lower, w_upper, d_low, d_high, b_low, b_high = numbers
        return ConditionColumns(
            int(ends[-1]),
            *(lower_of, upper_of, equal_of, y_lower, y_upper, y_equal, w_lower, w_upper),
            *(low_of, high_of, d_low, d_high, shifted, b_low, b_high),
        )

    def pairs(self) -> Ints:
        """The complementary columns: (pairs, 2)."""
        partner = self.low_of.copy()
        partner[self.shifted] = self.b_low
        first = np.concatenate([self.y_lower, self.y_upper, self.d_low, self.d_high])
        return np.stack([first, np.concatenate([self.w_lower, self.w_upper, partner, self.b_high])], axis=1)

    def multipliers(self) -> tuple[tuple[Ints, Ints, float], ...]:
        """Game rows, the columns of their multipliers, and the sign with which these enter the shadow price."""
        return (
            (self.lower_of, self.y_lower, 1.0),
            (self.upper_of, self.y_upper, -1.0),
            (self.equal_of, self.y_equal, 1.0),
        )

    def parts(self, game: GroundGame) -> tuple[Part, ...]:
        """What each column of the Program stands for."""
        listed = [
            ("decision", np.arange(game.columns), np.arange(game.columns), True),
            ("multiplier", self.y_lower, self.lower_of, False),
            ("multiplier", self.y_upper, self.upper_of, False),
            ("multiplier", self.y_equal, self.equal_of, False),
            ("slack", self.w_lower, self.lower_of, False),
            ("slack", self.w_upper, self.upper_of, False),
            ("reduced cost at the lower bound", self.d_low, self.low_of, True),
            ("reduced cost at the upper bound", self.d_high, self.high_of, True),
            ("distance from the lower bound", self.b_low, self.low_of[self.shifted], True),
            ("distance from the upper bound", self.b_high, self.high_of, True),
        ]
        return tuple(Part(role, int(at[0]), int(at[-1]) + 1, source, of) for role, at, source, of in listed if len(at))
