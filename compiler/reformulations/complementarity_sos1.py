"""Complementary pairs as SOS1 sets: of each pair of columns at most one is not zero.

From: a Program with `complementary` pairs (a, b): a >= 0, b >= 0, a*b = 0.
To: the same Program with SOS1 {a, b} in place of each product.
Requires: a solver that branches on SOS1 (SCIP; HiGHS has none).
Exact: yes, and without any bound on a multiplier: a bound that is too small would cut off the optimum without a trace.
Way back: nothing to undo, the columns are the same.
Reference: Siddiqui and Gabriel, Networks and Spatial Economics 13 (2013) 205; Kleinert and Schmidt, INFORMS J.
    Computing 35 (2023) 198.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler.reformulations.program import Program


def complementarity_sos1(program: Program) -> Program:
    """The Program with its pairs handed to the solver as SOS1 sets."""
    none = np.zeros((0, 2), np.int64)
    return replace(program, complementary=none, sos1=np.concatenate([program.sos1, program.complementary]))
