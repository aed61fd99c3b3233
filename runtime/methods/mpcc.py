"""Followers, or equals, by their optimality conditions, solved locally: a fast answer that proves nothing about
points further away.

Solves: what `kkt`, `joint_conditions` and `tangent_conditions` solve, without whole numbers; of equals also games with
nonlinear constraints that leave no room somewhere, as a point of their conditions is an equilibrium all the same.
Proves: that every follower is at an optimum of its own (the certificate solves each again), and that the leader's
decision is `local` or `stationary`, never `optimal`; of equals, an equilibrium, as every point of their conditions
is one.
Stops: when the starts of `runtime.methods.relaxed_pairs` are used up, or at the time limit.
Reference: Scholtes, SIAM J. Optim. 11 (2001) 918; Luo, Pang and Ralph, Mathematical Programs with Equilibrium
    Constraints (1996).
"""

from __future__ import annotations

import numpy as np

from compiler.ground.ground_game import REAL, GroundGame
from compiler.ground.sparse import Floats
from compiler.reformulations.program import Program
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.methods.joint_conditions import JointConditions
from runtime.methods.kkt import Kkt
from runtime.methods.method import Found, Method, Refusal, Request, present
from runtime.methods.pairs import PairAnswer
from runtime.methods.relaxed_pairs import relaxed_pairs
from runtime.methods.setting import Setting
from runtime.methods.tangent_conditions import TangentConditions
from runtime.solvers.ipopt import Ipopt
from runtime.solvers.solver import Ending


class Mpcc:
    """See the module."""

    name = "mpcc"

    def refuses(self, setting: Setting) -> Refusal | None:
        method, refusals = _conditions(setting)
        if method is None:
            first = next((r for r in refusals if r.fits), refusals[0])
            # The exact methods show these findings; `fits` would show them twice.
            return Refusal(first.reason, False, first.diagnostics)
        if np.any(setting.game.kind != REAL):
            return Refusal("someone decides on whole numbers, which IPOPT does not take", False)
        return None

    def run(self, setting: Setting, request: Request) -> Found:
        method, _ = _conditions(setting)
        assert method is not None, "a game that was refused"
        return method.run(setting, request)


def _conditions(setting: Setting) -> tuple[Method | None, list[Refusal]]:
    """The method that writes down the conditions, solved locally; or why there is none."""
    refusals = []
    for method in (Kkt(local), JointConditions(local), TangentConditions(local, complete=False)):
        refusal = method.refuses(setting)
        if refusal is None:
            return method, []
        refusals.append(refusal)
    return None, refusals


def local(game: GroundGame, program: Program, unit: Floats | None, request: Request) -> PairAnswer:
    """As `runtime.methods.pairs.solve_pairs`, but locally; a Program of conditions of equals needs one start that
    ends at a point. Raises DiagnosticError: G807 for another solver or reformulation, G803, G804."""
    for wanted, option, mine in (
        (request.solver, "solver", "ipopt"),
        (request.complementarity, "complementarity", "relaxed"),
    ):
        if wanted not in ("auto", mine):
            hint = Hint(f"leave `--{option}` to `auto`, or use `--method kkt`")
            headline = (
                f"{option} `{wanted}` does not fit: method `mpcc` relaxes complementary pairs and lets IPOPT solve"
            )
            raise DiagnosticError([Diagnostic("G807", headline, hints=(hint,))])
    solver = present(Ipopt())
    outcome = relaxed_pairs(program, request.options)
    if outcome.ending is Ending.FAILED:
        hints = (Hint("`--method auto` proves whether there is an answer"), Hint("another `--seed` begins elsewhere"))
        raise DiagnosticError([Diagnostic("G804", f"{solver.name} found no answer: {outcome.message}", hints=hints)])
    count = len(program.complementary)
    words = f"{count} complementary pairs as products with a limit that shrinks to 0, then exactly; {outcome.message}"
    return PairAnswer(outcome, solver.name, "relaxed", (), (words,), False)
