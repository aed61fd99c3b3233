"""The solvers that gamec reaches directly: one row each. Loading the library itself waits until it is used."""

from __future__ import annotations

from runtime.solvers.highs import Highs
from runtime.solvers.ipopt import Ipopt
from runtime.solvers.scip import Scip
from runtime.solvers.solver import Solver

SOLVERS: dict[str, Solver] = {
    "highs": Highs(),
    "scip": Scip(),
    "ipopt": Ipopt(),
}
"""In the order in which `auto` asks them: HiGHS is faster wherever it may be asked, SCIP proves what it finds, IPOPT
does not."""
