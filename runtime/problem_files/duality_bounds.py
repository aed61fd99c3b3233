"""A Program of optimality conditions in, out the same with proven largest values of the multipliers that strong duality
multiplies out, and warnings of followers that the row holds less exactly than a solver holds rows: `bounded`.

Strong duality is one row for many pairs. Where a solver oversteps the constraint of a pair by its tolerance, the row
lets the follower miss its optimum by that times the multiplier, so a multiplier without bound opens it as wide as one
likes: SCIP made -4 of a published optimum of -3.25. With bounds no more than their sum times the tolerance is lost.

A follower that misses the optimum of a linear problem by d is off by a multiple of d; with squares, w*v^2/2 say, it may
be off by sqrt(2*d/w), for d = 1e-6 a thousand times as far.
Reference: Hoffman, J. Res. Natl. Bur. Stand. 49 (1952) 263, for the linear case.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats, Ints
from compiler.reformulations.column_bounds import ColumnBounds
from compiler.reformulations.duality import Duality
from compiler.reformulations.program import Program, label_of, part_of
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint, Severity
from runtime.methods.derived_bounds import derived_bounds

TOLERANCE = 1e-6
"""By how much of the larger of 1 and its limit SCIP, Gurobi, CPLEX and Xpress overstep a row unless told otherwise."""

SHARE = 1e-4
"""Of a follower's objective: more than this is told. Scripts of the same form, which can look at the answer, end
without one beyond it."""

HINTS = (
    Hint("`--form kkt-sos1` needs no bounds"),
    Hint("give the follower's variables bounds, and prices and other coefficients of the leader's too"),
    Hint("`--to pyomo --form strong-duality` writes a script that checks its own answer"),
)

EXACT = (
    Hint("`--form kkt-sos1` is as exact as the solver"),
    Hint("ask the solver for a feasibility tolerance of 1e-9; SCIP calls it `numerics/feastol`"),
)


def bounded(
    game: GroundGame, program: Program, duality: Duality, followers: list[int]
) -> tuple[Program, tuple[Diagnostic, ...]]:
    """The Program with its multipliers bounded, those of `followers` all of them; warnings (G714) of those with
    products of own decisions in their objective, and of those of whose objective tolerances may be worth more than
    `SHARE`.

    Raises DiagnosticError (G710): a multiplier of `followers` has no proven bound, or bounds are so large that
    tolerances may be worth all of a follower's objective.
    """
    if not followers:
        return program, ()
    bounds = derived_bounds(game, program, cut=False).bounds
    dual = duality.duals(program.columns)
    curved = _with_squares(game)
    refused: list[Diagnostic] = []
    loose: list[Diagnostic] = []
    for p in followers:
        columns = np.concatenate([c for c, _ in _weights(game, duality, p)])
        endless = columns[np.isinf(_largest(bounds)[columns])]
        if len(endless):
            refused.append(_without_bound(game, program, int(endless[0])))
            continue
        share = _worth(game, duality, bounds, p) / max(1.0, _size(program, duality, bounds, p))
        if share >= 1.0:
            refused.append(_told(game, p, "G710", _too_large(share), HINTS, Severity.ERROR))
        elif share > SHARE:
            loose.append(_told(game, p, "G714", _too_large(share), EXACT, Severity.WARNING))
        elif p in curved:
            loose.append(_told(game, p, "G714", CURVED, EXACT, Severity.WARNING))
    if refused:
        raise DiagnosticError(refused)
    # Bounds that cross prove that there is no answer, which is for the rows to say.
    kept = dual & (bounds.lower <= bounds.upper)
    lower, upper = np.where(kept, bounds.lower, program.lower), np.where(kept, bounds.upper, program.upper)
    return replace(program, lower=lower, upper=upper), tuple(loose)


def _with_squares(game: GroundGame) -> list[int]:
    """Players with products of two own decisions in their objective."""
    quad = game.objective_quad
    own = (game.owner[quad.i] == quad.row) & (game.owner[quad.j] == quad.row)
    return list(np.unique(quad.row[own]).tolist())


def _largest(bounds: ColumnBounds) -> Floats:
    largest: Floats = np.maximum(np.abs(bounds.lower), np.abs(bounds.upper))
    return largest


def _weights(game: GroundGame, duality: Duality, p: int) -> list[tuple[Ints, Floats]]:
    """The multipliers of player p, and what each counts in its duality gap for what its row is overstepped by, times
    the size that tolerances refer to."""
    mine, rows = duality.owner == p, duality.row_owner == p
    found = [(duality.multiplier[rows], np.maximum(1.0, np.abs(duality.limit[rows])))]
    for reduced, side in ((duality.low, game.lower), (duality.high, game.upper)):
        there = mine & (reduced >= 0)
        limits = np.abs(side[duality.column[there]])
        found.append((reduced[there], duality.weight[there] * np.maximum(1.0, np.where(np.isinf(limits), 0.0, limits))))
    return found


def _worth(game: GroundGame, duality: Duality, bounds: ColumnBounds, p: int) -> float:
    """What tolerances may be worth to player p, in the units of its row of strong duality."""
    largest = _largest(bounds)
    return TOLERANCE * sum(float(largest[columns] @ weight) for columns, weight in _weights(game, duality, p))


def _size(program: Program, duality: Duality, bounds: ColumnBounds, p: int) -> float:
    """How large its objective can be, in the same units: decisions times their slopes. What has no bound counts 1."""
    mine = np.flatnonzero(duality.owner == p)
    part = program.matrix.take_rows(duality.stationarity[mine])
    largest = _largest(bounds)
    largest = np.where(np.isfinite(largest), largest, 1.0)
    plain = ~duality.duals(program.columns)[part.indices]
    slopes = np.abs(program.row_lower[duality.stationarity[mine]])
    entries = np.abs(part.data[plain]) * largest[part.indices[plain]]
    slopes = slopes + np.bincount(part.row_numbers()[plain], entries, len(mine))
    return float(np.sum(duality.weight[mine] * slopes * largest[duality.column[mine]]))


def _without_bound(game: GroundGame, program: Program, column: int) -> Diagnostic:
    name = label_of(program.column_parts, game, column)
    headline = f"no largest value of the {name} can be proven, without which rounding can decide the answer"
    span = part_of(program.column_parts, column).block(game, column).span
    return Diagnostic("G710", headline, span, "without a bound", hints=HINTS)


CURVED = (
    "with squares in its objective strong duality lets its decisions be off by the square root of a solver's tolerance"
)


def _too_large(share: float) -> str:
    return (
        f"multipliers can be so large that in strong duality a tolerance of {TOLERANCE:g} may be worth {share:.1g}"
        " of its objective"
    )


def _told(game: GroundGame, p: int, code: str, what: str, hints: tuple[Hint, ...], severity: Severity) -> Diagnostic:
    player = game.players[p]
    notes = ("the optimum of the file can be better than that of the game",)
    at = player.objective_span or player.span
    return Diagnostic(code, f"`{player.name}`: {what}", at, "this one", notes=notes, hints=hints, severity=severity)
