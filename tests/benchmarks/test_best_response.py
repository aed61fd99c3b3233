"""The benchmark of iterations still measures what it says; its figures are for a quiet machine."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "best_response.py"


def test_it_measures(capsys: pytest.CaptureFixture[str]) -> None:
    spec = importlib.util.spec_from_file_location("best_response", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.measured("equals", script.EQUALS.format(hours=3), 60, "best_response")
    assert capsys.readouterr().out.startswith("equals   equilibrium")
