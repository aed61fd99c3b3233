"""A starting point in, a point nearby at which all conditions of a Program of complementary pairs hold out: IPOPT on a
shrinking relaxation, then Newton's method on the pattern found.

Each pair a*b = 0 becomes a*b <= t, and t goes to 0 (Scholtes). Nothing is minimised: the Program has a square system's
worth of conditions, and its points are isolated or not. Where they are, what IPOPT leaves open is closed by steps of
least squares (Gauss and Newton) in the columns that the pattern leaves; steps of least length need no independent
conditions, which multipliers of degenerate problems seldom satisfy.
Reference: Scholtes, SIAM J. Optim. 11 (2001) 918; Ben-Israel, J. Math. Anal. Appl. 15 (1966) 243.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from compiler.ground.sparse import Csr, Floats, Ints, Quad
from compiler.reformulations.complementarity_product import complementarity_product
from compiler.reformulations.program import Program
from runtime.methods.polish import PATIENCE, TOLERANCE
from runtime.methods.relaxed_pairs import SHRINKING
from runtime.solvers.highs import Highs
from runtime.solvers.ipopt import Nlp
from runtime.solvers.solver import Options

EXACT = 1e-9
"""Violation, over 1 + the limit, below which conditions hold."""

NEAR = 1e-4
"""What the last relaxation may leave open at a point that is worth looking at, over 1 + the limit."""

STEPS, WITHIN = 16, 4
"""Steps of Newton's method: from 1e-4 it needs three or four; so many at the end stay within the bounds."""

LARGEST = 1500
"""Columns up to which steps are computed with dense matrices: a second each."""


@dataclass(frozen=True, eq=False)
class StationaryPoint:
    """`z` (k,) with all conditions to `EXACT` where `sharp`, else to what the relaxation leaves open."""

    z: Floats
    sharp: bool


class StationaryPoints:
    """Finds points of a Program whose pairs are `complementary`; one object for all starts."""

    def __init__(self, program: Program) -> None:
        """Raises ValueError for a Program with whole numbers."""
        if program.integer.any():
            raise ValueError("stationarity is for problems without whole numbers")
        self.program = program
        self.seconds = 0.0
        """Inside IPOPT."""

    @cached_property
    def nlp(self) -> Nlp:
        """With the pairs as products, in its last rows."""
        return Nlp(complementarity_product(self.program))

    @cached_property
    def matrix(self) -> Floats:
        """The linear part of all rows: (rows, columns)."""
        matrix = np.zeros((self.program.rows, self.program.columns))
        matrix[self.program.matrix.row_numbers(), self.program.matrix.indices] = self.program.matrix.data
        return matrix

    def near(self, start: Floats, deadline: float) -> StationaryPoint | None:
        """The point that `start` (k,) leads to; None where it leads nowhere, or `deadline` (of `time.perf_counter`)
        comes first."""
        begun = time.perf_counter()
        solver = self.nlp.solver(deadline - begun, mu_strategy="adaptive", tol=1e-9)
        high = self.nlp.high.copy()
        z, solved = start, False
        for limit in SHRINKING:
            if time.perf_counter() >= deadline:
                break
            high[self.program.rows :] = limit
            found = self.nlp.run(solver, z, high)
            if not found.finite:
                break
            z, solved = found.z, found.solved
        self.seconds += time.perf_counter() - begun
        if not solved and self.program.violation(z) > NEAR:
            return None
        exact = self.sharpened(z)
        return StationaryPoint(z, False) if exact is None else StationaryPoint(exact, True)

    def sharpened(self, z: Floats) -> Floats | None:
        """The point with z's pattern, the smaller side of each pair at zero, at which all conditions hold; None where
        none is found within the bounds."""
        program = self.program
        if program.columns > LARGEST:
            return None
        pairs = program.complementary
        upper = program.upper.copy()
        upper[np.where(z[pairs[:, 0]] <= z[pairs[:, 1]], pairs[:, 0], pairs[:, 1])] = 0.0
        free = np.flatnonzero(program.lower < upper)
        z = np.clip(z, program.lower, upper)
        equal = np.flatnonzero(program.row_lower == program.row_upper)
        for step in range(STEPS):
            # Steps of least length leave the bounds where conditions depend on each other; then an LP stays within.
            inside = step >= STEPS - WITHIN
            if inside:
                z = np.clip(z, program.lower, upper)
            open_ = (program.row_lower - program.rows_at(z))[equal]
            if float(np.max(np.abs(open_), initial=0.0)) <= 0.1 * EXACT:
                if np.all(z >= program.lower - EXACT) and np.all(z <= upper + EXACT):
                    break
                if not inside:
                    z = np.clip(z, program.lower, upper)
                    open_, inside = (program.row_lower - program.rows_at(z))[equal], True
            slope = self.slope(z)
            if inside:
                move = self.within(slope, equal, z, upper)
                if move is None:
                    return None
                z = z + move
            else:
                z = z.copy()
                z[free] += np.linalg.lstsq(slope[np.ix_(equal, free)], open_, rcond=1e-11)[0]
            if not np.all(np.isfinite(z)):
                return None
        z = np.clip(z, program.lower, upper)
        return z if program.violation(z) <= EXACT else None

    def with_slacks(self, z: Floats, slacks: Ints) -> Floats:
        """z with `slacks` (s,) as their equations say, the first one that each is in."""
        matrix = self.program.matrix
        mine = np.isin(matrix.indices, slacks)
        columns, first = np.unique(matrix.indices[mine], return_index=True)
        row, value = matrix.row_numbers()[mine][first], matrix.data[mine][first]
        z = z.copy()
        z[columns] = 0.0
        # A row with two limits has two slacks, the second of which is told by the first.
        for _ in range(2):
            z[columns] += (self.program.row_lower - self.program.rows_at(z))[row] / value
        return z

    def slope(self, z: Floats) -> Floats:
        """The derivatives of all rows at z: (rows, columns)."""
        slope, quad = self.matrix.copy(), self.program.row_quad
        np.add.at(slope, (quad.row, quad.i), quad.value * z[quad.j])
        np.add.at(slope, (quad.row, quad.j), quad.value * z[quad.i])
        return slope

    def within(self, slope: Floats, equal: Ints, z: Floats, upper: Floats) -> Floats | None:
        """The shortest step (sum of distances) after which conditions hold to first order, between the bounds."""
        program, n = self.program, self.program.columns
        row, column = np.nonzero(slope[equal])
        value = slope[equal][row, column]
        both = Csr.from_coo(
            np.concatenate([row, row]),
            np.concatenate([column, column + n]),
            np.concatenate([value, -value]),
            len(equal),
            2 * n,
        )
        limit = (program.row_lower - program.rows_at(z))[equal]
        step = Program(
            lower=np.zeros(2 * n),
            upper=np.concatenate([np.maximum(upper - z, 0.0), np.maximum(z - program.lower, 0.0)]),
            integer=np.zeros(2 * n, np.bool_),
            cost=np.ones(2 * n),
            cost_constant=0.0,
            cost_quad=Quad.empty(),
            matrix=both,
            row_lower=limit,
            row_upper=limit,
            row_quad=Quad.empty(),
        )
        found = Highs().solve(step, Options(time_limit=PATIENCE, tolerance=TOLERANCE)).z
        return None if found is None else found[:n] - found[n:]
