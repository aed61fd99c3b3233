"""Does a solver truly solve? In: a trial (a program and the value it must print); out: works or not, version, trouble.

Each trial runs in a process of its own: a solver whose library does not fit may end the process, and CasADi's and
highspy's copies of HiGHS must not meet in one.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trial:
    """`program` prints the optimal value of a problem of two variables, which must be `value`."""

    name: str
    package: str
    module: str
    required: bool
    use: str
    program: str
    value: float


@dataclass(frozen=True, slots=True)
class Finding:
    trial: Trial
    works: bool
    version: str
    trouble: str = ""


# max 3x + 2y with x + y <= 4, x + 3y <= 6, 0 <= x <= 3, y >= 0: at (3, 1) it is 11.
_HIGHS = """
import highspy, numpy
h = highspy.Highs()
h.setOptionValue("output_flag", False)
lp = highspy.HighsLp()
lp.num_col_, lp.num_row_ = 2, 2
lp.col_cost_ = numpy.array([-3.0, -2.0])
lp.col_lower_, lp.col_upper_ = numpy.zeros(2), numpy.array([3.0, highspy.kHighsInf])
lp.row_lower_, lp.row_upper_ = numpy.full(2, -highspy.kHighsInf), numpy.array([4.0, 6.0])
lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
lp.a_matrix_.start_, lp.a_matrix_.index_ = numpy.array([0, 2, 4]), numpy.array([0, 1, 0, 1])
lp.a_matrix_.value_ = numpy.array([1.0, 1.0, 1.0, 3.0])
h.passModel(lp)
h.run()
assert h.getModelStatus() == highspy.HighsModelStatus.kOptimal, h.getModelStatus()
print(-h.getInfo().objective_function_value)
"""

# The same with one of x and y zero (SOS1): the better corner is (3, 0) with 9.
_SCIP = """
import pyscipopt
m = pyscipopt.Model()
m.hideOutput()
x, y = m.addVar(lb=0, ub=3), m.addVar(lb=0)
m.addCons(x + y <= 4)
m.addCons(x + 3 * y <= 6)
m.addConsSOS1([x, y])
m.setObjective(3 * x + 2 * y, "maximize")
m.optimize()
assert m.getStatus() == "optimal", m.getStatus()
print(m.getObjVal())
"""

# min (x - 1)^2 + (y - 2)^2 with x + y = 1: at (0, 1) it is 2.
_IPOPT = """
import casadi
x = casadi.MX.sym("x", 2)
f = (x[0] - 1) ** 2 + (x[1] - 2) ** 2
quiet = {"ipopt.print_level": 0, "print_time": 0, "ipopt.sb": "yes"}
s = casadi.nlpsol("s", "ipopt", {"x": x, "f": f, "g": x[0] + x[1]}, quiet)
r = s(lbg=1, ubg=1)
assert s.stats()["success"], s.stats()["return_status"]
print(float(r["f"]))
"""

TRIALS: tuple[Trial, ...] = (
    Trial("HiGHS", "highspy", "highspy", True, "LP, MILP, convex QP; every certificate", _HIGHS, 11.0),
    Trial("SCIP", "pyscipopt", "pyscipopt", True, "leaders and followers", _SCIP, 9.0),
    Trial("IPOPT", "casadi", "casadi", False, "local answers to nonlinear games", _IPOPT, 2.0),
)

PACKAGES = (
    *("numpy", "pandas", "xarray", "h5netcdf", "h5py", "matplotlib"),
    *("lark", "jinja2", "typer", "pyomo", "cmaes"),
)
"""What gamec depends on, beside the solvers."""


def tried(trial: Trial, seconds: float = 60.0) -> Finding:
    """Run one trial. A solver works if its process ends well and prints the value, to 1e-6."""
    version = _version(trial.package)
    if version is None:
        return Finding(trial, False, "", "not installed")
    try:
        # -P: a file of the user's folder must not stand in for the solver's package.
        run = subprocess.run(
            [sys.executable, "-P", "-c", trial.program], capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return Finding(trial, False, version, f"no answer within {seconds:g} s")
    except OSError as error:
        return Finding(trial, False, version, f"cannot be started: {error.strerror}")
    lines = run.stdout.split()
    if run.returncode != 0:
        words = (run.stderr.strip().splitlines() or [f"its process ended with code {run.returncode}"])[-1]
        return Finding(trial, False, version, words)
    try:
        value = float(lines[-1])
    except (IndexError, ValueError):
        return Finding(trial, False, version, "gave no value")
    if not abs(value - trial.value) <= 1e-6:
        return Finding(trial, False, version, f"gave {value:g} where the optimum is {trial.value:g}")
    return Finding(trial, True, version)


def versions() -> dict[str, str | None]:
    """Version of each package that gamec needs beside the solvers; None where it is missing."""
    from runtime.version import version

    return {"gamec": version(), **{name: _version(name) for name in PACKAGES}}


def _version(package: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
