"""A GroundGame and an answer in, a `Certificate` out. It shares nothing with what made the answer.

Checked: every bound, constraint and integrality; every player's own problem, solved again with the others' decisions
held; shadow prices; what the leader claims against what it gets from its followers' exact answers; bounds that the
proof rests on.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from compiler.ground.ground_game import INTEGER, SEMICONTINUOUS, GroundGame
from compiler.ground.hidden_convexity import hidden_convexity
from compiler.ground.sparse import Floats
from runtime.best_deviation import minimum, support_gap, tangent_bound
from runtime.certificate import Bound, Certificate, Status, Tie
from runtime.column_sizes import column_sizes, dearest, price_sizes
from runtime.curve_tangents import (
    convex_curves,
    curved_bound,
    hidden_room,
    price_gap,
    straightened,
    with_definitions_equal,
)
from runtime.flatness import unsure
from runtime.own_problem import OwnProblem
from runtime.ties import ties_of

FEASIBLE = 1e-6
"""Largest violation over the size of its row's terms: solvers work to 1e-6 (SCIP) or 1e-7 (HiGHS)."""

REGRET = 1e-6
"""Largest gain of a player over the size of its objective's terms: what a violation of `FEASIBLE` can move an
objective by."""

EXACT = 1e-9
"""Relative gap to which followers with whole numbers are solved again; and what of an objective's terms a price that
stands for zero may move."""

PRICE = 1e-5
"""The same for the gap that shadow prices leave open. Duals of quadratic problems carry the solver's regularisation
(1e-7) divided by the curvature, hence the wider margin."""

WORTH = 1e-3
"""Part of the objective's terms that small violations may be worth. A product with a variable of 1e8 turns a row held
to 1e-8 into a gain of 1, and solvers find such points."""

UNSURE = 1e-5
"""Part of a leader's terms that may hang on what its nonlinear followers cannot feel (`runtime.flatness`)."""

ENDLESS = 1e15
"""Decisions of this size are no answers: solvers take 1e20 for infinity, and lose all digits on the way there."""

PATIENCE = 10.0
"""Seconds that certifying has at least, whatever limit is set: an answer that is not certified is of no use."""

LARGE = 20_000
"""Nonzeros of a player's rows from which on multipliers prove its optimality instead of a second solve, which would
cost as much as the first. The proof is as good (weak duality); without it the problem is solved again at any size."""


@dataclass(frozen=True, eq=False)
class Claim:
    """What is to be certified: `x` (n,), `prices` (m,) or None, objectives claimed and bounds proven by player number
    (own sense)."""

    status: Status
    x: Floats
    prices: Floats | None = None
    claimed: Mapping[int, float] = field(default_factory=dict)
    bound: Mapping[int, float] = field(default_factory=dict)
    ledger: tuple[Bound, ...] = ()
    gap: float = 0.0
    """Relative gap that was asked for."""
    seconds: float = 0.0
    """What the answer took: without an allowance, solving a player that is not convex again may take twice as long."""
    allowance: float | None = None
    """Seconds in which all solving again must end; what is open then is not verified."""


