"""Exit codes are a contract: 0 certified, 1 diagnostics, 2 usage, 3 none, 4 limit, 5 no solver, 6 not certified."""

from __future__ import annotations

import pytest

from gamec.exit_codes import of_comparison, of_diagnostics, of_result
from grammar.diagnostics import Diagnostic, Severity
from runtime.result import Certificate, Comparison, Result, Status

GOOD, BAD = Certificate(True), Certificate(False)


@pytest.mark.parametrize(
    ("codes", "exit_code"),
    [
        ([], 0),
        (["G101", "G401"], 1),
        (["G807"], 2),
        (["G807", "G401"], 1),
        (["G803"], 5),
        (["G804"], 6),
        (["G901", "G401"], 70),
    ],
)
def test_diagnostics(codes: list[str], exit_code: int) -> None:
    assert of_diagnostics([Diagnostic(code, "x") for code in codes]) == exit_code


def test_warnings_do_not_count() -> None:
    assert of_diagnostics([Diagnostic("G401", "x", severity=Severity.WARNING)]) == 0


@pytest.mark.parametrize(
    ("status", "certificate", "exit_code"),
    [
        (Status.OPTIMAL, GOOD, 0),
        (Status.OPTIMAL, BAD, 6),
        (Status.OPTIMAL_IF_BOUNDS, GOOD, 0),
        (Status.EQUILIBRIUM, GOOD, 0),
        (Status.LOCAL, GOOD, 0),
        (Status.STATIONARY, BAD, 6),
        (Status.INFEASIBLE, BAD, 3),
        (Status.UNBOUNDED, BAD, 3),
        (Status.LIMIT, GOOD, 4),
        (Status.NOT_VERIFIED, BAD, 6),
    ],
)
def test_results(status: Status, certificate: Certificate, exit_code: int) -> None:
    result = Result("g", status, certificate=certificate)
    assert of_result(result) == exit_code
    assert (
        of_comparison(Comparison("g", {"a": Result("g", Status.OPTIMAL, certificate=GOOD), "b": result})) == exit_code
    )
