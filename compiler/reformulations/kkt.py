"""The optimality conditions of all followers, joined to the leader's problem.

From: GroundGame; a set of followers; a leader, or none (then every player is a "follower" and nothing is minimised).
To: for each follower with sense s (1 minimises, -1 maximises), objective f, rows l <= a x <= u and bounds on its own
    columns x_j, minimise the leader's objective over all columns and multipliers, subject to the leader's rows and,
      for each follower, a x - w_L = l,  a x + w_U = u                             (its rows, with slacks)
      s*df/dx_j - sum_r (y_L - y_U)_r da_r/dx_j - d_L + d_U = 0   (stationarity)
      (y_L, w_L), (y_U, w_U), (d_L, x_j - lower), (d_U, upper - x_j)  complementary pairs >= 0,
    where an equality has one free multiplier in place of y_L - y_U, and a column with equal bounds needs no condition.
    A price column of row r equals s*(y_L - y_U)_r: the change of the follower's optimal objective, in its own sense,
    per unit of r's right-hand side. Rows of several followers that are copies of one shared constraint
    (`row_group`) have one multiplier in common: s*price is equal among them (the normalised equilibrium of Rosen with
    equal weights, which is the variational one). Complementary pairs of the leader's own join the others. Every
    follower's objective is divided by a power of two, and so are rows, so that multipliers are near 1.
Requires: followers convex in their own columns with rows linear in them (products of an own column with another's are
    allowed and become products with multipliers). Then the conditions are necessary and sufficient, as linear rows
    need no constraint qualification.
Exact: yes. Followers that see each other's columns are at a Nash equilibrium among themselves for each leader
    decision; where answers tie, the leader chooses (optimistic).
Way back: the game's columns come first and keep their numbers; prices are the multipliers, scaled back.
Reference: Fortuny-Amat and McCarl, J. Oper. Res. Soc. 32 (1981) 783; Rosen, Econometrica 33 (1965) 520;
    Dempe, Foundations of Bilevel Programming (2002); Kleinert, Labbe, Ljubic and Schmidt, EURO J.
    Comput. Optim. 9 (2021) 100007.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import INTEGER, SEMICONTINUOUS, GroundGame
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from compiler.reformulations.best_response import with_semicontinuous
from compiler.reformulations.condition_columns import ConditionColumns, FollowersPart
from compiler.reformulations.program import Part, Program, Recovery


def kkt(game: GroundGame, followers: Bools, leader: int | None) -> tuple[Program, Recovery]:
    """The single-level Program of `followers` (p,) under `leader`; its pairs are `complementary`, for another
    reformulation.

    `game` must have no products of fixed columns (`fold_fixed_columns`). Raises ValueError where a row holds a
    product of two own columns.
    """
    theirs = FollowersPart.of(game, followers)
    added = ConditionColumns.of(game, theirs)
    rows = _Rows(added.columns)
    _leader_rows(game, theirs, rows)
    _follower_rows(game, theirs, added, rows)
    _bound_rows(game, added, rows)
    _stationarity(game, theirs, added, rows)
    price_map = _price_map(game, theirs, added)
    _tied_rows(game, theirs, price_map, rows)
    _price_rows(game, price_map, rows)
    matrix, row_lower, row_upper, row_quad, row_parts = rows.assembled()

    free = np.full(added.columns - game.columns, np.inf)
    low = np.zeros(len(free))
    low[added.y_equal - game.columns] = -np.inf
    cost, cost_quad, constant = np.zeros(added.columns), Quad.empty(), 0.0
    if leader is not None:
        cost, cost_quad, constant = _leader_goal(game, leader, added.columns)
    lead = ~followers[game.owner] | (game.owner < 0)
    program = Program(
        lower=np.concatenate([game.lower, low]),
        upper=np.concatenate([game.upper, free]),
        integer=np.concatenate([(game.kind == INTEGER) & lead, np.zeros(len(free), np.bool_)]),
        cost=cost,
        cost_constant=constant,
        cost_quad=cost_quad,
        matrix=matrix,
        row_lower=row_lower,
        row_upper=row_upper,
        row_quad=row_quad,
        column_parts=added.parts(game),
        row_parts=row_parts,
        complementary=np.concatenate([added.pairs(), game.complementary]),
        curves=game.curves,
    )
    switched = np.flatnonzero((game.kind == SEMICONTINUOUS) & lead)
    program = with_semicontinuous(game, program, switched, np.arange(added.columns))
    recovery = Recovery(
        column=np.arange(game.columns),
        fixed=np.zeros(game.columns),
        price_map=Csr(price_map.indptr, price_map.indices, price_map.data, program.columns),
        priced=theirs.touched,
        dual_row=np.full(game.rows, -1, np.int64),
        dual_factor=np.zeros(game.rows),
        unit=_units(game, theirs, added, program.columns),
    )
    return program, recovery


class _Rows:
    """Rows of the Program as they are added, block by block."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.count = 0
        self.entries: tuple[list[Ints], list[Ints], list[Floats]] = ([], [], [])
        self.products: tuple[list[Ints], list[Ints], list[Ints], list[Floats]] = ([], [], [], [])
        self.limits: tuple[list[Floats], list[Floats]] = ([], [])
        self.parts: list[Part] = []

    def block(self, role: str, lower: Floats, upper: Floats, source: Ints, of_column: bool) -> Ints:
        """A block of rows with these limits; returns their numbers."""
        numbers = np.arange(self.count, self.count + len(lower))
        self.count += len(lower)
        if len(lower):
            self.limits[0].append(lower)
            self.limits[1].append(upper)
            self.parts.append(Part(role, int(numbers[0]), self.count, source, of_column))
        return numbers

    def add(self, row: Ints, column: Ints, value: Floats | float) -> None:
        """Linear entries; one value for all will do."""
        self.entries[0].append(row)
        self.entries[1].append(column)
        self.entries[2].append(np.broadcast_to(np.asarray(value, np.float64), row.shape))

    def add_products(self, row: Ints, i: Ints, j: Ints, value: Floats) -> None:
        self.products[0].append(row)
        self.products[1].append(i)
        self.products[2].append(j)
        self.products[3].append(value)

    def assembled(self) -> tuple[Csr, Floats, Floats, Quad, tuple[Part, ...]]:
        whole, real = np.zeros(0, np.int64), np.zeros(0)
        row, column = (np.concatenate([whole, *self.entries[k]]) for k in (0, 1))
        value = np.concatenate([real, *self.entries[2]])
        matrix = Csr.from_coo(row, column, value, self.count, self.columns)
        at, i, j = (np.concatenate([whole, *self.products[k]]) for k in (0, 1, 2))
        quad = Quad.from_entries(at, i, j, np.concatenate([real, *self.products[3]]), self.columns)
        lower, upper = (np.concatenate([real, *self.limits[k]]) for k in (0, 1))
        return matrix, lower, upper, quad, tuple(self.parts)