def certify(game: GroundGame, claim: Claim) -> Certificate:
    """The certificate of `claim`; `verified` when nothing is left open."""
    reasons: list[str] = []
    notes: list[str] = []
    x = claim.x
    if not np.all(np.isfinite(x)):
        return Certificate(False, max_violation=float("inf"), reasons=("the answer holds values that are not finite",))
    if np.any(np.abs(x) >= ENDLESS):
        column = game.column_named(int(np.argmax(np.abs(x))))
        reasons.append(f"{column} is beyond {ENDLESS:g}, where solvers begin to take numbers for infinite")
    sizes = price_sizes(game, x, column_sizes(game))
    absolute, scaled, where = violations(game, x, sizes)
    if scaled > FEASIBLE:
        reasons.append(f"{where} is violated by {absolute:.3g}")
    if len(game.complementary):
        notes.append(f"complementarity holds to {float(np.max(_crossed(game, x))):.3g} (the smaller side of each pair)")

    leads = {leader for player in game.players for leader in player.leaders}
    regret: dict[str, float] = {}
    relative: dict[str, float] = {}
    answers: dict[int, Floats] = {}
    problems: dict[int, OwnProblem] = {}
    actual = game.objectives_at(x)
    deadline = None if claim.allowance is None else time.perf_counter() + claim.allowance
    for p, player in enumerate(game.players):
        problem = problems[p] = OwnProblem.of(game, p, x, sizes)
        v = x[problem.own]
        size = problem.size(v)
        worth = problem.worth_of_violations(v)
        if worth > WORTH * size:
            reasons.append(
                f"`{player.name}.{player.objective}` owes {worth:.3g} to constraints that hold to {absolute:.1g} only:"
                " give its variables bounds"
            )
        stated = claim.claimed.get(p)
        if stated is not None and abs(stated - actual[p]) > REGRET * max(size, game.objective_size(p, x)):
            reasons.append(f"`{player.name}.{player.objective}` is claimed to be {stated:.9g}, but is {actual[p]:.9g}")
        top = p in leads or len(game.players) == 1
        proven = player.sense * float(actual[p] - claim.bound[p]) if p in claim.bound else float("inf")
        proven = float("inf") if np.isnan(proven) else proven
        if p in leads:
            size = max(size, dearest(game, p, x, sizes))
        if p in leads or (top and claim.status is Status.LIMIT and np.isfinite(proven)):
            gain = max(0.0, proven)
        else:
            # The gap that was asked for is the leader's: a follower is at its best or it is not.
            gap = min(claim.gap, EXACT) if player.leaders else claim.gap
            gain, answer, words = _gain(game, p, problem, x, claim, proven, _patience(problem, claim, deadline), gap)
            notes += [f"`{player.name}`: {w}" for w in words]
            if answer is not None:
                answers[p] = answer
        regret[player.name], relative[player.name] = gain, gain / size
        wide = top or (problem.discrete and not player.leaders)
        allowed = max(REGRET, claim.gap * max(1.0, abs(actual[p]) / size)) if wide else REGRET
        # Where nobody proves the whole, it is the player on top whose best is open; those in the middle are followers.
        excused = top and not player.leaders and claim.status in (Status.LIMIT, Status.LOCAL, Status.STATIONARY)
        if gain / size > allowed and not excused:
            what = "is not proven to be optimal" if top else "is off its best answer"
            reasons.append(f"`{player.name}` {what}: it might gain {gain:.6g} ({gain / size:.1e} of its terms)")

    for p, player in enumerate(game.players):
        bent = bool(problems[p].curves or problems[p].row_quad.entries) and not problems[p].discrete
        if player.leaders and bent and unsure(game, p, problems[p], x) > UNSURE:
            reasons.append(
                f"`{player.name}` is so flat at its answer that its leader's objective is not known: other answers cost"
                " it nothing that could be measured"
            )
    prices = np.full(game.rows, np.nan) if claim.prices is None else claim.prices
    reasons += _untold(game, prices, problems, leads)
    if claim.prices is not None:
        reasons += _price_faults(game, x, claim.prices, problems)
    ties: tuple[Tie, ...] = ()
    if leads and not reasons:
        ties, remarks, faults = ties_of(game, x, answers, sorted(leads))
        notes += remarks
        reasons += faults
    for row in claim.ledger:
        if row.source == "assumed" and row.slack <= FEASIBLE * max(1.0, abs(row.value)):
            reasons.append(f"the assumed bound {row.value:g} on {row.of} is reached, so the optimum may lie beyond it")
    return Certificate(
        verified=not reasons,
        regret=regret,
        relative_regret=relative,
        max_violation=absolute,
        scaled_violation=scaled,
        bounds=claim.ledger,
        ties=ties,
        reasons=tuple(reasons),
        notes=tuple(notes),
    )


def violations(game: GroundGame, x: Floats, sizes: Floats | None = None) -> tuple[float, float, str]:
    """Largest violation of a bound, row or integrality at x: absolute, over the size of the terms, and where the
    latter is. `sizes` (n,) are those of `column_sizes`, if they are known."""
    sizes = column_sizes(game) if sizes is None else sizes
    rounding = np.where(game.kind == INTEGER, np.abs(x - np.round(x)), 0.0)
    outside = np.maximum(np.maximum(game.lower - x, x - game.upper), 0.0)
    outside = np.where(game.kind == SEMICONTINUOUS, np.minimum(outside, np.abs(x)), outside)
    at_columns = np.maximum(outside, rounding)
    np.maximum.at(at_columns, game.complementary[:, 0], _crossed(game, x))
    for curve in game.curves:
        np.maximum.at(at_columns, curve.result, curve.violations(x))
    limit = np.where(x < game.lower, game.lower, np.where(x > game.upper, game.upper, 0.0))
    column_size = np.maximum(sizes, np.abs(limit))
    for curve in game.curves:
        column_size[curve.result] = np.maximum(1.0, np.abs(x[curve.result]))

    rows = game.matrix.times(x) + game.row_quad.times(x, game.rows)
    at_rows = np.maximum(np.maximum(game.row_lower - rows, rows - game.row_upper), 0.0)
    row_size = _row_sizes(game, x, sizes)

    absolute = max(float(np.max(at_columns, initial=0.0)), float(np.max(at_rows, initial=0.0)))
    columns, lines = at_columns / column_size, at_rows / row_size
    worst_column, worst_row = float(np.max(columns, initial=0.0)), float(np.max(lines, initial=0.0))
    if worst_column >= worst_row:
        worst = int(np.argmax(columns))
        what = "the value" if any(worst in curve.result for curve in game.curves) else "a bound"
        where = f"{what} of {game.column_named(worst)}" if worst_column > 0 else ""
        return absolute, worst_column, where
    return absolute, worst_row, game.row_named(int(np.argmax(lines)))


