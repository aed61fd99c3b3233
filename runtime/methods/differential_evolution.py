"""Differential evolution over the leader's decisions, the followers' answers exact at each.

Solves, proves, stops: see `runtime.methods.leader_search`. Each member of the population is challenged by another one
plus the scaled difference of two more, mixed with it coordinate by coordinate; the better stays (`DE/rand/1/bin`).
Reference: Storn and Price, J. Global Optim. 11 (1997) 341, with their F = 0.5 and CR = 0.9.
"""

from __future__ import annotations

import numpy as np

from compiler.ground.sparse import Floats
from runtime.methods.leader_search import LeaderSearch
from runtime.methods.sampler import Population, Sampler, missing_package, spread_points
from runtime.methods.search_space import SearchSpace

FEWEST, MOST, EACH = 20, 200, 10
"""Members where the user sets no number: Storn and Price advise ten for each decision."""


def evolution(space: SearchSpace, population: int | None, seed: int, first: Floats | None, moved_on: bool) -> Sampler:
    """Raises DiagnosticError (G803) without pymoo."""
    try:
        from pymoo.algorithms.soo.nonconvex.de import DE
    except ImportError:
        raise missing_package("pymoo", "differential_evolution") from None
    count = min(MOST, max(FEWEST, EACH * space.size)) if population is None else population
    points = spread_points(count, space.size, np.random.default_rng(seed), first)
    algorithm = DE(pop_size=count, sampling=points, variant="DE/rand/1/bin", F=0.5, CR=0.9, prob_mut=0.0)
    return Population(algorithm, space.size, seed)


DIFFERENTIAL_EVOLUTION = LeaderSearch("differential_evolution", evolution, least=4)
