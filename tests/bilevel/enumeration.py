"""Leaders over followers with whole numbers, solved by trying everything. It shares nothing with gamec but the arrays
of the game that it is given; continuous parts are scipy's.

`by_decisions` tries all whole decisions of the leader that followers see, and solves each follower and the leader's
choice among their best answers as MILPs; `at_decisions` does so at one decision, real or not. `by_answers` is for a
follower whose decisions are all whole, under real decisions: it tries all answers, and for each all ways in which the
other answers may be worse or impossible, an LP each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from compiler.ground.ground_game import GroundGame

CLOSE = 1e-7

CLOSER = 1e-9
"""Room above a follower's best value: more would be a present to the leader; where no point is found, `CLOSE`."""


@dataclass(frozen=True, eq=False)
class Dense:
    """`rows` (m, n), `goals` (p, n) and `products` (p, n, n), symmetric halves; all as if minimised."""

    rows: np.ndarray
    goals: np.ndarray
    products: np.ndarray
    constants: np.ndarray
    game: GroundGame

    @staticmethod
    def of(game: GroundGame) -> Dense:
        rows, goals = np.zeros((game.rows, game.columns)), np.zeros((len(game.players), game.columns))
        rows[game.matrix.row_numbers(), game.matrix.indices] = game.matrix.data
        goals[game.objective.row_numbers(), game.objective.indices] = game.objective.data
        products = np.zeros((len(game.players), game.columns, game.columns))
        quad = game.objective_quad
        products[quad.row, quad.i, quad.j] += quad.value / 2
        products[quad.row, quad.j, quad.i] += quad.value / 2
        assert not game.row_quad.entries
        sense = np.array([float(p.sense) for p in game.players])
        scaled = sense[:, None, None] * products
        return Dense(rows, sense[:, None] * goals, scaled, sense * game.objective_constant, game)

    def goal_at(self, p: int, x: np.ndarray, mine: np.ndarray) -> tuple[np.ndarray, float]:
        """Player p's objective in the columns of the mask `mine`, the others at x: costs (n,) and constant."""
        others = np.where(mine, 0.0, x)
        cost = np.where(mine, self.goals[p] + 2 * self.products[p] @ others, 0.0)
        return cost, float(self.constants[p] + self.goals[p] @ others + others @ self.products[p] @ others)


def by_decisions(game: GroundGame) -> tuple[float, np.ndarray | None]:
    """The leader's best value as if minimised (inf without one) and a point."""
    dense = Dense.of(game)
    followers = [p for p, player in enumerate(game.players) if player.leaders]
    tops = [p for p, player in enumerate(game.players) if not player.leaders]
    (leader,) = tops
    seen = np.zeros(game.columns, np.bool_)
    for p in followers:
        seen |= np.any(dense.rows[game.row_owner == p] != 0, axis=0)
        seen |= np.any(dense.products[p] != 0, axis=0)
    seen &= game.owner == leader
    columns = np.flatnonzero(seen)
    assert np.all((game.kind[columns] == 1) | (game.lower[columns] == game.upper[columns]))
    best: tuple[float, np.ndarray | None] = (np.inf, None)
    for values in product(*(np.arange(game.lower[c], game.upper[c] + 0.5) for c in columns)):
        x = np.zeros(game.columns)
        x[columns] = values
        lower, upper = game.lower.copy(), game.upper.copy()
        lower[columns] = upper[columns] = values
        cuts = []
        for p in followers:
            mine = game.owner == p
            cost, constant = dense.goal_at(p, x, mine)
            found = _milp(dense, cost, lower, upper, game.row_owner == p, mine | seen)
            if found is None:
                break
            cuts.append((cost, found[0]))
        else:
            cost, constant = dense.goal_at(leader, x, ~seen)
            for room in (CLOSER, CLOSE):
                held = [(line, value + room * max(1.0, abs(value))) for line, value in cuts]
                found = _milp(
                    dense, cost, lower, upper, np.ones(game.rows, np.bool_), np.ones(game.columns, np.bool_), held
                )
                if found is not None:
                    break
            if found is not None and found[0] + constant < best[0] - 1e-12:
                best = (found[0] + constant, found[1])
    return best


def at_decisions(game: GroundGame, columns: np.ndarray, values: np.ndarray) -> float:
    """`by_decisions` with these columns of the leader held."""
    lower, upper = game.lower.astype(np.float64), game.upper.astype(np.float64)
    lower[columns] = upper[columns] = values
    return by_decisions(replace(game, lower=lower, upper=upper))[0]


def _milp(
    dense: Dense,
    cost: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    rows: np.ndarray,
    there: np.ndarray,
    cuts: list[tuple[np.ndarray, float]] | None = None,
) -> tuple[float, np.ndarray] | None:
    game = dense.game
    matrix = [dense.rows[rows], *(c[None, :] for c, _ in cuts or [])]
    low = [game.row_lower[rows], *(np.array([-np.inf]) for _ in cuts or [])]
    high = [game.row_upper[rows], *(np.array([v]) for _, v in cuts or [])]
    a = np.vstack(matrix)
    limits = LinearConstraint(a, np.concatenate(low), np.concatenate(high)) if len(a) else ()
    kept = (np.where(there, lower, 0.0), np.where(there, upper, 0.0))
    whole = (game.kind == 1) & (kept[0] < kept[1])
    for presolve in (True, False):
        found = milp(cost, constraints=limits, bounds=Bounds(*kept), integrality=whole, options={"presolve": presolve})
        if found.status in (0, 2):
            break
    assert found.status in (0, 2), found.message
    return None if found.x is None else (float(cost @ found.x), found.x)


