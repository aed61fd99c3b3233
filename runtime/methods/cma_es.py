"""CMA-ES over the leader's decisions, the followers' answers exact at each.

Solves, proves, stops: see `runtime.methods.leader_search`. Points are drawn from a normal distribution whose mean and
covariance follow the better half; when it has contracted, it begins anew elsewhere with twice the population. Points
beyond the range are moved to its end, as leaders' optima often lie there. Whole numbers keep a least probability of
moving to a neighbour (CMA-ES with margin).
Reference: Hansen and Ostermeier, Evol. Comput. 9 (2001) 159; Auger and Hansen, IEEE CEC (2005) 1769 for the restarts;
    Biedrzycki, Swarm Evol. Comput. 52 (2020) 100627 for the ends of ranges; Hamano, Saito, Nomura and Shirakawa,
    GECCO (2022) 639 for whole numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from compiler.ground.sparse import Floats
from runtime.methods.leader_search import LeaderSearch
from runtime.methods.sampler import Sampler, ranks
from runtime.methods.search_space import SearchSpace

STEP = 0.3
"""First standard deviation, as part of the range: Hansen advises that the optimum lie within three of them."""


GATHERED = 1e-6
"""Width of a generation in the unit box at which it has contracted."""

NEAR = 1e-3
"""The same where the best points are moved on to an optimum nearby in the end."""


class Strategy:
    """See the module; a Sampler."""

    def __init__(
        self, space: SearchSpace, population: int | None, seed: int, first: Floats | None, moved_on: bool
    ) -> None:
        self._rng = np.random.default_rng(seed)
        width = space.upper - space.lower
        self._step = np.where(space.integer & (width > 0), 1.0 / np.where(width > 0, width, 1.0), 0.0)
        self._population = population
        self._gathered = NEAR if moved_on else GATHERED
        self._dimension = space.size
        self._inner: Any = None
        self._told: list[Floats] = []
        self._begin(np.full(space.size, 0.5) if first is None else first)

    def ask(self) -> Floats:
        count = self._inner.population_size
        if not self._step.any():
            self._told = [self._inner.ask() for _ in range(count)]
            return np.array(self._told)
        pairs = [self._inner.ask() for _ in range(count)]
        self._told = [told for _, told in pairs]
        return np.array([point for point, _ in pairs])

    def tell(self, points: Floats, values: Floats, violations: Floats) -> str:
        order = ranks(values, violations).astype(np.float64)
        self._inner.tell(list(zip(self._told, order.tolist(), strict=True)))
        if not self._inner.should_stop() and np.max(np.ptp(points, axis=0)) > self._gathered:
            return ""
        self._population = 2 * int(self._inner.population_size)
        self._begin(self._rng.random(self._dimension))
        return f"contracted; begun anew with {self._population} points"

    def _begin(self, mean: Floats) -> None:
        from cmaes import CMA, CMAwM

        box = np.tile([0.0, 1.0], (self._dimension, 1))
        seed = int(self._rng.integers(2**31))
        given = {"bounds": box, "seed": seed, "population_size": self._population, "n_max_resampling": 1}
        if self._step.any():
            self._inner = CMAwM(mean=np.clip(mean, 0.0, 1.0), sigma=STEP, steps=self._step, **given)
        else:
            self._inner = CMA(mean=np.clip(mean, 0.0, 1.0), sigma=STEP, **given)


def strategy(space: SearchSpace, population: int | None, seed: int, first: Floats | None, moved_on: bool) -> Sampler:
    return Strategy(space, population, seed, first, moved_on)


CMA_ES = LeaderSearch("cma_es", strategy, least=2)
