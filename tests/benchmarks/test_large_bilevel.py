"""The benchmark of large bilevel games at its smallest: it runs, and what is small is proved."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_it_runs() -> None:
    command = [sys.executable, "benchmarks/large_bilevel.py", "--sizes", "3/4", "--seeds", "2", "--limit", "60"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    head, _, *rows, last = done.stdout.splitlines()
    assert head == "| game | seed | gamec |"
    assert [row.split(" | ")[:2] for row in rows] == [["| 3/4, density 0.5", "0"], ["| 3/4, density 0.5", "1"]]
    assert all(", proved, " in row for row in rows)
    assert last == "| 3/4, density 0.5 | proved | 2 of 2 |"
