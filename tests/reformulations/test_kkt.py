"""The optimality conditions as arrays against finite differences of the Lagrangian, and their parts against the words
of the file."""

from __future__ import annotations

import numpy as np
import pytest
from small_games import INF, GameBuilder

from compiler.ground.ground_game import GroundGame
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.kkt import kkt
from compiler.reformulations.program import Program, label_of


def game(seed: int, followers: int, sense: int) -> GroundGame:
    """Followers with all kinds of rows, bounds and products with the leader and with each other, coefficients over
    many orders."""
    rng = np.random.default_rng(seed)
    builder = GameBuilder().player("top").var("top", "x", 0, 3).var("top", "u", -1, 1)
    names = []
    for f in range(followers):
        builder.player(f"f{f}", "top")
        names.append([f"a{f}_", f"b{f}_", f"c{f}_", f"e{f}_"])
        for name, bounds in zip(names[f], [(0, INF), (-1, 4), (-INF, 2), (-INF, INF)], strict=True):
            builder.var(f"f{f}", name, *bounds)
    builder.minimize("top", {"x": 1, **{n[0]: 1 for n in names}})
    size = lambda: float(10 ** rng.uniform(-3, 3) * rng.choice([-1, 1]))  # noqa: E731
    for f in range(followers):
        own, other = names[f], names[(f + 1) % followers]
        for k, (low, high) in enumerate([(-INF, 2.0), (1.0, INF), (0.5, 0.5), (-2.0, 3.0)]):
            terms: dict[object, float] = {n: size() for n in own}
            terms |= {"x": size(), ("x", own[k]): size()}
            if followers > 1:
                terms[other[0]] = size()
            builder.row(f"f{f}", f"row{f}_{k}_", terms, low, high)
        goal: dict[object, float] = {n: size() for n in own}
        goal |= {(n, n): sense * abs(size()) for n in own} | {("u", own[1]): size(), ("lmp", own[0]): 0.0}
        if followers > 1:
            goal[(own[2], other[2])] = size()
        builder.goals[f"f{f}"] = (sense, {k: v for k, v in goal.items() if v})
    return builder.build()


def stationarity_rows(program: Program) -> tuple[int, int, np.ndarray]:
    (part,) = [p for p in program.row_parts if p.role == "stationarity"]
    return part.start, part.stop, part.source


@pytest.mark.parametrize("sense", [1, -1])
@pytest.mark.parametrize("followers", [1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_stationarity_is_the_gradient_of_the_lagrangian(seed: int, followers: int, sense: int) -> None:
    """Row j, without its reduced costs, is a positive multiple of d/dx_j [s f(x) - s sum price_r row_r(x)], the same
    at all points."""
    g = game(seed, followers, sense)
    below = np.array([bool(p.leaders) for p in g.players])
    program, recovery = kkt(g, below, 0)
    start, stop, source = stationarity_rows(program)
    rng = np.random.default_rng(seed + 50)
    ratios = []
    for _ in range(4):
        z = rng.uniform(-1, 1, program.columns)
        for part in program.column_parts:
            if part.role.startswith("reduced cost"):
                z[part.start : part.stop] = 0
        residual = (program.rows_at(z) - program.row_lower)[start:stop]
        x, prices = recovery.point(z), recovery.prices(z)

        def lagrangian(x: np.ndarray, p: int, prices: np.ndarray = prices) -> float:
            rows = g.matrix.times(x) + g.row_quad.times(x, g.rows)
            mine = g.row_owner == p
            return g.players[p].sense * (g.objectives_at(x)[p] - float(prices[mine] @ rows[mine]))

        slope = []
        for j in source.tolist():
            h = 1e-3
            up, down = x.copy(), x.copy()
            up[j], down[j] = x[j] + h, x[j] - h
            p = int(g.owner[j])
            # Quadratic functions: a central difference is exact up to rounding.
            slope.append((lagrangian(up, p) - lagrangian(down, p)) / (2 * h))
        ratios.append(residual / np.array(slope))
    ratios = np.array(ratios)
    assert np.all(ratios > 0)
    assert np.ptp(ratios, axis=0) / np.max(ratios, axis=0) == pytest.approx(np.zeros(ratios.shape[1]), abs=1e-5)


def test_pairs_are_rows_and_bounds_only() -> None:
    """Per follower: 1 + 1 + 2 sides of rows (the equality has none), and 1 + 2 + 1 finite bounds."""
    program, _ = kkt(game(0, 3, 1), np.array([False, True, True, True]), 0)
    assert len(program.complementary) == 3 * (4 + 4)
    assert np.all(program.lower[program.complementary] == 0)
    assert len(np.unique(program.complementary)) == program.complementary.size
    sos1 = complementarity_sos1(program)
    assert len(sos1.complementary) == 0
    assert np.array_equal(sos1.sos1, program.complementary)


def test_slacks_are_distances() -> None:
    """At any point of the rows, the partner of each multiplier is the distance that the row or bound has left, up to
    scale."""
    g = game(1, 1, 1)
    program, _ = kkt(g, np.array([False, True]), 0)
    labels = [label_of(program.column_parts, g, int(k)) for k in program.complementary[:, 1]]
    assert "slack of f0.row0_0_" in labels
    assert "f0.a0_" in labels, "a lower bound of zero needs no slack: the column itself is it"
    assert "distance from the lower bound of f0.b0_" in labels
    assert "distance from the upper bound of f0.c0_" in labels
    multipliers = {label_of(program.column_parts, g, int(k)) for k in program.complementary[:, 0]}
    assert "multiplier of f0.row0_3_" in multipliers


def test_scales_are_powers_of_two_near_one() -> None:
    builder = GameBuilder().player("top").player("low", "top").var("top", "x", 0, 1).var("low", "y")
    builder.row("low", "r", {"y": 3e-5, "x": 1e5}, lower=1).minimize("top", {"x": 1}).minimize("low", {"y": 7e4})
    program, _ = kkt(builder.build(), np.array([False, True]), 0)
    start, stop, _ = stationarity_rows(program)
    sizes = np.abs(program.matrix.take_rows(np.arange(start, stop)).data)
    assert np.all((sizes >= 0.25) & (sizes <= 4))


def test_fixed_columns_and_rows_of_the_leader_alone_need_no_condition() -> None:
    builder = GameBuilder().player("top").player("low", "top").var("top", "x", 0, 1)
    builder.var("low", "y", 0, 4).var("low", "fixed", 2, 2)
    builder.row("low", "r", {"y": 1, "fixed": 1}, lower=3).row("low", "of_leader", {"x": 1}, upper=0.5)
    builder.minimize("top", {"x": -1}).minimize("low", {"y": 1, "fixed": -5})
    g = builder.build()
    program, recovery = kkt(g, np.array([False, True]), 0)
    assert stationarity_rows(program)[2].tolist() == [1]
    assert np.isnan(recovery.prices(np.zeros(program.columns))[1])


def test_a_product_of_two_own_columns_in_a_row_is_an_error() -> None:
    builder = GameBuilder().player("top").player("low", "top").var("top", "x", 0, 1).var("low", "y", 0, 4)
    builder.row("low", "r", {("y", "y"): 1}, upper=3).minimize("top", {"x": -1}).minimize("low", {"y": 1})
    with pytest.raises(ValueError, match="product"):
        kkt(builder.build(), np.array([False, True]), 0)
