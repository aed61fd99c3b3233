"""Complementarities (`0 <= x perp e >= 0`) of a player alone and of a leader, against enumeration and closed forms."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from from_text import refused, solved

from compiler.pipeline import compile_file
from grammar.source import Source
from runtime.certify import Claim, certify
from runtime.result import Status


def lcp(matrix: np.ndarray, q: np.ndarray) -> list[np.ndarray]:
    """All solutions of `0 <= z perp M z + q >= 0` with independent columns, by trying every pattern."""
    found = []
    for pattern in product([False, True], repeat=len(q)):
        free = np.array(pattern)
        z = np.zeros(len(q))
        if free.any():
            z[free] = np.linalg.solve(matrix[np.ix_(free, free)], -q[free])
        if z.min(initial=0) >= -1e-9 and (matrix @ z + q).min() >= -1e-9:
            found.append(z)
    return found


def lcp_text(matrix: np.ndarray, q: np.ndarray, goal: str) -> str:
    n = len(q)
    entries = ", ".join(
        f"({i}, {j}): {float(matrix[i - 1, j - 1])!r}" for i in range(1, n + 1) for j in range(1, n + 1)
    )
    offsets = ", ".join(f"{i}: {float(q[i - 1])!r}" for i in range(1, n + 1))
    return f"""
set I index i, j = 1..{n}
param M[i,j] = {{{entries}}}
param r[i] = {{{offsets}}}
player p {{
  var z[i]
  minimize goal = {goal}
  constraint c[i]: 0 <= z[i] perp sum(j) M[i,j]*z[j] + r[i] >= 0
}}
"""


def test_a_known_complementarity_problem() -> None:
    """Murty, Linear Complementarity, Linear and Nonlinear Programming (1988), section 1.1: z = (4/3, 7/3)."""
    found = solved(lcp_text(np.array([[2.0, 1], [1, 2]]), np.array([-5.0, -6]), "0*z[1]"))
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.value_of["z"].values == pytest.approx([4 / 3, 7 / 3], abs=1e-7)
    assert any("complementarity holds to" in note for note in found.certificate.notes)


@pytest.mark.parametrize("seed", range(4))
def test_random_complementarity_problems(seed: int) -> None:
    """Positive definite: one solution (Samelson, Thrall and Wesler 1958)."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(5, 5))
    matrix, q = a @ a.T + np.eye(5), rng.normal(size=5) * 3
    (expected,) = lcp(matrix, q)
    found = solved(lcp_text(matrix, q, "z[1] + 1"))
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.value_of["z"].values == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_the_best_of_several_solutions(seed: int) -> None:
    """Large entries off the diagonal and q < 0: several solutions; the objective picks one, and the proof is global."""
    rng = np.random.default_rng(seed)
    matrix = rng.uniform(2, 4, size=(4, 4))
    np.fill_diagonal(matrix, 1.0)
    q = -rng.uniform(1, 2, 4)
    weights = np.array([1.0, 2, 3, 4])
    several = lcp(matrix, q)
    assert len(several) > 1
    found = solved(lcp_text(matrix, q, "z[1] + 2*z[2] + 3*z[3] + 4*z[4]"))
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.objectives["p.goal"] == pytest.approx(min(float(weights @ z) for z in several), abs=1e-6)


def test_a_market_written_out_as_complementarities() -> None:
    """The market of two firms whose `clear` form has the price 3.2 and quantities 22, 12, 34 (10*(p-1) + 10*(p-2) =
    5*(10-p))."""
    found = solved("""
set I index i = {a, b}
param c[i] = {a: 1, b: 2}
player market {
  var q[i]
  var d
  var p
  minimize nothing = 0*p
  constraint supply[i]: 0 <= q[i] perp c[i] + 0.1*q[i] - p >= 0
  constraint demand: 0 <= d perp p - (10 - 0.2*d) >= 0
  constraint clearing: 0 <= p perp sum(i) q[i] - d >= 0
}
""")
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.value_of["p"] == pytest.approx(3.2, abs=1e-6)
    assert found.value_of["q"].to_dict() == pytest.approx({("a",): 22, ("b",): 12}, abs=1e-5)
    assert found.value_of["d"] == pytest.approx(34, abs=1e-5)


