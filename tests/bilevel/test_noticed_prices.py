"""Prices kept to where followers notice them, and proofs without a search, against the listing of all vertices of all
followers, which shares nothing with the compiler."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import pytest
from scipy.optimize import linprog
from small_games import GameBuilder, Terms
from storage_pricing import storage_pricing

from compiler.ground.ground_game import GroundGame
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.duality import Duality
from compiler.reformulations.kkt import kkt
from compiler.reformulations.linear_products import linear_products
from compiler.reformulations.program import Program
from compiler.reformulations.unnoticed_moves import unnoticed_moves
from runtime.answer import answer
from runtime.methods import pairs
from runtime.methods.counted_work import CountedWork
from runtime.methods.kkt import Kkt
from runtime.methods.met_bounds import met_bound
from runtime.methods.method import Request
from runtime.methods.noticed_prices import noticed_prices
from runtime.methods.setting import Setting
from runtime.result import Status
from runtime.solvers.scip import Scip
from runtime.solvers.solver import Ending, Options

HOURS, SELLERS, CAP = 2, 3, 40.0


@dataclass(frozen=True, eq=False)
class Market:
    """A leader with a price for each hour and two followers. They buy, least cost first, what they need (`sells`
    False), or sell to it and others what they have. `alternatives` (2, T, 2), `room` (2, T), `total` (2,), `worth` (T,)
    to the leader; `row` is what else binds prices: nothing, their `sum`, or their `spread`."""

    sells: bool
    row: str
    alternatives: np.ndarray
    room: np.ndarray
    total: np.ndarray
    worth: np.ndarray

    @staticmethod
    def random(seed: int, sells: bool, row: str) -> Market:
        rng = np.random.default_rng(seed)
        room = rng.integers(1, 7, (2, HOURS)).astype(float)
        total = np.round(room.sum(axis=1) * rng.uniform(0.3, 0.9, 2), 1)
        worth = rng.integers(5, 16, HOURS).astype(float) if not sells else rng.integers(10, 31, HOURS).astype(float)
        return Market(sells, row, rng.integers(8, 29, (2, HOURS, 2)).astype(float), room, total, worth)

    @property
    def prices(self) -> tuple[list[list[float]], list[float]]:
        """Rows `A p <= b` that bind the prices."""
        if self.row == "sum":
            return [[-1.0, -1.0] if self.sells else [1.0, 1.0]], [-12.0 if self.sells else 45.0]
        return ([[1.0, -1.0]], [3.0]) if self.row == "spread" else ([], [])

    def game(self) -> GroundGame:
        builder = GameBuilder().player("leader")
        profit: Terms = {}
        for t in range(HOURS):
            builder.var("leader", f"p{t}_", 0, CAP)
        for i in range(2):
            builder.player(f"f{i}", "leader")
            bill: Terms = {}
            every: Terms = {}
            for t in range(HOURS):
                names = [f"q{i}_{t}_{k}_" for k in range(SELLERS)]
                for name in names:
                    builder.var(f"f{i}", name)
                bill |= {(f"p{t}_", names[0]): 1.0} | {names[k + 1]: self.alternatives[i, t, k] for k in range(2)}
                sign = -1.0 if self.sells else 1.0
                profit |= {(f"p{t}_", names[0]): sign, names[0]: -sign * self.worth[t]}
                here: Terms = dict.fromkeys(names, 1.0)
                every |= here
                builder.row(f"f{i}", f"room{i}_{t}_", here, upper=self.room[i, t])
            if self.sells:
                builder.row(f"f{i}", f"total{i}_", every, upper=self.total[i]).maximize(f"f{i}", bill)
            else:
                builder.row(f"f{i}", f"total{i}_", every, lower=self.total[i]).minimize(f"f{i}", bill)
        for number, (line, limit) in enumerate(zip(*self.prices, strict=True)):
            builder.row("leader", f"rule{number}_", {f"p{t}_": line[t] for t in range(HOURS)}, upper=limit)
        return builder.maximize("leader", profit).build()

    def best(self) -> float:
        """The leader's best profit, by trying all pairs of the followers' vertices."""
        sign = -1.0 if self.sells else 1.0
        corners = [self.vertices(i) for i in range(2)]
        bought = [c[:, ::SELLERS] for c in corners]
        other = [
            np.delete(c, slice(None, None, SELLERS), 1) @ self.alternatives[i].ravel() for i, c in enumerate(corners)
        ]
        found = -np.inf
        for a, b in product(*(range(len(c)) for c in corners)):
            # sign * (bill at this vertex - bill at any other one) <= 0.
            lines = [sign * (bought[i][k] - bought[i]) for i, k in enumerate((a, b))]
            limits = [sign * (other[i] - other[i][k]) for i, k in enumerate((a, b))]
            rows, tops = self.prices
            A, b_ub = np.vstack([*lines, *np.array(rows).reshape(-1, HOURS)]), np.concatenate([*limits, tops])
            trade = bought[0][a] + bought[1][b]
            solved = linprog(-sign * trade, A, b_ub, bounds=[(0, CAP)] * HOURS)
            if solved.status == 0:
                found = max(found, -solved.fun - sign * float(self.worth @ trade))
        return found

    def vertices(self, i: int) -> np.ndarray:
        n = HOURS * SELLERS
        lines = [-np.eye(n), np.kron(np.eye(HOURS), np.ones(SELLERS)), np.ones((1, n)) * (1 if self.sells else -1)]
        A = np.vstack(lines)
        b = np.concatenate([np.zeros(n), self.room[i], [self.total[i] if self.sells else -self.total[i]]])
        found = []
        for chosen in combinations(range(len(b)), n):
            basis = A[list(chosen)]
            if abs(np.linalg.det(basis)) > 1e-9:
                v = np.linalg.solve(basis, b[list(chosen)])
                if np.all(A @ v <= b + 1e-9):
                    found.append(v)
        return np.unique(np.round(found, 9), axis=0)


MARKETS = [(seed, sells, row) for seed in range(2) for sells in (False, True) for row in ("", "sum", "spread")]


def conditions(game: GroundGame) -> tuple[GroundGame, Program]:
    setting = Setting.of(game)
    return setting.game, linear_products(setting.game, kkt(setting.game, setting.followers, setting.leader)[0])


@pytest.mark.parametrize(("seed", "sells", "row"), MARKETS)
def test_no_optimum_is_lost(seed: int, sells: bool, row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By SOS1 sets within the ranges that are left, and by all that `auto` does from 30 and from 100 pairs on."""
    market = Market.random(seed, sells, row)
    expected, (game, program) = market.best(), conditions(market.game())
    tight = noticed_prices(game, program)
    assert np.all(tight.lower >= program.lower)
    assert np.all(tight.upper <= program.upper)
    assert not np.array_equal(tight.lower if sells else tight.upper, program.lower if sells else program.upper)
    outcome = Scip().solve(complementarity_sos1(tight), Options())
    assert -outcome.objective == pytest.approx(expected, abs=1e-6)
    monkeypatch.setattr(pairs, "SOME", 1)
    for many in (10**6, 1):
        monkeypatch.setattr(pairs, "MANY", many)
        found = answer(market.game(), Request(time_limit=60))
        assert found.status is Status.OPTIMAL, found.certificate.reasons
        assert market.game().objectives_at(found.x)[0] == pytest.approx(expected, abs=1e-5), found.notes


