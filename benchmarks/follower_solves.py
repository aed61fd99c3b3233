"""A thousand solves of a follower at decisions of its leader that differ, the model loaded once: what of the time is
ours.

In: nothing; out: a table. `python benchmarks/follower_solves.py`. One thread, processor seconds, the median of 3 runs.
The follower is a retailer's customer base: 5 customers over 24 hours with a limit on each hour's sum, 120 columns,
29 rows; the leader sets 24 prices. Compared are

- HiGHS alone: `changeColsCost` and `run` on the loaded model, from the basis of the last solve;
- HiGHS from one basis: the same, but each solve begins from the basis of the middle, so that its answer does not depend
  on the order of the decisions (what a search needs that is the same on any number of workers);
- the follower's answer: that, with the set of all best answers (`runtime.methods.follower_answers`);
- the leader's value: that, with ties and all other decisions settled (`runtime.methods.leader_question`).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import highspy
import numpy as np

from compiler.pipeline import compile_file
from grammar.source import Source
from runtime.methods.follower_answers import FollowerModel
from runtime.methods.leader_question import Question
from runtime.methods.leader_value import ValueByAnswers
from runtime.methods.search_space import SearchSpace, linking, search_space
from runtime.methods.setting import Setting

SOLVES, RUNS = 1000, 3
FROM_ONE = "HiGHS alone, from one basis"
GAME = """game retail
set T index t = 1..24
set J index j = 1..5
player retailer {
  var price[t] in [1, 9]
  maximize profit = sum(j,t) (price[t] - 2 - 0.1*t)*bought[j,t]
}
player customers follows retailer {
  var bought[j,t] in [0, 4 + j]
  minimize cost = sum(j,t) price[t]*bought[j,t] + sum(j,t) 0.007*j*t*bought[j,t]
  constraint day[j]: sum(t) bought[j,t] >= 40 + 3*j
  constraint line[t]: sum(j) bought[j,t] <= 20
}
"""


def setting() -> tuple[Setting, SearchSpace]:
    found = Setting.of(compile_file(Source(str(Path(__file__)), GAME)).ground)
    space = search_space(found, linking(found))
    assert isinstance(space, SearchSpace)
    return found, space


def alone(model: FollowerModel, costs: list[np.ndarray], one_basis: bool) -> Callable[[], None]:
    highs, columns = model.model._highs, np.arange(model.program.columns, dtype=np.int32)
    basis = model._basis

    def run() -> None:
        for cost in costs:
            highs.changeColsCost(len(columns), columns, cost)
            if one_basis:
                highs.clearSolver()
                highs.setBasis(basis)
            highs.run()

    return run


def seconds(work: Callable[[], None], solves: int) -> float:
    """Processor seconds for one solve, the median."""
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        work()
        times.append((time.process_time() - began) / solves)
    return statistics.median(times)


def measured(solves: int) -> dict[str, float]:
    """Seconds for one solve, by what is solved."""
    asked, space = setting()
    evaluator = Question(asked, space).evaluator()
    value = evaluator.value
    assert isinstance(value, ValueByAnswers)
    (model,) = value.followers
    assert isinstance(model, FollowerModel)
    decisions = space.decisions(np.random.default_rng(0).random((solves, space.size)))
    points = [value.point(d) for d in decisions]
    costs = [model.family.at(x).cost for x in points]
    return {
        "HiGHS alone, from the last basis": seconds(alone(model, costs, False), solves),
        FROM_ONE: seconds(alone(model, costs, True), solves),
        "the follower's answer": seconds(lambda: [model.answer(x) for x in points].clear(), solves),
        "the leader's value": seconds(lambda: [evaluator.row(d) for d in decisions].clear(), solves),
    }


def main() -> None:
    rows = measured(SOLVES)
    base = rows[FROM_ONE]
    print(f"highspy {highspy.Highs().version()}, {SOLVES} solves")
    for name, taken in rows.items():
        print(f"{name:36} {1e6 * taken:8.0f} us  {taken / base:5.2f}  ours {1e6 * max(0.0, taken - base):6.0f} us")


if __name__ == "__main__":
    main()
