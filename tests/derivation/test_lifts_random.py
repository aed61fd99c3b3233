"""Random followers with values that have no derivative: scripts of both forms find what `gamec solve` finds, which
lifts them in arrays, not in formulas."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from compiler.pipeline import compile_file
from runtime.session import solve
from tests.backends import scripts
from tests.derivation.test_lifts import script

GAME = """
set T index t = 1..2
player leader {{ var p in [0, 2]  maximize f = p*(x[1] + x[2]) + {a}*x[1] }}
player follower follows leader {{
  var x[t] in [0, 5]
  minimize g = {body} + p*(x[1] + x[2]) - {b}*x[1] - {c}*x[2]
  constraint c: max(x[1], x[2]) + abs(x[1] - {d}) <= {e}
}}
"""


def text_of(seed: int) -> str:
    draw = Random(seed)

    def number(least: float, most: float) -> float:
        return round(draw.uniform(least, most), 1)

    def line() -> str:
        return f"({number(-2, 2)}*x[1] + {number(-2, 2)}*x[2] + {number(-3, 3)})"

    terms = [
        f"{number(0.1, 2)}*max({line()}, {line()})",
        f"{number(0.1, 2)}*abs({line()})",
        f"{number(0.1, 1)}*(smax(t) ({number(0.5, 2)}*x[t] - t))",
        f"tiers(x[{draw.choice('12')}]; {number(1, 2)}: {number(0.1, 0.5)}, rest: {number(0.6, 2)})",
        f"piecewise({line()}; (-1, 1), (0, 0), (2, {number(1, 5)}))",
        f"sum(t where t >= {draw.choice('12')}) max(0, x[t] - {number(1, 4)}, {number(0, 1)}*x[t])",
    ]
    body = " + ".join(f"({t})" for t in draw.sample(terms, 3))
    return GAME.format(body=body, a=number(-1, 1), b=number(0, 2), c=number(0, 2), d=number(0, 3), e=number(4, 9))


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(s, marks=pytest.mark.slow) for s in range(4, 40))])
def test_scripts_agree_with_gamec(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "m.game"
    path.write_text(text_of(seed), "utf-8")
    expected = solve(path).objectives["leader.f"]
    for form in ("kkt-sos1", "strong-duality"):
        found = scripts.run_here(script(compile_file(path), form), tmp_path)
        # Strong duality holds to SCIP's tolerance of one row.
        assert found["leader.f"] == pytest.approx(expected, rel=1e-5, abs=2e-5), form
