"""One point of a sweep solved: `Question` in, `Outcome` out, here or in another process; and its JSON record."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grammar.diagnostics import Diagnostic, DiagnosticError, Severity
from grammar.source import Source
from runtime.result import Labelled, Result, Status, Value
from runtime.runs.diagnostic_json import diagnostic_json, diagnostic_of
from runtime.runs.folder import run_files
from runtime.runs.input_files import packed
from runtime.runs.manifest import finite, numbers
from runtime.sweeps.axes import CASE, Element

ERROR = "error"
"""The status of a point that ended in diagnostics in place of a result: the model does not compile with its data, no
method takes it, a worker was lost."""


@dataclass(frozen=True, eq=False)
class Question:
    """Solve the model at point `number` (from 1), where swept parameters and the case are as `at` says; `given` are
    the parameters that are the same everywhere, `options` those of `solve`."""

    number: int
    at: Mapping[str, Element]
    model: Source
    given: Mapping[str, object]
    options: Mapping[str, Any]
    keep: bool = False
    """Whether the answer itself is wanted, as the files of a run folder."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of a point. `status` as in `Result`, or `error`; `code` that of the diagnostic that says why there is
    no certified answer, empty if there is one. `regret` is the largest relative regret of a player, `violation` the
    largest of a constraint, both NaN without an answer; `seconds` for all of the work. `inputs` are what was read:
    role, name, sha256."""

    number: int
    at: Mapping[str, Element]
    status: str
    certified: bool = False
    code: str = ""
    method: str = ""
    solver: str = ""
    objectives: Mapping[str, float] = field(default_factory=dict)
    reports: Mapping[str, Value] = field(default_factory=dict)
    regret: float = math.nan
    violation: float = math.nan
    seconds: float = 0.0
    units: Mapping[str, str] = field(default_factory=dict)
    docs: Mapping[str, str] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    inputs: tuple[Mapping[str, str], ...] = ()
    run: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The files of its run folder, where they were asked for, until they are written."""


def outcome_of(question: Question) -> Outcome:
    """Nothing that goes wrong at one point is raised: it is what came of that point."""
    from runtime.session import solve

    began = time.perf_counter()
    at = dict(question.at)
    case = at.pop(CASE, None)
    try:
        result = solve(
            question.model,
            case=None if case is None else str(case),
            data={**question.given, **at},
            **question.options,
        )
    except DiagnosticError as error:
        return failed(question, error.diagnostics, time.perf_counter() - began)
    except Exception as fault:  # noqa: BLE001 - a fault of ours at one point is told, and the others go on
        words = str(fault).strip().split("\n")[0]
        notes = ("this is a fault of gamec, not of your model", "`gamec solve` at this point says more about it")
        headline = f"gamec failed: {type(fault).__name__}{f': {words}' if words else ''}"
        return failed(question, (Diagnostic("G901", headline, notes=notes),), time.perf_counter() - began)
    return _told(question, result, time.perf_counter() - began)


def failed(question: Question, diagnostics: Sequence[Diagnostic], seconds: float = 0.0) -> Outcome:
    errors = [d for d in diagnostics if d.severity is Severity.ERROR]
    return Outcome(
        question.number,
        question.at,
        ERROR,
        code=errors[0].code if errors else "G901",
        seconds=seconds,
        diagnostics=tuple(diagnostics),
    )


def _told(question: Question, result: Result, seconds: float) -> Outcome:
    answered = bool(result.objectives)
    certificate = result.certificate
    # At a limit, the certificate confirms only that the answer is feasible.
    certified = answered and certificate.verified and result.status not in (Status.LIMIT, Status.NOT_VERIFIED)
    told = [*result.objectives, *result.report_of]
    assert result.record is not None
    _, listed = packed(result.record.inputs)
    return Outcome(
        question.number,
        question.at,
        result.status.value,
        certified,
        "" if certified else _reason(result),
        result.method,
        result.solver,
        result.objectives,
        result.report_of,
        max(certificate.relative_regret.values(), default=math.nan) if answered else math.nan,
        certificate.max_violation if answered else math.nan,
        seconds,
        {name: result.units[name] for name in told if result.units.get(name)},
        {name: result.docs[name] for name in told if result.docs.get(name)},
        result.diagnostics,
        tuple({key: entry[key] for key in ("role", "name", "sha256")} for entry in listed),
        run_files(result) if question.keep else {},
    )


def _reason(result: Result) -> str:
    """The code of the first error, else of the first finding about solving."""
    errors = [d.code for d in result.diagnostics if d.severity is Severity.ERROR]
    solving = [d.code for d in result.diagnostics if d.code.startswith("G8")]
    return next(iter([*errors, *solving]), "")


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """A record in plain values that gives back the same numbers; `outcome_in` is the way back."""
    return {
        "number": outcome.number,
        "at": dict(outcome.at),
        "status": outcome.status,
        "certified": outcome.certified,
        "code": outcome.code,
        "method": outcome.method,
        "solver": outcome.solver,
        "objectives": finite(dict(outcome.objectives)),
        "reports": {name: _value_json(value) for name, value in outcome.reports.items()},
        "regret": finite(outcome.regret),
        "violation": finite(outcome.violation),
        "seconds": finite(outcome.seconds),
        "units": dict(outcome.units),
        "docs": dict(outcome.docs),
        "diagnostics": [diagnostic_json(d) for d in outcome.diagnostics],
        "inputs": [dict(entry) for entry in outcome.inputs],
    }


def outcome_in(found: Mapping[str, Any], model: Source) -> Outcome:
    """Raises KeyError, TypeError or ValueError for another shape."""
    units, docs = dict(found["units"]), dict(found["docs"])
    if not isinstance(found["certified"], bool):
        raise TypeError("`certified` is neither true nor false")
    return Outcome(
        int(found["number"]),
        dict(found["at"]),
        str(found["status"]),
        found["certified"],
        str(found["code"]),
        str(found["method"]),
        str(found["solver"]),
        numbers(found["objectives"]),
        {str(name): _value_in(v, units.get(name, ""), docs.get(name, "")) for name, v in found["reports"].items()},
        float(found["regret"]),
        float(found["violation"]),
        float(found["seconds"]),
        units,
        docs,
        tuple(diagnostic_of(d, {model.path: model}) for d in found["diagnostics"]),
        tuple({key: str(entry[key]) for key in ("role", "name", "sha256")} for entry in found["inputs"]),
    )


def _value_json(value: Value) -> Any:
    if not isinstance(value, Labelled):
        return finite(float(value))
    return {
        "index": list(value.index),
        "sets": list(value.sets),
        "keys": finite([[e.item() if isinstance(e, np.generic) else e for e in key] for key in value.keys]),
        "values": finite(value.values.tolist()),
        "axes": finite([list(axis) for axis in value.axes]),
    }


def _value_in(found: Any, unit: str, doc: str) -> Value:
    if not isinstance(found, Mapping):
        return float(found)
    keys = tuple(tuple(key) for key in found["keys"])
    values = np.array([float(v) for v in found["values"]], dtype=np.float64)
    if len(keys) != len(values):
        raise ValueError("a report has other indices than values")
    axes = tuple(tuple(axis) for axis in found["axes"])
    return Labelled(tuple(found["index"]), tuple(found["sets"]), keys, values, unit, doc, axes)
