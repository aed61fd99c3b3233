"""Iterations over players: what they end at, what they say where they end at nothing, and how they are steered."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import gamec
from grammar.source import Source
from runtime.history import Step, Watch
from runtime.result import Result


def solved(text: str, **options: object) -> Result:
    return gamec.solve(Source("rivals.game", f"game rivals {text}"), **options)  # type: ignore[arg-type]


PENNIES = """
player odd { var x binary  maximize gain = 2*x + 2*y - 4*x*y }
player even { var y binary  maximize gain = 4*x*y - 2*x - 2*y }
"""


def test_matching_pennies_have_no_equilibrium_in_pure_strategies() -> None:
    found = solved(PENNIES)
    assert found.status is gamec.Status.NOT_VERIFIED
    [evidence] = found.diagnostics
    assert evidence.code == "G808"
    assert evidence.headline == "no equilibrium found from 10 starts: decisions go round in a cycle"
    assert evidence.notes[0] == "a cycle of 2 iterations, in which 2 decisions change:"
    assert sorted(note[3:] for note in evidence.notes[1:3]) == ["odd.x = 0, even.y = 0", "odd.x = 1, even.y = 1"]
    assert max(found.certificate.regret.values()) == pytest.approx(2, abs=1e-9)
    assert not found.certificate.verified


def test_mixed_strategies_have_one() -> None:
    """The same with probabilities: (1/2, 1/2), value 0, by joint conditions; best responses are 0 or 1 and circle."""
    text = PENNIES.replace("binary", "in [0, 1] start 0.3")
    found = solved(text)
    assert found.status is gamec.Status.EQUILIBRIUM
    assert [found.value_of["x"], found.value_of["y"]] == pytest.approx([0.5, 0.5], abs=1e-6)
    assert solved(text, method="best_response", starts=2).status in (gamec.Status.NOT_VERIFIED, gamec.Status.LIMIT)


def test_the_prisoners_dilemma() -> None:
    """Both talk (1), though both would gain by silence; talking is best whatever the other does."""
    found = solved("""
player one { var x binary  maximize years = -(5*(1 - x)*y + 1*(1 - x)*(1 - y) + 3*x*y) }
player two { var y binary  maximize years = -(5*(1 - y)*x + 1*(1 - x)*(1 - y) + 3*x*y) }
""")
    assert found.status is gamec.Status.EQUILIBRIUM
    assert found.method == "best_response"
    assert found.objectives == pytest.approx({"one.years": -3, "two.years": -3}, abs=1e-9)
    assert max(found.certificate.regret.values()) == pytest.approx(0, abs=1e-9)


COSTS = (11.0, 12.5, 13.0, 20.0)
LUMPS = """
set F index f, g = 1..4
param cost[f] = {1: 11, 2: 12.5, 3: 13, 4: 20}
player firm[f] { var q integer in [0, 12]  maximize profit = (60 - 3*(sum(g) firm[g].q) - cost[f])*q }
"""


def enumerated() -> set[tuple[int, ...]]:
    """All pure equilibria of `LUMPS`, by looking at every one of the 13^4 profiles."""
    q = np.stack(np.meshgrid(*[np.arange(13)] * 4, indexing="ij")).astype(float)
    stays = np.ones(q.shape[1:], bool)
    for f, cost in enumerate(COSTS):
        profit = (60 - 3 * q.sum(axis=0) - cost) * q[f]
        stays &= profit >= profit.max(axis=f, keepdims=True) - 1e-9
    return {tuple(int(k) for k in profile) for profile in np.argwhere(stays)}


def test_firms_that_make_whole_lots() -> None:
    """Each start ends at one of the equilibria that enumeration finds, and the notes tell of a potential."""
    known = enumerated()
    found = solved(LUMPS, starts=8)
    assert found.status is gamec.Status.EQUILIBRIUM
    q = found.value_of["q"]
    assert not isinstance(q, float)
    assert tuple(round(v) for v in q.values) in known
    assert "a potential game" in found.choice
    if len(known) > 1:
        assert "equilibria from 8 starts, ranked" in found.choice


@pytest.mark.parametrize("options", [{"order": "jacobi", "damping": 0.5}, {"proximal": 2.0}, {"damping": 0.7}])
def test_cournot_by_every_way(options: dict[str, object]) -> None:
    """q = 90/(n + 1); all at once and without damping three firms swing for ever."""
    text = """
set F index f, g = 1..3
player firm[f] { var q in [0, 90]  maximize profit = (90 - sum(g) firm[g].q)*q }
"""
    found = solved(text, method="best_response", **options)
    assert found.status is gamec.Status.EQUILIBRIUM
    q = found.value_of["q"]
    assert not isinstance(q, float)
    assert q.values == pytest.approx([22.5] * 3, abs=1e-6)


def test_swinging_firms_are_damped_unless_told_otherwise() -> None:
    text = """
