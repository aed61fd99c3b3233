"""A Setting in, which followers decide on whole numbers out, and why methods that learn value functions
cannot take them."""

from __future__ import annotations

import numpy as np

from compiler.ground.curvature import Curvature
from compiler.ground.sparse import Bools
from grammar.diagnostics import Diagnostic, Hint, Label
from runtime.methods.setting import Setting


def mixed_followers(setting: Setting) -> Bools:
    """The mask (p,) of followers with whole or semicontinuous columns that are not fixed."""
    whole = np.array([kind.integer >= 0 for kind in setting.classes], np.bool_)
    return setting.followers & whole


def integer_findings(setting: Setting, mixed: Bools) -> tuple[Diagnostic, ...]:
    """G703 for a `mixed` follower that is no MILP, G704 for one that sees another follower."""
    game = setting.game
    found: dict[str, Diagnostic] = {}
    for p in np.flatnonzero(mixed).tolist():
        kind, player = setting.classes[p], game.players[p]
        reason, hint = "", ""
        if kind.objective is not Curvature.LINEAR:
            reason = f"its objective `{player.objective}` is quadratic in its own variables"
            hint = "linear pieces (`piecewise`) can stand for squares"
        elif kind.smooth:
            reason, hint = "it has nonlinear functions", "linear pieces (`piecewise`) can stand for them"
        elif kind.rows is not Curvature.LINEAR:
            reason, hint = "a constraint multiplies its own variables", "linear pieces (`piecewise`) can stand for it"
        elif kind.pair >= 0:
            reason, hint = "it has a complementarity", "let a leader, or a player alone, keep the complementarity"
        if reason:
            found[player.declaration] = Diagnostic(
                "G703",
                f"`{player.name}`, a follower, decides on whole numbers, and {reason}",
                kind.span,
                "whole numbers",
                (Label(player.span, f"`{player.name}` is declared here"),) if player.span else (),
                ("followers with whole numbers must be linear in their own variables",),
                (
                    Hint(hint),
                    Hint("real numbers in place of the whole ones leave squares and convex functions allowed"),
                ),
            )
    if not found and setting.meet():
        player = game.players[int(np.flatnonzero(mixed)[0])]
        found[player.declaration] = Diagnostic(
            "G704",
            f"followers see each other, and one of them, `{player.name}`, decides on whole numbers",
            player.span,
            "whole numbers",
            notes=("an equilibrium below the leader need not exist then, and no method of this version looks for it",),
            hints=(Hint("let one player own the decisions of both, if they are taken together"),),
        )
    return tuple(found.values())
