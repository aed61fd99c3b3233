"""Particle swarm over the leader's decisions, the followers' answers exact at each.

Solves, proves, stops: see `runtime.methods.leader_search`. Particles keep their speed in part, and are drawn to the
best point each has seen and to the best that all have seen; inertia and pulls adapt to how far the swarm has gathered.
Reference: Kennedy and Eberhart, IEEE Int. Conf. Neural Networks (1995) 1942; Zhan, Zhang, Li and Chung, IEEE Trans.
    Syst. Man Cybern. B 39 (2009) 1362 for the adaptation, as in pymoo.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.sparse import Floats
from runtime.methods.leader_search import LeaderSearch
from runtime.methods.sampler import Population, Sampler, missing_package, spread_points
from runtime.methods.search_space import SearchSpace

PARTICLES = 50
"""Where the user sets no number: those of Bratton and Kennedy, IEEE Swarm Intelligence Symposium (2007) 120."""


def swarm(space: SearchSpace, population: int | None, seed: int, first: Floats | None, moved_on: bool) -> Sampler:
    """Raises DiagnosticError (G803) without pymoo."""
    try:
        from pymoo.algorithms.soo.nonconvex.pso import PSO
    except ImportError:
        raise missing_package("pymoo", "particle_swarm") from None
    count = PARTICLES if population is None else population
    points = spread_points(count, space.size, np.random.default_rng(seed), first)
    return Population(PSO(pop_size=count, sampling=points), space.size, seed)


PARTICLE_SWARM = LeaderSearch("particle_swarm", swarm, least=2)
