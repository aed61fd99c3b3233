"""A decision of the player on top in, what it is worth in a game of three and more levels out: each player that follows
it directly leads a branch, whose game is solved by the method that fits it, the decision held.

From: the decision c; the branches, none of which sees another.
To: 1. for each branch its own game at c, solved to a proof: its leader gets v, at least v - gap.
    2. among all answers as good for the branches' leaders: the game in which the player on top decides for these as
       well, `sense * objective <= v` for each, the branches' own followers below it.
    So ties of the branches' leaders fall as the player on top likes, and those of their followers as they do for those.
Exact: yes, where both are solved to a proof; else what step 1 gives stands, and `Worth.bounds` says what is open.
Reference: Bard, J. Optim. Theory Appl. 43 (1984) 1 and Candler and Townsley, Comput. Oper. Res. 9 (1982) 59 for the
    order of decisions; Dempe, Foundations of Bilevel Programming (2002), 3.3 for ties.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.fixed_columns import fold_fixed_columns
from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Bools, Floats, Ints
from compiler.ground.subgame import below, subgame
from compiler.reformulations.extended_game import ExtendedGame
from grammar.diagnostics import DiagnosticError
from runtime.methods.leader_value import FAILED, NO_ANSWER, Worth
from runtime.methods.leaders_answer import Choose
from runtime.methods.method import Found, Method, Request
from runtime.methods.setting import Setting
from runtime.result import Status

ROOM = 1e-7
"""What is left above the best of a branch's leader, relative to its terms: a tenth of what a regret may be."""

UNTOLD = 1.5
"""Violation of a decision at which a branch has no answer: its method does not tell how far it is from having one."""

BROKEN = 0.5
"""Violation of one whose answers break a constraint of the player on top."""


class ValueByBranches:
    """See the module."""

    def __init__(self, setting: Setting, searched: Ints, choose: Choose, request: Request) -> None:
        """`setting.leader` is the player on top; `choose` finds the method of a branch, `request` is for it."""
        self.game, self.leader, self.searched, self.choose = setting.game, setting.leader, searched, choose
        self.request = replace(request, method="auto")
        self.base = np.where(self.game.lower == self.game.upper, self.game.lower, 0.0)
        self.tops = branch_leaders(setting)
        self.branches = [below(self.game, top) for top in self.tops]
        self._methods: dict[int, Method] = {}

    def worth(self, decision: Floats, time_limit: float | None = None) -> Worth:
        x = self.base.copy()
        x[self.searched] = decision
        prices = np.full(self.game.rows, np.nan)
        bounds: dict[int, float] = {}
        proven = True
        for top, branch in zip(self.tops, self.branches, strict=True):
            part = subgame(self.game, branch, x)
            found = self._solved(part.game, top, time_limit)
            if found is None:
                return Worth(np.inf, FAILED)
            if found.status in (Status.INFEASIBLE, Status.UNBOUNDED):
                return Worth(np.inf, UNTOLD if found.status is Status.INFEASIBLE else NO_ANSWER)
            if found.x is None:
                return Worth(np.inf, FAILED)
            x = part.widened(found.x, x)
            if found.prices is not None:
                prices[part.rows] = found.prices
            proven &= found.status is Status.OPTIMAL
            proved = {int(part.players[p]): bound for p, bound in found.bound.items() if np.isfinite(bound)}
            bounds |= {p: bound - self._outside(p, x) for p, bound in proved.items()}
        if not proven:
            return self._as_it_is(x, prices, bounds)
        return self._favourite(decision, x, prices, bounds, time_limit)

    def _solved(self, game: GroundGame, which: int, time_limit: float | None) -> Found | None:
        """A game below the decision; None where no method comes to an end. `which` keeps its method, the same as long
        as it fits: -1 for the joined game, else the branch's leader."""
        setting = Setting.of(game)
        try:
            method = self._methods.get(which)
            if method is None or method.refuses(setting) is not None:
                method = self._methods[which] = self.choose(setting, "auto").method
            return method.run(setting, replace(self.request, time_limit=time_limit))
        except DiagnosticError as error:
            if any(d.code == "G803" for d in error.diagnostics):
                raise
            return None

    def _favourite(
        self, decision: Floats, x: Floats, prices: Floats, bounds: dict[int, float], time_limit: float | None
    ) -> Worth:
        """The best for the player on top among answers as good as x for the branches' leaders."""
        found = self._solved(self._joined(decision, x), -1, time_limit)
        if found is not None and found.status is Status.UNBOUNDED:
            return Worth(-np.inf)
        if found is None or found.x is None or found.status is not Status.OPTIMAL:
            return self._as_it_is(x, prices, bounds)
        told = np.full(self.game.rows, np.nan) if found.prices is None else found.prices[: self.game.rows]
        point = found.x[: self.game.columns].copy()
        point[self.searched] = decision
        prices = np.where(np.isfinite(told), told, prices)
        return Worth(self._value(point), 0.0, point, prices, self._bounds_at(point, bounds))

    def _as_it_is(self, x: Floats, prices: Floats, bounds: dict[int, float]) -> Worth:
        """The branches' own answers, if nothing else is to be decided on top and they keep what holds there."""
        game = self.game
        own = game.owner == self.leader
        own[self.searched] = False
        rows = game.row_owner == self.leader
        at = game.matrix.times(x) + game.row_quad.times(x, game.rows)
        limit = np.where(at < game.row_lower, game.row_lower, np.where(at > game.row_upper, game.row_upper, 0.0))
        over = np.maximum(np.maximum(game.row_lower - at, at - game.row_upper), 0.0)
        if np.any(game.lower[own] != game.upper[own]):
            return Worth(np.inf, FAILED)
        if np.any(over[rows] > 1e-7 * (1.0 + np.abs(limit[rows]))):
            return Worth(np.inf, BROKEN)
        return Worth(self._value(x), 0.0, x, prices, self._bounds_at(x, bounds))

    def _inside(self, player: int) -> Bools:
        """The columns that are decided in the branch of this player: (columns,)."""
        branch = next(chosen for chosen in self.branches if chosen[player])
        return np.append(branch, False)[_makers(self.game)]

    def _outside(self, player: int, x: Floats) -> float:
        """The part of a player's objective that nobody in its branch moves; a decision on top that enters no other part
        is not searched, and still to be decided when branches are solved."""
        return float(self.game.objectives_at(np.where(self._inside(player), 0.0, x))[player])

    def _bounds_at(self, x: Floats, inside: dict[int, float]) -> dict[int, float]:
        """Bounds on objectives at x, from those on the parts that the branches move."""
        return {p: bound + self._outside(p, x) for p, bound in inside.items()}

    def _value(self, x: Floats) -> float:
        return self.game.players[self.leader].sense * float(self.game.objectives_at(x)[self.leader])

    def _joined(self, decision: Floats, x: Floats) -> GroundGame:
        """The game in which the player on top has the columns and rows of the branches' leaders, who keep their best
        values, and leads all who follow these; the decision is held."""
        game, top = self.game, self.leader
        led = [p for p in self.tops if _followed(game, p)]
        moved = np.zeros(len(game.players) + 1, np.bool_)
        moved[led] = True
        lower, upper = game.lower.copy(), game.upper.copy()
        lower[self.searched] = upper[self.searched] = decision
        players = tuple(
            replace(p, leaders=tuple(dict.fromkeys(top if moved[k] else k for k in p.leaders))) for p in game.players
        )
        more = ExtendedGame(
            replace(
                game,
                players=players,
                lower=lower,
                upper=upper,
                owner=np.where(moved[game.owner], top, game.owner),
                row_owner=np.where(moved[game.row_owner], top, game.row_owner),
            ),
            top,
        )
        values = game.objectives_at(x)
        for p in led:
            # What is not decided below moves no answer, and is still to be decided here.
            inside = self._inside(p)
            linear = game.objective.take_rows(np.array([p]))
            linear = replace(linear, data=np.where(inside[linear.indices], linear.data, 0.0))
            quad = game.objective_quad.take(game.objective_quad.row == p)
            quad = quad.take(inside[quad.i] | inside[quad.j])
            sense = float(game.players[p].sense)
            limit = sense * (float(values[p]) - self._outside(p, x)) + ROOM * game.objective_size(p, x)
            row = more.row(top, np.array([-np.inf]), np.array([limit]), f"best of {game.players[p].name}")
            more.add(np.full(linear.nnz, row[0]), linear.indices, sense * linear.data)
            more.add_products(np.full(quad.entries, row[0]), quad.i, quad.j, sense * quad.value)
        return fold_fixed_columns(_without(more.built(), moved))


