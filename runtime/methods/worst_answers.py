"""A leader over followers some of whom are `pessimistic` while some decide on whole numbers: an adversary picks, among
the best answers of the pessimistic ones, those that are worst for the leader, and its value function is learned as
theirs are.

From: the game; to: the game with the adversary (`compiler.reformulations.pessimistic`), in which it and all pessimistic
    followers count as followers with whole numbers of a `ValueSearch`.
Exact: yes. The master may choose any answers v of the pessimistic followers that it does not yet know to be beaten:
    these leave the adversary more than best ones do, so that it stays a relaxation. What it decides is answered in
    order: first the followers, then the adversary at their best answers.
Reference: Wiesemann, Tsoukalas, Kleniati and Rustem, SIAM J. Optim. 23 (2013) 353; Lozano and Smith, Oper. Res. 65
    (2017) 768; Zeng, INFORMS J. Computing 32 (2020) 1128.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.sparse import Bools, Floats
from compiler.reformulations.own_terms import linked_columns
from compiler.reformulations.pessimistic import with_adversary
from runtime.methods.exact_answers import Answered, ExactAnswers
from runtime.methods.method import Found, Request
from runtime.methods.setting import Setting
from runtime.methods.value_search import ValueSearch


def with_worst_answers(setting: Setting, gloomy: Bools, mixed: Bools, request: Request) -> Found:
    """What the leader can be sure of. `gloomy` (p,) are pessimistic, `mixed` (p,) decide on whole numbers. Raises as
    `Method.run`."""
    game = setting.game
    extended, copy = with_adversary(game, gloomy, setting.leader)
    learned = np.append(mixed | gloomy, True)
    answers = WorstAnswers(Setting.of(extended), learned, request, gloomy)
    found = ValueSearch(answers.setting, request, answers).found()
    return replace(
        found,
        x=None if found.x is None else found.x[copy],
        prices=None if found.prices is None else found.prices[: game.rows],
        notes=(*found.notes, "ties fall against the leader"),
    )


class WorstAnswers(ExactAnswers):
    """Answers the leader's decisions in a game with an adversary, its last player; `gloomy` (p,) are those of the
    others whose ties it decides."""

    def __init__(self, setting: Setting, mixed: Bools, request: Request, gloomy: Bools) -> None:
        super().__init__(setting, mixed, request)
        self.adversary = len(gloomy)
        self.gloomy = np.flatnonzero(gloomy).tolist()
        game = setting.game
        columns = np.concatenate([linked_columns(game, p) for p in (self.adversary, *self.gloomy)])
        # With what moves the followers given, so are their best answers, and what these leave the adversary.
        self.links[self.adversary] = np.unique(columns[~np.isin(game.owner[columns], self.gloomy)])

    def told(self, p: int) -> str:
        return super().told(self.gloomy[0] if p == self.adversary else p)

    def at(self, x: Floats) -> Answered:
        game = self.setting.game
        first = self.answers_of([p for p in np.flatnonzero(self.mixed).tolist() if p != self.adversary], x)
        if first is None:
            return Answered({}, {}, {})
        best = x.copy()
        for p, point in first.own.items():
            best[game.owner == p] = point[game.owner == p]
        last = self.answers_of([self.adversary], best)
        if last is None:
            return Answered({}, {}, {})
        both = Answered(first.values | last.values, first.sizes | last.sizes, first.own | last.own)
        return self.favourite(best, both)
