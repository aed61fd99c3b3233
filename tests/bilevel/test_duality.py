"""Identities and inequalities of duality at random complementary points; cuts and bounds keep all of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_games import conditions, points, random_game
from small_games import GameBuilder

from compiler.ground.ground_game import Block
from compiler.ground.sparse import Csr, Quad
from compiler.reformulations.column_bounds import ColumnBounds, Source, propagated, with_bounds
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.duality import Duality
from compiler.reformulations.duality_gap import gap_linear, gap_products
from compiler.reformulations.linear_products import linear_products
from runtime.methods.derived_bounds import derived_bounds
from runtime.solvers.highs import Highs
from runtime.solvers.scip import Scip
from runtime.solvers.solver import Ending, Options

SEEDS = range(6)
kinds = pytest.mark.parametrize("quadratic", [False, True])


def gaps(game, program, z) -> list[float]:
    duality = Duality.of(game, program)
    found = []
    for p in np.unique(duality.owner).tolist():
        linear = sum(float(w @ z[c]) for c, w in gap_linear(game, program, duality, p))
        found.append(linear + sum(float((w * z[i]) @ z[j]) for i, j, w in gap_products(program, duality, p)))
    return found


@kinds
@pytest.mark.parametrize("seed", SEEDS)
def test_the_duality_gap_is_the_weighted_sum_of_all_pairs_products(seed: int, quadratic: bool) -> None:
    """At points that satisfy the rows it is 0 where the pairs are, and what is lost to complementarity elsewhere."""
    game = random_game(seed, quadratic=quadratic)
    program, _ = conditions(game)
    assert Duality.of(game, program).plain[1:].all()
    for z in points(game, program, 4, seed):
        assert gaps(game, program, z) == pytest.approx([0, 0], abs=1e-5)
    # Without complementarity the gap is positive exactly when some pair's product is.
    rng = np.random.default_rng(seed)
    free = replace(
        program,
        complementary=program.complementary[:0],
        cost_quad=program.cost_quad.take(np.zeros(program.cost_quad.entries, bool)),
    )
    upper = np.where(np.isfinite(program.upper), program.upper, 20.0)
    for _ in range(4):
        outcome = Highs().solve(replace(free, cost=rng.uniform(-1, 1, program.columns), upper=upper), Options())
        if outcome.z is None:
            continue
        products = outcome.z[program.complementary[:, 0]] * outcome.z[program.complementary[:, 1]]
        total = sum(gaps(game, program, outcome.z))
        assert total >= -1e-5
        assert (total > 1e-4) == (float(products.max()) > 1e-4) or 1e-6 < float(products.max()) < 1e-2


@kinds
@pytest.mark.parametrize("seed", SEEDS)
def test_linear_products_keep_the_objective_at_complementary_points(seed: int, quadratic: bool) -> None:
    game = random_game(seed, quadratic=quadratic, pushed=False)
    program, _ = conditions(game)
    linear = linear_products(game, program)
    # The prices times quantities go; the leader's own square stays, and so do the followers' squares, which are convex.
    assert np.array_equal(linear.cost_quad.i, linear.cost_quad.j)
    assert linear.cost_shape().convex
    assert linear.cost_quad.entries == (7 if quadratic else 1)
    for z in points(game, program, 5, seed):
        assert linear.cost_at(z) == pytest.approx(program.cost_at(z), abs=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_products_stay_where_the_squares_left_over_are_not_convex(seed: int) -> None:
    """A leader who pays what those of the other game are paid: the followers' squares would come in with a minus."""
    game = random_game(seed, quadratic=True, pushed=False)
    program, _ = conditions(game)
    paying = replace(program, cost_quad=replace(program.cost_quad, value=-program.cost_quad.value))
    linear = linear_products(game, paying)
    assert linear.cost_quad.entries == paying.cost_quad.entries
    assert linear.cost == pytest.approx(paying.cost)


