"""What solvers print past their own switches does not reach the terminal; what others print there does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MODEL = """
from contextlib import nullcontext
import sys
import pyscipopt
import runtime.solvers.interruptible as interruptible
if sys.argv[1] == "loud":
    interruptible.quiet_cerr = nullcontext
model = pyscipopt.Model()
model.hideOutput()
model.setParam("numerics/dualfeastol", 1e-11)
x, y, z = (model.addVar(lb=0.01, ub=50) for _ in range(3))
model.addCons(x * y == 3)
model.addCons(pyscipopt.exp(z) * x <= 7)
model.addCons(pyscipopt.log(x + y) >= z / 3)
model.addCons(x * z + y * y == 11)
model.setObjective(x - 2 * z + 0.1 * y)
interruptible.optimize(model)
assert model.getStatus() == "optimal"
print(f"{model.getObjVal():.6f}")
print("a word of Python", file=sys.stderr)
"""


def run(how: str) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", MODEL, how], capture_output=True, text=True, cwd=ROOT, timeout=120, check=True
    )
    return done.stdout, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="the C++ library is not known there")
def test_scip_is_quiet_and_says_the_same() -> None:
    loud, quiet = run("loud"), run("quiet")
    assert "Cannot set optimality tolerance" in loud[1], "SoPlex has learned to be silent: the context can go"
    assert quiet[1] == "a word of Python\n"
    assert quiet[0] == loud[0]
