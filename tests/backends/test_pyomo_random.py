"""Random indexed models in; the script's optimum is gamec's. Each holds a mixture of what indices can do."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from runtime import session
from runtime.result import Status
from tests.backends import scripts


def model(seed: int) -> str:
    """A feasible, bounded model: every variable lies in a box, and its lower corner satisfies every row."""
    pick = random.Random(seed)
    names = pick.random() < 0.5
    size, hours = pick.randint(2, 4), pick.randint(3, 6)
    first = pick.choice([1, 0, 2020])
    elements = ", ".join(f"k{n}" if names else str(3 * n + 1) for n in range(size))
    pairs = ", ".join(
        f"({f'k{n}' if names else 3 * n + 1}, {first + t})"
        for n in range(size)
        for t in range(hours)
        if (n + t) % 3 or n == t == 0
    )

    def number(low: float = -5.0, high: float = 5.0) -> str:
        return f"{pick.uniform(low, high):.3f}"

    def table(name: str, low: float, high: float) -> str:
        keys = [(f"k{n}" if names else 3 * n + 1, first + t) for n in range(size) for t in range(hours)]
        return f"param {name}[k,t] = {{{', '.join(f'({a}, {b}): {number(low, high)}' for a, b in keys)}}}"

    edge = pick.choice([f"starts {number(0, 2)}", "cyclic", f"starts {number(0, 2)} ends <= {number(1, 3)}"])
    kind = pick.choice(["", "", "integer"])
    step = "s[t-1]" if pick.random() < 0.5 else "s[prev(t)]"
    back = pick.choice(["next(t)", "t+1"])
    condition = pick.choice(["a[k,t] > 0", "t > first(T)", "(k,t) in Link", "ord(k) != 2", "t in Some or ord(t) == 1"])
    square = " - 0.1*(sum(k,t) x[k,t]^2)" if not kind and pick.random() < 0.4 else ""
    product = "sum(k) (prod(t where t in Some) 1.1)*x[k,first(T)]" if pick.random() < 0.5 else "0"
    return f"""
        set K index k, j = {{{elements}}}
        set T index t = {first}..{first + hours - 1}
        set Some in T = {{t in T where ord(t) != 2}}
        set Link in K * T = {{{pairs}}}
        {table("a", -5, 5)}
        {table("b", 0, 3)}
        param limit[t] = 4 + 0.5*ord(t)
        param weight[k] default 1.5 = {{{elements.split(",")[0]}: {number(0, 2)}}}
        let load[t] = sum(k) b[k,t]*x[k,t]
        player p {{
          var x[k,t] {kind} in [0, b[k,t] + 1]
          var s[t] in [0, 9] {edge}
          var y[(k,t) in Link] in [0, max(1, b[k,t])]
          var z <= 20 + (sum(t) s[t]) >= 0
          maximize f = (sum(k,t) a[k,t]*x[k,t]) + (sum((k,t) in Link) weight[k]*y[k,t]) + 0.3*z
                       - (sum(t) (if t in Some then 0.7 else 0.2)*s[t]){square} + {product}
          constraint row[t]: load[t] <= limit[t] + 0.2*s[t]
          constraint chosen[k,t where {condition}]: x[k,t] <= 1.5
          constraint chain[t]: s[t] <= {step} + 1 + 0.1*load[t]
          constraint ahead[t where t < last(T)]: s[{back}] <= s[t] + 2
          constraint linked[(k,t) in Link where t >= first(T) + 1]: y[k,t] - x[k,t] <= 0.5
          constraint mixed[k]: 0 <= (mean(t) x[k,t]) + (sum(j where j != k) x[j,last(T)]) <= 3
          constraint apart[k,j where ord(k) < ord(j)]: x[k,first(T)] + x[j,first(T)] <= 2
          constraint top: z <= 6*(smax(t) limit[t])
        }}
    """


@pytest.mark.parametrize("seed", range(30))
def test_random_model_has_one_optimum(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "m.game"
    path.write_text(model(seed), "utf-8")
    result = session.solve(path)
    assert result.status is Status.OPTIMAL
    found = scripts.run_here(scripts.script_of(path), tmp_path)
    assert found["p.f"] == pytest.approx(result.objectives["p.f"], rel=1e-6, abs=1e-6)


def curved_model(seed: int) -> str:
    """Bounded, with x = y = 0 feasible: lifted values of random signs in the objective, switches in the constraints."""
    pick = random.Random(1000 + seed)

    def number(low: float = -3.0, high: float = 3.0) -> str:
        return f"{pick.uniform(low, high):.2f}"

    def affine() -> str:
        return f"({number()}*x[t] + {number()}*y + {number()})"

    def value() -> str:
        points = ", ".join(f"({x}, {number()})" for x in sorted(pick.sample(range(-6, 9), pick.choice([2, 3, 4]))))
        return pick.choice(
            [
                f"abs{affine()}",
                f"max({affine()}, {affine()}, {number()})",
                f"min({affine()}, abs{affine()})",
                f"piecewise({affine()}; {points})",
                f"tiers(x[t]; 1: {number()}, {number(1.1, 3)}: {number()}, rest: {number()})",
                "low[t]",
                f"(if t in Some then max({affine()}, 1) else {affine()})",
            ]
        )

    terms = " + ".join(f"{number()}*{value()}" for _ in range(pick.randint(1, 3)))
    relation = pick.choice(["<=", ">="])
    swing = f"{number()}*(sum(t where t > 1) abs(x[t] - x[t-1] - 0.3))"
    return f"""
        set T index t = 1..{pick.randint(2, 3)}
        set Some in T = {{1}}
        player p {{
          var x[t] in [0, {number(2, 5)}]
          var y {pick.choice(["", "integer", "semicontinuous"])} in [{pick.choice([0, 1])}, {number(2, 4)}]
          var on[t] binary
          let low[t] = min(x[t], {number(0, 3)})
          {pick.choice(["minimize", "maximize"])} f = (sum(t) ({terms})) + {swing} + {number()}*(sum(t) on[t])
          constraint a[t]: {pick.choice(["", "not "])}on[t] => {number(0, 2)}*x[t] - y <= {number(0, 2)}
          constraint b[t]: on[t] => {number(-5, 0)} <= x[t] - 0.4*{value()} <= {number(1, 4)}
          constraint c[t where t > 1]: max(x[t], y) + abs(x[t-1] - {number(0, 2)}) {relation} {number(1, 4)}
        }}
    """


@pytest.mark.parametrize("seed", range(25))
def test_random_curves_and_switches_have_one_optimum(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "m.game"
    path.write_text(curved_model(seed), "utf-8")
    result = session.solve(path)
    script = scripts.script_of(path)
    if result.status is Status.INFEASIBLE:
        with pytest.raises(SystemExit, match="infeasible"):
            scripts.run_here(script, tmp_path)
        return
    assert result.status is Status.OPTIMAL
    found = scripts.run_here(script, tmp_path)
    assert found["p.f"] == pytest.approx(result.objectives["p.f"], rel=1e-5, abs=1e-5)
