"""A seller whose gain is known by hand, and what tests ask of sweeps over it."""

from __future__ import annotations

from typing import Any

import pytest

from grammar.diagnostics import Diagnostic, DiagnosticError
from runtime.sweeps.outcome import Outcome
from runtime.sweeps.sweep import Sweep, sweep

MODEL = """game shop "a seller"
unit EUR "euro"
set G index g from "shares.csv"
param share[g] from "shares.csv"
param top in [0, 100] = 5        "what there is"
param price : EUR = 1            "what one brings"
player p { var x in [0, top]  maximize gain : EUR = price*x  constraint least: x >= 1 }
case low "less" { param price = 2 }
case high { param price = 10 }
report found : EUR = p.gain      "what is gained"
report parts[g] : EUR = share[g]*p.gain  "what each gets"
"""


def refused(**call: Any) -> Diagnostic:
    with pytest.raises(DiagnosticError) as error:
        sweep("shop.game", **{"workers": 1, "figures": (), **call})
    [found] = error.value.diagnostics
    return found


class Heard:
    """Remembers which points were solved."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def __call__(self, outcome: Outcome, done: int, total: int) -> None:
        self.numbers.append(outcome.number)


def same(a: Sweep, b: Sweep) -> bool:
    """To the last bit, times apart."""
    left, right = a.to_dataframe().drop(columns="seconds"), b.to_dataframe().drop(columns="seconds")
    return bool(left.equals(right))
