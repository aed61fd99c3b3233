"""A leader over followers some of whom are `pessimistic`: their ties fall against it.

Solves: one leader over followers that follow it directly and do not see each other: LP, convex QP or MILP. The
pessimistic ones are linear, and no constraint of another player depends on them; where one of them has real columns,
no real decision of another is a factor in its costs and constraints.
Proves: the best value that the leader can be sure of, up to the gap, and that it is attained.
Stops: as `kkt`, by which the game with an adversary (`compiler.reformulations.pessimistic`) is solved. With whole
numbers below, or products, as `value_function` (`worst_answers`): then the value may be one that is approached only
(G809).
Reference: Zeng, INFORMS J. Computing 32 (2020) 1128; Dempe, Foundations of Bilevel Programming (2002), 3.3.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.curvature import Curvature
from compiler.ground.ground_game import INTEGER, GroundGame
from compiler.ground.sparse import Bools, Ints
from compiler.reformulations.pessimistic import with_adversary
from grammar.diagnostics import Diagnostic, Hint, Label
from runtime.methods.integer_findings import integer_findings, mixed_followers
from runtime.methods.kkt import Kkt, follower_findings
from runtime.methods.method import Found, Refusal, Request
from runtime.methods.setting import Setting, nobodys_rows, price_findings
from runtime.methods.worst_answers import with_worst_answers

WAY_OUT = Hint("leave `pessimistic` out: the certificate says what the worst tie would cost the leader")


class Pessimistic:
    """See the module."""

    name = "pessimistic"

    def refuses(self, setting: Setting) -> Refusal | None:
        gloomy = setting.gloomy()
        if not gloomy.any():
            return Refusal("no follower is pessimistic", False)
        if setting.leader < 0:
            return Refusal("there is not just one leader on one level", False)
        mixed = mixed_followers(setting)
        found = integer_findings(setting, mixed) if mixed.any() else ()
        found = found or follower_findings(setting, np.flatnonzero(setting.followers & ~mixed).tolist())
        found = found or _findings(setting, gloomy)
        if not found and _by_values(setting, mixed, gloomy):
            found = nobodys_rows(setting) or price_findings(setting, setting.followers & ~mixed & ~gloomy)
            return Refusal(found[0].headline, True, found) if found else None
        if found:
            return Refusal(found[0].headline, True, found)
        extended, _ = with_adversary(setting.game, gloomy, setting.leader)
        return Kkt().refuses(Setting.of(extended))

    def run(self, setting: Setting, request: Request) -> Found:
        game, gloomy, mixed = setting.game, setting.gloomy(), mixed_followers(setting)
        if _by_values(setting, mixed, gloomy):
            return with_worst_answers(setting, gloomy, mixed, request)
        extended, copy = with_adversary(game, gloomy, setting.leader)
        found = Kkt().run(Setting.of(extended), request)
        leader = {setting.leader}
        return replace(
            found,
            x=None if found.x is None else found.x[copy],
            prices=None if found.prices is None else found.prices[: game.rows],
            claimed={p: v for p, v in found.claimed.items() if p in leader},
            notes=(*(n for n in found.notes if "see each other" not in n), "ties fall against the leader"),
        )


def _by_values(setting: Setting, mixed: Bools, gloomy: Bools) -> bool:
    """Whether value functions are learned in place of one set of conditions."""
    goal, quad = setting.game.objective_quad, setting.game.row_quad
    moved = _theirs(setting.game, gloomy, goal.i, goal.j) & gloomy[goal.row]
    return bool(mixed.any() or moved.any() or _theirs(setting.game, gloomy, quad.i, quad.j).any())


def _theirs(game: GroundGame, players: Bools, first: Ints, second: Ints) -> Bools:
    """The mask of products (k,) with a column of one of `players` (p,)."""
    mine = (game.owner >= 0) & players[game.owner]
    either: Bools = mine[first] | mine[second]
    return either


def _jumping(game: GroundGame, gloomy: Bools, first: Ints, second: Ints) -> Bools:
    """The mask of products (k,) of a column of a gloomy follower that has real columns with a column of another player
    that is not whole: there the worst answer may become another one at once."""
    real = np.zeros(len(game.players) + 1, np.bool_)
    real[game.owner[(game.kind != INTEGER) & (game.lower != game.upper)]] = True
    theirs = np.append(gloomy, False)[game.owner]
    moving = ~theirs & (game.kind != INTEGER)
    jumping: Bools = _theirs(game, gloomy & real[:-1], first, second) & (moving[first] | moving[second])
    return jumping


def _findings(setting: Setting, gloomy: Bools) -> tuple[Diagnostic, ...]:
    """Why an adversary cannot stand for the ties of the gloomy followers: G704."""
    game = setting.game
    mine = (game.owner >= 0) & gloomy[game.owner]
    my_rows = (game.row_owner >= 0) & gloomy[game.row_owner]
    row, column = game.matrix.row_numbers(), game.matrix.indices
    goal, quad = game.objective_quad, game.row_quad
    coupled = np.concatenate([row[mine[column]], quad.row[mine[quad.i] | mine[quad.j]]])
    coupled = coupled[~my_rows[coupled]]
    coupled_row = int(coupled.min()) if len(coupled) else -1
    products = np.flatnonzero(_jumping(game, gloomy, quad.i, quad.j))
    prices = np.flatnonzero(game.price_row >= 0)
    priced = prices[my_rows[game.price_row[prices]]]
    moved = np.flatnonzero(_jumping(game, gloomy, goal.i, goal.j) & gloomy[goal.row])
    squares = np.flatnonzero(mine[goal.i] & mine[goal.j] & (goal.row == setting.leader))
    reason, span = "", None
    if any(setting.classes[p].objective is not Curvature.LINEAR for p in np.flatnonzero(gloomy).tolist()):
        reason = "its objective is not linear"
    elif len(moved):
        reason = "others' decisions move its costs, so that the leader may have no best decision, only ever better ones"
    elif len(products) and coupled_row < 0:
        reason = "a constraint multiplies its decisions by others'"
    elif coupled_row >= 0:
        reason = f"`{game.row_label(coupled_row)}`, a constraint of another player, depends on its decisions"
        span = next((b.span for b in game.row_blocks if b.start <= coupled_row < b.stop), None)
    elif len(priced):
        reason = f"its shadow price `{game.column_label(int(priced[0]))}` is used"
    elif len(squares):
        reason = "the leader squares or multiplies its decisions"
    elif setting.meet() or game.curves or len(game.complementary) or np.any(game.row_group >= 0):
        reason = "followers see each other, or the game has smooth functions, complementarities or shared constraints"
    if not reason:
        return ()
    player = game.players[int(np.flatnonzero(gloomy)[0])]
    return (
        Diagnostic(
            "G704",
            f"`{player.name}` is `pessimistic`, but {reason}",
            span or player.span,
            "here" if span else "decides ties against its leaders",
            (Label(player.span, "this follower"),) if span and player.span else (),
            hints=(WAY_OUT,),
        ),
    )
