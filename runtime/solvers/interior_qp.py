"""Convex QPs of one structure, thousands of them, by PIQP through CasADi: milliseconds each where HiGHS's active set
method takes seconds.

Every solve begins from nothing, so that what it gives depends on its problem alone. Nothing is claimed: whoever asks
measures the point by its multipliers, and has another solver where it is not near enough.
Reference: Schwan, Jiang, Kuhn and Jones, IEEE CDC (2023) 1088.
"""

from __future__ import annotations

from contextlib import redirect_stderr
from io import StringIO
from typing import Any

import numpy as np

from compiler.ground.sparse import Csr
from compiler.reformulations.program import Program
from runtime.solvers.solver import Ending, Outcome, cost_scale

EXACT: dict[str, float] = {
    "eps_abs": 1e-13,
    "eps_rel": 1e-14,
    "eps_duality_gap_abs": 1e-13,
    "eps_duality_gap_rel": 1e-14,
    "max_iter": 60,
}
"""What doubles allow: two or three steps more than for its own tolerances of 1e-8."""


class InteriorQp:
    """A continuous Program with a convex quadratic objective and linear rows, whose costs, bounds and limits change."""

    def __init__(self, program: Program, hessian: Csr) -> None:
        """`hessian` (k, k) is that of the objective."""
        import casadi as ca

        self._matrix, self._hessian = _transposed(program.matrix).T, _transposed(hessian)
        shape = {"h": self._hessian.sparsity(), "a": self._matrix.sparsity()}
        self._solver: Any = ca.conic("qp", "piqp", shape, {"error_on_fail": False, "piqp": EXACT})

    @staticmethod
    def missing() -> bool:
        """Whether CasADi is not there, or was built without PIQP."""
        try:
            import casadi as ca
        except ImportError:
            return True
        with redirect_stderr(StringIO()):
            return not ca.has_conic("piqp")

    def solve(self, program: Program) -> Outcome:
        """STATIONARY with a point within its bounds and `row_duals`, or FAILED; `program` has the matrix and the
        products of the first one."""
        scale = cost_scale(program.cost, program.cost_quad)
        found = self._solver(
            h=scale * self._hessian,
            a=self._matrix,
            g=scale * program.cost,
            lbx=program.lower,
            ubx=program.upper,
            lba=program.row_lower,
            uba=program.row_upper,
        )
        z, multipliers = (np.asarray(found[name], np.float64).reshape(-1) for name in ("x", "lam_a"))
        if not (np.isfinite(z).all() and np.isfinite(multipliers).all()):
            return Outcome(Ending.FAILED)
        z = np.clip(z, program.lower, program.upper)
        # CasADi's multipliers are those of `f + y*g`: the change per unit of the limit is their negative.
        return Outcome(Ending.STATIONARY, z, program.cost_at(z), row_duals=-multipliers / scale)


def _transposed(matrix: Csr) -> Any:
    """For CasADi, which stores columns: rows become columns, and a symmetric matrix is itself."""
    import casadi as ca

    pattern = ca.Sparsity(matrix.columns, matrix.rows, matrix.indptr.tolist(), matrix.indices.tolist())
    return ca.DM(pattern, matrix.data)
