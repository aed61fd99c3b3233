"""Bounds, limits of rows and kinds of every sort, read back one by one by HiGHS and SCIP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import highspy
import numpy as np
import pytest
from pyscipopt import Model

from compiler.flat_exports.lp_text import lp_text
from compiler.flat_exports.mps_text import mps_text
from compiler.flat_exports.named_problem import NamedProblem, file_name, file_names
from compiler.ground.sparse import Csr, Quad
from runtime.problem_files.nl_files import nl_files

INF = np.inf
LOWER = [-INF, -INF, -5.0, 0.0, 0.0, 3.0, -2.0, 0.1]
UPPER = [INF, -1.5, 7.0, INF, 1.0, 3.0, INF, 1 / 3]
WHOLE = [True, False, True, True, True, False, True, False]
ROWS = {
    # name: lower, upper, {column: coefficient}
    "both": (-3.0, 4.0, {0: 1.0, 3: -2.5}),
    "above": (-INF, 5.0, {1: 1e-8, 2: 1.0}),
    "equal": (2.0, 2.0, {2: 1e9, 4: 1.0}),
    "below": (-1.0, INF, {7: 0.1, 5: -1 / 3}),
    "nothing": (-INF, INF, {0: 1.0, 6: 2.0}),
    "empty": (-1.0, 1.0, {}),
}
WRITERS: dict[str, Callable[[NamedProblem], dict[str, str]]] = {
    "lp": lambda p: {".lp": lp_text(p)},
    "mps": lambda p: {".mps": mps_text(p)},
    "nl": nl_files,
}


def problem(maximize: bool, quad: Quad | None = None) -> NamedProblem:
    entries = [(r, c, v) for r, (_, _, row) in enumerate(ROWS.values()) for c, v in sorted(row.items())]
    row, column, value = (np.array(a) for a in zip(*entries, strict=True))
    return NamedProblem(
        *("t", np.array([1.0, 0, -2, 0, 0, 0, 0, 1 / 7]), -4.25, np.array(LOWER), np.array(UPPER), np.array(WHOLE)),
        Csr.from_coo(row, column, value.astype(float), len(ROWS), len(LOWER)),
        np.array([low for low, _, _ in ROWS.values()]),
        np.array([high for _, high, _ in ROWS.values()]),
        [f"c{k}" for k in range(len(LOWER))],
        list(ROWS),
        maximize=maximize,
        cost_quad=quad or Quad.empty(),
    )


def written(kind: str, what: NamedProblem, folder: Path) -> str:
    for ending, text in WRITERS[kind](what).items():
        (folder / f"t{ending}").write_text(text, encoding="utf-8")
    return str(folder / f"t.{kind}")


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("kind", ["lp", "mps"])
def test_highs_sees_what_was_written(kind: str, maximize: bool, tmp_path: Path) -> None:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("small_matrix_value", 1e-12)
    # HiGHS warns of the row without limits, which it leaves out of MPS files, and of zeros.
    assert highs.readModel(written(kind, problem(maximize), tmp_path)) != highspy.HighsStatus.kError
    lp = highs.getLp()
    order = [list(lp.col_names_).index(f"c{k}") for k in range(8)]
    assert [lp.col_lower_[k] for k in order] == LOWER
    assert [lp.col_upper_[k] for k in order] == UPPER
    assert [lp.integrality_[k] == highspy.HighsVarType.kInteger for k in order] == WHOLE
    assert [lp.col_cost_[k] for k in order] == [1.0, 0, -2, 0, 0, 0, 0, 1 / 7]
    assert lp.offset_ == -4.25
    assert (lp.sense_ == highspy.ObjSense.kMaximize) is maximize
    limits: dict[str, list[float]] = {}
    for name, low, high in zip(lp.row_names_, lp.row_lower_, lp.row_upper_, strict=True):
        old = limits.get(name.removesuffix("_high"), [-INF, INF])
        limits[name.removesuffix("_high")] = [max(old[0], low), min(old[1], high)]
    assert limits == {n: [low, high] for n, (low, high, _) in ROWS.items() if n in limits}
    assert set(limits) >= set(ROWS) - {"nothing"}


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("kind", WRITERS)
def test_scip_sees_what_was_written(kind: str, maximize: bool, tmp_path: Path) -> None:
    model = Model()
    model.hideOutput()
    model.readProblem(written(kind, problem(maximize), tmp_path))
    endless = model.infinity()
    columns = {v.name: v for v in model.getVars()}
    for k, (low, high, whole) in enumerate(zip(LOWER, UPPER, WHOLE, strict=True)):
        if kind == "nl" and k == 6:
            # It occurs in the row without limits alone, and so nowhere.
            assert f"c{k}" not in columns
            continue
        column = columns[f"c{k}"]
        assert column.getLbOriginal() == max(low, -endless)
        assert column.getUbOriginal() == min(high, endless)
        assert (column.vtype() != "CONTINUOUS") is whole
    assert [columns[f"c{k}"].getObj() for k in (0, 2, 7)] == [1.0, -2.0, 1 / 7]
    # SCIP reads the constant of an nl file as a column fixed at 1.
    fixed = sum(v.getObj() * v.getLbOriginal() for n, v in columns.items() if n not in {f"c{k}" for k in range(8)})
    assert model.getObjoffset() + fixed == -4.25
    assert model.getObjectiveSense() == ("maximize" if maximize else "minimize")
    limits = {name: [-endless, endless] for name in ROWS}
    for row in model.getConss():
        name = row.name.removesuffix("_high")
        old = limits[name]
        limits[name] = [max(old[0], model.getLhs(row)), min(old[1], model.getRhs(row))]
        coefficients = {k: v for k, v in model.getValsLinear(row).items() if v}
        assert coefficients == {f"c{k}": v for k, v in ROWS[name][2].items()}
    for name, (low, high, _) in ROWS.items():
        if name not in ("nothing", "empty"):
            assert limits[name] == [max(low, -endless), min(high, endless)]


@pytest.mark.parametrize("kind", ["lp", "mps"])
def test_products_of_an_objective_come_back_as_its_matrix(kind: str, tmp_path: Path) -> None:
    """`3*c1^2 + c1*c7 + 5*c7^2` is half of x @ [[6, 1], [1, 10]] @ x."""
    one, seven, row = np.array([1, 1, 7]), np.array([1, 7, 7]), np.zeros(3, np.int64)
    path = written(kind, problem(False, Quad(row, one, seven, np.array([3.0, 1.0, 5.0]))), tmp_path)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(path) != highspy.HighsStatus.kError
    hessian, names = highs.getModel().hessian_, list(highs.getLp().col_names_)
    found = {}
    for column in range(hessian.dim_):
        for e in range(hessian.start_[column], hessian.start_[column + 1]):
            if hessian.value_[e]:
                found[frozenset((names[column], names[hessian.index_[e]]))] = hessian.value_[e]
    assert found == {frozenset({"c1"}): 6.0, frozenset({"c1", "c7"}): 1.0, frozenset({"c7"}): 10.0}


def test_names() -> None:
    assert file_name("storage.soc[t=7]") == "storage.soc_t7"
    assert file_name("grid[i=mg1].used[t=3, k=on]") == "grid_mg1.used_t3_on"
    assert file_name("multiplier of a.b") == "multiplier_of_a.b"
    # What LP files would read as a number or as a word of their own.
    assert [file_name(n) for n in ("e7", "7up", "Free", "st", "", ".x")] == ["_e7", "_7up", "Free_", "st_", "_", "_.x"]
    assert file_names(["a b", "a_b", "a-b"], ["a_b_2"]) == ["a_b", "a_b_3", "a_b_4"]
    assert len(file_name("x" * 999)) < 255
