"""A leader's decision in, its objective over all best answers of its followers out: the best and the worst for the
leader.

A tie: the followers have several best answers. The leader's claim holds if they choose as it likes; how much it loses
if they do not is the distance between the two values. It is also the test of a decision a hair beyond a switching
point, where the exact answer of the followers is another one than the claimed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.ground.ground_game import INTEGER, REAL, SEMICONTINUOUS, GroundGame, lifted_places
from compiler.ground.sparse import Bools, Csr, Floats, Ints, Quad
from runtime.certificate import Tie
from runtime.column_sizes import column_sizes
from runtime.own_problem import OwnProblem

SLACK = 1e-9
"""Room above a follower's optimal value, over the size of its terms: HiGHS's tolerance in the solve that gave it."""

PATIENCE = 10.0
"""Seconds for one such question to followers with whole numbers."""

CLAIM = 1e-6
"""Largest part of its terms by which a leader's objective may miss what the exact answers give."""


def ties_of(
    game: GroundGame, x: Floats, answers: dict[int, Floats], leaders: list[int]
) -> tuple[tuple[Tie, ...], list[str], list[str]]:
    """For each leader its `Tie` at x, if one moves its objective; notes; and faults, when no best answers of the
    followers give the leader what x gives.

    `answers` are best answers of the followers, by player. Followers that see each other are not examined, nor those
    with whole numbers that are not linear.
    """
    followers = [p for p, player in enumerate(game.players) if player.leaders]
    sizes = column_sizes(game)
    problems = {p: OwnProblem.of(game, p, x, sizes) for p in followers}
    if not all(problem.convex or _whole_and_linear(problem) for problem in problems.values()):
        note = "ties are examined for followers that are convex, or linear with whole numbers, only"
        return (), [note], _unchecked(game)
    if any(p not in answers for p in followers):
        return (), ["ties are not examined: a follower was not solved again"], []
    if _lifted(game, [*leaders, *followers]):
        return (
            (),
            ["ties are not examined: functions are modelled by further variables of the leader"],
            _unchecked(game),
        )
    if _see_each_other(game, followers):
        return (), ["ties are not examined: the followers see each other"], []
    ties, notes, faults = [], [], []
    for leader in leaders:
        try:
            found = _range(game, x, problems, answers, leader)
        except _TooLongError:
            found = _with_whole_held(game, x, problems, answers, leader)
        if isinstance(found, str):
            notes.append(found)
            continue
        tie, fault = found
        if tie is not None and all(not game.players[p].optimistic for p in followers):
            now, sense = float(game.objectives_at(x)[leader]), game.players[leader].sense
            if sense * (tie.pessimistic - now) > CLAIM * max(abs(now), abs(tie.pessimistic - tie.optimistic)):
                worst = f"its pessimistic followers may leave it {tie.pessimistic:.9g}"
                fault.append(f"`{tie.player}` is promised {now:.9g}, but {worst}")
        ties += [] if tie is None else [tie]
        faults += fault
    if np.any(game.price_row >= 0):
        notes.append("ties are examined with the shadow prices held")
    return tuple(ties), notes, faults


def _unchecked(game: GroundGame) -> list[str]:
    """Faults of answers that rest on what pessimistic followers leave."""
    gloomy = [player.name for player in game.players if player.leaders and not player.optimistic]
    return [f"what `{name}`, which is pessimistic, leaves its leader cannot be checked" for name in gloomy]


def _whole_and_linear(problem: OwnProblem) -> bool:
    """A MILP without pairs; HiGHS knows switches of columns that are not negative."""
    bent = problem.quad.entries or problem.row_quad.entries or len(problem.curves) or len(problem.pairs)
    on = problem.switched
    return not bent and bool(np.all(problem.lower[on] >= 0) and np.all(np.isfinite(problem.upper[on])))


def _lifted(game: GroundGame, players: list[int]) -> bool:
    """Whether a leader has columns that follow its followers' decisions, or a follower answers with curves."""
    lifted = lifted_places(game.column_blocks)
    moved = _moved(game, lifted)
    curved = {int(p) for curve in game.curves for p in np.unique(game.owner[curve.result[moved[curve.argument]]])}
    leads = {leader for player in game.players for leader in player.leaders}
    own = {int(p) for p in np.unique(game.owner[lifted & moved])}
    return any(p in curved or (p in leads and p in own) for p in players)


