"""The solvers that Pyomo scripts call: what solves which class of problems, and the package that brings it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Solver:
    """`factory` is Pyomo's name for it, `package` what pip installs; `gap` the option that asks for a proof to 1e-6,
    `feasible` the one for how exactly constraints hold, with its least value."""

    factory: str
    name: str
    package: str
    gap: str
    feasible: tuple[str, float] | None = None


SOLVED_BY_HIGHS = ("LP", "MILP", "QP")
"""Classes of problems for which HiGHS's answer is an optimum; a QP is convex."""

PAIRED = " with complementarity"
"""What the name of a class ends with where there are complementarities."""

HIGHS = Solver("highs", "HiGHS", "highspy", "mip_rel_gap")
"""LP, MILP, convex QP."""

GLOBAL = (
    Solver("scip_direct", "SCIP", "pyscipopt", "limits/gap", ("numerics/feastol", 1e-9)),
    Solver("gurobi_direct_minlp", "Gurobi", "gurobipy", "MIPGap", ("FeasibilityTol", 1e-9)),
)
"""SOS1 sets, binaries, products that are not convex. SCIP comes as a free package; Gurobi needs a licence."""

CONVEX = (
    Solver("gurobi_direct", "Gurobi", "gurobipy", "MIPGap", ("FeasibilityTol", 1e-9)),
    Solver("cplex_direct", "CPLEX", "cplex", "mip_tolerances_mipgap", ("simplex_tolerances_feasibility", 1e-9)),
    Solver("xpress_direct", "Xpress", "xpress", "miprelstop", ("feastol", 1e-9)),
)
"""SOS1 sets and binaries in problems that are otherwise linear or convex; all need licences."""
