"""All of the leader's decisions, where those that its followers see are few whole numbers, the answers exact at each.

Solves, proves, stops: see `runtime.methods.leader_search`, of which this is the part that tries everything; followers
may be of any class that HiGHS or SCIP solves to a proof. `auto` asks it before the followers' optimality conditions
where these would multiply the leader's whole numbers with multipliers that have no bounds (`pays`): a search over such
products may take hours for a game of 27 decisions.
Reference: Moore and Bard, Oper. Res. 38 (1990) 911, whose branching on the leader's whole numbers ends in the same
    problems, followers at fixed decisions.
"""

from __future__ import annotations

import numpy as np

from runtime.methods.leader_question import joined_followers
from runtime.methods.leader_search import LeaderSearch
from runtime.methods.leader_value import ties_open
from runtime.methods.method import Refusal
from runtime.methods.search_space import SearchSpace, linking, search_space
from runtime.methods.setting import Setting

MOST = 100_000
"""Decisions: at about a millisecond each some minutes."""

SOON = 500
"""Decisions that take less time than most searches with products."""


class Enumeration(LeaderSearch):
    """See the module."""

    def __init__(self) -> None:
        super().__init__("enumeration", None, least=1)

    def refuses(self, setting: Setting) -> Refusal | None:
        refusal = super().refuses(setting)
        if refusal is not None:
            return refusal
        points = _points(setting)
        if np.isinf(points):
            return Refusal("followers see decisions of the leader that are not whole numbers", False)
        if points > MOST:
            return Refusal(f"its followers see {points:.3g} decisions of the leader, too many to try them all", False)
        return None

    def pays(self, setting: Setting) -> bool:
        """Whether few decisions multiply columns of followers in their own rows, so that optimality conditions have
        products with multipliers, and trying them proves the best one. Of a game that is not refused."""
        game = setting.game
        quad = game.row_quad
        owner = game.row_owner[quad.row]
        below = (owner >= 0) & setting.followers[owner]
        columns = linking(setting)
        mine = np.isin(quad.i, columns) ^ np.isin(quad.j, columns)
        proves = not joined_followers(setting) and not ties_open(setting)
        return bool((below & mine).any()) and proves and _points(setting) <= SOON


def _points(setting: Setting) -> float:
    space = search_space(setting, linking(setting))
    assert isinstance(space, SearchSpace), "a game that was refused"
    return space.points


ENUMERATION = Enumeration()
