"""MPS with AUX files in: the game that they describe, and what is said of files that describe none."""

from __future__ import annotations

from pathlib import Path

import pytest

from grammar.diagnostics import DiagnosticError, Severity
from runtime.instances.bilevel_files import read_bilevel
from runtime.instances.session import solve_files
from runtime.methods.method import Request
from runtime.result import Status

MOORE_BARD = """NAME          moore
ROWS
 N  cost
 L  R0
 L  R1
 L  R2
 G  R3
COLUMNS
    MARKER    'MARKER'    'INTORG'
    C0        cost        -1   R0        -25
    C0        R1           1   R2          2
    C0        R3           2
    C1        cost       -10   R0         20
    C1        R1           2   R2         -1
    C1        R3          10
    MARKER    'MARKER'    'INTEND'
RHS
    RHS       R0          30   R1         10
    RHS       R2          15   R3         15
BOUNDS
 UP BOUND     C0          10
 UP BOUND     C1           5
ENDATA
"""
BY_NUMBERS = "N 1\nM 4\nLC 1\nLR 0\nLR 1\nLR 2\nLR 3\nLO 1\nOS 1\n"
BY_NAMES = (
    "@NUMVARS\n1\n@NUMCONSTRS\n4\n@VARSBEGIN\nC1 1.\n@VARSEND\n@CONSTRSBEGIN\nR0\nR1\nR2\nR3\n@CONSTRSEND\n"
    "@NAME\nMoore and Bard\n@MPS\nmoore.mps\n"
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    mps, aux = tmp_path / "moore.mps", tmp_path / "moore.aux"
    mps.write_text(MOORE_BARD, encoding="utf-8")
    return mps, aux


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (BY_NUMBERS, -22),
        (BY_NAMES, -22),
        (BY_NAMES.replace("CONSTRS", "CONSTR"), -22),
        (BY_NUMBERS.replace("OS 1", "OS -1"), -42),
        (BY_NUMBERS.replace("LO 1", "LO -1"), -42),
        ("# a remark\n" + BY_NUMBERS.replace("OS 1\n", ""), -22),
    ],
)
def test_moore_and_bard(files: tuple[Path, Path], text: str, value: float) -> None:
    """Minimised below it is -22; maximised the follower takes y = min(5, (30 + 25x)/20, (10 - x)/2) rounded down, and
    the leader gets -42 at x = 2, y = 4."""
    mps, aux = files
    aux.write_text(text, encoding="utf-8")
    found = solve_files(str(mps), str(aux), Request(time_limit=60))
    assert found.status is Status.OPTIMAL, found.diagnostics
    assert found.objectives["leader.cost"] == pytest.approx(value)
    assert set(found.value_of) == {"C0", "C1"}
    assert set(found.objectives) == {"leader.cost", "follower.objective"}


def test_places_lead_into_both_files(files: tuple[Path, Path]) -> None:
    mps, aux = files
    aux.write_text(BY_NUMBERS, encoding="utf-8")
    game, _ = read_bilevel(str(mps), str(aux))
    column, row = game.column_blocks[1].span, game.row_blocks[3].span
    assert column is not None
    assert row is not None
    assert (column.text, column.line) == ("C1", 13)
    assert (row.text, row.line) == ("R3", 7)
    assert game.column_label(1) == "follower.C1"


@pytest.mark.parametrize(
    ("text", "words", "place"),
    [
        ("N 2\nLC 1\nLO 1\n", "promises 2 lines `LC`", "2"),
        ("N 1\nM 1\nLC 1\nLO 1\n", "promises 1 lines `LR`", "1"),
        ("LC 1\nLC 0\nLO 1\n", "2 columns of the lower level have 1 coefficients", "1"),
        ("LC 7\nLO 1\n", "no variable `7`", "7"),
        ("LC 1\nLC 1\nLO 1\nLO 1\n", "`C1` is named twice", "1"),
        ("LC 1\nLR 4\nLO 1\n", "no constraint `4`", "4"),
        ("LC one\nLO 1\n", "`one` is no number", "one"),
        ("LC 1.5\nLO 1\n", "no whole number", "1.5"),
        ("LC 1 2\nLO 1\n", "`LC` takes one number", "LC"),
        ("LC 1\nLO 1\nOS 2\n", "1 or -1", "2"),
        ("XY 1\n", "no field of an AUX file", "XY"),
        ("LC 0\nLC 1\nLO 1\nLO 1\n", "leaves the leader none", ""),
        ("N 0\n", "gives the lower level no variable", ""),
        ("@VARSBEGIN\nC7 1\n@VARSEND\n", "no variable `C7`", "C7"),
        ("@VARSBEGIN\nC1\n@VARSEND\n", "its name and its coefficient", "C1"),
        ("@VARSBEGIN\nC1 1\n", "is never ended", "@VARSBEGIN"),
        ("@VARSEND\n", "ends nothing", "@VARSEND"),
        ("@NUMVARS\n2\n@VARSBEGIN\nC1 1\n@VARSEND\n", "promises 2, but 1", "2"),
        ("@VARSBEGIN\nC1 1\n@VARSEND\nC0\n", "no keyword", "C0"),
    ],
)
def test_a_bad_aux_file_is_said_with_its_place(files: tuple[Path, Path], text: str, words: str, place: str) -> None:
    mps, aux = files
    aux.write_text(text, encoding="utf-8")
    with pytest.raises(DiagnosticError) as error:
        read_bilevel(str(mps), str(aux))
    finding = error.value.diagnostics[0]
    assert finding.code == "G506"
    assert words in finding.headline
    assert finding.span is not None
    assert finding.span.text == place


def test_files_that_are_missing_or_no_mps(files: tuple[Path, Path]) -> None:
    mps, aux = files
    with pytest.raises(DiagnosticError) as error:
        read_bilevel(str(mps), str(aux))
    assert error.value.diagnostics[0].code == "G001"
    aux.write_text(BY_NUMBERS, encoding="utf-8")
    mps.write_text("ROWS\n N cost\n Q r\nENDATA\n", encoding="utf-8")
    with pytest.raises(DiagnosticError) as error:
        read_bilevel(str(mps), str(aux))
    assert error.value.diagnostics[0].code == "G506"
    with pytest.raises(DiagnosticError) as error:
        read_bilevel(str(mps.with_name("none.mps")), str(aux))
    assert error.value.diagnostics[0].code == "G001"


def test_interdiction_costs_are_passed_over_with_a_warning(files: tuple[Path, Path]) -> None:
    mps, aux = files
    aux.write_text(BY_NUMBERS + "IC 3\nIB 2\n", encoding="utf-8")
    _, (warning,) = read_bilevel(str(mps), str(aux))
    assert warning.severity is Severity.WARNING
    assert "IC" in warning.headline
