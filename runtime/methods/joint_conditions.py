"""Players that move at the same time: the optimality conditions of all of them at once.

Solves: several players without leaders, each an LP or convex QP in its own columns; they may see each other's columns
in objectives and constraints (generalised Nash) and each other's shadow prices.
Proves: a Nash equilibrium, as the conditions are necessary and sufficient; "infeasible" proves that none exists.
Where there are several equilibria it gives one of them, and does not say so.
Stops: at the first point that satisfies all conditions, or the time limit; the pattern is then solved once more to
1e-9.
Reference: Nash (1951); Facchinei and Kanzow, 4OR 5 (2007) 173.
"""

from __future__ import annotations

import numpy as np

from compiler.reformulations.kkt import kkt
from runtime.methods.kkt import follower_findings
from runtime.methods.method import Found, Refusal, Request
from runtime.methods.pairs import PairSolver, solve_pairs
from runtime.methods.setting import Setting, nobodys_rows, price_findings
from runtime.methods.single_level import STATUS
from runtime.result import Status


class JointConditions:
    """See the module."""

    name = "joint_conditions"

    def __init__(self, pairs: PairSolver = solve_pairs) -> None:
        """`pairs` solves the Program of the conditions."""
        self.pairs = pairs

    def refuses(self, setting: Setting) -> Refusal | None:
        if not setting.equals:
            return Refusal("there is one player only" if setting.alone else "some players follow others", False)
        everyone = np.ones(len(setting.game.players), np.bool_)
        found = follower_findings(setting, list(range(len(everyone)))) + nobodys_rows(setting)
        found = found or price_findings(setting, everyone)
        # What is said of nonlinear problems is for `tangent_conditions` to say.
        curved = any(c.smooth or not c.linear_rows for c in setting.classes)
        return Refusal(found[0].headline, not curved, found) if found else None

    def run(self, setting: Setting, request: Request) -> Found:
        game = setting.game
        program, recovery = kkt(game, np.ones(len(game.players), np.bool_), None)
        found = self.pairs(game, program, recovery.unit, request)
        z = found.outcome.z
        if z is None:
            ended = STATUS[found.outcome.ending]
            return Found(ended, found.solver, seconds=found.outcome.seconds, complementarity=found.how)
        x = recovery.point(z)
        return Found(
            status=Status.EQUILIBRIUM,
            solver=found.solver,
            x=x,
            prices=recovery.prices(z),
            claimed=dict(enumerate(game.objectives_at(x).tolist())),
            ledger=found.ledger,
            notes=(*found.notes, "this is one equilibrium, there may be others"),
            seconds=found.outcome.seconds,
            complementarity=found.how,
        )
