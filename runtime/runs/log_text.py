"""A result -> the log of its run: when, by what, from what, how it went, what came out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from runtime.record import Record
from runtime.result import Result


def log_text(result: Result, record: Record, made_by: Mapping[str, Any], inputs: Iterable[Mapping[str, Any]]) -> str:
    """Lines of `what: words`."""
    request = record.request
    packages = ", ".join(f"{name} {version}" for name, version in made_by["packages"].items())
    lines = [
        f"started: {record.started.isoformat()}",
        f"gamec: {made_by['gamec']}, Python {made_by['python']}, {made_by['platform']}",
        f"packages: {packages}",
        *(f"read: {entry['name']} ({entry['role']}, sha256 {entry['sha256']})" for entry in inputs),
        *(f"given: {name} = {value!r}" for name, value in record.inputs.given.items()),
        f"case: {result.case or '(none)'}",
        f"asked: method {request.method}, solver {request.solver}, complementarity {request.complementarity}, "
        f"gap {request.options.gap:g}, seed {request.seed}"
        + (f", time limit {request.time_limit:g} s" if request.time_limit is not None else ""),
        f"method: {result.method} with {result.solver}",
        f"why: {result.choice}",
        *(f"not {name}: {reason}" for name, reason in result.other_methods.items()),
        *(
            f"iteration {s.iteration}: {s.seconds:.3f} s, residual {s.residual:.6g}"
            + "".join(f", {name} {value:.9g}" for name, value in s.objectives.items())
            + (f" ({s.note})" if s.note else "")
            for s in result.history
        ),
        *(f"{d.severity.value}: {d.code} {d.headline}" for d in result.diagnostics),
        *(f"took: {stage} {seconds:.3f} s" for stage, seconds in result.time.items()),
        f"status: {result.status.value}",
        *(
            f"objective: {name} = {value!r} {result.units.get(name, '')}".rstrip()
            for name, value in result.objectives.items()
        ),
        f"certificate: {'verified' if result.certificate.verified else 'not verified'}",
        *(f"because: {reason}" for reason in result.certificate.reasons),
        *(f"regret: {player} {value:.6g}" for player, value in result.certificate.regret.items()),
        f"largest violation: {result.certificate.max_violation:.6g}",
        *(f"note: {note}" for note in result.certificate.notes),
    ]
    return "\n".join(line.replace("\n", " ") for line in lines) + "\n"
