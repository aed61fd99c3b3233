"""The benchmark of bilevel games at its smallest: it runs, and all ways prove the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_it_runs_and_the_ways_agree() -> None:
    command = [
        sys.executable,
        "benchmarks/bilevel.py",
        "--sizes",
        "3/4",
        "--seeds",
        "2",
        "--markets",
        "2",
        "--limit",
        "60",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    head, _, row, market = done.stdout.splitlines()
    assert head == "| game | gamec | big-M | SOS1 |"
    assert row.startswith("| 3/4 |")
    assert row.count("(2/2)") == 3
    assert market.startswith("| priced market, 2 hours (45 pairs) |")
    assert market.count("(1/1)") == 3
