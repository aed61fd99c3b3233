"""The certificate of random small Nash games, at equilibria and beside them, against best deviations by scipy.

Players own two columns each, see each other in objectives and rows, and are LPs or convex QPs. Whatever the point, the
certificate may say "verified" only if no player can gain; and it says so at the answers of the methods.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize
from small_games import INF, GameBuilder, Terms

from compiler.ground.ground_game import GroundGame
from runtime.answer import answer
from runtime.certify import Claim, certify
from runtime.methods.method import Request
from runtime.result import Status

OWN = 2
COLUMNS = 2 * OWN


class Dense:
    """A game of two players as dense arrays: minimise `sense*(c_p x + x Q_p x / 2)` over own columns within [0, 5] and
    `A_p x <= b_p`."""

    def __init__(self, seed: int, quadratic: bool) -> None:
        rng = np.random.default_rng(seed)
        self.sense = rng.choice([1, -1], 2)
        self.cost = np.round(rng.uniform(-4, 4, (2, COLUMNS)), 2)
        self.hessian = np.zeros((2, COLUMNS, COLUMNS))
        self.rows = np.round(rng.uniform(-1, 2, (2, 2, COLUMNS)), 2)
        self.limits = np.round(rng.uniform(3, 9, (2, 2)), 2)
        for p in range(2):
            mine = self.own(p)
            if quadratic:
                a = rng.normal(size=(OWN, OWN))
                self.hessian[p][np.ix_(mine, mine)] = np.round(a @ a.T + 0.2 * np.eye(OWN), 2)
            cross = np.round(rng.uniform(-1, 1, (OWN, OWN)), 2)
            other = self.own(1 - p)
            self.hessian[p][np.ix_(mine, other)] = cross
            self.hessian[p][np.ix_(other, mine)] = cross.T

    def own(self, p: int) -> np.ndarray:
        return np.arange(p * OWN, (p + 1) * OWN)

    def value(self, p: int, x: np.ndarray) -> float:
        """Player p's objective, as if minimised."""
        return float(self.cost[p] @ x + x @ self.hessian[p] @ x / 2)

    def size(self, p: int, x: np.ndarray) -> float:
        """The gross size of the terms of p's objective that hold a column of its own."""
        mine = self.own(p)
        terms = np.abs(self.cost[p][mine]) @ np.abs(x[mine])
        outer = np.abs(self.hessian[p]) * np.abs(np.outer(x, x))
        own = outer[np.ix_(mine, mine)].sum() / 2 + outer[np.ix_(mine, self.own(1 - p))].sum()
        return float(max(terms + own, 1e-3))

    def gain(self, p: int, x: np.ndarray) -> float:
        """What p gains by its best deviation, by scipy: `linprog`, or SLSQP from several starts (convex)."""
        mine, other = self.own(p), self.own(1 - p)
        limit = self.limits[p] - self.rows[p][:, other] @ x[other]
        a = self.rows[p][:, mine]
        slope = self.cost[p][mine] + self.hessian[p][np.ix_(mine, other)] @ x[other]
        inner = self.hessian[p][np.ix_(mine, mine)]
        now = slope @ x[mine] + x[mine] @ inner @ x[mine] / 2
        if not inner.any():
            found = linprog(slope, a, limit, bounds=[(0, 5)] * OWN)
            return float(now - found.fun) if found.success else np.inf
        best = np.inf
        for start in (x[mine], np.zeros(OWN), np.full(OWN, 1.0)):
            found = minimize(
                lambda v: slope @ v + v @ inner @ v / 2,
                start,
                jac=lambda v: slope + inner @ v,
                bounds=[(0, 5)] * OWN,
                constraints=[{"type": "ineq", "fun": lambda v: limit - a @ v, "jac": lambda _: -a}],
                method="SLSQP",
                options={"ftol": 1e-12, "maxiter": 200},
            )
            if np.all(a @ found.x <= limit + 1e-9):
                best = min(best, float(found.fun))
        return float(now - best)

    def ground(self) -> GroundGame:
        builder = GameBuilder().player("p0").player("p1")
        names = [f"x{k}_" for k in range(COLUMNS)]
        for k, name in enumerate(names):
            builder.var(f"p{k // OWN}", name, 0, 5)
        for p in range(2):
            terms: Terms = {name: float(v) for name, v in zip(names, self.sense[p] * self.cost[p], strict=True)}
            for i in range(COLUMNS):
                for j in range(i + 1):
                    value = self.sense[p] * self.hessian[p][i, j] * (0.5 if i == j else 1.0)
                    if value:
                        terms[names[j], names[i]] = float(value)
            (builder.minimize if self.sense[p] > 0 else builder.maximize)(f"p{p}", terms)
            for r in range(2):
                row: Terms = {name: float(v) for name, v in zip(names, self.rows[p, r], strict=True)}
                builder.row(f"p{p}", f"r{p}{r}_", row, -INF, float(self.limits[p, r]))
        return builder.build()

    def violation(self, x: np.ndarray) -> float:
        outside = max(float((-x).max()), float((x - 5).max()))
        return max(outside, *(float((self.rows[p] @ x - self.limits[p]).max()) for p in range(2)))


NASH = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@NASH
@given(
    seed=st.integers(0, 10_000),
    quadratic=st.booleans(),
    direction=st.lists(st.integers(-3, 3), min_size=COLUMNS, max_size=COLUMNS),
    scale=st.sampled_from([1.0, 0.1, 1e-2, 1e-3]),
)
def test_the_certificate_agrees_with_best_deviations(
    seed: int, quadratic: bool, direction: list[int], scale: float
) -> None:
    dense = Dense(seed, quadratic)
    game = dense.ground()
    found = answer(game, Request())
    assert found.status in (Status.EQUILIBRIUM, Status.INFEASIBLE), found.certificate.reasons
    if found.x is None:
        return
    assert found.certificate.verified
    assert dense.violation(found.x) <= 1e-6
    for p in range(2):
        assert dense.gain(p, found.x) <= 3e-6 * dense.size(p, found.x)

    beside = found.x + scale * np.array(direction)
    certificate = certify(game, Claim(Status.EQUILIBRIUM, beside))
    gains = [dense.gain(p, beside) / dense.size(p, beside) for p in range(2)]
    if certificate.verified:
        assert dense.violation(beside) <= 3e-5
        assert max(gains) <= 3e-6
    if dense.violation(beside) > 1e-3 or (dense.violation(beside) <= 1e-9 and max(gains) > 1e-4):
        assert not certificate.verified
    if dense.violation(beside) <= 1e-9:
        for p in range(2):
            told = certificate.regret[f"p{p}"]
            assert told == pytest.approx(dense.gain(p, beside), abs=2e-5 * dense.size(p, beside))


@NASH
@given(seed=st.integers(0, 10_000), quadratic=st.booleans(), player=st.integers(0, 1))
def test_wrong_prices_are_refused(seed: int, quadratic: bool, player: int) -> None:
    """A price moved by a quarter of the player's dearest cost, on a row whose columns could all answer."""
    dense = Dense(seed, quadratic)
    game = dense.ground()
    found = answer(game, Request())
    if found.x is None or found.prices is None:
        return
    rows = np.flatnonzero(game.row_owner == player)
    prices = found.prices.copy()
    prices[rows[0]] += dense.sense[player] * 1.0
    # A positive price of a minimiser's `<=` row is never right: relaxing it cannot raise the minimum.
    prices[rows[0]] = abs(prices[rows[0]]) * dense.sense[player] + dense.sense[player]
    assert not certify(game, Claim(Status.EQUILIBRIUM, found.x, prices)).verified