def _moved(game: GroundGame, lifted: Bools) -> Bools:
    """The followers' columns, and the `lifted` ones that curves, or rows of others than followers, join to them,
    directly or by others: (n,). What follows from a leader's decisions alone only stands in followers' rows."""
    follows = np.array([bool(player.leaders) for player in game.players] + [False])
    row = np.concatenate([game.matrix.row_numbers(), game.row_quad.row, game.row_quad.row])
    column = np.concatenate([game.matrix.indices, game.row_quad.i, game.row_quad.j])
    apart = ~follows[game.row_owner[row]]
    row, column = row[apart], column[apart]
    moved = follows[game.owner]
    while True:
        touched = np.zeros(game.rows, np.bool_)
        touched[row[moved[column]]] = True
        more = moved.copy()
        reached = column[touched[row]]
        more[reached[lifted[reached]]] = True
        for curve in game.curves:
            more[curve.result[moved[curve.argument]]] = True
        if (more == moved).all():
            return moved
        moved = more


def _see_each_other(game: GroundGame, followers: list[int]) -> bool:
    below = np.zeros(len(game.players) + 1, np.bool_)
    below[followers] = True
    row, column = game.row_owner[game.matrix.row_numbers()], game.owner[game.matrix.indices]
    if np.any(below[row] & below[column] & (row != column)):
        return True
    for quad, user in (
        (game.row_quad, game.row_owner[game.row_quad.row]),
        (game.objective_quad, game.objective_quad.row),
    ):
        a, b = game.owner[quad.i], game.owner[quad.j]
        if np.any(below[user] & below[a] & below[b] & (a != b)):
            return True
    return False


def _range(
    game: GroundGame, x: Floats, problems: dict[int, OwnProblem], answers: dict[int, Floats], leader: int
) -> tuple[Tie | None, list[str]] | str:
    columns = np.concatenate([problem.own for problem in problems.values()]) if problems else np.zeros(0, np.int64)
    free = np.zeros(game.columns, np.bool_)
    free[columns] = True
    at = np.full(game.columns, -1, np.int64)
    at[columns] = np.arange(len(columns))
    sense = game.players[leader].sense
    goal = game.objective_quad.take(game.objective_quad.row == leader)
    if np.any(free[goal.i] & free[goal.j]):
        return f"ties are not examined: `{game.players[leader].name}` squares its followers' decisions in its objective"
    held = np.where(free, 0.0, x)
    constant = float(game.objectives_at(held)[leader])
    slope = _slopes(game, goal, held, leader)
    cost = slope[columns]
    now = float(game.objectives_at(x)[leader])
    size = max(float(np.abs(slope) @ np.abs(x)), abs(constant), float(np.max(np.abs(slope), initial=0.0))) or 1.0

    own_rows = _leader_rows(game, x, free, at, leader)
    if own_rows is None:
        return "ties are not examined: products of followers' decisions in a leader's constraint"
    best_set = _optimal_sets(problems, answers, len(columns))
    lower, upper = game.lower[columns], game.upper[columns]
    kind = game.kind[columns]
    best = _linear(sense * cost, lower, upper, [*best_set, own_rows], kind)
    worst = _linear(-sense * cost, lower, upper, best_set, kind)
    if best is None or worst is None:
        if best is None and worst is not None:
            adapted = _adapted(game, x, columns, best_set, leader)
            if adapted is not None:
                fell = sense * (adapted - now) > CLAIM * size
                words = (
                    f"`{game.players[leader].name}` gets {adapted:.9g} from its followers' exact answers, not {now:.9g}"
                )
                return None, [words] if fell else []
            name = game.players[leader].name
            fault = f"no best answer of the followers satisfies the constraints of `{name}`"
            return Tie(name, now, constant + float(cost @ worst), True), [fault]
        return "ties are not examined: the set of best answers could not be searched"
    optimistic, pessimistic = constant + float(cost @ best), constant + float(cost @ worst)
    matrix, low, high = own_rows
    reached = matrix.times(worst)
    scale = 1e-6 * np.maximum(1.0, np.abs(reached))
    breaks = bool(np.any(reached < low - scale) or np.any(reached > high + scale))
    faults = []
    if sense * (optimistic - now) > CLAIM * size:
        faults.append(
            f"`{game.players[leader].name}` gets {optimistic:.9g} from its followers' exact answers, not {now:.9g}"
        )
    if abs(optimistic - pessimistic) <= CLAIM * size and not breaks:
        return None, faults
    return Tie(game.players[leader].name, optimistic, pessimistic, breaks), faults


