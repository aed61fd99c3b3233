"""A leader over followers with whole numbers: their optimality, as far as some of their answers tell it.

From: GroundGame; one leader; followers, of whom the `mixed` have whole numbers. With x what others decide, a mixed
    follower minimises f(x, w, v) over whole w and real v with rows a(x, w, v) <= b. Some assignments w_k are known;
    theta_k(x) = min over v of f(x, w_k, v) is infinite where w_k is impossible.
To: the game in which the leader owns the mixed followers' columns and rows (the high-point relaxation), with
      f(x, w, v) <= theta_k(x) for every known k                                                              (1)
    where w_k is possible. For each k two players follow the leader: one finds by how much rows have to give way,
      t_k(x) = min { t : rows at w_k hold up to t },  t >= -1,
    the other one finds theta_k(x) with its rows relaxed by max(0, t_k), so that it always has an answer. (1) gets a
    slack that is complementary to max(0, -t_k): w_k counts as impossible where t_k >= 0. Where no row joins real
    columns to x, and all is bounded, a binary for each row that may forbid w_k says so in place of the first player;
    where w_k is always possible, or f has no real columns, players are left out.
    A `Known` value at one x of whole numbers says
      f(x', w, v) <= phi(x) unless x' is at least 1 away from x.                                              (2)
Requires: mixed followers linear in their own columns, who see nobody but the leader; others as for `kkt`.
Exact or bound: a relaxation of the game: every point with optimal followers satisfies (1) and (2), as t_k = 0 leaves
    both open. Rows of whole numbers alone are violated by a least amount (`granularity`) or not at all, and count only
    then. With a `margin` above 0 an assignment counts as impossible where t_k is at least that large: then it is no
    relaxation any more, as it is taken for possible where t_k is less.
Way back: columns, rows and players of the game keep their numbers.
Reference: Zeng and An, "Solving bilevel mixed integer program by reformulations and decomposition" (2014); Yue, Gao,
    Zeng and You, J. Glob. Optim. 73 (2019) 27; Moore and Bard, Oper. Res. 38 (1990) 911.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from compiler.ground.fixed_columns import fixed_columns
from compiler.ground.ground_game import INTEGER, SEMICONTINUOUS, GroundGame
from compiler.ground.sparse import Bools, Floats, Ints
from compiler.reformulations.column_bounds import ColumnBounds, propagated
from compiler.reformulations.dropping import losses_by_dropping
from compiler.reformulations.extended_game import ExtendedGame
from compiler.reformulations.granularity import least_violation
from compiler.reformulations.held_columns import Held, held
from compiler.reformulations.high_point import high_point
from compiler.reformulations.known_values import Known, add_known
from compiler.reformulations.own_terms import own_goal, put_row

MARGIN = 1e-5
"""What a row must be violated by, over its largest coefficient, to make an answer impossible for every solver and for
the certificate: ten times the tolerance of the latter."""

SWITCHED_ON = 1e-9
"""A semicontinuous column that is farther from zero than this is on."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """What whole numbers (and which switches) `player` may choose: those of `x` (n,); `margin`, 0 or `MARGIN`, as in
    the module."""

    player: int
    x: Floats
    margin: float = 0.0


def led(game: GroundGame, mixed: Bools, leader: int) -> GroundGame:
    """The game in which the leader decides for the `mixed` (p,) and keeps their constraints."""
    return replace(
        game,
        owner=np.where((game.owner >= 0) & mixed[game.owner], leader, game.owner),
        row_owner=np.where((game.row_owner >= 0) & mixed[game.row_owner], leader, game.row_owner),
    )


def with_value_functions(
    game: GroundGame, mixed: Bools, leader: int, assignments: list[Assignment], known: list[Known]
) -> tuple[GroundGame, Bools]:
    """The game of the module, and who its followers are: (players,)."""
    more = ExtendedGame(led(game, mixed, leader), leader)
    relaxed = high_point(game)
    bounds = propagated(relaxed, ColumnBounds.of(relaxed))
    # Of all that is decided; a follower's other answers need not heed its leader's constraints.
    tight = replace(game, lower=bounds.lower[: game.columns], upper=bounds.upper[: game.columns])
    for number, assignment in enumerate(assignments):
        _add_assignment(more, game, tight, assignment, number)
    for value in known:
        add_known(more, game, tight, value)
    players = len(game.players) + len(more.players)
    followers = np.zeros(players, np.bool_)
    followers[: len(game.players)] = ~mixed
    followers[leader] = False
    followers[len(game.players) :] = True
    return more.built(), followers


@dataclass(frozen=True, eq=False)
class _Sides:
    """Rows with their limits as one-sided conditions `sign*row <= sign*limit`, or equations where `sign` is 0: `row`
    (s,) their numbers among the player's, `limit`, `give` by how much each yields for one unit of t, `room` by how
    much more it is violated where t = 0."""

    row: Ints
    sign: Floats
    limit: Floats
    give: Floats
    room: Floats

    def take(self, mask: Bools) -> _Sides:
        return _Sides(self.row[mask], self.sign[mask], self.limit[mask], self.give[mask], self.room[mask])


def _add_assignment(
    more: ExtendedGame, game: GroundGame, tight: GroundGame, assignment: Assignment, number: int
) -> None:
    """With bounds of what is decided as in `tight`."""
    p, x = assignment.player, assignment.x
    name = f"answer {number + 1} of {game.players[p].name}"
    mine, fixed = game.owner == p, fixed_columns(game)
    whole = mine & (game.kind == INTEGER)
    off = mine & (game.kind == SEMICONTINUOUS) & (np.abs(x) <= SWITCHED_ON)
    values = np.where(whole, np.round(x), np.where(off, 0.0, np.where(fixed, game.lower, x)))
    real = np.flatnonzero(mine & ~fixed & ~whole & ~off)
    constant = fixed | whole | off
    # The player's real columns are numbered after all others; copies replace them.
    place = np.where(constant, -1, np.arange(game.columns))
    place[real] = game.columns + np.arange(len(real))
    rows = np.flatnonzero(game.row_owner == p)
    body = held(game.matrix.take_rows(rows), game.row_quad.take_rows(rows), place, values, game.columns + len(real))
    low, high = game.row_lower[rows] - body.constant, game.row_upper[rows] - body.constant
    own, others = body.rows_with(game.columns, above=True), body.rows_with(game.columns, above=False)
    linked = own & others
    equation = (low == high) & own
    solvable = linked & equation & body.independent(game.columns, equation, linked)
    # Where equations hold x, the bounds and inequalities of the real columns are what can fail.
    yielding = own & ((linked & ~solvable) | (bool(solvable.any()) & ~equation))
    can_fail = _sides(game, body, low, high, yielding | (others & ~own))
    lower, upper = np.append(tight.lower, game.lower[real]), np.append(tight.upper, game.upper[real])
    reach = _reach(body, can_fail, lower, upper)
    may = own[can_fail.row] | ~(reach <= 1e-9 * np.maximum(1.0, np.abs(can_fail.limit)))
    can_fail, reach = can_fail.take(may), reach[may]
    hard = _hard(low, high, own & ~yielding)
    bounds = bool(solvable.any())
    goal = own_goal(game, p, place, values)
    top = own_goal(game, p, np.arange(game.columns), np.zeros(game.columns))
    widest = float((top.range_of(lower, upper)[1] - goal.range_of(lower, upper)[0] - goal.constant)[0])
    slack = None
    give_way = np.zeros(0, np.int64)
    if len(can_fail.row) and not linked.any() and np.isfinite(widest):
        least = _least(body, can_fail, lower, upper)
        if np.isfinite(least).all():
            losses = np.minimum(losses_by_dropping(game, p, values)[can_fail.row], max(0.0, widest))
            slack = _by_switches(more, tight, body, can_fail, least, assignment.margin, max(0.0, widest), losses, name)
    if slack is None and (len(can_fail.row) or bounds):
        # Bounds that no answer needs to go beyond: none is known where the real columns have none.
        most = np.inf if bounds else float(np.max((reach - can_fail.room) / can_fail.give))
        t, give_way, slack = _impossibility(more, assignment.margin, most, name)
        # Without a row that joins them to others' decisions the real columns can always be had.
        inside = real if linked.any() else real[:0]
        copies = _copies(more, t[1], game, inside, bounds, f"violation by {name}")
        _rows_of(more, t[1], body, can_fail, copies, game.columns, t[0], name)
        if linked.any():
            _rows_of(more, t[1], body, hard, copies, game.columns, t[0][:0], name)
        if bounds:
            _bounds_of(more, t[1], game, real, copies, t[0], name)
    limit = more.row(more.leader, np.array([-np.inf]), np.array([goal.constant[0]]), f"value of {name}")
    put_row(more, top, limit, 1.0)
    if goal.rows_with(game.columns, above=True)[0]:
        player = more.player(f"best {name}")
        copies = _copies(more, player, game, real, bounds, f"best {name}")
        at = np.concatenate([np.arange(game.columns), copies])
        more.goal(player, at[goal.linear.indices], goal.linear.data)
        more.goal_products(player, at[goal.products.i], at[goal.products.j], goal.products.value)
        inner = can_fail.take(own[can_fail.row])
        inner = replace(inner, room=np.zeros(len(inner.row)))
        _rows_of(more, player, body, inner, copies, game.columns, give_way, name)
        _rows_of(more, player, body, hard, copies, game.columns, give_way[:0], name)
        if bounds:
            _bounds_of(more, player, game, real, copies, give_way, name)
        put_row(more, goal, limit, -1.0, at)
    else:
        put_row(more, goal, limit, -1.0)
    if slack is not None:
        more.add(limit, slack, -1.0)
        if not bounds:
            more.bound(slack, np.array([max(0.0, widest)]))


def _impossibility(more: ExtendedGame, margin: float, most: float, name: str) -> tuple[tuple[Ints, int], Ints, Ints]:
    """A player that minimises t, which is at most `most`; (t, its number), max(0, t) and the slack that is zero where t
    is below the margin."""
    player = more.player(f"violation by {name}")
    t = more.column(player, np.array([-1.0]), np.array([np.inf]), f"violation by {name}")
    more.goal(player, t, np.ones(1))
    tops = np.array([max(0.0, most), 1.0 + margin, np.inf])
    above, below, slack = np.split(more.column(more.leader, np.zeros(3), tops, f"possibility of {name}"), 3)
    rows = more.row(more.leader, np.array([0.0, margin]), np.full(2, np.inf), f"possibility of {name}")
    more.add(rows, np.concatenate([above, below]), 1.0)
    more.add(rows, np.concatenate([t, t]), np.array([-1.0, 1.0]))
    more.pair(slack, below)
    return (t, player), above, slack


def _by_switches(
    more: ExtendedGame,
    tight: GroundGame,
    body: Held,
    sides: _Sides,
    least: Floats,
    margin: float,
    widest: float,
    losses: Floats,
    name: str,
) -> Ints:
    """A slack of at most `widest` that is zero unless one of the sides is violated, by a binary for each. Sides that
    are violated just where one binary column has one of its values need no other, and are worth their `losses` (s,)."""
    slack = more.column(more.leader, np.zeros(1), np.full(1, np.inf), f"possibility of {name}")
    limit = more.row(more.leader, np.array([-np.inf]), np.zeros(1), f"possibility of {name}")
    more.add(limit, slack, 1.0)
    part = body.linear.take_rows(sides.row)
    one = np.flatnonzero((np.diff(part.indptr) == 1) & ~np.isin(sides.row, body.products.row))
    column = part.indices[part.indptr[one]]
    one = one[(tight.kind[column] == INTEGER) & (tight.lower[column] == 0) & (tight.upper[column] == 1)]
    column = part.indices[part.indptr[one]]
    single = np.isin(np.arange(len(sides.row)), one)
    # A side that can be violated and is held is so at one of the two values.
    rising = sides.sign[one] * part.data[part.indptr[one]] > 0
    constant = float(np.sum(losses[one[~rising]]))
    more.add(np.repeat(limit, len(one)), column, np.where(rising, -losses[one], losses[one]))
    more.limit(limit, np.array([constant]))
    rest = sides.take(~single)
    count = len(rest.row)
    switch = more.switches(more.leader, count, f"row that forbids {name}")
    more.add(np.repeat(limit, count), switch, -widest)
    need = rest.room + margin * rest.give
    low = rest.sign * rest.limit + least[~single]
    rows = more.row(more.leader, low, np.full(count, np.inf), f"row that forbids {name}")
    lines, products = body.linear.take_rows(rest.row), body.products.take_rows(rest.row)
    more.add(rows[lines.row_numbers()], lines.indices, rest.sign[lines.row_numbers()] * lines.data)
    more.add_products(rows[products.row], products.i, products.j, rest.sign[products.row] * products.value)
    more.add(rows, switch, least[~single] - need)
    return slack


def _least(body: Held, sides: _Sides, lower: Floats, upper: Floats) -> Floats:
    """The least value of `sign*(row - limit)` within these bounds, at most 0: (s,)."""
    least, most = body.range_of(lower, upper)
    value = np.where(sides.sign > 0, least[sides.row] - sides.limit, sides.limit - most[sides.row])
    return np.minimum(value, 0.0)


def _sides(game: GroundGame, body: Held, low: Floats, high: Floats, chosen: Bools) -> _Sides:
    """The chosen rows, one condition for each limit."""
    size = body.row_sizes()
    parts = []
    for sign, limit in ((-1.0, low), (1.0, high)):
        row = np.flatnonzero(chosen & np.isfinite(limit))
        whole = least_violation(game, body, row, sign, limit[row])
        # So that the least violation counts with every margin.
        room = np.where(whole > 0, whole - MARGIN * size[row], 0.0)
        parts.append(_Sides(row, np.full(len(row), sign), limit[row], size[row], room))
    one, two = parts
    return _Sides(
        *(np.concatenate([getattr(one, f), getattr(two, f)]) for f in ("row", "sign", "limit", "give", "room"))
    )


def _reach(body: Held, sides: _Sides, lower: Floats, upper: Floats) -> Floats:
    """By how much each side is violated at most within these bounds: (s,)."""
    least, most = body.range_of(lower, upper)
    return np.where(sides.sign > 0, most[sides.row] - sides.limit, sides.limit - least[sides.row])


def _hard(low: Floats, high: Floats, chosen: Bools) -> _Sides:
    """The chosen rows as they are: equations once, the others once for each limit."""
    equal = np.flatnonzero(chosen & (low == high))
    below = np.flatnonzero(chosen & (low != high) & np.isfinite(low))
    above = np.flatnonzero(chosen & (low != high) & np.isfinite(high))
    row = np.concatenate([equal, below, above])
    sign = np.repeat([0.0, -1.0, 1.0], [len(equal), len(below), len(above)])
    limit = np.concatenate([low[equal], low[below], high[above]])
    return _Sides(row, sign, limit, np.zeros(len(row)), np.zeros(len(row)))


def _copies(more: ExtendedGame, player: int, game: GroundGame, real: Ints, free: bool, name: str) -> Ints:
    """Copies of the real columns, with their bounds unless `free`."""
    lower, upper = game.lower[real], game.upper[real]
    if free:
        lower, upper = np.full(len(real), -np.inf), np.full(len(real), np.inf)
    return more.column(player, lower, upper, name)


def _rows_of(
    more: ExtendedGame, player: int, body: Held, sides: _Sides, copies: Ints, start: int, gives: Ints, name: str
) -> None:
    """The sides as rows of `player`, in `copies` of the real columns, which are numbered from `start`; they yield with
    the column `gives`, if there is one."""
    equal = sides.sign == 0
    low = np.where(sides.sign > 0, -np.inf, sides.limit - sides.room)
    high = np.where(sides.sign < 0, np.inf, sides.limit + sides.room)
    rows = more.row(player, np.where(equal, sides.limit, low), np.where(equal, sides.limit, high), f"rows of {name}")
    at = np.concatenate([np.arange(start), copies, np.full(body.linear.columns - start - len(copies), -1)])
    part = body.linear.take_rows(sides.row)
    more.add(rows[part.row_numbers()], at[part.indices], part.data)
    products = body.products.take_rows(sides.row)
    more.add_products(rows[products.row], at[products.i], at[products.j], products.value)
    if len(gives):
        yielding = sides.give > 0
        more.add(rows[yielding], np.repeat(gives, int(yielding.sum())), (-sides.sign * sides.give)[yielding])


def _bounds_of(
    more: ExtendedGame, player: int, game: GroundGame, real: Ints, copies: Ints, gives: Ints, name: str
) -> None:
    """The bounds of the real columns as rows that yield with the column `gives`."""
    for sign, limit in ((-1.0, game.lower[real]), (1.0, game.upper[real])):
        there = np.flatnonzero(np.isfinite(limit))
        low = limit[there] if sign < 0 else np.full(len(there), -np.inf)
        high = limit[there] if sign > 0 else np.full(len(there), np.inf)
        rows = more.row(player, low, high, f"bounds of {name}")
        more.add(rows, copies[there], 1.0)
        more.add(rows, np.repeat(gives, len(there)), -sign)
