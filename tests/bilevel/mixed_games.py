"""Random leaders over followers with whole numbers, small enough for `enumeration`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from small_games import INF, GameBuilder

from compiler.ground.ground_game import GroundGame


def mixed_game(
    seed: int,
    *,
    leader: int = 2,
    whole: int = 2,
    real: int = 1,
    rows: int = 3,
    followers: int = 1,
    top: int = 4,
    own_top: int = 3,
    integer_leader: bool = True,
    products: bool = False,
) -> GroundGame:
    """A leader with `leader` columns in [0, `top`] that followers see, a real one of its own, and a coupling
    constraint; followers of either sense with `whole` columns in [0, `own_top`], `real` ones in [0, 4] and `rows`
    constraints that hold everything; with `products` also prices set by the leader. Coefficients are small integers."""
    rng = np.random.default_rng(seed)
    builder = GameBuilder().player("top")
    seen = [f"x{i}_" for i in range(leader)]
    for column in seen:
        builder.var("top", column, 0, top, int(integer_leader))
    builder.var("top", "free", 0, 5)
    goal: dict[object, float] = {c: float(rng.integers(-5, 6)) for c in seen}
    goal["free"] = 1.0
    coupling: dict[object, float] = {}
    for f in range(followers):
        name = f"f{f}"
        builder.player(name, "top")
        integers, reals = [f"y{f}_{i}_" for i in range(whole)], [f"v{f}_{i}_" for i in range(real)]
        for column in integers:
            builder.var(name, column, 0, own_top, 1)
        for column in reals:
            builder.var(name, column, 0, 4)
        for k in range(rows):
            terms = {c: float(rng.integers(-4, 5)) for c in [*seen, *integers, *reals]}
            builder.row(name, f"r{f}_{k}_", terms, -INF, float(rng.integers(0, 12)))
        costs: dict[object, float] = {c: float(rng.integers(-6, 7)) for c in [*integers, *reals]}
        if products:
            costs |= {(seen[0], c): float(rng.integers(-2, 3)) for c in integers}
        builder.goals[name] = (int(rng.choice([-1, 1])), costs)
        goal |= {c: float(rng.integers(-6, 7)) for c in [*integers, *reals]}
        coupling[integers[0]] = 1.0
    coupling["free"] = -1.0
    builder.row("top", "couple", coupling, -INF, 2.0)
    builder.minimize("top", goal)
    return builder.build()


def knapsack_interdiction(seed: int, items: int) -> GroundGame:
    """A leader forbids items within its budget, so that the follower's best knapsack is worth as little as possible:
    the problem of DeNegre, Interdiction and Discrete Bilevel Linear Programming (2011), and of Caprara, Carvalho, Lodi
    and Woeginger, INFORMS J. Computing 28 (2016) 319, with numbers drawn here."""
    rng = np.random.default_rng(seed)
    gain, weight, price = (rng.integers(1, 30, items).astype(float) for _ in range(3))
    builder = GameBuilder().player("top").player("packer", "top")
    forbid, take = [f"x{i}_" for i in range(items)], [f"y{i}_" for i in range(items)]
    for column in forbid:
        builder.var("top", column, 0, 1, 1)
    for column in take:
        builder.var("packer", column, 0, 1, 1)
    builder.row("top", "budget", dict(zip(forbid, price, strict=True)), -INF, float(np.floor(price.sum() / 2)))
    builder.row("packer", "room", dict(zip(take, weight, strict=True)), -INF, float(np.floor(weight.sum() / 2)))
    for i, (x, y) in enumerate(zip(forbid, take, strict=True)):
        builder.row("packer", f"off{i}_", {x: 1.0, y: 1.0}, -INF, 1.0)
    builder.minimize("top", dict(zip(take, gain, strict=True)))
    return builder.maximize("packer", dict(zip(take, gain, strict=True))).build()


def gloomy_game(
    seed: int,
    *,
    leader: int = 2,
    whole: int = 2,
    real: int = 0,
    rows: int = 3,
    followers: int = 1,
    top: int = 2,
    own_top: int = 2,
    integer_leader: bool = True,
    products: bool = False,
    friendly: bool = False,
    free: bool = True,
) -> GroundGame:
    """As `mixed_game`, all followers pessimistic but, with `friendly`, one more that is a linear program. Costs below
    are -1, 0 or 1, so that ties are the rule; no constraint of the leader holds a follower's decision."""
    rng = np.random.default_rng(seed)
    builder = GameBuilder().player("top")
    seen = [f"x{i}_" for i in range(leader)]
    for column in seen:
        builder.var("top", column, 0, top, int(integer_leader))
    goal: dict[object, float] = {c: float(rng.integers(-4, 5)) for c in seen}
    if free:
        builder.var("top", "free", 0, 5)
        goal["free"] = float(rng.integers(-2, 3))
        builder.row("top", "own", {"free": 1.0, seen[0]: 1.0}, -INF, 4.0)
    for f in range(followers):
        name = f"f{f}"
        builder.player(name, "top")
        integers, reals = [f"y{f}_{i}_" for i in range(whole)], [f"v{f}_{i}_" for i in range(real)]
        for column in integers:
            builder.var(name, column, 0, own_top, 1)
        for column in reals:
            builder.var(name, column, 0, 3)
        columns = [*integers, *reals]
        for k in range(rows):
            terms = {c: float(rng.integers(-3, 4)) for c in [*seen, *columns]}
            builder.row(name, f"r{f}_{k}_", terms, -INF, float(rng.integers(0, 9)))
        costs: dict[object, float] = {c: float(rng.integers(-1, 2)) for c in columns}
        if products:
            costs |= {(seen[0], c): float(rng.integers(-1, 2)) for c in columns}
        builder.goals[name] = (int(rng.choice([-1, 1])), costs)
        goal |= {c: float(rng.integers(-5, 6)) for c in columns}
    if friendly:
        builder.player("kind", "top").var("kind", "k0_", 0, 3).var("kind", "k1_", 0, 3)
        builder.row("kind", "kind_row", {"k0_": 1.0, "k1_": 2.0, seen[0]: 1.0}, -INF, 5.0)
        builder.maximize("kind", {"k0_": 1.0, "k1_": 1.0})
        goal |= {"k0_": 1.0, "k1_": -1.0}
    game = builder.minimize("top", goal).build()
    return replace(game, players=tuple(replace(p, optimistic=p.name in ("top", "kind")) for p in game.players))
