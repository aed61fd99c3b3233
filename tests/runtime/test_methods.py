"""The choice of a method, why, and what is refused with what would work."""

from __future__ import annotations

import pytest
from small_games import INF, GameBuilder
from test_traps import moore_bard, producer, toy

from grammar.diagnostics import Diagnostic, DiagnosticError
from runtime.answer import answer
from runtime.methods.method import Request
from runtime.methods.registry import METHODS, choose
from runtime.methods.setting import Setting
from runtime.result import Status


def refused(builder: GameBuilder, **options: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(DiagnosticError) as error:
        answer(builder.build(), Request(**options))  # type: ignore[arg-type]
    assert all(d.hints for d in error.value.diagnostics), "every refusal says what would work"
    return error.value.diagnostics


def simple(*players: tuple[str, ...]) -> GameBuilder:
    builder = GameBuilder()
    for name, *leaders in players:
        builder.player(name, *leaders).var(name, f"x_{name}", 0, 1).minimize(name, {f"x_{name}": 1})
    return builder


@pytest.mark.parametrize(
    ("builder", "method"),
    [
        (simple(("a",)), "single_level"),
        (simple(("a",), ("b", "a")), "kkt"),
        (simple(("a",), ("b", "a"), ("c", "a")), "kkt"),
        (simple(("a",), ("b",)), "joint_conditions"),
        (simple(("a",), ("b",), ("c", "a", "b")), "diagonalisation"),
        (simple(("a",), ("b",), ("c", "a")), "diagonalisation"),
    ],
)
def test_auto_chooses_and_says_why(builder: GameBuilder, method: str) -> None:
    chosen = choose(Setting.of(builder.build()), "auto")
    assert chosen.method.name == method
    assert chosen.why.startswith(f"{method}: the game is ")
    assert [method, *chosen.others] == sorted(METHODS, key=lambda name: (name != method, list(METHODS).index(name)))
    found = answer(builder.build(), Request())
    assert found.certificate.verified
    assert found.choice.startswith(chosen.why)
    assert found.other_methods == chosen.others


def test_structures_without_method() -> None:
    """One leads a chain, the other one is led by somebody who leads as well."""
    (finding,) = refused(simple(("a",), ("b", "a"), ("c", "a", "b")))
    assert finding.code == "G704"


def test_a_method_that_does_not_fit() -> None:
    (finding,) = refused(toy(), method="single_level")
    assert finding.code == "G807"
    assert "--method kkt" in finding.hints[0].text


def test_unknown_names_get_near_ones() -> None:
    (method,) = refused(toy(), method="ktk")
    assert (method.code, method.hints[0].text) == ("G807", "did you mean `kkt`?")
    (solver,) = refused(toy(), solver="higs")
    assert (solver.code, solver.hints[0].text) == ("G807", "did you mean `highs`?")


def test_a_solver_that_cannot() -> None:
    (finding,) = refused(toy(), solver="highs", complementarity="sos1")
    assert finding.code == "G807"
    assert "scip" in finding.hints[0].text


def test_scip_may_solve_an_lp() -> None:
    builder = GameBuilder().player("p").var("p", "x", 0, 4).maximize("p", {"x": 2})
    found = answer(builder.build(), Request(solver="scip"))
    assert (found.solver, found.status) == ("scip", Status.OPTIMAL)
    assert found.x == pytest.approx([4])


def test_nonconvex_follower_is_refused_with_its_place() -> None:
    builder = toy()
    builder.goals["follower"] = (1, {("x", "x"): -1})
    (finding,) = refused(builder, method="kkt")
    assert finding.code == "G702"
    assert finding.span is not None
    assert finding.span.text == "follower"
    assert "square of `follower.x`" in finding.headline


def test_quadratic_rows_of_a_follower_are_refused() -> None:
    builder = toy().row("follower", "disc", {("x", "x"): 1}, upper=9)
    (finding,) = refused(builder, method="kkt")
    assert (finding.code, finding.span.text) == ("G704", "disc")  # type: ignore[union-attr]


def test_a_fixed_integer_follower_is_no_integer_follower() -> None:
    builder = moore_bard()
    builder.columns[1] = ("follower", "y", 2, 2, 1)
    found = answer(builder.build(), Request())
    assert found.status is Status.OPTIMAL
    assert found.x == pytest.approx([6, 2])


def test_a_constraint_of_nobody() -> None:
    builder = simple(("a",), ("b",)).row("", "line", {"x_a": 1, "x_b": 1}, upper=1)
    (finding,) = refused(builder)
    assert (finding.code, finding.span.text) == ("G704", "line")  # type: ignore[union-attr]


def test_prices_that_cannot_be_had() -> None:
    own = producer(50).minimize("market", {"one": 10, "two": 30, ("lmp", "g"): 1})
    assert [d.code for d in refused(own)] == ["G706"]
    leaders = producer(50).row("producer", "mine", {"offer": 1}, upper=40)
    leaders.prices[0] = ("lmp", "mine")
    assert [d.code for d in refused(leaders)] == ["G706"]


@pytest.mark.parametrize(
    ("terms", "kind", "expected"),
    [
        ({("x", "x"): 1.0, "x": -3.4}, 1, 2.0),
        ({("x", "x"): -1.0, "x": 1.0}, 0, 4.0),
        ({("x", "y"): 1.0}, 0, -4.0),
    ],
)
def test_single_level_beyond_highs(terms: dict, kind: int, expected: float) -> None:
    """MIQP and nonconvex quadratics go to SCIP: min x^2 - 3.4x on whole x is at 2; x - x^2 at 4; x*y on [-1, 4] x
    [-1, 1] gives -4."""
    builder = GameBuilder().player("p").var("p", "x", -1, 4, kind).var("p", "y", -1, 1).minimize("p", terms)
    found = answer(builder.build(), Request())
    assert found.status is Status.OPTIMAL, found.certificate.reasons
    assert found.solver == "scip"
    if ("x", "y") in terms:
        assert found.x[0] * found.x[1] == pytest.approx(expected, abs=1e-5)
    else:
        assert found.x[0] == pytest.approx(expected, abs=1e-5)


def test_semicontinuous() -> None:
    """0 or within [3, 5]: covering 2 costs 3 units, or a dearer unit of another kind."""
    builder = GameBuilder().player("p").var("p", "s", 3, 5, 2).var("p", "other", 0, 9)
    builder.row("p", "need", {"s": 1, "other": 1}, lower=2).minimize("p", {"s": 1, "other": 1.4})
    assert answer(builder.build(), Request()).x == pytest.approx([0, 2])
    builder.minimize("p", {"s": 1, "other": 1.6})
    assert answer(builder.build(), Request()).x == pytest.approx([3, 0])
    endless = GameBuilder().player("p").var("p", "s", 3, INF, 2).minimize("p", {"s": 1})
    assert [d.code for d in refused(endless)] == ["G704"]
