"""Random bilevel LPs: the certified answer equals the one found by listing all vertices."""

from __future__ import annotations

import numpy as np
import pytest
from brute_force import bilevel_lp
from small_games import INF, GameBuilder

from runtime.answer import answer
from runtime.methods.method import Request
from runtime.result import Status


def random_problem(seed: int, leader_sense: int, follower_sense: int, coupled: bool):
    """Two leader and two follower columns within boxes; follower rows with <=, >=, ranges, and an equality in every
    third problem."""
    rng = np.random.default_rng(seed)
    draw = lambda *shape: np.round(rng.uniform(-4, 4, shape), 1)  # noqa: E731
    nx, ny = 2, 2
    names = ["x0", "x1", "y0", "y1"]
    own = np.array([False] * nx + [True] * ny)
    inside = rng.uniform(0.5, 3.0, nx + ny)
    leader_cost, follower_cost = draw(4), draw(4)
    kinds = ["<=", ">=", "range", "=="] if seed % 3 == 0 else ["<=", ">=", "range", "<="]
    rows = []
    for kind in kinds[: 3 + seed % 2]:
        a = draw(4)
        at, slack = float(a @ inside), float(rng.uniform(0.2, 2))
        rows.append(
            (a, at - slack if kind in (">=", "range") else -INF, at + slack if kind in ("<=", "range") else INF)
        )
        if kind == "==":
            rows[-1] = (a, at, at)
    coupling = []
    if coupled:
        a = draw(4)
        coupling.append((a, -INF, float(a @ inside) + 0.5))
    box = np.eye(4)
    top = 4.0
    low = np.array([0.0, 0.0, -1.0, 0.0])
    follower_rows = (
        np.vstack([*[r[0] for r in rows], box[2:]]),
        np.array([*[r[1] for r in rows], *low[2:]]),
        np.array([*[r[2] for r in rows], top, top]),
    )
    leader_rows = (
        np.vstack([*[r[0] for r in coupling], box[:2]]),
        np.array([*[r[1] for r in coupling], *low[:2]]),
        np.array([*[r[2] for r in coupling], top, top]),
    )
    expected = bilevel_lp(leader_sense * leader_cost, follower_sense * follower_cost, own, leader_rows, follower_rows)
    builder = GameBuilder().player("leader").player("follower", "leader")
    for k, name in enumerate(names):
        builder.var("follower" if own[k] else "leader", name, low[k], top)
    for k, (a, low_side, high_side) in enumerate(rows):
        builder.row("follower", f"f{k}", dict(zip(names, a.tolist(), strict=True)), low_side, high_side)
    for k, (a, low_side, high_side) in enumerate(coupling):
        builder.row("leader", f"l{k}", dict(zip(names, a.tolist(), strict=True)), low_side, high_side)
    for player, sense, cost in (("leader", leader_sense, leader_cost), ("follower", follower_sense, follower_cost)):
        builder.goals[player] = (sense, dict(zip(names, cost.tolist(), strict=True)))
    return builder.build(), leader_sense * expected


@pytest.mark.parametrize("coupled", [False, True])
@pytest.mark.parametrize("senses", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
@pytest.mark.parametrize("seed", range(12))
def test_bilevel_lp_equals_enumeration(seed: int, senses: tuple[int, int], coupled: bool) -> None:
    game, expected = random_problem(seed, *senses, coupled)
    found = answer(game, Request())
    if not np.isfinite(expected):
        assert found.status is Status.INFEASIBLE
        assert found.diagnostics
        return
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.certificate.verified
    assert game.objectives_at(found.x)[0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_one_leader_column_over_a_quadratic_follower(seed: int) -> None:
    """The answer of a strictly convex follower is found for every set of active rows; the leader's column then lies
    at an end of a piece."""
    rng = np.random.default_rng(100 + seed)
    sense = 1 if seed % 2 else -1
    root = rng.uniform(-2, 2, (2, 2))
    H = root @ root.T + 0.5 * np.eye(2)
    c, cross = rng.uniform(-3, 3, 2), rng.uniform(-2, 2, 2)
    A, d, b = rng.uniform(-2, 2, (2, 2)), rng.uniform(-1, 1, 2), rng.uniform(0.5, 3, 2)
    leader = rng.uniform(-2, 2, 3)
    # Follower: min 1/2 y'Hy + (c + cross*x)'y with A y + d x <= b and y >= 0; (maximised with the signs turned if
    # sense is -1).
    G, g0, g1 = np.vstack([A, -np.eye(2)]), np.concatenate([b, np.zeros(2)]), np.concatenate([d, np.zeros(2)])
    expected = np.inf
    for mask in range(16):
        active = [k for k in range(4) if mask >> k & 1]
        if len(active) > 2:
            continue
        M = np.block([[H, G[active].T], [G[active], np.zeros((len(active), len(active)))]])
        if abs(np.linalg.det(M)) < 1e-9:
            continue
        at0 = np.linalg.solve(M, np.concatenate([-c, g0[active]]))
        slope = np.linalg.solve(M, np.concatenate([-cross, -g1[active]]))
        # Conditions p + q*x >= 0 on this piece: multipliers, slacks, and 0 <= x <= 4.
        p = np.concatenate([at0[2:], g0 - G @ at0[:2], [0, 4]])
        q = np.concatenate([slope[2:], -g1 - G @ slope[:2], [1, -1]])
        low, high = -np.inf, np.inf
        for pk, qk in zip(p, q, strict=True):
            if abs(qk) < 1e-12:
                if pk < -1e-9:
                    low, high = 1, 0
            elif qk > 0:
                low = max(low, -pk / qk)
            else:
                high = min(high, -pk / qk)
        if low <= high + 1e-12:
            for x in (low, high):
                y = at0[:2] + slope[:2] * x
                expected = min(expected, leader @ [x, *y])
    goal = {("y0", "y0"): H[0, 0] / 2, ("y1", "y1"): H[1, 1] / 2, ("y0", "y1"): H[0, 1], "y0": c[0], "y1": c[1]}
    goal |= {("x", "y0"): cross[0], ("x", "y1"): cross[1]}
    builder = GameBuilder().player("leader").player("follower", "leader").var("leader", "x", 0, 4)
    builder.var("follower", "y0").var("follower", "y1")
    for k in range(2):
        builder.row("follower", f"r{k}", {"y0": A[k, 0], "y1": A[k, 1], "x": d[k]}, upper=b[k])
    builder.minimize("leader", {"x": leader[0], "y0": leader[1], "y1": leader[2]})
    builder.goals["follower"] = (sense, {k: sense * v for k, v in goal.items()})
    game = builder.build()
    found = answer(game, Request())
    if not np.isfinite(expected):
        assert found.status is Status.INFEASIBLE
        return
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert game.objectives_at(found.x)[0] == pytest.approx(expected, abs=2e-6)
