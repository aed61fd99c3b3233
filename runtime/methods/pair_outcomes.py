"""What a solver found for a Program of complementary pairs in, in the Program's own columns out: the sides of pairs
that binaries name, the exact point of its pattern, the point where the search began if that is better, and the ledger
of the bounds it rests on.

The `Program` is the one before a reformulation, which adds columns behind its own; `outcome` that of the reformulation.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats, Ints
from compiler.reformulations.column_bounds import ColumnBounds, Source
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.program import Program, numbered_label
from runtime.methods.polish import polished
from runtime.result import Bound
from runtime.solvers.solver import PROOF_GAP, Ending, Options, Outcome

CONTRADICTION = 1e-4
"""A known point this much better, relative, than what a solver proves to be the bound of all contradicts it."""


def decided(outcome: Outcome, pairs: Ints, start: int) -> Outcome:
    """The point with the side of each of the `pairs` (p, 2) at zero that its binary names; binaries begin at column
    `start`."""
    if outcome.z is None:
        return outcome
    z = outcome.z.copy()
    on = z[start : start + len(pairs)] > 0.5
    z[np.where(on, pairs[:, 1], pairs[:, 0])] = 0.0
    return replace(outcome, z=z)


def narrowed(program: Program, outcome: Outcome) -> Outcome:
    """The outcome in the Program's columns, as the solver left it."""
    return outcome if outcome.z is None else replace(outcome, z=outcome.z[: program.columns])


def exact(program: Program, outcome: Outcome, options: Options) -> Outcome | None:
    """The outcome with a point polished within its pattern; None where there is a point that cannot be."""
    if outcome.z is None:
        return outcome
    best = polished(complementarity_sos1(program), outcome.z[: program.columns], options)
    if best is None or best.z is None:
        return None
    return replace(outcome, z=best.z, objective=program.cost_at(best.z), seconds=outcome.seconds + best.seconds)


def proven(program: Program, outcome: Outcome, options: Options) -> Outcome | None:
    """As `exact`; None also where what was proven and what was found are further apart than the gap: then binaries, or
    products, within their tolerance have let both sides of a pair be positive."""
    found = exact(program, outcome, options)
    if found is None or found.z is None:
        return found
    wide = outcome.ending is Ending.OPTIMAL and found.gap > 2 * max(options.gap, PROOF_GAP)
    return None if wide else found


def no_worse(outcome: Outcome, first: Outcome | None, solver: str) -> tuple[Outcome, tuple[str, ...]]:
    """The better one of what `solver` found and the point where its search began, and notes. A proof which that
    contradicts is none."""
    if first is None:
        return outcome, ()
    room = CONTRADICTION * max(1.0, abs(first.objective))
    promise = outcome.bound if outcome.ending is Ending.OPTIMAL else -np.inf
    if outcome.ending is Ending.INFEASIBLE or first.objective < promise - room:
        words = f"{solver} called its answer proven, but a better point is known: the proof is not used"
        return replace(first, bound=-np.inf, seconds=first.seconds + outcome.seconds), (words,)
    if outcome.ending is Ending.LIMIT and (outcome.z is None or first.objective < outcome.objective):
        outcome = replace(outcome, z=first.z, objective=first.objective)
    return replace(outcome, seconds=first.seconds + outcome.seconds), ()


def ledger(
    program: Program,
    game: GroundGame,
    unit: Floats,
    bounded: Program,
    bounds: ColumnBounds,
    z: Floats | None,
    declared: bool,
) -> tuple[Bound, ...]:
    """The `bounds` of all columns of the pairs of `bounded` that were derived or assumed, and those that were
    `declared` if asked for, in the file's units: `unit` (k,) is what 1 in each column is. The slack is that at `z`."""
    columns = np.unique(bounded.complementary)
    columns = columns[bounds.upper_source[columns] >= (Source.DECLARED if declared else Source.PROPAGATED)]
    value = bounds.upper[columns] * unit[columns]
    at = np.full(len(columns), np.nan) if z is None else z[columns] * unit[columns]
    labels = [numbered_label(program.column_parts, game, int(c)) for c in columns]
    sources = [Source(s).words for s in bounds.upper_source[columns].tolist()]
    rows = zip(labels, value.tolist(), sources, (value - at).tolist(), strict=True)
    return tuple(Bound(*row) for row in rows)