def _row_sizes(game: GroundGame, x: Floats, sizes: Floats) -> Floats:
    """The size of the terms of each row at x, at least that of one unit of its dearest column: (m,)."""
    row = game.matrix.row_numbers()
    terms, top = np.zeros(game.rows), np.zeros(game.rows)
    np.add.at(terms, row, np.abs(game.matrix.data * x[game.matrix.indices]))
    np.maximum.at(top, row, np.abs(game.matrix.data) * sizes[game.matrix.indices])
    quad = game.row_quad
    np.add.at(terms, quad.row, np.abs(quad.value * x[quad.i] * x[quad.j]))
    np.maximum.at(top, quad.row, np.abs(quad.value) * sizes[quad.i] * sizes[quad.j])
    found: Floats = np.maximum(terms, top)
    found[found == 0] = 1.0
    return found


def _crossed(game: GroundGame, x: Floats) -> Floats:
    """By how much both columns of each complementary pair are above zero: (pairs,)."""
    crossed: Floats = np.maximum(np.minimum(x[game.complementary[:, 0]], x[game.complementary[:, 1]]), 0.0)
    return crossed


def _patience(problem: OwnProblem, claim: Claim, deadline: float | None) -> float | None:
    """Seconds for solving a player again."""
    if deadline is not None:
        return max(0.0, deadline - time.perf_counter())
    return max(PATIENCE, 2 * claim.seconds) if problem.discrete or not problem.convex else None


def _gain(
    game: GroundGame,
    p: int,
    problem: OwnProblem,
    x: Floats,
    claim: Claim,
    proven: float,
    limit: float | None,
    gap: float,
) -> tuple[float, Floats | None, tuple[str, ...]]:
    """At most what player p gains by deviating from x (n,), its best answer where one was computed, and notes."""
    v = x[problem.own]
    prices = None if claim.prices is None else claim.prices[problem.rows]
    if problem.matrix.nnz >= LARGE and prices is not None and problem.convex and np.all(np.isfinite(prices)):
        room = support_gap(problem, v, prices)
        if room <= REGRET * problem.size(v):
            return max(0.0, room), None, ("optimality is proven by its multipliers, not by solving again",)
    if problem.quad.entries and problem.convex:
        room = problem.value(v) - tangent_bound(problem, v, limit)
        if room <= REGRET * problem.size(v):
            return max(0.0, room), v, ()
    if convex_curves(problem):
        room = problem.value(v) - curved_bound(problem, v, limit)
        if room <= REGRET * problem.size(v):
            return max(0.0, room), v, ()
    elif not problem.discrete and not problem.convex and (convexity := hidden_convexity(game, p)) is not None:
        room = hidden_room(problem, convexity, x, limit)
        if room <= REGRET * problem.size(v):
            return max(0.0, room), v, ()
    best = minimum(problem, gap=gap, time_limit=limit, start=v)
    if best.unbounded:
        return float("inf"), None, ("its objective has no bound at the others' decisions",)
    gain = problem.value(v) - best.bound
    if best.v is not None and np.isinf(best.bound) and not np.isfinite(proven):
        return float("inf"), None, ("solving again did not end in time",)
    found = 0.0 if best.v is None else problem.value(v) - best.value
    if proven < gain and found <= REGRET * problem.size(v) < gain:
        # Out of time, or no answer, but nothing better found: what the first solver proved is all there is.
        return (
            max(0.0, proven),
            best.v,
            ("solving again ended early; the gain is bounded by the first solver's own proof",),
        )
    if np.isnan(best.value):
        return float("inf"), None, (f"its problem could not be solved again ({best.trouble})",)
    return max(0.0, gain), best.v, ()


