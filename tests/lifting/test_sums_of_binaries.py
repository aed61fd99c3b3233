"""A sum of binaries is no binary: its powers and products are those of a number that may exceed one.

Expected values are Python's own arithmetic at the values that the decisions are held at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.result import Status
from runtime.session import solve

J = (1, 2, 3)
HELD = (
    ((1, 1, 1), (0, 3, 2)),
    ((1, 0, 1), (2, 1, 0)),
    ((0, 1, 0), (1, 1, 1)),
    ((0, 0, 0), (3, 0, 1)),
)
"""Values of x, which are binaries, and of z, which are whole, for each place p."""

Held = tuple[int, ...]

FORMS: dict[str, Callable[[Held, Held], float]] = {
    "(sum(j) x[p, j])^2": lambda x, z: sum(x) ** 2,
    "(sum(j where j > 1) x[p, j])^2": lambda x, z: (x[1] + x[2]) ** 2,
    "(sum(j where j == 2) x[p, j])^2": lambda x, z: x[1] ** 2,
    "(sum(j where j > 3) x[p, j])^2": lambda x, z: 0,
    "(sum(j) x[p, j])*(sum(j) x[p, j])": lambda x, z: sum(x) ** 2,
    "s[p]*s[p]": lambda x, z: sum(x) ** 2,
    "s[p]*(s[p] + 1)": lambda x, z: sum(x) * (sum(x) + 1),
    "s[p]^3": lambda x, z: sum(x) ** 3,
    "s[p]^0.5": lambda x, z: sum(x) ** 0.5,
    "sqrt(s[p])": lambda x, z: sum(x) ** 0.5,
    "(1 - s[p])^2": lambda x, z: (1 - sum(x)) ** 2,
    "x[p, 1]*s[p]": lambda x, z: x[0] * sum(x),
    "x[p, 1]*s[p]*s[p]": lambda x, z: x[0] * sum(x) ** 2,
    "s[p]^2*v[p]": lambda x, z: sum(x) ** 2 * sum(z),
    "s[p]*(v[p] + s[p])": lambda x, z: sum(x) * (sum(z) + sum(x)),
    "(s[p] + v[p])*(s[p] - v[p])": lambda x, z: sum(x) ** 2 - sum(z) ** 2,
    "v[p]*v[p]": lambda x, z: sum(z) ** 2,
    "(v[p] + s[p])*(v[p] + s[p])": lambda x, z: (sum(z) + sum(x)) ** 2,
    "sum(j) x[p, j]*s[p]": lambda x, z: sum(x) ** 2,
    "sum(j, i in J) x[p, j]*z[p, i]": lambda x, z: sum(x) * sum(z),
    "sum(j) x[p, j]*(sum(i in J where i >= j) z[p, i])": lambda x, z: sum(x[j] * sum(z[j:]) for j in range(3)),
    "sum(j) (sum(i in J where i >= j) x[p, i])^2": lambda x, z: sum(sum(x[j:]) ** 2 for j in range(3)),
    "sum(j) w[p, j]^2": lambda x, z: (x[0] + x[1]) ** 2 + (x[1] + x[2]) ** 2 + x[2] ** 2,
    "prod(j) (1 - x[p, j])*s[p]": lambda x, z: (1 - x[0]) * (1 - x[1]) * (1 - x[2]) * sum(x),
    "prod(j) (x[p, j] + x[p, 1])": lambda x, z: (2 * x[0]) * (x[1] + x[0]) * (x[2] + x[0]),
    "(x[p, 1] + x[p, 2])^2": lambda x, z: (x[0] + x[1]) ** 2,
    "(sum(j) x[p, j]*z[p, j])^2": lambda x, z: sum(a * b for a, b in zip(x, z, strict=True)) ** 2,
    "s[p]*(sum(j) x[p, j]*z[p, j])": lambda x, z: sum(x) * sum(a * b for a, b in zip(x, z, strict=True)),
}


def text_of(form: str) -> str:
    held = [
        f"  constraint held{p}_{j}: x[{p}, {j}] == {x[j - 1]}\n  constraint whole{p}_{j}: z[{p}, {j}] == {z[j - 1]}"
        for p, (x, z) in enumerate(HELD, 1)
        for j in J
    ]
    return f"""game sums
set P index p = 1..{len(HELD)}
set J index j = 1..3
player A {{
  var x[p, j] binary
  var z[p, j] integer in [0, 3]
  var y[p] in [-300, 300]
  let s[p] = sum(j) x[p, j]
  let v[p] = sum(j) z[p, j]
  let w[p, j] = x[p, j] + sum(i in J where i == j + 1) x[p, i]
  constraint value[p]: y[p] >= {form}
{chr(10).join(held)}
  minimize total = sum(p) y[p]
}}
"""


@pytest.mark.parametrize("form", FORMS)
def test_value_is_that_of_the_arithmetic(form: str, tmp_path: Path) -> None:
    path = tmp_path / "sums.game"
    path.write_text(text_of(form), "utf-8")
    answer = solve(path)
    assert answer.status is Status.OPTIMAL
    found = answer.value_of["y"].values
    assert found == pytest.approx([FORMS[form](x, z) for x, z in HELD], abs=1e-5)
