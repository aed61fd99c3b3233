"""A GroundGame in, the class of each player's problem in its own columns out: LP, QP, MILP ..., with the reason and
its place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.curvature import Curvature, Shape, shape_of
from compiler.ground.fixed_columns import fixed_columns
from compiler.ground.ground_game import REAL, GroundGame, block_of
from compiler.ground.sparse import Bools, Ints, Quad
from grammar.source import Span


@dataclass(frozen=True)
class PlayerClass:
    """What a player's problem is in its own columns, those of others being data.

    `integer` is the first own column that is not real (-1 if none); a column with equal bounds counts as data. `pair`
    is the first own column that is one of a complementary pair (-1 if none).
    `objective` is the curvature of the objective in the sense of minimising; `rows` that of the worst own row or smooth
    function; `smooth` says whether there are such functions.
    `reason` says in the words of the file what makes the problem not an LP, empty for an LP; `span` is where that is
    declared.
    """

    player: int
    integer: int
    objective: Curvature
    rows: Curvature
    reason: str = ""
    span: Span | None = None
    pair: int = -1
    smooth: bool = False

    @property
    def convex(self) -> bool:
        return self.integer < 0 and self.pair < 0 and self.objective in _TAME and self.rows in _TAME

    @property
    def linear_rows(self) -> bool:
        return self.rows is Curvature.LINEAR

    @property
    def name(self) -> str:
        """LP, QP, MILP, MIQP, QCP, NLP ... with `nonconvex` in front where that is so."""
        wild = self.objective not in _TAME or self.rows not in _TAME
        kind = "LP" if self.objective is Curvature.LINEAR else "QP"
        if not self.linear_rows:
            kind = "QCP"
        if self.smooth:
            kind = "NLP"
        word = ("MI" if self.integer >= 0 else "") + kind
        word = f"nonconvex {word}" if wild else word
        return f"{word} with complementarity" if self.pair >= 0 else word


_TAME = (Curvature.LINEAR, Curvature.CONVEX)


def player_classes(game: GroundGame) -> tuple[PlayerClass, ...]:
    """One class for each player, in the order of `game.players`."""
    free = ~fixed_columns(game)
    discrete = np.flatnonzero((game.kind != REAL) & free & (game.owner >= 0))
    first_discrete = np.full(len(game.players), -1, np.int64)
    # Written from the last to the first, so the first column of each owner stays.
    first_discrete[game.owner[discrete][::-1]] = discrete[::-1]
    paired = game.complementary[game.owner[game.complementary[:, 0]] >= 0, 0]
    first_pair = np.full(len(game.players), -1, np.int64)
    first_pair[game.owner[paired][::-1]] = paired[::-1]
    objective_own = _own(game, game.objective_quad, game.objective_quad.row, free)
    row_own = _own(game, game.row_quad, game.row_owner[game.row_quad.row], free)
    row_of = game.row_owner[game.row_quad.row]
    return tuple(
        _class_of(
            game,
            p,
            int(first_discrete[p]),
            int(first_pair[p]),
            game.objective_quad.take(objective_own & (game.objective_quad.row == p)),
            game.row_quad.take(row_own & (row_of == p)),
        )
        for p in range(len(game.players))
    )


def _own(game: GroundGame, quad: Quad, player: Ints, free: Bools) -> Bools:
    """Products of two columns that both belong to the player whose row or objective holds them."""
    mask: Bools = (game.owner[quad.i] == player) & (game.owner[quad.j] == player) & free[quad.i] & free[quad.j]
    return mask


def _class_of(game: GroundGame, p: int, integer: int, pair: int, objective: Quad, rows: Quad) -> PlayerClass:
    player = game.players[p]
    goal = shape_of(objective.i, objective.j, player.sense * objective.value)
    worst_row, worst = _rows_shape(game, rows)
    smooth, bent = _own_curves(game, p)
    rows_curvature = worst.curvature
    if smooth >= 0 and worst.convex:
        rows_curvature = Curvature.NONCONVEX if bent else Curvature.CONVEX
    reason, span = "", None
    if integer >= 0:
        block = block_of(game.column_blocks, integer)
        reason, span = f"`{game.column_label(integer)}` takes whole numbers only", block.span
        if game.kind[integer] == 2:
            reason = f"`{game.column_label(integer)}` is semicontinuous"
    elif pair >= 0:
        block = block_of(game.column_blocks, pair)
        reason, span = f"`{player.name}` has a complementarity", block.span
    elif not goal.convex:
        lack = "is minimised but not convex" if player.sense > 0 else "is maximised but not concave"
        reason = f"the objective `{player.objective}` of `{player.name}` {lack}: {_shown(game, goal)}"
        span = player.objective_span or player.span
    elif not worst.convex:
        reason = f"`{game.row_label(worst_row)}` bounds no convex set: {_shown(game, worst)}"
        span = block_of(game.row_blocks, worst_row).span
    elif smooth >= 0:
        block = block_of(game.column_blocks, smooth)
        lack = "is an equation that bounds no convex set" if bent else "is nonlinear"
        reason, span = f"`{block.name}` of `{player.name}` {lack}", block.span
    elif worst.curvature is not Curvature.LINEAR:
        reason = f"`{game.row_label(worst_row)}` is quadratic"
        span = block_of(game.row_blocks, worst_row).span
    elif goal.curvature is not Curvature.LINEAR:
        reason = f"the objective `{player.objective}` of `{player.name}` is quadratic"
        span = player.objective_span or player.span
    return PlayerClass(p, integer, goal.curvature, rows_curvature, reason, span, pair, smooth >= 0)


def _own_curves(game: GroundGame, p: int) -> tuple[int, bool]:
    """A column of the player that a smooth function defines (-1 if none), and whether the function makes its problem
    nonconvex; one that does is preferred."""
    column, bent = -1, False
    for curve in game.curves:
        mine = np.flatnonzero(game.owner[curve.result] == p)
        equal = mine[curve.relation[mine] == 0]
        if len(equal) and not bent:
            column, bent = int(curve.result[equal[0]]), True
        elif len(mine) and column < 0:
            column = int(curve.result[mine[0]])
    return column, bent


def _rows_shape(game: GroundGame, quad: Quad) -> tuple[int, Shape]:
    """The least tame among a player's rows, and its shape. Quadratic equalities and ranges are never convex."""
    worst_row, worst = -1, Shape(Curvature.LINEAR)
    cuts = np.flatnonzero(np.diff(quad.row)) + 1
    for part in np.split(np.arange(quad.entries), cuts) if quad.entries else []:
        r = int(quad.row[part[0]])
        below, above = np.isfinite(game.row_lower[r]), np.isfinite(game.row_upper[r])
        shapes = [shape_of(quad.i[part], quad.j[part], -quad.value[part])] if below else []
        shapes += [shape_of(quad.i[part], quad.j[part], quad.value[part])] if above else []
        for shape in shapes:
            if not shape.convex:
                return r, shape
            worst_row, worst = r, shape
    return worst_row, worst


def _shown(game: GroundGame, shape: Shape) -> str:
    if shape.curvature is Curvature.UNPROVEN:
        return "its products join too many variables for a proof"
    if shape.i == shape.j:
        return f"the square of `{game.column_label(shape.i)}` has the wrong sign"
    return f"see the product of `{game.column_label(shape.i)}` and `{game.column_label(shape.j)}`"
