"""Parameters as callers hold them, in the plain values that the compiler takes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from grammar.diagnostics import DiagnosticError
from runtime.given_data import plain_data
from runtime.result import Labelled
from runtime.session import solve

CHEAP_DEAR = {"cheap": {"1": 1.0, "2": 2.0}, "dear": {"1": 3.0, "2": 4.0}}


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (5, 5),
        (2.5, 2.5),
        (np.float64(2.5), 2.5),
        (np.int64(3), 3),
        (np.array([1.0, 2.0]), [1.0, 2.0]),
        ((1, 2), [1, 2]),
        ([np.int32(1), [np.float32(0.5)]], [1, [0.5]]),
        ({"cheap": 1, "dear": np.float64(2)}, {"cheap": 1, "dear": 2.0}),
        ({1: 5.0, 2: 6.0}, {"1": 5.0, "2": 6.0}),
        ({("cheap", 1): 1.0, ("cheap", 2): 2.0, ("dear", 1): 3.0, ("dear", 2): 4.0}, CHEAP_DEAR),
        ({"cheap": {1: 1.0, 2: 2.0}, "dear": [3.0, 4.0]}, {"cheap": {"1": 1.0, "2": 2.0}, "dear": [3.0, 4.0]}),
        (pd.Series([5.0, 6.0], index=[1, 2]), {"1": 5.0, "2": 6.0}),
        (pd.Series([5.0, 6.0], index=[1.0, 2.0]), {"1": 5.0, "2": 6.0}),
        (
            pd.Series([1.0, 2.0, 3.0, 4.0], index=pd.MultiIndex.from_product([["cheap", "dear"], [1, 2]])),
            CHEAP_DEAR,
        ),
        (pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], index=["cheap", "dear"], columns=[1, 2]), CHEAP_DEAR),
        (xr.DataArray(7.0), 7.0),
        (xr.DataArray([[1.0, 2.0], [3.0, 4.0]], [("G", ["cheap", "dear"]), ("T", [1, 2])]), CHEAP_DEAR),
        (
            Labelled(("g", "t"), ("G", "T"), (("cheap", 1), ("dear", 2)), np.array([1.0, 4.0])),
            {"cheap": {"1": 1.0}, "dear": {"2": 4.0}},
        ),
        ({}, {}),
        ("500", "500"),
    ],
)
def test_every_shape(value: object, plain: object) -> None:
    found = plain_data({"p": value})["p"]
    assert found == plain
    assert json.loads(json.dumps(found)) == plain


MODEL = """
game plant
set G index g = {cheap, dear}
set T index t = 1..2
param cost[g,t] = 9
player only { var x[g,t] in [0, 1] minimize total = sum(g,t) cost[g,t]*(x[g,t] - 1) }
"""


@pytest.mark.parametrize(
    "value",
    [
        {("cheap", 1): 1.0, ("cheap", 2): 2.0, ("dear", 1): 3.0, ("dear", 2): 4.0},
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], index=["cheap", "dear"], columns=[1, 2]),
        xr.DataArray([[4.0, 3.0], [2.0, 1.0]], [("G", ["dear", "cheap"]), ("T", [2, 1])]),
    ],
)
def test_they_all_reach_the_model(value: object, tmp_path: Path) -> None:
    (tmp_path / "m.game").write_text(MODEL, "utf-8")
    assert solve(tmp_path / "m.game", data={"cost": value}).objectives["only.total"] == pytest.approx(-10)


@pytest.mark.parametrize("value", [None, True, object(), "much", {"cheap": {"1": None}}, xr.DataArray(float("nan"))])
def test_what_fits_nothing_is_refused(value: object, tmp_path: Path) -> None:
    (tmp_path / "m.game").write_text(MODEL, "utf-8")
    with pytest.raises(DiagnosticError) as error:
        solve(tmp_path / "m.game", data={"cost": value})
    assert {d.code for d in error.value.diagnostics} <= {"G507", "G501"}
