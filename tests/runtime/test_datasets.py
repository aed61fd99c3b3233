"""A result as xarray and pandas show it: dimensions, coordinates, attributes, tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from from_text import solved

from runtime.result import Labelled, Result, Status

MODEL = """
unit EUR "euro"
set N "places" index i, j = {a, b, c}
set L in N*N "lines" = {(a, b), (b, c)}
set T "hours" index t = 1..4
player shipper[i in N] {
  var flow[j in N, t] in [0, 1]
  minimize idle = -(sum(j,t) flow[j,t])
}
player plant {
  var line[(i,j) in L] : kW in [1, 2]   "power on a line"
  var half[t] : kW in [0, 3]            "what it makes"
  var pair[i,j where i != j] in [1, 2]
  var late[t where t > 1] in [0, 2]
  var one in [0, 5]
  minimize cost : EUR = (sum((i,j) in L) line[i,j]) - (sum(t) half[t]) + (sum(i,j where i != j) pair[i,j])
    - (sum(t where t > 1) late[t]) - one
}
report last[t where t > 2] : kW = half[t]
report much : EUR = plant.cost
"""


@pytest.fixture(scope="module")
def result() -> Result:
    return solved(MODEL.replace("kW", "1").replace(": EUR", ""))


def test_a_dimension_for_each_set(result: Result) -> None:
    values = result.values
    assert values.half.dims == ("T",)
    assert values["T"].to_numpy().tolist() == [1, 2, 3, 4]
    assert values["T"].attrs == {"long_name": "hours"}
    assert values.half.to_numpy().tolist() == [3, 3, 3, 3]
    assert values.half.attrs == {"long_name": "what it makes"}
    assert values.one.shape == ()
    assert float(values.one) == 5
    assert values.attrs == {"game": "test", "case": "", "status": "equilibrium"}


def test_a_set_that_stands_twice_gives_its_letters(result: Result) -> None:
    flow = result.values.flow
    assert flow.dims == ("i", "j", "T")
    assert flow.sel(i="a", j="c", T=4).item() == 1


def test_what_the_model_does_not_declare_is_nan(result: Result) -> None:
    pair = result.values.pair
    assert pair.dims == ("i", "j")
    assert np.isnan(pair.to_numpy()).tolist() == np.eye(3, dtype=bool).tolist()
    assert np.isnan(result.values.late.sel(T=1))
    assert result.values.late.sel(T=[2, 3, 4]).to_numpy().tolist() == [2, 2, 2]
    assert result.reports.last.dims == ("T",)
    assert np.isnan(result.reports.last.to_numpy()).tolist() == [True, True, False, False]


def test_few_of_many_combinations_are_a_list(result: Result) -> None:
    line = result.values.line
    assert line.dims == ("i_j",)
    pairs = zip(line.i_of_i_j.to_numpy(), line.j_of_i_j.to_numpy(), line.to_numpy(), strict=True)
    assert [tuple(p) for p in pairs] == [("a", "b", 1), ("b", "c", 1)]
    assert line.i_of_i_j.attrs == {"long_name": "places"}


def test_tables(result: Result) -> None:
    line = result.to_dataframe("line")
    assert line.index.names == ["i", "j"]
    assert line["line"].to_dict() == {("a", "b"): 1, ("b", "c"): 1}
    assert result.to_dataframe("half")["half"].to_dict() == {1: 3, 2: 3, 3: 3, 4: 3}
    assert result.to_dataframe("plant.cost").to_numpy().tolist() == [[2 - 12 + 6 - 6 - 5]]
    everything = result.to_dataframe()
    assert everything.columns.tolist() == ["kind", "name", "index", "value", "unit"]
    # Four objectives; 36 flows, 2 lines, 4 halves, 6 pairs, 3 lates and one; two of `last` and one `much`.
    assert len(everything) == 4 + 36 + 2 + 4 + 6 + 3 + 1 + 2 + 1
    row = everything[(everything.name == "pair") & (everything["index"] == "i=b, j=a")]
    assert row.value.tolist() == [1]
    with pytest.raises(KeyError, match="nothing"):
        result.to_dataframe("nothing")


def made(**values: float | Labelled) -> Result:
    return Result("park", Status.OPTIMAL, value_of=values)


def over(*elements: object, name: str = "T", letter: str = "t") -> Labelled:
    keys = tuple((e,) for e in elements)
    return Labelled((letter,), (name,), keys, np.arange(1.0, len(keys) + 1), axes=(elements,))


def test_sets_of_one_name_with_other_elements_stay_apart() -> None:
    values = made(x=over(1, 2), y=over(1, 2), z=over(7, letter="s"), w=over(8, letter="s")).values
    assert [values[name].dims for name in "xyzw"] == [("T",), ("T",), ("s",), ("s_2",)]
    assert values.w["s_2"].to_numpy().tolist() == [8]


def test_a_set_called_as_a_variable() -> None:
    values = made(T=over(1, 2), x=over(1, 2)).values
    assert values["T"].dims == values["x"].dims == ("t",)
    assert values["T"].to_numpy().tolist() == [1, 2]


def test_elements_that_are_names_numbers_or_both() -> None:
    values = made(
        names=over("mg1", "mg2", name="N", letter="n"),
        numbers=over(0.5, 1, name="P", letter="p"),
        both=over("GT", 1, name="B", letter="b"),
    ).values
    assert values["N"].to_numpy().tolist() == ["mg1", "mg2"]
    assert values["P"].to_numpy().tolist() == [0.5, 1.0]
    assert values["B"].to_numpy().tolist() == ["GT", "1"]


def test_nothing_and_no_number() -> None:
    result = made(empty=Labelled(("t",), ("T",), (), np.zeros(0)), none=math.nan)
    assert result.values.empty.shape == (0,)
    assert np.isnan(result.values.none)
    assert len(result.to_dataframe("empty")) == 0
    assert dict(Result("park", Status.INFEASIBLE).values.variables) == {}


def test_units_are_attributes() -> None:
    result = Result(
        "park",
        Status.OPTIMAL,
        value_of={"x": 1.0, "y": 2.0},
        price_of={"lmp": over(1, 2)},
        docs={"lmp": "price of energy"},
        units={"x": "kW", "y": "1", "lmp": "EUR/kWh"},
    )
    assert result.values.x.attrs == {"units": "kW"}
    assert result.values.y.attrs == {}
    assert result.prices.lmp.attrs == {"long_name": "price of energy", "units": "EUR/kWh"}