def _leader_rows(game: GroundGame, theirs: FollowersPart, rows: _Rows) -> None:
    """Rows that no follower's column of its own enters, as they are."""
    kept = np.flatnonzero(~theirs.touched)
    _copy(game, kept, np.ones(len(kept)), game.row_lower[kept], game.row_upper[kept], "row", rows)


def _follower_rows(game: GroundGame, theirs: FollowersPart, added: ConditionColumns, rows: _Rows) -> None:
    """`a x - w_L = l`, `a x + w_U = u`, and for a range the first of them with `w_L + w_U = u - l`; scaled."""
    scale = theirs.row_scale
    at = np.full(game.rows, -1, np.int64)
    below = np.isfinite(game.row_lower) & theirs.touched
    first = np.flatnonzero(below)
    at[first] = _copy(game, first, scale[first], game.row_lower[first], game.row_lower[first], "row", rows)
    alone = np.flatnonzero(theirs.touched & np.isfinite(game.row_upper) & ~below)
    at[alone] = _copy(game, alone, scale[alone], game.row_upper[alone], game.row_upper[alone], "row", rows)
    rows.add(at[added.lower_of], added.w_lower, -1.0)
    ranged = below[added.upper_of]
    rows.add(at[added.upper_of[~ranged]], added.w_upper[~ranged], 1.0)

    both = added.upper_of[ranged]
    width = scale[both] * (game.row_upper[both] - game.row_lower[both])
    numbers = rows.block("range", width, width, both, False)
    rows.add(numbers, added.w_upper[ranged], 1.0)
    rows.add(numbers, added.w_lower[np.searchsorted(added.lower_of, both)], 1.0)