def test_a_producers_revenue_is_linear() -> None:
    """The clearing price times the producer's output: load times price, less the rivals' costs and rents."""
    from test_traps import producer

    game = producer(50).build()
    program, _ = conditions(game)
    linear = linear_products(game, program)
    assert program.cost_quad.entries == 1
    assert linear.cost_quad.entries == 0
    for z in points(game, program, 5, 0):
        assert linear.cost_at(z) == pytest.approx(program.cost_at(z), rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_linear_products_keep_the_leaders_rows_at_complementary_points(seed: int) -> None:
    """A cap on what a follower is paid, price times quantity: linear in the multipliers, the same value everywhere."""
    game = random_game(seed, pushed=False)
    pay = Quad.from_entries(*(np.array(k) for k in ([0], [0], [2])), np.array([1.0]), game.columns)
    capped = replace(
        game,
        matrix=Csr.from_coo(
            np.concatenate([game.matrix.row_numbers() + 1, [0]]),
            np.concatenate([game.matrix.indices, [1]]),
            np.concatenate([game.matrix.data, [0.5]]),
            game.rows + 1,
            game.columns,
        ),
        row_lower=np.concatenate([[-np.inf], game.row_lower]),
        row_upper=np.concatenate([[50.0], game.row_upper]),
        row_owner=np.concatenate([[0], game.row_owner]),
        row_quad=pay,
        row_blocks=(
            Block("top", "cap", 0, 1),
            *(replace(b, start=b.start + 1, stop=b.stop + 1) for b in game.row_blocks),
        ),
    )
    program, _ = conditions(capped)
    (cap,) = set(program.row_quad.row.tolist())
    linear = linear_products(capped, program)
    assert linear.row_quad.entries == 0
    assert linear.rows == program.rows
    checked = 0
    for z in points(capped, program, 5, seed):
        assert z[0] * z[2] + 0.5 * z[1] == pytest.approx(linear.rows_at(z)[cap], abs=1e-5)
        assert linear.rows_at(z) == pytest.approx(program.rows_at(z), abs=1e-5)
        checked += 1
    assert checked


@kinds
@pytest.mark.parametrize("seed", SEEDS)
def test_the_cut_keeps_every_complementary_point(seed: int, quadratic: bool) -> None:
    game = random_game(seed, quadratic=quadratic)
    program, _ = conditions(game)
    derived = derived_bounds(game, program)
    assert derived.program.rows > program.rows, "there is a cut to test"
    for z in points(game, program, 5, seed):
        held = replace(
            derived.program,
            lower=np.concatenate([z - 1e-6, derived.program.lower[program.columns :]]),
            upper=np.concatenate([z + 1e-6, derived.program.upper[program.columns :]]),
            cost=np.zeros(derived.program.columns),
            cost_quad=derived.program.cost_quad.take(np.zeros(derived.program.cost_quad.entries, bool)),
            complementary=program.complementary[:0],
        )
        assert Highs().solve(held, Options()).ending is Ending.OPTIMAL


@kinds
@pytest.mark.parametrize("seed", SEEDS)
def test_derived_bounds_keep_every_decision(seed: int, quadratic: bool) -> None:
    """At every leader decision with an answer there are multipliers within the bounds that give the same answer."""
    game = random_game(seed, quadratic=quadratic)
    program, _ = conditions(game)
    derived = derived_bounds(game, program)
    assert np.isfinite(derived.bounds.upper[program.complementary]).mean() > 0.5
    bounded = complementarity_sos1(with_bounds(derived.program, derived.bounds))
    decisions = np.arange(game.columns)
    for z in points(game, program, 4, seed):
        lower, upper = bounded.lower.copy(), bounded.upper.copy()
        assert np.all(z[decisions] >= lower[decisions] - 1e-6)
        assert np.all(z[decisions] <= upper[decisions] + 1e-6)
        lower[decisions], upper[decisions] = z[decisions] - 1e-6, z[decisions] + 1e-6
        trial = replace(
            bounded,
            lower=lower,
            upper=upper,
            cost=np.zeros(bounded.columns),
            cost_quad=bounded.cost_quad.take(np.zeros(bounded.cost_quad.entries, bool)),
        )
        assert Scip().solve(trial, Options()).ending is Ending.OPTIMAL


def test_sources_are_told() -> None:
    """The toy: boxes give slacks by propagation or LP, multipliers come from bases."""
    from test_traps import toy

    game = toy().build()
    program, _ = conditions(game)
    bounds = derived_bounds(game, program).bounds
    (multipliers,) = [
        np.arange(p.start, p.stop) for p in program.column_parts if p.role == "multiplier" and p.start == 2
    ][:1]
    assert set(bounds.upper_source[multipliers].tolist()) == {Source.BY_BASES}
    assert bounds.upper_source[0] == Source.DECLARED
    slacks = program.complementary[:, 1]
    assert set(bounds.upper_source[slacks].tolist()) <= {Source.PROPAGATED, Source.BY_LP}


@pytest.mark.parametrize("seed", range(20))
def test_propagation_keeps_every_point_of_the_rows(seed: int) -> None:
    """Bounds from rows with products against points drawn inside the rows; and against intervals done by hand."""
    rng = np.random.default_rng(seed)
    builder = GameBuilder().player("p")
    names = ["a", "b", "c"]
    inside = rng.uniform(-2, 2, 3)
    for name, at in zip(names, inside.tolist(), strict=True):
        builder.var("p", name, *((at - 1, at + 1) if name == "a" else (-np.inf, np.inf)))
    for k in range(4):
        a = np.where(rng.random(3) < 0.6, rng.uniform(-2, 2, 3), 0)
        terms = {n: v for n, v in zip(names, a.tolist(), strict=True) if v}
        terms[("a", "b")] = float(rng.uniform(-0.3, 0.3))
        at = float(a @ inside + terms[("a", "b")] * inside[0] * inside[1])
        builder.row("p", f"r{k}_", terms, at - 0.5, at + rng.choice([0.5, np.inf]))
    builder.minimize("p", {"a": 1})
    from compiler.reformulations.high_point import high_point

    program = high_point(builder.build(), 0)
    bounds = propagated(program, ColumnBounds.of(program))
    cloud = inside + rng.uniform(-1, 1, (2000, 3))
    for z in [inside, *cloud[[program.violation(z) == 0 for z in cloud]]]:
        assert np.all(z >= bounds.lower - 1e-12)
        assert np.all(z <= bounds.upper + 1e-12)


def test_propagation_by_hand() -> None:
    """2a + b <= 6 with a, b >= 0 gives a <= 3, b <= 6; c == a - b then lies in [-6, 3]."""
    from compiler.reformulations.high_point import high_point

    builder = GameBuilder().player("p").var("p", "a").var("p", "b").var("p", "c", -np.inf, np.inf)
    builder.row("p", "r", {"a": 2, "b": 1}, upper=6).row("p", "s", {"c": 1, "a": -1, "b": 1}, 0, 0)
    program = high_point(builder.minimize("p", {"a": 1}).build(), 0)
    bounds = propagated(program, ColumnBounds.of(program))
    assert bounds.upper == pytest.approx([3, 6, 3], abs=1e-6)
    assert bounds.lower == pytest.approx([0, 0, -6], abs=1e-6)
    assert np.all(bounds.rounded().upper >= bounds.upper)
    assert np.all(bounds.rounded().upper <= bounds.upper * 1.002)
