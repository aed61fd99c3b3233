"""What the process tells its caller. In: a status or diagnostics; out: an exit code. They are part of the contract."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from grammar.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from runtime.result import Comparison, Result
    from runtime.runs.verify import Verification
    from runtime.runs.verify_comparison import ComparisonVerification
    from runtime.sweeps.sweep import Sweep
    from runtime.sweeps.verify import SweepVerification

CERTIFIED = 0
DIAGNOSTICS = 1
USAGE = 2
NO_SOLUTION = 3
LIMIT = 4
SOLVER_MISSING = 5
NOT_CERTIFIED = 6
OUR_FAULT = 70
INTERRUPTED = 130
PIPE_CLOSED = 141
"""128 + SIGPIPE, as for any program whose reader has gone."""

_BY_CODE = {
    "G006": NOT_CERTIFIED,
    "G801": NO_SOLUTION,
    "G802": NO_SOLUTION,
    "G803": SOLVER_MISSING,
    "G804": NOT_CERTIFIED,
    "G805": LIMIT,
    "G806": NOT_CERTIFIED,
    "G807": USAGE,
    "G901": OUR_FAULT,
}


def of_diagnostics(diagnostics: Iterable[Diagnostic]) -> int:
    """Errors of one kind that has an exit code of its own give that; any other error gives `DIAGNOSTICS`; none, 0."""
    found = {_BY_CODE.get(d.code, DIAGNOSTICS) for d in diagnostics if d.severity is Severity.ERROR}
    if OUR_FAULT in found:
        return OUR_FAULT
    if len(found) == 1:
        return found.pop()
    return DIAGNOSTICS if found else CERTIFIED


def of_result(result: Result) -> int:
    """0 for a certified answer, else what the status says."""
    return _of_status(result.status.value, result.certificate.verified)


def _of_status(status: str, verified: bool) -> int:
    match status:
        case "infeasible" | "unbounded":
            return NO_SOLUTION
        case "limit":
            return LIMIT
        case "not_verified":
            return NOT_CERTIFIED
        case _:
            return CERTIFIED if verified else NOT_CERTIFIED


def of_comparison(comparison: Comparison) -> int:
    """0 if every case is certified, else the code of the first case that is not."""
    return next((code for code in map(of_result, comparison.results.values()) if code != CERTIFIED), CERTIFIED)


def of_sweep(sweep: Sweep) -> int:
    """0 if every point is certified, else the code of the first point that is not."""
    for outcome in sweep.outcomes:
        if not outcome.certified:
            failed = outcome.status == "error"
            return of_diagnostics(outcome.diagnostics) if failed else _of_status(outcome.status, outcome.certified)
    return CERTIFIED


def of_verification(found: Verification | ComparisonVerification | SweepVerification) -> int:
    """0 if the kept answer is confirmed; `NOT_CERTIFIED` if not; without an answer, what its status says. A sweep is
    confirmed if all of its answers are, which takes that it kept them."""
    if hasattr(found, "points"):
        return CERTIFIED if found.confirmed else NOT_CERTIFIED
    cases = getattr(found, "cases", None)
    if cases is not None:
        codes = [of_verification(one) for one in cases.values()]
        return NOT_CERTIFIED if found.findings or NOT_CERTIFIED in codes else next(filter(None, codes), CERTIFIED)
    one: Any = found
    if one.certificate is None and not one.findings:
        return of_result(one.run.result)
    return CERTIFIED if one.confirmed else NOT_CERTIFIED
