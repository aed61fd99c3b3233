"""The path of an MPS (or LP) file in, its arrays and names out, as HiGHS reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compiler.ground.ground_game import INTEGER, REAL, SEMICONTINUOUS
from compiler.ground.sparse import Csr, Floats
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from grammar.source import Source, Span


@dataclass(frozen=True, eq=False)
class Mps:
    """n columns and m rows: `objective` (n,) with its `constant` and `sense` (1 or -1), limits, `kind` (n,) as in
    `GroundGame`, and names in order; HiGHS does not tell that of the objective."""

    name: str
    sense: int
    objective: Floats
    constant: float
    lower: Floats
    upper: Floats
    kind: NDArray[np.uint8]
    matrix: Csr
    row_lower: Floats
    row_upper: Floats
    column_names: tuple[str, ...]
    row_names: tuple[str, ...]


def read_mps(path: str) -> Mps:
    """What the file holds. Raises DiagnosticError: G506 where HiGHS cannot read it or it has what no game here has."""
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    # It drops what is smaller, 1e-9 by default: another game.
    highs.setOptionValue("small_matrix_value", 1e-12)
    status = highs.readModel(path)
    if status == highspy.HighsStatus.kError:
        raise _refused(path, "HiGHS cannot read it as MPS", "names with blanks need the columns of the fixed format")
    model = highs.getModel()
    lp = model.lp_
    if model.hessian_.dim_:
        raise _refused(path, "its objective is quadratic", "AUX files are for linear problems")
    kinds = {
        highspy.HighsVarType.kContinuous: REAL,
        highspy.HighsVarType.kInteger: INTEGER,
        highspy.HighsVarType.kSemiContinuous: SEMICONTINUOUS,
    }
    kind = [kinds.get(k, -1) for k in lp.integrality_] or [REAL] * lp.num_col_
    if -1 in kind:
        raise _refused(path, "it has semi-integer columns", "an integer column and a binary one say the same")
    columns, rows = lp.num_col_, lp.num_row_
    starts, indices = np.array(lp.a_matrix_.start_, np.int64), np.array(lp.a_matrix_.index_, np.int64)
    values = np.array(lp.a_matrix_.value_, np.float64)
    major = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    by_rows = lp.a_matrix_.format_ == highspy.MatrixFormat.kRowwise
    row, column = (major, indices) if by_rows else (indices, major)
    return Mps(
        name=lp.model_name_,
        sense=-1 if lp.sense_ == highspy.ObjSense.kMaximize else 1,
        objective=np.array(lp.col_cost_, np.float64),
        constant=float(lp.offset_),
        lower=np.array(lp.col_lower_, np.float64),
        upper=np.array(lp.col_upper_, np.float64),
        kind=np.array(kind, np.uint8),
        matrix=Csr.from_coo(row, column, values, rows, columns),
        row_lower=np.array(lp.row_lower_, np.float64),
        row_upper=np.array(lp.row_upper_, np.float64),
        column_names=_named(list(lp.col_names_), columns, "column"),
        row_names=_named(list(lp.row_names_), rows, "row"),
    )


def places(source: Source) -> tuple[dict[str, Span], dict[str, Span], str]:
    """Where the text of an MPS file first names each row and each column, and the name of its objective, the first row
    `N`; names with blanks are left out."""
    rows: dict[str, Span] = {}
    columns: dict[str, Span] = {}
    section = objective = ""
    for match in re.finditer(r"^(\s*)(\S+)[ \t]*(\S*)", source.text, re.MULTILINE):
        blank, first, second = match.groups()
        if not blank.replace("\n", "").replace("\r", "") and first[0] != "*":
            section = first.upper()
        elif section == "ROWS" and second and first.upper() != "N":
            rows.setdefault(second, Span(source, match.start(3), match.end(3)))
        elif section == "ROWS":
            objective = objective or second
        elif section == "COLUMNS":
            columns.setdefault(first, Span(source, match.start(2), match.end(2)))
    return rows, columns, objective


def _named(names: list[str], count: int, word: str) -> tuple[str, ...]:
    return tuple(names) if len(names) == count else tuple(f"{word}{k}" for k in range(count))


def _refused(path: str, why: str, hint: str) -> DiagnosticError:
    return DiagnosticError([Diagnostic("G506", f"`{path}` cannot be used: {why}", hints=(Hint(hint),))])
