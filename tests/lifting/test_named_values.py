"""A named expression (`let`) that says at which element it is used: its nonlinear parts are those of that element,
however many instances the statement has that uses it.

Expected values are Python's own arithmetic at the values that the decisions are held at."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.result import Status
from runtime.session import solve

VALUES = {1: 0.5, 2: 0.25, 3: 0.75}
J = (1, 2)

LETS: dict[str, Callable[[float], float]] = {
    "prod(j) tanh(x[t])": lambda x: math.tanh(x) ** 2,
    "prod(j) (x[t] + j)": lambda x: (x + 1) * (x + 2),
    "tanh(x[t])^2": lambda x: math.tanh(x) ** 2,
    "tanh(x[t])*tanh(x[t])": lambda x: math.tanh(x) ** 2,
    "(sum(j) exp(x[t]/j))^2": lambda x: sum(math.exp(x / j) for j in J) ** 2,
    "(sum(j) x[t]*j)^2": lambda x: (3 * x) ** 2,
    "sqrt(x[t])*(1 + abs(x[t] - 0.5))": lambda x: math.sqrt(x) * (1 + abs(x - 0.5)),
    "(b[t] + x[t])^2": lambda x: (1 + x) ** 2,
    "b[t]*x[t]*(2 + x[t])": lambda x: x * (2 + x),
    "(b[t]*x[t])^3": lambda x: x**3,
}
USES: dict[str, Callable[[Callable[[int], float], int], float]] = {
    "e[2]": lambda e, t: e(2),
    "e[last(T)]": lambda e, t: e(3),
    "exp(e[first(T)]/10)": lambda e, t: math.exp(e(1) / 10),
    "e[2]^2": lambda e, t: e(2) ** 2,
    "sum(s) e[3]": lambda e, t: 3 * e(3),
    "sum(s where s <= t) e[s]": lambda e, t: sum(e(s) for s in VALUES if s <= t),
    "e[t] + e[2]": lambda e, t: e(t) + e(2),
    "smax(s) e[s]": lambda e, t: max(map(e, VALUES)),
    "(mean(s) e[1])*e[t]": lambda e, t: e(1) * e(t),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("let", LETS)
def test_value_is_that_of_the_element(let: str, use: str, tmp_path: Path) -> None:
    path = tmp_path / "named.game"
    path.write_text(text_of(let, use), "utf-8")
    answer = solve(path)
    assert answer.status is Status.OPTIMAL
    expected = [USES[use](lambda s: LETS[let](VALUES[s]), t) for t in VALUES]
    assert answer.value_of["z"].values == pytest.approx(expected, rel=1e-5)


def text_of(let: str, use: str) -> str:
    return f"""game named
    set T index t, s = 1..3
    set J index j = 1..2
    param held[t] = {{{", ".join(f"{t}: {v}" for t, v in VALUES.items())}}}
    player A {{
      var x[t] in [held[t], held[t]]
      var b[t] binary
      var z[t] in [-1000, 1000]
      let e[t] = {let}
      constraint on[t]: b[t] == 1
      constraint value[t]: z[t] == {use}
      minimize total = sum(t) z[t]
    }}
    """
