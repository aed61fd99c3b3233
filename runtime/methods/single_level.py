"""One player alone: LP, MILP and convex QP by HiGHS, the rest by SCIP.

Solves: games of one player without followers, whatever its class.
Proves: a global optimum up to the gap; SCIP branches in space where the problem is not convex.
Stops: at the proof or the time limit. Shadow prices are the duals of an LP or convex QP. With integers they come from
the problem in which these are fixed at the answer, which is said in the notes; where that is not convex there are none.
Complementary pairs (`perp`) are SOS1 sets, so the optimum is global; prices hold the side that is zero.
Reference: for prices of problems with integers, O'Neill et al., Eur. J. Oper. Res. 164 (2005) 269.
"""

from __future__ import annotations

import numpy as np

from compiler.reformulations.best_response import best_response
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from runtime.methods.method import Found, Refusal, Request, solved
from runtime.methods.polish import polished
from runtime.methods.setting import Setting, nobodys_rows, price_findings
from runtime.result import Status
from runtime.solvers.solver import Ending

STATUS = {
    Ending.OPTIMAL: Status.OPTIMAL,
    Ending.INFEASIBLE: Status.INFEASIBLE,
    Ending.UNBOUNDED: Status.UNBOUNDED,
    Ending.INFEASIBLE_OR_UNBOUNDED: Status.UNBOUNDED,
    Ending.LIMIT: Status.LIMIT,
    Ending.LOCAL: Status.LOCAL,
    Ending.STATIONARY: Status.STATIONARY,
}
"""The triage finds out whether INFEASIBLE_OR_UNBOUNDED is the one or the other."""


class SingleLevel:
    """See the module."""

    name = "single_level"

    def refuses(self, setting: Setting) -> Refusal | None:
        if not setting.alone:
            return Refusal("there are several players", False)
        found = nobodys_rows(setting) + price_findings(setting, np.zeros(1, np.bool_))
        return Refusal(found[0].headline, True, found) if found else None

    def run(self, setting: Setting, request: Request) -> Found:
        game = setting.game
        program, recovery = best_response(game, 0, np.zeros(game.columns))
        program = complementarity_sos1(program)
        solver, outcome = solved(program, request)
        status = STATUS[outcome.ending]
        if outcome.z is None:
            return Found(status, solver.name, seconds=outcome.seconds)
        z, duals, seconds = outcome.z, outcome.row_duals, outcome.seconds
        notes: tuple[str, ...] = ()
        if duals is None:
            exact = polished(program, z, request.options)
            if exact is not None and exact.z is not None:
                z, duals, seconds = exact.z, exact.row_duals, seconds + exact.seconds
                held = [
                    word for word, there in (("integers", program.integer.any()), ("pairs", len(program.sos1))) if there
                ]
                if held and duals is not None:
                    notes = (f"shadow prices hold the {' and '.join(held)} fixed at the answer",)
        sense = game.players[0].sense
        return Found(
            status=status,
            solver=solver.name,
            x=recovery.point(z),
            prices=recovery.prices(z, duals),
            claimed={0: sense * program.cost_at(z)},
            bound={0: sense * outcome.bound},
            notes=notes,
            seconds=seconds,
        )
