"""A leader's point with its followers' exact answers in, one as good or better with the same pattern out: which
constraints of followers bind stays as it is, all decisions move together.

A search gets near a point at which followers switch; where they do so exactly, which is where leaders' optima lie, is
the solution of an LP or QP: the optimality conditions with one column of each complementary pair held at zero.
Reference: Luo, Pang and Ralph, Mathematical Programs with Equilibrium Constraints (1996), 6: piecewise programming.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.ground.sparse import Floats, Quad
from compiler.reformulations.complementarity_sos1 import complementarity_sos1
from compiler.reformulations.fixed_pattern import with_columns_fixed
from compiler.reformulations.kkt import kkt
from compiler.reformulations.linear_products import linear_products
from compiler.reformulations.program import Program
from runtime.methods.polish import polished
from runtime.methods.setting import Setting
from runtime.solvers.highs import Highs
from runtime.solvers.solver import Ending, Options

APART = 1e-7
"""A slack above this is one: HiGHS's own tolerance."""

LOOSE = 1e-6
"""Tolerance for multipliers that support a point, which holds its own rows to 1e-7 or so."""


class PatternDescent:
    """Of a game that `kkt` takes, with the conditions of all followers; see the module."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        program, self.recovery = kkt(setting.game, setting.followers, setting.leader)
        self.program: Program = complementarity_sos1(linear_products(setting.game, program))

    def from_point(self, x: Floats, time_limit: float | None = None) -> Floats | None:
        """The best point (n,) with the pattern of x (n,); None where it cannot be had."""
        z = self._with_multipliers(x)
        if z is None:
            return None
        outcome = polished(self.program, z, Options(time_limit))
        return None if outcome is None or outcome.z is None else self.recovery.point(outcome.z)

    def _with_multipliers(self, x: Floats) -> Floats | None:
        """The point of the Program with multipliers that support x; None if none do within tolerances."""
        program, known = self.program, self.recovery.column >= 0
        columns = self.recovery.column[known]
        z = np.zeros(program.columns)
        z[columns] = np.clip(x[known], program.lower[columns], program.upper[columns])
        fixed = replace(with_columns_fixed(program, columns, z), integer=np.zeros(program.columns, np.bool_))
        cost = np.zeros(program.columns)
        cost[program.sos1[:, 0]] = 1.0
        free = replace(fixed, cost=cost, cost_quad=Quad.empty(), sos1=program.sos1[:0])
        if Highs().refuses(free):
            return None
        slacks = Highs().solve(free, Options(tolerance=LOOSE))
        if slacks.ending is not Ending.OPTIMAL or slacks.z is None:
            return None
        # The multiplier of a pair comes first; it is zero where there is a slack.
        upper = free.upper.copy()
        upper[program.sos1[slacks.z[program.sos1[:, 1]] > APART, 0]] = 0.0
        outcome = Highs().solve(replace(free, upper=upper), Options(tolerance=LOOSE))
        return outcome.z if outcome.ending is Ending.OPTIMAL else None