def test_a_leader_keeps_a_complementarity() -> None:
    """u may leave zero only at y = 3, where the follower gives x = 3: 3 + 10. Elsewhere u = 0 and y < 3."""
    found = solved("""
player leader {
  var y in [0, 5]
  var u in [0, 10]
  maximize gain = follower.x + u
  constraint c: 0 <= u perp 3 - y >= 0
}
player follower follows leader { var x in [0, 9]  maximize catch = x  constraint cap: x <= y }
""")
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.objectives["leader.gain"] == pytest.approx(13)
    assert [found.value_of[name] for name in "yux"] == pytest.approx([3, 10, 3], abs=1e-6)


def test_a_quadratic_distance_to_a_cross() -> None:
    """The point of the axes x*y = 0 that is nearest to (2, 1) is (2, 0): 1; products of the two are not needed."""
    found = solved("player p { var x  var y  minimize d = (x - 2)^2 + (y - 1)^2  constraint c: 0 <= x perp y >= 0 }")
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert [found.value_of["x"], found.value_of["y"]] == pytest.approx([2, 0], abs=1e-5)
    assert found.objectives["p.d"] == pytest.approx(1, abs=1e-6)


def test_infeasible() -> None:
    """Both sides are at least 1."""
    found = solved("player p { var x >= 1  minimize z = x  constraint c: 0 <= x perp x + 1 >= 0 }")
    assert found.status is Status.INFEASIBLE
    assert [d.code for d in found.diagnostics] == ["G801"]


def test_no_optimality_conditions_for_a_complementarity() -> None:
    (finding,) = refused(
        """
player leader { var y in [0, 5]  minimize z = y }
player p follows leader { var x in [0, 2]  maximize catch = x + leader.y  constraint c: 0 <= x perp 1 - x >= 0 }
""",
        method="kkt",
    )
    assert finding.code == "G702"
    assert "complementarity" in finding.headline
    assert finding.span is not None
    assert finding.span.text == "c"


def test_a_complementarity_among_equals() -> None:
    """`x` is 0 or 1: the player takes 1, whatever the other one does."""
    found = solved("""
player other { var y in [0, 5]  minimize z = (y - x)^2 }
player p { var x in [0, 2]  maximize catch = x + y  constraint c: 0 <= x perp 1 - x >= 0 }
""")
    assert found.status is Status.EQUILIBRIUM
    assert [found.value_of["x"], found.value_of["y"]] == pytest.approx([1, 1], abs=1e-6)


def test_a_crossed_pair_is_a_violation() -> None:
    game = compile_file(
        Source(
            "test.game", "game t player p { var x  var y  minimize d = x + y  constraint c: 0 <= x perp y - 1 >= 0 }"
        )
    ).ground
    at = {game.column_label(k): k for k in range(game.columns)}
    right, wrong = np.zeros(game.columns), np.zeros(game.columns)
    right[at["p.y"]] = 1.0
    wrong[[at["p.x"], at["p.y"]]] = 0.5, 1.5
    for k in range(game.columns):
        # The pair's own columns: x, and y - 1.
        if "side 1" in game.column_label(k):
            wrong[k] = 0.5
        if "side 2" in game.column_label(k):
            wrong[k] = 0.5
    assert certify(game, Claim(Status.OPTIMAL, right, bound={0: 1.0})).verified
    crossed = certify(game, Claim(Status.OPTIMAL, wrong, bound={0: 2.0}))
    assert not crossed.verified
    assert crossed.max_violation == pytest.approx(0.5)


def test_a_complementarity_has_no_price() -> None:
    (finding,) = refused("player p { var x  minimize z = x  constraint c: 0 <= x perp x - 1 >= 0  price u }")
    assert finding.code == "G706"
