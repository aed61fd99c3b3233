"""Whether ties of pessimistic followers can be settled point by point in a search: findings where they cannot."""

from __future__ import annotations

import numpy as np

from compiler.ground.fixed_columns import fixed_columns
from compiler.ground.ground_game import block_of
from compiler.reformulations.response_family import ResponseFamily
from grammar.diagnostics import Diagnostic, Hint, Label
from grammar.source import Span
from runtime.methods.search_space import linking, seen_columns
from runtime.methods.setting import Setting

WAY_OUT = Hint("leave `pessimistic` out: the certificate says what the worst tie would cost the leader")


def tie_findings(setting: Setting, joined: bool) -> tuple[Diagnostic, ...]:
    """G704 for the first pessimistic follower whose worst answer for the leader is no linear or convex problem of its
    own: other decisions depend on which one it takes. `joined`: followers see each other, or prices are used."""
    gloomy = np.flatnonzero(setting.gloomy()).tolist()
    if not gloomy:
        return ()
    game, leader = setting.game, setting.leader
    mine = (game.owner >= 0) & setting.gloomy()[game.owner]
    free = ~fixed_columns(game)
    free[linking(setting)] = free[seen_columns(setting)] = False
    goal = game.objective_quad.take(game.objective_quad.row == leader)
    products = np.flatnonzero((mine[goal.i] & free[goal.j]) | (mine[goal.j] & free[goal.i]))
    coupled = np.zeros(game.rows, np.bool_)
    coupled[game.matrix.row_numbers()[mine[game.matrix.indices]]] = True
    coupled[game.row_quad.row[mine[game.row_quad.i] | mine[game.row_quad.j]]] = True
    rows = np.flatnonzero(coupled & (game.row_owner == leader))
    player, reason, span = gloomy[0], "", None
    for p in gloomy:
        kind = setting.classes[p]
        if not (kind.convex and kind.linear_rows) or ResponseFamily.of(game, p).moving:
            player, reason, span = (
                p,
                f"its problem is {kind.name}: which of its best answers is the worst is open",
                None,
            )
            break
    if joined:
        reason = "followers see each other, or prices are used"
    elif len(rows) and not reason:
        block = block_of(game.row_blocks, int(rows[0]))
        reason = f"`{game.row_label(int(rows[0]))}`, a constraint of its leader, depends on its decisions"
        span = block.span
    elif len(products) and not reason:
        reason = "its leader multiplies its decisions by others that are not given, or squares them"
    return (_finding(setting, player, reason, span),) if reason else ()


def _finding(setting: Setting, player: int, reason: str, span: Span | None) -> Diagnostic:
    declared = setting.game.players[player]
    return Diagnostic(
        "G704",
        f"`{declared.name}` is `pessimistic`, but {reason}",
        span or declared.span,
        "here" if span else "decides ties against its leaders",
        (Label(declared.span, "this follower"),) if span and declared.span else (),
        hints=(WAY_OUT,),
    )
