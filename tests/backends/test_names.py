"""Names of models in; names that Python and Pyomo take out."""

from __future__ import annotations

import keyword

import pyomo.environ as pe
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.backends.names import MODEL_RESERVED, SCRIPT_RESERVED, Names, identifier


def test_all_that_a_pyomo_model_has_is_reserved() -> None:
    assert {n for n in dir(pe.ConcreteModel()) if not n.startswith("_")} <= MODEL_RESERVED


def test_all_that_python_has_is_reserved() -> None:
    assert {"sum", "print", "max"} <= SCRIPT_RESERVED


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("load", "load_"),
        ("lambda", "lambda_"),
        ("η_dis", "η_dis"),
        ("x₁", "x1"),
        ("_x", "v_x"),
        ("ess.soc", "ess_soc"),
        ("ϕ", "φ"),
    ],
)
def test_known_names(name: str, expected: str) -> None:
    assert Names(MODEL_RESERVED).claim(name) == expected


def test_clashes_take_the_owner_then_a_number() -> None:
    names = Names(MODEL_RESERVED)
    claimed = [names.claim(name, owner) for name, owner in [("x", "p")] * 3 + [("load", ""), ("load_", "")]]
    assert claimed == ["x", "p_x", "x_2", "load_", "load__2"]


@given(st.lists(st.text(min_size=1, max_size=6)))
def test_any_names_become_identifiers_and_stay_apart(written: list[str]) -> None:
    names = Names(SCRIPT_RESERVED)
    found = [names.claim(n) for n in written]
    assert len(set(found)) == len(found)
    for name in found:
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert name not in SCRIPT_RESERVED
        assert identifier(name) == name