set F index f, g = 1..3
player firm[f] { var q in [0, 90]  maximize profit = (90 - sum(g) firm[g].q)*q }
"""
    found = solved(text, method="best_response", order="jacobi")
    assert found.status is gamec.Status.EQUILIBRIUM
    assert any("a cycle: 0.5 of the way" in step.note for step in found.history)
    stubborn = solved(text, method="best_response", order="jacobi", damping=1.0, starts=1)
    assert [d.code for d in stubborn.diagnostics] == ["G808"]


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_cournot_in_any_unit(unit: float) -> None:
    """Of 90 units three firms make 22.5 each; profits are 1e-12 or 1e12 times as large."""
    text = f"""
set F index f, g = 1..3
player firm[f] {{ var q in [0, {90 * unit}]  maximize profit = ({90 * unit} - sum(g) firm[g].q)*q }}
"""
    found = solved(text, method="best_response")
    assert found.status is gamec.Status.EQUILIBRIUM
    q = found.value_of["q"]
    assert not isinstance(q, float)
    assert q.values == pytest.approx([22.5 * unit] * 3, rel=1e-7)


def test_decisions_that_grow_without_end_are_told() -> None:
    """x = 2y and y = 2x + 1 meet at (-2/3, -1/3), from which turns lead away."""
    text = """
player one { var x  minimize miss = (x - 2*y)^2 }
player two { var y  minimize miss = (y - 2*x - 1)^2 }
"""
    found = solved(text, method="best_response")
    assert found.status is gamec.Status.NOT_VERIFIED
    assert [d.headline for d in found.diagnostics] == [
        "no equilibrium found from 10 starts: decisions grow without end"
    ]
    rest = solved(text)
    assert rest.status is gamec.Status.EQUILIBRIUM
    assert [rest.value_of["x"], rest.value_of["y"]] == pytest.approx([-2 / 3, -1 / 3], abs=1e-6)


def test_distinct_equilibria_are_kept_and_ranked() -> None:
    """Two of three firms enter, any two: a second one still gains, a third one does not. The pair with the lowest
    costs comes first."""
    found = solved(
        """
set F index f, g = 1..3
param cost[f] = {1: 2, 2: 3, 3: 4}
player firm[f] { var enter binary  maximize gain = enter*(10 - cost[f]) - 4*enter*(sum(g) firm[g].enter - 1) }
""",
        starts=20,
    )
    assert found.status is gamec.Status.EQUILIBRIUM
    profiles = np.array(list(itertools.product((0, 1), repeat=3)))
    gain = profiles * (10 - np.array([2, 3, 4]) - 4 * (profiles.sum(axis=1, keepdims=True) - 1))
    stays = [all(gain[k, f] >= gain[int(k ^ (4 >> f)), f] - 1e-9 for f in range(3)) for k in range(8)]
    totals = sorted(gain[stays].sum(axis=1), reverse=True)
    assert f"{len(totals)} equilibria from 20 starts, ranked" in found.choice
    assert sum(found.objectives.values()) == pytest.approx(totals[0], abs=1e-9)


@pytest.mark.parametrize(("demand", "price", "served"), [(200, 80 / 3, 200), (300, 30, 250)])
def test_two_generators_below_a_price_cap(demand: float, price: float, served: float) -> None:
    """Marginal costs 10 + q1/5 and 15 + q2/10 meet 200 at 26.67; 300 cannot be had at the cap of 30, at which they
    make 100 and 150."""
    text = f"""
player one {{ var q in [0, 400]  maximize gain = p*q - 10*q - 0.1*q^2 }}
player two {{ var q in [0, 400]  maximize gain = p*q - 15*q - 0.05*q^2 }}
clear balance: one.q + two.q >= {demand}  price p in [0, 30]
"""
    for method in ("auto", "mpcc"):
        found = solved(text, method=method)
        assert found.status is gamec.Status.EQUILIBRIUM
        assert found.price_of["p"] == pytest.approx(price, abs=1e-5)
        made = [found.value_of["one.q"], found.value_of["two.q"]]
        assert made == pytest.approx([(price - 10) * 5, (price - 15) * 10], abs=1e-4)
        assert sum(made) == pytest.approx(served, abs=1e-4)  # type: ignore[arg-type]


def test_a_price_of_one_player_reaches_another() -> None:
    """Best responses hand prices on: the grid's price is 3 below 6, 5 above; the refiner sells while it is above 4."""
    found = solved(
        """
player grid {
  var cheap in [0, 6]  var dear in [0, 9]
  minimize cost = 3*cheap + 5*dear
  constraint balance: cheap + dear == 10  price value
}
player refiner { var sold in [0, 2]  maximize gain = (value - 4)*sold }
""",
        method="best_response",
    )
    assert found.status is gamec.Status.EQUILIBRIUM
    assert found.price_of["value"] == pytest.approx(5, abs=1e-9)
    assert found.value_of["sold"] == pytest.approx(2, abs=1e-9)


