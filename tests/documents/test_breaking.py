"""Line breaks: nothing is lost, lines fit where they can, and breaks come where readers expect them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from compiler.backends.latex_math import latex
from compiler.documents import math as m
from compiler.documents.breaking import broken, broken_list, pieces
from compiler.documents.formulas import times
from compiler.documents.widths import width

LETTERS = st.sampled_from([m.Ident(c) for c in "abcxyzη"] + [m.Ident("load", "roman"), m.Digits("12")])


def _sums(inner: st.SearchStrategy[m.Math]) -> st.SearchStrategy[m.Math]:
    sign = st.sampled_from(["+", "-", "<=", "=="])
    summed = st.lists(st.tuples(sign, inner), min_size=1, max_size=5).map(
        lambda parts: m.row(*(p for k, (s, term) in enumerate(parts) for p in ((m.Sign(s), term) if k else (term,))))
    )
    product = st.lists(inner, min_size=1, max_size=4).map(times)
    fenced = inner.map(lambda x: m.Fenced("(", x, ")"))
    return st.one_of(summed, product, fenced, st.builds(m.Scripts, inner, inner), st.builds(m.Fraction, inner, inner))


FORMULAS = st.recursive(LETTERS, _sums, max_leaves=25)


def signs(node: m.Math) -> list[m.Math]:
    """The parts in order, without what a break changes: gaps between factors."""
    return [p.node for p in pieces(node) if not isinstance(p.node, m.Times) and p.node != m.Sign("cdot")]


@given(FORMULAS, st.floats(5, 40))
def test_lines_hold_the_whole_formula_in_order(formula: m.Math, room: float) -> None:
    lines = broken(formula, room, room)
    assert [s for line in lines for s in signs(line)] == signs(formula)


@given(FORMULAS, st.floats(5, 40))
def test_a_line_that_does_not_fit_has_no_place_to_break(formula: m.Math, room: float) -> None:
    for line in broken(formula, room, room):
        if width(line) > room + 0.8:  # a dot in place of a gap
            inside = pieces(line)
            assert all(p.penalty is None for p in inside[1:]) or any(p.width > room / 2 for p in inside)


def test_a_sum_breaks_before_its_signs_outside_parentheses() -> None:
    term = times([m.Ident("load", "roman"), m.Fenced("(", m.row(m.Ident("a"), m.Sign("+"), m.Ident("b")), ")")])
    formula = m.row(m.Ident("c"), m.Sign("=="), term, m.Sign("+"), term, m.Sign("-"), term)
    shown = [latex(line) for line in broken(formula, 14.0, 14.0)]
    assert len(shown) == 2
    assert all(line.startswith(("c", "+", "-")) for line in shown)
    assert all(line.count("(") == line.count(")") for line in shown)


def test_a_list_breaks_after_commas() -> None:
    parts = tuple(m.row(m.Ident("t"), m.Sign("in"), m.Ident("T", "script")) for _ in range(5))
    lines = broken_list(parts, 9.0, 9.0)
    assert len(lines) > 1
    assert all(latex(line).endswith(r",\,") for line in lines[:-1])
