"""What products with binaries become: which rows, which columns, what stays a product, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from products_made import LEADER, classes, ground, lifted_columns, lifted_rows, products

from grammar.diagnostics import DiagnosticError


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        # Below zero a product needs both rows, from zero on its bound does for one of them.
        ("minimize v = b*(x - 1)", 2),
        ("maximize v = b*(x - 1)", 2),
        ("minimize v = b*y - x", 1),
        ("maximize v = b*y - x", 2),
        ("minimize v = x constraint c: b*y == 1", 3),
        ("minimize v = 0*b*x + y", 0),
        ("minimize v = b*b - b^2 + (1 - b)^2 + x", 0),
        ("minimize v = max(b*y, x)", 2 + 1),
    ],
)
def test_only_the_rows_that_are_needed(body: str, rows: int) -> None:
    g = ground(f"player p {{ var x in [-2, 3] var y in [0, 5] var b binary {body} }}")
    assert (products(g), lifted_rows(g)) == (0, rows)


def test_ends_come_from_the_model() -> None:
    """x <= 4 by a row, so its product with b is at most 4."""
    g = ground("player p { var x >= 1 var b binary maximize v = b*x - x constraint c: 2*x + b <= 8 }")
    upper = g.upper[np.isfinite(g.upper) & (np.arange(g.columns) > 1)]
    assert upper == pytest.approx([4], abs=1e-6)


def test_each_instance_has_its_own_ends() -> None:
    text = """set T index t = 1..3
set K index k = {u, v}
param cap[t] = {1: 2, 2: 5, 3: 7}
player p {
  var on[t,k] binary
  var x[t,k] in [0, cap[t]]
  maximize v = sum(t where t > 1) on[t,u]*sum(k) x[t,k] - sum(t,k) 1.5*x[t,k]
}"""
    g = ground(text)
    block = next(b for b in g.column_blocks if b.lifted)
    assert [block.key(c) for c in range(block.start, block.stop)] == [("2",), ("3",)]
    assert list(g.upper[block.start : block.stop]) == [10, 14]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("minimize v = (x - 3*b)^2", "MIQP"),
        ("minimize v = (x - 3*b)*(x - 3*b)", "MIQP"),
        ("minimize v = (x - 3*b)^2 + 2*b*y", "MIQP"),
        ("minimize v = n*y + b", "nonconvex MIQP"),
    ],
)
def test_squares_and_larger_integers_stay(body: str, name: str) -> None:
    """x needs no bounds where what is written is convex."""
    g = ground(f"player p {{ var x var y in [0, 2] var b binary var n integer in [0, 2] {body} }}")
    assert products(g) > 0
    assert classes(g) == [name]


def test_a_fixed_binary_is_data() -> None:
    """Then the other factor needs no bounds, and the problem is linear."""
    text = """player p { var x >= 0 var b binary minimize v = x - b constraint c: b*x + x >= 4 }
case on { fix p.b = 1 }"""
    with pytest.raises(DiagnosticError) as error:
        ground(text)
    assert [d.code for d in error.value.diagnostics] == ["G710"]
    g = ground(text, "on")
    assert lifted_columns(g) == 0
    assert classes(g) == ["LP"]


@pytest.mark.parametrize(
    ("leader", "follower", "columns", "kinds"),
    [
        # To the follower what its leader decides is data, whatever stands between.
        ("q - b", "b*x - q*x + 0*on", 0, ["MILP", "MILP"]),
        ("q - b", "b*q*x - x", 1, ["MILP", "MILP"]),
        ("q - b", "on*x - x", 1, ["MILP", "MILP"]),
        ("q - b", "q*on*x - x", 1, ["MILP", "MILP"]),
        ("q - b", "on*q - x", 0, ["MILP", "MILP"]),
        ("b*q - x", "x", 1, ["MILP", "MILP"]),
        ("b*x - q", "x", 0, ["MILP", "MILP"]),
        ("b*(x + q)", "x", 1, ["MILP", "MILP"]),
    ],
)
def test_only_products_of_the_player_itself(leader: str, follower: str, columns: int, kinds: list[str]) -> None:
    g = ground(LEADER.format(leader=leader, follower=follower))
    assert lifted_columns(g) == columns
    assert classes(g) == kinds


def test_a_convex_follower_stays_convex() -> None:
    text = LEADER.format(leader="q - b", follower="(b + 1)*x - q*x").replace("var on binary", "")
    assert classes(ground(text)) == ["MILP", "LP"]


def test_an_indexed_player_multiplies_what_is_its_own() -> None:
    """Of a sum over all players only the own term is lifted."""
    text = """set I index i, j = 1..3
player p[i] {
  var on binary
  var x in [0, 4]
  maximize v = p[i].on*(sum(j) p[j].x) - x
}"""
    g = ground(text)
    assert lifted_columns(g) == 3
    block = next(b for b in g.column_blocks if b.lifted)
    assert list(g.owner[block.start : block.stop]) == [0, 1, 2]
    assert list(g.upper[block.start : block.stop]) == [4, 4, 4]
    assert g.objective_quad.entries == 6
    assert (g.owner[g.objective_quad.i] != g.owner[g.objective_quad.j]).all()


@pytest.mark.parametrize(
    "body",
    [
        "var x >= 0 minimize v = b*x - x",
        "var x maximize v = (1 - b)*x",
        "var x >= 0 minimize v = x constraint c: b*x == 1",
        "var x >= 0 var y in [0, 1] minimize v = b*(y + max(x, y))",
        "var x[t] in [0, 9 - t] var y[t] >= 0 maximize v = sum(t) b*(x[t] - y[t])",
    ],
)
def test_without_bounds_a_product_is_refused(body: str) -> None:
    with pytest.raises(DiagnosticError) as error:
        ground(f"set T index t = 1..2 player p {{ var b binary {body} }}")
    found = error.value.diagnostics
    assert [d.code for d in found] == ["G710"]
    assert all("b" in (d.span.text if d.span else "") and d.hints for d in found)
