"""A result <-> `run.json`: everything but the arrays, in plain values. JSON has no endless numbers: they are the texts
`inf`, `-inf` and `nan`."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, is_dataclass
from importlib import metadata
from typing import Any

import numpy as np

from grammar.source import Source
from runtime.certify import Claim
from runtime.history import Step
from runtime.methods.method import Iteration, Request, Search
from runtime.record import Record
from runtime.result import Bound, Certificate, Result, Status, Tie
from runtime.runs.diagnostic_json import diagnostic_json, diagnostic_of
from runtime.version import version

FORMAT = 1
"""Raised when a folder of this version could not be read by the last one."""

PACKAGES = ("numpy", "highspy", "pyscipopt", "casadi", "pymoo", "cmaes", "xarray", "h5netcdf", "matplotlib")
"""Whose versions an answer may depend on, or its files."""

SOLVING = ("numpy", "highspy", "pyscipopt", "casadi", "pymoo", "cmaes")
"""Packages on whose versions answers may depend: what was begun is not continued with others."""


def environment() -> dict[str, Any]:
    """What made the run."""
    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "gamec": version(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": found,
    }


def solving_packages() -> dict[str, str]:
    """The versions of those that solve."""
    return {name: version for name, version in environment()["packages"].items() if name in SOLVING}


def result_json(result: Result) -> dict[str, Any]:
    """All of the result that is no array; `result_of` is the way back."""
    return {
        "game": result.game,
        "case": result.case,
        "status": result.status.value,
        "method": result.method,
        "solver": result.solver,
        "choice": result.choice,
        "other_methods": dict(result.other_methods),
        "objectives": finite(dict(result.objectives)),
        "certificate": finite(asdict(result.certificate)),
        "history": [finite(asdict(step)) for step in result.history],
        "time": finite(dict(result.time)),
        "diagnostics": [diagnostic_json(d) for d in result.diagnostics],
        "docs": dict(result.docs),
        "units": dict(result.units),
        "set_docs": dict(result.set_docs),
    }


def result_of(found: Mapping[str, Any], sources: Mapping[str, Source]) -> Result:
    """Raises KeyError, TypeError or ValueError for another shape."""
    return Result(
        game=_text(found["game"]),
        status=Status(found["status"]),
        method=_text(found["method"]),
        solver=_text(found["solver"]),
        case=_text(found["case"]),
        objectives=numbers(found["objectives"]),
        certificate=certificate_of(found["certificate"]),
        diagnostics=tuple(diagnostic_of(d, sources) for d in found["diagnostics"]),
        time=numbers(found["time"]),
        choice=_text(found["choice"]),
        docs=_texts(found["docs"]),
        units=_texts(found["units"]),
        history=tuple(
            Step(
                int(s["iteration"]),
                numbers(s["objectives"]),
                float(s["residual"]),
                float(s["seconds"]),
                _text(s["note"]),
            )
            for s in found["history"]
        ),
        set_docs=_texts(found["set_docs"]),
        other_methods=_texts(found.get("other_methods", {})),
    )


def certificate_of(found: Mapping[str, Any]) -> Certificate:
    return Certificate(
        verified=_truth(found["verified"]),
        regret=numbers(found["regret"]),
        relative_regret=numbers(found["relative_regret"]),
        max_violation=float(found["max_violation"]),
        scaled_violation=float(found["scaled_violation"]),
        bounds=bounds_of(found["bounds"]),
        ties=tuple(
            Tie(_text(t["player"]), float(t["optimistic"]), float(t["pessimistic"]), _truth(t["breaks_constraints"]))
            for t in found["ties"]
        ),
        reasons=tuple(map(_text, found["reasons"])),
        notes=tuple(map(_text, found["notes"])),
    )


def bounds_of(found: Iterable[Mapping[str, Any]]) -> tuple[Bound, ...]:
    return tuple(Bound(_text(b["of"]), float(b["value"]), _text(b["source"]), float(b["slack"])) for b in found)


def claim_json(claim: Claim) -> dict[str, Any]:
    """All but its arrays."""
    return {
        "status": claim.status.value,
        "claimed": {str(p): finite(v) for p, v in claim.claimed.items()},
        "bound": {str(p): finite(v) for p, v in claim.bound.items()},
        "ledger": [finite(asdict(b)) for b in claim.ledger],
        "gap": finite(claim.gap),
        "seconds": finite(claim.seconds),
        "allowance": finite(claim.allowance),
    }


def claim_of(found: Mapping[str, Any], x: Any, prices: Any) -> Claim:
    return Claim(
        Status(found["status"]),
        x,
        prices,
        {int(p): float(v) for p, v in found["claimed"].items()},
        {int(p): float(v) for p, v in found["bound"].items()},
        bounds_of(found["ledger"]),
        float(found["gap"]),
        float(found["seconds"]),
        None if found["allowance"] is None else float(found["allowance"]),
    )


def options_json(record: Record) -> dict[str, Any]:
    """What was asked, the file's own hints included."""
    return request_json(record.request)


def request_json(request: Request) -> dict[str, Any]:
    """Its choices by name, without who watches; `request_of` is the way back."""
    return {
        f.name: finite(asdict(value) if is_dataclass(value) and not isinstance(value, type) else value)
        for f in fields(request)
        if f.compare
        for value in (getattr(request, f.name),)
    }


def request_of(options: Mapping[str, Any]) -> Request:
    """A choice that later versions add is left at its default. Raises TypeError or ValueError for another shape."""

    def number(name: str) -> float | None:
        return None if options.get(name) is None else float(options[name])

    return Request(
        method=str(options.get("method", "auto")),
        solver=str(options.get("solver", "auto")),
        time_limit=number("time_limit"),
        gap=number("gap"),
        seed=int(options.get("seed", 0)),
        complementarity=str(options.get("complementarity", "auto")),
        big_m=number("big_m"),
        crosscheck=bool(options.get("crosscheck", False)),
        tolerance=number("tolerance"),
        iteration=Iteration(**options.get("iteration", {})),
        search=Search(**options.get("search", {})),
    )


def finite(value: Any) -> Any:
    """Plain values for JSON, numbers that are not finite as texts."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else repr(float(value))
    if isinstance(value, Mapping):
        return {str(key): finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inner) for inner in value]
    return value


def numbers(found: Mapping[str, Any]) -> dict[str, float]:
    """Raises ValueError or TypeError where one is none."""
    return {_text(name): float(value) for name, value in found.items()}


def _texts(found: Mapping[str, Any]) -> dict[str, str]:
    return {_text(name): _text(value) for name, value in found.items()}


def _text(found: Any) -> str:
    if not isinstance(found, str):
        raise TypeError(f"{found!r} is no text")
    return found


def _truth(found: Any) -> bool:
    if not isinstance(found, bool):
        raise TypeError(f"{found!r} is neither true nor false")
    return found
