"""A leader over followers with LP or convex QP problems: optimality conditions, solved globally.

Solves: one leader, any number of followers that follow it directly, each an LP or convex QP in its own columns; the
leader may have integers and products with followers' columns and prices.
Proves: a global optimum up to the gap, in which ties among the followers' answers fall as the leader likes
(optimistic). Followers on whom nobody's decision depends answer last. Bounds on multipliers are derived or not used at
all; if the user lets one be assumed, the status is `optimal_if_bounds`.
Stops: at the proof or the time limit. The pattern found (which side of each pair is zero, the integers) is then
solved once more as an LP or QP, so that the values are exact to 1e-9.
Reference: Dempe, Foundations of Bilevel Programming (2002); Kleinert et al., EURO J. Comput. Optim. 9 (2021) 100007.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.curvature import Curvature
from compiler.ground.ground_game import block_of
from compiler.ground.sparse import Bools
from compiler.reformulations.high_point import high_point
from compiler.reformulations.kkt import kkt
from compiler.reformulations.linear_products import linear_products
from grammar.diagnostics import Diagnostic, Hint, Label
from runtime.methods.bystanders import bystanders, with_answers
from runtime.methods.method import Found, Refusal, Request
from runtime.methods.pairs import PairSolver, solve_pairs
from runtime.methods.setting import Setting, nobodys_rows, price_findings
from runtime.methods.single_level import STATUS
from runtime.result import Status
from runtime.solvers.highs import Highs
from runtime.solvers.solver import Options


class Kkt:
    """See the module."""

    name = "kkt"

    def __init__(self, pairs: PairSolver = solve_pairs) -> None:
        """`pairs` solves the Program of the conditions."""
        self.pairs = pairs

    def refuses(self, setting: Setting) -> Refusal | None:
        if setting.leader < 0:
            reason = (
                "nobody follows anybody" if not setting.followers.any() else "there is not just one leader on one level"
            )
            return Refusal(reason, False)
        if setting.gloomy().any():
            return Refusal("a follower is pessimistic: here ties fall as the leader likes best", False)
        found = follower_findings(setting, np.flatnonzero(setting.followers).tolist()) + nobodys_rows(setting)
        found = found or price_findings(setting, setting.followers)
        # What is said of nonlinear problems is for `tangent_conditions` to say.
        curved = any(
            setting.classes[p].smooth or not setting.classes[p].linear_rows for p in np.flatnonzero(setting.followers)
        )
        return Refusal(found[0].headline, not curved, found) if found else None

    def run(self, setting: Setting, request: Request) -> Found:
        last = bystanders(setting)
        found = self._run(setting, request, last)
        if found is None:
            found = self._run(setting, request, np.zeros_like(last))
        assert found is not None, "no bystanders, so none without an answer"
        return found

    def _run(self, setting: Setting, request: Request, last: Bools) -> Found | None:
        """With the optimality conditions of all followers but the `last` (p,), who answer in the end; None if one of
        them cannot."""
        game, leader = setting.game, setting.leader
        plain, recovery = kkt(game, setting.followers & ~last, leader)
        program = linear_products(game, plain)
        found = self.pairs(game, program, recovery.unit, request)
        outcome, notes = found.outcome, found.notes
        for what, before, after in (
            ("objective", plain.cost_quad, program.cost_quad),
            ("constraints", plain.row_quad, program.row_quad),
        ):
            if after.entries < before.entries:
                gone = before.entries - after.entries
                notes += (f"{gone} products of the leader's {what} made linear by the followers' duality",)
        status = STATUS[outcome.ending]
        if status is Status.OPTIMAL and found.assumed:
            status = Status.OPTIMAL_IF_BOUNDS
        sense = game.players[leader].sense
        bound = outcome.bound
        if status in (Status.LIMIT, Status.LOCAL, Status.STATIONARY):
            relaxed = high_point_bound(setting, request)
            if relaxed > bound:
                bound = relaxed
                notes += ("the bound is that of the high-point relaxation, where followers do as told",)
        if outcome.z is None:
            return Found(
                status,
                found.solver,
                bound={leader: sense * bound},
                notes=notes,
                seconds=outcome.seconds,
                complementarity=found.how,
            )
        answered = with_answers(setting, last, recovery.point(outcome.z), recovery.prices(outcome.z))
        if answered is None:
            return None
        if last.any():
            names = ", ".join(f"`{game.players[p].name}`" for p in np.flatnonzero(last).tolist())
            notes += (f"nobody's decision depends on {names}: solved last, the others known",)
        if setting.meet():
            notes += ("the followers see each other: below the leader they are at a Nash equilibrium",)
        return Found(
            status=status,
            solver=found.solver,
            x=answered[0],
            prices=answered[1],
            claimed={leader: sense * program.cost_at(outcome.z)},
            bound={leader: sense * bound},
            ledger=found.ledger,
            notes=notes,
            seconds=outcome.seconds,
            complementarity=found.how,
        )


def high_point_bound(setting: Setting, request: Request) -> float:
    """A bound of the leader's objective, as if minimised, from the relaxation without anybody's optimality; -inf
    without one."""
    program = high_point(setting.game, setting.leader)
    if Highs().refuses(program):
        return float("-inf")
    limit = None if request.time_limit is None else max(1.0, 0.1 * request.time_limit)
    return float(Highs().solve(program, Options(limit, request.options.gap, request.seed)).bound)


def follower_findings(setting: Setting, players: list[int]) -> tuple[Diagnostic, ...]:
    """Why optimality conditions do not describe these players' answers: G703 integers, G702 not convex or
    complementary, G704 quadratic rows."""
    game = setting.game
    found: list[Diagnostic] = []
    seen: set[tuple[str, str]] = set()
    for p in players:
        kind, player = setting.classes[p], game.players[p]
        if kind.convex and kind.linear_rows:
            continue
        others = (Label(player.span, f"`{player.name}` is declared here"),) if player.span else ()
        follows = "a follower" if player.leaders else "a player among equals"
        if kind.pair >= 0:
            finding = Diagnostic(
                "G702",
                f"`{player.name}`, {follows}, has a complementarity: its problem is not convex",
                kind.span,
                "a complementarity",
                others,
                ("a point that satisfies first-order conditions may then be its worst answer as well as its best",),
                (Hint("let a leader, or a player alone, keep the complementarity"),),
            )
        elif kind.integer >= 0 and block_of(game.column_blocks, kind.integer).lifted:
            block = block_of(game.column_blocks, kind.integer)
            form = block.name if kind.span is None else " ".join(kind.span.text.split())
            finding = Diagnostic(
                "G703",
                f"`{player.name}`, {follows}, needs a binary for `{form}`: it has no optimality conditions",
                kind.span,
                "not convex where it stands",
                others,
                ("relaxing the binary would give answers that the player would never choose",),
                (
                    Hint(
                        "a player that minimises may bear `abs`, `max` and convex pieces as costs without a binary,"
                        " one that maximises `min` and concave pieces as gains"
                    ),
                ),
            )
        elif kind.integer >= 0:
            block = block_of(game.column_blocks, kind.integer)
            finding = Diagnostic(
                "G703",
                f"`{player.name}`, {follows}, decides on whole numbers: it has no optimality conditions",
                kind.span,
                "whole numbers" if game.kind[kind.integer] == 1 else "semicontinuous",
                others,
                ("relaxing the integers would give answers that the player would never choose",),
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
                "not convex",
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
                "not linear",
                others,
                hints=(Hint("write the constraint with linear pieces, or let the leader own the variables"),),
            )
        # Instances of one declaration have one fault in common.
        key = (player.declaration, finding.code)
        if key not in seen:
            seen.add(key)
            found.append(finding)
    return tuple(found)