def _with_whole_held(
    game: GroundGame, x: Floats, problems: dict[int, OwnProblem], answers: dict[int, Floats], leader: int
) -> tuple[None, list[str]] | str:
    """Whether exact answers with the whole numbers of x give the leader what x gives, where all of them together take
    too long."""
    columns = np.concatenate([problem.own for problem in problems.values()])
    best_set = _optimal_sets(problems, answers, len(columns))
    name, sense = game.players[leader].name, game.players[leader].sense
    adapted, now = _adapted(game, x, columns, best_set, leader, held=True), float(game.objectives_at(x)[leader])
    if adapted is None or sense * (adapted - now) > CLAIM * (game.objective_size(leader, x) or 1.0):
        said = f"in {PATIENCE:g} s no best answers of the followers were found that give `{name}` what it claims"
        return None, [said]
    return (
        f"ties are not examined: followers' whole numbers take too long; with these held, `{name}` gets what it claims"
    )


def _slopes(game: GroundGame, goal: Quad, held: Floats, leader: int) -> Floats:
    """Of the leader's objective, with products `goal`, in the columns (n,) that are 0 in `held`."""
    linear = game.objective.take_rows(np.array([leader]))
    slope = np.zeros(game.columns)
    np.add.at(slope, linear.indices, linear.data)
    np.add.at(slope, goal.i, goal.value * held[goal.j])
    np.add.at(slope, goal.j, goal.value * held[goal.i])
    return slope


def _adapted(
    game: GroundGame, x: Floats, followers: Ints, best_set: list[Rows], leader: int, held: bool = False
) -> float | None:
    """The best that the leader gets from exact answers when its decisions that no follower sees follow them, as a
    purchase does that has to equal what is sold; None where there is no such point, or products keep it from being
    looked for. `held`: with the whole numbers and switches of x."""
    unseen = _unseen(game, leader)
    columns = np.concatenate([followers, unseen])
    free = np.zeros(game.columns, np.bool_)
    free[columns] = True
    at = np.full(game.columns, -1, np.int64)
    at[columns] = np.arange(len(columns))
    goal = game.objective_quad.take(game.objective_quad.row == leader)
    rows = _leader_rows(game, x, free, at, leader)
    if not (len(unseen) or held) or rows is None or np.any(free[goal.i] & free[goal.j]):
        return None
    wide = [(replace(matrix, columns=len(columns)), low, high) for matrix, low, high in best_set]
    slope = _slopes(game, goal, np.where(free, 0.0, x), leader)
    sense, kind = game.players[leader].sense, game.kind[columns]
    lower, upper = game.lower[columns], game.upper[columns]
    if held:
        off = (kind == SEMICONTINUOUS) & (np.abs(x[columns]) <= SLACK)
        fixed, at_x = (kind == INTEGER) | off, np.where(off, 0.0, np.round(x[columns]))
        lower, upper, kind = np.where(fixed, at_x, lower), np.where(fixed, at_x, upper), np.full_like(kind, REAL)
    found = _linear(sense * slope[columns], lower, upper, [*wide, rows], kind)
    if found is None:
        return None
    there = x.copy()
    there[columns] = found
    return float(game.objectives_at(there)[leader])


def _unseen(game: GroundGame, leader: int) -> Ints:
    """The leader's columns that stand in nothing but its own rows and in its objective."""
    seen = game.owner != leader
    of_others = game.row_owner != leader
    seen[game.matrix.take_rows(np.flatnonzero(of_others)).indices] = True
    row, goal = game.row_quad, game.objective_quad
    for columns, others in (
        (np.append(row.i, row.j), np.tile(of_others[row.row], 2)),
        (np.append(goal.i, goal.j), np.tile(goal.row != leader, 2)),
        *((np.append(c.argument, c.result), np.ones(2 * len(c.result), np.bool_)) for c in game.curves),
        (game.complementary.ravel(), np.ones(game.complementary.size, np.bool_)),
    ):
        seen[columns[others]] = True
    return np.flatnonzero(~seen)


Rows = tuple[Csr, Floats, Floats]


