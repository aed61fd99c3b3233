"""Random leaders over followers of many kinds, and points of them that are complementary."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from small_games import INF, GameBuilder

from compiler.ground.ground_game import GroundGame
from compiler.ground.sparse import Quad
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.kkt import kkt
from compiler.reformulations.program import Program, Recovery
from runtime.solvers.scip import Scip
from runtime.solvers.solver import Options


def random_game(seed: int, followers: int = 2, quadratic: bool = False, pushed: bool = True) -> GroundGame:
    """Two leader columns; followers of three columns with all kinds of rows and bounds, priced by the leader, of
    either sense, rows `pushed` by the leader or not, coefficients over two orders."""
    rng = np.random.default_rng(seed)
    builder = GameBuilder().player("top").var("top", "p", 0, 2).var("top", "q", -1, 1)
    goal: dict[object, float] = {"p": 0.3, ("q", "q"): 1.0}
    for f in range(followers):
        name = f"f{f}"
        builder.player(name, "top")
        own = [f"a{f}_", f"b{f}_", f"c{f}_"]
        for column, bounds in zip(own, [(0, 4), (-1, INF), (-INF, 3)], strict=True):
            builder.var(name, column, *bounds)
        size = lambda: float(10 ** rng.uniform(-1, 1) * rng.choice([-1, 1]))  # noqa: E731
        inside = [1.0, 0.5, 1.0]
        for k, kind in enumerate(["<=", ">=", "range", "=="][: 3 + seed % 2]):
            a = [size() for _ in own]
            at = float(np.dot(a, inside))
            push = {} if kind == "==" or not pushed else {"p": size() / 4, "q": size() / 4}
            low = at - 3 if kind in (">=", "range") else -INF
            high = at + 3 if kind in ("<=", "range") else INF
            if kind == "==":
                low = high = at
            builder.row(name, f"row{f}_{k}_", {**dict(zip(own, a, strict=True)), **push}, low, high)
        builder.row(name, f"box{f}_", dict.fromkeys(own, 1.0), -6, 6)
        builder.row(name, f"dip{f}_", {own[1]: 1, own[2]: -1}, -8, 8)
        sense = int(rng.choice([-1, 1]))
        terms: dict[object, float] = {c: size() for c in own}
        terms[("p", own[0])] = sense * float(rng.uniform(0.5, 2))
        goal[("p", own[0])] = -float(terms[("p", own[0])] * sense)
        if quadratic:
            terms |= {(c, c): sense * float(rng.uniform(0.2, 2)) for c in own}
        builder.goals[name] = (sense, terms)
        goal[own[1]] = size() / 3
    builder.minimize("top", goal)
    return builder.build()


def conditions(game: GroundGame) -> tuple[Program, Recovery]:
    return kkt(game, np.array([bool(p.leaders) for p in game.players]), 0)


def points(game: GroundGame, program: Program, count: int, seed: int) -> list[np.ndarray]:
    """Points that satisfy the Program and its pairs, at random leader decisions, those that are infeasible left
    out."""
    rng = np.random.default_rng(seed)
    found = []
    lead = np.flatnonzero(game.owner == 0)
    ready = complementarity_sos1(program)
    for _ in range(count):
        lower, upper = ready.lower.copy(), ready.upper.copy()
        lower[lead] = upper[lead] = rng.uniform(game.lower[lead], game.upper[lead])
        cost = np.zeros(ready.columns)
        trial = replace(ready, lower=lower, upper=upper, cost=cost, cost_quad=Quad.empty())
        outcome = Scip().solve(trial, Options(tolerance=1e-9))
        if outcome.z is not None:
            found.append(outcome.z)
    return found