def _copy(game: GroundGame, chosen: Ints, scale: Floats, lower: Floats, upper: Floats, role: str, rows: _Rows) -> Ints:
    """The game's rows `chosen`, times `scale`, between the limits given (unscaled)."""
    numbers = rows.block(role, scale * lower, scale * upper, chosen, False)
    part = game.matrix.take_rows(chosen)
    rows.add(numbers[part.row_numbers()], part.indices, scale[part.row_numbers()] * part.data)
    place = np.full(game.rows, -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    quad = game.row_quad.take(place[game.row_quad.row] >= 0)
    k = place[quad.row]
    rows.add_products(numbers[k], quad.i, quad.j, scale[k] * quad.value)
    return numbers


def _bound_rows(game: GroundGame, added: ConditionColumns, rows: _Rows) -> None:
    """Slack columns of bounds: `x - b = lower` where lower is not 0, `x + b = upper`."""
    low = added.low_of[added.shifted]
    numbers = rows.block("lower bound", game.lower[low], game.lower[low], low, True)
    rows.add(numbers, low, 1.0)
    rows.add(numbers, added.b_low, -1.0)
    high = added.high_of
    numbers = rows.block("upper bound", game.upper[high], game.upper[high], high, True)
    rows.add(numbers, high, 1.0)
    rows.add(numbers, added.b_high, 1.0)


def _stationarity(game: GroundGame, theirs: FollowersPart, added: ConditionColumns, rows: _Rows) -> None:
    """One row for each follower column whose bounds leave it room."""
    chosen = np.flatnonzero(theirs.inner)
    player = game.owner[chosen]
    # Objective terms over its scale and sense, times the column's scale: one factor for each of a follower's columns.
    factor = np.zeros(game.columns)
    factor[chosen] = theirs.column_scale[chosen] * theirs.sense[player] / theirs.goal_scale[player]

    goal_row = game.objective.row_numbers()
    own = theirs.inner[game.objective.indices] & (game.owner[game.objective.indices] == goal_row)
    slope = np.zeros(game.columns)
    slope[game.objective.indices[own]] = game.objective.data[own]
    constant = -(factor * slope)[chosen]
    at = np.full(game.columns, -1, np.int64)
    at[chosen] = rows.block("stationarity", constant, constant, chosen, True)

    goal = game.objective_quad
    for mask, mine, other in ((theirs.goal_first, goal.i, goal.j), (theirs.goal_second, goal.j, goal.i)):
        rows.add(at[mine[mask]], other[mask], factor[mine[mask]] * goal.value[mask])

    entry_row = game.matrix.row_numbers()[theirs.own_entry]
    entry_column, entry = game.matrix.indices[theirs.own_entry], game.matrix.data[theirs.own_entry]
    weight = theirs.column_scale[entry_column] * theirs.row_scale[entry_row] * entry
    quad = game.row_quad
    for listed, multiplier, sign in added.multipliers():
        y = np.full(game.rows, -1, np.int64)
        y[listed] = multiplier
        there = y[entry_row] >= 0
        rows.add(at[entry_column[there]], y[entry_row[there]], -sign * weight[there])
        for mask, mine, other in ((theirs.quad_first, quad.i, quad.j), (theirs.quad_second, quad.j, quad.i)):
            k = np.flatnonzero(mask & (y[quad.row] >= 0))
            value = -sign * theirs.column_scale[mine[k]] * theirs.row_scale[quad.row[k]] * quad.value[k]
            rows.add_products(at[mine[k]], other[k], y[quad.row[k]], value)
    rows.add(at[added.low_of], added.d_low, -1.0)
    rows.add(at[added.high_of], added.d_high, 1.0)


def _price_map(game: GroundGame, theirs: FollowersPart, added: ConditionColumns) -> Csr:
    """Shadow prices as a linear map of the Program's columns: (game rows, columns)."""
    owner = np.where(game.row_owner >= 0, game.row_owner, 0)
    unit = theirs.sense[owner] * theirs.goal_scale[owner] * theirs.row_scale
    row, column, value = [], [], []
    for listed, multiplier, sign in added.multipliers():
        row.append(listed)
        column.append(multiplier)
        value.append(sign * unit[listed])
    return Csr.from_coo(np.concatenate(row), np.concatenate(column), np.concatenate(value), game.rows, added.columns)


def _units(game: GroundGame, theirs: FollowersPart, added: ConditionColumns, columns: int) -> Floats:
    """What 1 in each column is in the units of the file."""
    unit = np.ones(columns)
    goal = theirs.goal_scale if game.objective_unit is None else theirs.goal_scale * game.objective_unit
    goal_of_row = goal[np.where(game.row_owner >= 0, game.row_owner, 0)]
    goal_of_column = goal[np.where(game.owner >= 0, game.owner, 0)]
    row_unit = np.ones(game.rows) if game.row_unit is None else game.row_unit
    column_unit = np.ones(game.columns) if game.column_unit is None else game.column_unit
    unit[: game.columns] = column_unit
    for listed, multiplier, _ in added.multipliers():
        unit[multiplier] = (goal_of_row * theirs.row_scale / row_unit)[listed]
    for listed, slack in ((added.lower_of, added.w_lower), (added.upper_of, added.w_upper)):
        unit[slack] = (row_unit / theirs.row_scale)[listed]
    for listed, reduced in ((added.low_of, added.d_low), (added.high_of, added.d_high)):
        unit[reduced] = (goal_of_column / theirs.column_scale / column_unit)[listed]
    return unit


def _tied_rows(game: GroundGame, theirs: FollowersPart, price_map: Csr, rows: _Rows) -> None:
    """Copies of one shared constraint have equal multipliers, each as of a minimising player in its own units.

    A player whose columns in the constraint are all fixed has no condition that the multiplier could enter.
    """
    if not len(game.row_group):
        return
    member = np.flatnonzero((game.row_group >= 0) & theirs.touched)
    member = member[np.argsort(game.row_group[member], kind="stable")]
    same = game.row_group[member[1:]] == game.row_group[member[:-1]]
    first, second = member[:-1][same], member[1:][same]
    numbers = rows.block("common multiplier", np.zeros(len(first)), np.zeros(len(first)), first, False)
    one, two = price_map.take_rows(first), price_map.take_rows(second)
    scale = np.zeros(len(first))
    np.maximum.at(scale, one.row_numbers(), np.abs(one.data))
    for part, listed, sign in ((one, first, 1.0), (two, second, -1.0)):
        at = part.row_numbers()
        sense = theirs.sense[game.row_owner[listed]][at]
        rows.add(numbers[at], part.indices, sign * sense * part.data / scale[at])


def _price_rows(game: GroundGame, price_map: Csr, rows: _Rows) -> None:
    """Every price column equals the shadow price it stands for, in units in which the multiplier's coefficient is 1."""
    columns = np.flatnonzero(game.price_row >= 0)
    part = price_map.take_rows(game.price_row[columns])
    unit = np.ones(len(columns))
    unit[part.row_numbers()] = np.abs(part.data)
    numbers = rows.block("price", np.zeros(len(columns)), np.zeros(len(columns)), columns, True)
    rows.add(numbers, columns, 1 / unit)
    rows.add(numbers[part.row_numbers()], part.indices, -part.data / unit[part.row_numbers()])


def _leader_goal(game: GroundGame, leader: int, columns: int) -> tuple[Floats, Quad, float]:
    sense = float(game.players[leader].sense)
    goal = game.objective.take_rows(np.array([leader]))
    cost = np.zeros(columns)
    cost[goal.indices] = sense * goal.data
    quad = game.objective_quad.take(game.objective_quad.row == leader)
    products = Quad(np.zeros(quad.entries, np.int64), quad.i, quad.j, sense * quad.value)
    return cost, products, sense * float(game.objective_constant[leader])
