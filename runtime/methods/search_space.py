"""A Setting in, the decisions that a search over the leader moves out: `SearchSpace`, a box of them.

They are the leader's columns that followers see: those in a follower's constraint, or multiplied by a column of the
follower's own in its objective; where such a column follows from others, these. All other columns of the leader are
settled together with the followers' answers, by a Program of their own (`runtime.methods.leader_value`), so a search
need not find them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from compiler.ground.fixed_columns import fixed_columns
from compiler.ground.ground_game import INTEGER, SEMICONTINUOUS, GroundGame, block_of
from compiler.ground.sparse import Bools, Floats, Ints, Quad
from compiler.reformulations.column_bounds import ColumnBounds, propagated
from compiler.reformulations.high_point import high_point
from compiler.reformulations.program import Program
from grammar.diagnostics import Diagnostic, Hint
from runtime.methods.derived_decisions import DerivedDecisions
from runtime.methods.kept_model import TOLERANCE
from runtime.methods.setting import Setting
from runtime.solvers.highs import Highs, HighsModel
from runtime.solvers.solver import Ending, Options

SLIP = 1e-6
"""By how much the end of a range may be off, over its size: what solvers hold constraints to."""

PATIENCE = 5.0
"""Seconds for the LP that bounds one column; LPs of this kind take milliseconds."""


@dataclass(frozen=True, eq=False)
class SearchSpace:
    """d columns of the game with finite `lower` and `upper`; `integer` and `switched` (semicontinuous) are masks, all
    (d,)."""

    columns: Ints
    lower: Floats
    upper: Floats
    integer: Bools
    switched: Bools

    @property
    def size(self) -> int:
        return len(self.columns)

    def decisions(self, u: Floats) -> Floats:
        """Of points u (k, d) of the unit box: whole numbers have equal parts of it, zero half of a semicontinuous
        column's."""
        width = self.upper - self.lower
        found = self.lower + np.clip(u, 0.0, 1.0) * width
        cells = np.minimum(self.lower + np.floor(np.clip(u, 0.0, 1.0) * (width + 1.0)), self.upper)
        upper_half = self.lower + np.clip(2.0 * u - 1.0, 0.0, 1.0) * width
        found = np.where(self.integer, cells, found)
        return np.where(self.switched, np.where(u < 0.5, 0.0, upper_half), found)

    def places(self, decisions: Floats) -> Floats:
        """The points of the unit box that mean these decisions (k, d)."""
        width = self.upper - self.lower
        inside = (decisions - self.lower) / np.where(width > 0, width, 1.0)
        inside = np.where(self.integer, (decisions - self.lower + 0.5) / (width + 1.0), inside)
        off = np.where(decisions == 0.0, 0.25, 0.5 + 0.5 * inside)
        return np.clip(np.where(self.switched, off, inside), 0.0, 1.0)

    @property
    def points(self) -> float:
        """How many decisions there are; infinite unless all are whole numbers."""
        return float(np.prod(self.upper - self.lower + 1.0)) if np.all(self.integer) else float("inf")

    def all_points(self) -> Floats:
        """All decisions (points, d) of a space of whole numbers, the last column fastest."""
        axes = [np.arange(a, b + 0.5) for a, b in zip(self.lower, self.upper, strict=True)]
        return np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1).reshape(-1, self.size)


def linking(setting: Setting) -> Ints:
    """The leader's columns, not fixed, on which the answer of some follower may depend, and which do not follow from
    others of its columns."""
    seen = seen_columns(setting)
    derived = DerivedDecisions.of(setting.game, setting.leader)
    return derived.roots(seen) if derived.derived[seen].any() else seen


def seen_columns(setting: Setting) -> Ints:
    """The leader's columns, not fixed, that some follower sees so that its answer may depend on them."""
    game, below = setting.game, setting.followers
    mine = (game.owner == setting.leader) & ~fixed_columns(game)
    seen = np.zeros(game.columns, np.bool_)

    def follows(player: Ints) -> Bools:
        mask: Bools = (player >= 0) & below[player]
        return mask

    row, goal = game.row_quad, game.objective_quad
    leads = np.zeros(len(game.players), np.bool_)
    leads[[k for player in game.players for k in player.leaders]] = True
    seen[game.matrix.indices[follows(game.row_owner[game.matrix.row_numbers()])]] = True
    for one, two in ((0, 1), (1, 0)):
        in_row, in_goal = (row.i, row.j)[one], (goal.i, goal.j)[one]
        seen[in_row[follows(game.row_owner[row.row])]] = True
        beside = game.owner[(goal.i, goal.j)[two]]
        # One who leads in its turn moves its followers' columns and prices as well.
        moves = (beside == goal.row) | (leads[goal.row] & (beside != setting.leader))
        seen[in_goal[follows(goal.row) & moves]] = True
    return np.flatnonzero(seen & mine)


