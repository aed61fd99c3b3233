"""All decisions of a leader tried: chosen where products with multipliers would be searched, right, and refused where
there is no end of decisions. Expected values: scipy's linprog at every decision."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from grammar.diagnostics import DiagnosticError
from runtime.result import Status
from runtime.session import solve

OWN = np.array([[2.0, 1.0, 2.0], [2.5, 0.5, 0.5]])
LEADER = np.array([[2.0, 0.5, 1.0], [2.0, 0.5, -2.0]])

TEXT = """game products
set J index j = 1..3
set K index k = 1..2
param own[k, j] = {(1, 1): 2, (1, 2): 1, (1, 3): 2, (2, 1): 2.5, (2, 2): 0.5, (2, 3): 0.5}
param gain[k, j] = {(1, 1): 2, (1, 2): 0.5, (1, 3): 1, (2, 1): 2, (2, 2): 0.5, (2, 3): -2}
player L {
  var x[j] integer in [0, 2]
  constraint coupled: sum(k) (F[k].q[2] - F[k].q[1]) <= 3 + x[1]
  maximize worth = 2*x[1] + 2*x[2] + sum(k, j) gain[k, j]*F[k].q[j] + sum(k) x[1]*F[k].q[2]
}
player F[k] follows L {
  var q[j] in [0, 4]
  var m in [-100, 100]
  constraint room: x[2] + 6*q[2] - 2*q[3] + 2*(sum(j) x[j]*q[j]) <= 2
  constraint one: m >= -2*q[2] - (sum(j) x[j])
  constraint two: m >= -q[1] - 3
  minimize cost = sum(j) own[k, j]*q[j] + 2*q[3] + m
}
"""


def expected() -> float:
    """Over all x, followers at their least cost, ties as the leader likes: the greatest worth."""
    best = -np.inf
    for x in itertools.product(range(3), repeat=3):
        value, tied, total = 2.0 * x[0] + 2.0 * x[1], np.zeros((0, 8)), np.zeros(8)
        limits = list[float]()
        for k in range(2):
            rows = np.zeros((3, 4))
            rows[0, :3] = np.array([0.0, 6.0, -2.0]) + 2.0 * np.array(x)
            rows[1] = [0.0, -2.0, 0.0, -1.0]
            rows[2] = [-1.0, 0.0, 0.0, -1.0]
            right = [2.0 - x[1], float(sum(x)), 3.0]
            cost = np.append(OWN[k] + [0.0, 0.0, 2.0], 1.0)
            found = linprog(cost, rows, right, bounds=[(0, 4)] * 3 + [(-100, 100)])
            if found.status != 0:
                break
            wide = np.zeros((4, 8))
            wide[:, 4 * k : 4 * k + 4] = np.vstack([rows, cost])
            tied = np.vstack([tied, wide])
            limits += [*right, found.fun + 1e-9]
            total[4 * k : 4 * k + 3] = LEADER[k] + [0.0, x[0], 0.0]
        else:
            coupling = np.array([-1.0, 1.0, 0.0, 0.0] * 2)
            settled = linprog(
                -total,
                np.vstack([tied, coupling]),
                [*limits, 3.0 + x[0]],
                bounds=([(0, 4)] * 3 + [(-100, 100)]) * 2,
            )
            if settled.status == 0:
                best = max(best, value - settled.fun)
    return best


def solved(tmp_path: Path, text: str, **options: Any) -> Any:
    path = tmp_path / "products.game"
    path.write_text(text, "utf-8")
    return solve(path, **options)


@pytest.mark.parametrize("method", ["auto", "enumeration"])
def test_products_of_whole_numbers_and_answers(method: str, tmp_path: Path) -> None:
    answer = solved(tmp_path, TEXT, method=method)
    assert answer.status is Status.OPTIMAL
    assert answer.method == "enumeration"
    assert answer.objectives["L.worth"] == pytest.approx(expected(), abs=1e-5)


def test_without_products_conditions_are_asked_first(tmp_path: Path) -> None:
    text = TEXT.replace("2*(sum(j) x[j]*q[j])", "2*(sum(j) x[j])")
    by_conditions = solved(tmp_path, text)
    assert by_conditions.method == "kkt"
    tried = solved(tmp_path, text, method="enumeration")
    assert tried.status is by_conditions.status is Status.OPTIMAL
    assert tried.objectives["L.worth"] == pytest.approx(by_conditions.objectives["L.worth"], abs=1e-5)


SQUARES = """game squares
player L {
  var x integer in [0, 3]
  minimize cost = 3*y + x
}
player F follows L {
  var y in [0, 4]
  minimize distance = (y - 2)^2
  constraint room: (1 + x)*y <= 3
}
"""


def test_other_answers_that_are_not_looked_for_are_left_to_conditions(tmp_path: Path) -> None:
    """y = min(2, 3/(1 + x)), so 6, 5.5, 5 and 5.25; of a QP whose rows move, one best answer is all that is tried."""
    answer = solved(tmp_path, SQUARES)
    assert (answer.method, answer.status) == ("kkt", Status.OPTIMAL)
    assert answer.objectives["L.cost"] == pytest.approx(5, abs=1e-6)
    tried = solved(tmp_path, SQUARES, method="enumeration")
    assert tried.status is Status.LIMIT
    assert tried.objectives["L.cost"] == pytest.approx(5, abs=1e-4)


@pytest.mark.parametrize(("right", "status"), [(3, Status.OPTIMAL), (-3, Status.INFEASIBLE)])
def test_products_of_a_follower_that_nobody_minds(right: int, status: Status, tmp_path: Path) -> None:
    """y = 3/(1 + x) or -3/(1 + x), and the leader's objective does not see it: it answers last."""
    text = SQUARES.replace("3*y + x", "x").replace("<= 3", f"== {right}")
    assert solved(tmp_path, text, method="kkt").status is status


