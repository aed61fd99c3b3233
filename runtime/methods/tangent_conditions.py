"""Followers, or equals, with convex nonlinear problems: optimality conditions with tangents, solved globally.

Solves: one leader over followers that are convex in their own columns, with smooth functions in their objectives, and
with smooth and quadratic constraints that some point holds with room whatever the others decide; or players of one
level of that kind, as followers of nobody. LP and convex QP players may be among them.
Proves: under a leader what `kkt` proves, for SCIP searches all of the leader's decisions; of equals, an equilibrium.
Stops: at the proof or the time limit.
Reference: `compiler.reformulations.tangents`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.ground_game import Block, block_of
from compiler.ground.hidden_convexity import Convexity, hidden_convexity
from compiler.ground.sparse import Bools
from compiler.reformulations.definitions_as_equations import definitions_as_equations
from compiler.reformulations.tangent_rows import own_products, tangent_rows
from compiler.reformulations.tangents import loose, steep, tangents, urged, vertical_at_zero
from grammar.diagnostics import Diagnostic, Hint
from runtime.methods.kkt import Kkt, follower_findings
from runtime.methods.method import Found, Refusal, Request
from runtime.methods.pairs import PairSolver, solve_pairs
from runtime.methods.setting import Setting, nobodys_rows, price_findings
from runtime.methods.slater_points import has_slater_point
from runtime.methods.slater_policies import has_room
from runtime.result import Status

IN_A_CONSTRAINT = (
    "`{}` of `{}` is nonlinear in a constraint, and no point was found that holds it with room whatever the others"
    " decide: there may be no multiplier",
    "no room (Slater's condition)",
    "give the others' variables bounds that leave room, or let the leader keep the constraint",
)
HELD_AT_ZERO = (
    "`{}` of `{}` may be held at zero by the others, where its function rises vertically: there is no multiplier then",
    "no tangent at zero",
    "keep it above zero for all decisions of the others: a lower bound as `var q in [0.001, 5]`, or `sqrt(q + 0.001)`",
)
ZERO_AT_ANSWERS = (
    "`{}` of `{}` may be zero at an answer, where its function rises vertically: there is no tangent",
    "no tangent at zero",
    "keep it above zero: a lower bound as `var q in [0.001, 5]`, or `sqrt(q + 0.001)`",
)


class TangentConditions:
    """See the module."""

    name = "tangent_conditions"

    def __init__(self, pairs: PairSolver = solve_pairs, complete: bool = True) -> None:
        """`pairs` solves the Program of the conditions. Where the answer of equals need not be `complete`, equilibria
        without multipliers may be missed: every point of the conditions is one, and none is said not to exist."""
        self.pairs, self.complete = pairs, complete

    def refuses(self, setting: Setting) -> Refusal | None:
        if setting.leader < 0 and not setting.equals:
            return Refusal("there is neither one leader on one level nor players of one level only", False)
        answering = _answering(setting)
        if not any(_curved(setting, p) for p in np.flatnonzero(answering).tolist()):
            return Refusal("no follower has nonlinear functions or constraints", False)
        if setting.gloomy().any():
            return Refusal("a follower is pessimistic: here ties fall as the leader likes best", False)
        found = _findings(setting, answering, self.complete or not setting.equals) + nobodys_rows(setting)
        found = found or price_findings(setting, answering)
        return Refusal(found[0].headline, True, found) if found else None

    def run(self, setting: Setting, request: Request) -> Found:
        game = setting.game
        answering = _answering(setting)
        hidden = _hidden(setting, answering)
        other, maker = tangents(definitions_as_equations(game, hidden), answering, setting.leader)
        other = tangent_rows(other, np.append(answering, np.zeros(len(other.players) - len(answering), bool)), maker)
        found = Kkt(self.pairs).run(Setting.of(other), request)
        notes = (
            *found.notes,
            "what is nonlinear in the problems of those who answer stands for its tangent at the answer",
        )
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


def _findings(setting: Setting, answering: Bools, complete: bool) -> tuple[Diagnostic, ...]:
    """Why tangents do not describe the answers: what `follower_findings` says of all players but those with convex
    nonlinear problems, and, where all answers must be found (`complete`), G704 for constraints and ends of domains at
    which there may be no multipliers."""
    game = setting.game
    hidden = _hidden(setting, answering)
    curved = [p for p in np.flatnonzero(answering).tolist() if _curved(setting, p) and setting.classes[p].convex]
    found = follower_findings(
        setting, [p for p in np.flatnonzero(answering).tolist() if p not in curved and p not in hidden]
    )
    if not complete:
        return found
    seen: set[tuple[str, str]] = set()
    for p in (*curved, *hidden):
        for block, (headline, label, way_out) in _places(setting, p, p in hidden):
            # Instances of one declaration have one fault in common.
            key = (game.players[p].declaration, headline)
            if key not in seen:
                seen.add(key)
                words = headline.format(block.name, game.players[p].name)
                found += (Diagnostic("G704", words, block.span, label, hints=(Hint(way_out),)),)
    return found


def _places(setting: Setting, p: int, hidden: bool) -> list[tuple[Block, tuple[str, str, str]]]:
    """Where the conditions of a player with a convex problem may have no multipliers, and why."""
    game = setting.game
    mine = np.arange(len(game.players)) == p
    convexity = hidden_convexity(game, p)
    if convexity is None:
        rows = np.unique(game.row_quad.row[own_products(game, mine)])
        columns, vertical = np.flatnonzero(~loose(game, mine)), np.flatnonzero(vertical_at_zero(game, mine))
        lower, upper = game.lower, game.upper
    else:
        rows, columns, vertical = (np.array(n, np.int64) for n in (convexity.rows, convexity.columns, convexity.steep))
        lower, upper = convexity.functions.box()
    wanted = urged(game, lower, upper)
    at_answers = np.zeros(game.columns, np.bool_)
    for curve in game.curves:
        at_answers[curve.argument[steep(curve) & (hidden | ~wanted[curve.result])]] = True
    never = vertical[at_answers[vertical]]
    if len(never):
        return [(block_of(game.column_blocks, c), ZERO_AT_ANSWERS) for c in never.tolist()]
    found = [(block_of(game.row_blocks, r), IN_A_CONSTRAINT) for r in rows.tolist()]
    found += [(block_of(game.column_blocks, c), IN_A_CONSTRAINT) for c in columns.tolist()]
    found += [(block_of(game.column_blocks, c), HELD_AT_ZERO) for c in vertical.tolist()]
    if not found or (not hidden and has_slater_point(game, p)) or (convexity is not None and has_room(convexity)):
        return []
    return found


def _curved(setting: Setting, p: int) -> bool:
    return setting.classes[p].smooth or not setting.classes[p].linear_rows


def _hidden(setting: Setting, answering: Bools) -> dict[int, Convexity]:
    """Players that are convex though their lifted columns are not."""
    game = setting.game
    found = {p: hidden_convexity(game, p) for p in np.flatnonzero(answering).tolist() if not setting.classes[p].convex}
    return {p: convexity for p, convexity in found.items() if convexity is not None}
