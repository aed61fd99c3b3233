"""Players that move at the same time, each with its globally best answer to the others, in turns or all at once.

Solves: several players without leaders, of any class: with whole numbers, not convex, with nonlinear constraints,
with others' columns in their constraints (generalised Nash). Shadow prices that others use must come from convex
players. A `shared` constraint whose multiplier is to be common to all is for `joint_conditions` where players are
convex; of others, whose multipliers prove nothing, any equilibrium of the generalised game will do.
Proves: a Nash equilibrium up to the regret, as every player's last answer was a global optimum; nothing where none is
found. In a weighted potential game moves in turns cannot cycle.
Stops: where nobody gains by moving, where decisions repeat, after `iterations` from each of `starts`, or at the time
limit.
Reference: Nash (1951); Facchinei and Kanzow, 4OR 5 (2007) 173; Monderer and Shapley, Games Econ. Behavior 14 (1996)
    124.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import GroundGame, block_of
from compiler.ground.sparse import Floats
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from runtime.methods.equilibrium_search import search
from runtime.methods.method import Found, Refusal, Request
from runtime.methods.own_answer import OwnAnswer
from runtime.methods.potential import potential_weights
from runtime.methods.setting import Setting, nobodys_rows, price_findings
from runtime.methods.starting_points import starting_points

ORDERS = ("auto", "gauss_seidel", "jacobi")


class BestResponse:
    """See the module."""

    name = "best_response"

    def refuses(self, setting: Setting) -> Refusal | None:
        if not setting.equals:
            return Refusal("there is one player only" if setting.alone else "some players follow others", False)
        convex = np.array([c.convex for c in setting.classes], np.bool_)
        found = nobodys_rows(setting) + price_findings(setting, convex) + _uncommon(setting)
        return Refusal(found[0].headline, True, found) if found else None

    def run(self, setting: Setting, request: Request) -> Found:
        checked(request)
        game, weight = setting.game, request.iteration.proximal or 0.0
        everyone = range(len(game.players))
        movers = [OwnAnswer(game, p, request) for p in everyone]
        pulled = [OwnAnswer(game, p, request, weight) for p in everyone] if weight > 0 else movers

        def values(x: Floats) -> Floats:
            for mover in movers:
                x = mover.with_values(x)
            return x

        found = search(game, movers, pulled, starting_points(game, request.seed), request, values=values)
        if potential_weights(game) is not None:
            words = "a potential game: whoever gains by a move lowers what all have in common, so turns cannot cycle"
            found = replace(found, notes=(*found.notes, words))
        if np.any(game.row_group >= 0):
            words = "players that are not convex share constraints without a multiplier in common"
            prices = None if found.prices is None else np.where(game.row_group >= 0, np.nan, found.prices)
            found = replace(found, prices=prices, notes=(*found.notes, words))
        return found


def checked(request: Request) -> None:
    """Raises DiagnosticError (G807) for an order that there is not."""
    if request.iteration.order not in ORDERS:
        headline = f"there is no order `{request.iteration.order}`"
        raise DiagnosticError([Diagnostic("G807", headline, hints=(Hint(f"orders are {', '.join(ORDERS)}"),))])


def _uncommon(setting: Setting) -> tuple[Diagnostic, ...]:
    """Shared constraints whose common multiplier best responses would not find: G704."""
    game = setting.game
    owners = game.row_owner[np.flatnonzero(game.row_group >= 0)] if len(game.row_group) else np.zeros(0, np.int64)
    if not all(setting.classes[p].convex for p in np.unique(owners).tolist()) or not len(owners):
        return ()
    common = "`--method joint_conditions` or `mpcc` finds the common one where they fit"
    return (no_common_multiplier(game, int(np.flatnonzero(game.row_group >= 0)[0]), Hint(common)),)


def no_common_multiplier(game: GroundGame, row: int, *more: Hint) -> Diagnostic:
    """G704 for a shared constraint, a copy of which is `row`, that moves in turns leave with several multipliers."""
    block = block_of(game.row_blocks, row)
    individual = "`price NAME individual` allows each player its own: a generalised Nash equilibrium"
    headline = f"`{block.name}` is to have one multiplier in common, which best responses do not look for"
    return Diagnostic("G704", headline, block.span, hints=(Hint(individual), *more))
