"""The benchmark of followers with whole numbers at its smallest: it runs, and enumeration agrees."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_it_runs_and_enumeration_agrees() -> None:
    command = [sys.executable, "benchmarks/integer_followers.py", "--sizes", "3", "--seeds", "1", "--limit", "60"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ")]
    families = [row.split(" 3 |")[0] for row in rows[1:]]
    assert families == ["| whole", "| mixed", "| real", "| interdiction", "| pessimistic"]
