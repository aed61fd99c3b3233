"""Followers, or equals, with convex nonlinear problems: optimality conditions with tangents, solved globally.

Solves: one leader over followers that are convex in their own columns, with smooth functions in their objectives; or
players of one level of that kind, as followers of nobody. LP and convex QP players may be among them.
Proves: under a leader what `kkt` proves, for SCIP searches all of the leader's decisions; of equals, an equilibrium.
Stops: at the proof or the time limit.
Reference: `compiler.reformulations.tangents`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import block_of
from compiler.ground.sparse import Bools
from compiler.reformulations.tangents import loose, tangents
from compiler.reformulations.vertical_tangents import held_at_zero
from grammar.diagnostics import Diagnostic, Hint
from runtime.methods.kkt import Kkt, follower_findings
from runtime.methods.method import Found, Refusal, Request
from runtime.methods.pairs import PairSolver, solve_pairs
from runtime.methods.setting import Setting, nobodys_rows, price_findings
from runtime.result import Status

IN_A_CONSTRAINT = (
    "`{}` of `{}` stands in a constraint: there may be no multiplier",
    "nonlinear, in a constraint of a follower",
    "write the limit without the function, or move the function into the objective",
)
HELD_AT_ZERO = (
    "`{}` of `{}` may be held at zero by the others, where its function rises vertically: there is no multiplier then",
    "no tangent at zero",
    "keep it above zero for all decisions of the others: a lower bound as `var q in [0.001, 5]`, or `sqrt(q + 0.001)`",
)


class TangentConditions:
    """See the module."""

    name = "tangent_conditions"

    def __init__(self, pairs: PairSolver = solve_pairs) -> None:
        """`pairs` solves the Program of the conditions."""
        self.pairs = pairs

    def refuses(self, setting: Setting) -> Refusal | None:
        if setting.leader < 0 and not setting.equals:
            return Refusal("there is neither one leader on one level nor players of one level only", False)
        answering = _answering(setting)
        if not any(setting.classes[p].smooth for p in np.flatnonzero(answering)):
            return Refusal("no follower has nonlinear functions", False)
        if setting.gloomy().any():
            return Refusal("a follower is pessimistic: here ties fall as the leader likes best", False)
        found = _findings(setting, answering) + nobodys_rows(setting)
        found = found or price_findings(setting, answering)
        return Refusal(found[0].headline, True, found) if found else None

    def run(self, setting: Setting, request: Request) -> Found:
        game = setting.game
        other, maker = tangents(game, _answering(setting), setting.leader)
        found = Kkt(self.pairs).run(Setting.of(other), request)
        notes = (*found.notes, "nonlinear functions of those who answer stand for their tangents at the answer")
        if maker < len(game.players) or found.x is None:
            return replace(
                found,
                x=None if found.x is None else found.x[: game.columns],
                prices=None if found.prices is None else found.prices[: game.rows],
                bound={p: b for p, b in found.bound.items() if p < len(game.players)},
                notes=notes,
            )
        x = found.x[: game.columns]
        assert found.prices is not None
        return replace(
            found,
            # Whatever satisfies the conditions of all is an equilibrium; nobody leads, so nothing is minimised.
            status=Status.EQUILIBRIUM,
            x=x,
            prices=found.prices[: game.rows],
            claimed=dict(enumerate(game.objectives_at(x).tolist())),
            bound={},
            notes=(*notes, "this is one equilibrium, there may be others"),
        )


def _answering(setting: Setting) -> Bools:
    """Those whose optimality conditions are written: the followers, or all equals."""
    return setting.followers if setting.leader >= 0 else np.ones(len(setting.game.players), np.bool_)


def _findings(setting: Setting, answering: Bools) -> tuple[Diagnostic, ...]:
    """Why tangents do not describe the answers: what `follower_findings` says of all players but those with convex
    nonlinear objectives, and G704 for functions that constrain or may be held where they have no tangent."""
    game = setting.game
    tied = np.flatnonzero(~loose(game, answering))
    curved_rows = game.row_quad.take(
        (game.owner[game.row_quad.i] == game.row_owner[game.row_quad.row])
        & (game.owner[game.row_quad.j] == game.row_owner[game.row_quad.row])
    )
    bent = set(game.row_owner[curved_rows.row].tolist())
    plain = [
        p
        for p in np.flatnonzero(answering).tolist()
        if not (setting.classes[p].smooth and setting.classes[p].convex) or p in bent
    ]
    found = follower_findings(setting, plain)
    vertical = np.flatnonzero(held_at_zero(game, answering))
    for columns, headline, label, way_out in (
        (tied, *IN_A_CONSTRAINT),
        (vertical, *HELD_AT_ZERO),
    ):
        seen: set[str] = set()
        for column in columns.tolist():
            player = game.players[int(game.owner[column])]
            if player.declaration in seen or int(game.owner[column]) in plain:
                continue
            seen.add(player.declaration)
            block = block_of(game.column_blocks, column)
            words = headline.format(block.name, player.name)
            found += (Diagnostic("G704", words, block.span, label, hints=(Hint(way_out),)),)
    return found
