"""What an iterative method saw comes through to the result, whatever the answer was worth."""

from __future__ import annotations

import numpy as np
import pytest
from from_text import solved

from runtime import answer
from runtime.history import Step
from runtime.methods.method import Choice, Found, Request
from runtime.methods.setting import Setting
from runtime.result import Status

MODEL = "player only { var x in [0, 4] minimize cost = 3 - x }"

STEPS = (Step(0, {"only.cost": 3.0}, 1.0, 0.0, "the start"), Step(1, {"only.cost": -1.0}, 0.0, 0.25))


class Iterative:
    name = "iterative"

    def __init__(self, status: Status, x: float | None) -> None:
        self.status, self.x = status, x

    def refuses(self, setting: Setting) -> None:
        return None

    def run(self, setting: Setting, request: Request) -> Found:
        x = None if self.x is None else np.array([self.x])
        return Found(self.status, "highs", x, claimed={} if x is None else {0: 3 - x[0]}, history=STEPS)


@pytest.mark.parametrize(
    ("status", "x", "told"),
    [
        (Status.EQUILIBRIUM, 4.0, Status.EQUILIBRIUM),
        (Status.EQUILIBRIUM, 1.0, Status.NOT_VERIFIED),
        (Status.LIMIT, None, Status.LIMIT),
        (Status.INFEASIBLE, None, Status.INFEASIBLE),
    ],
)
def test_iterations_come_through(
    status: Status, x: float | None, told: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer, "choose", lambda *_: Choice(Iterative(status, x), "asked for"))
    result = solved(MODEL)
    assert result.status is told
    assert result.history == STEPS


def test_without_iterations_there_is_no_history() -> None:
    assert solved(MODEL).history == ()
