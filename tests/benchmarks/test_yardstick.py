"""The yardstick at its smallest: the ways agree, and the scripts run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.yardstick_lp import by_hand, with_gamec
from benchmarks.yardstick_lp.make_data import make_data
from compiler.ground.sparse import Csr

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days, so that hours differ from days and units in number."""
    path = tmp_path_factory.mktemp("yardstick")
    make_data(path, 2)
    return path


def test_gamec_makes_the_same_arrays_as_the_model_by_hand(folder: Path) -> None:
    hand = by_hand.build(by_hand.read(folder))
    program, _ = with_gamec.one_level(with_gamec.compiled(folder))
    row = np.repeat(np.arange(len(hand.row_lower)), np.diff(hand.indptr))
    expected = Csr.from_coo(row, hand.indices.astype(np.int64), hand.data, len(hand.row_lower), len(hand.cost))
    assert np.array_equal(program.matrix.indptr, expected.indptr)
    assert np.array_equal(program.matrix.indices, expected.indices)
    for mine, theirs in (
        (program.matrix.data, expected.data),
        (program.cost, hand.cost),
        (program.lower, hand.lower),
        (program.upper, hand.upper),
        (program.row_lower, hand.row_lower),
        (program.row_upper, hand.row_upper),
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-13, atol=0)


def test_pyomo_finds_the_same_optimum(folder: Path) -> None:
    from benchmarks.yardstick_lp import with_pyomo

    tables = by_hand.read(folder)
    hand = by_hand.pass_model(by_hand.build(tables))
    hand.run()
    pyomo = with_pyomo.standard_form(with_pyomo.build(tables))
    pyomo.run()
    result = with_gamec.session(folder)
    expected = hand.getInfo().objective_function_value
    assert pyomo.getInfo().objective_function_value == pytest.approx(expected, rel=1e-9)
    assert result.objectives["operator.bill"] == pytest.approx(expected, rel=1e-9)
    assert result.certificate.verified


@pytest.mark.parametrize(
    ("script", "arguments", "word"),
    [
        ("yardstick.py", ["--days", "1", "--rounds", "1", "--pyomo-at-most", "0"], "the same optimum every way"),
        ("startup.py", ["--rounds", "1", "--only=--help"], "gamec --help"),
        ("check_scaling.py", ["--statements", "40"], "parse"),
    ],
)
def test_the_scripts_run(script: str, arguments: list[str], word: str) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / script), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert word in done.stdout, done.stderr
    assert done.returncode in (0, 1), "1 is an aim that is missed, which a loaded machine may do"
    assert not done.stderr
