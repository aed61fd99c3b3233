"""Products of columns in, whether the sum of them is convex out: by signs, by diagonal dominance, else by eigenvalues.

Nothing else may say that a quadratic is convex: HiGHS answers "optimal" at 0 to `min x*y` on [-1, 1]^2 (truth -1).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from compiler.ground.sparse import Bools, Floats, Ints

ROUNDING = 100 * float(np.finfo(np.float64).eps)
"""Smallest eigenvalue, over the order of the matrix with its diagonal scaled to 1, that counts as zero: what the sums
that made the entries (some 50 terms) and the eigenvalue routine lose by rounding, and no more."""

LARGEST = 6000
"""Order of the largest connected block whose eigenvalues are worth computing (seconds, 0.3 GB)."""


class Curvature(Enum):
    """Of a function that is to be minimised, or of a row `<= constant`."""

    LINEAR = "linear"
    CONVEX = "convex"
    NONCONVEX = "nonconvex"
    UNPROVEN = "unproven"
    """One connected block is larger than `LARGEST` and not diagonally dominant."""


@dataclass(frozen=True)
class Shape:
    """`curvature` of a sum of products; where it is not convex, columns `i` and `j` show it (i == j for a square),
    else -1."""

    curvature: Curvature
    i: int = -1
    j: int = -1

    @property
    def convex(self) -> bool:
        return self.curvature in (Curvature.LINEAR, Curvature.CONVEX)


def components(a: Ints, b: Ints, nodes: int) -> Ints:
    """Connected components of the graph with edges (a[k], b[k]): (nodes,), each named by its smallest node."""
    label = np.arange(nodes, dtype=np.int64)
    while True:
        low = np.minimum(label[a], label[b])
        new = label.copy()
        np.minimum.at(new, label[a], low)
        np.minimum.at(new, label[b], low)
        new = new[new]
        if np.array_equal(new, label):
            return label
        label = new


def shape_of(i: Ints, j: Ints, value: Floats) -> Shape:
    """Curvature of `sum value[k] * x[i[k]] * x[j[k]]`, with i <= j and no pair twice.

    With the diagonal scaled to 1 the answer does not depend on the units of the columns. A connected block is convex
    when it is diagonally dominant or when its smallest eigenvalue is not below zero by more than rounding explains.
    """
    if not len(value):
        return Shape(Curvature.LINEAR)
    columns, flat = np.unique(np.concatenate([i, j]), return_inverse=True)
    a, b = flat[: len(i)], flat[len(i) :]
    n = len(columns)
    on = a == b
    diagonal = np.zeros(n)
    np.add.at(diagonal, a[on], 2.0 * value[on])
    if np.any(diagonal < 0):
        k = int(np.argmin(diagonal))
        return Shape(Curvature.NONCONVEX, int(columns[k]), int(columns[k]))
    a, b, off = a[~on], b[~on], value[~on]
    if not len(off):
        return Shape(Curvature.CONVEX)
    flatness = diagonal[a] * diagonal[b]
    bad = np.flatnonzero(off * off > flatness * (1 + ROUNDING))
    if len(bad):
        worst = bad[np.argmax(np.abs(off[bad]))]
        return Shape(Curvature.NONCONVEX, int(columns[a[worst]]), int(columns[b[worst]]))
    scaled = off / np.sqrt(flatness)
    reach = np.bincount(a, np.abs(scaled), n) + np.bincount(b, np.abs(scaled), n)
    label = components(a, b, n)
    dominant = np.ones(n, np.bool_)
    np.logical_and.at(dominant, label, reach <= 1.0)
    open_edges = ~dominant[label[a]]
    return _by_eigenvalues(columns, label, a[open_edges], b[open_edges], scaled[open_edges])


def _by_eigenvalues(columns: Ints, label: Ints, a: Ints, b: Ints, scaled: Floats) -> Shape:
    """Blocks of equal order are stacked, so a thousand small players cost one call."""
    if not len(a):
        return Shape(Curvature.CONVEX)
    nodes = np.unique(np.concatenate([a, b]))
    nodes = nodes[np.argsort(label[nodes], kind="stable")]
    roots, first, sizes = np.unique(label[nodes], return_index=True, return_counts=True)
    place = np.full(len(label), -1, np.int64)
    place[nodes] = np.arange(len(nodes)) - np.repeat(first, sizes)
    block = np.searchsorted(roots, label[a])
    unproven = False
    for size in np.unique(sizes).tolist():
        if size > LARGEST:
            unproven = True
            continue
        chosen = np.flatnonzero(sizes == size)
        rank = np.full(len(roots), -1, np.int64)
        for part in np.array_split(chosen, max(1, len(chosen) * size * size // 4_000_000)):
            rank[:] = -1
            rank[part] = np.arange(len(part))
            here: Bools = rank[block] >= 0
            stack = np.zeros((len(part), size, size))
            stack[:, np.arange(size), np.arange(size)] = 1.0
            stack[rank[block[here]], place[a[here]], place[b[here]]] = scaled[here]
            stack[rank[block[here]], place[b[here]], place[a[here]]] = scaled[here]
            negative = np.flatnonzero(np.linalg.eigvalsh(stack)[:, 0] < -ROUNDING * size)
            if len(negative):
                _, vectors = np.linalg.eigh(stack[negative[0]])
                heavy = np.argsort(-np.abs(vectors[:, 0]), kind="stable")[:2]
                members = nodes[first[part[negative[0]]] : first[part[negative[0]]] + size]
                low, high = sorted(int(columns[members[k]]) for k in heavy)
                return Shape(Curvature.NONCONVEX, low, high)
    return Shape(Curvature.UNPROVEN if unproven else Curvature.CONVEX)
