"""Small models around components of the library: text in, the solved `Result` out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runtime.result import Labelled, Result, Status
from runtime.session import solve

Floats = NDArray[np.float64]


def series(values: Iterable[float]) -> str:
    """`{1: a, 2: b}` over the periods 1, 2, ..."""
    return "{" + ", ".join(f"{t}: {float(v)!r}" for t, v in enumerate(values, 1)) + "}"


def heading(files: str, periods: int, dt: float = 1.0) -> str:
    """What every model here begins with: imports, a currency, the periods and their length in hours."""
    imports = "\n".join(f"import std.{name}" for name in files.split())
    return f"{imports}\nunit CNY\nset T index t = 1..{periods}\nparam dt : h = {dt}\n"


def solved(text: str, folder: Path) -> Result:
    """The certified optimum of a model."""
    model = folder / "model.game"
    model.write_text(text, "utf-8")
    result = solve(model)
    assert result.status is Status.OPTIMAL, [d.headline for d in result.diagnostics]
    assert result.certificate is not None
    assert result.certificate.verified
    return result


def values(result: Result, name: str) -> Floats:
    """A variable's values, or a report's, in the order of its index."""
    found = result.value_of[name] if name in result.value_of else result.report_of[name]
    assert isinstance(found, Labelled)
    return np.asarray(found.values)
