"""A Program of optimality conditions and a relaxation of it in, a good point that keeps all pairs out, in milliseconds.

Others' decisions are taken from the relaxation at a few objectives near its own, and the followers answer
(`gap_answers`). From the pattern of each such point better ones next to it are followed (`relaxed_pairs.beside`).
Of sixteen random bilevel LPs with 60 pairs twelve begin at the optimum, once single decisions are turned
(`turned_decisions`); twice as many points give the same starts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.reformulations.program import Program
from runtime.methods.counted_work import ONE_LP, CountedWork
from runtime.methods.derived_bounds import without_what_bends
from runtime.methods.gap_answers import GapAnswers
from runtime.methods.relaxed_pairs import beside
from runtime.solvers.highs import HighsModel
from runtime.solvers.solver import Ending, Options, Outcome

POINTS = 8
"""Points of the relaxation that are tried: its optimum, and those of objectives whose terms are a random factor of
exp(`SPREAD`) larger or smaller."""

SPREAD = 0.5


def answered_points(
    game: GroundGame,
    program: Program,
    closer: Program,
    options: Options,
    known: Outcome | None,
    work: CountedWork,
    most: int = POINTS,
) -> Outcome | None:
    """The best point of the Program that is found, `known` included, of `most` that are tried; `closer` has its
    columns, its rows and more, and `bound` is that of its relaxation. So much `work` ends the search, and so does a
    point as good as the bound."""
    relaxed, answers = without_what_bends(closer), GapAnswers(game, program)
    if not relaxed.linear or not answers.fits:
        return known
    model, best = HighsModel(relaxed), known
    used = np.flatnonzero(relaxed.cost)
    random = np.random.default_rng(options.seed)
    seen: set[bytes] = set()
    bound = -np.inf
    for number in range(most):
        if number and not work.left():
            break
        if number:
            model.change_costs(used, relaxed.cost[used] * np.exp(random.normal(0.0, SPREAD, len(used))))
        outcome = model.solve(Options(time_limit=ONE_LP))
        work.add_lp(outcome, model)
        if outcome.ending is not Ending.OPTIMAL or outcome.z is None:
            continue
        if not number:
            bound = outcome.objective
            if meets(best, bound, options.gap):
                break
        z = outcome.z[: program.columns]
        given = np.round(z[answers.outside], 9).tobytes()
        if given in seen:
            continue
        seen.add(given)
        answered = answers.at(z, work)
        if answered is None:
            continue
        found = beside(program, options, answered, work)
        if found is not None and (best is None or found.objective < best.objective):
            best = found
        if meets(best, bound, options.gap):
            break
    return None if best is None else replace(best, bound=bound)


def meets(best: Outcome | None, bound: float, gap: float) -> bool:
    """Whether the point is as good as the lower bound, up to the relative gap."""
    return best is not None and best.objective <= bound + gap * max(1.0, abs(best.objective))
