"""Games of three and more levels: the player on top by a search, all below it exactly at each point.

Solves: one player on top; who follows it directly leads a branch of its own, and no branch sees another. Branches are
games of one or two levels that a method solves to a proof, or chains in their turn.
Proves: that each leader of a branch is at its best at the decision on top, to the gap that the certificate shows as its
regret, and that all others are at theirs. Of the player on top what `runtime.methods.leader_search` proves: no more
than the gap to the high-point relaxation. Where a branch is a chain in its turn, its leader is found by a search as
well, and its regret is bounded no better.
Stops: as `runtime.methods.leader_search`; points are made by CMA-ES.
Reference: Bard, J. Optim. Theory Appl. 43 (1984) 1; Lu, Han, Hu and Zhang, Inform. Sci. 346 (2016) 463 for a survey.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.subgame import below, subgame
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.methods.cma_es import strategy
from runtime.methods.leader_search import LeaderSearch
from runtime.methods.leaders_answer import Choose
from runtime.methods.method import Found, Refusal, Request
from runtime.methods.search_space import linking, search_space
from runtime.methods.setting import Setting, nobodys_rows
from runtime.methods.value_by_branches import branch_leaders, meeting


class Nested(LeaderSearch):
    """See the module."""

    def __init__(self, choose: Choose) -> None:
        """`choose` finds the method of a branch."""
        super().__init__("nested", strategy, least=2)
        self.choose = choose

    def refuses(self, setting: Setting) -> Refusal | None:
        if len(setting.tops) != 1:
            return Refusal("there is not just one player on top", False)
        if setting.leader >= 0 or not setting.followers.any():
            return Refusal("there are fewer than three levels", False)
        setting = under_top(setting)
        game = setting.game
        found = nobodys_rows(setting) or _findings(setting)
        if not found:
            space = search_space(setting, linking(setting))
            found = space if isinstance(space, tuple) else ()
        if found:
            return Refusal(found[0].headline, True, found)
        x = np.where(game.lower == game.upper, game.lower, 0.0)
        for top in branch_leaders(setting):
            part = subgame(game, below(game, top), x)
            try:
                self.choose(Setting.of(part.game), "auto")
            except DiagnosticError as error:
                words = f"the game of `{game.players[top].name}` and its followers: {error.diagnostics[0].headline}"
                return Refusal(words, True, tuple(error.diagnostics))
        return None

    def run(self, setting: Setting, request: Request) -> Found:
        return super().run(under_top(setting), request)


def under_top(setting: Setting) -> Setting:
    """The Setting whose `leader` is the player on top, whoever follows it directly or not."""
    return replace(setting, leader=setting.tops[0])


def _findings(setting: Setting) -> tuple[Diagnostic, ...]:
    """G704 for pessimistic players, who follow several, and branches that see each other."""
    game = setting.game
    tops = branch_leaders(setting)
    branches = [below(game, top) for top in tops]
    reason, player = "", -1
    gloomy, several = np.flatnonzero(setting.gloomy()), [p for p, q in enumerate(game.players) if len(q.leaders) > 1]
    met = meeting(setting, branches)
    if len(gloomy):
        player, reason = int(gloomy[0]), "is `pessimistic`, which needs a game of two levels"
    elif several:
        player, reason = several[0], "follows several players in a game of three levels or more"
    elif met is not None:
        player = tops[met[0]]
        other = game.players[tops[met[1]]].name
        reason = f"or who follows it sees what `{other}` or its followers decide: leaders in the middle must not meet"
    if not reason:
        return ()
    declared = game.players[player]
    hint = Hint("write it as a game of two levels, or let one player decide for both")
    return (Diagnostic("G704", f"`{declared.name}` {reason}", declared.span, "here", hints=(hint,)),)
