"""A leader over followers with LP or convex QP problems: optimality conditions, complementarity as SOS1, solved
globally.

Solves: one leader, any number of followers that follow it directly, each an LP or convex QP in its own columns; the
leader may have integers and products with followers' columns and prices.
Proves: a global optimum up to the gap, in which ties among the followers' answers fall as the leader likes
(optimistic). No bound on a multiplier is assumed.
Stops: at the proof or the time limit. The pattern found (which side of each pair is zero, the integers) is then
solved once more as an LP or QP, so that the values are exact to 1e-9.
Reference: Dempe, Foundations of Bilevel Programming (2002); Kleinert et al., EURO J. Comput. Optim. 9 (2021) 100007.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.curvature import Curvature
from compiler.ground.ground_game import block_of
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.kkt import kkt
from grammar.diagnostics import Diagnostic, Hint, Label
from runtime.methods.method import Found, Refusal, Request, solved
from runtime.methods.polish import polished
from runtime.methods.setting import Setting, nobodys_rows, price_findings
from runtime.methods.single_level import STATUS


class Kkt:
    """See the module."""

    name = "kkt"

    def refuses(self, setting: Setting) -> Refusal | None:
        if setting.leader < 0:
            reason = (
                "nobody follows anybody" if not setting.followers.any() else "there is not just one leader on one level"
            )
            return Refusal(reason, False)
        found = follower_findings(setting, np.flatnonzero(setting.followers).tolist()) + nobodys_rows(setting)
        found = found or price_findings(setting, setting.followers)
        return Refusal(found[0].headline, True, found) if found else None

    def run(self, setting: Setting, request: Request) -> Found:
        game, leader = setting.game, setting.leader
        program, recovery = kkt(game, setting.followers, leader)
        program = complementarity_sos1(program)
        solver, outcome = solved(program, request)
        status = STATUS[outcome.ending]
        if outcome.z is None:
            return Found(status, solver.name, seconds=outcome.seconds)
        z, seconds = outcome.z, outcome.seconds
        exact = polished(program, z, request.options)
        if exact is not None and exact.z is not None:
            z, seconds = exact.z, seconds + exact.seconds
        sense = game.players[leader].sense
        notes: tuple[str, ...] = (f"{len(program.sos1)} complementary pairs as SOS1, no bound on a multiplier assumed",)
        if setting.meet():
            notes += ("the followers see each other: below the leader they are at a Nash equilibrium",)
        return Found(
            status=status,
            solver=solver.name,
            x=recovery.point(z),
            prices=recovery.prices(z),
            claimed={leader: sense * program.cost_at(z)},
            bound={leader: sense * outcome.bound},
            notes=notes,
            seconds=seconds,
        )


def follower_findings(setting: Setting, players: list[int]) -> tuple[Diagnostic, ...]:
    """Why optimality conditions do not describe these players' answers: G703 integers, G702 not convex, G704
    quadratic rows."""
    game = setting.game
    found: list[Diagnostic] = []
    seen: set[tuple[str, str]] = set()
    for p in players:
        kind, player = setting.classes[p], game.players[p]
        if kind.convex and kind.linear_rows:
            continue
        others = (Label(player.span, f"`{player.name}` is declared here"),) if player.span else ()
        follows = "a follower" if player.leaders else "a player among equals"
        if kind.integer >= 0:
            block = block_of(game.column_blocks, kind.integer)
            finding = Diagnostic(
                "G703",
                f"`{player.name}`, {follows}, decides on whole numbers: it has no optimality conditions",
                kind.span,
                "whole numbers" if game.kind[kind.integer] == 1 else "semicontinuous",
                others,
                ("relaxing the integers would give answers that the follower would never choose",),
                (
                    Hint(f"declare `{block.name}` without `integer` or `binary` if real numbers will do"),
                    Hint(f"`fix {block.name}` in a case turns it into data"),
                ),
            )
        elif kind.objective not in (Curvature.LINEAR, Curvature.CONVEX) or not kind.convex:
            finding = Diagnostic(
                "G702",
                f"the problem of {follows}, `{player.name}`, is not convex: {kind.reason}",
                kind.span,
                "",
                others,
                ("a point that satisfies first-order conditions may then be its worst answer as well as its best",),
                (
                    Hint(
                        "a minimised objective must be convex and a maximised one concave in the player's own variables"
                    ),
                ),
            )
        else:
            finding = Diagnostic(
                "G704",
                f"{kind.reason}: this version takes followers with constraints that are linear in their own variables",
                kind.span,
                "",
                others,
                hints=(Hint("write the constraint with linear pieces, or let the leader own the variables"),),
            )
        # Instances of one declaration have one fault in common.
        key = (player.declaration, finding.code)
        if key not in seen:
            seen.add(key)
            found.append(finding)
    return tuple(found)