def test_a_price_that_is_open_at_some_decision_leaves_no_proof(tmp_path: Path) -> None:
    """At x = 1 the constraint is 0 >= 0: any price of it satisfies the conditions, and the leader lives on it."""
    text = SQUARES.replace("[0, 3]", "[0, 1]").replace("3*y + x", "y - worth")
    text = text.replace("(1 + x)*y <= 3", "y - x*y >= 0  price worth")
    assert solved(tmp_path, text, method="enumeration").status is Status.LIMIT


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("var x[j] integer in [0, 2]", "var x[j] in [0, 2]", "not whole numbers"),
        ("var x[j] integer in [0, 2]", "var x[j] integer in [0, 200]", "too many"),
    ],
)
def test_what_has_too_many_decisions_is_refused(old: str, new: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError, match=why):
        solved(tmp_path, TEXT.replace(old, new), method="enumeration")


def test_a_population_is_no_matter_of_all_decisions(tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError, match="tries all decisions"):
        solved(tmp_path, TEXT, method="enumeration", population=7)


@pytest.mark.parametrize(
    ("x", "goal", "follower", "best"),
    [
        # At x = 0, y = 1/4: (3/4)^2.
        ("binary", "(y - 1)^2 + x/4", "minimize c = 2*x^2/(y + 3) + y^2 - y/2 constraint r: x*y <= 1", 0.5625),
        # x = 1: the kink at y = 1 holds 2*y - 1 = 1 within its slopes -1 and 1: -1 + 1/2.
        ("integer in [-1, 2]", "-y + x^2/2", "minimize c = abs(y - x) + y^2 - y constraint r: -x*(y + 2) <= -1", -0.5),
    ],
)
def test_what_trying_does_not_prove_is_asked_of_others(
    tmp_path: Path, x: str, goal: str, follower: str, best: float
) -> None:
    """Other best answers of curved followers are not looked for, so that all decisions tried are no proof."""
    path = tmp_path / "m.game"
    path.write_text(
        f"player L {{ var x {x} minimize F = {goal} }} player f follows L {{ var y in [-2, 2] {follower} }}", "utf-8"
    )
    result = solve(path, time_limit=60)
    assert result.status is Status.OPTIMAL, result.diagnostics
    assert result.method != "enumeration"
    assert result.objectives["L.F"] == pytest.approx(best, abs=1e-6)
