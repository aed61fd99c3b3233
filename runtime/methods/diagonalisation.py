"""Several leaders, of common followers or of their own: each solves its whole bilevel problem, the other leaders held,
in turns (diagonalisation).

Solves: games with several players on top some of whom are followed, as long as a method takes the game of each one and
all below it; these are asked, and solve it globally. A `shared` constraint whose multiplier is to be common to all is
taken where all its copies are within one such game.
Proves: an equilibrium of the leaders up to their regrets: each one's last problem, all other leaders at the point
shown, bounds what it could gain, whatever its followers' answers, ties as it likes. Nothing where none is found: such
games need not have an equilibrium.
Stops: as `best_response`; under `auto` at a point where all leaders are stationary, if one is an equilibrium.
Reference: Hu and Ralph, Oper. Res. 55 (2007) 809; Leyffer and Munson, Optim. Methods Softw. 25 (2010) 601; Gabriel et
    al., Complementarity Modeling in Energy Markets (2013), 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats
from compiler.ground.subgame import below, subgame
from grammar.diagnostics import Diagnostic, DiagnosticError
from runtime.methods.best_response import checked, no_common_multiplier
from runtime.methods.equilibrium_search import Way, in_turns, search
from runtime.methods.leaders_answer import Choose, LeadersAnswer
from runtime.methods.method import Found, Iteration, Refusal, Request
from runtime.methods.mover import Mover
from runtime.methods.own_answer import OwnAnswer
from runtime.methods.polish import PATIENCE
from runtime.methods.setting import Setting, nobodys_rows
from runtime.methods.starting_points import starting_points
from runtime.methods.stationary_candidates import StationaryCandidates, unfit
from runtime.methods.stationary_points import LARGEST
from runtime.methods.turns import Turns, Verdict, Walk
from runtime.solvers.ipopt import Ipopt


class Diagonalisation:
    """See the module."""

    name = "diagonalisation"

    def __init__(self, choose: Choose) -> None:
        """`choose` finds the method for one leader's game."""
        self.choose = choose

    def refuses(self, setting: Setting) -> Refusal | None:
        if len(setting.tops) < 2 or not setting.followers.any():
            return Refusal("there are not several players on top with some that follow", False)
        found = nobodys_rows(setting) + _uncommon(setting)
        if found:
            return Refusal(found[0].headline, True, found)
        game = setting.game
        # Which method fits turns on the structure; any point shows it.
        point = next(starting_points(game, 0, together=False))
        for top in setting.tops:
            mover = LeadersAnswer(game, top, Request(), self.choose)
            try:
                mover.method(mover.setting(point))
            except DiagnosticError as error:
                words = f"the game of `{game.players[top].name}` and its followers: {error.diagnostics[0].headline}"
                return Refusal(words, True, tuple(error.diagnostics))
        return None

    def run(self, setting: Setting, request: Request) -> Found:
        checked(request)
        game, weight = setting.game, request.iteration.proximal or 0.0
        movers = self.movers(setting, request)
        pulled = self.movers(setting, request, weight) if weight > 0 else movers
        points = starting_points(game, request.seed)
        way = self.way(setting, request)
        found = search(game, movers, pulled, points, request, lambda x: self.settled(setting, request, x), way)
        return self.with_names(found, movers, game, request)

    def way(self, setting: Setting, request: Request) -> Way | None:
        """Under `auto`, points at which all leaders are stationary before turns: of ten games of the tests six end at
        one, in a half to a fourteenth of the time; those where turns rest at once take up to a second more. None where
        columns are many, or turns are wanted in a way of their own."""
        if request.method != "auto" or request.iteration != Iteration(starts=request.iteration.starts):
            return None
        if unfit(setting) is not None or Ipopt().missing():
            return None
        candidates = StationaryCandidates(setting, request, lambda x: self.settled(setting, request, x))
        if candidates.program.columns > LARGEST:
            return None

        def way(turns: Turns, judge: Turns, start: int, point: Floats) -> tuple[Walk, Verdict]:
            walk, verdict = candidates.judged(turns, judge, start, point, PATIENCE)
            return (walk, verdict) if verdict.settled else in_turns(turns, judge, start, point)

        return way

    def movers(self, setting: Setting, request: Request, weight: float = 0.0) -> list[Mover]:
        """Everybody on top, with a proximal term of this `weight`."""
        followed = {leader for player in setting.game.players for leader in player.leaders}
        return [
            LeadersAnswer(setting.game, top, request, self.choose, weight)
            if top in followed
            else OwnAnswer(setting.game, top, request, weight)
            for top in setting.tops
        ]

    def with_names(self, found: Found, movers: Sequence[Mover], game: GroundGame, request: Request) -> Found:
        """With the methods that solve the leaders' games in its notes."""
        x = next(starting_points(game, request.seed)) if found.x is None else found.x
        how = dict.fromkeys(m.method(m.setting(x)).name for m in movers if isinstance(m, LeadersAnswer))
        return replace(found, notes=(*found.notes, f"each leader's game by {', '.join(how)}"))

    def settled(self, setting: Setting, request: Request, x: Floats) -> Floats:
        """With the followers' answers to the leaders' decisions in x; x itself where they cannot be had."""
        part = subgame(setting.game, setting.followers, x)
        below = Setting.of(part.game)
        try:
            found = self.choose(below, "auto").method.run(below, replace(request, method="auto"))
        except DiagnosticError:
            return x
        return x if found.x is None else part.widened(found.x, x)


def _uncommon(setting: Setting) -> tuple[Diagnostic, ...]:
    """The first shared constraint with one multiplier in common whose copies are in no single leader's game: G704."""
    game = setting.game
    tied = np.flatnonzero(game.row_group >= 0)
    if not len(tied):
        return ()
    group, owner = game.row_group[tied], game.row_owner[tied]
    copies = np.bincount(group)
    within = np.zeros(len(copies), np.bool_)
    for top in setting.tops:
        within |= np.bincount(group[below(game, top)[owner]], minlength=len(copies)) == copies
    apart = np.flatnonzero(~within[group])
    return (no_common_multiplier(game, int(tied[apart[0]])),) if len(apart) else ()
