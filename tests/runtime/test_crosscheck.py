"""A second run by other means: agreement is said, contradiction refuses the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from small_games import GameBuilder
from test_traps import producer, toy

from runtime.answer import answer
from runtime.crosscheck import crosscheck
from runtime.methods.kkt import Kkt
from runtime.methods.method import Choice, Found, Refusal, Request
from runtime.methods.setting import Setting
from runtime.result import Status


@pytest.mark.parametrize("builder", [toy(), producer(70)])
def test_two_solvers_agree(builder: GameBuilder) -> None:
    found = answer(builder.build(), Request(crosscheck=True))
    assert found.status is Status.OPTIMAL
    assert found.solver == "scip"
    assert "crosscheck by big_m with highs: " in found.choice


def test_one_player_by_two_solvers() -> None:
    builder = GameBuilder().player("p").var("p", "x", 0, 4, 1).var("p", "y", 0, 4)
    builder.row("p", "r", {"x": 2, "y": 1}, upper=7.5).maximize("p", {"x": 3, "y": 1})
    found = answer(builder.build(), Request(crosscheck=True))
    assert found.status is Status.OPTIMAL
    assert "crosscheck by scip: `p.goal` = 10.5" in found.choice


def test_infeasible_by_both() -> None:
    builder = GameBuilder().player("leader").player("follower", "leader").var("leader", "x", 0, 1)
    builder.var("follower", "y", 0, 2).row("leader", "coupling", {"y": 1}, upper=1)
    builder.minimize("leader", {"x": 1}).maximize("follower", {"y": 1})
    found = answer(builder.build(), Request(crosscheck=True))
    assert found.status is Status.INFEASIBLE
    assert "crosscheck by big_m with highs: infeasible" in found.choice


@dataclass
class Liar:
    """A method that tells the truth by one reformulation and something else by the others."""

    lie: Found
    name: str = "liar"

    def refuses(self, setting: Setting) -> Refusal | None:
        return None

    def run(self, setting: Setting, request: Request) -> Found:
        true = Kkt().run(setting, replace(request, complementarity="sos1", solver="auto"))
        if request.complementarity == "auto":
            return true
        return replace(self.lie, x=None if self.lie.x is None else true.x, complementarity=request.complementarity)


some = np.zeros(1)


@pytest.mark.parametrize(
    ("lie", "clash"),
    [
        # The toy's optimum is 92/15 = 6.1333.
        (Found(Status.OPTIMAL, "highs", some, claimed={0: 92 / 15}, bound={0: 92 / 15}), False),
        (Found(Status.OPTIMAL, "highs", some, claimed={0: 8.0}, bound={0: 8.0}), True),
        (Found(Status.OPTIMAL, "highs", some, claimed={0: 6.0}, bound={0: 6.0}), True),
        (Found(Status.LIMIT, "highs", some, claimed={0: 8.0}, bound={0: 5.0}), False),
        (Found(Status.INFEASIBLE, "highs"), True),
        (Found(Status.LIMIT, "highs"), False),
    ],
)
def test_contradictions(lie: Found, clash: bool) -> None:
    setting, request = Setting.of(toy().build()), Request()
    method = Liar(lie)
    check = crosscheck(setting, method, method.run(setting, request), request)
    assert (check.fault is not None) == clash
    if check.fault is not None:
        assert check.fault.code == "G806"
        assert check.fault.hints


def test_a_contradiction_refuses_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    lie = Found(Status.OPTIMAL, "highs", some, claimed={0: 8.0}, bound={0: 8.0})
    monkeypatch.setattr("runtime.answer.choose", lambda setting, wanted: Choice(Liar(lie), "a lie"))
    found = answer(toy().build(), Request(crosscheck=True))
    assert found.status is Status.NOT_VERIFIED
    assert not found.certificate.verified
    (finding,) = found.diagnostics
    assert [note.split(": ")[1].split(" = ")[1] for note in finding.notes] == ["6.13333333", "8"]
