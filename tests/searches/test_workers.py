"""The same seed, the same answer: whatever evaluates the points, in whatever order, and for anybody who asks again."""

from __future__ import annotations

import os
import pickle
import sys
import time
from itertools import pairwise

import numpy as np
import pytest
from from_text import refused, solved
from test_leader_points import ground
from unfinished_games import SHOP

from runtime.history import Step, Watch
from runtime.methods.leader_question import Question
from runtime.methods.leader_search import LeaderSearch
from runtime.methods.method import Request, Search
from runtime.methods.registry import METHODS
from runtime.methods.search_space import SearchSpace, linking, search_space
from runtime.methods.setting import Setting
from runtime.result import Result, Status

GAME = f"""{SHOP}player flat follows shop {{
  var slack[t] in [0, 3]
  minimize pain = sum(t) (price[t] - 3)*slack[t]
  constraint some: sum(t) slack[t] <= 7
}}
"""
SEARCHES = ["cma_es", "differential_evolution", "particle_swarm"]


def run(method: str, workers: int, executor: str = "auto", seed: int = 5) -> Result:
    options = {"population": 10, "generations": 6, "workers": workers, "executor": executor}
    return solved(GAME, method=method, seed=seed, **options)


def same(one: Result, other: Result) -> bool:
    """To the last digit: objectives, values and every generation."""
    return (
        dict(one.objectives) == dict(other.objectives)
        and [dict(s.objectives) for s in one.history] == [dict(s.objectives) for s in other.history]
        and [s.note for s in one.history] == [s.note for s in other.history]
        and one.status is other.status
    )


@pytest.mark.parametrize("method", SEARCHES)
def test_threads_give_the_same(method: str) -> None:
    alone = run(method, 1)
    assert same(alone, run(method, 1))
    assert same(alone, run(method, 3, "threads"))


def test_processes_give_the_same() -> None:
    assert same(run("particle_swarm", 1), run("particle_swarm", 2))


def test_another_seed_looks_elsewhere() -> None:
    assert not same(run("cma_es", 1), run("cma_es", 1, seed=6))


@pytest.mark.slow
@pytest.mark.parametrize("method", SEARCHES)
def test_processes_and_a_cluster_give_the_same(method: str) -> None:
    from distributed import LocalCluster

    alone = run(method, 1)
    assert same(alone, run(method, 2, "processes"))
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        assert same(alone, run(method, 1, f"dask:{cluster.scheduler_address}"))


def question() -> tuple[Question, SearchSpace]:
    setting = Setting.of(ground(GAME))
    space = search_space(setting, linking(setting))
    assert isinstance(space, SearchSpace)
    return Question(setting, space), space


def test_an_evaluation_does_not_depend_on_the_ones_before() -> None:
    asked, space = question()
    decisions = space.decisions(np.random.default_rng(0).random((40, space.size)))
    one, other = asked.evaluator(), pickle.loads(pickle.dumps(asked)).evaluator()
    forwards = [one.row(d) for d in decisions]
    order = np.random.default_rng(1).permutation(len(decisions))
    shuffled = {int(k): other.row(decisions[k]) for k in order}
    assert all(np.array_equal(row, shuffled[k], equal_nan=True) for k, row in enumerate(forwards))


def test_time_ends_it_with_the_best_so_far() -> None:
    began = time.perf_counter()
    # CMA-ES begins anew when it has contracted, so nothing else ends it.
    result = solved(GAME, method="cma_es", population=4, generations=100_000, time_limit=4.0)
    assert time.perf_counter() - began < 60
    assert result.status is Status.LIMIT
    assert result.certificate.verified
    assert "the time limit came" in result.diagnostics[0].headline


def test_no_time_at_all_is_told_as_such() -> None:
    result = solved(GAME, method="cma_es", time_limit=1e-9)
    assert result.status is Status.LIMIT
    assert "before a generation" in result.diagnostics[0].headline


@pytest.mark.parametrize("workers", [1, 2])
def test_whoever_watches_hears_of_each_generation_and_may_stop(workers: int) -> None:
    heard: list[Step] = []
    watch = Watch(heard.append, lambda: len(heard) >= 3)
    setting = Setting.of(ground(GAME))
    request = Request(search=Search(population=10, generations=50, workers=workers), watch=watch)
    found = METHODS["cma_es"].run(setting, request)
    generations = [step for step in found.history if "moved on" not in step.note]
    assert len(generations) == 3
    assert tuple(heard) == found.history
    assert found.x is not None
    profits = [step.objectives["shop.profit"] for step in found.history]
    assert profits == sorted(profits), "the best so far never falls"
    assert all(a.seconds <= b.seconds for a, b in pairwise(heard))


def test_a_call_needs_no_guard_in_the_script(tmp_path: object) -> None:
    """Workers never run the script that called: it would solve again, and start workers again.

    The answer is proved by the relaxation without the follower's optimality, whose value is that of the game: the
    least of 3*x + y with 4*x + y >= 8 and 2*x <= 7*y is 92/15.
    """
    import subprocess
    from pathlib import Path

    root = Path(__file__).parents[2]
    script = Path(str(tmp_path)) / "study.py"
    model = Path(str(tmp_path)) / "toy.game"
    model.write_text((root / "models" / "toy" / "toy.game").read_text("utf-8"), "utf-8")
    script.write_text(
        "import gamec\nprint('once')\n"
        "found = gamec.solve('toy.game', method='cma_es', generations=3, workers=2)\n"
        "print(found.status.value, round(15*found.objectives['leader.cost'], 4))\n",
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=True,
    )
    assert done.stdout.split() == ["once", "optimal", "92.0"]


def test_another_executor_is_refused() -> None:
    (finding,) = refused(GAME, method="cma_es", executor="cloud")
    assert finding.code == "G807"
    assert "dask:ADDRESS" in finding.hints[0].text


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere"])
def test_a_cluster_that_does_not_answer(address: str) -> None:
    (finding,) = refused(GAME, method="cma_es", executor=f"dask:{address}")
    assert finding.code == "G803"
    assert f"no Dask scheduler answers at `{address}`" in finding.headline
    assert finding.hints


def test_too_small_a_population_is_refused() -> None:
    (finding,) = refused(GAME, method="differential_evolution", population=3)
    assert finding.code == "G807"
    assert "4 at least" in finding.headline


@pytest.mark.parametrize("option", [{"solver": "highs"}, {"complementarity": "big_m"}])
def test_a_solver_or_a_reformulation_is_not_ignored(option: dict[str, str]) -> None:
    (finding,) = refused(GAME, method="cma_es", **option)
    assert finding.code == "G807"
    assert "does not fit" in finding.headline


def test_a_crosscheck_says_that_it_has_no_second_way() -> None:
    result = solved(GAME, method="cma_es", generations=2, crosscheck=True)
    assert "no second way to solve this" in result.choice


def test_a_lost_worker_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import runtime.worker_process as processes

    started = processes.WorkerProcess.asked

    def killed(self: processes.WorkerProcess, what: object) -> object:
        if isinstance(what, np.ndarray):
            self.process.kill()
            self.process.wait()
        return started(self, what)

    monkeypatch.setattr(processes.WorkerProcess, "asked", killed)
    (finding,) = refused(GAME, method="cma_es", workers=2)
    assert finding.code == "G804"
    assert "a worker process ended" in finding.headline


def test_the_searches_are_in_the_registry() -> None:
    assert all(isinstance(METHODS[name], LeaderSearch) and METHODS[name].name == name for name in SEARCHES)
