"""Complementary pairs that only big-M may take, and that have no bound, in; G710 in the words of the file out."""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats
from compiler.reformulations.column_bounds import ColumnBounds
from compiler.reformulations.complementarity_big_m import LARGEST, fit
from compiler.reformulations.program import Program, label_of
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint


def pairs_without_bounds(
    game: GroundGame, program: Program, unit: Floats, bounded: Program, bounds: ColumnBounds
) -> DiagnosticError:
    """See the module; `bounded` is the `program` with its `bounds`, `unit` as in `solve_pairs`."""
    pairs = bounded.complementary[~fit(bounded, bounds)]
    tops = bounds.upper[pairs]
    columns = pairs[~(tops <= LARGEST)] if len(pairs) else np.unique(bounded.complementary)[:0]
    first = label_of(program.column_parts, game, int(columns[0])) if len(columns) else "a multiplier"
    known = tops[~(tops <= LARGEST)]
    why = "has no bound that can be derived"
    notes: tuple[str, ...] = ()
    if len(columns):
        notes = (f"{len(columns)} multipliers or slacks are without a bound that can be used",)
    bounds_hint = "bounds on the follower's variables and its others' help to derive one"
    if len(known) and np.isfinite(known[0]):
        largest = known[0] * unit[columns[0]]
        why = f"is only known to be below {largest:.3g}: too much for binaries"
        notes += (f"a binary is whole to 1e-6 for solvers, which would leave {1e-6 * largest:.2g} of it where it is 0",)
        bounds_hint = (
            "bounds nearer to what the variables can be make it smaller, or units in which they are near 1; a bound"
            " that is only meant to be out of the way may go"
        )
    return DiagnosticError(
        [
            Diagnostic(
                "G710",
                f"big-M needs bounds, but the {first} {why}",
                notes=notes,
                hints=(
                    Hint("use `--complementarity sos1` with SCIP, which needs no bound"),
                    Hint(bounds_hint),
                    Hint("`--big-m VALUE` assumes one; the answer is then `optimal_if_bounds`"),
                ),
            )
        ]
    )
