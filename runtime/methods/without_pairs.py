"""A Program with complementary pairs and the request in, the same without pairs out, and the name of what replaced
them: for problems that are solved many times, so that only bounds that cost nothing are derived."""

from __future__ import annotations

from compiler.ground.ground_game import GroundGame
from compiler.reformulations.column_bounds import ColumnBounds, propagated, with_bounds
from compiler.reformulations.complementarity_big_m import complementarity_big_m, fit
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.program import Program
from compiler.reformulations.registry import COMPLEMENTARITIES
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint, did_you_mean
from runtime.methods.method import Request
from runtime.solvers.highs import Highs


def without_pairs(game: GroundGame, program: Program, request: Request) -> tuple[Program, str]:
    """By the reformulation asked for; `auto`: binaries for HiGHS where propagation bounds all pairs, else SOS1 sets for
    SCIP, to which binaries for a part of the pairs are no help. New columns come last.

    Raises DiagnosticError (G807) for a reformulation that does not exist.
    """
    name = request.complementarity
    if name != "auto" and name not in COMPLEMENTARITIES:
        hints = did_you_mean(name, COMPLEMENTARITIES) or (Hint(f"they are auto, {', '.join(COMPLEMENTARITIES)}"),)
        raise DiagnosticError([Diagnostic("G807", f"there is no complementarity `{name}`", hints=hints)])
    if not len(program.complementary):
        return program, "sos1" if name == "auto" else name
    bounds = propagated(program, ColumnBounds.of(program)).rounded()
    bounded = with_bounds(program, bounds)
    if name == "auto":
        wanted = request.solver in ("auto", "highs")
        binary = complementarity_big_m(bounded, bounds) if wanted and fit(bounded, bounds).all() else None
        if binary is not None and not Highs().refuses(binary):
            return binary, "big_m"
        name = "sos1"
    return complementarity_sos1(COMPLEMENTARITIES[name].apply(game, bounded, bounds)), name
