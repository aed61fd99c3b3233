"""What the random comparison with the reference has found: products in common constraints, and lifted values of named
expressions where a condition decides which instances count."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.pipeline import compile_source
from grammar.source import Source
from runtime.session import solve

BOTH = """game g
player p { var x in [0, 3] minimize v = (x - 2)^2 }
player q { var y in [0, 3] minimize v = (y - 2)^2 }
"""


def test_a_product_in_a_shared_constraint_binds_both(tmp_path: Path) -> None:
    """Nothing linear stands in it. With one multiplier, y*m = 2*(2 - x) and x*m = 2*(2 - y), so x = y or x + y = 2;
    both meet x*y = 1 at x = y = 1 only, a double root."""
    path = tmp_path / "m.game"
    path.write_text(BOTH + "shared c: x*y <= 1 price m\n", "utf-8")
    result = solve(path)
    assert result.value_of["x"] == pytest.approx(1, abs=0.05)
    assert result.value_of["x"] * result.value_of["y"] <= 1 + 1e-5  # type: ignore[operator]


def test_every_copy_of_a_shared_constraint_has_its_products() -> None:
    text = BOTH + "set T index t = 1..2\nshared c[t]: t*x*y + x^2 + 3*x >= y*t\n"
    ground = compile_source(Source("m.game", text), {}.__getitem__).ground
    found = [
        (int(ground.row_owner[r]), int(i), int(j), float(v))
        for r, i, j, v in zip(
            ground.row_quad.row, ground.row_quad.i, ground.row_quad.j, ground.row_quad.value, strict=True
        )
    ]
    assert sorted(found) == sorted((p, *entry) for p in (0, 1) for t in (1, 2) for entry in ((0, 0, 1.0), (0, 1, t)))
    assert ground.row_quad.row.tolist() == sorted(ground.row_quad.row.tolist())


@pytest.mark.parametrize("index", [False, True], ids=["plain", "indexed"])
@pytest.mark.parametrize("where", [False, True], ids=["if", "where"])
@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("abs(x - 5)", 3.0),
        ("max(x, 1)", 2.0),
        ("x^3", 8.0),
        ("tiers(x; 1: 2, rest: 3)", 5.0),
        ("piecewise(x; (0, 0), (1, 3), (3, 2))", 2.5),
    ],
)
def test_a_lifted_let_where_a_condition_picks_the_instances(
    tmp_path: Path, expression: str, value: float, where: bool, index: bool
) -> None:
    """Two of three instances count; the expression is the same at each."""
    use = "e[t]" if index else "e"
    total = f"sum(t where t >= 2) {use}" if where else f"sum(t) (if t >= 2 then {use} else 0)"
    path = tmp_path / "m.game"
    path.write_text(
        f"game g\nset T index t, s = 1..3\nlet e{'[s]' if index else ''} = {expression}\n"
        f"player p {{ var x in [2, 2] minimize v = {total} }}\n",
        "utf-8",
    )
    assert solve(path).objectives["p.v"] == pytest.approx(2 * value, abs=1e-5)
