"""The yardstick: one LP through gamec, by hand and through Pyomo. In: sizes; out: a table, exit 1 if an aim is missed.

    python benchmarks/yardstick.py                    # 1e4, 1e5 and 1e6 nonzeros; Pyomo at the first two
    python benchmarks/yardstick.py --days 1           # the smallest alone, in seconds
    python benchmarks/yardstick.py --pyomo-at-most 1000000000

CPU seconds with one thread, from text and data files to a HiGHS that holds the model, imports excluded. Every way runs
in processes of its own; the ways of one size take turns, and each number is a median. Look at the ratios, which are of
one run: seconds of different machines or hours say little.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DAYS = (1, 10, 100)
"""About 1e4, 1e5 and 1e6 nonzeros."""

BY_HAND_AIM, PYOMO_AIM, SOLVER_AIM = 3.0, 30.0, 1.10
LARGE = 500_000
"""Nonzeros from which on the aims are meant: below, what is fixed in gamec (reading the text) counts most."""

QUICK, PYOMO = ("by_hand", "gamec"), ("pyomo_standard_form", "pyomo_persistent")
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}


def run(way: str, folder: Path, *flags: str) -> dict[str, Any]:
    """One process of `benchmarks.yardstick_lp.measure`."""
    command = [sys.executable, "-m", "benchmarks.yardstick_lp.measure", way, str(folder), *flags]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | ONE_THREAD, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{way} failed:\n{done.stderr}")
    return dict(json.loads(done.stdout))


def measured(folder: Path, ways: tuple[str, ...], rounds: int) -> dict[str, dict[str, Any]]:
    """Each way's result: that of the run which also solved, with the medians of all runs for `door` and `memory`."""
    runs: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    for number in range(rounds):
        for way in ways:
            if number == 0:
                runs[way].append(run(way, folder, "solve", *(["warm"] if way in QUICK else [])))
            elif way in QUICK:
                runs[way].append(run(way, folder))
    return {
        way: found[0] | {key: median(f[key] for f in found) for key in ("door", "memory", "imports")}
        for way, found in runs.items()
    }


def same_optimum(results: dict[str, dict[str, Any]]) -> None:
    """Every way must find the same objective; anything else is no measurement."""
    expected = results["by_hand"]["objective"]
    for way, result in results.items():
        if not math.isclose(result["objective"], expected, rel_tol=1e-7):
            raise SystemExit(f"{way} finds {result['objective']!r}, by hand it is {expected!r}")


def table(results: dict[str, dict[str, Any]]) -> str:
    hand = results["by_hand"]
    head = ["way", "door s", "x hand", "warm s", "x hand", "MiB", "imports s", "solver s", "(door+solve+answer)/solve"]
    rows = [head]
    for way, r in results.items():
        stages = r["stages"]
        whole = (r["door"] + stages["solver"] + stages.get("answer", 0.0)) / stages["solver"]
        warm = ["-", "-"] if r["warm"] is None else [f"{r['warm']:.4f}", f"{r['warm'] / hand['warm']:.2f}"]
        rows.append(
            [
                *(way, f"{r['door']:.4f}", f"{r['door'] / hand['door']:.2f}", *warm, f"{r['memory']:.0f}"),
                *(f"{r['imports']:.2f}", f"{stages['solver']:.3f}"),
                "-" if way == "pyomo_persistent" else f"{whole:.3f}",
            ]
        )
    widths = [max(len(row[k]) for row in rows) for k in range(len(head))]
    return "\n".join(
        "  ".join(c.ljust(w) if k == 0 else c.rjust(w) for k, (c, w) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    )


def split(result: dict[str, Any]) -> str:
    """Where gamec's time goes."""
    s = result["stages"]
    parse, analyse, ground, data = (s[f"compile: {stage}"] for stage in ("parse", "analyse", "ground", "data"))
    ratio = s["session"] / s["session: solver"]
    return (
        f"gamec: parse {parse:.4f}, analyse {analyse:.4f}, read data {data:.4f}, ground the rest {ground - data:.4f}, "
        f"one level {s['one level']:.4f}, passModel {s['pass']:.4f}\n"
        f"gamec solve: {s['session']:.3f} s, {ratio:.3f} times its solver, certificate and all"
    )


def judged(results: dict[str, dict[str, Any]]) -> list[tuple[str, bool]]:
    """The aims that hold for this size, and whether they are met."""
    gamec, hand = results["gamec"], results["by_hand"]
    found = []
    if gamec["nonzeros"] >= LARGE:
        ratio = gamec["door"] / hand["door"]
        found.append((f"{ratio:.2f} times the model by hand, at most {BY_HAND_AIM:g}", ratio <= BY_HAND_AIM))
        solver = gamec["stages"]["solver"]
        whole = (gamec["door"] + solver + gamec["stages"]["answer"]) / solver
        found.append((f"{whole:.3f} times the solver from data to answer, at most {SOLVER_AIM:g}", whole <= SOLVER_AIM))
    elif gamec["nonzeros"] >= LARGE / 10 and "pyomo_persistent" in results:
        ratio = results["pyomo_persistent"]["door"] / gamec["door"]
        found.append((f"{ratio:.1f} times as fast as Pyomo, at least {PYOMO_AIM:g}", ratio >= PYOMO_AIM))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, nargs="+", default=list(DAYS), help="sizes; a day is about 1e4 nonzeros")
    parser.add_argument("--rounds", type=int, default=5, help="processes for each of the quick ways")
    parser.add_argument("--pyomo-at-most", type=int, default=10, metavar="DAYS", help="0 leaves Pyomo out")
    parser.add_argument("--json", type=Path, help="write everything measured to this file")
    options = parser.parse_args()
    everything, aims = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for days in options.days:
            folder = Path(scratch) / str(days)
            make = [sys.executable, "-m", "benchmarks.yardstick_lp.make_data", str(folder), str(days)]
            subprocess.run(make, cwd=ROOT, check=True)
            ways = (*QUICK, *(PYOMO if days <= options.pyomo_at_most else ()))
            results = measured(folder, ways, options.rounds)
            same_optimum(results)
            everything.append({"days": days, "results": results})
            aims += judged(results)
            print(f"{results['by_hand']['nonzeros']} nonzeros, {days} days; the same optimum every way")
            print(table(results), split(results["gamec"]), sep="\n", end="\n\n", flush=True)
    if options.json:
        options.json.write_text(json.dumps(everything, indent=1), "utf-8")
    for words, met in aims:
        print(f"{'met   ' if met else 'MISSED'}  {words}")
    return 0 if all(met for _, met in aims) else 1


if __name__ == "__main__":
    raise SystemExit(main())
