"""What a follower loses by leaving out what is forbidden: against all that it can do at all decisions of its leader."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from enumeration import by_decisions
from hypothesis import given, settings
from hypothesis import strategies as st
from small_games import INF, GameBuilder

from compiler.ground.ground_game import GroundGame
from compiler.reformulations.dropping import losses_by_dropping
from runtime.answer import answer
from runtime.methods.method import Request
from runtime.result import Status


def interdicted(
    seed: int, items: int, rows: int, covering: int, *, priced: bool = False, real: bool = False
) -> GroundGame:
    """A leader switches items off one by one, some by not switching them on; a follower takes items within `rows`
    capacities, and has to keep `covering` demands, some of which cannot be met without some items."""
    rng = np.random.default_rng(seed)
    builder = GameBuilder().player("top").player("packer", "top")
    off, take = [f"x{i}_" for i in range(items)], [f"y{i}_" for i in range(items)]
    for i in range(items):
        builder.var("top", off[i], 0, 1, 1).var("packer", take[i], 0, int(rng.integers(1, 3)), 1)
    builder.row("top", "budget", {x: float(rng.integers(1, 6)) for x in off}, -INF, 2.0 * items)
    for i, (x, y) in enumerate(zip(off, take, strict=True)):
        if rng.random() < 0.3:
            builder.row("packer", f"on{i}_", {y: 1.0, x: -2.0}, -INF, 0.0)
        else:
            builder.row("packer", f"off{i}_", {y: 1.0, x: 2.0}, -INF, 2.0)
    other = {y: float(rng.integers(1, 5)) for y in take}
    for r in range(rows):
        terms: dict[object, float] = {y: float(rng.integers(0, 5)) for y in take}
        if real:
            terms["v_"] = 1.0
        builder.row("packer", f"room{r}_", terms, -INF, float(rng.integers(4, 10)))
    for r in range(covering):
        few = rng.choice(items, 2, replace=False)
        builder.row("packer", f"need{r}_", {take[k]: 1.0 for k in few} | {off[few[0]]: 1.0}, 1.0, INF)
    gain: dict[object, float] = {y: float(rng.integers(-1, 8)) for y in take}
    if real:
        builder.var("packer", "v_", 0, 3)
        gain["v_"] = 1.5
    if priced:
        gain[off[0], take[1]] = -1.0
    return builder.minimize("top", dict(other)).maximize("packer", gain).build()


def follower_points(game: GroundGame) -> np.ndarray:
    """All whole decisions of the follower, a real one at the levels 0 and 3: (k, n)."""
    own = np.flatnonzero(game.owner == 1)
    axes = [np.arange(game.lower[c], game.upper[c] + 1, 1 if game.kind[c] else 3) for c in own]
    values = np.array(list(product(*axes)))
    points = np.zeros((len(values), game.columns))
    points[:, own] = values
    return points


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), items=st.integers(2, 4), rows=st.integers(1, 2), covering=st.integers(0, 2))
def test_leaving_out_what_is_forbidden_costs_no_more_than_said(seed: int, items: int, rows: int, covering: int) -> None:
    """At every decision of the leader and for every w that other rows than those of finite loss do not forbid, the best
    answer costs at most what w costs and the losses of the rows that do forbid it."""
    game = interdicted(seed, items, rows, covering)
    matrix = np.zeros((game.rows, game.columns))
    matrix[game.matrix.row_numbers(), game.matrix.indices] = game.matrix.data
    mine = np.flatnonzero(game.row_owner == 1)
    cost = np.zeros(game.columns)
    line = game.objective.take_rows(np.array([1]))
    cost[line.indices] = game.players[1].sense * line.data
    points = follower_points(game)
    losses = [losses_by_dropping(game, 1, w) for w in points]
    assert any(np.isfinite(few).any() for few in losses)
    leader = np.flatnonzero(game.owner == 0)
    for x in product((0.0, 1.0), repeat=len(leader)):
        at = points.copy()
        at[:, leader] = x
        value = at @ matrix[mine].T
        broken = (value > game.row_upper[mine] + 1e-9) | (value < game.row_lower[mine] - 1e-9)
        best = np.min((at @ cost)[~broken.any(axis=1)], initial=np.inf)
        for w, few, off in zip(at, losses, broken, strict=True):
            if np.isfinite(few[off]).all():
                assert best <= w @ cost + few[off].sum() + 1e-9


@pytest.mark.parametrize("seed", [*range(5), *(pytest.param(s, marks=pytest.mark.slow) for s in range(5, 60))])
@pytest.mark.parametrize("shape", [(1, 0, {}), (2, 1, {}), (2, 1, {"priced": True}), (1, 1, {"real": True})])
def test_answers_agree_with_trying_everything(seed: int, shape: tuple[int, int, dict[str, bool]]) -> None:
    rows, covering, more = shape
    game = interdicted(seed, 4, rows, covering, **more)
    truth, _ = by_decisions(game)
    found = answer(game, Request(time_limit=60))
    if np.isinf(truth):
        assert found.status is Status.INFEASIBLE
        return
    assert found.status is Status.OPTIMAL, (found.certificate.reasons, found.diagnostics)
    assert found.x is not None
    assert float(game.objectives_at(found.x)[0]) == pytest.approx(truth, abs=1e-6)


def test_what_cannot_be_left_out_has_no_loss() -> None:
    """Of three items one is needed for a demand, one has its price moved by the leader, and one is free."""
    builder = GameBuilder().player("top").player("packer", "top")
    for i in range(3):
        builder.var("top", f"x{i}_", 0, 1, 1).var("packer", f"y{i}_", 0, 1, 1)
    for i in range(3):
        builder.row("packer", f"off{i}_", {f"y{i}_": 1, f"x{i}_": 1}, -INF, 1)
    builder.row("packer", "need", {"y0_": 1, "y2_": -1}, 0, INF)
    builder.minimize("top", {"y2_": 1})
    game = builder.maximize("packer", {"y0_": 2, "y1_": 3, "y2_": 4, ("x0_", "y1_"): 1}).build()
    losses = losses_by_dropping(game, 1, np.array([0, 1, 0, 1, 0, 1], float))
    assert np.isinf(losses[[0, 1, 3]]).all()
    assert losses[2] == 4


def test_few_answers_are_needed_where_items_are_forbidden_one_by_one() -> None:
    from mixed_games import knapsack_interdiction

    game = knapsack_interdiction(0, 8)
    found = answer(game, Request())
    assert found.status is Status.OPTIMAL
    assert len(found.history) <= 20, "42 without the cuts"
