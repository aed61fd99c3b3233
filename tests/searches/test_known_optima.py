"""Bilevel problems with known answers, found by each search with one seed: what it claims is never better than the
optimum, and within 1e-3 of it where a search can be expected to get there."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from runtime.result import Result, Status
from runtime.session import solve

FOLDER = Path(__file__).parents[1] / "literature"
SEARCHES = ["cma_es", "differential_evolution", "particle_swarm"]
FOUND = [
    "bard_1984_1",
    "bard_1991_2",
    "bard_1998_4",
    "bard_falk_1982_1",
    "bialas_karwan_1984_2",
    "clark_westerberg_1990_2",
    "dempe_1992",
    "double_margin",
    "henderson_quandt_1958",
    "liu_hart_1994",
    "tuy_etal_2007",
    "yezza_1996",
]
"""Of linear, quadratic and smooth followers, with and without coupling."""

QUICK = {"bard_1984_1", "bialas_karwan_1984_2", "double_margin", "yezza_1996"}
"""Half a second each; the others are left to the slow tests."""

AMISS = {
    "basar_srikant_2002": "followers see each other and are nonlinear",
    "colson_2002_1": "one decision has an answer",
    "mitsos_barton_2007_2": "infeasible",
}
"""Problems of the folder on which a search is not to be judged."""


def told(name: str) -> str:
    lines = (FOLDER / f"{name}.game").read_text("utf-8").splitlines()
    return next(line for line in lines if line.startswith("# Optimum: ")).removeprefix("# Optimum: ").split(" or ")[0]


def searched(name: str, method: str, **options: object) -> tuple[Result, float, float]:
    """The result; the leader's objective and the optimum as if minimised."""
    found = solve(FOLDER / f"{name}.game", method=method, seed=1, **options)  # type: ignore[arg-type]
    text = (FOLDER / f"{name}.game").read_text("utf-8")
    first = re.search(r"(min|max)imize", text)
    assert first is not None, "the leader comes first"
    sense = 1.0 if first[1] == "min" else -1.0
    value = next(iter(found.objectives.values()), np.nan)
    return found, sense * value, sense * float(told(name))


@pytest.mark.parametrize("method", SEARCHES)
@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n not in QUICK)) for n in FOUND])
def test_it_is_found(name: str, method: str) -> None:
    found, value, optimum = searched(name, method, generations=40, population=20)
    assert found.status in (Status.LIMIT, Status.OPTIMAL)
    assert found.certificate.verified, found.certificate.reasons
    assert value == pytest.approx(optimum, rel=1e-3, abs=1e-3)
    assert value >= optimum - 1e-5 * max(1.0, abs(optimum)), "no search is better than the optimum"


@pytest.mark.parametrize("name", ["lucchetti_etal_1987", "moore_bard_1990_real"])
def test_optima_at_the_end_of_a_range(name: str) -> None:
    """One is a single point, the other lies where the leader's constraints, and not its bounds, end the range."""
    for seed in range(3):
        found = solve(FOLDER / f"{name}.game", method="cma_es", seed=seed, generations=30, population=20)
        value = next(iter(found.objectives.values()))
        assert value == pytest.approx(float(told(name)), abs=1e-6), seed


@pytest.mark.parametrize("method", SEARCHES)
def test_the_toy(method: str) -> None:
    """Bard's: 92/15 in a corner, behind a valley at 8 into which local methods fall."""
    found, value, _ = searched("bard_toy", method, generations=60, population=40)
    assert value == pytest.approx(92 / 15, abs=1e-3)
    assert found.certificate.verified
    assert found.certificate.regret["follower"] <= 1e-6


NUMBERED = [f.stem for f in sorted(FOLDER.glob("*.game")) if f.stem not in AMISS and not told(f.stem).startswith("G")]


@pytest.mark.slow
@pytest.mark.parametrize("method", SEARCHES)
@pytest.mark.parametrize("name", NUMBERED)
def test_no_search_claims_more_than_the_optimum(name: str, method: str) -> None:
    found, value, optimum = searched(name, method, generations=30, population=20, time_limit=60)
    if found.certificate.verified:
        assert value >= optimum - 1e-5 * max(1.0, abs(optimum))
        if found.status is Status.OPTIMAL:
            assert value == pytest.approx(optimum, rel=1e-5, abs=1e-5)
