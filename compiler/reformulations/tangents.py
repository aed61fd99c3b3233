"""Followers with convex nonlinear problems, with their curves replaced by tangents at the answer itself.

From: GroundGame whose followers hold `z >= f(a)`, f convex, or `z <= f(a)`, f concave, beside linear rows; or
    `z = f(a)`, where the problem is convex with f(a) put in for z (`compiler.ground.hidden_convexity`).
To: the game in which such a follower has `z >= F + G*(a - A)` instead (`==` for `=`), linear in its own columns;
    whoever leads decides A, F and G, and has the rows and curves `A = a`, `F = f(A)`, `G = f'(A)`.
Requires: curves that are convex, with results that can always be loosened: no bound on the loose
    side, and no row but those that define the arguments of other curves (`loose`); and arguments within the interior of
    the domain (`vertical_at_zero`). Then the strictly feasible point exists that multipliers need (Slater). Where this
    does not hold, `runtime.methods.slater_points` has to find one.
Exact: yes. A convex problem and the one with its constraints linearised at x have the same optimality conditions at x;
    with Slater's condition these are necessary and sufficient for both.
Way back: the first n columns and m rows are the game's own; the last player, where one was added, is no player.
Reference: Rockafellar, Convex Analysis (1970), section 28; for bilevel problems Dempe, Foundations of Bilevel
    Programming (2002), chapter 5.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.curves import Curve
from compiler.ground.ground_game import MINIMIZE, REAL, Block, GroundGame, GroundPlayer
from compiler.ground.propagate import product_range
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad

SLOPES = {
    "exp": ("exp", np.nan, 1.0),
    "log": ("power", -1.0, 1.0),
    "sqrt": ("power", -0.5, 0.5),
    "sin": ("cos", np.nan, 1.0),
    "cos": ("sin", np.nan, -1.0),
}
"""Function -> its derivative: function, parameter, factor. That of `power` depends on the exponent; those of `tan` and
`tanh` are 1 + f^2 and 1 - f^2."""


def loose(game: GroundGame, followers: Bools) -> Bools:
    """Which curve results (columns,) of the followers (p,) can always be loosened; True elsewhere."""
    good = np.ones(game.columns, np.bool_)
    argument = np.zeros(game.columns, np.bool_)
    for curve in game.curves:
        argument[curve.argument] = True
    row, column = game.matrix.row_numbers(), game.matrix.indices
    # A row that defines an argument can follow whatever the values in it do: the argument is free.
    defines = np.zeros(game.rows, np.bool_)
    defines[row[argument[column]]] = True
    defines &= np.isinf(game.row_lower) | np.isinf(game.row_upper)
    tied = np.zeros(game.columns, np.bool_)
    tied[column[~defines[row]]] = True
    tied[game.row_quad.i] = tied[game.row_quad.j] = True
    for curve in game.curves:
        above, below = curve.relation > 0, curve.relation < 0
        kept = (above & np.isinf(game.upper[curve.result])) | (below & np.isinf(game.lower[curve.result]))
        good[curve.result] &= (kept & ~tied[curve.result]) | ~followers[game.owner[curve.result]]
    return good


def vertical_at_zero(game: GroundGame, followers: Bools) -> Bools:
    """Arguments (columns,) of the followers' curves that are defined at zero but rise vertically there: `sqrt(a)`, and
    `a^p` with 0 < p < 1. Where the others' decisions leave no other argument, there is no multiplier: `0 <= q <= y` at
    y = 0 has sqrt(q) at its best, and a search among points with multipliers passes it by."""
    found = np.zeros(game.columns, np.bool_)
    for curve in game.curves:
        found[curve.argument[steep(curve) & followers[game.owner[curve.result]]]] = True
    return found


def steep(curve: Curve) -> Bools:
    """Which pairs (k,) rise vertically at zero."""
    if curve.function == "power":
        return np.asarray((curve.parameter > 0) & (curve.parameter < 1))
    return np.full(len(curve.result), curve.function == "sqrt")


def urged(game: GroundGame, lower: Floats, upper: Floats) -> Bools:
    """Columns (n,) of which their owner's objective wants more, or less, by at least some rate whatever is decided
    within the bounds (n,). The root of zero is no answer then, where there is another: `y - x*sqrt(y)` is least at
    y = 0 if x may be zero."""
    row, column = game.objective.row_numbers(), game.objective.indices
    mine = game.owner[column] == row
    low = np.bincount(column[mine], game.objective.data[mine], game.columns)
    high = low.copy()
    quad = game.objective_quad
    for one, other in ((quad.i, quad.j), (quad.j, quad.i)):
        own = game.owner[one] == quad.row
        least, most = product_range(quad.value[own], quad.value[own], lower[other[own]], upper[other[own]])
        low += np.bincount(one[own], least, game.columns)
        high += np.bincount(one[own], most, game.columns)
    return np.asarray((low > 0) | (high < 0))


def tangents(game: GroundGame, followers: Bools, leader: int) -> tuple[GroundGame, int]:
    """The game without curves of `followers` (p,), and the number of the player who decides on the tangents: `leader`,
    or a new one that leads everybody where that is negative. Curves of relation 0 stay equations."""
    mine = [(c, followers[game.owner[c.result]]) for c in game.curves]
    kept = tuple(c.take(~m) for c, m in mine if not m.all())
    inner = [c.take(m) for c, m in mine if m.any()]
    players, maker = game.players, leader
    if leader < 0:
        maker = len(players)
        players = tuple(replace(p, leaders=(maker,)) for p in players)
        players += (GroundPlayer("tangents", (), "nothing", MINIMIZE),)
    argument = _joined([c.argument for c in inner])
    result = _joined([c.result for c in inner])
    relation = _joined([c.relation for c in inner])
    factor = np.ones(len(argument))
    k, n, m = len(argument), game.columns, game.rows
    at, value, slope, offset = (n + j * k + np.arange(k) for j in range(4))
    new_curves: list[Curve] = []
    derived = np.zeros(k)
    done = 0
    for c in inner:
        here = slice(done, done + len(c.argument))
        done += len(c.argument)
        none = np.zeros(len(c.argument), np.int64)
        new_curves.append(Curve(c.function, at[here], value[here], c.parameter, none))
        if c.function in ("tan", "tanh"):
            derived[here] = 1.0 if c.function == "tan" else -1.0
            continue
        name, parameter, factor[here] = SLOPES.get(c.function, ("power", np.nan, 1.0))
        exponents = np.full(len(none), parameter)
        if c.function == "power":
            factor[here], exponents = c.parameter, c.parameter - 1.0
        new_curves.append(Curve(name, at[here], slope[here], exponents, none))

    # Rows: the tangent (the follower's); A = a; C = F - factor*G*A; and G = 1 +- F^2 where no curve gives it.
    rest = np.flatnonzero(derived)
    tangent, same, shift, square = m + np.arange(k), m + k + np.arange(k), m + 2 * k + np.arange(k), m + 3 * k
    square_rows = square + np.arange(len(rest))
    rows = m + 3 * k + len(rest)
    one, none_ = np.ones(k), np.zeros(k)
    matrix = Csr.from_coo(
        np.concatenate([game.matrix.row_numbers(), tangent, tangent, same, same, shift, shift, square_rows]),
        np.concatenate([game.matrix.indices, result, offset, at, argument, offset, value, slope[rest]]),
        np.concatenate([game.matrix.data, one, -one, one, -one, one, -one, np.ones(len(rest))]),
        rows,
        n + 4 * k,
    )
    quad = game.row_quad
    row_quad = Quad.from_entries(
        np.concatenate([quad.row, tangent, shift, square_rows]),
        np.concatenate([quad.i, argument, at, value[rest]]),
        np.concatenate([quad.j, slope, slope, value[rest]]),
        np.concatenate([quad.value, -factor, factor, -derived[rest]]),
        n + 4 * k,
    )
    owner = game.owner[result]
    lead_rows = 2 * k + len(rest)
    low = np.where(relation >= 0, 0.0, -np.inf)
    high = np.where(relation <= 0, 0.0, np.inf)
    wide = np.full(k, np.inf)
    added = len(players) - len(game.players)
    return (
        replace(
            game,
            players=players,
            lower=np.concatenate([game.lower, game.lower[argument], -wide, -wide, -wide]),
            upper=np.concatenate([game.upper, game.upper[argument], wide, wide, wide]),
            kind=np.concatenate([game.kind, np.full(4 * k, REAL, game.kind.dtype)]),
            start=np.concatenate([game.start, np.full(4 * k, np.nan)]),
            owner=np.concatenate([game.owner, np.full(4 * k, maker)]),
            price_row=np.concatenate([game.price_row, np.full(4 * k, -1)]),
            column_blocks=(*game.column_blocks, _block("tangent", n, 4 * k)),
            matrix=matrix,
            row_lower=np.concatenate([game.row_lower, low, none_, none_, np.ones(len(rest))]),
            row_upper=np.concatenate([game.row_upper, high, none_, none_, np.ones(len(rest))]),
            row_quad=row_quad,
            row_owner=np.concatenate([game.row_owner, owner, np.full(lead_rows, maker)]),
            row_blocks=(*game.row_blocks, _block("tangent", m, rows - m)),
            objective=Csr(
                np.concatenate([game.objective.indptr, np.full(added, game.objective.nnz)]),
                game.objective.indices,
                game.objective.data,
                n + 4 * k,
            ),
            objective_constant=np.concatenate([game.objective_constant, np.zeros(added)]),
            row_group=_padded(game.row_group, rows - m) if len(game.row_group) else game.row_group,
            curves=(*kept, *new_curves),
            column_unit=None if game.column_unit is None else np.concatenate([game.column_unit, np.ones(4 * k)]),
            row_unit=None if game.row_unit is None else np.concatenate([game.row_unit, np.ones(rows - m)]),
            objective_unit=None if game.objective_unit is None else np.append(game.objective_unit, np.ones(added)),
        ),
        maker,
    )


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _padded(numbers: Ints, count: int) -> Ints:
    return np.concatenate([numbers, np.full(count, -1)])


def _block(name: str, start: int, size: int) -> Block:
    """Numbers, as these belong to nothing in the file."""
    return Block("", name, start, start + size, ("",), ("",), (tuple(range(1, size + 1)),), lifted=True)