def by_answers(game: GroundGame) -> tuple[float, bool]:
    """The infimum of the leader's objective as if minimised, and whether a point attains it; one follower."""
    dense = Dense.of(game)
    (follower,) = (p for p, player in enumerate(game.players) if player.leaders)
    (leader,) = (p for p, player in enumerate(game.players) if not player.leaders)
    own = np.flatnonzero(game.owner == follower)
    free = np.flatnonzero(game.owner == leader)
    assert np.all(game.kind[own] == 1)
    assert not np.any(game.kind[free])
    answers = [np.array(v) for v in product(*(np.arange(game.lower[c], game.upper[c] + 1) for c in own))]
    mine = game.row_owner == follower

    def rows_at(answer: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """`a x <= b` in the leader's columns."""
        shift = dense.rows[kept][:, own] @ answer
        a = dense.rows[kept][:, free]
        high, low = game.row_upper[kept] - shift, game.row_lower[kept] - shift
        up, down = np.isfinite(high), np.isfinite(low)
        return np.vstack([a[up], -a[down]]), np.concatenate([high[up], -low[down]])

    def goal_of(answer: np.ndarray) -> tuple[np.ndarray, float]:
        x = np.zeros(game.columns)
        x[own] = answer
        cost, _ = dense.goal_at(follower, x, game.owner == leader)
        at = dense.goals[follower, own] @ answer
        return (cost - dense.goals[follower] * (game.owner == leader))[free], float(at)

    best = (np.inf, True)
    box = np.stack([game.lower[free], game.upper[free]], axis=1)
    for answer in answers:
        a, b = rows_at(answer, np.ones(game.rows, np.bool_))
        x = np.zeros(game.columns)
        x[own] = answer
        cost, constant = dense.goal_at(leader, x, game.owner == leader)
        slope, level = goal_of(answer)
        rivals = []
        for other in answers:
            other_slope, other_level = goal_of(other)
            ways = [(slope - other_slope, other_level - level, False)]
            ways += [(-line, -limit, True) for line, limit in zip(*rows_at(other, mine), strict=True)]
            # A way that holds at all decisions asks for nothing; one that holds at none is none.
            reach = [
                (np.maximum(w * box[:, 0], w * box[:, 1]).sum(), np.minimum(w * box[:, 0], w * box[:, 1]).sum())
                for w, _, _ in ways
            ]
            if any(
                most < limit or (most == limit and not strict)
                for (most, _), (_, limit, strict) in zip(reach, ways, strict=True)
            ):
                continue
            rivals.append([w for (_, least), w in zip(reach, ways, strict=True) if least <= w[1]])
        branch = _Branch(cost[free], a, b, box)
        for value, attained in branch.values(sorted(rivals, key=len), best[0] - constant):
            if value + constant < best[0] - CLOSE:
                best = (value + constant, attained)
            elif value + constant < best[0] + CLOSE:
                best = (best[0], best[1] or attained)
    return best


Way = tuple[np.ndarray, float, bool]
"""`line @ x <= limit`, strictly or not."""


@dataclass(frozen=True, eq=False)
class _Branch:
    """The leader's real decisions at one answer: costs, rows `a @ x <= b` and bounds."""

    cost: np.ndarray
    a: np.ndarray
    b: np.ndarray
    box: np.ndarray

    def values(self, rivals: list[list[Way]], best: float) -> Iterator[tuple[float, bool]]:
        """Infima over all choices of a way for each rival, those worse than `best` left out, and whether they are
        attained."""
        if not self.room([]) > CLOSE:
            return
        stack: list[list[Way]] = [[]]
        while stack:
            ways = stack.pop()
            least = self.least(ways)
            if least > best + CLOSE or not self.room(ways) > CLOSE:
                continue
            if len(ways) == len(rivals):
                best = min(best, least)
                yield least, self.room(ways, least) > CLOSE
                continue
            stack += [[*ways, way] for way in rivals[len(ways)]]

    def least(self, ways: list[Way]) -> float:
        left, right = self.rows(ways)
        found = linprog(self.cost, left, right, bounds=self.box)
        assert found.status in (0, 2), found.message
        return float(found.fun) if found.status == 0 else np.inf

    def room(self, ways: list[Way], least: float | None = None) -> float:
        """By how much all strict ways can hold at once, at cost `least` if that is given; -1 where nothing holds."""
        left, right = self.rows(ways)
        strict = np.concatenate([np.zeros(len(self.b)), [float(w[2]) for w in ways]])
        wide = np.hstack([left, strict[:, None]])
        if least is not None:
            wide, right = np.vstack([wide, [*self.cost, 0.0]]), np.append(right, least + 1e-9)
        count = len(self.cost)
        found = linprog([0.0] * count + [-1.0], wide, right, bounds=[*self.box.tolist(), (None, 1.0)])
        return -float(found.fun) if found.status == 0 else -1.0

    def rows(self, ways: list[Way]) -> tuple[np.ndarray, np.ndarray]:
        lines = np.array([w[0] for w in ways]).reshape(-1, len(self.cost))
        return np.vstack([self.a, lines]), np.concatenate([self.b, [w[1] for w in ways]])
