"""A GroundGame, a player and the `Convexity` of its problem in; out whether, for every decision of the others, it has a
point that holds its nonlinear constraints with room. Then its optimality conditions are necessary.

`slater_points` asks for one point that serves all decisions of the others. Here it may depend on them, for each part
of the problem that shares neither columns nor rows with another:
  where the constraints are convex in the decisions of all together, points at the corners of the others' bounds do:
    what mixes the corners mixes their points, and has at least as much room as they have on the average;
  elsewhere a point that serves the whole box, or one that follows the others' decisions (`slater_affine`);
  else the others' bounds are cut into boxes, each with a point of its own.
What a solver finds is evaluated again, with intervals over the box.
Reference: Rockafellar, Convex Analysis (1970), theorem 28.2; Bemporad, Borrelli and Morari, IEEE Trans. Autom. Control
    48 (2003) 1600 (corners of parameters).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.hidden_convexity import Convexity
from compiler.ground.own_functions import Shaped, involved
from compiler.ground.sparse import Csr, Floats, Ints, Quad
from compiler.reformulations.best_response import best_response
from compiler.reformulations.program import Program
from runtime.methods.slater_affine import following_point
from runtime.methods.slater_points import ENOUGH, HELD, PATIENCE, ROOM
from runtime.methods.slater_sides import OwnPart, convex_together, own_parts
from runtime.solvers.scip import Scip
from runtime.solvers.solver import Options

CORNERS = 64
"""The most corners, and the most boxes, for which points are looked for."""


def has_room(convexity: Convexity) -> bool:
    """See the module. False also where none was found."""
    if not convexity.rows and not convexity.columns and not convexity.steep:
        return True
    return all(_part_has_room(convexity, part) for part in own_parts(convexity))


def _part_has_room(convexity: Convexity, part: OwnPart) -> bool:
    functions = convexity.functions
    lower, upper = functions.box()
    wide = part.others[upper[part.others] > lower[part.others]]
    if not np.isfinite(upper[wide] - lower[wide]).all():
        return False
    variables = functions.free.copy()
    variables[wide] = True
    together = Shaped(functions, lower, upper, variables)
    if all(convex_together(side, together) for side in part.sides):
        corners = _corners(part, lower, upper, wide)
        if corners is not None:
            return all(_served(convexity, part, corner, corner) for corner in corners)
    if _served(convexity, part, lower, upper) or following_point(convexity, part, lower, upper, wide) is not None:
        return True
    return _cut(convexity, part, lower, upper, wide)


def _corners(part: OwnPart, lower: Floats, upper: Floats, wide: Ints) -> list[Floats] | None:
    """The bounds (columns,) of all columns at each corner of the others' bounds; None if there are too many. Columns
    that are seen in fixed proportions only, as in one sum, move together."""
    plain: dict[int, list[float]] = {int(c): [0.0] * len(part.sides) for c in wide}
    for k, side in enumerate(part.sides):
        e = side.expression
        for c, v in e.terms:
            if c in plain:
                plain[c][k] += v
        for c in {c for i, j, _ in e.products for c in (i, j)} & plain.keys():
            plain[c][k] = np.nan
    groups: dict[tuple[float, ...] | int, list[tuple[int, bool]]] = {}
    for c, seen in plain.items():
        largest = max(seen, key=abs)
        if np.isnan(seen).any() or largest == 0.0:
            groups[c] = [(c, True)]
        else:
            groups.setdefault(tuple(v / largest for v in seen), []).append((c, largest > 0))
    if 2 ** len(groups) > CORNERS:
        return None
    found = []
    for number in range(2 ** len(groups)):
        corner = _middle(lower, upper)
        for bit, members in enumerate(groups.values()):
            for c, same in members:
                corner[c] = upper[c] if bool(number >> bit & 1) == same else lower[c]
        found.append(corner)
    return found


def _middle(lower: Floats, upper: Floats) -> Floats:
    """Zero where there is none."""
    bounded = np.isfinite(lower) & np.isfinite(upper)
    return np.where(bounded, (np.where(bounded, lower, 0.0) + np.where(bounded, upper, 0.0)) / 2, 0.0)


def _cut(convexity: Convexity, part: OwnPart, lower: Floats, upper: Floats, wide: Ints) -> bool:
    left, count = [(lower, upper)], 1
    while left:
        low, high = left.pop()
        if _served(convexity, part, low, high):
            continue
        count += 1
        if count > CORNERS or not len(wide):
            return False
        k = wide[int(np.argmax((high - low)[wide] / (upper - lower)[wide]))]
        first, second = high.copy(), low.copy()
        first[k] = second[k] = (low[k] + high[k]) / 2
        left += [(low, first), (second, high)]
    return True


def _served(convexity: Convexity, part: OwnPart, lower: Floats, upper: Floats) -> bool:
    """Whether one point holds all sides for all decisions of the others between these bounds, the bent ones with
    room."""
    functions = convexity.functions
    v = _point(convexity, part, _middle(lower, upper))
    if v is None:
        return False
    low, high = lower.copy(), upper.copy()
    low[part.own] = high[part.own] = v[part.own]
    shaped = Shaped(functions, low, high, np.zeros(len(low), np.bool_))
    return all(s.room(shaped.expression(s.expression)) >= (ROOM if s.bent else -HELD) for s in part.sides)


def _point(convexity: Convexity, part: OwnPart, x: Floats) -> Floats | None:
    """The player's point (columns,) with most room where the others decide x."""
    functions = convexity.functions
    game, player = functions.game, functions.player
    program, recovery = best_response(game, player, x)
    n = program.columns
    concerned = [s.expression for s in part.sides]
    numbers = np.flatnonzero(game.row_owner == player)
    kept = np.isin(numbers, functions.defining) | np.array(
        [int(r) in functions.rows and functions.rows[int(r)] in concerned for r in numbers], np.bool_
    )
    row, column, value = [program.matrix.row_numbers()], [program.matrix.indices], [program.matrix.data]
    row_lower = np.where(kept, program.row_lower, -np.inf)
    row_upper = np.where(kept, program.row_upper, np.inf)
    others = set(part.others.tolist())
    for k, r in enumerate(numbers.tolist()):
        # Linear rows that the others move are to hold around x too, where they can.
        loose = kept[k] and row_lower[k] < row_upper[k] and r in functions.rows
        if r in convexity.rows or (loose and others & involved(functions, functions.rows[r].columns)):
            at = n if r in convexity.rows else n + 1
            for end, sign in ((row_upper[k], 1.0), (row_lower[k], -1.0)):
                if np.isfinite(end) and np.isinf(row_lower[k] + row_upper[k]):
                    row, column = [*row, np.array([k])], [*column, np.array([at])]
                    value.append(np.array([sign]))
    limits: list[tuple[int, float, float]] = []
    for c in (*convexity.columns, *convexity.steep):
        at, low, high = int(recovery.column[c]), float(game.lower[c]), float(game.upper[c])
        if np.isfinite(high) and c in convexity.columns:
            limits.append((at, -1.0, -high))
        if np.isfinite(low) or c in convexity.steep:
            limits.append((at, 1.0, max(low, 0.0) if c in convexity.steep else low))
    for at, sign, limit in limits:
        new = np.array([len(row_lower)] * 2)
        row, column, value = [*row, new], [*column, np.array([at, n])], [*value, np.array([sign, -1.0])]
        row_lower, row_upper = np.append(row_lower, limit), np.append(row_upper, np.inf)
    extended: Program = replace(
        program,
        lower=np.append(program.lower, [0.0, 0.0]),
        upper=np.append(program.upper, [ENOUGH, ENOUGH]),
        integer=np.append(program.integer, [False, False]),
        cost=np.append(np.zeros(n), [-1.0, -1.0]),
        cost_constant=0.0,
        cost_quad=Quad.empty(),
        matrix=Csr.from_coo(np.concatenate(row), np.concatenate(column), np.concatenate(value), len(row_lower), n + 2),
        row_lower=row_lower,
        row_upper=row_upper,
        column_parts=(),
        row_parts=(),
    )
    z = Scip().solve(extended, Options(PATIENCE)).z
    if z is None:
        return None
    found = x.copy()
    found[game.owner == player] = z[:n]
    return found
