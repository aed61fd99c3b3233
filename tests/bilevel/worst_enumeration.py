"""What a leader can be sure of, by trying everything. It shares nothing with gamec but the arrays of the game.

`by_whole_decisions` tries all whole decisions of the leader, finds each follower's best value, and then, among all best
answers, those that are worst for the leader: MILPs of scipy. `by_intervals` is for one real decision above a follower
whose decisions are all whole: between the decisions at which an answer becomes possible, impossible, better or worse
nothing jumps, so that the limits at the ends of these intervals, and what holds at the ends themselves, are all there
is.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
from enumeration import CLOSE, Dense, _milp

from compiler.ground.ground_game import GroundGame


def by_whole_decisions(game: GroundGame) -> float:
    """The leader's best assured value, as if minimised; inf where it has no decision that leaves all followers an
    answer. Columns of the leader that followers do not see are best against the worst answers, which needs no order:
    none of its constraints holds a follower's decision."""
    dense = Dense.of(game)
    followers = [p for p, player in enumerate(game.players) if player.leaders]
    (leader,) = (p for p, player in enumerate(game.players) if not player.leaders)
    below, above = np.isin(game.owner, followers), game.owner == leader
    assert not np.any(dense.rows[game.row_owner == leader][:, below])
    seen = np.any(dense.rows[np.isin(game.row_owner, followers)] != 0, axis=0)
    for p in range(len(game.players)):
        seen |= np.any(dense.products[p] != 0, axis=0)
    seen &= above
    columns = np.flatnonzero(seen)
    assert np.all((game.kind[columns] == 1) | (game.lower[columns] == game.upper[columns]))
    best = np.inf
    for values in product(*(np.arange(game.lower[c], game.upper[c] + 0.5) for c in columns)):
        x = np.zeros(game.columns)
        x[columns] = values
        lower, upper = game.lower.astype(np.float64), game.upper.astype(np.float64)
        lower[columns] = upper[columns] = values
        cuts = []
        for p in followers:
            mine = game.owner == p
            cost, _ = dense.goal_at(p, x, mine)
            found = _milp(dense, cost, lower, upper, game.row_owner == p, mine | seen)
            if found is None:
                break
            cuts.append((cost, found[0] + CLOSE * max(1.0, abs(found[0]))))
        else:
            cost, _ = dense.goal_at(leader, x, below)
            worst = _milp(dense, -cost, lower, upper, np.isin(game.row_owner, followers), below | seen, cuts)
            assert worst is not None
            x[below] = worst[1][below]
            cost, constant = dense.goal_at(leader, x, above & ~seen)
            own = _milp(dense, cost, lower, upper, game.row_owner == leader, above)
            if own is not None:
                best = min(best, own[0] + constant)
    return best


def at_decisions(game: GroundGame, columns: np.ndarray, values: np.ndarray) -> float:
    """`by_whole_decisions` with these columns of the leader held."""
    lower, upper = game.lower.astype(np.float64), game.upper.astype(np.float64)
    lower[columns] = upper[columns] = values
    return by_whole_decisions(replace(game, lower=lower, upper=upper))


def by_intervals(game: GroundGame) -> tuple[float, bool]:
    """The infimum of what the one real decision of the leader assures it of, as if minimised, and whether a decision
    attains it; one follower."""
    dense = Dense.of(game)
    (x,) = np.flatnonzero(game.owner == 0)
    own = np.flatnonzero(game.owner == 1)
    assert game.kind[x] == 0
    assert np.all(game.kind[own] == 1)
    rows = dense.rows[game.row_owner == 1]
    low, high = game.row_lower[game.row_owner == 1], game.row_upper[game.row_owner == 1]
    answers = np.array(list(product(*(np.arange(game.lower[c], game.upper[c] + 1) for c in own))))

    def lines(p: int) -> tuple[np.ndarray, np.ndarray]:
        """Player p's objective for every answer: slope in x and value at x = 0."""
        slope = dense.goals[p, x] + 2 * answers @ dense.products[p][own, x]
        square = np.einsum("ai,ij,aj->a", answers, dense.products[p][np.ix_(own, own)], answers)
        return slope, dense.constants[p] + answers @ dense.goals[p, own] + square

    theirs, mine = lines(1), lines(0)
    # slope*x <= room, for every answer and side of a row.
    slopes = np.tile(np.concatenate([rows[:, x], -rows[:, x]]), (len(answers), 1))
    level = answers @ rows[:, own].T
    rooms = np.hstack([high - level, level - low])

    with np.errstate(all="ignore"):
        ends = [(rooms / slopes).ravel()]
        one, two = np.triu_indices(len(answers), 1)
        ends.append((theirs[1][one] - theirs[1][two]) / (theirs[0][two] - theirs[0][one]))
    points = np.concatenate(ends)
    points = points[np.isfinite(points) & (points >= game.lower[x]) & (points <= game.upper[x])]
    points = np.unique(np.round(np.concatenate([points, [game.lower[x], game.upper[x]]]), 9))

    def best_answers(at: float) -> np.ndarray:
        possible = np.all(slopes * at <= rooms + CLOSE, axis=1)
        value = np.where(possible, theirs[0] * at + theirs[1], np.inf)
        return np.flatnonzero(np.isfinite(value) & (value <= value.min(initial=np.inf) + CLOSE))

    attained, infimum = np.inf, np.inf
    for at in points:
        here = best_answers(at)
        if len(here):
            attained = min(attained, float(np.max(mine[0][here] * at + mine[1][here])))
    for left, right in pairwise(points):
        inside = best_answers((left + right) / 2)
        if len(inside):
            # A maximum of lines over an interval; its infimum is a limit at an end, or a kink in between.
            kinks = [left, right]
            pairs = [(i, j) for i in inside for j in inside if mine[0][i] != mine[0][j]]
            kinks += [(mine[1][j] - mine[1][i]) / (mine[0][i] - mine[0][j]) for i, j in pairs]
            for at in kinks:
                if left <= at <= right:
                    value = float(np.max(mine[0][inside] * at + mine[1][inside]))
                    infimum = min(infimum, value)
                    attained = min(attained, value) if left < at < right else attained
    infimum = min(infimum, attained)
    return infimum, bool(attained <= infimum + CLOSE)
