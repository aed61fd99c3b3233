"""Several leaders: the stationarity of all their problems at once gives candidates; what each leader could gain at one,
its bilevel problem solved globally, decides whether it is an equilibrium.

Solves: what `diagonalisation` solves, where followers are LPs or convex QPs that follow those on top directly and
nobody decides on whole numbers.
Proves: as `diagonalisation`, an equilibrium of the leaders up to their regrets. A point that is stationary for
everybody, and is left by somebody, is told as such. Nothing where none is found: stationarity is necessary only where
the gradients of a leader's active constraints are independent, and not all points of its conditions are looked at.
Stops: at the first equilibrium, or when all of `starts` are used up, or at the time limit.
Reference: Leyffer and Munson, Optim. Methods Softw. 25 (2010) 601; Hu and Ralph, Oper. Res. 55 (2007) 809; Ruiz,
    Conejo and Smeers, IEEE Trans. Power Syst. 27 (2012) 752.
"""

from __future__ import annotations

from dataclasses import replace

from grammar.diagnostics import Hint
from runtime.methods.best_response import checked
from runtime.methods.diagonalisation import Diagonalisation
from runtime.methods.equilibrium_search import search
from runtime.methods.leaders_answer import Choose
from runtime.methods.method import Found, Refusal, Request, present
from runtime.methods.setting import Setting
from runtime.methods.starting_points import starting_points
from runtime.methods.stationary_candidates import StationaryCandidates, unfit
from runtime.solvers.ipopt import Ipopt

HINTS = (
    Hint("begin elsewhere: `--starts 20`, `--seed 1`"),
    Hint("let leaders take turns: `--method diagonalisation`"),
)


KINKS = (
    "where a follower's answer bends, an equilibrium may be no stationary point, since it need not have multipliers:"
    " this method cannot see it there"
)


class JointStationarity:
    """See the module."""

    name = "joint_stationarity"

    def __init__(self, choose: Choose) -> None:
        """`choose` finds the method for one leader's game."""
        self.leaders = Diagonalisation(choose)

    def refuses(self, setting: Setting) -> Refusal | None:
        refusal = self.leaders.refuses(setting)
        return refusal or unfit(setting)

    def run(self, setting: Setting, request: Request) -> Found:
        checked(request)
        present(Ipopt())
        game = setting.game
        movers = self.leaders.movers(setting, request)
        candidates = StationaryCandidates(setting, request, lambda x: self.leaders.settled(setting, request, x))
        found = search(game, movers, movers, starting_points(game, request.seed), request, way=candidates.judged)
        seconds = found.seconds + candidates.points.seconds
        found = self.leaders.with_names(replace(found, seconds=seconds), movers, game, request)
        count = len(candidates.known)
        words = f"{count} {'point' if count == 1 else 'points'} stationary for all, judged by each leader's game"
        evidence = tuple(replace(d, notes=(*candidates.left(), KINKS, *d.notes), hints=HINTS) for d in found.evidence)
        return replace(found, notes=(*found.notes, words), evidence=evidence)
