"""Bilevel problems of a few columns solved by enumeration with numpy alone: nothing of gamec, no solver.

A bilevel LP has an optimum at a vertex of the polyhedron of all constraints, because the follower's best answers are
a union of faces of its own constraints (Bialas and Karwan 1984). So all vertices are listed and those kept at which
the follower is at its best, which is found in turn by listing the vertices of its own problem.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

TOLERANCE = 1e-7


def vertices(A: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Vertices of `low <= A x <= high` (bounds included as rows): (k, n)."""
    n = A.shape[1]
    sides = [(A[r], b) for r in range(len(A)) for b in {low[r], high[r]} if np.isfinite(b)]
    found = []
    for chosen in combinations(range(len(sides)), n):
        M = np.array([sides[k][0] for k in chosen])
        if abs(np.linalg.det(M)) < 1e-9:
            continue
        x = np.linalg.solve(M, np.array([sides[k][1] for k in chosen]))
        if np.all(A @ x >= low - TOLERANCE) and np.all(A @ x <= high + TOLERANCE):
            found.append(x)
    return np.array(found).reshape(-1, n)


def bilevel_lp(
    leader_cost: np.ndarray,
    follower_cost: np.ndarray,
    own: np.ndarray,
    leader_rows: tuple[np.ndarray, np.ndarray, np.ndarray],
    follower_rows: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> float:
    """Least `leader_cost @ x` over x whose part `own` (the follower's columns) minimises `follower_cost[own] @
    x[own]`; inf if there is none.

    Rows are (A, low, high) over all columns, bounds among them; the follower's own bounds belong to `follower_rows`.
    """
    A = np.vstack([leader_rows[0], follower_rows[0]])
    low = np.concatenate([leader_rows[1], follower_rows[1]])
    high = np.concatenate([leader_rows[2], follower_rows[2]])
    best = np.inf
    points = vertices(A, low, high)
    for x in points[np.argsort(points @ leader_cost)] if len(points) else points:
        F, f_low, f_high = follower_rows
        apart = F[:, ~own] @ x[~own]
        answers = vertices(F[:, own], f_low - apart, f_high - apart)
        if len(answers) and follower_cost[own] @ x[own] <= np.min(answers @ follower_cost[own]) + TOLERANCE:
            best = float(leader_cost @ x)
            break
    return best
