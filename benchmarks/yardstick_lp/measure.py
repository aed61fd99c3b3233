"""One way to the solver, measured: `python -m benchmarks.yardstick_lp.measure WAY FOLDER [solve] [warm]`.

Writes one line of JSON: CPU seconds by stage (imports are excluded and told apart), nonzeros, the memory that was added
up to the solver's door, and, if asked to solve, the objective and the time that the solver alone took. `warm` builds
some more times where memory and caches are warm.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

AGAIN = 5
AFTER_THE_DOOR = ("solver", "answer", "session")


class Clock:
    """CPU seconds by stage. A stage with a colon is a part of another."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}

    def run(self, stage: str, step: Callable[[], Any]) -> Any:
        before = process_time()
        value = step()
        self.stages[stage] = process_time() - before
        return value

    def door(self) -> float:
        """CPU seconds up to the solver's door."""
        return sum(v for k, v in self.stages.items() if k not in AFTER_THE_DOOR and ":" not in k)


Solve = Callable[[], float]
"""Solves, adds `solver` and `answer` to the clock, and gives the objective."""


def peak() -> float:
    """The most memory that this process has held so far, in MiB; NaN where the system does not tell as Linux does."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return float("nan")
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), float("nan"))


def gamec(folder: Path, clock: Clock) -> tuple[int, Solve]:
    """Builds; gives the nonzeros, and what solves, after which the whole session is run too."""
    from benchmarks.yardstick_lp import with_gamec
    from runtime.solvers.solver import Options

    model = clock.run("compile", lambda: with_gamec.compiled(folder))
    program, recovery = clock.run("one level", lambda: with_gamec.one_level(model))
    door = clock.run("pass", lambda: with_gamec.pass_model(program))
    clock.stages |= {f"compile: {k}": v for k, v in model.times.items()}

    def solve() -> float:
        clock.run("compile: data", lambda: with_gamec.data_alone(folder, model))
        solver_alone(door._highs, clock)
        before = process_time()
        outcome = door.solve(Options())  # solved already: what is left is to fetch the answer
        assert outcome.z is not None
        point = recovery.point(outcome.z)
        recovery.prices(outcome.z, outcome.row_duals)
        objective = float(model.ground.objectives_at(point)[0])
        clock.stages["answer"] = process_time() - before
        whole_session(folder, clock, objective)
        return objective

    return program.matrix.nnz, solve


def whole_session(folder: Path, clock: Clock, objective: float) -> None:
    """`session`, and `session: solver`, the part of it that HiGHS took, however often it was called."""
    import highspy

    from benchmarks.yardstick_lp import with_gamec

    run, inside = highspy.Highs.run, [0.0]

    def timed(self: Any) -> Any:
        before = process_time()
        status = run(self)
        inside[0] += process_time() - before
        return status

    highspy.Highs.run = timed
    try:
        result = clock.run("session", lambda: with_gamec.session(folder))
    finally:
        highspy.Highs.run = run
    clock.stages["session: solver"] = inside[0]
    assert result.certificate.verified
    assert abs(result.objectives["operator.bill"] - objective) <= 1e-6 * abs(objective)


def by_hand(folder: Path, clock: Clock) -> tuple[int, Solve]:
    """As `gamec`."""
    import numpy as np

    from benchmarks.yardstick_lp import by_hand

    tables = clock.run("data", lambda: by_hand.read(folder))
    lp = clock.run("arrays", lambda: by_hand.build(tables))
    door = clock.run("pass", lambda: by_hand.pass_model(lp))

    def solve() -> float:
        solver_alone(door, clock)
        before = process_time()
        solution = door.getSolution()
        objective = float(lp.cost @ np.array(solution.col_value))
        assert len(np.array(solution.row_dual)) == len(lp.row_lower)
        clock.stages["answer"] = process_time() - before
        return objective

    return len(lp.data), solve


def pyomo_persistent(folder: Path, clock: Clock) -> tuple[int, Solve]:
    """As `gamec`; `solver` holds what Pyomo does to fetch the solution."""
    from benchmarks.yardstick_lp import by_hand, with_pyomo

    tables = clock.run("data", lambda: by_hand.read(folder))
    model = clock.run("model", lambda: with_pyomo.build(tables))
    door = clock.run("pass", lambda: with_pyomo.persistent(model))

    def solve() -> float:
        return float(clock.run("solver", lambda: door.solve(model)).best_feasible_objective)

    return int(door._solver_model.getNumNz()), solve


def pyomo_standard_form(folder: Path, clock: Clock) -> tuple[int, Solve]:
    """As `gamec`; this way makes two rows of each range."""
    from benchmarks.yardstick_lp import by_hand, with_pyomo

    tables = clock.run("data", lambda: by_hand.read(folder))
    model = clock.run("model", lambda: with_pyomo.build(tables))
    door = clock.run("pass", lambda: with_pyomo.standard_form(model))

    def solve() -> float:
        solver_alone(door, clock)
        return float(door.getInfo().objective_function_value)

    return int(door.getNumNz()), solve


def solver_alone(highs: Any, clock: Clock) -> None:
    """Run HiGHS; its CPU time becomes the stage `solver`."""
    highs.setOptionValue("threads", 1)
    clock.run("solver", highs.run)
    assert highs.modelStatusToString(highs.getModelStatus()) == "Optimal"


WAYS: dict[str, Callable[[Path, Clock], tuple[int, Solve]]] = {
    "by_hand": by_hand,
    "gamec": gamec,
    "pyomo_standard_form": pyomo_standard_form,
    "pyomo_persistent": pyomo_persistent,
}


def load_libraries(way: str) -> None:
    """Import what a way needs, so that no stage pays for it."""
    import_module("highspy")
    import_module("benchmarks.yardstick_lp.with_gamec" if way == "gamec" else "benchmarks.yardstick_lp.by_hand")
    if way.startswith("pyomo"):
        for name in ("pyomo.contrib.appsi.solvers", "pyomo.repn.plugins.standard_form", "scipy.sparse"):
            import_module(name)
        import_module("benchmarks.yardstick_lp.with_pyomo")


def measure(way: str, folder: Path, solve: bool = False, warm: bool = False) -> dict[str, Any]:
    """What `main` writes."""
    before = process_time()
    load_libraries(way)
    imports, held, clock = process_time() - before, peak(), Clock()
    nonzeros, solver = WAYS[way](folder, clock)
    result = {"way": way, "nonzeros": nonzeros, "imports": imports, "memory": peak() - held, "door": clock.door()}
    result |= {"objective": solver() if solve else None, "stages": clock.stages, "warm": None}
    if warm:
        del solver
        doors = []
        for _ in range(AGAIN):
            again = Clock()
            WAYS[way](folder, again)
            doors.append(again.door())
        result["warm"] = median(doors)
    return result


def main(arguments: list[str]) -> None:
    way, folder, *rest = arguments
    print(json.dumps(measure(way, Path(folder), "solve" in rest, "warm" in rest)))


if __name__ == "__main__":
    main(sys.argv[1:])