SLOWLY = """
set F index f, g = 1..3
player firm[f] { var q in [0, 90]  maximize profit = (90 - sum(g) firm[g].q)*q }
"""


def test_whoever_looks_on_may_end_it() -> None:
    """The steps come one by one; ended after the fifth, the best point so far is shown with what it is worth."""
    steps: list[Step] = []
    watch = Watch(steps.append, lambda: len(steps) > 5)
    found = solved(SLOWLY, method="best_response", damping=0.01, watch=watch)
    assert found.status is gamec.Status.LIMIT
    assert found.history == tuple(steps)
    assert [step.iteration for step in steps] == list(range(len(steps)))
    assert all(a.seconds <= b.seconds for a, b in itertools.pairwise(steps))
    assert set(steps[0].objectives) == {f"firm[{f}].profit" for f in (1, 2, 3)}
    assert math.isnan(steps[0].residual)
    [evidence] = found.diagnostics
    assert evidence.headline == "no equilibrium found before the end: interrupted"
    assert all(gain > 0 for gain in found.certificate.regret.values())


def test_what_is_shown_of_a_cycle_fits_its_decisions() -> None:
    """One pays for its distance to the other, who pays for being near: `max` and `abs` move when either decides."""
    found = solved(
        """
        player a { var x in [0, 1] minimize ca = max(x - y, 0) + max(y - x, 0) - 0.1*x }
        player b { var y in [0, 1] minimize cb = 1 - abs(x - y) + 0.2*y }
        """,
        method="best_response",
        starts=1,
    )
    x, y = float(found.values["x"]), float(found.values["y"])
    assert found.status is gamec.Status.NOT_VERIFIED
    assert found.objectives["a.ca"] == pytest.approx(abs(x - y) - 0.1 * x, abs=1e-7)
    assert found.objectives["b.cb"] == pytest.approx(1 - abs(x - y) + 0.2 * y, abs=1e-7)
    assert found.certificate.max_violation <= 1e-7
    # At the other's place it would pay nothing but for being low.
    assert found.certificate.regret["a"] == pytest.approx(found.objectives["a.ca"] + 0.1 * y, abs=1e-6)
    [evidence] = found.diagnostics
    assert evidence.notes[0].endswith("in which 2 decisions change:")
    assert not any("choice" in note for note in evidence.notes)


def test_iterations_are_counted() -> None:
    found = solved(SLOWLY, method="best_response", damping=0.01, iterations=4, starts=2)
    assert found.status is gamec.Status.LIMIT
    assert [d.code for d in found.diagnostics] == ["G808"]
    assert len(found.history) == 2 * (1 + 4)


def test_the_file_may_say_how() -> None:
    said = solved(f"solve {{ method best_response  order jacobi  damping 0.25  iterations 3  starts 1 }} {SLOWLY}")
    told = solved(SLOWLY, method="best_response", order="jacobi", damping=0.25, iterations=3, starts=1)
    assert [s.objectives for s in said.history] == [s.objectives for s in told.history]
    assert len(said.history) == 4


def test_the_same_seed_gives_the_same_answer() -> None:
    runs = [solved(LUMPS, starts=4, seed=7) for _ in range(2)]
    assert [s.objectives for s in runs[0].history] == [s.objectives for s in runs[1].history]
    assert runs[0].objectives == runs[1].objectives


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        ("order sideways", "there is no order `sideways`"),
        ("damping 1.5", "`damping` takes a number above 0, up to 1"),
        ("starts 0", "`starts` takes a whole number from 1 on"),
    ],
)
def test_wrong_choices(hint: str, words: str) -> None:
    with pytest.raises(gamec.DiagnosticError) as error:
        solved(f"solve {{ method best_response  {hint} }} {SLOWLY}")
    assert [(d.code, d.headline) for d in error.value.diagnostics] == [("G807", words)]
    span = error.value.diagnostics[0].span
    assert span is not None
    assert span.text == hint.split()[1]


def test_a_player_without_an_answer_is_named() -> None:
    """`b` needs more than `a` ever gives, whatever starts are tried."""
    found = solved("""
player a { var x binary  minimize cost = x }
player b { var y integer in [0, 3]  minimize cost = y  constraint need: y <= x - 1 }
""")
    assert found.status in (gamec.Status.NOT_VERIFIED, gamec.Status.INFEASIBLE)
    assert any("`b` has no answer" in note for d in found.diagnostics for note in d.notes)