def _leader_rows(game: GroundGame, x: Floats, free: np.ndarray, at: Ints, leader: int) -> Rows | None:
    """The leader's rows in the followers' columns, all else held."""
    rows = np.flatnonzero(game.row_owner == leader)
    number = np.full(game.rows, -1, np.int64)
    number[rows] = np.arange(len(rows))
    quad = game.row_quad.take(number[game.row_quad.row] >= 0)
    if np.any(free[quad.i] & free[quad.j]):
        return None
    held = np.where(free, 0.0, x)
    matrix = game.matrix.take_rows(rows)
    apart = matrix.times(held) + quad.times(held, game.rows)[rows]
    keep = free[matrix.indices]
    a, b = free[quad.i], free[quad.j]
    entries = Csr.from_coo(
        np.concatenate([matrix.row_numbers()[keep], number[quad.row[a]], number[quad.row[b]]]),
        at[np.concatenate([matrix.indices[keep], quad.i[a], quad.j[b]])],
        np.concatenate([matrix.data[keep], quad.value[a] * x[quad.j[a]], quad.value[b] * x[quad.i[b]]]),
        len(rows),
        int(free.sum()),
    )
    return entries, game.row_lower[rows] - apart, game.row_upper[rows] - apart


def _optimal_sets(problems: dict[int, OwnProblem], answers: dict[int, Floats], columns: int) -> list[Rows]:
    """Rows that say: every follower's rows hold and its objective is optimal. For a convex quadratic with Hessian H,
    optimal answers are those with the same `H v` and the same linear part (Mangasarian, Oper. Res. Lett. 7 (1988)
    21), so the set stays polyhedral.
    """
    found: list[Rows] = []
    shift = 0
    for p, problem in problems.items():
        v, n = answers[p], len(problem.own)
        matrix = problem.matrix
        found.append(
            (Csr(matrix.indptr, matrix.indices + shift, matrix.data, columns), problem.row_lower, problem.row_upper)
        )
        quad = problem.quad
        where = np.flatnonzero(problem.cost) + shift
        weight = problem.cost[where - shift]
        # The linear part alone: with H v given, the quadratic part is the same for all.
        room = (SLACK if not quad.entries else 1e-7) * problem.size(v)
        unit = 1.0 / (float(np.max(np.abs(weight), initial=0.0)) or 1.0)
        cut = Csr.from_coo(np.zeros(len(where), np.int64), where, unit * weight, 1, columns)
        found.append((cut, np.array([-np.inf]), unit * np.array([float(problem.cost @ v) + room])))
        if quad.entries:
            row = np.concatenate([quad.i, quad.j])
            hessian = Csr.from_coo(row, np.concatenate([quad.j, quad.i]) + shift, np.tile(quad.value, 2), n, columns)
            padded = np.zeros(columns)
            padded[shift : shift + n] = v
            level = hessian.times(padded)
            margin = 1e-7 * np.maximum(1.0, np.abs(level))
            found.append((hessian, level - margin, level + margin))
        shift += n
    return found


class _TooLongError(Exception):
    """A question to followers with whole numbers took longer than `PATIENCE`."""


def _linear(cost: Floats, lower: Floats, upper: Floats, rows: list[Rows], kind: NDArray[np.uint8]) -> Floats | None:
    """The minimum of `cost @ v`, v of the kinds (n,) of `GroundGame`; None without one. Raises `_TooLongError`."""
    import highspy

    n = len(cost)
    indptr = np.concatenate([[0], *(np.diff(m.indptr) for m, _, _ in rows)]).cumsum()
    highs: Any = highspy.Highs()
    limits = (("mip_rel_gap", 0.0), ("mip_abs_gap", 0.0), ("time_limit", PATIENCE)) if kind.any() else ()
    for name, setting in (("output_flag", False), ("threads", 1), *limits):
        highs.setOptionValue(name, setting)
    top = float(np.max(np.abs(cost), initial=0.0)) or 1.0
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n, len(indptr) - 1
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost / top, lower, upper
    lp.row_lower_ = np.concatenate([low for _, low, _ in rows])
    lp.row_upper_ = np.concatenate([high for _, _, high in rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = indptr.astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([m.indices for m, _, _ in rows]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([m.data for m, _, _ in rows])
    if kind.any():
        types = highspy.HighsVarType
        kinds = {REAL: types.kContinuous, INTEGER: types.kInteger, SEMICONTINUOUS: types.kSemiContinuous}
        lp.integrality_ = [kinds[int(k)] for k in kind]
    highs.passModel(lp)
    for tolerance in (1e-9, 1e-7):
        highs.setOptionValue("primal_feasibility_tolerance", tolerance)
        highs.setOptionValue("dual_feasibility_tolerance", tolerance)
        highs.run()
        if highs.getModelStatus().name in ("kOptimal", "kModelEmpty"):
            v = np.array(highs.getSolution().col_value, np.float64)
            return np.where(kind == INTEGER, np.round(v), v)
    if highs.getModelStatus().name == "kTimeLimit":
        raise _TooLongError
    return None
