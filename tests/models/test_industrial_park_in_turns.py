"""In: `models/industrial_park_market/in_turns.game`; out: where the iteration of the paper's section 4.2 ends, against
what follows from the data and from scipy."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

import gamec
from tests.models.industrial_park_reference import CUT, ELECTRIC, FOLDER, SHIFT, read, settled
from tests.models.test_industrial_park_market import YUAN, cleared, dispatch, served
from tests.models.test_industrial_park_market import solved as led

MODEL = FOLDER / "in_turns.game"
EXPECTED: dict[str, str] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["in_turns"]
DATA = read()


@cache
def solved(case: str) -> Any:
    return gamec.solve(MODEL, case=case)


@pytest.mark.parametrize("case", EXPECTED)
def test_profits_come_to_rest_whatever_they_rest_at(case: str) -> None:
    """All that the paper's rule asks; two cases in three are no equilibrium, and are not called one."""
    result = solved(case)
    assert result.status.value == EXPECTED[case]
    before, last = result.history[-2], result.history[-1]
    assert all(abs(last.objectives[name] - value) < 1 for name, value in before.objectives.items())
    assert len(result.history) < 10


@pytest.mark.parametrize("case", ["as_printed", "within_quotes"])
def test_where_it_only_stops_the_supplier_has_no_answer(case: str) -> None:
    result = solved(case)
    [evidence] = result.diagnostics
    assert evidence.code == "G808"
    assert evidence.notes[0] == "`supplier` has no answer (infeasible)"
    assert result.certificate.regret["supplier"] == np.inf


def test_as_printed_nobody_can_deliver_what_a_best_answer_clears() -> None:
    """The one cheapest unit takes all that is demanded, and more than it has, whatever the parks do."""
    first, second = sorted(ELECTRIC, key=DATA.lowest.__getitem__)[:2]
    assert DATA.lowest[first] < DATA.lowest[second]
    assert np.all(DATA.highest["e"] > DATA.lowest[first])
    demand = (1 - SHIFT - CUT) * DATA.load["e"].sum(axis=0)
    assert first == "PV"
    assert np.any(DATA.sun < demand)


@pytest.mark.slow
def test_as_printed_that_there_is_no_equilibrium_is_proved() -> None:
    result = gamec.solve(MODEL, case="as_printed", method="joint_conditions")
    assert result.status.value == "infeasible"
    assert result.diagnostics[0].headline == "no equilibrium exists"


def test_within_quotes_the_exact_answer_is_no_equilibrium() -> None:
    """As an equal the market would clear otherwise than as a leader, who knows what the supplier does then."""
    exact = led("cleared")
    demand = {k: v.sum(axis=0) for k, v in served(exact, DATA).items()}
    assert settled(DATA, dispatch(exact), demand) > exact.report_of["surplus"] + YUAN
    for unit, power in cleared(exact).items():
        assert np.all(power <= dispatch(exact)[unit] + 1e-6), unit


def test_settled_ends_in_an_equilibrium_short_of_the_exact_answer() -> None:
    result = solved("settled")
    assert result.certificate.verified
    assert max(result.certificate.regret.values()) < YUAN
    demand = {k: v.sum(axis=0) for k, v in served(result, DATA).items()}
    best = settled(DATA, dispatch(result), demand)
    assert result.report_of["surplus"] == pytest.approx(best, abs=0.05)
    assert best < led("cleared").report_of["surplus"] - 1000
