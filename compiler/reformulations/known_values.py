"""What a follower can get at one whole decision of its leader, told to all others: a condition that holds there alone.

From: `Known` values; bounds of all that may be decided.
To: rows of the leader: objective <= value + (what it can be at most - value) * distance from that decision, where the
    distance is linear; else a slack that is complementary to what of 1 the distance leaves.
Exact or bound: exact at that decision; elsewhere, at a distance of 1 at least, nothing is said.
Reference: Balas and Jeroslow, SIAM J. Appl. Math. 23 (1972) 61, for the distance from a corner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Floats, Ints
from compiler.reformulations.extended_game import ExtendedGame
from compiler.reformulations.own_terms import own_goal, unit_of, with_limit


@dataclass(frozen=True, eq=False)
class Known:
    """Where `columns` are as in `x` (n,), the objective of `player`, as if minimised, can be `value` in those terms
    that hold own columns, and not less. `columns` are whole numbers that fix what the player can get: those of
    `linked_columns`, or others that settle these."""

    player: int
    x: Floats
    value: float
    columns: Ints


def add_known(more: ExtendedGame, game: GroundGame, tight: GroundGame, known: Known) -> None:
    """The distance from x, times what the player can lose at most; or a slack, complementary to what of 1 the
    distance leaves. Whole numbers at a bound of theirs are as far from it as their difference says."""
    name = f"answer of {game.players[known.player].name} at one decision"
    limit = with_limit(more, game, known.player, known.value)
    goal = own_goal(game, known.player, np.arange(game.columns), np.zeros(game.columns))
    most = goal.range_of(tight.lower, tight.upper)[1]
    widest = max(0.0, float(most[0]) - known.value)
    columns = known.columns
    at = np.round(known.x[columns])
    side = np.where(at <= game.lower[columns], 1.0, np.where(at >= game.upper[columns], -1.0, 0.0))
    ends, others = columns[side != 0], columns[side == 0]
    unit = unit_of(goal)
    if not len(others) and np.isfinite(widest):
        # widest * distance, whose constant is on the other side.
        more.add(np.repeat(limit, len(ends)), ends, -unit * widest * side)
        more.limit(limit, np.array([unit * (known.value - widest * float(side @ at))]))
        return
    count = len(others)
    slack, lack = np.split(more.column(more.leader, np.zeros(2), np.array([unit * widest, 1.0]), name), 2)
    more.add(limit, slack, -1.0)
    more.pair(slack, lack)
    far = more.row(more.leader, np.array([1.0 + float(side @ at)]), np.array([np.inf]), f"distance from {name}")
    more.add(far, lack, 1.0)
    more.add(np.repeat(far, len(ends)), ends, side[side != 0])
    room = np.stack([tight.upper[others] - at[side == 0], at[side == 0] - tight.lower[others]])
    plus = more.column(more.leader, np.zeros(count), np.maximum(0.0, room[0]), f"above {name}")
    minus = more.column(more.leader, np.zeros(count), np.maximum(0.0, room[1]), f"below {name}")
    rows = more.row(more.leader, at[side == 0], at[side == 0], f"distance from {name}")
    more.add(rows, others, 1.0)
    more.add(rows, plus, -1.0)
    more.add(rows, minus, 1.0)
    if count:
        more.pair(plus, minus)
    more.add(np.repeat(far, 2 * count), np.concatenate([plus, minus]), 1.0)
