"""Games from their text: solved, and the codes of what is refused."""

from __future__ import annotations

import pytest

from grammar.diagnostics import Diagnostic, DiagnosticError
from grammar.source import Source
from runtime.result import Result
from runtime.session import solve


def solved(text: str, **options: object) -> Result:
    return solve(Source("test.game", f"game test {text}"), **options)  # type: ignore[arg-type]


def refused(text: str, **options: object) -> tuple[Diagnostic, ...]:
    with pytest.raises(DiagnosticError) as error:
        solved(text, **options)
    return tuple(error.value.diagnostics)