def test_a_price_that_others_rules_hold_up_stays() -> None:
    """Moved down, the second price would break `p0 - p1 <= 3`; moved down, the first one breaks nothing."""
    game, program = conditions(Market.random(0, False, "spread").game())
    moves = unnoticed_moves(program, Duality.of(game, program))
    assert np.unique(moves.column).tolist() == [0]
    assert not moves.up.any()
    # One reduced cost for each follower.
    assert len(moves.reduced) == 2


def test_a_price_is_cut_to_the_dearest_alternative() -> None:
    """One customer whose alternatives cost 10 and 12: nobody notices a price above 10."""
    builder = GameBuilder().player("leader").player("f", "leader").var("leader", "p", 0, 100)
    builder.var("f", "own").var("f", "one").var("f", "two").row("f", "need", {"own": 1, "one": 1, "two": 1}, lower=5)
    builder.minimize("f", {("p", "own"): 1, "one": 10, "two": 12})
    game, program = conditions(builder.maximize("leader", {("p", "own"): 1, "own": -4}).build())
    assert noticed_prices(game, program).upper[0] == pytest.approx(10.1)


def test_a_price_that_the_objective_sees_stays() -> None:
    builder = GameBuilder().player("leader").player("f", "leader").var("leader", "p", 0, 100)
    builder.var("f", "own").var("f", "one").row("f", "need", {"own": 1, "one": 1}, lower=5)
    builder.minimize("f", {("p", "own"): 1, "one": 10})
    game, program = conditions(builder.maximize("leader", {("p", "own"): 1, "p": 1}).build())
    assert noticed_prices(game, program) is program


def test_storage_is_proved_without_a_search() -> None:
    """The answers to the relaxation's prices are worth what it promises; SCIP finds no more."""
    game, program = conditions(storage_pricing(2))
    met = met_bound(game, program, Options(), CountedWork())
    assert met is not None
    assert met.ending is Ending.OPTIMAL
    assert met.gap <= 1e-6
    assert program.violation(met.z) <= 1e-8
    assert np.max(np.min(met.z[program.complementary], axis=1)) <= 1e-9
    best = Scip().solve(complementarity_sos1(program), Options(60))
    assert best.ending is Ending.OPTIMAL
    assert met.objective == pytest.approx(best.objective, rel=1e-6)
    found = Kkt().run(Setting.of(storage_pricing(2)), Request(time_limit=60))
    assert found.status is Status.OPTIMAL
    assert any("a relaxation promises" in note for note in found.notes)


def test_no_proof_where_the_relaxation_promises_more() -> None:
    for seed in range(6):
        market = Market.random(seed, False, "")
        game, program = conditions(market.game())
        met = met_bound(game, program, Options(), CountedWork())
        assert met is None or -met.objective == pytest.approx(market.best(), abs=1e-5)