def search_space(setting: Setting, columns: Ints) -> SearchSpace | tuple[Diagnostic, ...]:
    """The box of these `columns`; G704 where one has no bounds: not declared, and none that all rows imply."""
    game = setting.game
    lower, upper = game.lower[columns], game.upper[columns]
    if not (np.isfinite(lower) & np.isfinite(upper)).all():
        relaxed = high_point(game)
        bounds = propagated(relaxed, ColumnBounds.of(relaxed))
        lower, upper = bounds.lower[columns], bounds.upper[columns]
        endless = np.flatnonzero(~(np.isfinite(lower) & np.isfinite(upper)))
        low, high = _ranges(relaxed, columns[endless])
        lower[endless], upper[endless] = np.maximum(lower[endless], low), np.minimum(upper[endless], high)
    integer = game.kind[columns] == INTEGER
    lower, upper = _whole(lower, upper, integer)
    endless = np.flatnonzero(~(np.isfinite(lower) & np.isfinite(upper)))
    if len(endless):
        return (_endless(game, int(columns[endless[0]]), lower[endless[0]], upper[endless[0]], len(endless)),)
    # A column whose rows contradict each other keeps one value; evaluating it says what is wrong.
    return SearchSpace(columns, lower, np.maximum(lower, upper), integer, game.kind[columns] == SEMICONTINUOUS)


def tightened(space: SearchSpace, game: GroundGame) -> SearchSpace:
    """The space without decisions that break linear constraints whatever the followers decide: such have no value, and
    where bounds are wide they may be nearly all there are."""
    free = np.flatnonzero(~space.switched & (space.lower < space.upper))
    low, high = _ranges(high_point(game), space.columns[free])
    low, high = _whole(low, high, space.integer[free])
    lower, upper = space.lower.copy(), space.upper.copy()
    low, high = np.maximum(lower[free], low), np.minimum(upper[free], high)
    # Where nothing is left, evaluating any decision says what is wrong.
    some = low <= high
    lower[free], upper[free] = np.where(some, low, lower[free]), np.where(some, high, upper[free])
    return replace(space, lower=lower, upper=upper)


def _whole(lower: Floats, upper: Floats, integer: Bools) -> tuple[Floats, Floats]:
    """The ends, those of whole numbers on them: ends come from LPs, and one too many costs less than one too few."""
    slip = SLIP * np.maximum(1.0, np.maximum(np.abs(lower), np.abs(upper)))
    slip = np.where(np.isfinite(slip), slip, SLIP)
    return np.where(integer, np.ceil(lower - slip), lower), np.where(integer, np.floor(upper + slip), upper)


def _ranges(relaxed: Program, columns: Ints) -> tuple[Floats, Floats]:
    """The ranges of columns over the linear rows of the relaxation, infinite where there are none."""
    linear = replace(
        relaxed,
        integer=np.zeros(relaxed.columns, np.bool_),
        sos1=relaxed.sos1[:0],
        row_quad=relaxed.row_quad.take(np.zeros(relaxed.row_quad.entries, np.bool_)),
        row_lower=_without(relaxed, relaxed.row_lower, -np.inf),
        row_upper=_without(relaxed, relaxed.row_upper, np.inf),
        cost=np.zeros(relaxed.columns),
        cost_quad=Quad.empty(),
        curves=(),
    )
    ends = np.tile([[-np.inf], [np.inf]], (1, len(columns)))
    if not len(columns) or Highs().refuses(linear):
        return ends[0], ends[1]
    model = HighsModel(linear)
    for k, column in enumerate(columns):
        for end, sense in enumerate((1.0, -1.0)):
            model.change_costs(columns[k : k + 1], np.array([sense]))
            outcome = model.solve(Options(PATIENCE, tolerance=TOLERANCE))
            if outcome.ending is Ending.OPTIMAL and outcome.z is not None:
                ends[end, k] = outcome.z[column]
        model.change_costs(columns[k : k + 1], np.zeros(1))
    return ends[0], ends[1]


def _without(relaxed: Program, limits: Floats, free: float) -> Floats:
    """Row limits, those of rows with products freed."""
    limits = limits.copy()
    limits[np.unique(relaxed.row_quad.row)] = free
    return limits


def _endless(game: GroundGame, column: int, lower: float, upper: float, count: int) -> Diagnostic:
    block = block_of(game.column_blocks, column)
    side = "below" if np.isfinite(upper) else "above" if np.isfinite(lower) else "on both sides"
    more = f", nor have {count - 1} more" if count > 1 else ""
    return Diagnostic(
        "G704",
        f"`{game.column_label(column)}` has no bound {side}{more}: a search over the leader needs a range to search",
        block.span,
        "a decision of the leader that its followers see",
        hints=(
            Hint(f"give it bounds: `var {block.name} in [a, b]`"),
            Hint("`--method kkt` and `--method value_function` need none, where the followers suit them"),
        ),
    )