def _without(game: GroundGame, gone: Bools) -> GroundGame:
    """The game without the players `gone` (p+1,), who own nothing any more."""
    kept = ~gone[: len(game.players)]
    place = np.where(kept, np.cumsum(kept) - 1, -1)
    number = np.append(place, -1)
    rows = np.flatnonzero(kept)
    return replace(
        game,
        players=tuple(
            replace(game.players[p], leaders=tuple(int(place[k]) for k in game.players[p].leaders))
            for p in rows.tolist()
        ),
        owner=number[game.owner],
        row_owner=number[game.row_owner],
        objective=game.objective.take_rows(rows),
        objective_constant=game.objective_constant[rows],
        objective_quad=game.objective_quad.take_rows(rows),
        objective_unit=None if game.objective_unit is None else game.objective_unit[rows],
    )


def _followed(game: GroundGame, player: int) -> bool:
    return any(player in p.leaders for p in game.players)


def _makers(game: GroundGame) -> Ints:
    """Whose answer each column comes with: its owner's, or for a price that of its constraint's owner."""
    return np.where(game.price_row >= 0, game.row_owner[game.price_row], game.owner) if game.rows else game.owner


def branch_leaders(setting: Setting) -> list[int]:
    """Those who follow `setting.leader` directly."""
    return [p for p, player in enumerate(setting.game.players) if setting.leader in player.leaders]


def meeting(setting: Setting, branches: list[Bools]) -> tuple[int, int] | None:
    """The first two branches, by number, one of which sees a column or price of the other; None if none does."""
    game = setting.game
    maker = _makers(game)
    branch = np.full(len(game.players) + 1, -1)
    for k, chosen in enumerate(branches):
        branch[:-1][chosen] = k
    quad, goal = game.row_quad, game.objective_quad
    users = [
        (game.row_owner[game.matrix.row_numbers()], game.matrix.indices),
        (game.row_owner[quad.row], quad.i),
        (game.row_owner[quad.row], quad.j),
        # A linear term of another branch's column in an objective moves no answer.
        (goal.row, goal.i),
        (goal.row, goal.j),
    ]
    for user, column in users:
        one, other = branch[user], branch[maker[column]]
        pairs = np.flatnonzero((one >= 0) & (other >= 0) & (one != other))
        if len(pairs):
            return int(one[pairs[0]]), int(other[pairs[0]])
    return None
