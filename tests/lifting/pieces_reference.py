"""Piecewise linear problems solved by trying every combination of pieces as a linear program of scipy's.

A value is the list of its pieces: where all `conditions` are at least zero it is `affine`. Affine functions are vectors
(variables + 1,), the constant last. Nothing is shared with gamec.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Piece:
    affine: Vector
    conditions: tuple[Vector, ...] = ()


Value = list[Piece]


def affine(*coefficients: float) -> Value:
    return [Piece(np.array(coefficients, dtype=float))]


def together(values: Sequence[Value], pick: Callable[[list[Vector]], list[tuple[Vector, tuple[Vector, ...]]]]) -> Value:
    """Pieces of a function of values: `pick` gives, for affine arguments, the function's own pieces."""
    found = []
    for combination in itertools.product(*values):
        given = tuple(c for piece in combination for c in piece.conditions)
        found += [Piece(a, (*given, *more)) for a, more in pick([piece.affine for piece in combination])]
    return found


def plus(*values: Value) -> Value:
    return together(values, lambda parts: [(np.sum(parts, axis=0), ())])


def times(factor: float, value: Value) -> Value:
    return [Piece(factor * p.affine, p.conditions) for p in value]


def largest(*values: Value) -> Value:
    return together(values, lambda parts: [(a, tuple(a - b for b in parts if b is not a)) for a in parts])


def smallest(*values: Value) -> Value:
    return times(-1, largest(*(times(-1, v) for v in values)))


def absolute(value: Value) -> Value:
    return together([value], lambda parts: [(parts[0], (parts[0],)), (-parts[0], (-parts[0],))])


def curve(value: Value, points: Sequence[tuple[float, float]]) -> Value:
    def pick(parts: list[Vector]) -> list[tuple[Vector, tuple[Vector, ...]]]:
        e, found = parts[0], []
        one = np.zeros_like(e)
        one[-1] = 1
        for k, ((x0, y0), (x1, y1)) in enumerate(itertools.pairwise(points)):
            slope = (y1 - y0) / (x1 - x0)
            conditions = ([e - x0 * one] if k else []) + ([x1 * one - e] if k < len(points) - 2 else [])
            found.append((slope * e + (y0 - slope * x0) * one, tuple(conditions)))
        return found

    return together([value], pick)


def tiered(value: Value, limits: Sequence[float], rates: Sequence[float]) -> Value:
    """Each unit from 0 to the first limit at the first rate, and so on; no amount below zero."""
    points = [(0.0, 0.0)]
    for limit, rate in zip([*limits, limits[-1] + 1], rates, strict=True):
        x, y = points[-1]
        points.append((limit, y + rate * (limit - x)))
    return [Piece(p.affine, p.conditions) for p in together([value], lambda parts: _nonnegative(parts[0], points))]


def _nonnegative(e: Vector, points: Sequence[tuple[float, float]]) -> list[tuple[Vector, tuple[Vector, ...]]]:
    return [(p.affine, (*p.conditions, e)) for p in curve([Piece(e)], points)]


def best(objective: Value, constraints: Sequence[Value], boxes: Sequence[tuple[float, float]], sense: int) -> float:
    """The least (sense 1) or greatest (-1) objective with every constraint at most zero; infinite if there is none."""
    least = np.inf
    for combination in itertools.product(objective, *constraints):
        cost, rows = combination[0], combination[1:]
        above = [c for piece in combination for c in piece.conditions]
        A = np.array([*(r.affine for r in rows), *(-c for c in above)]).reshape(-1, len(boxes) + 1)
        found = linprog(
            sense * cost.affine[:-1],
            A_ub=A[:, :-1] if len(A) else None,
            b_ub=-A[:, -1] if len(A) else None,
            bounds=boxes,
            method="highs",
        )
        if found.status == 0:
            least = min(least, found.fun + sense * cost.affine[-1])
    return sense * least