def _price_faults(game: GroundGame, x: Floats, prices: Floats, problems: Mapping[int, OwnProblem]) -> list[str]:
    """Prices that the answer uses but the multipliers do not tell, and players whose multipliers do not support their
    answer."""
    columns = np.flatnonzero(game.price_row >= 0)
    rows = game.price_row[columns]
    told = prices[rows]
    # What the objective feels of a price that stands for zero: the price over that of the whole objective.
    worth = np.array([problems[p].size(x[problems[p].own]) for p in range(len(game.players))])
    whole = np.append(worth, worth.max())[game.row_owner[rows]] / _row_sizes(game, x, column_sizes(game))[rows]
    off = np.abs(told - x[columns]) > np.maximum(PRICE * np.abs(told), EXACT * whole)
    wrong = columns[off | ~np.isfinite(told)][:1].tolist()
    faults = [f"the price {game.column_named(c)} is not the shadow price of its constraint" for c in wrong]
    faults += _uncommon(game, prices)
    for p, player in enumerate(game.players):
        problem = problems[p]
        mine = prices[problem.rows]
        # Rows without a column of the player's own have no price, and no say here.
        has_own = np.diff(problem.matrix.indptr) > 0
        has_own[problem.row_quad.row] = True
        v = x[problem.own]
        if problem.curves:
            gap = _curved_price_gap(game, p, problem, x, np.where(has_own, mine, np.nan))
            if gap is None:
                continue
        elif not has_own.any() or np.any(np.isnan(mine[has_own])):
            continue
        else:
            gap = support_gap(straightened(problem, v), v, np.where(has_own, mine, 0.0), PRICE)
        if not gap <= PRICE * problem.size(v):
            faults.append(f"the shadow prices of `{player.name}` do not support its decision (gap {gap:.3g})")
    return faults


def _curved_price_gap(game: GroundGame, p: int, problem: OwnProblem, x: Floats, prices: Floats) -> float | None:
    """As `price_gap`; None also where there are no prices, or where nothing proves the problem convex."""
    if problem.discrete or not np.isfinite(prices).any():
        return None
    if convex_curves(problem):
        return price_gap(problem, x[problem.own], prices)
    convexity = hidden_convexity(game, p)
    return None if convexity is None else price_gap(*with_definitions_equal(problem, convexity, x), prices)


def _untold(game: GroundGame, prices: Floats, problems: Mapping[int, OwnProblem], leads: Collection[int]) -> list[str]:
    """Shared constraints whose copies should have one price in common, of which some player's is not known, or not
    enough of the player's others to tell whether it is one. Where one who shares is not convex multipliers prove
    nothing; where one leads they are of no problem of its own."""
    tied = np.flatnonzero(game.row_group >= 0)
    groups = int(np.max(game.row_group, initial=-1)) + 1
    count, excused = np.zeros(groups, np.int64), np.zeros(groups, np.bool_)
    unknown = np.zeros(game.rows, np.bool_)
    for p in np.unique(game.row_owner[tied]).tolist():
        problem = problems[p]
        free = (problem.lower < problem.upper)[problem.matrix.indices]
        moved = problem.rows[np.unique(problem.matrix.row_numbers()[free])]
        mine = moved[game.row_group[moved] >= 0]
        count[game.row_group[mine]] += 1
        excused[game.row_group[mine]] |= p in leads or not problem.convex
        unknown[mine] = not np.all(np.isfinite(prices[moved]))
    found = np.flatnonzero(unknown)
    found = found[(count > 1)[game.row_group[found]] & ~excused[game.row_group[found]]]
    return [
        f"the shared {game.row_named(r)} is to have one multiplier in common, and that of "
        f"`{game.players[int(game.row_owner[r])].name}` is not known"
        for r in found[:1].tolist()
    ]


def _uncommon(game: GroundGame, prices: Floats) -> list[str]:
    """Shared constraints whose copies should have one price in common (as of minimising players), but do not."""
    if not len(game.row_group):
        return []
    senses = np.array([player.sense for player in game.players], np.float64)
    told = np.flatnonzero((game.row_group >= 0) & np.isfinite(prices))
    group, price = game.row_group[told], senses[game.row_owner[told]] * prices[told]
    groups = int(game.row_group.max(initial=-1)) + 1
    least, most, size = np.full(groups, np.inf), np.full(groups, -np.inf), np.zeros(groups)
    np.minimum.at(least, group, price)
    np.maximum.at(most, group, price)
    np.maximum.at(size, group, np.abs(price))
    apart = np.flatnonzero(most - least > PRICE * size)
    return [
        f"the shared {game.row_named(int(np.flatnonzero(game.row_group == g)[0]))} has no multiplier common to all: "
        f"{least[g]:.6g} to {most[g]:.6g}"
        for g in apart[:1].tolist()
    ]
